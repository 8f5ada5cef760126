"""Which blocks are tasks, and what each of them says: lead, partners, term, addressee."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from langnghe.plans.reading import duties, forms, terms
from langnghe.plans.reading.bodies import Bodies, Reading
from langnghe.plans.reading.drafts import Draft, Governor, GroupTerm, finished
from langnghe.plans.reading.duties import Duty
from langnghe.plans.reading.filling import Filling
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.parts import Part, parts, phrases_of
from langnghe.plans.reading.paths import rename, within
from langnghe.plans.reading.register import Task
from langnghe.plans.reading.rows import row_draft
from langnghe.plans.reading.terms import Calendar, Phrase
from langnghe.plans.reading.verbs import PRODUCT

_CLOSED: Final = re.compile(r"[.;!?…/][\"”»’')*]*$")
_COLON: Final = re.compile(r"[:][\s*\"”]*$")
# "… qua các kênh sau:": what follows only names, whatever its first words.
_NAMES: Final = re.compile(
    r"\b(?:qua|bằng|theo|tại) (?:các |những )(?:kênh|hình thức|địa chỉ|phương thức)(?: [^\W\d]+){0,5}\s*:[\s*]*$"
)
_TERM_WORDS: Final = frozenset(
    "thời gian hạn tiến độ thực hiện hoàn thành triển khai xong việc và các nội dung nhiệm vụ này trên trong".split()
)
_ISSUING: Final = re.compile(
    r"\b(?:ban hành|xây dựng)\s+(?:kế hoạch|chương trình|chỉ thị|đề án)\b[^.;]*(?:như sau|sau đây|"
    r"nội dung sau)\s*[:.]?[\s*]*$"
)
_NO_TASK: Final = re.compile(
    r'[\s"*(]*(?:căn cứ (?:luật|nghị|quyết định|kế hoạch số|chỉ thị)|trên đây là|kính gửi|kèm theo|phụ lục|ghi chú|'
    r"nguồn kinh phí|kinh phí)"
)


def read_tasks(found: Sequence[Block], bodies: Bodies, calendar: Calendar) -> list[Task]:
    """The tasks of a document, in their order."""
    reader = _Reader(bodies, calendar)
    for block, after in zip_longest(found, found[1:]):
        reader.after = after
        reader.take(block)
    return finished(reader.drafts, calendar)


@dataclass
class _Reader(Filling):
    """Goes through the blocks once; what governs a block is known when it is reached, except closings and fields."""

    floating: dict[int, bool] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    columns: dict[int, dict[str, int]] = field(default_factory=dict)
    above: Draft | None = None
    waiting: str = ""
    after: Block | None = None

    def take(self, block: Block) -> None:
        """Read one block."""
        if block.zone == "head":
            self._head(block)
        if block.zone in ("head", "foot") or not block.text:
            return
        if block.kind == "row":
            self._row(block)
            return
        if self._restarts(block):
            self.group_terms.pop(id(block.parent), None)
        reading = self.bodies.reading(block.view)
        found = [one for one in forms.fields(block.view) if self.named_field(reading, one)]
        if self.waiting and block.kind == "para":
            found = [forms.Field(self.waiting, 0, 0, len(block.view.low))]
        self.waiting = forms.key_alone(block.view)
        if self.waiting:
            return
        if forms.only_fields(found):
            self.fields(block, reading, found)
            return
        alone = self._term_alone(block)
        if alone:
            self.fields(block, reading, [alone])
            return
        if block.kind == "para" and self.said_of_group(block, reading):
            self.run, self.fresh = None, len(self.drafts)
            return
        if self._assigns(block, reading) or _ISSUING.search(block.view.low):
            return
        if self.run is not None:
            self.run, self.fresh, self.ahead = None, len(self.drafts), None
        self.before = block
        if id(block) not in self.skipped:
            self._plain(block, reading, found)

    def _assigns(self, block: Block, reading: Reading) -> bool:
        """A paragraph wholly in brackets, "(Sở … chủ trì, … phối hợp)", says who does what stands above it."""
        low = block.view.low.strip(" *.;")
        if block.kind != "para" or not (low.startswith("(") and low.endswith(")")):
            return False
        duty = duties.ordered(reading, 0, len(block.view.low))
        targets = self.targets(block) if duty else []
        if duty is None or not targets:
            return False
        helpers = duties.partners(reading, duty.end, len(block.view.low), duty.names).names
        for draft in targets:
            draft.fill_who("lead", list(duty.names), helpers, block, (duty.start, duty.end))
        self.fill_time(targets, block, reading, forms.Field("time", 0, 0, len(block.view.low)))
        self.run, self.fresh = None, len(self.drafts)
        return True

    def _restarts(self, block: Block) -> bool:
        """Whether numbering starts anew under a heading (one between was lost), or leaves the goal whose term holds."""
        if block.parent is None or block.bullet or not block.label:
            return False
        known = self.group_terms.get(id(block.parent))
        if known and known.where.parent is block.parent and known.where.kind != block.kind:
            return True
        if block.number != 1:
            return False
        first = next(one for one in block.parent.children if one.kind == block.kind)
        return first is not block

    def _term_alone(self, block: Block) -> forms.Field | None:
        """ "Thực hiện thường xuyên.": a paragraph that is only a term holds for the tasks around it."""
        low = block.view.low
        if block.kind != "para" or len(low) > 90 or block.zone != "body":
            return None
        found = [one for one in terms.phrases(block.view, self.calendar, field=True) if not one.free]
        rest = list(low)
        for one in found:
            rest[one.start : one.end] = " " * (one.end - one.start)
        words = re.findall(r"[^\W\d_]+", "".join(rest))
        return forms.Field("time", 0, 0, len(low)) if found and all(word in _TERM_WORDS for word in words) else None

    # --- what stands above -----------------------------------------------------------------------------------------

    def _head(self, block: Block) -> None:
        """ "… yêu cầu các sở, ban, ngành thực hiện các nhiệm vụ sau:" before the first order governs what names "
        "nobody."""
        if block.kind == "row" or not _COLON.search(block.text):
            return
        reading = self.bodies.reading(block.view)
        duty = duties.ordered(reading, 0, len(block.view.low))
        if duty and duty.rule == "order" and duty.order and "UBND Thành phố" not in duty.names:
            self.governors[0] = Governor(duty.names, [], duty, block)

    def _govern(self, block: Block, reading: Reading, duty: Duty) -> None:
        partners = duties.partners(reading, duty.end, len(reading.view.low), duty.names)
        governor = Governor(duty.names, partners.names, duty, block)
        own = bool(block.children) or block.label and not block.bullet
        key = id(block) if own else id(block.parent) if block.parent else 0
        self.governors[key] = governor
        self.floating[key] = not own
        rename(block, duty)
        phrase = self._term_of(reading)
        if phrase and phrase.term.type != "year":
            self.group_terms[key] = GroupTerm(phrase, block, block)
        else:
            self.group_terms.pop(key, None)

    def _term_of(self, reading: Reading) -> Phrase | None:
        return terms.chosen(one for one in phrases_of(reading, self.calendar) if one.explicit)

    # --- running text ------------------------------------------------------------------------------------------------

    def _plain(self, block: Block, reading: Reading, found: list[forms.Field]) -> None:
        cut = forms.inline(found)
        whole = reading
        if cut is not None:
            reading = self.bodies.reading(View(block.text[: block.view.raw(cut)].rstrip(" (;,-*")))
        else:
            found = []
        text = reading.view.text.rstrip(" *")
        low = reading.view.low
        pieces = self._whole(block, parts(reading, self.calendar))
        duty = pieces[0].duty
        colon = bool(_COLON.search(text))
        listed = colon and self._listed(block)
        if duty and self._only_names(duty, listed, text):
            self._govern(block, reading, duty)
        elif duty and listed and len(pieces) == 1:
            self._lead_in(block, reading, duty, pieces)
        elif duty and block.children and not _CLOSED.search(text) and not colon and self._title(block, duty):
            self._govern(block, reading, duty)
        elif duty is None and self._heading(block, text, colon, listed, reading):
            return
        else:
            before = len(self.drafts)
            self._settle(block, reading, pieces, bool(found), low)
            self.fill(self.drafts[before:], block, whole, found, inline=True)

    def _whole(self, block: Block, pieces: list[Part]) -> list[Part]:
        """Without a lead above, nor a closing to come, the lead named later in a block is the whole block's."""
        named = next((at for at, one in enumerate(pieces) if one.duty), 0)
        if not named or self.governor(block) or any(_settling(one) for one in self._following(block)):
            return pieces
        pieces[named].start = pieces[0].start
        return pieces[named:]

    def _only_names(self, duty: Duty, listed: bool, text: str) -> bool:
        """A heading that is nothing but bodies, "Giao X:" included."""
        rest = duty.rest.strip(' :.;,*)"')
        if duty.rule == "heading":
            return True
        if duty.rule == "order" and not rest:
            return True
        return (
            listed
            and duty.rule in ("order", "subject")
            and bool(
                re.fullmatch(
                    r"(?:có trách nhiệm|thực hiện|chủ trì|có nhiệm vụ|tập trung|cần|phải|[,\s])*(?:\s*(?:các|"
                    r"những) (?:nội dung|nhiệm vụ|công việc)[^.;]{0,40})?",
                    rest,
                )
            )
        )

    def _title(self, block: Block, duty: Duty) -> bool:
        """A labelled line without a closing mark above its list: "2. Sở Y tế chủ trì, phối hợp với …"."""
        return bool(block.label) and len(block.text) < 250

    def _lead_in(self, block: Block, reading: Reading, duty: Duty, pieces: list[Part]) -> None:
        """A line that names a lead and announces a list: it governs; it is a task too if it orders a product."""
        kids = self._list_under(block)
        contents = bool(kids) and (not any(self._is_action(one) for one in kids) or bool(_NAMES.search(block.view.low)))
        if contents or PRODUCT.search(duty.rest):
            self._add(block, reading, pieces[0])
        if contents:
            self.skipped.update(id(one) for one in kids)
        self._govern(block, reading, duty)

    def _list_under(self, block: Block) -> list[Block]:
        if block.children:
            return [one for one in block.children if one.kind != "row"]
        following = self._following(block)
        kinds = {one.kind for one in following[:1]}
        out: list[Block] = []
        for one in following:
            if one.kind not in kinds:
                break
            out.append(one)
        return out

    def _following(self, block: Block) -> list[Block]:
        siblings = block.parent.children if block.parent else []
        at = next((at for at, one in enumerate(siblings) if one is block), len(siblings))
        return siblings[at + 1 :]

    def _listed(self, block: Block) -> bool:
        """Whether a list follows a line that ends with ":"."""
        if block.zone == "closing":
            return False
        return bool(block.children) or block.kind == "para" or bool(self._following(block))

    def _is_action(self, block: Block) -> bool:
        """Whether an item orders something, and does not only name or describe."""
        low = block.view.low
        if duties.begins(low) or forms.fields(block.view):
            return True
        reading = self.bodies.reading(block.view)
        return duties.ordered(reading, 0, len(low)) is not None

    def _heading(self, block: Block, text: str, colon: bool, listed: bool, reading: Reading) -> bool:
        """Deal with headings and with lines that announce a list without naming anybody; False if it is neither."""
        if colon and listed:
            kids = self._list_under(block)
            if kids and self.governor(block) and duties.begins(block.view.low):
                if not any(self._is_action(one) for one in kids):
                    self.skipped.update(id(one) for one in kids)
                    return False
            self._remember(block, reading)
            return True
        closed = bool(_CLOSED.search(text))
        if block.children and any(one.kind != "para" or not closed for one in block.children):
            if not closed or self.governor(block) is None or not duties.begins(block.view.low):
                if closed and not any(one.kind not in ("para", "row") for one in block.children):
                    return False
                self._remember(block, reading)
                self._responsible(block, reading)
                return True
        if (
            not closed
            and not colon
            and block.kind == "para"
            and (block.line.heading or block.text.isupper() or self._titles(block))
        ):
            key = id(block.parent) if block.parent else 0
            if self.floating.get(key):
                self.governors.pop(key, None)
            self.group_terms.pop(key, None)
            return True
        return block.kind in ("roman", "part", "chapter", "capital") and not closed and not colon and len(text) < 160

    def _responsible(self, block: Block, reading: Reading) -> None:
        """A heading "… trách nhiệm … của X" governs, weakly, what names nobody below it."""
        low = block.view.low.rstrip(" *.")
        after = low.find(": ")
        if after > 0 and reading.groups and not _CLOSED.search(block.text):
            listed = [one for one in reading.groups if one.start > after]
            if listed and not re.search(r"[^\W\d]", low[after : listed[0].start]) and listed[-1].end >= len(low):
                # "1. Nhiệm vụ chung: các sở, ban, ngành": the heading says whose the list is.
                names = tuple(dict.fromkeys(name for one in listed for name in one.names))
                duty = Duty(names, "heading", listed[0].start, listed[-1].end, 0.85)
                self.governors[id(block)] = Governor(names, [], duty, block)
                return
        last = reading.groups[-1] if reading.groups and re.search(r"trách nhiệm|nhiệm vụ", low) else None
        if last and last.end >= len(low) and low[: last.start].endswith(("của ", "đối với ")):
            duty = Duty(last.names, "heading", last.start, last.end, 0.75)
            self.governors[id(block)] = Governor(last.names, [], duty, block, weak=True)

    def _titles(self, block: Block) -> bool:
        """Whether an unlabelled line without a closing mark is a heading: a list or a lead begins below it."""
        after = self.after
        if after is None or after.zone != "body" or after.kind == "row" or len(block.text) > 250:
            return False
        if after.label:
            return after.number <= 1
        if not _COLON.search(after.text):
            return False
        reading = self.bodies.reading(after.view)
        return duties.ordered(reading, 0, len(after.view.low)) is not None

    def _remember(self, block: Block, reading: Reading) -> None:
        """A term in a heading holds for what stands under it; a year alone is the whole plan's."""
        phrase = self._term_of(reading)
        if phrase and phrase.term.type != "year" and block.kind not in ("roman", "part", "chapter"):
            self.group_terms[id(block)] = GroupTerm(phrase, block, block)

    def _settle(self, block: Block, reading: Reading, pieces: list[Part], form: bool, low: str) -> None:
        """A block of running text: its parts become drafts; a closing gives the section before it its lead."""
        last = pieces[-1].duty
        if last and block.label and block.children and last.rule != "chair":
            self.governors[id(block)] = Governor(last.names, [], last, block, weak=True)
        if last and block.bullet and low[last.end :].lstrip(" *)").startswith(":"):
            rename(block, last)
        closing = len(pieces) == 1 and pieces[0].duty is not None and duties.settles(pieces[0].duty, low)
        closing = closing or self._closes_section(block, pieces[0].duty)
        for piece in pieces:
            self._add(block, reading, piece, form, len(pieces) > 1)
        if closing and pieces[0].duty:
            partners = duties.partners(reading, pieces[0].duty.end, len(low), pieces[0].duty.names)
            governor = Governor(pieces[0].duty.names, partners.names, pieces[0].duty, block, closing=True)
            for draft in self.drafts:
                if draft.open and within(draft.block, block.parent):
                    draft.governor = governor

    def _closes_section(self, block: Block, duty: Duty | None) -> bool:
        """Whether the last paragraph of a section names who carries out what stands before it and names nobody."""
        if duty is None or block.parent is None or block.parent.children[-1] is not block:
            return False
        before = [one for one in self.drafts if one.block is not block and within(one.block, block.parent)]
        return bool(before) and before[-1].open and duties.carries_out(duty)

    def _add(self, block: Block, reading: Reading, piece: Part, form: bool = False, several: bool = False) -> None:
        text = reading.view.low[piece.start : piece.end]
        governor = self.governor(block)
        duty = None if _orders_others(piece.duty, governor, block) else piece.duty
        bare_item = duty is None and not duties.acts(text) and not form
        bare_item = bare_item and not (piece.phrase and terms.CLOSING.match(text))
        if bare_item and governor and governor.block is block.parent and not governor.weak:
            bare_item = not duties.acts_at_all(text)
        if bare_item and not (governor and self._direct(block, governor)):
            return
        if duty is None and _NO_TASK.match(text):
            return
        if block.section == "purpose" and (duty is None or duty.rule not in ("subject", "order") or duty.sure < 0.9):
            return
        if block.section == "funding" and (duty is None or duty.rule != "order") and not _dated(duty, piece):
            return
        draft = Draft(block, reading, piece.start, piece.end, duty, governor, piece.phrase)
        if bare_item:
            draft.sure = 0.75
        inherited = self.group_term(block) if draft.phrase is None else None
        if inherited:
            draft.phrase, draft.inherits, draft.term_block = inherited.phrase, inherited.where, inherited.block
        if several:
            before = [one for one in self.drafts if one.block is block]
            draft.part = len(before) + 1
            if before and not before[0].part:
                before[0].part = 1
        draft.form = form
        self.drafts.append(draft)

    def _direct(self, block: Block, governor: Governor) -> bool:
        """Whether an item stands right under a heading of bodies: then it is a duty, whatever its first word."""
        if governor.weak or governor.duty.rule not in ("heading", "order", "field"):
            return False
        if duties.describes(block.view.low):
            return False
        beside = governor.block.kind == "para" or governor.duty.rule == "field"
        if block.kind == "para":
            # Running text under a labelled heading, not one of its lines.
            return (
                governor.block is block.parent
                and bool(_CLOSED.search(block.text.rstrip(" *")))
                and len(block.text) > 40
            )
        return governor.block is block.parent or (beside and governor.block.parent is block.parent)

    # --- tables -------------------------------------------------------------------------------------------------------

    def _row(self, block: Block) -> None:
        line = block.line
        columns = self.columns.get(line.table)
        if columns is None or (line.header and forms.columns(line.header) != columns):
            columns = forms.columns(line.header) if line.header else {}
            if not columns and forms.columns(line.cells):
                self.columns[line.table] = forms.columns(line.cells)
                return
            self.columns[line.table] = columns
            self.above = None
        if not columns or tuple(line.cells) == tuple(line.header):
            return
        draft = row_draft(block, columns, self.bodies, self.calendar, self.above, self.governor(block))
        if draft:
            self.drafts.append(draft)
            self.above = draft


def _orders_others(duty: Duty | None, governor: Governor | None, block: Block) -> bool:
    """Under a body's heading "Yêu cầu các đơn vị khai thác …" is that body's own act: whom it orders is not meant."""
    if duty is None or governor is None or governor.weak or governor.block is not block.parent:
        return False
    generic = all(name.startswith(("Các cơ quan", "Các đơn vị", "Doanh nghiệp")) for name in duty.names)
    return (
        generic and duty.order in ("yêu cầu", "đề nghị") and not any(name.startswith("Các ") for name in governor.names)
    )


def _dated(duty: Duty | None, piece: Part) -> bool:
    """Whether somebody is named to act by a day: then it is a task even among the words about money."""
    timely = piece.phrase is not None and piece.phrase.explicit
    return duty is not None and duty.rule == "subject" and duty.sure >= 0.9 and timely


def _settling(block: Block) -> bool:
    """Whether a paragraph looks like the closing that gives its section the lead."""
    low = block.view.low.lstrip()
    orders = low.startswith(("giao ", "đề nghị ")) or "chủ trì" in low[:120]
    return orders and (duties.speaks_of_this(low) or duties.CARRIES_OUT.search(low) is not None)
