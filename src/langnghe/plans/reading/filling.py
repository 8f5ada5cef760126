"""Filling tasks from the fields of a form: who leads and helps, by when, line by line, in a line, or for a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from langnghe.plans.reading import addressees, duties, forms, terms
from langnghe.plans.reading.bodies import Bodies, Reading
from langnghe.plans.reading.drafts import Draft, Governor, GroupTerm
from langnghe.plans.reading.duties import Duty
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.parts import Part, phrases_of
from langnghe.plans.reading.paths import within
from langnghe.plans.reading.terms import Calendar, Phrase

# "Thời hạn hoàn thành các nội dung tại mục này: …", "Các nhiệm vụ nêu trên xong trước …": one term for what stands
# above, said in a sentence of its own.
_THINGS: Final = r"(?:các |những |toàn bộ |tất cả )+(?:nội dung|nhiệm vụ|công việc|phần việc|hạng mục|việc|yêu cầu)"
_SAID_OF: Final = re.compile(
    rf'[\s"(*]*(?:riêng |đối với )?(?:(?:thời gian|thời hạn|tiến độ|hạn|mốc)\b[^.;:]{{0,70}}?)?{_THINGS}'
    r"\b[^.;:,]{0,40}?\s"
    r"(?:này|trên|trên đây|(?:(?:nêu|nói|quy định|thuộc) )?(?:tại|ở|trong|của) "
    r"(?:các )?(?:điểm|mục|khoản|phần|tiểu mục|nhóm)"
    r"(?: (?:này|trên|(?P<label>[ivx]+|[a-zđ]|\d{1,2}(?:\.\d{1,2})*)))?)(?=[\s,.:;)])"
)


@dataclass
class Filling:
    """The tasks found so far, what governs what follows, and the run of a form's lines that is being read.

    run     the tasks a run of fields fills; None outside of one
    fresh   how many tasks there were when the last run ended
    ahead   the heading whose list the run of fields holds for
    before  the last block that was no line of a form
    """

    bodies: Bodies
    calendar: Calendar
    drafts: list[Draft] = field(default_factory=list)
    governors: dict[int, Governor] = field(default_factory=dict)
    group_terms: dict[int, GroupTerm] = field(default_factory=dict)
    run: list[Draft] | None = None
    fresh: int = 0
    ahead: Block | None = None
    before: Block | None = None

    def governor(self, block: Block) -> Governor | None:
        """The nearest lead named above a block."""
        if block.zone == "closing":
            return None
        for one in block.above():
            if id(one) in self.governors:
                return self.governors[id(one)]
        return self.governors.get(0)

    def group_term(self, block: Block) -> GroupTerm | None:
        if block.zone == "closing":
            return None
        for one in block.above():
            if id(one) in self.group_terms:
                return self.group_terms[id(one)]
        return self.group_terms.get(0)

    def named_field(self, reading: Reading, one: forms.Field) -> bool:
        """ "Thực hiện: …" names a lead only if a body follows."""
        if one.key not in ("lead", "coop"):
            return True
        words = reading.view.low[one.start : one.value]
        if any(group.start < one.end and group.start >= one.value for group in reading.groups):
            return True
        return bool(re.match(r"(?:cơ quan|đơn vị|tổ chức|phòng|sở)", words))

    def said_of_group(self, block: Block, reading: Reading) -> bool:
        """A sentence that gives what stands above it a term, and is no task: who has none of its own takes it."""
        low = block.view.low
        said = _SAID_OF.match(low) if len(low) < 300 and block.zone == "body" and block.parent is not None else None
        if said is None or duties.ordered(reading, 0, len(low)) is not None:
            return False
        phrase = terms.chosen(one for one in terms.phrases(block.view, self.calendar) if one.explicit)
        if phrase is None:
            return False
        group = self._group_named(block, said["label"])
        found = [one for one in self.drafts if within(one.block, group)]
        if not found:
            # It stands above the list whose term it gives.
            self.group_terms[id(group)] = GroupTerm(phrase, block, group)
            return block is not group.children[-1]
        report = addressees.addressee(reading, 0, len(low))
        for draft in found:
            if draft.phrase is None:
                draft.phrase, draft.inherits, draft.term_block = phrase, group, block
            if report.name and draft.report is None:
                draft.report, draft.report_block = report, block
        self.group_terms[id(group)] = GroupTerm(phrase, block, group)
        return True

    def _group_named(self, block: Block, label: str | None) -> Block:
        """The heading a sentence speaks of by its label, else the one it stands under."""
        parent = block.parent
        assert parent is not None
        if label:
            for one in (*block.above(), *parent.children):
                if one is not block and one.label.strip("().").lower() in (label, label.rpartition(".")[2]):
                    return one
        return next((one for one in block.above() if one.label and not one.bullet), parent)

    def fields(self, block: Block, reading: Reading, found: list[forms.Field]) -> None:
        """A line of a form: it fills the task before it, begins one, or holds for the list that follows."""
        if found[0].key == "content":
            self.run = None
            self._content(block, reading, found)
            found = found[1:]
        if not any(one.key in ("lead", "coop", "time") for one in found):
            return
        if self.run is None:
            self.ahead = None
            recent = self._recent(block)
            if not recent and self._list_after(block):
                self.ahead = block.parent
            self.run = [] if self.ahead else self.targets(block)
        if self.ahead is not None:
            self._govern_list(self.ahead, block, reading, found)
        else:
            self.fill(self.run, block, reading, found, inline=False)
        self.fresh = len(self.drafts)

    def _list_after(self, block: Block) -> bool:
        """Whether the fields stand between a heading and its list of tasks, and not under a task."""
        parent = block.parent
        if parent is None or self.before is not parent:
            return False
        at = next(at for at, one in enumerate(parent.children) if one is block)
        for one in parent.children[at + 1 :]:
            if not one.text or forms.only_fields(forms.fields(one.view)) or forms.key_alone(one.view):
                continue
            named = one.label or duties.ordered(self.bodies.reading(one.view), 0, len(one.view.low)) is not None
            return bool(named) and not duties.describes(one.view.low)
        return False

    def _govern_list(self, heading: Block, block: Block, reading: Reading, found: Sequence[forms.Field]) -> None:
        """Fields under a heading, above its list: the lead, the partners and the term of every item."""
        for one in found:
            if one.key == "lead":
                leads, helpers = duties.named(reading, one.value, one.end)
                if leads:
                    duty = Duty(tuple(leads), "field", one.value, one.end, 0.93)
                    self.governors[id(heading)] = Governor(tuple(leads), helpers, duty, block)
            elif one.key == "coop" and id(heading) in self.governors:
                leads, helpers = duties.named(reading, one.value, one.end)
                known = self.governors[id(heading)].partners
                known.extend(name for name in [*leads, *helpers] if name not in known)
            elif one.key == "time":
                phrase = self._field_phrase(reading, one)
                if phrase:
                    self.group_terms[id(heading)] = GroupTerm(phrase, block, heading)

    def _content(self, block: Block, reading: Reading, found: list[forms.Field]) -> None:
        one = found[0]
        piece = Part(
            one.value
            + len(reading.view.low[one.value : one.end])
            - len(reading.view.low[one.value : one.end].lstrip()),
            one.end,
        )
        piece.duty = duties.ordered(reading, piece.start, piece.end)
        piece.phrase = terms.chosen(p for p in phrases_of(reading, self.calendar) if piece.start <= p.start < piece.end)
        draft = Draft(block, reading, piece.start, piece.end, piece.duty, self.governor(block), piece.phrase)
        draft.form = True
        self.drafts.append(draft)
        self.run = [draft]

    def _recent(self, block: Block) -> list[Draft]:
        """The tasks under the same heading since the last run of fields."""
        return [one for one in self.drafts[self.fresh :] if within(one.block, block.parent)]

    def targets(self, block: Block) -> list[Draft]:
        """The tasks a run of fields belongs to: what stands before it under the same heading, since the last such "
        "run."""
        recent = self._recent(block)
        parent = block.parent
        beside: list[Draft] = []
        if parent is None:
            recent = recent[-1:]
        elif parent.bullet or parent.kind == "letter":
            # "* Cơ quan chủ trì" under the last of several bullets that nobody was named for holds for all of them.
            fresh = self.drafts[self.fresh :]
            beside = [one for one in fresh if one.open and one.block.parent is parent.parent and one not in recent]
        last = self.before
        if last is not None and last is not parent and last.parent is parent and last.kind == block.kind:
            # What stands right before its fields is a task, though it begins with no verb.
            if not any(one.block is last for one in self.drafts):
                return [self._form(last)] if self._may_be_task(last) else []
        if recent or parent is None:
            return [*beside, *recent]
        if parent.kind in ("roman", "part", "chapter") or any(one.block is parent for one in self.drafts):
            return beside
        return [*beside, self._form(parent)] if self._may_be_task(parent) else beside

    def _may_be_task(self, block: Block) -> bool:
        return bool(block.text) and not duties.describes(block.view.low) and block.section != "purpose"

    def _form(self, block: Block) -> Draft:
        """A task whose form begins with this block."""
        reading = self.bodies.reading(block.view)
        draft = Draft(block, reading, 0, len(block.view.low), None, self.governor(block), None)
        draft.form = True
        self.drafts.append(draft)
        return draft

    def fill(
        self, targets: list[Draft], block: Block, reading: Reading, found: Sequence[forms.Field], *, inline: bool
    ) -> None:
        for one in found:
            if one.key in ("lead", "coop"):
                leads, helpers = duties.named(reading, one.value, one.end)
                for draft in targets:
                    draft.fill_who(one.key, leads, helpers, block, (one.start, one.end))
            elif one.key == "time" and not inline:
                self.fill_time(targets, block, reading, one)
            elif one.key == "time":
                phrase = self._field_phrase(reading, one)
                for draft in targets:
                    if phrase and (draft.phrase is None or draft.inherits or not draft.phrase.explicit):
                        draft.phrase, draft.term_block, draft.inherits = phrase, block, None

    def _field_phrase(self, reading: Reading, one: forms.Field) -> Phrase | None:
        found = terms.phrases(reading.view, self.calendar, field=True)
        return terms.chosen(phrase for phrase in found if one.start <= phrase.start < one.end)

    def fill_time(self, targets: list[Draft], block: Block, reading: Reading, one: forms.Field) -> None:
        phrase = self._field_phrase(reading, one)
        if not targets and phrase and block.parent is not None and block.parent.parent is not None:
            # It stands under the goal of a group: it holds for the tasks that follow in the group.
            self.group_terms[id(block.parent.parent)] = GroupTerm(phrase, block, block.parent)
        report = addressees.addressee(reading, one.start, one.end)
        for draft in targets:
            vague = draft.phrase is not None and not draft.phrase.explicit and len(targets) < 2
            if phrase and (draft.phrase is None or vague or draft.inherits):
                draft.phrase, draft.term_block = phrase, block
                draft.inherits = block.parent if len(targets) > 1 else None
            if report.name and draft.report is None:
                draft.report, draft.report_block = report, block
