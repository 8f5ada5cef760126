"""A document as DOCX, in the layout of Decree 30/2020."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.document import Document as Opened
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from langnghe.reports.sections import Block
from langnghe.reports.writers.paper import END, MOTTO, NATION, ROMAN, Paper, tidy

CENTRE, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip
TABLE_SIZE = 12


def write(paper: Paper) -> bytes:
    """The document as the bytes of a DOCX file."""
    document = Document()
    _page(document, paper)
    _head(document, paper)
    _title(document, paper)
    sections = tidy(paper.sections)
    if paper.opening:
        _body(document, paper, paper.opening)
    for number, section in enumerate(sections):
        sign = ROMAN[number] if number < len(ROMAN) else str(number + 1)
        heading = _body(document, paper, f"{sign}. {section['title'].upper()}", bold=True)
        heading.paragraph_format.keep_with_next = True
        for block in section["blocks"]:
            _block(document, paper, block)
    if paper.closing:
        _body(document, paper, paper.closing)
    _end(document)
    _signature(document, paper)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Opened, paper: Paper) -> None:
    layout, page = paper.layout, document.sections[0]
    page.orientation = WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(layout.top), Mm(layout.bottom)
    page.left_margin, page.right_margin = Mm(layout.left), Mm(layout.right)
    page.header_distance = Mm(10)
    page.different_first_page_header_footer = True
    number = page.header.paragraphs[0]
    number.alignment = CENTRE
    _field(number, "PAGE", Pt(13))
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = layout.font, Pt(layout.size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), layout.font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.get_or_add_rPr().append(language)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    core = document.core_properties
    core.title = _safe(f"{paper.title} {paper.about}".strip()[:250])
    core.language, core.author = "vi-VN", _safe(paper.issuer[-1][:250])
    core.comments = ""


def _field(paragraph: Paragraph, code: str, size: Pt) -> None:
    run = paragraph.add_run()
    run.font.size = size
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def _say(
    where: Any, text: str, *, size: float, bold: bool = False, italic: bool = False, align: Any = CENTRE,
    first: bool = False,
) -> Paragraph:  # fmt: skip
    paragraph: Paragraph = where.paragraphs[0] if first else where.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(_safe(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return paragraph


def _safe(text: str) -> str:
    """Text without the signs that no XML can hold."""
    return "".join(
        char
        for char in text
        if char in "\t\n" or (ord(char) >= 32 and not 0xD800 <= ord(char) <= 0xDFFF and char not in "\ufffe\uffff")
    )


def _rule(paragraph: Paragraph, share: float, width: float) -> None:
    """A fine line under a head, `share` of the `width` (millimetres) of its column: a border under a short paragraph
    would be as wide as the column, so the line's paragraph is drawn in."""
    line = paragraph.insert_paragraph_before("")
    parent = paragraph._p.getparent()
    if parent is not None:
        parent.remove(line._p)
    paragraph._p.addnext(line._p)
    form = line.paragraph_format
    form.left_indent = form.right_indent = Mm(width * (1 - share) / 2)
    form.line_spacing = Pt(3)
    border = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    border.append(top)
    line._p.get_or_add_pPr().append(border)


def _head(document: Opened, paper: Paper) -> None:
    """Two columns: issuing body and number; the state's name, motto, place and date."""
    layout = paper.layout
    width = 210 - layout.left - layout.right
    left, right = width * 0.41, width * 0.59
    table = document.add_table(rows=2, cols=2)
    _columns(table, (left, right))
    body, nation = table.rows[0].cells
    for index, line in enumerate(paper.above):
        said = _say(body, line, size=12, first=index == 0)
    for index, line in enumerate(paper.issuer):
        said = _say(body, line, size=12, bold=True, first=index == 0 and not paper.above)
    _rule(said, 0.4, left)
    _say(nation, NATION, size=12, bold=True, first=True)
    _rule(_say(nation, MOTTO, size=13, bold=True), 0.58, right)
    number, dated = table.rows[1].cells
    _say(number, paper.numbered, size=13, first=True).paragraph_format.space_before = Pt(3)
    _say(dated, paper.dated, size=13, italic=True, first=True).paragraph_format.space_before = Pt(3)


def _columns(table: Table, widths: tuple[float, ...]) -> None:
    """Fixed columns, in millimetres, without the padding that would break the one-line head."""
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), "0")
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    properties.append(margins)
    for row in table.rows:
        for cell, wide in zip(row.cells, widths, strict=True):
            cell.width = Mm(wide)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Mm(wide)


def _title(document: Opened, paper: Paper) -> None:
    title = _say(document, paper.title, size=14, bold=True)
    title.paragraph_format.space_before = Pt(18)
    about = _say(document, paper.about, size=14, bold=True)
    _rule(about, 0.25, 210 - paper.layout.left - paper.layout.right)
    if paper.draft:
        _say(document, "(Dự thảo)", size=13, italic=True)
    document.paragraphs[-1].paragraph_format.space_after = Pt(12)


def _body(document: Opened, paper: Paper, text: str, *, bold: bool = False, italic: bool = False) -> Paragraph:
    layout = paper.layout
    paragraph = _say(document, text, size=layout.size, bold=bold, italic=italic, align=BOTH)
    form = paragraph.paragraph_format
    form.first_line_indent = Mm(layout.indent)
    form.line_spacing, form.space_before = layout.line, Pt(layout.gap)
    return paragraph


def _block(document: Opened, paper: Paper, block: Block) -> None:
    if block["type"] == "heading":
        _body(document, paper, block["text"], bold=True, italic=True).paragraph_format.keep_with_next = True
    elif block["type"] == "text":
        for line in block["text"].splitlines():
            if line.strip():
                _body(document, paper, line.strip())
    else:
        _grid(document, paper, block)


COUNT_WIDTH = 12.0
"""Width of the column that counts the rows, in millimetres."""


def column_widths(block: Block, total: float) -> list[float]:
    """Widths of a table's columns in millimetres: room for the longest word of each, the rest by how much they say."""
    least, weights = [], []
    for index, head in enumerate(block["head"]):
        cells = [head, *(row["cells"][index] for row in block["rows"])]
        word = max((len(word) for cell in cells for word in cell.split()), default=1)
        if index in block["numbers"]:
            word = max(word, *(min(len(cell), 10) for cell in cells[1:]), 1)
        least.append(min(word, 14) * 2.0 + 4.5)
        # What says no more than its longest word needs no more room.
        weights.append(max(max(len(cell) for cell in cells) - word, 0.05) ** 0.7)
    spare = total - sum(least)
    if spare <= 0:
        return [total * one / sum(least) for one in least]
    return [one + spare * weight / sum(weights) for one, weight in zip(least, weights, strict=True)]


def _grid(document: Opened, paper: Paper, block: Block) -> None:
    layout = paper.layout
    if block["caption"]:
        caption = _say(document, block["caption"], size=13, bold=True)
        caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(layout.gap), Pt(3)
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(block["head"]) + 1)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    total = 210 - layout.left - layout.right
    widths = [COUNT_WIDTH, *column_widths(block, total - COUNT_WIDTH)]
    for cell, text in zip(table.rows[0].cells, ["STT", *block["head"]], strict=True):
        _say(cell, text, size=TABLE_SIZE, bold=True, first=True)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for number, row in enumerate(block["rows"], 1):
        cells = table.add_row().cells
        _say(cells[0], str(number), size=TABLE_SIZE, first=True)
        for index, (cell, text) in enumerate(zip(cells[1:], row["cells"], strict=True)):
            align = RIGHT if index in block["numbers"] else LEFT
            _say(cell, text, size=TABLE_SIZE, align=align, first=True)
        _whole(table.rows[-1]._tr)
    for row_cells in table.rows:
        for cell, wide in zip(row_cells.cells, widths, strict=True):
            cell.width = Mm(wide)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Mm(wide)
    after = document.add_paragraph()
    after.paragraph_format.line_spacing = Pt(6)


def _whole(row: Any) -> None:
    """A row is not broken between two pages."""
    part = OxmlElement("w:cantSplit")
    row.get_or_add_trPr().append(part)


def _end(document: Opened) -> None:
    """The sign that nothing follows, after the last words of the body."""
    paragraphs = [one for one in document.paragraphs if one.text.strip()]
    last_is_text = document.paragraphs and document.paragraphs[-1].text.strip()
    if last_is_text and paragraphs:
        text = paragraphs[-1].runs[-1].text.rstrip()
        paragraphs[-1].runs[-1].text = f"{text.rstrip('.')}{END}"
    else:
        _say(document, END, size=14, align=RIGHT)


def _signature(document: Opened, paper: Paper) -> None:
    width = 210 - paper.layout.left - paper.layout.right
    table = document.add_table(rows=1, cols=2)
    _columns(table, (width * 0.45, width * 0.55))
    _whole(table.rows[0]._tr)
    left, right = table.rows[0].cells
    heading = _say(left, "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT, first=True)
    heading.paragraph_format.space_before = Pt(12)
    recipients = [one.rstrip(".;") for one in paper.recipients]
    for index, one in enumerate(recipients):
        _say(left, f"- {one}{'.' if index == len(recipients) - 1 else ';'}", size=11, align=LEFT)
    _signer(right, paper)


def _signer(cell: _Cell, paper: Paper) -> None:
    for index, line in enumerate(paper.signature.lines):
        said = _say(cell, line, size=14, bold=True, first=index == 0)
        if index == 0:
            said.paragraph_format.space_before = Pt(12)
        said.paragraph_format.keep_with_next = True
    for _room in range(4):
        _say(cell, "", size=14)
    _say(cell, paper.signature.name, size=14, bold=True)
