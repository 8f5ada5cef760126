"""Tables of targets: a column for the criterion, one for its unit, one for the level to reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.quantities import AT_LEAST, AT_MOST, number
from langnghe.plans.reading.register import Indicator, Reason, Target

_UNIT_COLUMN: Final = re.compile(r"(?i)\b(?:đơn vị(?: tính)?|đvt)\b")
_NO_UNIT_COLUMN: Final = re.compile(r"(?i)thực hiện|chủ trì|phối hợp|phụ trách|chịu trách nhiệm|liên quan|tham mưu")
_NAME_COLUMN: Final = re.compile(r"(?i)\b(?:chỉ tiêu|tiêu chí|chỉ số|nội dung|tên)\b")
_TARGET_COLUMN: Final = re.compile(r"(?i)\b(?:kế hoạch|mục tiêu|chỉ tiêu (?:năm|giao|phấn đấu)|phấn đấu|năm 20\d\d)\b")
_CELL: Final = re.compile(
    rf"^\s*(?P<sign>[≥≤><]|{AT_LEAST}|"
    rf"{AT_MOST})?\s*(?P<n>\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?|\d+(?:[.,]\d+)?)\s*(?P<unit>%)?\s*(?:trở lên)?\s*$"
)


def is_target_table(block: Block) -> bool:
    """Whether a column of the row's table holds units of measure, and not the units that do the work."""
    return any(_UNIT_COLUMN.search(title) and not _NO_UNIT_COLUMN.search(title) for title in block.line.header)


_YEAR: Final = re.compile(r"\b(20\d\d)\b")
_BEFORE: Final = re.compile(r"(?i)thực hiện|hiện trạng|kết quả|ước|đã đạt|xuất phát|cơ sở")


def _years(block: Block, other: tuple[int, ...]) -> list[tuple[int, int]]:
    """The columns that are named by a year each, and their years; none where fewer than two set targets."""
    found = [
        (at, int(year[1]))
        for at, title in enumerate(block.line.header)
        if at not in other and (year := _YEAR.search(title))
    ]
    return found if sum(1 for at, _ in found if not _BEFORE.search(block.line.header[at])) > 1 else []


def _by_year(block: Block, name_at: int, unit_at: int, years: list[tuple[int, int]]) -> Iterator[Indicator]:
    """A target for each year that has a column; what was reached before is where they start from."""
    line = block.line
    base: tuple[float, int] | None = None
    for at, year in years:
        found = _CELL.match(line.cells[at].lower())
        if not found:
            continue
        if _BEFORE.search(line.header[at]):
            base = number(found["n"]), year
            continue
        sign = found["sign"] or ""
        op = "<=" if sign in ("≤", "<") or sign and re.fullmatch(AT_MOST, sign) else ">=" if sign else "="
        yield Indicator(
            quote=" ".join(" ".join(cell for cell in line.cells[name_at:] if cell.strip()).split()),
            span=(line.start, line.end),
            name=line.cells[name_at],
            unit=line.cells[unit_at].strip() or found["unit"] or "",
            baseline=base[0] if base else None,
            baseline_year=base[1] if base else None,
            target=Target(op, number(found["n"])),
            reasons={"target": Reason("column of the year", line.header[at])},
            confidence={"target": 0.8, "name": 0.9, "baseline": 0.75},
        )


def from_row(block: Block) -> Iterator[Indicator]:
    """A row of a table with columns for the criterion, its unit and its target."""
    line = block.line
    if not is_target_table(block) or len(line.cells) != len(line.header):
        return
    unit_at = next(
        at for at, title in enumerate(line.header) if _UNIT_COLUMN.search(title) and not _NO_UNIT_COLUMN.search(title)
    )
    name_at = next((at for at, title in enumerate(line.header) if _NAME_COLUMN.search(title) and at != unit_at), None)
    targets = [
        at for at, title in enumerate(line.header) if _TARGET_COLUMN.search(title) and at not in (unit_at, name_at)
    ]
    if name_at is None or not line.cells[name_at]:
        return
    if years := _years(block, (unit_at, name_at)):
        yield from _by_year(block, name_at, unit_at, years)
        return
    if not targets:
        return
    found = _CELL.match(line.cells[targets[-1]].lower())
    if not found:
        return
    sign = found["sign"] or ""
    op = "<=" if sign in ("≤", "<") or sign and re.fullmatch(AT_MOST, sign) else ">=" if sign else "="
    unit = line.cells[unit_at].strip() or found["unit"] or ""
    yield Indicator(
        quote=" ".join(line.text.split()),
        span=(line.start, line.end),
        name=line.cells[name_at],
        unit=unit,
        target=Target(op, number(found["n"])),
        reasons={"target": Reason("column of the table", line.header[targets[-1]])},
        confidence={"target": 0.85, "name": 0.9},
    )
