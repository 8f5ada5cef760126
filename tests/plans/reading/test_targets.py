"""Levels and counts that a plan sets, in sentences of the tests' own: what makes a number one, and what does not."""

from __future__ import annotations

import pytest

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.register import Indicator
from langnghe.plans.reading.source import plain

HEAD = "KẾ HOẠCH\nThử nghiệm năm 2024\nI. NHIỆM VỤ\n1. Sở Xây dựng\n"


def found(words: str) -> list[Indicator]:
    """What is read of one item."""
    return read(plain(f"{HEAD}- {words}\n")).indicators


def levels(words: str) -> list[tuple[str, object, float | None]]:
    """How, how much, and from where."""
    return [(one.target.op, one.target.value, one.baseline) for one in found(words) if one.target]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        # a number behind any verb, also of bodies and people something is done to
        ("Di dời 12 cơ sở sản xuất ra khỏi khu dân cư.", [("=", 12, None)]),
        ("Lựa chọn 03 xã làm điểm.", [("=", 3, None)]),
        ("Xử lý 08 “điểm nóng” về rác thải.", [("=", 8, None)]),
        # behind a preposition, or behind the thing that is done
        ("Lắp đặt camera tại 40 nút giao.", [("=", 40, None)]),
        ("Thay thế biển báo trên 15 tuyến phố.", [("=", 15, None)]),
        ("Tập huấn kỹ năng cho 250 cán bộ thôn.", [("=", 250, None)]),
        ("Cải tạo hệ thống chiếu sáng 06 công viên.", [("=", 6, None)]),
        # a list of numbers goes on
        ("Trồng mới 300 cây bóng mát, 50 bồn hoa.", [("=", 300, None), ("=", 50, None)]),
        ("Tổ chức 04 hội nghị và 02 hội thảo chuyên đề.", [("=", 4, None), ("=", 2, None)]),
        ("Cải tạo 25km vỉa hè, 12 nút giao.", [("=", 25, None), ("=", 12, None)]),
        # a year, a day or a level before a number is none of its digits
        ("Đến năm 2025, 50% trường học có thư viện điện tử.", [("=", 50, None)]),
        ("Xử lý trong ngày 98% phản ánh.", [("=", 98, None)]),
        ("Cấp 30.000 tài khoản định danh.", [("=", 30000, None)]),
        # the kind of level is said once for several
        ("Tỷ lệ thu gom rác: khu vực đô thị 98%, khu vực nông thôn 90%.", [("=", 98, None), ("=", 90, None)]),
        ("Tỷ lệ lao động có chứng chỉ đạt 30%.", [("=", 30, None)]),
        ("Thu hút từ 2 đến 3 dự án.", [("range", [2, 3], None)]),
        ("Vận động thêm 15.000 người tham gia bảo hiểm.", [("=", 15000, None)]),
        # floors, of whatever is counted, also for each of many
        ("Kiểm tra các xã, mỗi huyện ít nhất 02 xã.", [(">=", 2, None)]),
        ("Hằng tháng tổ chức kiểm tra tối thiểu 03 phường.", [(">=", 3, None)]),
        ("Phấn đấu mỗi năm đấu giá từ 05 khu đất trở lên.", [(">=", 5, None)]),
        # ceilings said by a "không để"
        ("Không để xảy ra mất điện kéo dài trên 45 phút.", [("<=", 45, None)]),
        ("Thời gian phản hồi của tổng đài không quá 3 giờ.", [("<=", 3, None)]),
        # per cent a year is a change; a share of places is a share
        ("Phấn đấu giảm tỷ lệ thất thoát nước trên 2%/năm.", [("decrease_pct", 2, None)]),
        ("Gắn biển tên tại 100% điểm dừng xe buýt.", [("=", 100, None)]),
        ("Tỷ lệ thôn sửa đổi hương ước, quy ước đạt trên 90%.", [(">=", 90, None)]),
        # the level before the wish is where it starts from; a bracket belongs to the target next to it
        ("Năm 2022 tỷ lệ hồ sơ trực tuyến đạt 41,5%, phấn đấu đến hết năm 2024 đạt trên 60%.", [(">=", 60, 41.5)]),
        ("Tỷ lệ thu gom ở nội thành đạt trên 98%, ở ngoại thành đạt 85% (năm 2023 là 80%).",
         [(">=", 98, None), ("=", 85, 80)]),
        ("Tỷ lệ phân loại đạt từ 60% trở lên (6 tháng đầu năm 2023 đạt 31,5%).", [(">=", 60, 31.5)]),
    ],
)  # fmt: skip
def test_numbers_to_reach(words: str, wanted: list[tuple[str, object, float | None]]) -> None:
    assert levels(words) == wanted


@pytest.mark.parametrize(
    "words",
    [
        "Xe tải trên 3,5 tấn không được lưu thông.",
        "Phối hợp với 12 chi nhánh của Trung tâm.",
        "Vận hành mô hình chính quyền địa phương 02 cấp; thực hiện Đề án 06.",
        "Bố trí lực lượng trực trước 7 giờ 30.",
        "Triển khai Chỉ thị 22 của Ban Thường vụ Thành ủy.",
        "Duy trì Tổng đài 1020 kết nối với các sở.",
        "Mỗi tháng tổ chức 01 buổi đối thoại với người dân.",
        "Phát sóng 02 số/tháng trên truyền hình.",
        "Kiểm điểm các bộ phận có tỷ lệ hài lòng dưới 80%.",
        "Kiểm tra lại số liệu của các xã có biến động bất thường (tăng, giảm trên 7% so với năm trước).",
        "Theo báo cáo, trên địa bàn tỉnh hiện có 138 hồ chứa nhỏ.",
        "Xây dựng đề cương gồm 05 nội dung, không quá 09 tiêu chí.",
        "Chấm dứt hợp đồng với đơn vị vi phạm từ 03 lần trở lên.",
    ],
)
def test_numbers_that_are_no_level(words: str) -> None:
    assert not levels(words)


def test_a_name_is_not_cut_within_a_word() -> None:
    (one,) = found("Giảm tỷ lệ thất thoát nước xuống còn 15%.")
    assert one.name == "tỷ lệ thất thoát nước"


def test_a_bracket_behind_one_target_is_not_the_name_of_the_next() -> None:
    first, second = found("Chỉ số hài lòng đạt trên 88% (năm 2023 đạt 84,2%), tăng ít nhất 05 bậc so với năm 2023.")
    assert first.baseline == 84.2
    assert second.name == first.name == "Chỉ số hài lòng"


def test_what_a_share_is_of_may_hold_a_number() -> None:
    assert levels("100% bếp ăn trên 500 suất ăn được kiểm tra.") == [("=", 100, None)]


def test_a_table_with_the_units_that_do_the_work_is_no_table_of_units_of_measure() -> None:
    rows = "STT\tNội dung\tĐơn vị chủ trì\tThời gian\n1\tTập huấn cho công chức cấp xã (10 lớp)\tSở Nội vụ\tQuý II/2024"
    (one,) = read(plain(f"KẾ HOẠCH\nThử nghiệm năm 2024\nPHỤ LỤC\n{rows}\n")).indicators
    assert one.target and one.target.value == 10
    assert one.quote.startswith("Tập huấn")
    assert one.doubts


def test_a_column_for_each_year_sets_a_target_for_each() -> None:
    rows = (
        "TT\tChỉ tiêu\tĐVT\tThực hiện 2023\t2024\t2025\n1\tSố trạm đo\ttrạm\t9\t12\t15\n2\tSố camera\tchiếc\t-\t40\t50"
    )
    got = read(plain(f"KẾ HOẠCH\nThử nghiệm năm 2024\nI. CHỈ TIÊU\n{rows}\n")).indicators
    assert [(one.target and one.target.value, one.baseline) for one in got] == [
        (12, 9),
        (15, 9),
        (40, None),
        (50, None),
    ]


def test_a_rise_is_told_of_what_stands_near_it_and_a_ceiling_of_whatever_is_counted() -> None:
    assert levels("Giảm lượng rác thải nhựa dùng một lần ít nhất 15% so với năm 2023.") == [("decrease_pct", 15, None)]
    assert levels("Giảm thiểu rác, đưa việc phân loại rác vào dạy tại 100% trường học.") == [("=", 100, None)]
    assert levels("Không quá 02 sự cố mất điện trong năm.") == [("<=", 2, None)]
    assert levels("Điểm đánh giá đạt từ 9,0/10 điểm trở lên (năm 2023 đạt 8,62/10 điểm).") == [(">=", 9, 8.62)]
