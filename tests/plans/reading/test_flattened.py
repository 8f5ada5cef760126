"""Tables with merged cells that a text copy flattened: two rows of headings, the term first, cells left empty."""

from __future__ import annotations

import pytest

from langnghe.plans.reading.formats import load
from langnghe.plans.reading.reader import read
from langnghe.plans.reading.register import Task

HEAD = "BỘ THỦY LỢI\nHà Nội, ngày 05 tháng 3 năm 2024\nKẾ HOẠCH\nThử nghiệm năm 2024\nI. NỘI DUNG CHI TIẾT\n"
TABLE = """
Thời gian | Nội dung công việc | Cơ quan quản lý theo quy định | Thực hiện
 |  |  | Đơn vị chủ trì | Đơn vị phối hợp
I | GIAI ĐOẠN CHUẨN BỊ
1 | Lập hồ sơ
10-11/2024 | Xây dựng đề cương | Cơ quan lập | Vụ Tưới tiêu | - Vụ Pháp chế; - Văn phòng Bộ.
 | Lấy ý kiến các tỉnh. | Cơ quan lập | Vụ Vật liệu xây dựng | - Vụ Kế hoạch -Tài chính.
2 | Phê duyệt
12/2024 | Phê duyệt đề cương | Bộ Tài chính |  |
01/2025 | Chọn tư vấn | Cơ quan lập | Vụ Kế hoạch- Tài chính/ Cục Đê điều | - Vụ Pháp chế.
"""


def tasks(table: str = TABLE) -> list[Task]:
    """The tasks of a plan with this table."""
    return read(load((HEAD + table).encode(), "plan.txt")).tasks


def test_rows_are_tasks_and_headings_none() -> None:
    assert [one.quote for one in tasks()] == [
        "Xây dựng đề cương",
        "Lấy ý kiến các tỉnh.",
        "Phê duyệt đề cương",
        "Chọn tư vấn",
    ]


def test_the_second_row_of_headings_tells_who_leads_and_who_helps() -> None:
    found = tasks()
    assert [one.lead for one in found] == [
        ["Vụ Tưới tiêu"],
        ["Vụ Vật liệu xây dựng"],
        ["Bộ Tài chính"],
        ["Vụ Kế hoạch - Tài chính", "Cục Đê điều"],
    ]
    assert found[0].cooperate == ["Vụ Pháp chế", "Văn phòng Bộ"]
    assert found[1].cooperate == ["Vụ Kế hoạch - Tài chính"]
    assert found[2].confidence["lead"] < 0.8


def test_months_are_terms_and_an_empty_cell_before_the_work_takes_the_one_above() -> None:
    found = tasks()
    assert [one.deadline.value and one.deadline.value.isoformat() for one in found] == [
        "2024-11-30",
        "2024-11-30",
        "2024-12-31",
        "2025-01-31",
    ]
    assert found[1].inherits_deadline_from is not None
    assert found[0].inherits_deadline_from is None
    assert any("để trống" in doubt for doubt in found[1].doubts)


def test_an_empty_cell_behind_the_work_has_no_term() -> None:
    table = (
        "TT | Nội dung | Đơn vị chủ trì | Thời gian\n1 | Xây dựng đề cương | Vụ Pháp chế | 12/2024\n"
        "2 | Lấy ý kiến các tỉnh | Vụ Tưới tiêu | \n"
    )
    assert [one.deadline.type for one in tasks(table)] == ["month", "none"]


@pytest.mark.parametrize("edge", ["", "| "])
def test_parted_headings_in_the_middle(edge: str) -> None:
    table = "\n".join(
        f"{edge}{row}{' |' if edge else ''}"
        for row in (
            "TT | Nội dung | Tổ chức thực hiện | Thời gian hoàn thành",
            " |  | Chủ trì | Phối hợp | ",
            "1 | Xây dựng đề cương | Vụ Pháp chế | Văn phòng Bộ | 12/2024",
            "2 | Lấy ý kiến các tỉnh | Vụ Tưới tiêu | Vụ Pháp chế | 01/2025",
        )
    )
    found = tasks(table)
    assert [one.lead for one in found] == [["Vụ Pháp chế"], ["Vụ Tưới tiêu"]]
    assert [one.cooperate for one in found] == [["Văn phòng Bộ"], ["Vụ Pháp chế"]]
    assert [one.deadline.type for one in found] == ["month", "month"]


def test_running_text_with_strokes_stays_running_text() -> None:
    text = "1. Sở Y tế kiểm tra | giám sát nhà thuốc.\n2. Sở Nội vụ mở lớp tập huấn.\n"
    assert len(tasks(text)) == 2
