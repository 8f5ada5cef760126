"""Pure rule: which tasks of a register only repeat a duty to report that the register has anyway.

A paragraph such as "Trước ngày 20 hằng tháng, các sở báo cáo kết quả về Văn phòng" is a duty to report, and the report
comes due by itself; a task beside it would have the same work followed up twice. A task repeats when it recurs, the
places of such duties cover nearly all of it, and each of its clauses orders a report and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

COVERED = 0.8
"""So much of the task's words must stand within duties to report."""

_CLAUSE = re.compile(r"(?:[;.]|\n)\s+|[;.]\s*/?\s*$")
_REPORT = re.compile(r"\bbáo cáo\b", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:kết quả|tình hình|tiến độ|việc|công tác)(?:,? (?:kết quả|tình hình|tiến độ|công tác|việc))*"
    r"(?: (?:triển khai|tổ chức|thực hiện|xử lý|giải quyết|kiểm tra|khắc phục))+|\b(?:xây dựng|hoàn thiện) *$",
    re.IGNORECASE,
)
"""What a report tells of, or the making of it: no work of its own."""

_WORK = re.compile(
    r"\b(?:theo dõi|đôn đốc|kiểm tra|rà soát|xây dựng|triển khai|thực hiện|tổ chức|thống kê|đánh giá|cập nhật|xử lý|"
    r"hướng dẫn|tiếp nhận|chủ trì|phối hợp|ban hành|phân công|giám sát|thanh tra|khắc phục|đề xuất|bố trí|"
    r"quản lý|giải quyết|chỉ đạo|vận hành|duy trì|công khai|tuyên truyền|chịu trách nhiệm)\b"
)
"""Work beside a report. In small letters: “Sở Xây dựng”, “Ban Chỉ đạo” are names."""


@dataclass(frozen=True, slots=True)
class Row:
    """A living item of a register, as far as this rule asks."""

    key: int
    kind: str
    start: int | None
    end: int | None
    values: Mapping[str, Any]


def repeats(rows: Iterable[Row]) -> set[int]:
    """The keys of the tasks that only repeat a duty to report. Items without a place are left alone."""
    placed = [(row, row.start, row.end) for row in rows if row.start is not None and row.end is not None]
    duties = sorted((start, end) for row, start, end in placed if row.kind == "report" and row.values.get("rrule"))
    return {
        row.key
        for row, start, end in placed
        if row.kind == "task"
        and (row.values.get("deadline") or {}).get("type") == "recurring"
        and _covered(start, end, duties) >= COVERED
        and only_reports(str(row.values.get("quote") or ""))
    }


def _covered(start: int, end: int, duties: Iterable[tuple[int, int]]) -> float:
    """The part of a stretch that the duties cover."""
    total, reached = 0, start
    for first, last in duties:
        first, last = max(first, reached), min(last, end)
        if first < last:
            total += last - first
            reached = last
    return total / max(end - start, 1)


def only_reports(quote: str) -> bool:
    """Whether each clause orders a report, and no other work stands before it in the clause."""
    clauses = [clause for clause in _CLAUSE.split(quote) if len(clause.split()) > 2]
    return bool(clauses) and all(_reports(clause) for clause in clauses)


def _reports(clause: str) -> bool:
    clause = clause.strip()
    clause = clause[:1].lower() + clause[1:]
    found = _REPORT.search(clause)
    if found is None:
        return clause.startswith(("gửi ", "lồng ghép "))
    return _WORK.search(_RESULT.sub(" ", clause[: found.start()])) is None
