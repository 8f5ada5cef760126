"""Columns of months, quarters or years to tick, as one column of terms: the last period ticked is the term."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from langnghe.plans.reading.formats.tables import Cell, Grid
from langnghe.plans.reading.glyphs import bare

_TICK = re.compile(r"[xX✓✔√vV☑☒●•+■▪♦◆]{1,3}")
_EMPTY = re.compile(r"[\s\-–—.☐□]*")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER = re.compile(r"(?:quy|q)\s*[./]?\s*(iv|iii|ii|i|[1-4])(?:\s*[/\-,.]?\s*(?:nam\s*)?(20\d\d))?$")
_MONTH = re.compile(r"(?:thang|th|t)\s*[./]?\s*(\d{1,2})(?:\s*[/\-,.]?\s*(?:nam\s*)?(20\d\d))?$")
_YEAR = re.compile(r"(?:nam\s*)?(20\d\d)$")
_ALONE = re.compile(r"(iv|iii|ii|i|\d{1,2})$")
_ANY_YEAR = re.compile(r"\b(20\d\d)\b")
TITLE = "Thời gian thực hiện"


@dataclass(frozen=True, slots=True)
class Period:
    """What a column's heading means: a month, quarter or year."""

    kind: str
    number: int
    year: int | None

    def words(self, *, year: bool) -> str:
        """The period as a plan writes it."""
        if self.kind == "year":
            return f"Năm {self.number}"
        name = f"Quý {'I II III IV'.split()[self.number - 1]}" if self.kind == "quarter" else f"Tháng {self.number}"
        return f"{name}/{self.year}" if year and self.year else name


def _period(parts: Sequence[str]) -> Period | None:
    """The period that the headings over a column name, from the top down."""
    if not parts:
        return None
    own, above = bare(parts[-1]), bare(" ".join(parts[:-1]))
    years = _ANY_YEAR.findall(above)
    year = int(years[-1]) if len(set(years)) == 1 else None
    for kind, pattern in (("quarter", _QUARTER), ("month", _MONTH)):
        found = pattern.match(own)
        if found:
            number = _ROMAN.get(found[1]) or int(found[1])
            return Period(kind, number, int(found[2]) if found[2] else year) if 1 <= number <= 12 else None
    found = _ALONE.match(own)
    kinds = re.findall(r"\b(quy|thang)\b", above)
    if found and kinds:
        number = _ROMAN.get(found[1]) or (int(found[1]) if found[1].isdigit() else 0)
        kind = "quarter" if kinds[-1] == "quy" else "month"
        return Period(kind, number, year) if 1 <= number <= (4 if kind == "quarter" else 12) else None
    found = _YEAR.match(own)
    return Period("year", int(found[1]), int(found[1])) if found else None


def _runs(periods: Sequence[Period | None]) -> list[tuple[int, int]]:
    """Where at least two columns of one kind of period stand side by side."""
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(periods):
        first = periods[at]
        end = at + 1
        while first and end < len(periods) and (other := periods[end]) is not None and other.kind == first.kind:
            end += 1
        if first and end - at >= 2:
            runs.append((at, end))
        at = end
    return runs


def _ticked(grid: Grid, heads: int, start: int, end: int) -> bool:
    """Whether the cells of these columns are ticks: nearly all that is not empty."""
    texts = [cell.text.strip() for row in grid[heads:] if not _across(row, start, end) for cell in row[start:end]]
    written = [text for text in texts if not _EMPTY.fullmatch(text)]
    return bool(written) and sum(1 for text in written if _TICK.fullmatch(text)) >= 0.8 * len(written)


def _across(row: Sequence[Cell], start: int, end: int) -> bool:
    """Whether a cell of the row reaches over these columns and others: a row that heads a group."""
    return bool(row[start].text) and (
        start > 0 and row[start] is row[start - 1] or end < len(row) and row[end - 1] is row[end]
    )


def _told(ticked: Sequence[Period]) -> str:
    """The ticked periods in words; the last one is said so that it is the term."""
    if not ticked:
        return ""
    first, last = ticked[0], ticked[-1]
    if len(ticked) == 1:
        return last.words(year=True)
    order = [one.number if one.kind == "year" else (one.year or 0) * 12 + one.number for one in ticked]
    close = all(later - earlier == 1 for earlier, later in pairwise(order))
    if last.kind == "year" and close:
        return f"Năm {first.number} - {last.number}"
    if first.year != last.year or len(ticked) > 2 and not close:
        said = ", ".join(_small(one.words(year=first.year != last.year)) for one in ticked)
        return f"Đến {_small(last.words(year=True))} ({said})"
    if len(ticked) == 2:
        return f"{first.words(year=False)}, {_small(last.words(year=True))}"
    return f"Từ {_small(first.words(year=False))} đến {_small(last.words(year=True))}"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def gather(grid: Grid, heads: int) -> Grid:
    """The table with its columns of periods put together; the same table where it has none. `heads` of its rows are
    headings."""
    if heads < 1 or len(grid) <= heads:
        return grid
    width = len(grid[0])
    parts = [
        list(dict.fromkeys(row[column].text for row in grid[:heads] if row[column].text)) for column in range(width)
    ]
    periods = [_period(one) for one in parts]
    runs = [(start, end) for start, end in _runs(periods) if _ticked(grid, heads, start, end)]
    for start, end in reversed(runs):
        columns = [one for one in periods[start:end] if one is not None]
        head = Cell([TITLE])
        joined: Grid = []
        for at, row in enumerate(grid):
            if at < heads:
                cell = head
            elif _across(row, start, end):
                cell = row[start]
            else:
                ticked = [
                    one for one, cell in zip(columns, row[start:end], strict=True) if not _EMPTY.fullmatch(cell.text)
                ]
                own = [cell.text for cell in row[start:end] if len(cell.text) > 3]
                cell = Cell([" ".join([_told(ticked), *(f"({text})" for text in dict.fromkeys(own))])])
            joined.append([*row[:start], cell, *row[end:]])
        grid = joined
    return grid
