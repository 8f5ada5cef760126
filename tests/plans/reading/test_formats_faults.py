"""Files as they come: tracked changes, notes, text boxes, lists of every kind, pages across the paper, bad layers."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypdf
import pypdfium2
import pytest
from docx.oxml import parse_xml
from PIL import Image

from langnghe.plans.reading.formats import load, scan
from langnghe.plans.reading.formats.pdf import is_scan
from langnghe.plans.reading.source import ReadingError, Source
from tests.plans.reading import files
from tests.plans.reading.scanning import DOTS, pdf_of_text, pictures_of

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def texts(source: Source) -> list[str]:
    return [line.text for line in source.lines]


def word(body: str, numbering: str = "", styles: str = "") -> bytes:
    """A Word document with this XML in its body, its lists and its styles."""
    content = files.word_with([])
    document = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    content = files.with_part(content, "word/document.xml", document.encode())
    if numbering:
        lists = f"<w:numbering {NAMESPACES}>{numbering}</w:numbering>"
        content = files.with_part(content, "word/numbering.xml", lists.encode())
    if styles:
        content = files.with_part(content, "word/styles.xml", f"<w:styles {NAMESPACES}>{styles}</w:styles>".encode())
    return content


def p(text: str, properties: str = "") -> str:
    """A paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def refused(content: bytes) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        load(content, "plan")
    return caught.value


# --- Word ------------------------------------------------------------------------------------------------------------


def test_tracked_changes_are_read_as_they_stand() -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">Sở Nội vụ </w:t></w:r>'
        '<w:del w:id="1"><w:r><w:delText>phối hợp </w:delText></w:r></w:del>'
        '<w:ins w:id="2"><w:r><w:t>chủ trì thực hiện.</w:t></w:r></w:ins></w:p>'
        '<w:moveFrom w:id="3"><w:r><w:t>chuyển đi</w:t></w:r></w:moveFrom>'
        + p("Hoàn thành", '<w:rPr><w:del w:id="4"/></w:rPr>')
        + p("trước ngày 30/6/2025.")
        + p("Câu cuối.")
    )
    assert texts(load(word(body), "a.docx")) == [
        "Sở Nội vụ chủ trì thực hiện.", "Hoàn thành trước ngày 30/6/2025.", "Câu cuối.",
    ]  # fmt: skip


def test_notes_heads_feet_and_fields_are_left_out_and_text_boxes_read_once() -> None:
    box = f"<w:txbxContent>{p('TM. ỦY BAN NHÂN DÂN')}</w:txbxContent>"
    body = (
        '<w:p><w:r><w:t>Theo Nghị định</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> này.</w:t></w:r></w:p>'
        f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    content = files.with_part(word(body), "word/footnotes.xml", f"<w:footnotes {NAMESPACES}/>".encode())
    content = files.with_part(content, "word/header1.xml", f"<w:hdr {NAMESPACES}>{p('Đầu trang')}</w:hdr>".encode())
    assert texts(load(content, "a.docx")) == ["Theo Nghị định này.", "TM. ỦY BAN NHÂN DÂN"]


LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>{0}<w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>{1}<w:lvlText w:val="%2."/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>'
    '<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="+"/></w:lvl>'
)
TREE = [
    (0, "MỤC ĐÍCH", "I. MỤC ĐÍCH"), (1, "Một", "1. Một"), (1, "Hai", "2. Hai"), (2, "Chữ", "a) Chữ"),
    (2, "Chữ", "b) Chữ"), (3, "Cộng", "+ Cộng"), (0, "NHIỆM VỤ", "II. NHIỆM VỤ"), (1, "Ba", "1. Ba"),
]  # fmt: skip


def listed(level: int, number: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


@pytest.mark.parametrize("linked", [False, True])
def test_automatic_labels_are_printed(linked: bool) -> None:
    levels = LEVELS.format("", "")
    lists = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    if linked:
        lists = (
            f'<w:abstractNum w:abstractNumId="5"><w:styleLink w:val="KieuDanhSach"/>{levels}</w:abstractNum>'
            '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="KieuDanhSach"/></w:abstractNum>'
        )
    lists += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    body = "".join(p(text, listed(level)) for level, text, _ in TREE)
    assert texts(load(word(body, lists), "a.docx")) == [printed for _, _, printed in TREE]


def test_labels_of_styles_of_headings_are_printed() -> None:
    levels = LEVELS.format('<w:pStyle w:val="DeMuc1"/>', '<w:pStyle w:val="DeMuc2"/>')
    lists = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    lists += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="DeMuc{level}"><w:name w:val="heading {level}"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for level in (1, 2)
    )
    body = "".join(p(text, f'<w:pStyle w:val="DeMuc{level + 1}"/>') for level, text, _ in TREE if level < 2)
    source = load(word(body, lists, styles), "a.docx")
    assert texts(source) == [printed for level, _, printed in TREE if level < 2]
    assert all(line.heading for line in source.lines)


def test_soft_breaks_part_heads_and_not_sentences() -> None:
    first = "Các cơ quan, đơn vị thuộc Thành phố phối hợp chặt chẽ với"
    body = (
        "<w:p><w:r><w:t>UBND TỈNH AN BÌNH</w:t><w:br/><w:t>Số: 12/KH-UBND</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>{first} cơ quan chủ trì là</w:t><w:br/><w:t>Sở Nội vụ và</w:t><w:br/><w:t>các sở;</w:t><w:br/>"
        "<w:t>- Việc khác.</w:t></w:r></w:p>"
    )
    assert texts(load(word(body), "a.docx")) == [
        "UBND TỈNH AN BÌNH", "Số: 12/KH-UBND", f"{first} cơ quan chủ trì là Sở Nội vụ và các sở;", "- Việc khác.",
    ]  # fmt: skip


def test_a_table_in_a_cell_is_the_cell_s_text() -> None:
    document: Any = docx.Document()
    table = document.add_table(3, 3)
    for column, text in enumerate(("TT", "Nhiệm vụ", "Cơ quan chủ trì")):
        table.cell(0, column).text = text
    for row in (1, 2):
        table.cell(row, 0).text, table.cell(row, 2).text = str(row), "Sở Nội vụ"
        table.cell(row, 1).text = "Tập huấn:"
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Lớp một", "Lớp hai"
    buffer = io.BytesIO()
    document.save(buffer)
    rows = [line.cells for line in load(buffer.getvalue(), "a.docx").lines if line.cells]
    assert rows == [("1", "Tập huấn: Lớp một Lớp hai", "Sở Nội vụ"), ("2", "Tập huấn:", "Sở Nội vụ")]


def test_other_files_of_offices_are_named() -> None:
    def archive(*parts: tuple[str, str]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            for name, content in parts:
                made.writestr(name, content)
        return buffer.getvalue()

    odt = archive(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<x/>"))
    assert refused(odt).code == "type" and ".odt" in refused(odt).message
    ods = archive(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"))
    assert "bảng tính" in refused(ods).message
    assert "bảng tính" in refused(archive(("xl/workbook.xml", "<x/>"))).message
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert "lưu thành .docx" in refused(old).message


def test_a_broken_archive_is_refused_whole() -> None:
    whole = files.word_plan()
    chance = random.Random(5)
    seen = set()
    for _ in range(60):
        data = bytearray(whole)
        at = chance.randrange(30, len(data))
        if chance.random() < 0.5:
            del data[at:]
        else:
            data[at : at + 40] = chance.randbytes(40)
        try:
            assert load(bytes(data), "a.docx").lines
        except ReadingError as error:
            seen.add(error.code)
            assert "docx" in error.message or "Word" in error.message
    assert "broken" in seen and seen <= {"broken", "type", "empty", "encrypted", "too-large"}


def test_odd_words_of_markup_do_no_harm() -> None:
    odd = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="-3"/><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>',
        '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="9999999"/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>',
        p("x", '<w:numPr><w:ilvl w:val="-7"/><w:numId w:val="88"/></w:numPr>'),
        p("y", '<w:pStyle w:val="KhongCo"/><w:outlineLvl w:val="abc"/>'),
        "<w:p><w:p><w:p><w:r><w:t>lồng nhau</w:t></w:r></w:p></w:p></w:p>",
        "<w:tbl/>", "<w:sdt><w:sdtContent><w:p><w:r><w:t>trong ô nhập</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )  # fmt: skip
    for part in odd:
        assert parse_xml(f"<w:body {NAMESPACES}>{part}</w:body>") is not None
        assert texts(load(word(part + p("Giữ lại.")), "a.docx"))[-1] == "Giữ lại."


# --- web pages -------------------------------------------------------------------------------------------------------


def test_nested_lists_of_a_web_page_keep_their_labels() -> None:
    page = """<html><body><ol type="I"><li>MỤC ĐÍCH<ol><li>Một</li><li><p>Hai</p><ol type="a"><li>chữ</li>
    <li>chữ<ul><li>gạch</li></ul></li></ol></li></ol></li><li>NHIỆM VỤ<ol start="4"><li>Bốn</li>
    <li value="9">Chín</li></ol></li></ol></body></html>"""
    assert texts(load(page.encode(), "a.html")) == [
        "I. MỤC ĐÍCH", "1. Một", "2. Hai", "a) chữ", "b) chữ", "- gạch", "II. NHIỆM VỤ", "4. Bốn", "9. Chín",
    ]  # fmt: skip


# --- PDF -------------------------------------------------------------------------------------------------------------

ACROSS = """
#set page(paper: "a4", margin: 1cm)
#set text(size: 12pt)
#place(center + horizon, rotate({0}deg, reflow: true, box(width: 24cm)[
PHỤ LỤC

#table(columns: (1cm, 1fr, 5cm, 4cm), [TT],[Nhiệm vụ],[Cơ quan chủ trì],[Thời gian],
[1],[Rà soát quy trình tiếp nhận],[Sở Tư pháp],[Quý II/2025], [2],[Tổng kết],[Sở Nội vụ],[Tháng 12/2025])]))
"""


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_table_across_the_paper_is_read(tmp_path: Path, degrees: int) -> None:
    content = files.pdf_of(ACROSS.replace("{0}", str(degrees)), tmp_path, frame="")
    for turn in (0, 90):  # what the page says about itself changes nothing
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
        writer.pages[0].rotate(turn)
        buffer = io.BytesIO()
        writer.write(buffer)
        source = load(buffer.getvalue(), "a.pdf")
        assert source.lines[0].text == "PHỤ LỤC"
        assert [line.cells for line in source.lines[1:]] == [
            ("1", "Rà soát quy trình tiếp nhận", "Sở Tư pháp", "Quý II/2025"),
            ("2", "Tổng kết", "Sở Nội vụ", "Tháng 12/2025"),
        ]


TEXT = (
    "KẾ HOẠCH\nNâng cao chất lượng tiếp dân năm 2025\nI. NHIỆM VỤ\n"
    "1. Sở Nội vụ tập huấn cho công chức tiếp dân trước ngày 30/6/2025.\n"
    "2. Thanh tra tỉnh kiểm tra việc tiếp dân tại các huyện, báo cáo UBND tỉnh trước ngày 15/12/2025.\n"
)


def layered(folder: Path, layer: str) -> bytes:
    """A scan with text that the scanner laid over it, out of sight."""
    picture = pictures_of(pdf_of_text(TEXT, folder))[0]
    under = io.BytesIO()
    picture.save(under, "PDF", resolution=float(DOTS))
    over = files.pdf_of(f"#place(bottom)[#text(fill: white, size: 5pt)[{layer}]]", folder)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(under.getvalue()))
    writer.pages[0].merge_page(pypdf.PdfReader(io.BytesIO(over)).pages[0])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


BAD_LAYER = (
    "KE HOACH Nang cao ehat luong tiep dan nam 2025. So Noi vu tap huan cho cong ehuc tiep dan truoc ngay 30/6. " * 4
)


@pytest.mark.skipif(not scan.available(), reason="needs Tesseract with Vietnamese data")
def test_a_layer_without_vietnamese_is_read_anew(tmp_path: Path) -> None:
    content = layered(tmp_path, BAD_LAYER)
    assert is_scan(pypdfium2.PdfDocument(content))
    source = load(content, "a.pdf")
    assert any("Sở Nội vụ tập huấn" in text for text in texts(source))
    assert not any("ehat" in text for text in texts(source))


def test_a_good_layer_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no recognition is needed
    content = layered(tmp_path, TEXT.replace("\n", " #linebreak() ") * 2)
    source = load(content, "a.pdf")
    assert any("Sở Nội vụ tập huấn" in text for text in texts(source))


def test_a_picture_without_words_is_no_text() -> None:
    if not scan.available():
        pytest.skip("needs Tesseract with Vietnamese data")
    buffer = io.BytesIO()
    Image.new("L", (800, 600), 250).save(buffer, "PNG")
    assert refused(buffer.getvalue()).code == "empty"
