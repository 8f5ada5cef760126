"""DOCX, PDF and XLSX: the layout of Decree 30/2020, and nothing that a person typed becomes anything but text."""

from __future__ import annotations

import io
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from langnghe.reports import rules
from langnghe.reports import sections as parts
from langnghe.reports.writers import docx, pdf, xlsx
from langnghe.reports.writers.paper import Layout, Paper, issuer_of, number_of

EVIL = [
    "=1+1",
    '=HYPERLINK("http://x.example","y")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "http://x.example",
]


def paper(**given: Any) -> Paper:
    """A report of the department of works with two tables."""
    above, issuer = issuer_of(kind="department", name="Sở Xây dựng", parent="Ủy ban nhân dân Thành phố Hà Nội")
    rows = [
        (str(n), [f"Nhiệm vụ số {n} có tên rất dài để xuống dòng nhiều lần trong ô", "06/03/2026", "40%"])
        for n in range(60)
    ]
    sections = [
        {
            "code": "a", "title": "Nhiệm vụ quá hạn", "fill": "late",
            "blocks": [
                parts.text("late", "Còn 60 nhiệm vụ quá hạn."),
                parts.table("late", "Danh sách", ["Nhiệm vụ", "Hạn", "Tiến độ"], rows, numbers=[2]),
                parts.table("evil", "Chữ lạ", ["Chữ", "Số"], [(one, [one, "1.795"]) for one in EVIL], numbers=[1]),
            ],
        },
        {"code": "b", "title": "Đề xuất", "fill": "proposals", "blocks": [parts.text("p", "#set text(red) *đậm* $x$")]},
        {"code": "c", "title": "Mục trống", "fill": "proposals", "blocks": [parts.text("p", "  ")]},
    ]  # fmt: skip
    values: dict[str, Any] = {
        "above": above, "issuer": issuer, "number": number_of("12", "BC", "SXD"), "place": "Hà Nội",
        "on": date(2026, 3, 19), "title": "BÁO CÁO", "about": "Kết quả tháng 3/2026", "opening": "Mở đầu.",
        "sections": sections, "closing": "Trên đây là báo cáo.",
        "signature": rules.signature_of(kind="department", title="Phó Giám đốc Sở", name="Tạ Văn Nam", is_head=False),
        "recipients": ["Văn phòng", "Lưu: VT."],
    }  # fmt: skip
    return Paper(**(values | given))


def test_docx_keeps_the_decree() -> None:
    made = Document(io.BytesIO(docx.write(paper())))
    page = made.sections[0]
    millimetres = [round(x.mm, 1) for x in (page.page_width, page.page_height, page.left_margin, page.right_margin)]
    assert millimetres == [210.0, 297.0, 30.0, 20.0]
    assert (round(page.top_margin.mm), round(page.bottom_margin.mm)) == (20, 20)
    assert page.different_first_page_header_footer, "no number on the first page"
    assert "PAGE" in page.header._element.xml and page.header.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert made.styles["Normal"].font.name == "Times New Roman"
    head = made.tables[0]
    assert [p.text for p in head.cell(0, 0).paragraphs if p.text] == [
        "ỦY BAN NHÂN DÂN",
        "THÀNH PHỐ HÀ NỘI",
        "SỞ XÂY DỰNG",
    ]
    nation, motto = [p for p in head.cell(0, 1).paragraphs if p.text]
    assert nation.text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" and nation.runs[0].bold
    assert motto.text == "Độc lập - Tự do - Hạnh phúc" and nation.runs[0].font.size.pt <= motto.runs[0].font.size.pt
    assert head.cell(1, 0).text == "Số: 12/BC-SXD"
    assert head.cell(1, 1).text == "Hà Nội, ngày 19 tháng 3 năm 2026" and head.cell(1, 1).paragraphs[0].runs[0].italic
    texts = [p.text for p in made.paragraphs if p.text]
    assert texts[:2] == ["BÁO CÁO", "Kết quả tháng 3/2026"]
    assert texts[-1] == "Trên đây là báo cáo./."
    assert "I. NHIỆM VỤ QUÁ HẠN" in texts and not any("MỤC TRỐNG" in text for text in texts)
    body = next(p for p in made.paragraphs if p.text.startswith("Còn 60"))
    assert body.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY and body.paragraph_format.space_before.pt >= 6
    assert 10 <= round(body.paragraph_format.first_line_indent.mm, 1) <= 12.7
    foot = made.tables[-1]
    assert foot.cell(0, 0).text.startswith("Nơi nhận:\n- Văn phòng;\n- Lưu: VT.")
    signed = [p.text for p in foot.cell(0, 1).paragraphs if p.text]
    assert signed == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Tạ Văn Nam"]
    table = made.tables[1]
    assert len(table.rows) == 61 and table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None


def test_a_peoples_committee_signs_for_the_whole() -> None:
    above, issuer = issuer_of(kind="commune", name="Ủy ban nhân dân phường Thử", parent="Ủy ban nhân dân Thành phố")
    assert (above, issuer) == ((), ("ỦY BAN NHÂN DÂN", "PHƯỜNG THỬ"))
    assert number_of("", "BC", "UBND").strip() == "/BC-UBND" and number_of("7/BC-X", "BC", "UBND") == "7/BC-X"


def test_a_document_without_closing_ends_too() -> None:
    made = Document(io.BytesIO(docx.write(paper(closing="", on=None, draft=True))))
    assert [p.text for p in made.paragraphs if p.text][-1].endswith("./.")
    assert "(Dự thảo)" in [p.text for p in made.paragraphs]


def test_a_template_cannot_leave_the_decree() -> None:
    layout = Layout.read({"margins": {"left": 5, "top": "x", "right": 90}, "size": 30, "line": 0.1, "gap": -3})
    assert (layout.left, layout.top, layout.right, layout.size, layout.line, layout.gap) == (30, 20, 20, 14, 1, 6)


def pages_of(data: bytes) -> list[str]:
    """The text of each page of a PDF."""
    return [page.get_textpage().get_text_range() for page in PdfDocument(data)]


def test_pdf_says_the_same() -> None:
    made = pdf.write(paper())
    pages = pages_of(made)
    assert len(pages) > 2 and [round(side / 72 * 25.4) for side in PdfDocument(made)[0].get_size()] == [210, 297]
    whole = "\n".join(pages)
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 12/BC-SXD", "KT. GIÁM ĐỐC", "Tạ Văn Nam", "./."):
        assert words in whole
    assert "#set text(red) *đậm* $x$" in whole, "what a person typed is no markup"
    assert pages[1].lstrip().startswith("2"), "numbered at the top, from the second page on"
    assert not pages[0].lstrip().startswith("1")


def _cells(data: bytes) -> list[tuple[str, str, bool]]:
    """Type, value and whether there is a formula, of every cell of every sheet."""
    space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = [
            "".join(part.text or "" for part in item.iter(f"{{{space['s']}}}t"))
            for item in ET.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        for name in book.namelist():
            assert (
                "externalLink" not in name and "hyperlink" not in book.read(name).decode("utf-8", "ignore").lower()[:0]
            )
            if name.startswith("xl/worksheets/sheet"):
                for cell in ET.fromstring(book.read(name)).iter(f"{{{space['s']}}}c"):
                    value = cell.findtext("s:v", "", space)
                    kind = cell.get("t", "n")
                    text = shared[int(value)] if kind == "s" else value
                    found.append((kind, text, cell.find("s:f", space) is not None))
    return found


def test_no_cell_is_a_formula() -> None:
    cells = _cells(xlsx.write(paper()))
    assert not any(formula for _kind, _text, formula in cells)
    for text in EVIL:
        assert ("s", text, False) in cells, "kept as it was typed, as a text"
    assert ("n", "1795", False) in cells, "a figure is a number"
    with zipfile.ZipFile(io.BytesIO(xlsx.write(paper()))) as book:
        assert b"quotePrefix" in book.read("xl/styles.xml")
        assert not any(b"<hyperlink" in book.read(name) for name in book.namelist())


@settings(max_examples=25)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.text(max_size=80))
def test_whatever_is_typed_can_be_written(cells: list[str], words: str) -> None:
    sections = parts.clean(
        [
            {
                "code": "a", "title": words, "fill": "done",
                "blocks": [
                    parts.text("t", words), {"type": "heading", "text": words},
                    parts.table("t", words, cells, [("r", cells)], numbers=[0]),
                ],
            }
        ]
    )  # fmt: skip
    made = paper(sections=sections, about=words)
    assert Document(io.BytesIO(docx.write(made))).tables
    assert not any(formula for _kind, _text, formula in _cells(xlsx.write(made)))
    assert pdf.write(made).startswith(b"%PDF-")


@pytest.mark.long
def test_libreoffice_draws_it(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not here (install libreoffice-writer)")
    file = tmp_path / "bao-cao.docx"
    file.write_bytes(docx.write(paper()))
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pages = pages_of((tmp_path / "bao-cao.pdf").read_bytes())
    # Letters that the font at hand lacks come from another one, and out of their order.
    first = [line.strip() for line in pages[0].splitlines() if line.strip()]
    assert any("NGHĨA" in line and line.startswith("C") and "NAM" in line for line in first), "one line"
    assert not first[0].isdigit() and pages[1].lstrip().startswith("2")
    assert "Nam" in pages[-1]
