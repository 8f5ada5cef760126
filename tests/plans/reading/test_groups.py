"""Terms of groups and stretches of time, and leads that stand in unusual places, in sentences of the tests' own."""

from __future__ import annotations

import pytest

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.register import Task
from langnghe.plans.reading.source import plain

HEAD = "UBND TỈNH SÔNG MÃ\nSông Mã, ngày 05 tháng 3 năm 2024\nKẾ HOẠCH\nThử nghiệm năm 2024\nI. NHIỆM VỤ\n"


def tasks(*rows: str) -> list[Task]:
    """The tasks of a plan with these rows."""
    return read(plain(HEAD + "\n".join(rows))).tasks


def term(words: str) -> tuple[object, ...]:
    """The term of one item."""
    (one,) = tasks("1. Sở Y tế", f"- {words}")
    due = one.deadline
    return due.type, due.value.isoformat() if due.value else due.rrule, due.before


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Kiểm tra nhà thuốc; thời hạn hoàn thành 10/9/2024.", ("date", "2024-09-10", False)),
        ("Thanh tra từ quý IV/2024 đến hết quý II/2025.", ("quarter", "2025-06-30", False)),
        ("Họp kiểm điểm mỗi năm một lần, xong trước ngày 31/01 của năm kế tiếp.",
         ("recurring", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31", True)),
        ("Báo cáo kết quả định kỳ 6 tháng (trước ngày 10/01) và năm (trước ngày 10/7) về UBND tỉnh.",
         ("recurring", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=10", True)),
        ("Xử lý nhà xây trái phép từ trước năm 2020; báo cáo UBND tỉnh trong tháng 6/2024.",
         ("month", "2024-06-30", False)),
        ("Công khai kết quả hằng tháng, chậm nhất vào ngày 05 của tháng sau.",
         ("recurring", "FREQ=MONTHLY;BYMONTHDAY=5", False)),
        ("Cập nhật số liệu hằng tuần vào chiều thứ Sáu.", ("recurring", "FREQ=WEEKLY;BYDAY=FR", False)),
        ("Báo cáo kết quả tuần (trước 15h00 thứ Năm), tháng (trước ngày 18).", ("recurring", "FREQ=WEEKLY", False)),
        ("Tiếp công dân vào thứ Ba, thứ Năm hằng tuần.", ("recurring", "FREQ=WEEKLY;BYDAY=TU,TH", False)),
        ("Gặp doanh nghiệp vào sáng thứ Bảy tuần đầu tiên hằng tháng.", ("recurring", "FREQ=MONTHLY;BYDAY=1SA", False)),
        ("Công khai tiến độ trước ngày 10 tháng đầu mỗi quý.",
         ("recurring", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10", True)),
        ("Phát sóng 02 số/tháng trên đài.", ("recurring", "FREQ=MONTHLY", False)),
    ],
)  # fmt: skip
def test_terms(words: str, wanted: tuple[object, ...]) -> None:
    assert term(words) == wanted


ROWS = ("1. Sở Y tế", "- Rà soát nhà thuốc.", "- Thường trực cấp cứu trước ngày 01/5/2024.")


@pytest.mark.parametrize(
    "said",
    [
        "Thời hạn hoàn thành các nội dung nêu tại mục này: trước ngày 30/6/2024.",
        "Các nhiệm vụ nêu trên xong trước ngày 30/6/2024, báo cáo kết quả về Sở Nội vụ.",
        "Các nội dung tại khoản 1 hoàn thành trước ngày 30/6/2024.",
    ],
)
def test_a_sentence_of_its_own_gives_what_stands_above_its_term(said: str) -> None:
    first, second = tasks(*ROWS, said, "2. Sở Nội vụ", "- Mở lớp tập huấn.")[:2]
    assert first.deadline.value and first.deadline.value.isoformat() == "2024-06-30"
    assert first.inherits_deadline_from == "I.1"
    assert second.deadline.value and second.deadline.value.isoformat() == "2024-05-01"
    assert (first.report_to == "Sở Nội vụ") is ("báo cáo" in said)
    assert first.confidence["deadline"] < 0.95


def test_it_may_stand_above_its_list_and_leaves_what_goes_on_for_ever_alone() -> None:
    said = "Các nhiệm vụ tại mục này hoàn thành trước ngày 30/6/2024."
    first, second = tasks("1. Sở Y tế", said, "- Rà soát nhà thuốc.", "- Thường xuyên kiểm tra bếp ăn.")
    assert first.deadline.value and first.inherits_deadline_from == "I.1"
    assert second.deadline.type == "ongoing"


def test_a_term_alone_under_a_heading_holds_for_the_paragraphs_below() -> None:
    found = tasks("1. Thông tin", "Thực hiện thường xuyên.", "Sở Y tế tuyên truyền.", "Sở Nội vụ mở chuyên trang.")
    assert [one.deadline.type for one in found] == ["ongoing", "ongoing"]
    assert [one.lead for one in found] == [["Sở Y tế"], ["Sở Nội vụ"]]


def test_numbers_with_a_stroke_are_labels_and_fractions_are_none() -> None:
    first, second = tasks("1/ Sở Y tế", "- Rà soát nhà thuốc.", "2/ Sở Nội vụ", "- Trực 24/7 tiếp nhận ý kiến.")
    assert (first.path, second.path) == ("I.1/-1", "I.2/-1")
    assert second.lead == ["Sở Nội vụ"]


def test_it_is_no_task_and_ends_with_its_section() -> None:
    found = tasks(*ROWS, "Các nhiệm vụ nêu trên xong trước ngày 30/6/2024.", "2. Sở Nội vụ", "- Mở lớp tập huấn.")
    assert len(found) == 3
    assert found[2].deadline.type == "none"


def test_who_is_named_in_such_a_sentence_makes_it_a_task() -> None:
    found = tasks(*ROWS, "Các nội dung nêu trên do Sở Nội vụ chủ trì tổng hợp trước ngày 30/6/2024.")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        ("Báo Sông Mã tăng cường tin, bài.", ["Báo Sông Mã"]),
        ("Công ty cổ phần Quản lý và sửa chữa đường bộ thường xuyên tuần đường.",
         ["Công ty cổ phần Quản lý và sửa chữa đường bộ"]),
        ("Các cấp, ngành chủ động xây dựng kế hoạch.", ["Các cấp, ngành"]),
        ("Các trường học trên địa bàn tổ chức ký cam kết.", ["Các trường học"]),
        ("Công an xã, Trạm Y tế xã và các thôn phối hợp tuần tra.", ["Công an xã", "Trạm Y tế xã", "Các thôn"]),
        ("Các đơn vị chủ rừng nghiêm túc thực hiện tuần tra.", ["Các đơn vị chủ rừng"]),
        ("Các đơn vị căn cứ nhiệm vụ được giao xây dựng kế hoạch.", ["Các cơ quan, đơn vị"]),
        ("UBND cấp xã, phường xây dựng kế hoạch.", ["UBND các xã, phường, thị trấn"]),
        ("Về kiểm tra: đoàn liên ngành do Công an tỉnh chủ trì (thành viên: Sở Xây dựng, Sở Tài chính) kiểm tra bến.",
         ["Công an tỉnh"]),
        ("Sở Xây dựng, ngoài nhiệm vụ nêu tại điểm a, điểm b khoản 2, hướng dẫn các đơn vị lập hồ sơ.",
         ["Sở Xây dựng"]),
        ("Trong quá trình thực hiện, nếu có khó khăn, vướng mắc các cơ quan, địa phương báo cáo về Sở Nội vụ.",
         ["Các cơ quan, địa phương"]),
    ],
)  # fmt: skip
def test_leads(words: str, leads: list[str]) -> None:
    (one,) = tasks(f"1. {words}")
    assert one.lead == leads


def test_who_helps_may_be_said_behind_a_comma() -> None:
    (one,) = tasks("1. Giao Sở Tài chính tham mưu, Sở Xây dựng phối hợp.")
    assert (one.lead, one.cooperate) == (["Sở Tài chính"], ["Sở Xây dựng"])


def test_whom_a_body_orders_under_its_heading_does_not_lead() -> None:
    (one,) = tasks("1. Sở Y tế", "- Yêu cầu các đơn vị khám bệnh lắp đặt máy lấy số.")
    assert one.lead == ["Sở Y tế"]


def test_who_is_both_headed_and_ordered_leads() -> None:
    (one,) = tasks(
        "1. Các cơ quan báo chí Trung ương và địa phương", "- Đề nghị các cơ quan báo chí Trung ương đưa tin."
    )
    assert one.lead == ["Các cơ quan báo chí Trung ương"]


def test_to_inspect_is_no_body() -> None:
    (one,) = tasks("1. Sở Y tế", "- Thanh tra việc niêm yết giá thuốc.")
    assert one.lead == ["Sở Y tế"]


def test_a_named_office_with_a_day_is_a_task_among_words_about_money() -> None:
    money = "Kinh phí bố trí trong dự toán của các đơn vị. Sở Tài chính lập dự toán bổ sung trước ngày 30/6/2024."
    found = tasks("1. Sở Y tế khám bệnh.", "II. KINH PHÍ", money)
    assert found[-1].lead == ["Sở Tài chính"]
