"""What is to be made public, and channels beside it, in sentences of the tests' own."""

from __future__ import annotations

import pytest

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.register import Register
from langnghe.plans.reading.source import plain


def one_item(words: str) -> Register:
    """A plan with one task."""
    return read(plain(f"KẾ HOẠCH\nThử nghiệm năm 2024\nI. NHIỆM VỤ\n1. Sở Xây dựng\n- {words}\n"))


@pytest.mark.parametrize(
    ("words", "objects"),
    [
        (
            "Niêm yết tại trụ sở, nhà văn hóa thôn: dự toán thu, chi; danh sách hộ được hỗ trợ; mức đóng góp.",
            ["dự toán thu, chi", "danh sách hộ được hỗ trợ", "mức đóng góp"],
        ),
        (
            "Thực hiện việc công khai: phân bổ ngân sách; các dự án đầu tư; công tác tuyển dụng trên trang thông tin "
            "điện tử và niêm yết tại trụ sở.",
            ["phân bổ ngân sách", "các dự án đầu tư", "công tác tuyển dụng"],
        ),
        ("Thanh tra việc công khai, quản lý, sử dụng các khoản thu.", ["các khoản thu"]),
        (
            "Trình Chủ tịch UBND tỉnh quyết định công bố danh mục công trình xanh.",
            ["danh mục công trình xanh"],
        ),
        (
            "Kiểm tra bến bãi; công khai doanh nghiệp vi phạm trên trang thông tin điện tử.",
            ["doanh nghiệp vi phạm"],
        ),
    ],
)
def test_objects(words: str, objects: list[str]) -> None:
    assert [one.what for one in one_item(words).public_disclosures] == objects


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("Công khai dự toán, quyết toán ngân sách; tỷ lệ trả lời đúng hạn đạt 97%.", "dự toán, quyết toán ngân sách"),
        ("Có trách nhiệm công khai lịch thi công.", "lịch thi công"),
        ("Thông báo công khai lịch cắt nước trên loa truyền thanh.", "lịch cắt nước"),
        ("Lập danh mục công trình chậm tiến độ, công khai để nhân dân biết.", "danh mục công trình chậm tiến độ"),
        ("Công khai tại trụ sở (đối với các xã còn loa truyền thanh) mức thu phí.", "mức thu phí"),
    ],
)
def test_objects_where_the_cue_stands_otherwise(words: str, what: str) -> None:
    (one,) = one_item(words).public_disclosures
    assert one.what == what


@pytest.mark.parametrize("words", ["Xây dựng quy chế công khai tài chính.", "Nâng cao tính công khai, minh bạch."])
def test_what_only_describes_orders_nothing(words: str) -> None:
    assert not one_item(words).public_disclosures


def test_the_members_of_a_list_share_their_words_and_their_place() -> None:
    found = one_item("Niêm yết tại trụ sở: mức thu phí; danh sách nhà thầu. Thời điểm niêm yết chậm nhất 05 ngày.")
    quotes = {one.quote for one in found.public_disclosures}
    assert quotes == {"Niêm yết tại trụ sở: mức thu phí; danh sách nhà thầu."}
    assert {one.where for one in found.public_disclosures} == {"trụ sở"}


def test_an_audience_is_no_object() -> None:
    assert not one_item("Xử lý vi phạm và công khai với người dân biết.").public_disclosures


def test_the_words_of_an_act_behind_others_begin_with_it() -> None:
    words = (
        "Tổ chức khảo sát độc lập mỗi năm một lần với sự tham gia của các hội, công bố kết quả khảo sát trước 15/12."
    )
    (one,) = one_item(words).public_disclosures
    assert one.quote == "công bố kết quả khảo sát trước 15/12."


def test_what_carries_a_number_out_takes_nothing_in() -> None:
    found = one_item("Công bố số điện thoại đường dây nóng trên báo chí để tiếp nhận phản ánh của người dân.")
    assert [one.name for one in found.channels] == ["Đường dây nóng"]


def test_a_meeting_in_which_people_decide_is_a_channel() -> None:
    (one,) = one_item("Tổ chức họp thôn, tổ dân phố để Nhân dân bàn và quyết định mức đóng góp.").channels
    assert "họp thôn, tổ dân phố để Nhân dân bàn và quyết định mức đóng góp" in one.quote


def test_what_a_line_announces_as_channels_are_channels_and_no_tasks() -> None:
    found = one_item(
        "Tổ chức tiếp nhận ý kiến của người dân qua các kênh sau:\n+ Thư điện tử của Sở;\n"
        "+ Ứng dụng “Sông Mã S” trên điện thoại;\n+ Đường dây nóng 024.3333.1022."
    )
    assert [one.name.partition(" của ")[0] for one in found.channels] == [
        "Hộp thư điện tử",
        "Ứng dụng Sông Mã S",
        "Đường dây nóng",
    ]
    assert len(found.tasks) == 1


def test_a_list_of_channels_goes_on_behind_a_number() -> None:
    found = one_item(
        "Trực đường dây nóng 024.3333.1022, nhóm Zalo “Sông Mã” và ứng dụng iSongMa để tiếp nhận phản ánh."
    )
    assert len(found.channels) == 3
