"""Every format becomes lines; everything else becomes a clear message."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from PIL import Image

from langnghe.plans.reading.formats import load, scan
from langnghe.plans.reading.formats.cleaning import from_abc
from langnghe.plans.reading.source import ReadingError, Source
from tests.plans.reading import files

SAMPLE = "KẾ HOẠCH\nI. MỤC ĐÍCH\n1. Sở Y tế tiếp nhận phản ánh của người dân trước ngày 30/6/2025.\n"


def texts(source: Source) -> list[str]:
    return [line.text for line in source.lines]


def refused(content: bytes) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        load(content, "plan")
    assert len(caught.value.message) > 20
    return caught.value


def assert_places(source: Source) -> None:
    for line in source.lines:
        assert source.text[line.start : line.end] == line.text
        assert "\n" not in line.text
        assert len(line.header) in (0, len(line.cells))


# --- plain text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_every_unicode_form(code: str) -> None:
    assert texts(load(SAMPLE.encode(code), "a.txt")) == SAMPLE.splitlines()


def test_text_in_windows_1258_and_decomposed_letters() -> None:
    import unicodedata

    parts = unicodedata.normalize("NFD", SAMPLE)
    assert texts(load(parts.encode(), "a.txt")) == SAMPLE.splitlines()
    # Windows-1258 writes the tone as a sign of its own after the vowel.
    tones = "\u0300\u0301\u0303\u0309\u0323"
    old = "".join(
        unicodedata.normalize("NFC", "".join(one for one in unicodedata.normalize("NFD", sign) if one not in tones))
        + "".join(one for one in unicodedata.normalize("NFD", sign) if one in tones)
        for sign in SAMPLE
    )
    source = load(old.encode("cp1258"), "a.txt")
    assert texts(source) == SAMPLE.splitlines()
    assert "Windows-1258" in source.warnings[0]


def test_text_in_an_abc_font() -> None:
    source = load("C¸c së, ngµnh b¸o c¸o kÕt qu¶ vÒ ñy ban nh©n d©n tØnh".encode("latin-1"), "a.txt")
    assert texts(source) == ["Các sở, ngành báo cáo kết quả về ủy ban nhân dân tỉnh"]
    assert from_abc("KÕ ho¹ch") == "Kế hoạch"


def test_a_text_with_a_few_bad_bytes_is_still_read() -> None:
    content = (SAMPLE * 20).encode() + b"\xff\xfe\n"
    source = load(content, "a.txt")
    assert source.lines[0].text == "KẾ HOẠCH" and source.warnings


# --- web pages -------------------------------------------------------------------------------------------------------


def test_a_web_page_keeps_headings_lists_and_tables_and_drops_its_frame() -> None:
    page = """<!doctype html><html><head><title>x</title><style>p{}</style></head><body>
    <nav>Trang chủ</nav><header>Cổng</header>
    <h2>I. NHIỆM VỤ</h2><p>Sở Y&nbsp;tế <b>chủ trì</b><br>- Rà soát</p>
    <ol type="a"><li>một</li><li>hai</li></ol><ul><li>gạch</li></ul>
    <p style="display:none">ẩn</p><script>alert(1)</script>
    <table><tr><th>TT</th><th>Nhiệm vụ</th><th>Chủ trì</th></tr>
    <tr><td>1</td><td>Rà soát</td><td rowspan="2">Sở A</td></tr><tr><td>2</td><td>Công bố</td></tr></table>
    sau bảng<footer>Liên hệ</footer></body></html>"""
    source = load(page.encode(), "a.html")
    assert texts(source) == [
        "I. NHIỆM VỤ", "Sở Y tế chủ trì", "- Rà soát", "a) một", "b) hai", "- gạch",
        "1 | Rà soát | Sở A", "2 | Công bố | Sở A", "sau bảng",
    ]  # fmt: skip
    assert source.lines[0].heading and not source.lines[1].heading
    assert source.lines[7].cells == ("2", "Công bố", "Sở A")
    assert source.lines[7].header == ("TT", "Nhiệm vụ", "Chủ trì")
    assert_places(source)


def test_a_table_that_only_arranges_the_head_is_running_text() -> None:
    page = (
        "<html><body><table><tr><td>UBND TỈNH A<br>Số: 1/KH-UBND</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</td></tr>"
        "</table><p>KẾ HOẠCH</p></body></html>"
    )
    assert texts(load(page.encode(), "a.html")) == [
        "UBND TỈNH A",
        "Số: 1/KH-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "KẾ HOẠCH",
    ]


def test_a_page_nested_without_end_or_with_absurd_spans_does_not_hang() -> None:
    for page in (
        "<html><body>" + "<div>" * 50_000 + "chữ",
        "<html><body>" + "<table><tr><td>" * 5_000 + "chữ",
        "<html><body><table>" + "<tr><td rowspan=9999 colspan=9999>a</td></tr>" * 50 + "</table>",
    ):
        try:
            assert_places(load(page.encode(), "a.html"))
        except ReadingError as error:
            assert error.code in ("empty", "too-large", "broken")


# --- Word ------------------------------------------------------------------------------------------------------------


def test_a_word_plan_prints_its_automatic_numbers_and_fills_merged_cells() -> None:
    source = load(files.word_plan(), "plan.docx")
    lines = texts(source)
    assert lines[:4] == ["UBND TỈNH SÔNG MÃ", "Số: 12/KH-UBND", *files.HEAD_RIGHT.split("\n")[:2]]
    assert "1. Sở Y tế công khai đường dây nóng." in lines and "2. Sở Nội vụ báo cáo hằng quý." in lines
    assert "- Bảo đảm đúng hạn;" in lines
    rows = [line for line in source.lines if line.cells]
    assert [row.cells[2] for row in rows] == ["Sở Tư pháp", "Sở Tư pháp"]
    assert rows[0].header == tuple(files.TABLE[0])
    section = next(line for line in source.lines if line.text == "I. Cải cách thể chế")
    assert section.heading and not section.cells and section.table == rows[0].table
    assert {"- Bộ Nội vụ;", "- Lưu: VT."} <= set(lines)
    assert_places(source)


def test_what_is_deleted_or_hidden_in_word_is_not_read() -> None:
    assert texts(load(files.word_with(["Giữ lại"], field=True), "a.docx")) == ["Giữ lại"]


def test_numbering_of_several_levels_restarts_below_and_goes_on_above() -> None:
    from langnghe.plans.reading.formats.numbering import Counter, Level

    counter = Counter(
        {0: Level("upperRoman", 1, "%1."), 1: Level("decimal", 1, "%2."), 2: Level("decimal", 1, "%2.%3."),
         3: Level("lowerLetter", 1, "%4)"), 4: Level("bullet", 1, "\uf0b7"), 5: Level("decimal", 1, "%1.%2", True)}
    )  # fmt: skip
    assert [counter.next(level) for level in (0, 1, 1, 2, 2, 3, 4, 0, 1, 2)] == [
        "I.", "1.", "2.", "2.1.", "2.2.", "a)", "-", "II.", "1.", "1.1.",
    ]  # fmt: skip
    assert counter.next(5) == "2.1"


def test_old_fonts_in_word_are_turned_into_unicode() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("KÕ ho¹ch c¶i c¸ch")
    run.font.name = ".VnTime"
    buffer = io.BytesIO()
    document.save(buffer)
    assert texts(load(buffer.getvalue(), "a.docx")) == ["Kế hoạch cải cách"]


def test_macros_bombs_and_passwords_are_refused() -> None:
    plan = files.word_plan()
    assert refused(files.with_part(plan, "word/vbaProject.bin", b"x")).code == "macros"
    assert refused(files.with_part(plan, "word/document.xml", b" " * 70_000_000)).code == "too-large"
    namespace = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    nested = b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(10))
    entities = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">%s]><w:document xmlns:w="%s">' % (nested, namespace)
    entities += b"<w:body><w:p><w:r><w:t>&b9;</w:t></w:r></w:p></w:body></w:document>"
    assert refused(files.with_part(plan, "word/document.xml", entities)).code in ("broken", "empty")
    locked = io.BytesIO(plan)
    data = bytearray(locked.getvalue())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        flags = struct.unpack_from("<H", data, at + 8)[0]
        struct.pack_into("<H", data, at + 8, flags | 1)
        at = data.find(b"PK\x01\x02", at + 4)
    assert refused(bytes(data)).code == "encrypted"


def test_other_archives_and_old_word_files_are_named() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refused(buffer.getvalue()).code == "type"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600).code == "type"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert refused(ole).code == "encrypted"
    assert refused(b"{\\rtf1 x}").code == "type"
    assert refused(b"").code == "empty" and refused(b" \n\t ").code == "empty"


# --- PDF -------------------------------------------------------------------------------------------------------------

LONG = (
    "Sở Thông tin và Truyền thông chủ trì, phối hợp với các sở, ban, ngành rà soát quy trình tiếp nhận phản ánh, "
    "kiến nghị của người dân, bảo đảm mọi phản ánh được chuyển đúng nơi, đúng hạn và được trả lời bằng ngôn ngữ dễ "
    "hiểu; kết quả được công khai trên cổng thông tin điện tử trong thời hạn năm ngày làm việc kể từ ngày có kết quả."
)


def test_a_pdf_joins_rows_and_pages_and_drops_page_numbers(tmp_path: Path) -> None:
    paragraphs = [f"{number}. {LONG}" for number in range(1, 31)]
    body = files.PDF_HEAD + "\n\n".join(f"#[{number}]. {LONG}" for number in range(1, 31)) + files.PDF_FOOT
    source = load(files.pdf_of(body, tmp_path), "plan.pdf")
    lines = texts(source)
    assert source.lines[-1].page and source.lines[-1].page > 2
    assert [line for line in lines if LONG[:30] in line] == paragraphs
    assert not any(line.strip().isdigit() for line in lines)
    assert lines[:2] == ["UBND TỈNH SÔNG MÃ", "Số: 12/KH-UBND"]
    assert lines.index("- Lưu: VT.") < lines.index("TM. ỦY BAN NHÂN DÂN") < lines.index("Nguyễn Văn An")
    assert_places(source)


def test_a_ruled_table_in_a_pdf_goes_on_overleaf(tmp_path: Path) -> None:
    header = "[*TT*],[*Nhiệm vụ*],[*Cơ quan chủ trì*],[*Thời gian*]"
    rows = ",".join(f"[{n}],[{LONG[:130]}.],[Sở Y tế],[Quý {n % 4 + 1}/2025]" for n in range(1, 31))
    body = f"*I. NHIỆM VỤ*\n\n#table(columns: (1cm, 1fr, 3cm, 3cm), {header}, {rows})\n\nHết bảng."
    source = load(files.pdf_of(body, tmp_path), "plan.pdf")
    cells = [line for line in source.lines if line.cells]
    assert [line.cells[0] for line in cells] == [str(n) for n in range(1, 31)]
    assert {line.cells[2] for line in cells} == {"Sở Y tế"}
    assert cells[4].cells == ("5", f"{LONG[:130]}.", "Sở Y tế", "Quý 2/2025")
    assert {line.header for line in cells} == {("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời gian")}
    assert len({line.table for line in cells}) == 1
    assert source.lines[-1].text == "Hết bảng."


def test_a_merged_cell_of_a_pdf_counts_for_all_its_rows(tmp_path: Path) -> None:
    body = (
        "#table(columns: 3, [TT],[Nhiệm vụ],[Cơ quan chủ trì], [1],[Rà soát],table.cell(rowspan: 2)[Sở Y tế],"
        "[2],[Công bố], [3],[Tổng kết],[Sở Nội vụ])"
    )
    source = load(files.pdf_of(body, tmp_path), "plan.pdf")
    assert [line.cells for line in source.lines if line.cells] == [
        ("1", "Rà soát", "Sở Y tế"),
        ("2", "Công bố", "Sở Y tế"),
        ("3", "Tổng kết", "Sở Nội vụ"),
    ]


def test_a_pdf_with_a_password_or_cut_off_is_refused(tmp_path: Path) -> None:
    pdf = files.pdf_of("Kế hoạch năm 2025 của tỉnh.", tmp_path)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    writer.encrypt("mật khẩu", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert refused(buffer.getvalue()).code == "encrypted"
    assert refused(b"%PDF-1.7\n" + b"garbage" * 40).code == "broken"
    for end in (200, len(pdf) // 3, len(pdf) // 2):
        try:
            load(pdf[:end], "cut.pdf")
        except ReadingError as error:
            assert error.code in ("broken", "empty", "scan")


def blank_pdf(pages: int) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_scan_of_too_many_pages_is_refused_with_a_way_out() -> None:
    error = refused(blank_pdf(500))
    assert error.code == "scan" and "500 trang" in error.message and "150 trang" in error.message
    assert refused(blank_pdf(601)).code == "too-large"


def test_without_tesseract_a_scan_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "tesseract-ocr-vie" in refused(blank_pdf(1)).message
    picture = io.BytesIO()
    Image.new("L", (200, 200), 255).save(picture, "PNG")
    assert refused(picture.getvalue()).code == "scan"


def test_a_scan_goes_through_tesseract_and_is_marked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stand-in for Tesseract that prints the table the real one prints."""
    rows = ["level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext"]
    for number, word in enumerate("KẾ HOẠCH cải cách hành chính".split()):
        rows.append(f"5\t1\t1\t1\t1\t{number}\t{100 + 130 * number}\t200\t110\t40\t96\t{word}")
    program = tmp_path / "tesseract"
    program.write_text(
        "#!/bin/sh\ncase \"$1\" in --list-langs) echo 'List (2):'; echo eng; echo vie;;\n"
        "*) cat >/dev/null; cat <<'EOF'\n" + "\n".join(rows) + "\nEOF\nesac\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert scan.available()
    source = load(blank_pdf(2), "scan.pdf")
    assert " ".join(texts(source)).count("KẾ HOẠCH cải cách hành chính") == 2
    assert "nhận dạng" in source.warnings[0]
    picture = io.BytesIO()
    Image.new("L", (900, 400), 255).save(picture, "PNG")
    assert texts(load(picture.getvalue(), "scan.png")) == ["KẾ HOẠCH cải cách hành chính"]
    assert refused(picture.getvalue()[:60]).code == "broken"


# --- hostile files ---------------------------------------------------------------------------------------------------


def test_no_bytes_whatever_bring_anything_but_a_reading_error(tmp_path: Path) -> None:
    chance = random.Random(20250620)
    samples = [
        files.word_plan(),
        files.pdf_of(files.PDF_HEAD + LONG + files.PDF_FOOT, tmp_path),
        SAMPLE.encode() * 30,
        b"<html><body><table><tr><td>a<td>b<tr><td colspan=3>c</table><ol><li>x</ol></body></html>",
    ]
    for sample in samples:
        for _ in range(60):
            data = bytearray(sample)
            for _ in range(chance.randint(1, 40)):
                way = chance.randrange(4)
                at = chance.randrange(len(data)) if data else 0
                if way == 0 and data:
                    data[at] = chance.randrange(256)
                elif way == 1:
                    del data[at : at + chance.randrange(1, 200)]
                elif way == 2:
                    data[at:at] = chance.randbytes(chance.randrange(1, 30))
                else:
                    data[at:at] = data[: chance.randrange(1, 300)]
            try:
                assert_places(load(bytes(data), "fuzz"))
            except ReadingError as error:
                assert error.code and error.message
    for size in (1, 7, 100, 5000):
        try:
            load(chance.randbytes(size), "noise")
        except ReadingError as error:
            assert error.message
