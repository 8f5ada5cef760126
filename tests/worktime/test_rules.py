"""How terms are counted: by examples counted by hand, and against the slow way on any calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.worktime import packaged
from langnghe.worktime.rules import (
    ZONE,
    DayNote,
    Due,
    Hours,
    Pause,
    StandsStillError,
    Term,
    TermError,
    Unit,
    WorkCalendar,
    compute,
    format_periods,
    is_late,
    on_date,
    parse_periods,
)
from tests.worktime import slow

CITY = packaged.calendar()
BARE = WorkCalendar((Hours(dt.date(2017, 1, 1), parse_periods("08:00-12:00,13:30-17:30")),))
DAYS, HOURS, CALENDAR_DAYS = Unit.WORKING_DAYS, Unit.WORKING_HOURS, Unit.CALENDAR_DAYS


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(amount: int, unit: Unit, start: str, *pauses: tuple[str, str | None], extension: int = 0) -> Due:
    stops = [Pause(at(a), None if b is None else at(b)) for a, b in pauses]
    return compute(Term(amount, unit), at(start), CITY, stops, extension)


def left_out(result: Due) -> list[tuple[str, str, str]]:
    return [(item["from"][:16], item["to"][:16], item["reason"]) for item in result.to_json()["skipped"]]


# --- counted by hand on the calendar of 2026 -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "start", "expected"),
    [
        # 22 Aug is worked in exchange for 31 Aug; 1 and 2 Sep are holidays.
        (10, "2026-08-21T16:45", "2026-09-08"),
        (15, "2026-08-21T16:45", "2026-09-15"),
        (15, "2026-08-14T09:00", "2026-09-08"),
        (1, "2026-08-21T00:00", "2026-08-22"),
        (1, "2026-08-21T23:59", "2026-08-22"),
        # Sent on a day off: the next day is still the first that can count.
        (1, "2026-08-29T10:00", "2026-09-03"),
        (6, "2026-08-23T10:00", "2026-09-03"),
        # Tết 2026: 14 to 22 February are off.
        (5, "2026-02-12T10:00", "2026-02-26"),
        # 2 January was exchanged for Saturday 10 January.
        (8, "2025-12-31T08:00", "2026-01-13"),
        # Giỗ Tổ fell on a Sunday and is made up for on Monday; then 30 April and 1 May.
        (3, "2026-04-24T17:30", "2026-05-04"),
    ],
)
def test_working_days_counted_by_hand(amount: int, start: str, expected: str) -> None:
    result = due(amount, DAYS, start)
    assert result.due_date.isoformat() == expected
    assert result.due_at == at(f"{expected}T23:59:59")
    assert result.target_at == at(f"{expected}T17:30:00")


def test_what_was_left_out_is_told_with_its_reason() -> None:
    result = due(10, DAYS, "2026-08-21T16:45")
    assert left_out(result) == [
        ("2026-08-23T00:00", "2026-08-23T23:59", "Chủ nhật"),
        ("2026-08-29T00:00", "2026-08-30T23:59", "thứ Bảy, Chủ nhật"),
        ("2026-08-31T00:00", "2026-08-31T23:59", "ngày nghỉ hoán đổi"),
        ("2026-09-01T00:00", "2026-09-02T23:59", "Quốc khánh"),
        ("2026-09-05T00:00", "2026-09-06T23:59", "thứ Bảy, Chủ nhật"),
    ]
    assert [(item.day.isoformat(), item.reason) for item in result.counted_specially] == [("2026-08-22", "ngày làm bù")]


def test_a_pause_leaves_out_the_days_after_its_first_up_to_its_last() -> None:
    # Without the pause: 24, 25, 26, 27, 28 Aug. 25 and 26 are left out, 24 and 27 are counted.
    assert due(5, DAYS, "2026-08-22T09:00").due_date == dt.date(2026, 8, 28)
    result = due(5, DAYS, "2026-08-22T09:00", ("2026-08-24T10:00", "2026-08-26T16:00"))
    assert result.due_date == dt.date(2026, 9, 4)
    assert ("2026-08-25T00:00", "2026-08-26T23:59", "tạm dừng") in left_out(result)


@pytest.mark.parametrize(
    "pause",
    [
        ("2026-08-24T10:00", "2026-08-24T16:00"),  # within one day
        ("2026-08-24T10:00", "2026-08-24T10:00"),  # empty
        ("2026-08-10T10:00", "2026-08-20T16:00"),  # over before the start
        ("2026-08-28T08:00", "2026-09-20T16:00"),  # from the last day on
        ("2026-08-28T08:00", None),  # from the last day on, and still open
    ],
)
def test_a_pause_that_leaves_out_no_day_changes_nothing(pause: tuple[str, str | None]) -> None:
    result = due(5, DAYS, "2026-08-22T09:00", pause)
    assert result.due_date == dt.date(2026, 8, 28)
    assert all(item.kind != "pause" for item in result.skipped)


def test_a_pause_from_before_the_start_and_overlapping_pauses_count_once() -> None:
    result = due(
        3, DAYS, "2026-03-03T09:00", ("2026-03-01T10:00", "2026-03-04T16:00"), ("2026-03-04T09:00", "2026-03-06T09:00")
    )
    assert result.due_date == dt.date(2026, 3, 11)
    assert left_out(result)[0][:2] == ("2026-03-04T00:00", "2026-03-06T23:59")


def test_two_pauses_of_the_same_day_border() -> None:
    # The first ends and the second begins on 4 March: 3-4 and 5-6 March are left out.
    result = due(
        2, DAYS, "2026-03-02T09:00", ("2026-03-02T10:00", "2026-03-04T09:00"), ("2026-03-04T15:00", "2026-03-06T09:00")
    )
    assert result.due_date == dt.date(2026, 3, 10)


def test_an_open_pause_stops_the_term() -> None:
    with pytest.raises(StandsStillError) as caught:
        due(5, DAYS, "2026-08-22T09:00", ("2026-08-25T10:00", None))
    assert caught.value.since == at("2026-08-25T10:00")
    with pytest.raises(StandsStillError):
        due(8, HOURS, "2026-08-24T09:00", ("2026-08-24T10:00", None))
    with pytest.raises(StandsStillError):
        due(8, CALENDAR_DAYS, "2026-08-24T09:00", ("2026-08-24T10:00", None))


@pytest.mark.parametrize(
    ("amount", "start", "expected"),
    [
        (4, "2026-03-02T08:00", "2026-03-02T12:00"),
        (4, "2026-03-02T07:00", "2026-03-02T12:00"),
        (8, "2026-03-02T08:00", "2026-03-02T17:30"),
        (4, "2026-03-02T10:00", "2026-03-02T15:30"),
        (4, "2026-03-02T12:00", "2026-03-02T17:30"),
        (4, "2026-03-02T12:45", "2026-03-02T17:30"),
        (4, "2026-03-02T17:30", "2026-03-03T12:00"),
        (4, "2026-03-02T22:10", "2026-03-03T12:00"),
        # Friday afternoon, and Saturday is worked in exchange.
        (8, "2026-08-21T16:45", "2026-08-22T16:45"),
        # From Friday over a weekend and three days off.
        (4, "2026-08-28T16:45", "2026-09-03T11:15"),
        (1, "2026-08-30T03:00", "2026-09-03T09:00"),
    ],
)
def test_working_hours_counted_by_hand(amount: int, start: str, expected: str) -> None:
    result = due(amount, HOURS, start)
    assert result.due_at == result.target_at == at(expected)
    assert result.due_date == at(expected).date()


def test_seconds_are_kept_in_working_hours() -> None:
    assert due(1, HOURS, "2026-03-02T17:00:20").due_at == at("2026-03-03T08:30:20")


def test_a_pause_leaves_out_the_working_time_in_it() -> None:
    result = due(4, HOURS, "2026-03-02T08:00", ("2026-03-02T09:00", "2026-03-02T10:30"))
    assert result.due_at == at("2026-03-02T15:00")  # 1 h before noon, 1.5 h until noon, then 1.5 h
    assert left_out(result) == [("2026-03-02T09:00", "2026-03-02T10:30", "tạm dừng")]
    # Over lunch only the half hour before it is lost.
    assert due(4, HOURS, "2026-03-02T08:00", ("2026-03-02T11:30", "2026-03-02T13:30")).due_at == at("2026-03-02T14:00")
    # A pause that covers days off is told once, for the whole of its time.
    result = due(4, HOURS, "2026-03-06T16:30", ("2026-03-06T17:00", "2026-03-09T09:00"))
    assert result.due_at == at("2026-03-09T14:00")
    assert left_out(result) == [("2026-03-06T17:00", "2026-03-09T09:00", "tạm dừng")]


def test_a_pause_that_covers_part_of_the_days_off_divides_them() -> None:
    result = due(4, HOURS, "2026-03-06T16:30", ("2026-03-07T12:00", "2026-03-09T09:00"))
    assert left_out(result) == [
        ("2026-03-07T00:00", "2026-03-07T12:00", "thứ Bảy, Chủ nhật"),
        ("2026-03-07T12:00", "2026-03-09T09:00", "tạm dừng"),
    ]


@pytest.mark.parametrize(
    ("amount", "start", "expected"),
    [
        (5, "2026-03-02T23:00", "2026-03-09"),  # the 7th is a Saturday
        (4, "2026-03-02T08:00", "2026-03-06"),
        (8, "2026-08-14T08:00", "2026-08-22"),  # a Saturday that is worked
        (7, "2026-08-24T08:00", "2026-09-03"),  # 31 Aug, then two holidays
        (20, "2026-01-25T08:00", "2026-02-23"),  # 14 Feb: all of Tết
    ],
)
def test_calendar_days_move_from_a_day_off_to_the_next_working_day(amount: int, start: str, expected: str) -> None:
    result = due(amount, CALENDAR_DAYS, start)
    assert result.due_date.isoformat() == expected
    assert result.due_at == at(f"{expected}T23:59:59")


def test_calendar_days_tell_only_the_days_off_at_the_end() -> None:
    assert left_out(due(5, CALENDAR_DAYS, "2026-03-02T08:00")) == [
        ("2026-03-07T00:00", "2026-03-08T23:59", "thứ Bảy, Chủ nhật")
    ]
    assert left_out(due(8, CALENDAR_DAYS, "2026-03-02T08:00")) == []


def test_half_and_eighty_percent_of_the_working_time() -> None:
    result = due(10, DAYS, "2026-03-02T09:00")  # 3 to 16 March
    assert result.half_at == at("2026-03-09T17:30")
    assert result.eighty_at == at("2026-03-12T17:30")
    result = due(5, DAYS, "2026-03-02T09:00")
    assert result.half_at == at("2026-03-05T12:00")
    result = due(8, HOURS, "2026-03-02T08:00", ("2026-03-02T08:00", "2026-03-03T08:00"))
    assert result.half_at == at("2026-03-03T12:00")
    assert result.eighty_at == at("2026-03-03T15:54")


def test_an_extension_adds_to_the_term() -> None:
    assert due(5, DAYS, "2026-08-14T09:00", extension=10) == due(15, DAYS, "2026-08-14T09:00")
    assert due(4, HOURS, "2026-03-02T08:00", extension=4).due_at == at("2026-03-02T17:30")


def test_a_start_in_another_zone_is_taken_to_vietnamese_time() -> None:
    utc = dt.datetime(2026, 8, 20, 17, 30, 12, 999_999, tzinfo=dt.UTC)  # 00:30 on the 21st in Hà Nội
    assert compute(Term(1, DAYS), utc, CITY).due_date == dt.date(2026, 8, 22)
    assert compute(Term(1, DAYS), utc, CITY).start == at("2026-08-21T00:30:12")


def test_late_is_judged_in_whole_seconds() -> None:
    end = due(1, DAYS, "2026-08-21T09:00").due_at
    assert not is_late(end, end + dt.timedelta(microseconds=999_999))
    assert is_late(end, end + dt.timedelta(seconds=1))


def test_a_promised_date_is_kept_as_it_is() -> None:
    result = on_date(dt.date(2026, 3, 13), at("2026-03-02T17:30"), CITY)
    assert (result.due_at, result.target_at) == (at("2026-03-13T23:59:59"), at("2026-03-13T17:30"))
    assert result.half_at == at("2026-03-09T12:00")  # nine working days: the middle of the fifth
    sunday = on_date(dt.date(2026, 3, 8), at("2026-03-07T09:00"), CITY)
    assert sunday.due_date == dt.date(2026, 3, 8)
    assert sunday.half_at == sunday.due_at
    with pytest.raises(TermError):
        on_date(dt.date(2026, 3, 1), at("2026-03-02T09:00"), CITY)
    over = on_date(dt.date(2026, 2, 27), at("2026-03-02T09:00"), CITY, past=True)
    assert over.start == at("2026-03-02T09:00") and over.due_at == over.half_at == at("2026-02-27T23:59:59")


# --- what cannot be counted ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, -1, 10_001, True, 1.5])
def test_amounts_out_of_range_are_refused(amount: Any) -> None:
    with pytest.raises(TermError):
        Term(amount, DAYS)


def test_impossible_input_is_refused() -> None:
    with pytest.raises(TermError):
        compute(Term(1, DAYS), dt.datetime(2026, 8, 21, 9), CITY)  # noqa: DTZ001
    with pytest.raises(TermError):
        due(1, DAYS, "2026-08-21T09:00", ("2026-08-24T10:00", "2026-08-23T10:00"))
    with pytest.raises(TermError):
        due(1, DAYS, "2026-08-21T09:00", extension=-1)
    with pytest.raises(TermError):
        due(1, DAYS, "9999-12-31T09:00")
    with pytest.raises(ValueError, match="not a valid"):
        Term(1, "weeks")  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", list(Unit))
def test_a_calendar_without_work_is_refused_instead_of_counting_for_ever(unit: Unit) -> None:
    off = {dt.date(2026, 1, 1) + dt.timedelta(days=n): DayNote("closed") for n in range(5000)}
    with pytest.raises(TermError):
        compute(Term(1, unit), at("2026-01-01T09:00"), WorkCalendar(BARE.hours, off))


def test_a_calendar_must_make_sense() -> None:
    day = dt.date(2026, 1, 1)
    with pytest.raises(TermError):
        WorkCalendar(())
    with pytest.raises(TermError):
        WorkCalendar(BARE.hours, {day: DayNote("a")}, {day: DayNote("b")})
    for text in ("", "08:00", "08:00-07:00", "08:00-12:00,11:00-13:00", "8-12", "08:61-12:00", "08:00-24:01"):
        with pytest.raises(TermError):
            Hours(day, parse_periods(text))
    with pytest.raises(TermError):
        Hours(day, ((480, 720),), frozenset({0}))


def test_hours_change_by_date() -> None:
    calendar = WorkCalendar(
        (
            Hours(dt.date(2026, 4, 15), parse_periods("07:00-11:30,13:30-17:00")),
            Hours(dt.date(2025, 1, 1), parse_periods("08:00-12:00,13:00-17:00"), frozenset({1, 2, 3, 4, 5, 6})),
        )
    )
    assert compute(Term(1, HOURS), at("2026-04-14T16:30"), calendar).due_at == at("2026-04-15T07:30")
    assert calendar.is_working(dt.date(2026, 4, 11))
    assert not calendar.is_working(dt.date(2026, 4, 18))
    assert calendar.is_working(dt.date(2020, 4, 18))  # the oldest hours hold for the time before them
    assert format_periods(calendar.hours[1].periods) == "07:00-11:30,13:30-17:00"


def test_a_day_worked_until_midnight() -> None:
    calendar = WorkCalendar((Hours(dt.date(2026, 1, 1), parse_periods("20:00-24:00")),))
    result = compute(Term(4, HOURS), at("2026-03-02T08:00"), calendar)
    assert result.due_at == at("2026-03-02T23:59:59")
    assert result.due_date == dt.date(2026, 3, 2)


def test_openings() -> None:
    assert CITY.next_opening(at("2026-08-21T16:45")) == at("2026-08-21T16:45")
    assert CITY.next_opening(at("2026-08-21T12:10")) == at("2026-08-21T13:30")
    assert CITY.next_opening(at("2026-08-22T17:30")) == at("2026-08-24T08:00")
    assert CITY.is_open(at("2026-08-22T08:00"))
    assert not CITY.is_open(at("2026-08-22T12:00"))
    assert not CITY.is_open(at("2026-08-31T09:00"))
    assert CITY.next_working_day(dt.date(2026, 8, 28)) == dt.date(2026, 9, 3)
    assert CITY.working_days_between(dt.date(2026, 8, 28), dt.date(2026, 9, 4)) == 2
    assert CITY.working_days_between(dt.date(2026, 9, 4), dt.date(2026, 9, 4)) == 0


# --- against the slow way --------------------------------------------------------------------------------------------

ORIGIN = dt.date(2026, 1, 1)
some_day = st.integers(0, 40).map(lambda n: ORIGIN + dt.timedelta(days=n))
some_minute = st.integers(0, 40 * 1440).map(
    lambda n: dt.datetime.combine(ORIGIN, dt.time(), ZONE) + dt.timedelta(minutes=n)
)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkCalendar, slow.Wall]:
    """One calendar twice: as the package has it and as it hangs on the wall."""
    cuts = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    rest = draw(st.sets(st.integers(0, 6), max_size=5))
    red = draw(st.sets(some_day, max_size=12))
    worked = draw(st.sets(some_day, max_size=6)) - red
    wall = slow.Wall(
        times=[((a // 60, a % 60), (b // 60, b % 60)) for a, b in pairs], rest=rest, red=set(red), worked=set(worked)
    )
    return (
        WorkCalendar(
            (Hours(dt.date(2020, 1, 1), tuple(pairs), frozenset(range(1, 8)) - {n + 1 for n in rest}),),
            {day: DayNote(f"off {day.month}") for day in red},
            {day: DayNote("made up") for day in worked},
        ),
        wall,
    )


@st.composite
def stops(draw: st.DrawFn) -> list[tuple[dt.datetime, dt.datetime]]:
    result = []
    for _ in range(draw(st.integers(0, 4))):
        a, b = sorted((draw(some_minute), draw(some_minute)))
        result.append((a, b))
    return result


def pauses_of(times: list[tuple[dt.datetime, dt.datetime]]) -> list[Pause]:
    return [Pause(a, b, f"pause {n}") for n, (a, b) in enumerate(times)]


slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(calendars(), st.dates(dt.date(2024, 11, 1), dt.date(2027, 2, 28)), st.integers(-10, 500))
def test_working_days_between_counts_each_day(made: tuple[WorkCalendar, slow.Wall], after: dt.date, days: int) -> None:
    calendar = made[0]
    counted = sum(calendar.is_working(after + dt.timedelta(days=n)) for n in range(1, days + 1))
    assert calendar.working_days_between(after, after + dt.timedelta(days=days)) == counted


@given(calendars(), st.integers(1, 30), some_minute, stops(), st.integers(0, 5))
def test_working_days_as_the_slow_way_counts_them(
    both: tuple[WorkCalendar, slow.Wall], amount: int, start: dt.datetime, times: slow.Stops, extension: int
) -> None:
    calendar, wall = both
    result = compute(Term(amount, DAYS), start, calendar, pauses_of(times), extension)
    last, skipped = slow.end_of_working_days(amount + extension, start, wall, times)
    assert result.due_date == last
    assert result.due_at == dt.datetime.combine(last, dt.time(23, 59, 59), ZONE)
    # Every day after the first is either counted or told once, in order.
    told = [
        item.first_day + dt.timedelta(days=n)
        for item in result.skipped
        for n in range((item.last_day - item.first_day).days + 1)
    ]
    assert told == skipped
    assert {item.day for item in result.counted_specially} == {
        day for day in wall.worked if start.date() < day <= last and day not in skipped
    }
    for item in result.skipped:
        days = [item.first_day + dt.timedelta(days=n) for n in range((item.last_day - item.first_day).days + 1)]
        stopped = [slow.day_is_stopped(day, times) for day in days]
        assert all(stopped) if item.kind == "pause" else not any(stopped)


@slowly
@given(calendars(), st.integers(1, 6), some_minute, stops())
def test_half_and_eighty_percent_as_the_slow_way_counts_them(
    both: tuple[WorkCalendar, slow.Wall], amount: int, start: dt.datetime, times: slow.Stops
) -> None:
    calendar, wall = both
    result = compute(Term(amount, DAYS), start, calendar, pauses_of(times))
    last, skipped = slow.end_of_working_days(amount, start, wall, times)
    days = [start.date() + dt.timedelta(days=n) for n in range(1, (last - start.date()).days + 1)]
    minutes = slow.worked_minutes_of_days([day for day in days if day not in skipped], wall, ZONE)
    for mark, share in ((result.half_at, 0.5), (result.eighty_at, 0.8)):
        passed = sum(1 for minute in minutes if minute + slow.ONE_MINUTE <= mark)
        assert passed <= share * len(minutes) < passed + 1 + 1e-9


@slowly
@given(calendars(), st.integers(1, 40), some_minute, stops())
def test_calendar_days_as_the_slow_way_counts_them(
    both: tuple[WorkCalendar, slow.Wall], amount: int, start: dt.datetime, times: slow.Stops
) -> None:
    calendar, wall = both
    result = compute(Term(amount, CALENDAR_DAYS), start, calendar, pauses_of(times))
    assert result.due_date == slow.end_of_calendar_days(amount, start, wall, times)


@settings(slowly, max_examples=60)
@given(calendars(), st.integers(1, 20), some_minute, stops())
def test_working_hours_as_the_slow_way_counts_them(
    both: tuple[WorkCalendar, slow.Wall], amount: int, start: dt.datetime, times: slow.Stops
) -> None:
    calendar, wall = both
    if sum((b[0] - a[0]) * 60 + b[1] - a[1] for a, b in wall.times) < 30:
        amount = 1  # keep the watch from running for months
    result = compute(Term(amount, HOURS), start, calendar, pauses_of(times))
    assert result.due_at == slow.end_of_working_minutes(amount * 60, start, wall, times)
    assert result.half_at == slow.end_of_working_minutes(amount * 30, start, wall, times)
    assert result.eighty_at == slow.end_of_working_minutes(amount * 48, start, wall, times)
    # What was left out lies between start and end, in order, without overlap, and holds no minute that was worked.
    before = None
    for item in result.skipped:
        assert item.start < item.end
        assert before is None or before <= item.start
        before = item.end
        if item.kind != "pause":
            day = item.first_day
            while day <= item.last_day:
                assert not wall.works(day)
                day += slow.ONE_DAY


@slowly
@given(st.integers(1, 60), some_minute, stops(), st.sampled_from([DAYS, HOURS, CALENDAR_DAYS]))
def test_what_is_stored_says_the_same_as_what_was_computed(
    amount: int, start: dt.datetime, times: slow.Stops, unit: Unit
) -> None:
    result = compute(Term(amount, unit), start, CITY, pauses_of(times))
    assert Due.from_json(result.to_json()) == result


@slowly
@given(st.integers(1, 60), some_minute, stops(), st.sampled_from([DAYS, HOURS, CALENDAR_DAYS]), st.integers(1, 10))
def test_more_time_never_ends_sooner(
    amount: int, start: dt.datetime, times: slow.Stops, unit: Unit, extension: int
) -> None:
    plain = compute(Term(amount, unit), start, CITY)
    paused = compute(Term(amount, unit), start, CITY, pauses_of(times))
    longer = compute(Term(amount, unit), start, CITY, pauses_of(times), extension)
    assert start < plain.due_at <= paused.due_at <= longer.due_at
    assert paused.half_at <= paused.eighty_at <= paused.target_at <= paused.due_at
