"""Duties to report again and again: who reports to whom, in which rhythm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from langnghe.plans.reading.clauses import Part, Places, parts, quote_of, sentences
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.register import Reason, RecurringReport, Task
from langnghe.plans.reading.rhythms import HALVES, Rhythm, rhythms
from langnghe.plans.reading.source import Source

_REPORT: Final = re.compile(r"\bbáo cáo\b")
# A report that is only spoken of, not ordered.
_SPOKEN_OF: Final = re.compile(
    r"(?:\b(?:theo|trên cơ sở|căn cứ|tại|qua|từ|các|những|số liệu|hệ thống(?: thông tin)?|nội dung|biểu mẫu|mẫu|"
    r"phần mềm|chế độ thông tin,?|"
    r"chất lượng|công khai|công bố|niêm yết|góp ý|thẩm định|sau khi nhận|nhận|tiếp nhận|thẩm tra|một|01)\s+)$"
)
_ORDERED_NOUN: Final = re.compile(
    r"\b(?:gửi|lập|xây dựng|có|tổng hợp|thực hiện|nộp|hoàn thành|hoàn thiện|chế độ|công tác|tham mưu|ban hành|"
    r"trình|thông tin)\s+(?:các\s+|chế độ\s+|kết quả\s+)?$"
)
_MERGED: Final = re.compile(
    r"\b(?P<due>(?:l[ồò]ng ghép|gộp|kết hợp|gắn)[^;.()]{0,80}?(?:trong|vào|với|"
    r"cùng)\s+(?:nội dung\s+)?(?:các\s+)?báo cáo[^;.,()]*)"
)
_PERIODIC: Final = re.compile(r"\bđịnh kỳ\b")
_OTHER_MATTER: Final = re.compile(
    r"(?:giao ban|họp|sinh hoạt|hội nghị|kế hoạch(?: \w+){0,4}|chương trình|chỉ số(?: \w+){0,3}|dự toán|"
    r"ngân sách|nhiệm vụ|chỉ tiêu|"
    r"kiểm tra|giám sát|thanh tra|đánh giá|khảo sát|bình xét|thi đua|tuyên truyền|tập huấn|đào tạo|rà soát|"
    r"lương|đối thoại)\s*(?:định kỳ\s*)?\(?$"
)
_NEAR: Final = 60


def recurring_reports(source: Source, blocks: Sequence[Block], tasks: Sequence[Task]) -> list[RecurringReport]:
    """One entry for each period in which a task's leads report, in the order of the text."""
    places = Places(source)
    found: list[RecurringReport] = []
    for task in tasks:
        view = View(task.quote)
        if "báo cáo" not in view.low:
            continue
        # Where sentences end only their capitals tell.
        said = sentences("".join(view.text[view.raw(at)] for at in range(len(view.low))))
        entries = [entry for sentence in said for entry in _in_sentence(task, view, sentence)]
        if (
            not entries
            and task.deadline.type == "recurring"
            and task.report_to
            and _orders(view.low, 0, len(view.low)) is not None
        ):
            whole = next(
                (one for one in sentences(view.low) if _orders(view.low, one.start, one.end) is not None), None
            )
            part = whole or Part(0, len(view.low), "")
            entries = [_entry(task, view, part, task.deadline.rrule, task.deadline.quote or "", True)]
        known: set[str | None] = set()
        for entry in entries:
            if entry.rrule in known:
                continue
            known.add(entry.rrule)
            entry.span = places.find(task.span, task.quote, entry.quote)
            found.append(entry)
    return found


def _orders(low: str, start: int, end: int) -> int | None:
    """Where a report is ordered in a stretch of text, None if it is only spoken of."""
    for cue in _REPORT.finditer(low, start, end):
        before = low[max(start, cue.start() - _NEAR) : cue.start()]
        if _ORDERED_NOUN.search(before) or not _SPOKEN_OF.search(before):
            if re.search(r"(?:trong|vào|với)\s+(?:nội dung\s+)?(?:các\s+)?$", before):
                continue
            return cue.start()
    return None


def _in_sentence(task: Task, view: View, sentence: Part) -> list[RecurringReport]:
    low = view.low
    whole = low[sentence.start : sentence.end]
    if "báo cáo" not in whole:
        return []
    # Periods at the head of the sentence hold for all its clauses.
    leading = [one for one in _shifted(rhythms(whole), sentence.start) if one.start - sentence.start <= 12]
    entries: list[RecurringReport] = []
    for part in _parts_of(low, sentence):
        cue = _orders(low, part.start, part.end)
        merged = _MERGED.search(low, part.start, part.end)
        if cue is None and not (merged and _REPORT.search(low, part.start, part.end)):
            continue
        own: list[Rhythm] = []
        for one in _shifted(rhythms(low[part.start : part.end]), part.start):
            listed = bool(own) and re.fullmatch(r"[\s,;]*(?:và|hoặc)?\s*", low[own[-1].end : one.start]) is not None
            if listed or _belongs(low, part, one, cue if cue is not None else part.start, merged):
                own.append(one)
        own = _with_listed(low, _shifted(rhythms(low[part.start : part.end]), part.start), own)
        used = own or (leading if part.start != sentence.start else [])
        entries += [_entry(task, view, part, one.rrule, view.words(one.start, one.end), not one.marked) for one in used]
        if used:
            continue
        if merged:
            inside = rhythms(low[merged.start() : merged.end()])
            words = view.words(merged.start("due"), merged.end("due"))
            entries += [_entry(task, view, part, one.rrule, words, True) for one in inside[:1]] or [
                _entry(task, view, part, None, _periodic(view, part) or words, False)
            ]
        elif words := _periodic(view, part):
            entries.append(_entry(task, view, part, None, words, False))
    return entries


def _with_listed(low: str, found: list[Rhythm], own: list[Rhythm]) -> list[Rhythm]:
    """ "hằng quý, 6 tháng, năm": a period before one that counts, joined to it by a comma, counts too."""
    for at in range(len(found) - 1, 0, -1):
        joined = re.fullmatch(r"[\s,;]*(?:và|hoặc)?\s*", low[found[at - 1].end : found[at].start])
        if joined and found[at] in own and found[at - 1] not in own:
            own = [found[at - 1], *own]
    return own


def _shifted(found: list[Rhythm], by: int) -> list[Rhythm]:
    return [Rhythm(one.rrule, one.start + by, one.end + by, one.marked) for one in found]


def _parts_of(low: str, sentence: Part) -> list[Part]:
    piece = low[sentence.start : sentence.end]
    return [Part(one.start + sentence.start, one.end + sentence.start, one.stop) for one in parts(piece)]


def _periodic(view: View, part: Part) -> str:
    found = _PERIODIC.search(view.low, part.start, part.end)
    return view.words(found.start(), found.end()) if found else ""


def _belongs(low: str, part: Part, one: Rhythm, cue: int, merged: re.Match[str] | None) -> bool:
    """Whether a period is that of the report, not of something else in the clause."""
    if merged and merged.start() <= one.start and low.find(";", merged.start(), one.start) < 0:
        return False
    before = low[max(part.start, one.start - 50) : one.start]
    if _OTHER_MATTER.search(before):
        return False
    if one.marked or one.start - part.start <= 12 or one.rrule == HALVES and one.start > cue:
        return True
    return abs(one.start - cue) < 25 or abs(cue - one.end) < 25 or one.end >= part.end - 25


def _entry(task: Task, view: View, part: Part, rrule: str | None, due: str, doubtful: bool) -> RecurringReport:
    start, end = view.raw(part.start), view.raw(part.end)
    to = task.report_to
    doubts = [] if to else ["Không rõ báo cáo gửi cho ai."]
    if doubtful:
        doubts.append("Kỳ báo cáo được suy từ câu, cần xem lại.")
    return RecurringReport(
        quote=quote_of(view.text, start, end),
        span=task.span,
        who="; ".join(task.lead),
        to=to,
        due=_balanced(due),
        rrule=rrule,
        reasons={
            "rrule": Reason("period of the report", due, task.span),
            "who": Reason("lead of the task", "", task.span),
        },
        confidence={"rrule": 0.6 if doubtful else 0.9, "to": 0.85 if to else 0.3, "who": 0.85},
        doubts=doubts,
    )


def _balanced(words: str) -> str:
    """Words without a bracket that is never closed or never opened."""
    words = words.strip()
    if words.count("(") > words.count(")"):
        words = words.replace("(", "", 1) if words.startswith("(") else f"{words})"
    return words if words.count("(") == words.count(")") else words.strip("()")
