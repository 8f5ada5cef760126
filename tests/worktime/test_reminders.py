"""Reminders: at the right moments, to the right people, and never twice."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import packaged, reminding, services
from langnghe.worktime.models import Deadline, Reminder
from langnghe.worktime.rules import Term, Unit, compute
from tests.worktime.conftest import at, load, rule

Opener = Callable[..., Deadline]
CITY = packaged.calendar()
Row = tuple[str, str, str]

# Ten working days from Monday, 2 March 2026: 3 to 16 March.
TEN_DAYS: list[Row] = [
    ("2026-03-09", "half", "handler"),
    ("2026-03-12", "eighty", "handler"),
    ("2026-03-16", "due", "handler"),
    ("2026-03-16", "due", "head"),
    ("2026-03-17", "overdue", "city_office"),
    ("2026-03-17", "overdue", "handler"),
    ("2026-03-18", "overdue", "city_office"),
    ("2026-03-18", "overdue", "handler"),
    ("2026-03-19", "overdue", "city_office"),
    ("2026-03-19", "overdue", "handler"),
    ("2026-03-20", "overdue", "city_office"),
    ("2026-03-20", "overdue", "handler"),
    # 21 and 22 March are a weekend.
    ("2026-03-23", "overdue", "city_office"),
    ("2026-03-23", "overdue", "handler"),
]


def rows() -> list[Row]:
    return sorted((str(item.day), str(item.step), str(item.audience)) for item in Reminder.objects.all())


def ten_days(subject: int = 1) -> Deadline:
    by = rule("reply")  # ten working days
    return services.open_deadline(
        kind="case", subject_id=subject, step="reply", rule=by, start=at("2026-03-02T09:00"), agency_id=7
    )


def run_every(hours: int, first: str, last: str) -> None:
    now = at(first)
    while now <= at(last):
        for item in services.plan_reminders(at=now):
            assert item.created_at == now
            with transaction.atomic():
                assert services.mark_handled(item.pk, now)
        now += dt.timedelta(hours=hours)


@pytest.mark.django_db
def test_every_mark_is_reminded_of_once(city: None) -> None:
    ten_days()
    run_every(1, "2026-03-02T09:00", "2026-03-23T23:00")
    assert rows() == TEN_DAYS
    by_mark = {(str(item.day), item.step): item.created_at for item in Reminder.objects.all()}
    assert by_mark["2026-03-09", "half"] == at("2026-03-09T18:00")  # half is at 17:30
    assert by_mark["2026-03-16", "due"] == at("2026-03-16T18:00")  # the close of work
    assert by_mark["2026-03-17", "overdue"] == at("2026-03-17T08:00")  # the opening of work


@pytest.mark.django_db
def test_working_hours_are_reminded_of_at_their_moments(city: None, open_one: Opener) -> None:
    open_one("field-answer-urgent", "2026-03-02T08:00")
    seen = []
    now = at("2026-03-02T08:00")
    while now <= at("2026-03-03T09:00"):
        seen += [(f"{now:%d %H:%M}", item.step, item.audience) for item in services.plan_reminders(at=now)]
        Reminder.objects.update(handled_at=now)
        now += dt.timedelta(minutes=1)
    assert seen == [
        ("02 10:00", "half", "handler"),
        ("02 11:12", "eighty", "handler"),
        ("02 12:00", "due", "handler"),
        ("02 12:00", "due", "head"),
        ("03 08:00", "overdue", "handler"),
        ("03 08:00", "overdue", "city_office"),
    ]


@pytest.mark.django_db
def test_after_a_standstill_everyone_gets_the_latest_only(city: None) -> None:
    ten_days()
    services.plan_reminders(at=at("2026-03-20T10:00"))
    assert rows() == [
        ("2026-03-16", "due", "head"),
        ("2026-03-20", "overdue", "city_office"),
        ("2026-03-20", "overdue", "handler"),
    ]
    # On a Saturday nobody is told of the days that were missed.
    ten_days(subject=2)
    services.plan_reminders(at=at("2026-03-21T10:00"))
    assert [row for row in rows() if row not in TEN_DAYS] == []
    assert Reminder.objects.filter(deadline__subject_id=2).count() == 2  # due: the handler and the head
    services.plan_reminders(at=at("2026-03-23T10:00"))
    assert Reminder.objects.filter(deadline__subject_id=2, step="due").count() == 2


@pytest.mark.django_db
def test_what_nobody_took_gives_way_to_the_next(city: None) -> None:
    ten_days()
    [half] = services.plan_reminders(at=at("2026-03-10T09:00"))
    [eighty] = services.plan_reminders(at=at("2026-03-13T09:00"))
    assert (half.step, eighty.step) == ("half", "eighty")
    assert not services.mark_handled(half.pk, at("2026-03-13T09:01"))
    # It is returned until somebody takes it, and can be taken once.
    assert services.plan_reminders(at=at("2026-03-13T10:00")) == [eighty]
    assert services.mark_handled(eighty.pk, at("2026-03-13T10:00"))
    assert not services.mark_handled(eighty.pk, at("2026-03-13T10:00"))
    assert services.plan_reminders(at=at("2026-03-13T11:00")) == []


@pytest.mark.django_db
def test_paused_and_closed_deadlines_are_not_reminded_of(city: None) -> None:
    ten_days()
    ten_days(subject=2)
    waiting = services.plan_reminders(at=at("2026-03-10T09:00"))
    assert len(waiting) == 2
    services.pause(kind="case", subject_id=1, at=at("2026-03-10T10:00"), reason="chờ")
    services.meet(kind="case", subject_id=2, steps=["reply"], at=at("2026-03-10T10:00"))
    assert not any(services.mark_handled(item.pk, at("2026-03-10T10:01")) for item in waiting)
    assert services.plan_reminders(at=at("2026-03-30T09:00")) == []
    assert Reminder.objects.count() == 2
    # Four days are left after the pause: 31 March to 3 April; 80 % of the ten is over at the end of 1 April.
    services.resume(kind="case", subject_id=1, at=at("2026-03-30T10:00"))
    deadline = Deadline.objects.get(subject_id=1)
    assert deadline.due_date == dt.date(2026, 4, 3)
    assert services.plan_reminders(at=at("2026-03-30T10:01")) == []
    [eighty] = services.plan_reminders(at=deadline.eighty_at)
    assert (eighty.step, eighty.day) == ("eighty", dt.date(2026, 4, 1))


@pytest.mark.django_db
def test_an_extended_term_is_reminded_of_anew_but_not_of_what_is_past(city: None) -> None:
    deadline = ten_days()
    run_every(1, "2026-03-02T09:00", "2026-03-17T18:00")
    services.extend(deadline_id=deadline.pk, amount=10, at=at("2026-03-18T07:00"))
    # Twenty days: until 30 March; half was over on 16 March, before the extension.
    run_every(1, "2026-03-18T07:00", "2026-03-31T18:00")
    assert rows()[6:] == [
        ("2026-03-24", "eighty", "handler"),
        ("2026-03-30", "due", "handler"),
        ("2026-03-30", "due", "head"),
        ("2026-03-31", "overdue", "city_office"),
        ("2026-03-31", "overdue", "handler"),
    ]


@pytest.mark.django_db
def test_an_extension_does_not_remind_at_once_of_a_half_that_moved(city: None) -> None:
    deadline = ten_days()
    run_every(1, "2026-03-02T09:00", "2026-03-11T09:00")
    # Twelve days: half was over on 10 March at the close of work, which is past.
    services.extend(deadline_id=deadline.pk, amount=2, at=at("2026-03-11T10:00"))
    assert Deadline.objects.get().half_at == at("2026-03-10T17:30")
    run_every(1, "2026-03-11T10:00", "2026-03-13T09:00")
    assert rows() == [("2026-03-09", "half", "handler")]


@pytest.mark.django_db
def test_a_reminder_that_waits_outlives_a_short_pause(city: None) -> None:
    ten_days()
    [half] = services.plan_reminders(at=at("2026-03-10T09:00"))
    services.pause(kind="case", subject_id=1, at=at("2026-03-10T10:00"), reason="chờ")
    services.resume(kind="case", subject_id=1, at=at("2026-03-10T10:30"))
    assert services.plan_reminders(at=at("2026-03-10T11:00")) == [half]
    assert services.mark_handled(half.pk, at("2026-03-10T11:00"))


@pytest.mark.django_db
def test_a_case_that_is_entered_late_gets_only_what_is_owed_now(city: None) -> None:
    services.open_deadline(
        kind="case", subject_id=1, step="answer", rule=rule("admin-answer"), start=at("2026-03-02T09:00"), agency_id=7
    )
    assert [item.step for item in services.plan_reminders(at=at("2026-03-20T09:00"))] == ["eighty"]


@pytest.mark.django_db
def test_a_day_that_becomes_a_working_day_is_reminded_on(city: None) -> None:
    ten_days()
    run_every(1, "2026-03-16T09:00", "2026-03-20T18:00")
    saturday = dt.date(2026, 3, 21)
    services.set_day(day=saturday, kind="working", reason="ngày làm bù", actor=SYSTEM, at=at("2026-03-20T19:00"))
    run_every(1, "2026-03-20T20:00", "2026-03-23T07:00")
    assert rows()[-2:] == [("2026-03-21", "overdue", "city_office"), ("2026-03-21", "overdue", "handler")]


@pytest.mark.django_db
def test_planning_costs_the_same_for_one_and_for_many(city: None) -> None:
    def cost(subjects: range, now: str) -> int:
        for subject in subjects:
            ten_days(subject)
        with CaptureQueriesContext(connection) as queries:
            services.plan_reminders(at=at(now))
        return len(queries)

    assert cost(range(1, 2), "2026-03-10T09:00") == cost(range(2, 60), "2026-03-10T09:01")
    assert Reminder.objects.count() == 59


@pytest.mark.django_db(transaction=True)
def test_planners_that_run_at_once_and_crash_never_remind_twice() -> None:
    load()
    for subject in range(40):
        ten_days(subject)
    taken: list[tuple[int, int]] = []
    problems: list[BaseException] = []
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        try:
            for day in ("10T09:00", "13T09:00", "16T18:00", "17T09:00", "17T10:00", "18T09:00"):
                now = at(f"2026-03-{day}")
                barrier.wait()
                if number == 0:
                    # A process that dies in the middle leaves nothing behind.
                    with transaction.atomic():
                        services.plan_reminders(at=now)
                        transaction.set_rollback(True)
                for item in services.plan_reminders(at=now):
                    with transaction.atomic():
                        if services.mark_handled(item.pk, now):
                            taken.append((item.pk, number))
                barrier.wait()
        except BaseException as problem:
            problems.append(problem)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len({pk for pk, _number in taken}) == len(taken)
    expected = sorted(row for row in TEN_DAYS if row[0] <= "2026-03-18")
    for subject in range(40):
        found = Reminder.objects.filter(deadline__subject_id=subject)
        assert sorted((str(item.day), item.step, item.audience) for item in found) == expected
    assert Reminder.objects.filter(handled_at=None, dropped_at=None).count() == 0


# --- the marks themselves --------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(
    st.integers(1, 12),
    st.sampled_from(list(Unit)),
    st.integers(0, 40 * 1440),
    st.lists(st.integers(0, 60 * 1440), min_size=1, max_size=30),
)
def test_however_often_one_looks_the_marks_come_in_order_and_once(
    amount: int, unit: Unit, minute: int, looks: list[int]
) -> None:
    start = at("2026-01-05T00:00") + dt.timedelta(minutes=minute)
    due = compute(Term(amount, unit), start, CITY)
    marks = reminding.Marks(due.half_at, due.eighty_at, due.target_at, due.due_date, start)
    done: dict[str, reminding.Mark] = {}
    for look in sorted(looks):
        now = start + dt.timedelta(minutes=look)
        owed = reminding.owed(marks, now, CITY)
        assert len({mark.audience for mark in owed}) == len(owed)
        for mark in owed:
            before = done.get(mark.audience)
            # What is owed now never lies before what was owed then.
            assert before is None or mark.order >= before.order or mark.step == "due"
            if before is None or mark.order > before.order:
                done[mark.audience] = mark
            assert mark.day <= now.date()
            if mark.step == "overdue":
                assert CITY.is_working(mark.day)
                assert mark.day > due.due_date
        # Nothing is owed anew before the next mark.
        soon = reminding.next_mark(marks, now, CITY)
        assert soon > now
        assert reminding.owed(marks, soon - dt.timedelta(seconds=1), CITY) in (owed, _without_today(owed))
        assert reminding.owed(marks, soon, CITY) != owed


def _without_today(owed: list[reminding.Mark]) -> list[reminding.Mark]:
    """What stays owed on a day off after a day that was reminded on."""
    rest = [mark for mark in owed if mark.step != "overdue"]
    due = next((mark for mark in rest if mark.step == "due"), None)
    return rest if due is None else [reminding.Mark("due", due.day, "handler"), due]


def test_marks_from_before_an_extension_are_not_owed() -> None:
    due = compute(Term(12, Unit.WORKING_DAYS), at("2026-03-02T09:00"), CITY)
    now = at("2026-03-11T10:00")
    for remind_from, steps in ((due.start, ["half"]), (now, [])):
        marks = reminding.Marks(due.half_at, due.eighty_at, due.target_at, due.due_date, remind_from)
        assert [mark.step for mark in reminding.owed(marks, now, CITY)] == steps
        assert reminding.next_mark(marks, now, CITY) == due.eighty_at
