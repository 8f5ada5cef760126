"""Phrases of time and the deadlines they mean."""

from __future__ import annotations

from datetime import date

import pytest

from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.terms import Calendar, chosen, phrases

YEAR = Calendar(2022, date(2022, 2, 10))


def read(text: str, *, field: bool = False) -> tuple[str, str | None, bool, str | None]:
    """Type, value, before and rule of the phrase that gives a text its deadline."""
    phrase = chosen(phrases(View(text), YEAR, field=field))
    if phrase is None:
        return ("none", None, False, None)
    term = phrase.term
    return (term.type, term.value.isoformat() if term.value else None, term.before, term.rrule)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("xong trước ngày 30/4/2017", ("date", "2017-04-30", True, None)),
        ("trước **15/4/2020**", ("date", "2020-04-15", True, None)),
        ("trước ngày 30-6-2019", ("date", "2019-06-30", True, None)),
        ("chậm nhất là ngày 15 tháng 4 năm 2020", ("date", "2020-04-15", False, None)),
        ("hoàn thành trước ngày 30/6", ("date", "2022-06-30", True, None)),
        ("từ ngày 01/5/2022 đến ngày 30/6/2022", ("date", "2022-06-30", False, None)),
        ("trong tháng 10/2022", ("month", "2022-10-31", False, None)),
        ("trong tháng 2 năm 2024", ("month", "2024-02-29", False, None)),
        ("trình phê duyệt trong Quý II/2017", ("quarter", "2017-06-30", False, None)),
        ("hoàn thành trong quý IV", ("quarter", "2022-12-31", False, None)),
        ("đến năm 2020 có tổng số 80 trạm", ("year", "2020-12-31", False, None)),
        ("thực hiện trong năm 2022", ("year", "2022-12-31", False, None)),
        ("Định kỳ ngày 25 hằng tháng", ("recurring", None, False, "FREQ=MONTHLY;BYMONTHDAY=25")),
        ("trước ngày 15 hằng tháng", ("recurring", None, True, "FREQ=MONTHLY;BYMONTHDAY=15")),
        ("ngày 20 của tháng cuối quý", ("recurring", None, False, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=20")),
        ("định kỳ hàng quý", ("recurring", None, False, "FREQ=MONTHLY;INTERVAL=3")),
        ("3 tháng/lần", ("recurring", None, False, "FREQ=MONTHLY;INTERVAL=3")),
        ("1quý/lần", ("recurring", None, False, "FREQ=MONTHLY;INTERVAL=3")),
        ("hai năm một lần", ("recurring", None, False, "FREQ=YEARLY;INTERVAL=2")),
        ("mỗi tuần ít nhất một lần", ("recurring", None, False, "FREQ=WEEKLY")),
        ("kế hoạch công tác cho tuần, tháng, quý, năm", ("recurring", None, False, "FREQ=WEEKLY")),
        ("Định kỳ 6 tháng, cuối năm báo cáo", ("recurring", None, False, "FREQ=YEARLY;BYMONTH=6,12")),
        ("báo cáo 6 tháng và năm", ("recurring", None, False, "FREQ=YEARLY;BYMONTH=6,12")),
        ("định kỳ cuối năm", ("recurring", None, False, "FREQ=YEARLY;BYMONTH=12")),
        ("trước ngày 30/11 hàng năm", ("recurring", None, True, "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30")),
        ("trước ngày 15/6 và 15/12 hằng năm", ("recurring", None, True, "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15")),
        (
            "hằng tháng (định kỳ trước ngày 25 hằng tháng), hằng quý (trước ngày 25 của tháng cuối quý)",
            ("recurring", None, True, "FREQ=MONTHLY;BYMONTHDAY=25"),
        ),
        ("thường xuyên kiểm tra", ("ongoing", None, False, None)),
        ("định kỳ tiếp công dân", ("recurring", None, False, None)),
    ],
)
def test_terms(text: str, term: tuple[str, str | None, bool, str | None]) -> None:
    assert read(text) == term


@pytest.mark.parametrize(
    "text",
    [
        "theo Quyết định số 522/QĐ-UBND ngày 25/01/2017 của UBND Thành phố",
        "Kế hoạch phát triển đến năm 2025, tầm nhìn đến năm 2030",
        "giai đoạn 2017 - 2020",
        "cơ sở dữ liệu về rừng cấp vùng đến năm 2030 và có tính đến năm 2050",
        "dự thảo Kế hoạch giảm phát thải, bao gồm khí mê-tan đến năm 2030",
        "triển khai từ năm 2017",
        "kịp thời, đúng thời hạn, ngay sau khi được giao",
        "trước ngày 31/02/2022",
        "tăng 3 bậc so với năm 2021",
        "",
    ],
)
def test_what_is_no_deadline(text: str) -> None:
    assert read(text) == ("none", None, False, None)


def test_in_a_field_for_time_plain_dates_and_years_count() -> None:
    assert read("Năm 2023", field=True) == ("year", "2023-12-31", False, None)
    assert read("30/9/2023", field=True) == ("date", "2023-09-30", False, None)
    assert read("Tháng 3 - tháng 10/2022", field=True) == ("month", "2022-10-31", False, None)
    assert read("Quý I, II", field=True) == ("quarter", "2022-06-30", False, None)
    assert read("Quý IV/2022, 2023", field=True) == ("year", "2023-12-31", False, None)
    assert read("Năm 2023") == ("none", None, False, None)


def test_without_a_year_to_go_by_nothing_is_guessed() -> None:
    assert chosen(phrases(View("trước ngày 30/6"), Calendar())) is None


def test_the_words_and_their_place_are_kept() -> None:
    text = "Sở Y tế hoàn thành việc này trước ngày 30/6/2022."
    (phrase,) = phrases(View(text), YEAR)
    assert text[phrase.start : phrase.end] == phrase.term.quote == "trước ngày 30/6/2022"
