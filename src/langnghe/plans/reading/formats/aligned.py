"""Tables without ruled lines: their columns are told by the headings over them and the white between their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from langnghe.plans.reading.formats.layout import Box, Page, Row, Word, cell_of, rows_of
from langnghe.plans.reading.formats.tables import HEADING_WORDS, Grid

_CONTENT = re.compile(r"(?i)nội dung|nhiệm vụ|công việc|hoạt động|giải pháp")
_WHO_OR_WHEN = re.compile(
    r"(?i)chủ trì|phối hợp|thực hiện|thời gian|thời hạn|tiến độ|hoàn thành|sản phẩm|kết quả|đơn vị|cơ quan|phân công"
)
_NUMBER = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,2}){0,2}|[IVX]{1,5}|[A-HĐ]|[a-zđ])[.)]?")
_DATA = re.compile(r"\d{1,2}/\d|(?i:\bquý\s+[iv1-4]+\b)|\bSở [A-ZĐ]|UBND|Thường xuyên|Hằng |Hàng |Trong ")
_SECTION = re.compile(r"(?:[IVX]{1,5}|[A-HĐ]|\d{1,2}(?:\.\d{1,2})*)[.)]\s|(?i:phụ lục|biểu|bảng)\b")
_DEEPEST_HEADER = 5
_FEWEST_COLUMNS = 3
_GAP = 0.45
"""White between two columns, in heights of a row; the space between two words is half as wide."""
_FIRST = re.compile(r"(?i)s?tt\.?|#")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a table stand: between which x, and how many rows at its top are headings."""

    edges: tuple[float, ...]
    """The left edge of each column but the first."""
    left: float
    right: float

    def of(self, word: Word) -> int:
        """The column of a word."""
        middle = (word.x0 + word.x1) / 2
        return sum(1 for edge in self.edges if middle > edge)

    def crossed(self, row: Row) -> int:
        """How many edges between columns a row's words run over."""
        return sum(
            1
            for edge in self.edges
            if any(word.x0 < edge - 1 and word.x1 > edge + 1 for word in row.words)
            or any(
                before.x1 <= edge <= after.x0 and after.x0 - before.x1 < 0.45 * row.height
                for before, after in pairwise(row.words)
            )
        )


def _strips(words: Sequence[Word], gap: float) -> list[list[Word]]:
    """Words gathered into strips with white between them."""
    strips: list[list[Word]] = []
    edge = float("-inf")
    for word in sorted(words, key=lambda one: one.x0):
        if word.x0 - edge > gap or not strips:
            strips.append([word])
            edge = word.x1
        else:
            strips[-1].append(word)
            edge = max(edge, word.x1)
    return strips


def _parted(strips: list[list[Word]]) -> list[list[Word]]:
    """The narrow column of numbers parted from the one beside it."""
    first = strips[0]
    numbers = [word for word in first if _FIRST.fullmatch(word.text)]
    others = [word for word in first if word not in numbers]
    if len(numbers) == 1 and others and numbers[0].x1 <= min(word.x0 for word in others):
        return [numbers, others, *strips[1:]]
    return strips


def _header(rows: Sequence[Row], at: int, size: float) -> tuple[int, list[list[Word]]] | None:
    """The rows from `at` that head a table (how many), and the words of each heading."""
    best: tuple[int, list[list[Word]]] | None = None
    words: list[Word] = []
    for count in range(1, _DEEPEST_HEADER + 1):
        if at + count > len(rows):
            break
        row = rows[at + count - 1]
        if count > 1 and row.top - rows[at + count - 2].bottom > (0.45 if best else 1.2) * size:
            break
        if _SECTION.match(row.text) or row.text.endswith((":", ".", ";")):
            break
        if count > 1 and best and (_NUMBER.fullmatch(row.words[0].text) or _DATA.search(row.text)):
            break
        words += row.words
        strips = _strips(words, _GAP * size)
        if len(strips) < 2:
            if best or len(row.text) > 60:
                break  # running text
            continue
        strips = _parted(strips)
        texts = [" ".join(one.text for line in rows_of(strip) for one in line.words) for strip in strips]
        named = sum(1 for text in texts if HEADING_WORDS.search(text))
        fits = (
            len(strips) >= _FEWEST_COLUMNS
            and named >= max(3, len(strips) - 2)
            and any(_CONTENT.search(text) for text in texts)
            and any(_WHO_OR_WHEN.search(text) and not _CONTENT.search(text) for text in texts)
            and all(len(text) < 70 for text in texts)
        )
        if not fits:
            if best:
                break
            continue
        if best and len(strips) != len(best[1]):
            break
        best = count, strips
    return best


def _columns(header: Sequence[Sequence[Word]], body: Sequence[Row], width: float) -> Columns | None:
    """The edges between columns: the white that most rows leave, one for each two neighbouring headings."""
    edges: list[float] = []
    centres = [(min(word.x0 for word in strip), max(word.x1 for word in strip)) for strip in header]
    spans = [(word.x0, word.x1) for row in body for word in row.words]
    for before, after in pairwise(centres):
        low, high = (before[0] + before[1]) / 2, (after[0] + after[1]) / 2
        best, least = (before[1] + after[0]) / 2, None
        # Every end of a word is a place where white may begin.
        steps = sorted({before[1] + 1, *(x1 + 1 for _, x1 in spans if low < x1 < high)})
        for step in steps:
            until = min((x0 for x0, _ in spans if x0 >= step), default=high)
            until = min(until, after[0]) if after[0] >= step else until
            crossing = sum(1 for x0, x1 in spans if x0 < step < x1)
            crossing += 3 if before[0] <= step < before[1] or after[0] < step else 0
            key = (crossing, -(until - step))
            if until > step and (least is None or key < least):
                best, least = (step + until) / 2, key
        edges.append(best)
    if any(later <= earlier for earlier, later in pairwise(edges)):
        return None
    return Columns(tuple(edges), 0.0, width)


def _fits(row: Row, columns: Columns, size: float) -> bool:
    """Whether a row's words stand in the columns."""
    return columns.crossed(row) == 0


def _reach(rows: Sequence[Row], start: int, columns: Columns, size: float) -> int:
    """The row after the table's last. A heading across the columns belongs to it when rows in columns follow."""
    end = at = start
    while at < len(rows):
        row = rows[at]
        if at > start and row.top - rows[at - 1].bottom > 6 * size:
            break
        if _fits(row, columns, size):
            filled = {columns.of(word) for word in row.words}
            # A paragraph's short last row stands in one column by chance; what crosses before it was no heading.
            if len(filled) > 1 or at == end:
                end = at + 1
            at += 1
            continue
        following = rows[at + 1 : at + 4]
        tabular = [
            one for one in following if _fits(one, columns, size) and len({columns.of(w) for w in one.words}) > 1
        ]
        if at - end >= 2 or len(tabular) < min(2, len(following)) or not tabular:
            break
        at += 1
    while end - start > 1 and _follows(rows[end - 1], rows[start : end - 1], columns):
        end -= 1
    return end


def _follows(row: Row, table: Sequence[Row], columns: Columns) -> bool:
    """Whether the last row of a table is rather the heading or the short paragraph below it."""
    own = {columns.of(word) for word in row.words}
    if len(own) > 1:
        return False
    if _SECTION.match(row.text) or row.text.isupper():
        return True
    usual = median(one.height for one in table)
    if row.top - table[-1].bottom < 0.4 * usual:
        return False
    starts = [word.x0 for one in table for word in one.words if columns.of(word) in own]
    return abs(row.height - usual) > 0.13 * usual or all(abs(row.x0 - start) > 3 for start in starts)


def _records(rows: Sequence[Row], columns: Columns, size: float) -> list[list[Row]]:
    """Rows of words gathered into rows of the table."""
    across = [columns.crossed(row) > 0 for row in rows]
    numbered = [
        any(columns.of(word) == 0 for word in row.words)
        and bool(_NUMBER.fullmatch(" ".join(word.text for word in row.words if columns.of(word) == 0)))
        for row in rows
    ]
    gaps = [low.top - high.bottom for high, low in pairwise(rows)]
    narrow = sorted(gaps)[: max(1, len(gaps) * 2 // 5)] or [0.0]
    pitch = median(narrow)
    # In a scan the white between the rows of one cell is not always the same.
    wide = [gap > max(1.4 * pitch, pitch + max(0.16 * size, 1.2 * (narrow[-1] - narrow[0]))) for gap in gaps]
    if not any(numbered) and not any(wide):
        # Rows of one height: a new one fills nearly all columns and begins with a capital.
        wide = [
            len({columns.of(word) for word in row.words}) >= len(columns.edges) and row.text[:1].isupper()
            for row in rows[1:]
        ]
    blocks: list[list[int]] = []
    for at in range(len(rows)):
        if at == 0 or wide[at - 1] or across[at] or across[at - 1]:
            blocks.append([at])
        else:
            blocks[-1].append(at)
    plain = [block for block in blocks if not across[block[0]]]
    by_white = sum(1 for block in plain if sum(numbered[at] for at in block) <= 1) == len(plain)
    has_numbers = sum(numbered) >= 2
    out: list[list[Row]] = []
    for block in blocks:
        if across[block[0]] or has_numbers and by_white and len(plain) >= sum(numbered) > 0 or not has_numbers:
            out.append([rows[at] for at in block])
            continue
        for at in block:
            if numbered[at] or not out or at == block[0] and across[at - 1]:
                out.append([])
            out[-1].append(rows[at])
    return _joined(out, columns, has_numbers)


def _joined(records: list[list[Row]], columns: Columns, has_numbers: bool) -> list[list[Row]]:
    """A record without number and content, or of nothing but ends of sentences, carries on the one above."""
    out: list[list[Row]] = []
    for record in records:
        filled = {columns.of(word): word.text for row in reversed(record) for word in reversed(row.words)}
        crossing = any(columns.crossed(row) for row in record)
        carries = has_numbers and 0 not in filled or all(text[:1].islower() for text in filled.values())
        if out and carries and not crossing and not any(columns.crossed(row) for row in out[-1]):
            out[-1] += record
        else:
            out.append(record)
    return out


def _grid(records: Sequence[Sequence[Row]], columns: Columns) -> Grid:
    grid: Grid = []
    count = len(columns.edges) + 1
    right = [*columns.edges, columns.right]
    for record in records:
        words = [word for row in record for word in row.words]
        if any(columns.crossed(row) for row in record):
            grid.append([cell_of(words, columns.right)] * count)
            continue
        grid.append([cell_of([word for word in words if columns.of(word) == at], right[at]) for at in range(count)])
    return grid


def find(pages: Sequence[Page], size: float) -> None:
    """Take tables without lines out of the rows of pages and put them there as boxes."""
    going_on: Columns | None = None
    titles: list[str] = []
    for page in pages:
        if going_on is not None and (
            page.boxes or not page.rows or not _carry_on(page, going_on, titles, size) or page.rows
        ):
            going_on = None
        at = 0
        while at < len(page.rows):
            header = _header(page.rows, at, size)
            later = [found for step in (1, 2, 3) if (found := _header(page.rows, at + step, size))] if header else []
            apart = len(page.rows) > at + 1 and page.rows[at + 1].top - page.rows[at].bottom > _GAP * size
            if header and any(len(one[1]) + (apart and one is later[0]) > len(header[1]) for one in later):
                at += 1  # what stands above the table was taken for a part of its head
                continue
            first = at + header[0] if header else at
            columns = header and _settled(header[1], page.rows[first:], size, page.width)
            end = _reach(page.rows, first, columns, size) if columns else first
            if header is None or columns is None or end - first < 2:
                at += 1
                continue
            titles = [_text(strip) for strip in header[1]]
            grid: Grid = [[cell_of(strip, page.width) for strip in header[1]]]
            grid += _grid(_records(page.rows[first:end], columns, size), columns)
            _put(page, at, end, grid, columns)
            going_on = columns if at >= len(page.rows) else None


def _settled(header: Sequence[Sequence[Word]], rows: Sequence[Row], size: float, width: float) -> Columns | None:
    """The columns under a header: first by the rows near it, then by all the rows that stand in them."""
    near = [row for row in rows[:40] if len(_strips(row.words, _GAP * size)) > 1]
    columns = _columns(header, near, width)
    if columns is None:
        return None
    end = _reach(rows, 0, columns, size)
    inside = [row for row in rows[:end] if columns.crossed(row) == 0]
    return _columns(header, inside, width) or columns


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for row in rows_of(words) for word in row.words)


def _carry_on(page: Page, columns: Columns, titles: Sequence[str], size: float) -> bool:
    """Put the rows at the top of a page that carry on the table of the page before into a box; False if none do."""
    first = 0
    header = _header(page.rows, 0, size)
    if header is not None and [_text(strip) for strip in header[1]] == list(titles):
        first = header[0]
    end = _reach(page.rows, first, columns, size)
    rows = page.rows[first:end]
    if not rows or first == 0 and not any(len({columns.of(word) for word in row.words}) > 1 for row in rows[:6]):
        return False
    _put(page, 0, end, _grid(_records(rows, columns, size), columns), columns)
    return True


def _put(page: Page, start: int, end: int, grid: Grid, columns: Columns) -> None:
    """Replace rows of a page by a box."""
    rows = page.rows[start:end]
    top, bottom = min(row.top for row in rows), max(row.bottom for row in rows)
    page.boxes.append(Box(grid, top, bottom, tuple(round(edge / 6) for edge in columns.edges)))
    del page.rows[start:end]
