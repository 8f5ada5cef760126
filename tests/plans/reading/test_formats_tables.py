"""Tables of tasks in every form: without lines, over pages, with merged heads, with months and quarters to tick."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest

from langnghe.plans.reading.formats import load
from langnghe.plans.reading.forms import columns
from langnghe.plans.reading.reader import read
from langnghe.plans.reading.source import Line, Source, plain
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


# --- months and quarters to tick -------------------------------------------------------------------------------------

HTML_TICKS = """<html><body><p>KẾ HOẠCH</p><p>Cải cách hành chính năm 2025</p><h3>II. NHIỆM VỤ</h3><table border=1>
<tr><td rowspan=2>TT</td><td rowspan=2>Nội dung công việc</td><td rowspan=2>Đơn vị thực hiện</td>
<td rowspan=2>Đơn vị phối hợp</td><td colspan=4>Thời gian thực hiện năm 2025</td><td rowspan=2>Ghi chú</td></tr>
<tr>{heads}</tr>
<tr><td colspan=9><b>I. Cải cách thể chế</b></td></tr>
<tr><td>1</td><td>Rà soát quy trình một cửa</td><td rowspan=2>Sở Nội vụ</td><td>Các sở, ngành</td>
<td>x</td><td>x</td><td></td><td></td><td></td></tr>
<tr><td>2</td><td>Tập huấn cho công chức</td><td>Sở Tài chính</td><td></td><td></td><td>X</td><td></td><td></td></tr>
<tr><td>3</td><td>Kiểm tra việc tiếp dân</td><td>Thanh tra tỉnh</td><td></td>
<td>x</td><td>x</td><td>x</td><td>x</td><td>Theo kế hoạch</td></tr>
</table></body></html>"""


def terms_of(source: Source) -> list[tuple[str, str | None]]:
    return [
        (task["lead"][0], task["deadline"]["value"]) for task in read(source).to_json()["tasks"] if task["lead"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    "heads",
    [["Quý I", "Quý II", "Quý III", "Quý IV"], ["Q1", "Q2", "Q3", "Q4"], ["Quý 1", "Quý 2", "Quý 3", "Quý 4"]],
)
def test_ticked_quarters_are_terms(heads: list[str]) -> None:
    page = HTML_TICKS.format(heads="".join(f"<td>{head}</td>" for head in heads))
    source = load(page.encode(), "a.html")
    assert rows(source)[0].header == (
        "TT", "Nội dung công việc", "Đơn vị thực hiện", "Đơn vị phối hợp", "Thời gian thực hiện", "Ghi chú",
    )  # fmt: skip
    assert [line.cells[4] for line in rows(source)] == [
        "Quý I, quý II/2025", "Quý III/2025", "Từ quý I đến quý IV/2025",
    ]  # fmt: skip
    assert terms_of(source) == [
        ("Sở Nội vụ", "2025-06-30"), ("Sở Nội vụ", "2025-09-30"), ("Thanh tra tỉnh", "2025-12-31"),
    ]  # fmt: skip
    assert "I. Cải cách thể chế" in [line.text for line in source.lines]


def word_table(cells: list[list[str]], merges: list[tuple[tuple[int, int], tuple[int, int]]]) -> bytes:
    """A Word document with one table; `merges` are corners of cells to be merged."""
    document: Any = docx.Document()
    for text in ("KẾ HOẠCH", "Cải cách hành chính năm 2025", "II. NHIỆM VỤ"):
        document.add_paragraph().add_run(text).bold = True
    table = document.add_table(len(cells), len(cells[0]))
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    for (top, left), (bottom, right) in merges:
        merged = table.cell(top, left).merge(table.cell(bottom, right))
        merged.text = merged.text.strip()
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


MONTHS = [f"T{month}" for month in range(1, 13)]


def test_ticked_months_of_a_word_table_with_two_rows_of_headings() -> None:
    def ticks(*months: int) -> list[str]:
        return ["x" if month in months else "" for month in range(1, 13)]

    cells = [
        ["TT", "Nhiệm vụ", "Phân công thực hiện", "Thời gian (tháng)", *[""] * 11],
        ["", "", "", *MONTHS],
        ["A", "Cải cách thể chế", *[""] * 13],
        ["1", "Rà soát quy trình", "Sở Tư pháp", *ticks(2, 3)],
        ["2", "Công khai thủ tục", "", *ticks(4, 5, 6, 7)],
        ["3", "Tổng kết công tác", "Sở Nội vụ", *ticks(12)],
    ]
    across = [((0, 3), (0, 14)), ((2, 1), (2, 14)), ((3, 2), (4, 2))]
    for merges in (across, [*across, *(((0, at), (1, at)) for at in range(3))]):
        source = load(word_table(cells, merges), "a.docx")
        assert [line.cells[3] for line in rows(source)] == ["Tháng 2, tháng 3", "Từ tháng 4 đến tháng 7", "Tháng 12"]
        assert [line.cells[2] for line in rows(source)] == ["Sở Tư pháp", "Sở Tư pháp", "Sở Nội vụ"]
        assert terms_of(source) == [
            ("Sở Tư pháp", "2025-03-31"), ("Sở Tư pháp", "2025-07-31"), ("Sở Nội vụ", "2025-12-31"),
        ]  # fmt: skip
        assert "A. Cải cách thể chế" in [line.text for line in source.lines]


def test_ticked_quarters_of_a_ruled_pdf(tmp_path: Path) -> None:
    body = (
        "#table(columns: (1cm, 1fr, 3cm, 1cm, 1cm, 1cm, 1cm), table.cell(rowspan: 2)[TT],"
        "table.cell(rowspan: 2)[Nhiệm vụ], table.cell(rowspan: 2)[Cơ quan chủ trì],"
        "table.cell(colspan: 4)[Tiến độ năm 2025 (quý)], [I],[II],[III],[IV],"
        "[1],[Rà soát quy trình],[Sở Tư pháp],[x],[x],[],[], [2],[Tổng kết công tác],[Sở Nội vụ],[],[],[],[x])"
    )
    source = load(files.pdf_of(files.PDF_HEAD + "*II. NHIỆM VỤ*\n\n" + body, tmp_path), "a.pdf")
    assert [line.cells[3] for line in rows(source)] == ["Quý I, quý II/2025", "Quý IV/2025"]
    assert terms_of(source) == [("Sở Tư pháp", "2025-06-30"), ("Sở Nội vụ", "2025-12-31")]


def test_years_to_tick_are_terms_and_years_with_figures_are_not() -> None:
    table = (
        "<table><tr><th>TT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>2024</th><th>2025</th><th>2026</th></tr>"
        "<tr><td>1</td><td>Rà soát quy trình</td><td>Sở Tư pháp</td><td>{0}</td><td>{1}</td><td></td></tr></table>"
    )
    page = "<html><body><p>KẾ HOẠCH</p>{}</body></html>"
    ticked = load(page.format(table.format("x", "x")).encode(), "a.html")
    assert rows(ticked)[0].cells == ("1", "Rà soát quy trình", "Sở Tư pháp", "Năm 2024 - 2025")
    figures = load(page.format(table.format("85%", "90%")).encode(), "a.html")
    assert rows(figures)[0].cells == ("1", "Rà soát quy trình", "Sở Tư pháp", "85%", "90%", "")


def test_the_columns_of_a_table_are_told_by_their_headings() -> None:
    head = ["TT", "Nội dung", "Lãnh đạo phụ trách", "Đơn vị", "Ngày bắt đầu", "Ngày kết thúc", "Ghi chú"]
    assert columns(head) == {"number": 0, "content": 1, "lead": 3, "time": 5, "note": 6}
    head = ["TT", "Nhiệm vụ", "Phân công thực hiện", "Thời gian bắt đầu", "Thời gian hoàn thành"]
    assert columns(head) == {"number": 0, "content": 1, "lead": 2, "time": 4}


# --- tables copied as text -------------------------------------------------------------------------------------------


def test_a_copied_table_with_tabs_has_rows() -> None:
    text = (
        "KẾ HOẠCH\nII. NHIỆM VỤ\n"
        "TT\tNội dung công việc\tCơ quan chủ trì\tCơ quan phối hợp\tThời gian\n"
        "I\tCải cách thể chế\t\t\t\n"
        "1\tRà soát quy trình\ntiếp nhận phản ánh\tSở Tư pháp\tCác sở, ngành\tQuý II/2025\n"
        "2\tTổng kết công tác\tSở Nội vụ\t\tTrước ngày 15/12/2025\n"
        "III. TỔ CHỨC THỰC HIỆN\nSở Nội vụ theo dõi.\n"
    )
    for source in (load(text.encode(), "a.txt"), plain(text)):
        assert [line.cells for line in rows(source)] == [
            ("1", "Rà soát quy trình tiếp nhận phản ánh", "Sở Tư pháp", "Các sở, ngành", "Quý II/2025"),
            ("2", "Tổng kết công tác", "Sở Nội vụ", "", "Trước ngày 15/12/2025"),
        ]
        texts = [line.text for line in source.lines]
        assert texts[:3] == ["KẾ HOẠCH", "II. NHIỆM VỤ", "I. Cải cách thể chế"]
        assert texts[-2:] == ["III. TỔ CHỨC THỰC HIỆN", "Sở Nội vụ theo dõi."]


def test_a_copied_table_with_strokes_may_tick_its_quarters() -> None:
    text = (
        "KẾ HOẠCH\nCải cách hành chính năm 2025\nII. NHIỆM VỤ\n"
        "| TT | Nhiệm vụ | Cơ quan chủ trì | Quý I | Quý II | Quý III | Quý IV |\n|---|---|:-:|---|---|---|---|\n"
        "| 1 | Rà soát quy trình | Sở Tư pháp | x | x | | |\n| 2 | Tổng kết công tác | Sở Nội vụ | | | | x |\n"
        "III. TỔ CHỨC THỰC HIỆN\nSở Nội vụ theo dõi | đôn đốc | báo cáo.\n"
    )
    source = plain(text)
    assert [line.cells for line in rows(source)] == [
        ("1", "Rà soát quy trình", "Sở Tư pháp", "Quý I, quý II"), ("2", "Tổng kết công tác", "Sở Nội vụ", "Quý IV"),
    ]  # fmt: skip
    assert terms_of(source)[:2] == [("Sở Tư pháp", "2025-06-30"), ("Sở Nội vụ", "2025-12-31")]
    assert source.lines[-1].text == "Sở Nội vụ theo dõi | đôn đốc | báo cáo."


def test_tabs_in_running_text_are_spaces() -> None:
    text = "UBND TỈNH A\t\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 1/KH-UBND\t\tĐộc lập - Tự do - Hạnh phúc"
    assert [line.text for line in plain(text).lines] == [" ".join(row.split()) for row in text.splitlines()]
