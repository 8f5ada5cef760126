"""Periods, terms, titles, progress, figures."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.plans import rules

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@st.composite
def recurrences(draw: st.DrawFn) -> str:
    """Rules in the forms that plans yield."""
    months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
    day = draw(st.integers(1, 31))
    interval = draw(st.sampled_from([1, 2, 3, 4, 6, 12]))
    return draw(
        st.sampled_from([
            "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", f"FREQ=MONTHLY;INTERVAL={interval}", "FREQ=YEARLY",
            f"FREQ=MONTHLY;BYMONTHDAY={day}", f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))}",
            f"FREQ=MONTHLY;BYMONTH={','.join(map(str, months))};BYMONTHDAY={day}",
            f"FREQ=YEARLY;BYMONTH={months[0]};BYMONTHDAY={day}", "FREQ=MONTHLY;BYDAY=1MO",
        ])
    )  # fmt: skip


@given(recurrences(), DAYS)
def test_the_next_due_day_is_later_and_none_lies_between(rule: str, after: date) -> None:
    found = rules.next_due(rule, after=after)
    assert found is not None and found > after
    assert rules.next_due(rule, after=found - timedelta(days=1)) == found
    if found - after > timedelta(days=1):
        assert rules.next_due(rule, after=after + (found - after) // 2) == found
    assert rules.next_due(rule, after=after, until=found) == found
    assert rules.next_due(rule, after=after, until=found - timedelta(days=1)) is None


@given(recurrences(), DAYS, st.integers(0, 900))
def test_due_days_are_in_order_and_within(rule: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = rules.dues_between(rule, first=first, last=last)
    assert found == sorted(set(found)) and all(first <= day <= last for day in found)


@given(st.integers(1, 31), DAYS)
def test_every_month_has_one_due_day_of_a_monthly_rule(day: int, start: date) -> None:
    first = start.replace(day=1)
    found = rules.dues_between(f"FREQ=MONTHLY;BYMONTHDAY={day}", first=first, last=date(first.year + 1, 12, 31))
    months = [(item.year, item.month) for item in found]
    assert len(months) == len(set(months)) == 12 * 2 - first.month + 1
    assert all(item.day == day or (item + timedelta(days=1)).day == 1 for item in found)


@given(st.text(max_size=60), DAYS)
def test_no_text_whatever_breaks_it(text: str, after: date) -> None:
    for rule in (text, f"FREQ=MONTHLY;{text}", f"FREQ={text}", f"FREQ=YEARLY;BYMONTHDAY={text}"):
        found = rules.next_due(rule, after=after)
        assert found is None or found > after
        assert rules.period_name(rule, after)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("FREQ=WEEKLY", [(1, 2), (1, 9), (1, 16)]),
        ("FREQ=MONTHLY", [(1, 31), (2, 28), (3, 31)]),
        ("FREQ=MONTHLY;INTERVAL=3", [(3, 31), (6, 30), (9, 30)]),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", [(3, 25), (6, 25), (9, 25)]),
        ("FREQ=YEARLY;BYMONTH=6,12", [(6, 30), (12, 31)]),
        ("FREQ=YEARLY", [(12, 31)]),
        ("FREQ=MONTHLY;BYMONTHDAY=30;UNTIL=20260401", [(1, 30), (2, 28), (3, 30)]),
        ("FREQ=MONTHLY;BYMONTHDAY=20;UNTIL=20260401T000000Z", [(1, 20), (2, 20), (3, 20)]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", [(2, 28)]),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTH=2", []),
        ("FREQ=HOURLY", []), ("FREQ=MONTHLY;COUNT=3", []), ("INTERVAL=2", []), ("", []),
    ],
)  # fmt: skip
def test_due_days_of_2026(rule: str, wanted: list[tuple[int, int]]) -> None:
    found = rules.dues_between(rule, first=date(2026, 1, 1), last=date(2026, 12, 31), limit=3)
    assert found == [date(2026, month, day) for month, day in wanted]


def test_periods_of_several_years_run_from_the_plan() -> None:
    rule = "FREQ=YEARLY;INTERVAL=2"
    found = [rules.next_due(rule, after=date(year, 1, 1), anchor=date(2025, 3, 1)) for year in (2025, 2026, 2027)]
    assert found == [date(2025, 12, 31), date(2027, 12, 31), date(2027, 12, 31)]


@pytest.mark.parametrize(
    ("rule", "due", "name"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=20", date(2026, 3, 20), "tháng 3/2026"),
        ("FREQ=MONTHLY;INTERVAL=3", date(2026, 6, 30), "quý II/2026"),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", date(2026, 9, 25), "quý III/2026"),
        ("FREQ=YEARLY;BYMONTH=6,12", date(2026, 6, 30), "6 tháng đầu năm 2026"),
        ("FREQ=YEARLY;BYMONTH=6,12", date(2026, 12, 31), "năm 2026"),
        ("FREQ=YEARLY;BYMONTH=12", date(2026, 12, 31), "năm 2026"),
        ("FREQ=MONTHLY;INTERVAL=2", date(2026, 4, 30), "tháng 4/2026"),
        ("FREQ=WEEKLY", date(2026, 3, 20), "tuần 12/2026"),
        ("FREQ=DAILY", date(2026, 3, 20), "20/03/2026"),
    ],
)
def test_names_of_periods(rule: str, due: date, name: str) -> None:
    assert rules.period_name(rule, due) == name


@given(DAYS, st.booleans(), st.booleans(), DAYS)
def test_a_date_keeps_its_day_whatever_the_day_of_giving(stated: date, before: bool, counts: bool, on: date) -> None:
    due = rules.due_day(rules.Timing("date", stated, before), on=on, before_counts=counts)
    assert due is not None and due.stated == stated
    assert due.last == (stated - timedelta(days=1) if before and not counts else stated)


@given(recurrences(), st.booleans(), DAYS)
def test_the_first_period_is_never_over(rule: str, before: bool, on: date) -> None:
    due = rules.due_day(rules.Timing("recurring", before=before, rule=rule), on=on)
    assert due is not None and due.last >= on
    assert (due.stated - due.last).days == int(before)


@pytest.mark.parametrize("kind", ["none", "ongoing"])
def test_terms_without_a_day(kind: str) -> None:
    assert rules.due_day(rules.Timing(kind, date(2026, 1, 1)), on=date(2026, 1, 1)) is None
    assert rules.due_day(rules.Timing("recurring", rule="", before=True), on=date(2026, 1, 1)) is None


def test_the_explanation_says_what_is_odd() -> None:
    text = rules.explain_due(
        date(2026, 8, 30), stated=date(2026, 8, 31), before=True, words="trước ngày 31/8/2026", closed="",
        last_working=date(2026, 8, 28),
    )  # fmt: skip
    assert text == (
        "Hết ngày Chủ nhật, 30/08/2026. Kế hoạch ghi “trước ngày 31/08/2026”, nên ngày cuối cùng là ngày liền trước. "
        "Ngày này cơ quan nghỉ; ngày làm việc cuối cùng trước hạn là thứ Sáu, 28/08/2026."
    )
    english = rules.explain_due(
        date(2026, 9, 2), stated=None, before=False, words="", closed="National Day", last_working=date(2026, 8, 28),
        language="en",
    )  # fmt: skip
    assert "set anew" in english and "(National Day)" in english and "Friday, 28 August 2026" in english


@given(st.text(max_size=600), st.integers(20, 200))
def test_a_title_is_short_and_cut_at_a_word(text: str, limit: int) -> None:
    title = rules.title_of(text, limit)
    assert len(title) <= limit and "\n" not in title
    plain = " ".join(text.split())
    assert title.rstrip("…") in plain


def test_titles() -> None:
    assert rules.title_of("- Chủ trì rà soát thủ tục; báo cáo kết quả.") == "Chủ trì rà soát thủ tục"
    assert rules.title_of("Rà soát. Báo cáo Sở Nội vụ.") == "Rà soát. Báo cáo Sở Nội vụ"
    assert rules.title_of("Tổ chức tuyên truyền sâu rộng đến người dân", 30) == "Tổ chức tuyên truyền sâu rộng…"


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("II.1.a", ("II", "1")), ("II.1/-2", ("II", "1")), ("II.1", ("II",)), ("kết", ()), ("", ()),
        ("[II].1.a#2", ("II", "1")), ("I.2/p1", ("I", "2")),
    ],
)  # fmt: skip
def test_sections_of_a_path(path: str, labels: tuple[str, ...]) -> None:
    assert rules.section_labels(path) == labels


PERCENTS = st.lists(st.integers(0, 100), min_size=1, max_size=40)


@given(PERCENTS, PERCENTS)
def test_progress_lies_within_what_its_parts_have(leads: list[int], partners: list[int]) -> None:
    assert min(leads) <= rules.task_percent(leads, partners) <= max(leads)
    assert (rules.task_percent(leads) == 100) == all(percent == 100 for percent in leads)
    assert rules.task_percent([], partners) == rules.task_percent(partners) and rules.task_percent([]) == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=40))
def test_a_plan_is_done_only_when_all_that_weighs_is(rows: list[tuple[int, int]]) -> None:
    percent = rules.plan_percent(rows)
    weighing = [row for row in rows if row[1]]
    assert 0 <= percent <= 100
    assert (percent == 100) == (bool(weighing) and all(row[0] == 100 for row in weighing))


COUNTS = st.integers(0, 50)
ON_TIME = st.builds(rules.OnTime, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@given(ON_TIME, ON_TIME)
def test_figures_of_two_add_up(one: rules.OnTime, other: rules.OnTime) -> None:
    both = one + other
    assert both.due == one.due + other.due and both.judged == one.judged + other.judged
    assert both.rate is None or 0 <= both.rate <= 100
    assert one + rules.OnTime() == one


@given(ON_TIME, st.sampled_from(["done_late", "open_late", "lapsed"]))
def test_whatever_was_not_in_time_weighs_the_same(figures: rules.OnTime, how: str) -> None:
    worse = figures + rules.OnTime(**{how: 1})
    assert worse.rate is not None and (figures.rate is None or worse.rate <= figures.rate)
    assert worse.rate == (figures + rules.OnTime(done_late=1)).rate


def test_months() -> None:
    assert rules.month_bounds(2024, 2) == (date(2024, 2, 1), date(2024, 2, 29))
