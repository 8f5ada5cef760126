"""Dates, numbers and deadlines in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from langnghe.worktime import format as words
from langnghe.worktime import packaged
from langnghe.worktime.rules import Pause, Skipped, Term, Unit, compute
from tests.worktime.conftest import at

CITY = packaged.calendar()


def explained(amount: int, unit: Unit, start: str, *pauses: Pause, lang: str = "vi", step: str = "answer") -> str:
    term = Term(amount, unit)
    return words.explain(compute(term, at(start), CITY, pauses), term, lang, step=step)


def test_dates_and_times() -> None:
    day = dt.date(2026, 2, 26)
    assert words.long_date(day) == "thứ Năm, 26/02/2026"
    assert words.long_date(day, "en") == "Thursday, 26 February 2026"
    assert words.weekday(dt.date(2026, 3, 1)) == "Chủ nhật"
    assert words.short_date(dt.date(987, 6, 5)) == "05/06/0987"
    assert (words.month(day), words.month(day, "en")) == ("tháng 02/2026", "February 2026")
    utc = dt.datetime(2026, 2, 26, 17, 5, tzinfo=dt.UTC)
    assert words.moment(utc) == "00:05 thứ Sáu, 27/02/2026"
    assert words.moment(utc, "en") == "00:05 on Friday, 27 February 2026"


def test_numbers() -> None:
    assert words.number(1795) == "1.795"
    assert words.number(1795, lang="en") == "1,795"
    assert words.percent(Decimal("79.73")) == "79,73%"
    assert words.percent(79.734, 1, "en") == "79.7%"
    assert words.term_words(1, "working_days", "en") == "1 working day"
    assert words.term_words(1200, Unit.CALENDAR_DAYS) == "1.200 ngày"


@pytest.mark.parametrize(
    ("first", "last", "vi", "en"),
    [
        ("2026-08-31", "2026-08-31", "31/8", "31 August"),
        ("2026-09-01", "2026-09-02", "1-2/9", "1–2 September"),
        ("2026-04-30", "2026-05-01", "30/4-1/5", "30 April – 1 May"),
        ("2025-12-31", "2026-01-01", "31/12/2025-1/1/2026", "31 December 2025 – 1 January 2026"),
        ("2027-01-01", "2027-01-01", "1/1/2027", "1 January 2027"),
    ],
)
def test_ranges_of_days(first: str, last: str, vi: str, en: str) -> None:
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    assert words.day_range(*days, year=2026) == vi
    assert words.day_range(*days, year=2026, lang="en") == en


def test_a_term_in_working_days_is_explained() -> None:
    assert explained(15, Unit.WORKING_DAYS, "2026-08-14T16:45") == (
        "Hạn trả lời: hết ngày thứ Ba, 08/09/2026. Tính 15 ngày làm việc kể từ ngày tiếp theo ngày gửi; không tính "
        "thứ Bảy, Chủ nhật, ngày nghỉ hoán đổi 31/8 và Quốc khánh 1-2/9; thứ Bảy 22/8 là ngày làm bù."
    )
    assert explained(15, Unit.WORKING_DAYS, "2026-08-14T16:45", lang="en") == (
        "Answer due: end of Tuesday, 8 September 2026. 15 working days, counted from the day after sending; not "
        "counted: Saturday, Sunday, day off in exchange 31 August and National Day 1–2 September; Saturday 22 August "
        "is counted (worked in exchange for 31 August 2026)."
    )
    # Nothing was left out: nothing is said of it.
    assert explained(2, Unit.WORKING_DAYS, "2026-03-02T09:00", step="publish") == (
        "Hạn công khai: hết ngày thứ Tư, 04/03/2026. Tính 2 ngày làm việc kể từ ngày tiếp theo ngày duyệt trả lời."
    )


def test_pauses_and_extensions_are_explained() -> None:
    pause = Pause(at("2026-03-03T09:00"), at("2026-03-05T09:00"), "chờ bổ sung thông tin", "waiting for information")
    assert explained(2, Unit.WORKING_DAYS, "2026-03-02T09:00", pause).endswith(
        "kể từ ngày tiếp theo ngày gửi; không tính thời gian tạm dừng 4-5/3 (chờ bổ sung thông tin)."
    )
    term = Term(2, Unit.WORKING_DAYS)
    longer = compute(term, at("2026-03-02T09:00"), CITY, (), 1)
    assert words.explain(longer, term, step="answer", extension=1).endswith("; đã gia hạn thêm 1 ngày làm việc.")
    assert words.explain(longer, term, "en", step="answer", extension=1).endswith("; extended by 1 working day.")


def test_a_term_in_working_hours_names_its_moment() -> None:
    pause = Pause(at("2026-08-22T08:00"), at("2026-08-22T09:00"))
    assert explained(8, Unit.WORKING_HOURS, "2026-08-21T16:45", pause, step="intake") == (
        "Hạn tiếp nhận, phân loại: 08:15 thứ Hai, 24/08/2026. Tính 8 giờ làm việc kể từ lúc gửi (16:45 thứ Sáu, "
        "21/08/2026); không tính Chủ nhật; không tính thời gian tạm dừng 08:00-09:00 22/8; thứ Bảy 22/8 là ngày làm bù."
    )


def test_a_term_in_calendar_days_says_why_it_moved() -> None:
    assert explained(5, Unit.CALENDAR_DAYS, "2026-03-02T08:00", step="unheard-of") == (
        "Thời hạn: hết ngày thứ Hai, 09/03/2026. Tính 5 ngày kể từ ngày tiếp theo ngày bắt đầu; ngày cuối rơi vào "
        "ngày nghỉ (thứ Bảy, Chủ nhật 7-8/3) nên chuyển sang ngày làm việc tiếp theo."
    )


def test_part_of_days_is_told_with_its_hours() -> None:
    item = Skipped(at("2026-08-21T17:00"), at("2026-08-22T09:00"), "pause", "x", "x")
    assert words.span(item, year=2026) == "từ 17:00 21/8 đến 09:00 22/8"
    assert words.span(item, year=2026, lang="en") == "from 17:00 21 August to 09:00 22 August"


def test_every_rule_of_the_city_has_words_for_its_step() -> None:
    for rule in packaged.rules():
        text = words.explain(compute(rule.term, at("2026-03-02T09:00"), CITY), rule.term, step=rule.step)
        assert not text.startswith("Thời hạn:"), rule.step
