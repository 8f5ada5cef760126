"""From words on a page to lines and paragraphs: what belongs together although the page cuts it.

Used for PDF and for scans. Places are in points, y growing downwards from the top of the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from langnghe.plans.reading.formats.cleaning import folded
from langnghe.plans.reading.formats.tables import Cell, Grid, header_rows, table_lines
from langnghe.plans.reading.letters import pattern
from langnghe.plans.reading.source import Line


@dataclass(slots=True)
class Word:
    """A word with its box."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    bold: bool = False


@dataclass(slots=True)
class Row:
    """Words beside each other."""

    words: list[Word]
    x0: float = 0.0
    x1: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    text: str = ""
    bold: bool = False

    def __post_init__(self) -> None:
        self.words.sort(key=lambda word: word.x0)
        self.x0, self.x1 = self.words[0].x0, max(word.x1 for word in self.words)
        self.top, self.bottom = min(word.top for word in self.words), max(word.bottom for word in self.words)
        self.text = folded(" ".join(word.text for word in self.words))
        self.bold = all(word.bold for word in self.words)

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Box:
    """A ruled table on a page: its cells and where it stands."""

    grid: Grid
    top: float
    bottom: float
    columns: tuple[int, ...]


@dataclass(slots=True)
class Page:
    """What stands on one page."""

    number: int
    width: float
    height: float
    words: list[Word]
    boxes: list[Box] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    scanned: bool = False
    """Its words were recognised in a picture."""


_PAGE_NUMBER = re.compile(r"(?i)[-–\s.]*(?:trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–\s.]*")
_SIGNATURE = re.compile(r"(?i)^(ký bởi|người ký|email|thời gian ký|ngày ký|giờ ký|cơ quan)\s*:")
_LABEL = pattern(
    r"^(?:[-–—+*•]\s|[-–+](?=[<U>])|(?:Điều|Chương|Phần|Mục|Phụ lục|Bước)\s+[\dIVXLC]+|"
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđ]|[IVXLC]{1,6})\s?[.)](?:\s|$)|\(?(?:\d{1,2}|[ivx]{1,4})\)\s)"
)
_FOOT = re.compile(r"(?i)nơi nhận\s*[:.]|(?:TM|KT|TL|TUQ)\s?[.,]\s+(?:ủy|uỷ|chủ|giám|trưởng|chánh|ban)")
_ENDED = re.compile(r"[.;:!?…][\"”’)\]]*$|/\.\s*$")


def rows_of(words: Sequence[Word]) -> list[Row]:
    """Words of one page gathered into rows, from top to bottom."""
    rows: list[list[Word]] = []
    middle: list[float] = []
    for word in sorted(words, key=lambda one: ((one.top + one.bottom) / 2, one.x0)):
        centre = (word.top + word.bottom) / 2
        if rows and abs(centre - middle[-1]) < 0.5 * max(
            1.0, word.bottom - word.top, rows[-1][0].bottom - rows[-1][0].top
        ):
            rows[-1].append(word)
            middle[-1] += (centre - middle[-1]) / len(rows[-1])
        else:
            rows.append([word])
            middle.append(centre)
    return [row for row in map(Row, rows) if row.text]


def _split(row: Row, gap: float) -> list[Row]:
    """A row cut where a wide gap parts two columns."""
    parts: list[list[Word]] = [[row.words[0]]]
    for word in row.words[1:]:
        if word.x0 - max(one.x1 for one in parts[-1][-1:]) > gap:
            parts.append([word])
        else:
            parts[-1].append(word)
    return [Row(part) for part in parts]


_NATIONAL = pattern(r"C[<U>]NG\s+H[<U>]A?\s+X[<U>]\s+H[<U>]I\s+CH[<U>]")


def _head_parts(row: Row, size: float) -> list[Row]:
    """The two halves of a row; the national title begins a half however narrow the space before it."""
    parts = _split(row, 3.5 * size)
    if len(parts) != 1 or not (found := _NATIONAL.search(row.text)) or not found.start():
        return parts
    first = len(row.text[: found.start()].split())
    words = [word for word in row.words if folded(word.text)]
    if first >= len(words) or words[first].x0 - words[first - 1].x1 < 0.4 * size:
        return parts
    return [Row(words[:first]), Row(words[first:])]


def _columns(rows: list[Row], size: float, width: float) -> list[Row]:
    """Put the two columns of a document's head and foot one after the other instead of side by side."""
    done: list[Row] = []
    at = 0
    while at < len(rows):
        parts = _head_parts(rows[at], size)
        if len(parts) != 2 or _LABEL.match(parts[0].text) and len(parts[0].text) < 4:
            done.append(rows[at])
            at += 1
            continue
        # The columns go on while no row crosses the space between them.
        left, right = [parts[0]], [parts[1]]
        edge_left, edge_right = parts[0].x1, parts[1].x0
        last = at
        for step in range(at + 1, len(rows)):
            row = rows[step]
            if row.top - rows[step - 1].bottom > 6 * size and step - 1 == last:
                # A signature has room for the hand above the name.
                if row.top - rows[step - 1].bottom > 14 * size:
                    break
            pieces = _split(row, 2.0 * size)
            lefts = [one for one in pieces if one.x1 < edge_right - 0.5 * size and one.x0 < edge_left]
            rights = [one for one in pieces if one not in lefts and one.x0 > edge_left + 0.5 * size]
            if len(lefts) + len(rights) != len(pieces) or len(pieces) > 2:
                break
            if any(one.x1 > edge_right - 1.0 * size for one in lefts):
                break
            if not rights and row.x1 > width * 0.62:
                break
            left += lefts
            right += rights
            if lefts:
                edge_left = max(edge_left, *(one.x1 for one in lefts))
            if rights:
                edge_right = min(edge_right, *(one.x0 for one in rights))
            last = step
        done += left + right
        at = last + 1
    return done


def drop_furniture(pages: Sequence[Page]) -> None:
    """Leave out page numbers, running heads and feet, and the small print of electronic signatures."""
    heights = [row.height for page in pages for row in page.rows]
    usual = median(heights) if heights else 0.0
    shapes: Counter[str] = Counter()
    for page in pages:
        for row in {re.sub(r"\d+", "#", row.text) for row in _edges(page)}:
            shapes[row] += 1
    often = max(3, len(pages) // 2)
    for page in pages:
        edges = {id(row) for row in _edges(page)}
        page.rows = [
            row
            for row in page.rows
            if not (
                id(row) in edges
                and (_PAGE_NUMBER.fullmatch(row.text) or shapes[re.sub(r"\d+", "#", row.text)] >= often)
                or row.height < 0.8 * usual
                and _SIGNATURE.match(row.text)
            )
        ]


def _edges(page: Page) -> list[Row]:
    return [row for row in page.rows if row.bottom < 0.09 * page.height or row.top > 0.91 * page.height]


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being put together."""

    rows: list[Row]
    page: int

    def line(self) -> Line:
        text = folded(" ".join(row.text for row in self.rows))
        return Line(text, 0, self.page, heading=all(row.bold for row in self.rows))


@dataclass(slots=True)
class _Measure:
    """The usual form of the document's text."""

    left: float
    right: float
    pitch: float
    size: float
    indented: bool = False
    """Paragraphs begin further right than their other rows."""


def _left(rows: Sequence[Row]) -> float:
    """The left edge of the text: the leftmost edge that many rows share."""
    told = [row for row in rows if len(row.text) > 12] or rows
    lefts = Counter(round(row.x0 / 3) for row in told)
    near = {edge: sum(lefts[edge + step] for step in (-1, 0, 1)) for edge in lefts}
    common = [edge for edge, count in near.items() if count >= max(2, 0.1 * len(told))]
    first = min(common) if common else min(lefts)
    return min(row.x0 for row in told if round(row.x0 / 3) >= first)


def straighten(pages: Sequence[Page]) -> None:
    """Move the words of scanned pages so that their left edges stand over each other: paper lies in a scanner as it
    likes."""
    edges: list[tuple[Page, float]] = []
    for page in pages:
        rows = [row for row in rows_of(page.words) if len(row.text) > 12]
        if len(rows) >= 8:
            edges.append((page, _left(rows)))
    usual = median(edge for _, edge in edges) if edges else 0.0
    for page, edge in edges:
        if 2.0 < abs(edge - usual) < 60.0:
            for word in page.words:
                word.x0, word.x1 = word.x0 - edge + usual, word.x1 - edge + usual


def _measure(pages: Sequence[Page]) -> _Measure:
    rows = [row for page in pages for row in page.rows]
    if not rows:
        return _Measure(0.0, 600.0, 20.0, 12.0)
    long = [row for row in rows if len(row.text) > 40] or rows
    left = _left(rows)
    rights = sorted(row.x1 for row in long)
    right = rights[int(0.85 * (len(rights) - 1))]
    size = median(row.height for row in long)
    pitches = [
        low.top - high.top
        for page in pages
        for high, low in zip(page.rows, page.rows[1:], strict=False)
        if 0.5 * size < low.top - high.top < 3 * size and len(high.text) > 40
    ]
    pitch = median(sorted(pitches)[: max(1, len(pitches) * 2 // 3)]) if pitches else 1.4 * size
    labelled = [row.x0 > left + 0.8 * size for row in rows if _LABEL.match(row.text)]
    return _Measure(left, right, pitch, size, sum(labelled) * 3 > len(labelled) * 2)


def _goes_on(paragraph: _Paragraph, row: Row, form: _Measure, same_page: bool) -> bool:
    """Whether a row carries on the paragraph above it."""
    last = paragraph.rows[-1]
    if last.text.endswith(("./.", "./", "/.")) or _FOOT.match(row.text):
        return False
    full = last.x1 > form.right - 3.5 * form.size
    indented = row.x0 > form.left + 0.8 * form.size
    if form.indented and full and not indented and not row.bold and not last.bold:
        # "(ii) …" may come to stand at the beginning of a row.
        cut = row.text.startswith("(") or not _ENDED.search(last.text)
        if cut and (not same_page or 0 < row.top - last.top < 1.1 * form.pitch):
            return True
    if _LABEL.match(row.text) and (_ENDED.search(last.text) or last.x1 < form.right - 4 * form.size):
        return False
    if abs(row.height - last.height) > 0.35 * max(row.height, last.height) and row.bold != last.bold:
        return False
    if same_page and (row.top - last.top > 1.25 * form.pitch + 0.3 * form.size or row.top < last.top - form.size):
        return False
    small = row.text[:1].islower() or row.text[:1] in ",;)"
    ended = _ENDED.search(last.text) is not None
    if small and not ended and not _LABEL.match(row.text):
        return True
    if not full:
        return False
    first = len(paragraph.rows) == 1
    if _LABEL.match(row.text) and row.x0 > last.x0 - 0.5 * form.size and (first or indented):
        return False
    if not indented:
        return not (ended and row.bold != last.bold)
    hanging = first and _LABEL.match(last.text) is not None and row.x0 > last.x0 + 0.4 * form.size
    beside = not first and abs(row.x0 - last.x0) < 0.5 * form.size
    return hanging or beside


def lines_of(pages: Sequence[Page]) -> list[Line]:
    """All pages as paragraphs and table rows."""
    from langnghe.plans.reading.formats import aligned

    straighten([page for page in pages if page.scanned])
    for page in pages:
        page.rows = rows_of(page.words)
    drop_furniture(pages)
    form = _measure(pages)
    aligned.find(pages, form.size)
    lines: list[Line] = []
    current: _Paragraph | None = None
    table: tuple[Box, Grid, int] | None = None
    tables = 0

    def close() -> None:
        nonlocal current
        if current is not None:
            lines.append(current.line())
            current = None

    def close_table() -> None:
        nonlocal table
        if table is not None:
            lines.extend(table_lines(table[1], tables, table[2]))
            table = None

    for page in pages:
        parts: list[Row | Box] = []
        boxes = sorted(page.boxes, key=lambda box: box.top)
        for box in boxes:
            parts += _columns([row for row in page.rows if row.top < box.top], form.size, page.width)
            page.rows = [row for row in page.rows if row.top >= box.top]
            parts.append(box)
        parts += _columns(page.rows, form.size, page.width)
        fresh = True
        for part in parts:
            if isinstance(part, Box):
                close()
                if table is not None and fresh and _alike(table[0], part):
                    table = (part, _continued(table[1], part.grid), table[2])
                else:
                    close_table()
                    tables += 1
                    table = (part, part.grid, page.number)
            else:
                close_table()
                if current is not None and _goes_on(current, part, form, not fresh):
                    current.rows.append(part)
                else:
                    close()
                    current = _Paragraph([part], page.number)
            fresh = False
    close()
    close_table()
    return lines


def _alike(above: Box, below: Box) -> bool:
    """Whether two boxes may be one table: their columns stand in the same places, as far as paper lies still; or they
    are as many, and the lower one has no headings of its own."""
    if len(above.columns) != len(below.columns):
        return False
    shift = median(low - high for high, low in zip(above.columns, below.columns, strict=True))
    near = all(abs(low - high - shift) <= 1 for high, low in zip(above.columns, below.columns, strict=True))
    return near and abs(shift) <= 4 or header_rows(below.grid) == 0 and len(above.columns) > 3


def _continued(above: Grid, below: Grid) -> Grid:
    """A table that goes on overleaf: repeated headings go, a row cut by the page is put together again."""
    heads = header_rows(above)
    titles = [[cell.text for cell in row] for row in above[:heads]]
    while titles and below and [cell.text for cell in below[0]] == titles[0]:
        below, titles = below[1:], titles[1:]
    if above and below and len(above) > heads and len(above[-1]) == len(below[0]) and not below[0][0].text:
        first, last = below[0], above[-1]
        for upper, lower in zip(last, first, strict=True):
            if lower.text and upper is not lower:
                upper.paragraphs = [*upper.paragraphs, *lower.paragraphs]
        below = below[1:]
    return above + below


def cell_of(words: Sequence[Word], right: float) -> Cell:
    """The words inside a cell as its paragraphs; `right` is the cell's right edge."""
    rows = rows_of(words)
    paragraphs: list[list[Row]] = []
    for row in rows:
        last = paragraphs[-1][-1] if paragraphs else None
        new = last is None or _LABEL.match(row.text) or _ENDED.search(last.text) and last.x1 < right - 2 * last.height
        if new:
            paragraphs.append([row])
        else:
            paragraphs[-1].append(row)
    texts = [folded(" ".join(row.text for row in rows)) for rows in paragraphs]
    return Cell(texts, bool(rows) and all(row.bold for row in rows))
