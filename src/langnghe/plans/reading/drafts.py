"""Tasks in the making, and what they become."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from langnghe.plans.reading import addressees, duties
from langnghe.plans.reading.addressees import Addressee
from langnghe.plans.reading.bodies import Reading
from langnghe.plans.reading.duties import Duty
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.register import Reason, Task, Term
from langnghe.plans.reading.terms import Calendar, Phrase

_SAME_LEVEL: Final = " cùng cấp"
_COUNT: Final = re.compile(r"\s*\((?:\d{1,2}|[ivx]{1,4}|[a-zđ])\)\s+")
_LEVELS: Final = re.compile(r"(?:UBND|HĐND) (các [^;]+|tỉnh|Thành phố)$")


@dataclass(slots=True)
class Governor:
    """A lead named above its tasks, or by the closing of their section."""

    names: tuple[str, ...]
    partners: list[str]
    duty: Duty
    block: Block
    closing: bool = False
    weak: bool = False


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """A term that stands once for a group: the phrase, the block it is in, and the item that block belongs to."""

    phrase: Phrase
    block: Block
    where: Block


@dataclass(eq=False)
class Draft:
    """A task in the making: where it stands, whom it names, what governs it."""

    block: Block
    reading: Reading
    start: int
    end: int
    duty: Duty | None
    governor: Governor | None
    phrase: Phrase | None
    inherits: Block | None = None
    term_block: Block | None = None
    part: int = 0
    form: bool = False
    leads: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    who_block: Block | None = None
    who_place: tuple[int, int] = (0, 0)
    report: Addressee | None = None
    report_block: Block | None = None
    doubts: list[str] = field(default_factory=list)
    sure: float = 1.0

    @property
    def open(self) -> bool:
        """Whether nobody has been named for it yet."""
        return self.duty is None and self.governor is None and self.who_block is None

    def term_at(self) -> Block:
        """The block in which its term stands."""
        return self.term_block or self.inherits or self.block

    def fill_who(self, key: str, leads: list[str], helpers: list[str], block: Block, place: tuple[int, int]) -> None:
        """Take the names of a form's line: "Cơ quan chủ trì", "Cơ quan phối hợp"."""
        if key == "coop":
            self.helpers.extend(name for name in [*leads, *helpers] if name not in self.helpers)
            return
        if self.duty is not None and not self.form and block is not self.block:
            return
        if self.who_block is self.block and block is not self.block:
            return
        self.leads = list(leads)
        self.helpers.extend(name for name in helpers if name not in self.helpers)
        self.who_block, self.who_place = block, place


def finished(drafts: Sequence[Draft], calendar: Calendar) -> list[Task]:
    """The tasks; what has neither a lead nor a form that asks for one is none."""
    order = {id(draft): at for at, draft in enumerate(drafts)}
    out: list[Task] = []
    for draft in sorted(drafts, key=lambda one: (one.block.span[0], one.start, order[id(one)])):
        task = _task(draft, calendar)
        if task is not None:
            out.append(task)
    return out


def _task(draft: Draft, calendar: Calendar) -> Task | None:
    lead, partners, lead_reason, sure = _lead(draft)
    if not lead and not (draft.form and (draft.block.kind == "row" or draft.who_block or draft.phrase)):
        return None
    view = draft.reading.view
    text = draft.block.text
    counted = _COUNT.match(view.low, draft.start, draft.end)
    start, end = view.raw(counted.end() if counted else draft.start), view.raw(draft.end)
    quote = " ".join(text[start:end].split())
    while start < end and text[start].isspace():
        start += 1
    if not quote:
        return None
    task = Task(quote=quote, span=draft.block.place(start, end), path=_path(draft), lead=lead, cooperate=partners)
    task.reasons["lead"] = lead_reason
    task.confidence["lead"] = round(sure, 2)
    _time(draft, task, calendar)
    _report(draft, task)
    task.reasons["task"] = Reason(_kind(draft), quote[:60], task.span)
    task.confidence["task"] = round(_task_confidence(draft), 2)
    task.confidence["cooperate"] = 0.9 if partners else 0.85
    _doubt(task, draft, calendar)
    return task


def _path(draft: Draft) -> str:
    path = draft.block.path.removesuffix("/p1") if draft.form or draft.who_block else draft.block.path
    return f"{path}#{draft.part}" if draft.part else path


def _kind(draft: Draft) -> str:
    if draft.block.kind == "row":
        return "row"
    if draft.form:
        return "form"
    return draft.duty.rule if draft.duty else "closing" if draft.governor and draft.governor.closing else "inherited"


def _task_confidence(draft: Draft) -> float:
    base = {"order": 0.97, "subject": 0.92, "row": 0.95, "form": 0.93, "closing": 0.85, "heading": 0.6, "chair": 0.85}
    value = base.get(_kind(draft), 0.88)
    if draft.block.section == "purpose":
        value -= 0.2
    if draft.duty is None and not draft.form and not duties.acts(draft.reading.view.low[draft.start : draft.end]):
        value -= 0.12
    return value * (draft.sure if draft.block.kind != "row" else 1.0)


def _lead(draft: Draft) -> tuple[list[str], list[str], Reason, float]:
    """The lead, the partners, why, and how sure."""
    if draft.who_block is not None and draft.leads:
        place = draft.who_block.place(*_raw(draft.who_block, draft.who_place))
        words = draft.who_block.view.words(*draft.who_place)
        rule = "row" if draft.block.kind == "row" else "field"
        return _level(draft.leads, draft.helpers, Reason(rule, words, place), 0.95 * draft.sure)
    duty, governor = draft.duty, draft.governor
    if duty is not None:
        names = list(duty.names)
        found = duties.partners(draft.reading, draft.start, draft.end, names)
        reason = _reason(draft.block, f"named:{duty.rule}", duty.start, duty.end)
        return _level(names, _more(found.names, draft.helpers), reason, duty.sure * draft.sure)
    found = duties.partners(draft.reading, draft.start, draft.end, governor.names if governor else ())
    if governor is not None:
        rule = "closing" if governor.closing else "inherited"
        reason = _reason(governor.block, rule, governor.duty.start, governor.duty.end)
        partners = _more(found.names, draft.helpers, governor.partners)
        return _level(list(governor.names), partners, reason, governor.duty.sure * (0.9 if governor.closing else 0.96))
    return [], _more(found.names, draft.helpers), Reason("none"), 0.3


def _more(*lists: list[str]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in names))


def _level(
    lead: list[str], partners: list[str], reason: Reason, sure: float
) -> tuple[list[str], list[str], Reason, float]:
    """ "cùng cấp" is the level of the lead; nobody helps himself."""
    level = next((found[1] for name in lead if (found := _LEVELS.search(name))), None)
    out: list[str] = []
    for name in partners:
        named = name.replace(_SAME_LEVEL, f" {level}") if level and name.endswith(_SAME_LEVEL) else name
        if named not in lead and named not in out:
            out.append(named)
    return lead, out, reason, sure


def _raw(block: Block, place: tuple[int, int]) -> tuple[int, int]:
    return block.view.raw(place[0]), block.view.raw(place[1])


def _reason(block: Block, rule: str, start: int, end: int) -> Reason:
    return Reason(rule, block.view.words(start, end), block.place(*_raw(block, (start, end))))


def _time(draft: Draft, task: Task, calendar: Calendar) -> None:
    phrase = draft.phrase
    if phrase is None:
        task.deadline = Term()
        task.confidence["deadline"] = 0.88
        return
    block = draft.term_at()
    task.deadline = phrase.term
    rule = (
        "inherited" if draft.inherits else "field" if draft.term_block else "explicit" if phrase.explicit else "vague"
    )
    task.reasons["deadline"] = _reason(block, rule, phrase.start, phrase.end)
    task.confidence["deadline"] = round(phrase.sure * (0.92 if draft.inherits else 1.0), 2)
    if draft.inherits is not None:
        task.inherits_deadline_from = draft.inherits.path.removesuffix("/p1")


def _report(draft: Draft, task: Task) -> None:
    found = addressees.addressee(draft.reading, draft.start, draft.end)
    block = draft.block
    if found.name is None and draft.report is not None:
        found, block = draft.report, draft.report_block or draft.block
    task.report_to = found.name
    task.confidence["report_to"] = round(found.sure if found.name else 0.9, 2)
    if found.name:
        task.reasons["report_to"] = _reason(block, "addressee", found.start, found.end)


def _doubt(task: Task, draft: Draft, calendar: Calendar) -> None:
    """What the reviewer should look at."""
    task.doubts.extend(draft.doubts)
    if not task.lead:
        task.doubts.append("Không thấy cơ quan chủ trì.")
    elif task.confidence["lead"] < 0.7 and not draft.doubts:
        task.doubts.append("Cơ quan chủ trì đọc được chưa chắc chắn.")
    value = task.deadline.value
    if value and calendar.issued and value < calendar.issued:
        task.doubts.append("Hạn ghi trước ngày ban hành kế hoạch.")
    if task.deadline.type == "recurring" and task.deadline.rrule is None:
        task.doubts.append("Có ghi định kỳ nhưng không ghi kỳ hạn.")
    if task.confidence["deadline"] < 0.75 and task.deadline.type != "none" and task.deadline.rrule:
        task.doubts.append("Chu kỳ thực hiện đọc được chưa chắc chắn.")
    if task.confidence["task"] < 0.7:
        task.doubts.append("Đoạn này có thể không phải là một nhiệm vụ.")
