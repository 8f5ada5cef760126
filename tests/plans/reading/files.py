"""Documents of every format, made for the tests: real DOCX, real PDF, pages of HTML."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import typst
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

HEAD_LEFT = "UBND TỈNH SÔNG MÃ\nSố: 12/KH-UBND"
HEAD_RIGHT = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSông Mã, ngày 03 tháng 02 năm 2025"

TABLE = [
    ["TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian"],
    ["I", "Cải cách thể chế", "", "", ""],
    ["1", "Rà soát quy trình tiếp nhận phản ánh", "Sở Tư pháp", "Các sở, ngành", "Quý II/2025"],
    ["2", "Xây dựng quy chế phối hợp xử lý phản ánh", "", "Sở Nội vụ", "Trước ngày 30/9/2025"],
]


def word_plan() -> bytes:
    """A plan as Word writes it: a head in two columns, automatic numbering, a table with a merged cell."""
    document: Any = docx.Document()
    head = document.add_table(1, 2)
    head.cell(0, 0).text, head.cell(0, 1).text = HEAD_LEFT, HEAD_RIGHT
    document.add_paragraph().add_run("KẾ HOẠCH").bold = True
    document.add_paragraph().add_run("Nâng cao chất lượng xử lý phản ánh năm 2025").bold = True
    document.add_heading("I. NHIỆM VỤ", 1)
    for text in ("Sở Y tế công khai đường dây nóng.", "Sở Nội vụ báo cáo hằng quý."):
        document.add_paragraph(text, style="List Number")
    for text in ("Bảo đảm đúng hạn;", "Bảo đảm công khai."):
        document.add_paragraph(text, style="List Bullet")
    table = document.add_table(len(TABLE), len(TABLE[0]))
    for row, cells in enumerate(TABLE):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(2, 2).merge(table.cell(3, 2))
    document.add_paragraph("Nơi nhận:\n- Bộ Nội vụ;\n- Lưu: VT.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word_with(paragraphs: list[str], *, field: bool = False) -> bytes:
    """A Word document of plain paragraphs; with `field`, deleted and hidden words stand in it too."""
    document: Any = docx.Document()
    for text in paragraphs:
        paragraph = document.add_paragraph(text)
        if field:
            hidden = paragraph.add_run(" ẩn")
            hidden.font.hidden = True
            deleted = OxmlElement("w:del")
            run = OxmlElement("w:r")
            words = OxmlElement("w:delText")
            words.text = " đã xóa"
            run.append(words)
            deleted.append(run)
            paragraph._p.append(deleted)
            assert deleted.tag == qn("w:del")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same archive with one part more, or another one in its place."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry.filename))
        new.writestr(name, part)
    return buffer.getvalue()


PDF_FRAME = """
#set page(paper: "a4", margin: (left: 3cm, right: 2cm, y: 2cm), numbering: "1")
#set text(size: 13pt, lang: "vi")
#set par(justify: true, first-line-indent: (amount: 1cm, all: true), spacing: 0.9em)
"""
PDF_HEAD = r"""
#grid(columns: (1fr, 1.4fr), align: center,
  [UBND TỈNH SÔNG MÃ \ *Số: 12/KH-UBND*],
  [*CỘNG HÒA XÃ HỘI* \ *Độc lập - Tự do - Hạnh phúc* \ _Sông Mã, ngày 03 tháng 02 năm 2025_])
#align(center)[*KẾ HOẠCH* \ *Nâng cao chất lượng xử lý phản ánh năm 2025*]

"""
PDF_FOOT = r"""

#grid(columns: (1fr, 1fr),
  [*Nơi nhận:* \ - Bộ Nội vụ; \ - Lưu: VT.],
  align(center)[*TM. ỦY BAN NHÂN DÂN* \ *CHỦ TỊCH* \ \ \ \ *Nguyễn Văn An*])
"""


def pdf_of(body: str, folder: Path, *, frame: str = PDF_FRAME) -> bytes:
    """A PDF set from Typst markup."""
    source = folder / "plan.typ"
    source.write_text(frame + body, encoding="utf-8")
    compiled = typst.compile(str(source))
    assert isinstance(compiled, bytes)
    return compiled
