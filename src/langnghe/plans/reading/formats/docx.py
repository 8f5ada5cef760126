"""A Word document as lines: paragraphs with the labels its automatic numbering prints, headings, tables.

The XML is read directly and in one pass: what is needed is little, and a broken or hostile file can say anything.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from langnghe.plans.reading.formats.cleaning import folded, from_abc
from langnghe.plans.reading.formats.numbering import Counter, Level
from langnghe.plans.reading.formats.tables import Cell, Grid, spread, table_lines
from langnghe.plans.reading.letters import pattern
from langnghe.plans.reading.source import Line, ReadingError, Source, source_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ODD = (NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
"""What an archive brings about whose words about itself are wrong."""
MOST_XML = 60_000_000
MOST_PARTS = 5_000
MOST_UNPACKED = 600_000_000
_NEW_PARAGRAPH = re.compile(r"\s*(?:[-–+•]\s|(?:\d{1,2}(?:\.\d{1,2})*|[a-zđ]|[IVXLC]+)[.)]\s)")
_CAPITAL = pattern(r"\(?[<U>]")
_LONG_ROW = 60


def _broken() -> ReadingError:
    return ReadingError(
        "broken", "Tệp Word bị hỏng, không mở được. Hãy mở bằng Word hoặc LibreOffice, lưu lại thành .docx rồi gửi lại."
    )


def _too_large() -> ReadingError:
    return ReadingError(
        "too-large",
        "Tệp Word khi giải nén lớn bất thường nên không được đọc. Hãy gửi bản chỉ gồm văn bản của kế hoạch.",
    )


def _part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of a part, at most what a text may have: sizes stated in an archive may be lies."""
    try:
        with archive.open(name) as part:
            content = part.read(MOST_XML + 1)
    except KeyError:
        return None
    if len(content) > MOST_XML:
        raise _too_large()
    return content


def _parse(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    if _STRICT.encode() in content[:4000]:
        content = content.replace(_STRICT.encode(), _TRANSITIONAL.encode())
    return etree.fromstring(content, parser)


def _attribute(element: Any, name: str) -> str | None:
    value: str | None = None if element is None else element.get(_W + name)
    return value


def _integer(text: str | None, usual: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return usual


def _on(element: Any) -> bool:
    return element is not None and (_attribute(element, "val") or "1") not in ("0", "false", "off", "none")


@dataclass(slots=True)
class _Style:
    """What a style says, and on which it is based."""

    base: str | None = None
    bold: bool | None = None
    number: str | None = None
    level: int | None = None
    heading: bool = False
    font: str | None = None


@dataclass(slots=True)
class _Book:
    """What is known while reading: styles, lists and their running figures."""

    styles: Mapping[str, _Style]
    abstract: Mapping[str, Mapping[int, Level]]
    numbers: Mapping[str, tuple[str, Mapping[int, Level]]]
    style_levels: Mapping[str, int] = field(default_factory=dict)
    """The level at which a style of paragraphs stands in its list."""
    counters: dict[str, Counter] = field(default_factory=dict)
    restarted: set[str] = field(default_factory=set)

    def style(self, name: str | None) -> _Style:
        """A style with what it takes from those it is based on."""
        result, steps = _Style(), 0
        while name is not None and name in self.styles and steps < 12:
            one = self.styles[name]
            result.bold = one.bold if result.bold is None else result.bold
            result.number = one.number if result.number is None else result.number
            result.level = one.level if result.level is None else result.level
            result.font = one.font if result.font is None else result.font
            result.heading = result.heading or one.heading
            name, steps = one.base, steps + 1
        return result

    def label(self, number: str, level: int) -> str:
        """The label that the next item of a list prints."""
        found = self.numbers.get(number)
        if found is None:
            return ""
        abstract, overrides = found
        counter = self.counters.get(abstract)
        if counter is None:
            counter = self.counters[abstract] = Counter(self.abstract.get(abstract, {}))
        if overrides:
            counter.levels = {**self.abstract.get(abstract, {}), **overrides}
            if number not in self.restarted:
                self.restarted.add(number)
                for at in overrides:
                    counter.figures.pop(at, None)
        return counter.next(level)


def _styles(root: Any) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for element in () if root is None else root.iterfind(f"{_W}style"):
        style = _Style(base=_attribute(element.find(f"{_W}basedOn"), "val"))
        bold = element.find(f"{_W}rPr/{_W}b")
        style.bold = None if bold is None else _on(bold)
        style.font = _attribute(element.find(f"{_W}rPr/{_W}rFonts"), "ascii")
        style.number = _attribute(element.find(f"{_W}pPr/{_W}numPr/{_W}numId"), "val")
        level = element.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        style.level = None if level is None else _integer(_attribute(level, "val"), 0)
        outline = element.find(f"{_W}pPr/{_W}outlineLvl")
        name = (_attribute(element.find(f"{_W}name"), "val") or "").lower()
        style.heading = name.startswith(("heading", "title")) or (
            outline is not None and _integer(_attribute(outline, "val"), 9) < 9
        )
        styles[_attribute(element, "styleId") or ""] = style
    return styles


def _level(element: Any) -> tuple[int, Level]:
    kind = _attribute(element.find(f"{_W}numFmt"), "val") or "decimal"
    pattern = _attribute(element.find(f"{_W}lvlText"), "val") or ""
    start = _integer(_attribute(element.find(f"{_W}start"), "val"), 1)
    legal = _on(element.find(f"{_W}isLgl"))
    return _integer(_attribute(element, "ilvl"), 0), Level(kind, start, folded(pattern), legal)


def _lists(root: Any) -> tuple[dict[str, dict[int, Level]], dict[str, tuple[str, dict[int, Level]]]]:
    abstract: dict[str, dict[int, Level]] = {}
    numbers: dict[str, tuple[str, dict[int, Level]]] = {}
    styled: dict[str, str] = {}
    linked: dict[str, str] = {}
    if root is None:
        return abstract, numbers
    for element in root.iterfind(f"{_W}abstractNum"):
        name = _attribute(element, "abstractNumId") or ""
        abstract[name] = dict(map(_level, element.iterfind(f"{_W}lvl")))
        link = _attribute(element.find(f"{_W}styleLink"), "val")
        if link:
            styled[link] = name
        link = _attribute(element.find(f"{_W}numStyleLink"), "val")
        if link:
            linked[name] = link
    for name, link in linked.items():
        # A list that only points to a style of lists counts as that one does.
        abstract[name] = abstract[name] or abstract.get(styled.get(link, ""), {})
    for element in root.iterfind(f"{_W}num"):
        base = _attribute(element.find(f"{_W}abstractNumId"), "val") or ""
        overrides: dict[int, Level] = {}
        for one in element.iterfind(f"{_W}lvlOverride"):
            at = _integer(_attribute(one, "ilvl"), 0)
            whole = one.find(f"{_W}lvl")
            level = _level(whole)[1] if whole is not None else abstract.get(base, {}).get(at, Level())
            start = _attribute(one.find(f"{_W}startOverride"), "val")
            overrides[at] = Level(level.kind, _integer(start, level.start), level.pattern, level.legal)
        numbers[_attribute(element, "numId") or ""] = (base, overrides)
    return abstract, numbers


def _style_levels(lists: bytes | None) -> dict[str, int]:
    levels: dict[str, int] = {}
    for element in _parse(lists).iter(f"{_W}lvl") if lists else ():
        name = _attribute(element.find(f"{_W}pStyle"), "val")
        if name:
            levels.setdefault(name, _integer(_attribute(element, "ilvl"), 0))
    return levels


_SKIPPED = {_FALLBACK} | {
    _W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "sdtPr", "tblPr", "tcPr", "trPr", "rPr")
}


def _walk(element: Any, wanted: frozenset[str]) -> Iterator[Any]:
    """The elements of these names below an element in their order, without those below each other or skipped."""
    stack = [element.iterchildren()]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif not isinstance(child.tag, str) or child.tag in _SKIPPED:
            continue
        elif child.tag in wanted:
            yield child
        else:
            stack.append(child.iterchildren())


_PIECES = frozenset(_W + name for name in ("r", "p", "tbl"))
_BLOCKS = frozenset((_W + "p", _W + "tbl"))
_ROWS = frozenset((_W + "tr",))
_CELLS = frozenset((_W + "tc",))


def _run(run: Any, style: _Style, pieces: list[str]) -> tuple[int, int, list[Any]]:
    """Add the words of a run; gives how many letters, how many of them bold, and the blocks of text boxes in it."""
    properties = run.find(f"{_W}rPr")
    bold, font = style.bold or False, style.font
    if properties is not None:
        if _on(properties.find(f"{_W}vanish")):
            return 0, 0, []
        own = properties.find(f"{_W}b")
        bold = bold if own is None else _on(own)
        font = _attribute(properties.find(f"{_W}rFonts"), "ascii") or font
    size, boxes = 0, []
    for child in run:
        tag = child.tag
        if tag == _W + "t":
            text = child.text or ""
            if font and font.startswith(".Vn"):
                text = from_abc(text)
                if font.endswith("H"):
                    text = text.upper()
            pieces.append(text)
            size += len(text.strip())
        elif tag in (_W + "tab", _W + "ptab"):
            pieces.append("\t")
        elif tag in (_W + "br", _W + "cr"):
            pieces.append("\n")
        elif tag in (_W + "noBreakHyphen", _W + "sym"):
            pieces.append("-")
        elif isinstance(tag, str) and tag not in _SKIPPED:
            boxes += list(_walk(child, _BLOCKS))
    return size, size if bold else 0, boxes


def _rows_of(text: str) -> list[str]:
    """Split at typed line breaks, but only where something new begins."""
    rows: list[str] = []
    for part in text.split("\n"):
        row = folded(part)
        if not row:
            continue
        new = not rows or _NEW_PARAGRAPH.match(row) is not None
        if not new and _CAPITAL.match(row):
            # A break in the midst of a sentence only shapes the page; heads and signatures are short rows.
            new = len(rows[-1]) < _LONG_ROW or rows[-1].endswith((".", ";", ":", "!", "?"))
        if new:
            rows.append(row)
        else:
            rows[-1] += " " + row
    return rows


def _paragraph(paragraph: Any, book: _Book) -> tuple[list[Line], list[Any]]:
    """The lines of a paragraph (none if it is empty) and the blocks of text boxes anchored in it."""
    properties = paragraph.find(f"{_W}pPr")
    style = book.style(_attribute(None if properties is None else properties.find(f"{_W}pStyle"), "val"))
    named = _attribute(None if properties is None else properties.find(f"{_W}pStyle"), "val")
    number, level, heading = style.number, style.level or book.style_levels.get(named or "", 0), style.heading
    if properties is not None:
        own = properties.find(f"{_W}numPr")
        if own is not None:
            number = _attribute(own.find(f"{_W}numId"), "val") or number
            level = _integer(_attribute(own.find(f"{_W}ilvl"), "val"), level)
        heading = heading or properties.find(f"{_W}outlineLvl") is not None
    pieces: list[str] = []
    boxes: list[Any] = []
    length = bold = 0
    for child in _walk(paragraph, _PIECES):
        if child.tag != _W + "r":
            boxes.append(child)
            continue
        size, bold_size, more = _run(child, style, pieces)
        length, bold, boxes = length + size, bold + bold_size, boxes + more
    rows = _rows_of("".join(pieces))
    if rows and number not in (None, "0"):
        label = book.label(str(number), max(0, min(level, 8)))
        if label:
            rows[0] = f"{label} {rows[0]}"
    whole_bold = length > 0 and bold == length
    return [Line(row, 0, heading=heading or whole_bold) for row in rows], boxes


def _grid(table: Any, book: _Book, depth: int) -> tuple[Grid, int]:
    """The cells of a table and how many rows at its top Word repeats as headings."""
    rows: list[list[tuple[Cell, int, int]]] = []
    reaching: dict[int, Cell] = {}
    marked = 0
    for row in _walk(table, _ROWS):
        properties = row.find(f"{_W}trPr")
        if properties is not None and properties.find(f"{_W}del") is not None:
            continue
        if len(rows) == marked and properties is not None and _on(properties.find(f"{_W}tblHeader")):
            marked += 1
        placed: list[tuple[Cell, int, int]] = []
        column = _integer(_attribute(None if properties is None else properties.find(f"{_W}gridBefore"), "val"), 0)
        column = max(0, min(column, 63))
        if column:
            placed.append((Cell(), column, 1))
        for element in _walk(row, _CELLS):
            own = element.find(f"{_W}tcPr")
            width = _integer(_attribute(None if own is None else own.find(f"{_W}gridSpan"), "val"), 1)
            width = max(1, min(width, 64))
            merge = None if own is None else own.find(f"{_W}vMerge")
            if merge is not None and _attribute(merge, "val") != "restart" and column in reaching:
                cell = reaching[column]
            else:
                lines = _blocks(element, book, depth + 1)
                cell = Cell([line.text for line in lines], bool(lines) and all(line.heading for line in lines))
                reaching.pop(column, None)
            if merge is not None:
                reaching[column] = cell
            placed.append((cell, width, 1))
            column += width
        rows.append(placed)
    return spread(rows), marked


def _blocks(parent: Any, book: _Book, depth: int = 0, tables: list[int] | None = None) -> list[Line]:
    """The lines of a body, a cell or a text box."""
    lines: list[Line] = []
    tables = [0] if tables is None else tables
    going_on = False
    if depth > 12:
        return lines
    for block in _walk(parent, _BLOCKS):
        if block.tag == _W + "tbl":
            grid, marked = _grid(block, book, depth)
            if depth:
                lines += [Line(part, 0) for row in grid for cell in dict.fromkeys(row) for part in cell.paragraphs]
            else:
                tables[0] += 1
                lines += table_lines(grid, tables[0], marked=marked)
            continue
        found, boxes = _paragraph(block, book)
        if going_on and lines and found:
            found[0] = replace(found[0], text=f"{lines[-1].text} {found[0].text}")
            del lines[-1]
        lines += found
        # Where the end of a paragraph was deleted, the next one carries on its words.
        going_on = bool(found) and block.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None
        for box in boxes:
            if box.tag == _W + "p":
                lines += _paragraph(box, book)[0]
            else:
                grid, _ = _grid(box, book, depth + 1)
                lines += [Line(part, 0) for row in grid for cell in dict.fromkeys(row) for part in cell.paragraphs]
    return lines


def _check(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) > MOST_PARTS or sum(max(0, part.file_size) for part in archive.infolist()) > MOST_UNPACKED:
        raise _too_large()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ReadingError(
            "macros", "Tệp Word có macro nên không được nhận. Hãy lưu thành .docx (không có macro) rồi gửi lại."
        )
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise ReadingError("encrypted", "Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")


def _other_archive(archive: zipfile.ZipFile) -> ReadingError:
    """What to do with an archive that is no Word document."""
    names = archive.namelist()
    kind = (_part(archive, "mimetype") or b"")[:100] if "mimetype" in names else b""
    if b"opendocument.text" in kind:
        message = "Đây là tệp OpenDocument (.odt). Hãy mở bằng LibreOffice hoặc Word, lưu thành .docx rồi gửi lại."
    elif b"opendocument" in kind or any(name.startswith(("xl/", "ppt/")) for name in names):
        message = "Đây là bảng tính hoặc trình chiếu, không phải văn bản. Hãy gửi kế hoạch ở dạng .docx hoặc PDF."
    else:
        message = "Tệp nén này không phải tài liệu Word (.docx). Hãy lưu kế hoạch thành .docx rồi gửi lại."
    return ReadingError("type", message)


def read_docx(content: bytes, name: str) -> Source:
    """A Word document (.docx)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
            body = _part(archive, "word/document.xml")
            if body is None:
                raise _other_archive(archive)
            styles, lists = _part(archive, "word/styles.xml"), _part(archive, "word/numbering.xml")
        abstract, numbers = _lists(_parse(lists) if lists else None)
        book = _Book(_styles(_parse(styles) if styles else None), abstract, numbers, _style_levels(lists))
        root = _parse(body)
        lines = _blocks(root, book)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, etree.LxmlError, zlib.error, *_ODD) as error:
        raise _broken() from error
    if not lines:
        raise ReadingError("empty", "Tài liệu Word không có chữ nào. Nếu là ảnh quét, hãy gửi bản PDF.")
    return source_of(lines, name=name, format="docx")
