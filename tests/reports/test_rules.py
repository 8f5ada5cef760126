"""Rhythms: due days, what each report covers, and the words for both."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.reports import rules
from langnghe.reports.rules import RuleError, due_days, period_of

DAYS = st.dates(date(2018, 1, 1), date(2035, 12, 31))
MONTH_DAYS = st.integers(1, 31) | st.integers(-3, -1)
RULES = st.one_of(
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, MONTH_DAYS),
    st.builds("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY={}".format, MONTH_DAYS),
    st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, st.integers(1, 12), MONTH_DAYS),
    st.sampled_from(
        ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", "FREQ=YEARLY",
         "FREQ=MONTHLY;BYDAY=-1FR"]
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "due", "name", "start", "end"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=20", "2026-03-20", "tháng 3/2026", "2026-02-21", "2026-03-20"),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "2026-01-05", "tháng 12/2025", "2025-12-06", "2026-01-05"),
        ("FREQ=MONTHLY", "2026-02-28", "tháng 2/2026", "2026-02-01", "2026-02-28"),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", "2026-06-25", "quý II/2026", "2026-03-26", "2026-06-25"),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-03-31", "quý I/2026", "2026-01-01", "2026-03-31"),
        ("FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5", "2026-01-05", "quý IV/2025", "2025-10-06", "2026-01-05"),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15", "2026-06-15", "6 tháng đầu năm 2026", "2025-12-16", "2026-06-15"),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15", "2026-12-15", "năm 2026", "2025-12-16", "2026-12-15"),
        ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=5", "2026-01-05", "năm 2025", "2025-01-06", "2026-01-05"),
        ("FREQ=YEARLY", "2026-12-31", "năm 2026", "2026-01-01", "2026-12-31"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15", "2026-01-15", "năm 2025", "2025-01-16", "2026-01-15"),
        ("FREQ=WEEKLY", "2026-03-06", "tuần 10/2026", "2026-02-28", "2026-03-06"),
    ],
)
def test_a_report_covers_its_period(rule: str, due: str, name: str, start: str, end: str) -> None:
    found = period_of(rule, date.fromisoformat(due), start=date(2025, 1, 3))
    assert (found.name, found.start, found.end) == (name, date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=20", "ngày 20 hằng tháng"),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", "ngày 25 tháng cuối quý"),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=25", "ngày 25 tháng 6 và tháng 12 hằng năm"),
        ("FREQ=MONTHLY", "ngày cuối hằng tháng"),
        ("FREQ=WEEKLY;BYDAY=TH", "thứ Năm hằng tuần"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "thứ Sáu cuối hằng tháng"),
    ],
)
def test_a_rhythm_has_words(rule: str, words: str) -> None:
    assert rules.words(rule) == words


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    found = due_days(
        "FREQ=MONTHLY;BYMONTHDAY=31", start=date(2026, 1, 1), first=date(2026, 1, 1), last=date(2026, 4, 30)
    )
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_rule_ends_by_its_count_and_its_day() -> None:
    whole = {"start": date(2026, 1, 1), "first": date(2026, 1, 1), "last": date(2027, 1, 1)}
    assert len(due_days("FREQ=MONTHLY;BYMONTHDAY=20;COUNT=3", **whole)) == 3
    assert due_days("FREQ=MONTHLY;BYMONTHDAY=20;UNTIL=20260331", **whole)[-1] == date(2026, 3, 20)


@given(RULES, DAYS, st.integers(0, 900), st.integers(0, 900))
def test_two_windows_make_the_whole(rule: str, start: date, before: int, after: int) -> None:
    middle, last = start + timedelta(days=before), start + timedelta(days=before + after)
    whole = due_days(rule, start=start, first=start, last=last)
    first = due_days(rule, start=start, first=start, last=middle)
    assert first + due_days(rule, start=start, first=middle + timedelta(days=1), last=last) == whole
    assert whole == sorted(set(whole))


@given(RULES, DAYS)
def test_periods_tile_time(rule: str, start: date) -> None:
    found = due_days(rule, start=start, first=start, last=start + timedelta(days=1500))
    periods = [period_of(rule, due, start=start) for due in found]
    for period, due in zip(periods, found, strict=True):
        assert period.end == period.due == due
        assert period.start <= due
    for one, following in pairwise(periods):
        assert following.start == one.end + timedelta(days=1), "nothing falls between two reports, nothing stands twice"
    assert len({period.name for period in periods}) == len(periods), "no two reports have one name"


@given(st.text(max_size=60) | st.text(alphabet="FREQMONTHLYBDAIVUC=;,-0123456789", max_size=60))
def test_what_is_no_rule_is_said_to_be_none(text: str) -> None:
    try:
        rhythm = rules.read(text)
    except RuleError as error:
        assert str(error)
    else:
        assert rhythm.frequency in ("WEEKLY", "MONTHLY", "YEARLY")


@pytest.mark.parametrize(
    "rule",
    ["", "FREQ=HOURLY", "FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=40",
     "FREQ=WEEKLY;BYMONTH=2",
     "FREQ=MONTHLY;BYDAY=FR", "FREQ=MONTHLY;FREQ=YEARLY", "FREQ=MONTHLY;X=1", "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1"],
)  # fmt: skip
def test_rules_that_no_report_can_follow(rule: str) -> None:
    with pytest.raises(RuleError):
        due_days(rule, start=date(2026, 1, 1), first=date(2026, 1, 1), last=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("kind", "title", "is_head", "lines"),
    [
        ("department", "Giám đốc Sở", True, ("GIÁM ĐỐC",)),
        ("department", "Phó Giám đốc Sở", False, ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
        ("office", "Phó Chánh Văn phòng", False, ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG")),
        ("commune", "Chủ tịch Ủy ban nhân dân", True, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        ("commune", "Phó Chủ tịch", False, ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
    ],
)
def test_who_signs_how(kind: str, title: str, is_head: bool, lines: tuple[str, ...]) -> None:
    assert rules.signature_of(kind=kind, title=title, name="A", is_head=is_head).lines == lines


def test_letters_of_an_agency() -> None:
    assert rules.sign_of("department", "Sở Nông nghiệp và Môi trường") == "SNNMT"
    assert rules.sign_of("commune", "Phường Thử") == "UBND"
