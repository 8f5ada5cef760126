"""Rows of a table as lines: merged cells told to every row they cover, the headings of the columns to every row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from langnghe.plans.reading.source import Line

HEADING_WORDS = re.compile(
    r"(?i)\b(s?tt|số tt|nhiệm vụ|nội dung|công việc|giải pháp|chủ trì|phối hợp|thực hiện|thời gian|thời hạn|tiến độ|"
    r"hoàn thành|sản phẩm|kết quả|đơn vị|cơ quan|chỉ tiêu|mục tiêu|ghi chú|tên|phân công|trách nhiệm|lộ trình)\b"
)
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?|\(?[A-Z]\)?")
_LAYOUT = re.compile(
    r"(?i)cộng ho[àa] xã hội|độc lập\s*[-–]\s*tự do|nơi nhận\s*:|^(tm|kt|tl|tuq|q)\.\s|^số\s*:.*/.*-", re.MULTILINE
)
_SECTION_LABEL = re.compile(r"[IVXLC]+\.?|[A-ZĐ]\.?|[a-zđ]\)?")
HEADER_LENGTH = 120


@dataclass(eq=False, slots=True)
class Cell:
    """One cell as printed; a merged cell stands at every place it covers."""

    paragraphs: list[str] = field(default_factory=list)
    bold: bool = False

    @property
    def text(self) -> str:
        return " ".join(part for part in self.paragraphs if part)


Grid = list[list[Cell]]


def spread(rows: Sequence[Sequence[tuple[Cell, int, int]]], *, widest: int = 64, most: int = 200_000) -> Grid:
    """A grid from rows of (cell, columns it spans, rows it spans) as HTML gives them; absurd spans are cut."""
    grid: Grid = []
    hanging: dict[int, tuple[Cell, int]] = {}  # column -> cell from above, rows it still reaches down
    made = 0
    for row in rows:
        placed: list[Cell] = []
        below: dict[int, tuple[Cell, int]] = {}

        def put(cell: Cell, down: int, placed: list[Cell] = placed, below: dict[int, tuple[Cell, int]] = below) -> None:
            if down > 0:
                below[len(placed)] = (cell, down)
            placed.append(cell)

        for cell, columns, depth in row:
            while len(placed) in hanging:
                above, left = hanging.pop(len(placed))
                put(above, left - 1)
            for _ in range(max(1, min(columns, widest))):
                if len(placed) < widest:
                    put(cell, depth - 1)
        for column in sorted(hanging):
            while len(placed) < column:
                placed.append(Cell())
            if len(placed) == column:
                put(hanging[column][0], hanging[column][1] - 1)
        hanging = below
        made += len(placed)
        if made > most:
            break
        grid.append(placed)
    width = max((len(row) for row in grid), default=0)
    return [row + [Cell() for _ in range(width - len(row))] for row in grid]


def running_text(grid: Grid, page: int | None = None) -> list[Line]:
    """The paragraphs of a table that only arranges text, column by column."""
    seen: set[int] = set()
    lines: list[Line] = []
    for column in range(max((len(row) for row in grid), default=0)):
        for row in grid:
            if column < len(row) and id(row[column]) not in seen:
                seen.add(id(row[column]))
                lines += [
                    Line(part, 0, page, heading=row[column].bold) for part in row[column].paragraphs if part.strip()
                ]
    return lines


def is_layout(grid: Grid) -> bool:
    """Whether the table only arranges text: one column, or the head or foot of an official document."""
    width = max((len(row) for row in grid), default=0)
    if width <= 1 or len(grid) == 1 and width == 2:
        return True
    if width > 4 or len(grid) > 8:
        return False
    return any(_LAYOUT.search("\n".join(cell.paragraphs)) for row in grid for cell in row)


def header_rows(grid: Grid, marked: int = 0) -> int:
    """How many rows at the top are headings of columns; `marked` is what the format itself says."""
    if not grid:
        return 0
    first = grid[0]
    texts = [cell.text for cell in first]
    named = sum(1 for text in texts if HEADING_WORDS.search(text))
    short = all(len(text) <= HEADER_LENGTH for text in texts)
    distinct = len({id(cell) for cell in first if cell.text})
    if not marked and not (short and distinct >= 2 and named >= 2):
        return 0
    count = max(marked, 1)
    # A cell of the first row that reaches down makes the next row a heading too.
    while count < min(3, len(grid)):
        below = grid[count]
        reaches = sum(1 for i, cell in enumerate(below) if cell.text and i < len(first) and cell is grid[count - 1][i])
        numbers = [cell.text for cell in below if cell.text]
        shared = reaches and all(len(cell.text) <= HEADER_LENGTH for cell in below) and reaches < len(below)
        if shared or _parts_of_heads(grid[count - 1], below):
            count += 1
        elif len(numbers) >= 3 and all(_COLUMN_NUMBER.fullmatch(text) for text in numbers):
            count += 1
            break
        else:
            break
    return min(count, len(grid))


def _parts_of_heads(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether a row only names the parts of headings that reach over several columns: "Thời gian" has "Quý I" below."""
    named = [at for at, cell in enumerate(below) if cell.text]
    return bool(named) and all(
        len(below[at].text) < 30
        and (at > 0 and above[at] is above[at - 1] or at + 1 < len(above) and above[at] is above[at + 1])
        for at in named
    )


def _titles(rows: Grid) -> tuple[str, ...]:
    titles = []
    for column in range(len(rows[0])):
        parts: list[str] = []
        for row in rows:
            text = row[column].text if column < len(row) else ""
            if text and text not in parts and not _COLUMN_NUMBER.fullmatch(text):
                parts.append(text)
        titles.append(" ".join(parts))
    return tuple(titles)


def section_title(row: Sequence[Cell]) -> str | None:
    """The words of a row that heads the rows below it ("I | Cải cách thể chế |  |  "), None for any other row."""
    filled = list(dict.fromkeys(cell for cell in row if cell.text))
    if len(row) < 3 or not filled:
        return None
    spans = row.count(filled[-1])
    if len(filled) == 1:
        alone = filled[0]
        whole = spans == len(row) or spans >= 3 or alone.bold
        return alone.text if whole and not alone.text.isdigit() else None
    if len(filled) == 2 and row[0] is filled[0] and _SECTION_LABEL.fullmatch(filled[0].text):
        label = filled[0].text
        return f"{label} {filled[1].text}" if label[-1] in ".)" else f"{label}. {filled[1].text}"
    if len(filled) == 2 and row[0] is filled[0] and filled[0].text.rstrip(".").isdigit() and filled[1].bold:
        return f"{filled[0].text.rstrip('.')}. {filled[1].text}"
    return None


def table_lines(grid: Grid, number: int, page: int | None = None, *, marked: int = 0) -> list[Line]:
    """The lines of one table. Its heading rows are not lines; a row heading others is a heading without cells."""
    from langnghe.plans.reading.formats.periods import gather

    grid = [row for row in grid if any(cell.text for cell in row)]
    if not grid:
        return []
    if is_layout(grid):
        return running_text(grid, page)
    heads = header_rows(grid, min(marked, len(grid) - 1))
    grid = gather(grid, heads)
    header = _titles(grid[:heads]) if heads else ()
    lines: list[Line] = []
    for row in grid[heads:]:
        if (title := section_title(row)) is not None:
            lines.append(Line(title, 0, page, table=number, heading=True))
            continue
        cells = tuple("" if column and cell is row[column - 1] else cell.text for column, cell in enumerate(row))
        if header and cells == header:
            continue
        lines.append(Line(" | ".join(cells), 0, page, cells, header, number))
    return lines
