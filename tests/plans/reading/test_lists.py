"""Indicators, reporting duties, channels and disclosures in plans of the tests' own, in several forms."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.plans.reading.quantities import number
from langnghe.plans.reading.reader import UNREAD, read
from langnghe.plans.reading.register import Register, Target
from langnghe.plans.reading.rhythms import rhythms
from langnghe.plans.reading.source import Line, plain, source_of

GOALS = """
Số: 88/KH-UBND
Sông Mã, ngày 12 tháng 02 năm 2024
KẾ HOẠCH
Nâng cao chất lượng phục vụ năm 2024
Năm 2023, Chỉ số SIPAS đạt 84,35%, xếp thứ 21/63 tỉnh, thành phố; toàn tỉnh tiếp nhận 12.450 phản ánh, tăng 4,2%.
UBND tỉnh ban hành Kế hoạch như sau:
I. MỤC TIÊU
1. Chỉ số cải cách hành chính đạt từ 88 điểm trở lên, nằm trong nhóm 15 tỉnh, thành phố dẫn đầu cả nước.
2. Mức độ hài lòng của người dân đạt tối thiểu 90%, trong đó lĩnh vực đất đai đạt trên 85%.
3. 100% phản ánh của người dân được trả lời đúng hạn; tỷ lệ hồ sơ quá hạn giảm còn dưới 1%.
4. Tỷ lệ hồ sơ nộp trực tuyến từ 62% năm 2023 lên 75%.
5. Chỉ số hài lòng tăng ít nhất 3-5% so với năm 2023 (năm 2023 là 84,35%).
6. Phấn đấu tăng hạng Chỉ số PAPI so với năm 2023; đạt điểm tối đa tiêu chí Tiếp nhận phản ánh.
7. Trồng mới 5.000 cây xanh; mở ít nhất 3 lớp tập huấn; lắp đặt 50 trạm quan trắc trong giai đoạn 2021 - 2025.
8. Cung cấp dịch vụ công mức độ 3, 4; phục vụ 8,5 triệu dân theo Quyết định số 12/QĐ-UBND với 10 nội dung.
II. NHIỆM VỤ
1. Đài Phát thanh duy trì mỗi tuần ít nhất một lần chuyên mục cải cách, thời lượng ít nhất 15 phút.
"""

DUTIES = """
KẾ HOẠCH
I. NHIỆM VỤ
1. Sở Thông tin và Truyền thông: Vận hành tổng đài 1022 và ứng dụng Sông Mã S để tiếp nhận phản ánh của người dân; tuyên
truyền trên báo chí và mạng xã hội.
2. Văn phòng UBND tỉnh niêm yết công khai số điện thoại đường dây nóng của tỉnh tại Trung tâm Phục vụ hành chính công
trước ngày 15/3/2024; khuyến khích công khai quy trình nội bộ; công bố kết quả xếp hạng trên Cổng
thông tin điện tử tỉnh.
3. Sở Nội vụ:
- Bố trí hòm thư góp ý tại trụ sở; tổ chức đối thoại với người dân.
- Đa dạng hình thức tiếp nhận ý kiến như: văn bản hành chính; cổng thông tin điện tử của tỉnh; tin nhắn; báo chí.
- Tiếp nhận hồ sơ qua Cổng dịch vụ công.
- Rà soát bảng tin công khai, nội dung công khai bảo đảm công khai, minh bạch.
II. TỔ CHỨC THỰC HIỆN
1. Các sở, ban, ngành báo cáo định kỳ hằng quý (trước ngày 15 của tháng cuối quý), 6 tháng (trước ngày 15/6)
và năm (trước ngày 15/12) gửi Sở Nội vụ tổng hợp, báo cáo UBND tỉnh.
2. Giao Sở Nội vụ hằng tháng báo cáo Thường trực Tỉnh ủy; trên cơ sở báo cáo của các sở, đưa kết quả vào giao ban quý.
3. Sở Tư pháp báo cáo UBND tỉnh trước ngày 30/6/2024.
4. Sở Y tế báo cáo kết quả, lồng ghép trong báo cáo cải cách hành chính gửi UBND tỉnh.
"""

# Written on several rows, but each item is one paragraph.
JOINED = re.sub(r"\n(?=[a-zđ(])", " ", DUTIES)


@cache
def goals() -> Register:
    return read(plain(GOALS))


@cache
def duties() -> Register:
    return read(plain(JOINED))


def target_of(words: str) -> Target | None:
    (one,) = [one for one in goals().indicators if words in one.quote and one.target]
    return one.target


@pytest.mark.parametrize(
    ("words", "op", "value"),
    [
        ("tối thiểu 90%", ">=", 90),
        ("lĩnh vực đất đai đạt trên 85%", ">=", 85),
        ("100% phản ánh", "=", 100),
        ("dưới 1%", "<=", 1),
        ("lên 75%", "=", 75),
        ("tăng ít nhất 3-5%", "range_increase_pct", [3, 5]),
        ("tăng hạng", "increase_rank", None),
        ("điểm tối đa", "=", None),
        ("5.000 cây xanh", "=", 5000),
        ("3 lớp tập huấn", ">=", 3),
        ("50 trạm", "=", 50),
        ("ít nhất một lần", ">=", 1),
        ("15 phút", ">=", 15),
    ],
)
def test_targets_of_every_form(words: str, op: str, value: float | list[float] | None) -> None:
    assert target_of(words) == Target(op, value)


def test_a_clause_with_two_targets_names_one_criterion_for_both() -> None:
    points, rank = [one for one in goals().indicators if one.name == "Chỉ số cải cách hành chính"]
    assert (points.target, points.unit) == (Target(">=", 88), "điểm")
    assert (rank.target, rank.unit) == (Target("<=", 15), "hạng")


def test_baselines_come_from_the_targets_own_sentence() -> None:
    by_target = {str(one.target): one for one in goals().indicators}
    rise = by_target[str(Target("range_increase_pct", [3, 5]))]
    assert (rise.baseline, rise.baseline_year, rise.name) == (84.35, 2023, "Chỉ số hài lòng")
    online = by_target[str(Target("=", 75))]
    assert (online.baseline, online.baseline_year, online.name) == (62, 2023, "Tỷ lệ hồ sơ nộp trực tuyến")


def test_past_levels_are_kept_only_where_no_target_starts_from_them() -> None:
    past = [(one.baseline, one.unit) for one in goals().indicators if one.target is None]
    assert past == [(21, "hạng/63")]


def test_figures_that_set_no_level_are_left_out() -> None:
    values = [one.target.value for one in goals().indicators if one.target]
    assert not {8.5, 12450, 12, 10, 4.2, 2021, 4} & {value for value in values if not isinstance(value, list)}


def test_a_table_of_targets_gives_a_row_each() -> None:
    header = ("TT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch 2025")
    rows = [
        ("1", "Tỷ lệ hài lòng", "%", "≥ 90"),
        ("2", "Số trạm", "trạm", "1.250"),
        ("3", "Ghi chú", "", "theo quy định"),
    ]
    lines = [Line("I. CHỈ TIÊU", 0, heading=True)]
    lines += [Line(" | ".join(row), 0, cells=row, header=header, table=1) for row in rows]
    found = read(source_of(lines)).indicators
    assert [(one.name, one.unit, one.target) for one in found] == [
        ("Tỷ lệ hài lòng", "%", Target(">=", 90)),
        ("Số trạm", "trạm", Target("=", 1250)),
    ]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("tuần, tháng, quý, năm", []),
        (
            "kế hoạch cho tuần, tháng, quý, năm",
            ["FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", "FREQ=YEARLY"],
        ),
        ("ngày 25 hằng tháng", ["FREQ=MONTHLY;BYMONTHDAY=25"]),
        ("trước ngày 20 của tháng cuối quý", ["FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"]),
        ("trước ngày 05 tháng đầu quý sau", ["FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=5"]),
        ("hàng tháng (định kỳ trước ngày 25 hàng tháng)", ["FREQ=MONTHLY;BYMONTHDAY=25"]),
        ("định kỳ 6 tháng, cuối năm", ["FREQ=YEARLY;BYMONTH=6,12"]),
        ("định kỳ hằng quý, 6 tháng, năm", ["FREQ=MONTHLY;INTERVAL=3", "FREQ=YEARLY;BYMONTH=6,12"]),
        ("định kỳ 6 tháng/lần", ["FREQ=MONTHLY;INTERVAL=6"]),
        ("2 lần/năm", ["FREQ=MONTHLY;INTERVAL=6"]),
        ("thứ Năm hằng tuần".lower(), ["FREQ=WEEKLY;BYDAY=TH"]),
        ("cuối năm", ["FREQ=YEARLY;BYMONTH=12"]),
        ("trước ngày 15/6 và 15/12 hằng năm", ["FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15"]),
        (
            "trước 15/6/2021 (báo cáo 6 tháng) và trước 15/12/2021 (báo cáo năm)",
            ["FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15;UNTIL=20211215"],
        ),
        (
            "báo cáo 6 tháng trước ngày 10/6, báo cáo năm trước ngày 05/12",
            ["FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=10", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=5"],
        ),
        ("trong tháng 10/2022, năm 2021, quý II", []),
    ],
)
def test_rhythms_one_by_one(text: str, rules: list[str]) -> None:
    assert [one.rrule for one in rhythms(text)] == rules


def test_reports_owed_again_and_again() -> None:
    found = [(one.who, one.to, one.rrule) for one in duties().recurring_reports]
    assert found == [
        ("Các sở, ban, ngành", "Sở Nội vụ", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=15"),
        ("Các sở, ban, ngành", "Sở Nội vụ", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15"),
        ("Sở Nội vụ", "Thường trực Tỉnh ủy", "FREQ=MONTHLY"),
        ("Sở Y tế", "UBND tỉnh", None),
    ]


def test_channels_are_those_that_take_in_what_people_say() -> None:
    names = [one.name for one in duties().channels]
    assert names == [
        "Tổng đài 1022",
        "Ứng dụng Sông Mã S",
        "Đường dây nóng của tỉnh",
        "Hòm thư góp ý",
        "Đối thoại",
        "Văn bản hành chính",
        "Cổng thông tin điện tử của tỉnh",
        "Tin nhắn",
        "Báo chí",
    ]


def test_named_members_replace_the_umbrella_but_an_umbrella_in_a_list_counts() -> None:
    text = "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Sở A {} người dân.\n"
    named = read(plain(text.format("tiếp nhận góp ý qua mạng xã hội (zalo, facebook) của")))
    assert [one.name for one in named.channels] == ["Zalo", "Facebook"]
    listed = read(plain(text.format("tiếp nhận góp ý theo các kênh (mạng xã hội, báo chí...) của")))
    assert [one.name for one in listed.channels] == ["Mạng xã hội", "Báo chí"]


def test_what_is_to_be_made_public_and_where_and_when() -> None:
    found = [(one.what, one.who, one.where, one.when) for one in duties().public_disclosures]
    assert found == [
        (
            "số điện thoại đường dây nóng của tỉnh",
            "Văn phòng UBND tỉnh",
            "Trung tâm Phục vụ hành chính công",
            "trước ngày 15/3/2024",
        ),
        ("kết quả xếp hạng", "Văn phòng UBND tỉnh", "Cổng thông tin điện tử tỉnh", found[1][3]),
    ]


def test_every_item_tells_its_place_its_reasons_and_how_sure_it_is() -> None:
    for register in (goals(), duties()):
        text = plain(GOALS if register is goals() else JOINED).text
        items = [
            *register.indicators,
            *register.recurring_reports,
            *register.channels,
            *register.public_disclosures,
        ]
        assert items
        for one in items:
            start, end = one.span
            assert 0 <= start < end <= len(text) + 1
            assert one.reasons and one.confidence
            assert all(0 <= sure <= 1 for sure in one.confidence.values())


@pytest.mark.parametrize(
    ("text", "value"), [("1.795", 1795), ("79,73", 79.73), ("78.92", 78.92), ("270.000", 270000), ("1.234,5", 1234.5)]
)
def test_figures_as_vietnamese_writes_them(text: str, value: float) -> None:
    assert number(text) == value


WORDS = sorted({word for word in (GOALS + DUTIES).split() if word})
MARKS = [
    "\n",
    ". ",
    "; ",
    ": ",
    "(",
    ")",
    "**",
    "“",
    "”",
    "%",
    "/",
    "-",
    "1.000",
    "5-7%",
    "20/63",
    "|",
    "\n1. ",
    "\n- ",
]


def assert_read(text: str) -> None:
    """Every part of the register was read, and every place lies in the text."""
    source = plain(text)
    register = read(source)
    assert not [warning for warning in register.warnings if warning.startswith(UNREAD)]
    for one in (*register.indicators, *register.recurring_reports, *register.channels, *register.public_disclosures):
        assert 0 <= one.span[0] <= one.span[1] <= len(source.text) + 1


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(MARKS)), max_size=150))
def test_shuffled_words_never_fail(words: list[str]) -> None:
    assert_read("KẾ HOẠCH\nI. NHIỆM VỤ\n1. Sở Y tế " + " ".join(words))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.integers(0, 900), st.integers(0, 900))
def test_cut_and_foreign_text_never_fails(noise: str, start: int, end: int) -> None:
    assert_read(GOALS[min(start, end) : max(start, end)] + noise + DUTIES[start:end])


@pytest.mark.parametrize(
    "piece",
    [
        "1.000 % ",
        "tăng ít nhất 5% ",
        "(",
        "công khai, ",
        "tiếp nhận phản ánh qua đường dây nóng, ",
        "**a** ",
        "ngày 25 hằng ",
    ],
)
def test_a_clause_without_end_is_read_in_pieces(piece: str) -> None:
    assert_read("KẾ HOẠCH\nI. NHIỆM VỤ\n1. Sở Y tế " + piece * (12_000 // len(piece)))
