"""Tables of tasks in every form: without lines, over pages, with merged heads, with months and quarters to tick."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.plans.reading.formats import load
from langnghe.plans.reading.source import Line, Source
from tests.plans.reading import files

TASKS = [
    ("Rà soát quy trình tiếp nhận phản ánh của người dân tại Bộ phận Một cửa", "Sở Tư pháp", "Các sở, ngành",
     "Quý II/2025", "Báo cáo rà soát"),
    ("Xây dựng quy chế phối hợp xử lý phản ánh", "Văn phòng UBND tỉnh", "Sở Nội vụ; UBND các huyện",
     "Trước ngày 30/9/2025", "Quy chế được ban hành"),
    ("Tập huấn kỹ năng tiếp dân cho công chức cấp xã", "Sở Nội vụ", "", "Tháng 6/2025", "10 lớp"),
]  # fmt: skip
HEAD = ["TT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian", "Sản phẩm"]


def rows(source: Source) -> list[Line]:
    return [line for line in source.lines if line.cells]


def bare_table(cells: list[list[str]], *, columns: str, inset: str = "5pt", repeat: bool = False) -> str:
    """Typst markup of a table without lines."""
    body = ", ".join(f"[{cell}]" for row in cells[1:] for cell in row)
    head = ", ".join(f"[*{cell}*]" for cell in cells[0])
    head = f"table.header({head})" if repeat else head
    return (
        "#[#set text(size: 11pt)\n#set par(justify: false, first-line-indent: 0cm)\n"
        f"#table(columns: {columns}, stroke: none, inset: {inset}, {head}, {body})]\n\n"
    )


WIDTHS = "(0.9cm, 1.6fr, 1fr, 1fr, 0.8fr, 0.8fr)"


def many(count: int) -> list[list[str]]:
    return [HEAD, *([str(n + 1), *TASKS[n % 3]] for n in range(count))]


@pytest.mark.parametrize("inset", ["5pt", "(x: 5pt, y: 2pt)"])
def test_columns_are_told_by_white_where_no_line_is_drawn(tmp_path: Path, inset: str) -> None:
    table = many(6)
    table.insert(1, ["I", "CẢI CÁCH THỂ CHẾ", "", "", "", ""])
    body = f"*II. NHIỆM VỤ*\n\nCác nhiệm vụ như sau:\n\n{bare_table(table, columns=WIDTHS, inset=inset)}Hết bảng này."
    source = load(files.pdf_of(files.PDF_HEAD + body + files.PDF_FOOT, tmp_path), "plan.pdf")
    assert [line.cells for line in rows(source)] == [tuple(row) for row in table[2:]]
    assert {line.header for line in rows(source)} == {tuple(HEAD)}
    texts = [line.text for line in source.lines]
    assert "I. CẢI CÁCH THỂ CHẾ" in texts and "II. NHIỆM VỤ" in texts
    assert texts.index("Các nhiệm vụ như sau:") < texts.index("I. CẢI CÁCH THỂ CHẾ") < texts.index("Hết bảng này.")


@pytest.mark.parametrize("repeat", [True, False])
def test_a_table_without_lines_goes_on_over_pages(tmp_path: Path, repeat: bool) -> None:
    table = many(45)
    body = f"*II. NHIỆM VỤ*\n\n{bare_table(table, columns=WIDTHS, repeat=repeat)}*III. TỔ CHỨC THỰC HIỆN*\n\nSở Nội vụ."
    source = load(files.pdf_of(files.PDF_HEAD + body + files.PDF_FOOT, tmp_path), "plan.pdf")
    assert [line.cells for line in rows(source)] == [tuple(row) for row in table[1:]]
    assert {line.header for line in rows(source)} == {tuple(HEAD)}
    assert len({line.table for line in rows(source)}) == 1
    assert "III. TỔ CHỨC THỰC HIỆN" in [line.text for line in source.lines]


def test_a_table_without_lines_and_without_numbers(tmp_path: Path) -> None:
    table = [row[1:] for row in many(5)]
    body = f"Các nhiệm vụ như sau:\n\n{bare_table(table, columns='(1.6fr, 1fr, 1fr, 0.8fr, 0.8fr)')}Hết bảng này."
    source = load(files.pdf_of(files.PDF_HEAD + body, tmp_path), "plan.pdf")
    assert [line.cells for line in rows(source)] == [tuple(row) for row in table[1:]]
    assert source.lines[-1].text == "Hết bảng này."


def test_running_text_is_no_table(tmp_path: Path) -> None:
    text = (
        "Cơ quan chủ trì, cơ quan phối hợp, thời gian và sản phẩm của từng nhiệm vụ, nội dung công việc được nêu trong "
        "phụ lục kèm theo; đơn vị thực hiện báo cáo kết quả theo thời hạn. "
    )
    source = load(files.pdf_of(files.PDF_HEAD + "\n\n".join(text * 3 for _ in range(8)), tmp_path), "plan.pdf")
    assert not rows(source)
