"""A web page as lines: headings, paragraphs, lists with their labels, tables. Scripts and the page's own frame go."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from langnghe.plans.reading.formats.cleaning import folded
from langnghe.plans.reading.formats.numbering import label_of
from langnghe.plans.reading.formats.tables import Cell, spread, table_lines
from langnghe.plans.reading.formats.txt import decode
from langnghe.plans.reading.source import Line, ReadingError, Source, source_of

_DROPPED = frozenset(
    "script style noscript template head nav footer aside form button select option textarea iframe object svg math "
    "audio video canvas map dialog menu".split()
)
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header "
    "hr html legend li main ol p pre section summary table ul caption tbody thead tfoot tr td th br".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
_OWN_LABEL = re.compile(r"^\s*(?:[-–—+*•▪o]\s|(?:\d{1,2}|[a-zđ]|[IVXLC]+)[.)]\s)")
_LIST_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
MOST_ELEMENTS = 400_000


class _Walk:
    """One pass over the tree, without recursion: pages may be nested as deep as they like."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.words: list[str] = []
        self.bold_length = self.length = 0
        self.bold = self.heading = self.pre = 0
        self.label = ""
        self.lists: list[tuple[str, int]] = []
        self.tables = 0

    def text(self, text: str | None) -> None:
        if not text:
            return
        if self.pre and "\n" in text:
            for row in text.split("\n"):
                self.words.append(row)
                self.flush()
            return
        self.words.append(text)
        size = len(text.strip())
        self.length += size
        if self.bold:
            self.bold_length += size

    def flush(self) -> None:
        text = folded("".join(self.words))
        if text:
            if self.label and not _OWN_LABEL.match(text):
                text = f"{self.label} {text}"
            self.label = ""
            bold = self.length > 0 and self.bold_length == self.length
            self.lines.append(Line(text, 0, heading=bool(self.heading) or bold))
        self.words.clear()
        self.bold_length = self.length = 0


def _is_dropped(element: Any) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _DROPPED:
        return True
    if tag == "header" and element.getparent() is not None and element.getparent().tag == "body":
        return True
    attributes = element.attrib
    return bool(
        attributes
        and ("hidden" in attributes or attributes.get("aria-hidden") == "true" and tag != "span"
             or _HIDDEN.search(attributes.get("style", "")))
    )  # fmt: skip


def _number(text: str | None, usual: int) -> int:
    try:
        return max(0, min(int((text or "").strip()), 10_000))
    except ValueError:
        return usual


def _is_bold(element: Any) -> bool:
    return element.tag in ("b", "strong") or bool(
        re.search(r"(?i)font-weight\s*:\s*(bold|[6-9]00)", element.get("style", ""))
    )


def _walk(root: Any, walk: _Walk) -> None:
    """Follow the tree's events; a table is taken as a whole and its elements passed over."""
    skip: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag
        if skip is not None:
            if element is skip and event == "end":
                skip = None
                walk.text(element.tail)
            continue
        if event in ("comment", "pi"):
            walk.text(element.tail)
            continue
        block = tag in _BLOCKS
        if event == "start":
            if _is_dropped(element) or tag == "table":
                if block:
                    walk.flush()
                if tag == "table" and not _is_dropped(element):
                    _table(element, walk)
                skip = element
                continue
            if block:
                walk.flush()
            walk.heading += tag in _HEADINGS
            walk.pre += tag == "pre"
            walk.bold += _is_bold(element)
            if tag in ("ol", "ul"):
                kind = _LIST_FORMATS.get(element.get("type", "1"), "decimal") if tag == "ol" else "bullet"
                walk.lists.append((kind, _number(element.get("start"), 1)))
            elif tag == "li" and walk.lists:
                kind, number = walk.lists[-1]
                number = _number(element.get("value"), number)
                walk.lists[-1] = (kind, number + 1)
                sign = ")" if kind == "lowerLetter" else "."
                walk.label = "-" if kind == "bullet" else label_of(kind, number) + sign
            walk.text(element.text)
            continue
        if block:
            walk.flush()
        walk.heading -= tag in _HEADINGS
        walk.pre -= tag == "pre"
        walk.bold -= _is_bold(element)
        if tag in ("ol", "ul") and walk.lists:
            walk.lists.pop()
        if tag == "li":
            walk.label = ""
        if element is not root:
            walk.text(element.tail)


def _table(table: Any, walk: _Walk) -> None:
    """A table's rows; a table inside a cell counts as the cell's text unless it is the page's own frame."""
    rows: list[list[tuple[Cell, int, int]]] = []
    marked = 0
    inner = table.xpath(".//table")
    if inner and len(table.xpath("./tr|./tbody/tr|./thead/tr")) <= 3:
        for child in table.xpath("./tr/td|./tbody/tr/td|./tr/th|./tbody/tr/th"):
            _walk(child, walk)
            walk.flush()
        return
    for row in table.xpath("./tr|./tbody/tr|./thead/tr|./tfoot/tr"):
        cells: list[tuple[Cell, int, int]] = []
        for element in row:
            if element.tag not in ("td", "th"):
                continue
            part = _Walk()
            part.bold = int(element.tag == "th")
            _walk(element, part)
            part.flush()
            cell = Cell([line.text for line in part.lines], bool(part.lines) and all(one.heading for one in part.lines))
            cells.append((cell, _number(element.get("colspan"), 1), _number(element.get("rowspan"), 1)))
        if cells:
            headings = all(element.tag == "th" for element in row if element.tag in ("td", "th"))
            if len(rows) == marked and (headings or row.getparent().tag == "thead"):
                marked += 1
            rows.append(cells)
    walk.tables += 1
    walk.lines += table_lines(spread(rows), walk.tables, marked=marked)


def read_html(content: bytes, name: str) -> Source:
    """A web page: its main part as lines."""
    declared = re.search(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,20})", content[:8000])
    warning: str | None = None
    text = ""
    if declared:
        try:
            text = content.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            text = ""
    if not text:
        text, warning = decode(content)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    try:
        root = lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(recover=True, no_network=True))
    except (etree.LxmlError, ValueError) as error:
        raise ReadingError("broken", "Trang web bị hỏng hoặc trống, không đọc được.") from error
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise ReadingError("too-large", "Trang web quá lớn. Hãy chỉ gửi phần văn bản của kế hoạch.")
    body = root.find("body")
    walk = _Walk()
    _walk(root if body is None else body, walk)
    walk.flush()
    return source_of(walk.lines, name=name, format="html", warnings=[warning] if warning else [])
