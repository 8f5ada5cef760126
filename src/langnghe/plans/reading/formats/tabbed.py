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
    inside = edged = False
    width = 0
    for at, row in enumerate(rows):
        text = row.strip()
        if row.count("|") >= 2 and _RULE.fullmatch(text):
            continue  # the line under the head
        parted = row.count("|") >= 2 or inside and not edged and _LABELLED.match(text)
        if not parted:
            inside = inside and not text and at + 1 < len(rows) and rows[at + 1].count("|") >= 2
            out.append(row)
            continue
        begins = not inside
        if begins:
            edged = text.startswith("|")
        if edged:
            text = text.removeprefix("|").removesuffix("|")
        text = text.replace("\t", " ").replace("|", "\t")
        inside = inside or _heads(text)
        if inside and begins:
            width = text.count("\t")
        elif inside and not begins and out and width and (merged := _below_heads(out[-1], text)):
            out[-1], width = merged, merged.count("\t")
            continue
        if inside and not edged and text.count("\t") < width and "|" in "".join(rows[at + 1 : at + 2]):
            text += "\t" * (width - text.count("\t"))
        out.append(text if inside else row)
    return out


_LABELLED = re.compile(r"(?:[IVX]{1,5}|\d{1,2}|[A-HĐ])[.)]?\s*\|\s*\S")


def _below_heads(above: str, row: str) -> str:
    """The headings of a table whose second row of headings parts some of the first; "" if the row is none."""
    heads, parts = _cells(above), _cells(row)
    named = [at for at, cell in enumerate(parts) if cell]
    if not _heads(above) or not named or parts[0] or len(parts) < len(heads):
        return ""
    if any(len(parts[at]) > 45 or parts[at][-1:] in ".;" or not HEADING_WORDS.search(parts[at]) for at in named):
        return ""
    extra = len(parts) - len(heads)
    merged = []
    for at, cell in enumerate(parts):
        # Behind what is parted, the first row's headings stand as far from its end as in the second row.
        first = at if at < named[0] else at - extra
        merged.append(cell or (heads[first] if 0 <= first < len(heads) else ""))
    return "\t".join(merged)


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
