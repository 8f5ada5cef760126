"""Dates, numbers and codes in words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from langnghe.ui import words
from langnghe.worktime.rules import ZONE

AT = datetime(2026, 2, 26, 9, 15, tzinfo=ZONE)


def test_dates_read_as_vietnamese_offices_write_them() -> None:
    assert words.long_date(AT) == "thứ Năm, 26/02/2026"
    assert words.long_date(date(2026, 3, 1)) == "Chủ nhật, 01/03/2026"
    assert words.short_date(AT) == "26/02/2026"
    assert words.clock_time(AT) == "09:15"
    assert words.moment(AT) == "09:15 thứ Năm, 26/02/2026"
    assert words.moment(date(2026, 2, 26)) == "thứ Năm, 26/02/2026"


def test_a_moment_of_another_zone_is_shown_in_vietnam() -> None:
    from datetime import UTC

    assert words.moment(datetime(2026, 2, 25, 18, 30, tzinfo=UTC)) == "01:30 thứ Năm, 26/02/2026"


def test_the_end_of_a_day_is_said_as_a_day() -> None:
    assert words.due_moment(AT.replace(hour=23, minute=59, second=59)) == "hết ngày thứ Năm, 26/02/2026"
    assert words.due_moment(date(2026, 2, 26)) == "hết ngày thứ Năm, 26/02/2026"
    assert words.due_moment(AT) == "09:15 thứ Năm, 26/02/2026"


def test_numbers_have_the_languages_separators() -> None:
    assert words.number(1795) == "1.795"
    assert words.number(79.73) == "79,73"
    assert words.number(100) == "100"
    assert words.number(-38) == "−38"
    assert words.percent(Decimal("79.735")) == "79,74%"
    assert words.ratio(150, 302) == "49,67%"
    assert words.ratio(0, 0) == "–"
    with translation.override("en"):
        assert words.number(1795) == "1,795"
        assert words.percent(79.73) == "79.73%"


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_whole_number_can_be_read_back(value: int) -> None:
    assert int(words.number(value).replace(".", "").replace("−", "-")) == value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.integers(min_value=0, max_value=3))
def test_a_number_has_the_places_asked_for(value: Decimal, places: int) -> None:
    text = words.number(value, places)
    assert len(text.partition(",")[2]) == places


@pytest.mark.parametrize(
    ("days", "over", "said"),
    [
        (6, False, "còn 6 ngày làm việc"),
        (0, False, "đến 09:15 hôm nay"),
        (-2, True, "2 ngày làm việc"),
        (0, True, "từ 09:15"),
    ],
)
def test_what_is_left(days: int, over: bool, said: str) -> None:
    assert words.time_left(days, AT, over=over) == said


def test_the_last_day_of_a_term_in_days() -> None:
    assert words.time_left(0, AT.replace(hour=23, minute=59, second=59)) == "hết hôm nay"


def test_codes_are_said_digit_by_digit() -> None:
    assert words.said("HN-4827-1936-5") == "hát en nờ, bốn tám hai bảy, một chín ba sáu, năm"
    with translation.override("en"):
        assert words.said("HN-4827-1936-5") == ""


def test_every_sign_of_a_secret_has_a_name() -> None:
    from langnghe.texts import SECRET_ALPHABET

    for sign in SECRET_ALPHABET:
        assert words.said(sign) not in ("", sign)


def test_initials_are_of_the_given_name() -> None:
    assert words.initials("Nguyễn Thị Thanh Huyền") == "TH"
    assert words.initials("Đặng") == "Đ"
    assert words.initials("") == ""


def test_sizes() -> None:
    assert words.file_size(482_113) == "471 KB"
    assert words.file_size(3_404_113) == "3,2 MB"
    assert words.file_size(20 * 1024 * 1024) == "20 MB"
    assert words.file_size(0) == "1 KB"
