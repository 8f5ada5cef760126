"""To whom a report goes: "báo cáo X", "báo cáo … về X", "gửi X tổng hợp, báo cáo Y"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from langnghe.plans.reading.bodies import Group, Reading
from langnghe.plans.reading.duties import group_within


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a report goes."""

    name: str | None
    start: int = 0
    end: int = 0
    sure: float = 0.9


_REPORT: Final = re.compile(r"\bbáo cáo\b")
_SENT: Final = re.compile(
    r"(?:\bgửi(?: báo cáo| kết quả| văn bản| kế hoạch)?(?: về| đến| tới| cho)?|\b(?:về|cho|đến|tới|với|"
    r"lên))\s+(?:cơ quan thường trực\s*\(?(?:là\s+)?)?"
)
_VOICED: Final = re.compile(
    r"\b(?:phản ánh|kiến nghị|thông tin|phản hồi|gửi ý kiến)(?: kịp thời| ngay| bằng văn bản)? (?:về|đến|với|"
    r"cho|tới)\s+"
)
_SUMS_UP: Final = re.compile(r"\s*(?:\([^()]{0,60}\)\s*)?,?\s*(?:để\s+)?(?:tổng hợp|xem xét)")
_DIRECT: Final = re.compile(r"\bbáo cáo\s+(?:về\s+|với\s+|lên\s+|đồng chí\s+|kịp thời\s+|đến\s+|cho\s+)?")
_NOUN: Final = re.compile(r"(?:của|theo|chế độ|thông tin,?|các|nội dung|xây dựng|dự thảo|mẫu|trong|vào|với)\s+$")


_PROPOSE: Final = re.compile(r"\bkiến nghị,? đề xuất(?: với)?\s+|\bđề xuất,? kiến nghị(?: với)?\s+")


def addressee(reading: Reading, start: int, end: int) -> Addressee:
    """The named addressee of a report that a text orders; with "gửi Y tổng hợp, báo cáo Z" it is Y."""
    low = reading.view.low
    first = _REPORT.search(low, start, end)
    if first is None:
        return Addressee(None)
    sent = _sent(reading, start, first.start(), end)
    if sent:
        return sent
    voiced = _VOICED.search(low, start, first.start())
    if voiced:
        # "phản ánh về X để tổng hợp, báo cáo Y": as with "gửi X tổng hợp, báo cáo Y".
        group = group_within(reading, voiced.end(), end)
        if group and not low[voiced.end() : group.start].strip(' "(*') and _SUMS_UP.match(low, group.end):
            return _to(group, 0.8)
    for found in _DIRECT.finditer(low, start, end):
        group = group_within(reading, found.end(), end)
        if group and not low[found.end() : group.start].strip(' "(*'):
            return _to(group, 0.93)
    return _proposed(reading, first.start(), end)


def _sent(reading: Reading, start: int, report: int, end: int) -> Addressee | None:
    """ "báo cáo … về X", "báo cáo gửi X", "gửi X tổng hợp, báo cáo Y"."""
    low = reading.view.low
    for found in _SENT.finditer(low, start, end):
        sending = found.group().startswith("gửi")
        if not sending and (found.start() < report or low[report : found.start()].count(".")):
            continue
        group = group_within(reading, found.end(), end)
        if group is None or low[found.end() : group.start].strip(' "(*'):
            continue
        between = low[report : found.start()] if found.start() > report else ""
        if not sending and (_DIRECT_NAMED.search(between) or not _aims(low, group.end, end)):
            continue
        if sending and found.start() < report and "báo cáo" not in low[found.start() : group.end + 80]:
            continue
        return _to(group, 0.92 if sending else 0.88)
    return None


_DIRECT_NAMED: Final = re.compile(r"báo cáo (?:ubnd|ủy ban nhân dân|chủ tịch|thành ủy|tỉnh ủy|sở|bộ)")


def _aims(low: str, at: int, end: int) -> bool:
    """After the addressee stands the end, a mark, a purpose, a time, or "tổng hợp"; not what the report is about."""
    rest = low[at:end].lstrip()
    return not rest or bool(
        re.match(
            r"[.,;:()/]|(?:để|trước|định kỳ|theo|tổng hợp|khi|trong|qua|thông qua|chậm nhất|vào|kết quả|xem xét|"
            r"kịp thời|hằng|hàng|và|biết|chỉ đạo)\b",
            rest,
        )
    )


def _proposed(reading: Reading, start: int, end: int) -> Addressee:
    """ "Báo cáo …; kiến nghị, đề xuất X": a report with proposals goes to whom they are made."""
    low = reading.view.low
    found = _PROPOSE.search(low, start, end)
    group = group_within(reading, found.end(), end) if found else None
    if found and group and not low[found.end() : group.start].strip():
        return _to(group, 0.7)
    return Addressee(None)


def _to(group: Group, sure: float) -> Addressee:
    return Addressee("; ".join(group.names), group.start, group.end, min(sure, group.sure))
