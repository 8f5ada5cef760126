"""Tables copied as text, whose cells tabs or strokes part: a row may run over several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langnghe.plans.reading.formats.tables import HEADING_WORDS, Cell, Grid, table_lines
from langnghe.plans.reading.source import Line

_LONGEST_CELL = 12
"""Lines that one row may run over."""


_RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")


def _with_tabs(rows: Sequence[str]) -> list[str]:
    """Rows with tabs where "|" parts cells, below a row that heads such a table."""
    out: list[str] = []
    inside = False
    for row in rows:
        parted = row.count("|") >= 2
        text = row.strip()
        if parted and _RULE.fullmatch(text):
            continue  # the line under the head
        if parted:
            text = text.removeprefix("|").removesuffix("|").replace("\t", " ").replace("|", "\t")
            inside = inside or _heads(text)
        else:
            inside = False
        out.append(text if inside else row)
    return out


def _cells(row: str) -> list[str]:
    return [" ".join(cell.split()) for cell in row.split("\t")]


def _heads(row: str) -> bool:
    cells = [cell for cell in _cells(row) if cell]
    return len(cells) >= 3 and sum(1 for cell in cells if len(cell) < 60 and HEADING_WORDS.search(cell)) >= 3


def _rows(rows: Sequence[str], start: int) -> tuple[list[list[str]], int]:
    """The rows of the table that begins at `start`, and the line after it."""
    width = len(_cells(rows[start].rstrip("\n")))
    table: list[list[str]] = []
    at = start
    while at < len(rows):
        cells = _cells(rows[at])
        if len(cells) == 1:
            following = next((step for step in range(1, 3) if at + step < len(rows) and "\t" in rows[at + step]), 0)
            if not following or not cells[0] and not following:
                break
            if cells[0]:
                table.append([cells[0], *[""] * (width - 1)])
            at += 1
            continue
        end = at + 1
        # A cell of several lines: its row goes on until all tabs are there.
        while len(cells) < width and end < len(rows) and end - at < _LONGEST_CELL:
            more = _cells(rows[end])
            if len(cells) + len(more) - 1 > width:
                break
            cells[-1] = f"{cells[-1]} {more[0]}".strip()
            cells += more[1:]
            end += 1
        if len(cells) > width + 1:
            break
        table.append((cells + [""] * width)[:width])
        at = end
    return table, at


def lines_of_text(rows: Sequence[str]) -> list[Line]:
    """The lines of a text; tables with tabs between their cells as rows of tables."""
    lines: list[Line] = []
    rows = _with_tabs(rows)
    tables = at = 0
    while at < len(rows):
        if "\t" in rows[at] and _heads(rows[at]):
            table, after = _rows(rows, at)
            if len(table) >= 2:
                tables += 1
                grid: Grid = []
                for texts in table:
                    alone = texts[0] and not any(texts[1:])
                    grid.append([Cell([texts[0]])] * len(texts) if alone else [Cell([text]) for text in texts])
                lines += table_lines(grid, tables)
                at = after
                continue
        text = " ".join(rows[at].split())
        if "\t" in rows[at] and _heads(rows[at]):
            # Headings whose rows are not parted: the reader may still tell the columns.
            text = f"| {' | '.join(_cells(rows[at]))} |"
        if text:
            lines.append(Line(text, 0))
        at += 1
    return lines
