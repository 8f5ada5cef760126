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
    if name_at is None or not targets or not line.cells[name_at]:
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
