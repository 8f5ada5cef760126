"""Reads of working time. Each process keeps calendar and rules, with a cheap check that they are still current."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from langnghe.worktime import format as words
from langnghe.worktime import rules
from langnghe.worktime.errors import NoCalendarError
from langnghe.worktime.models import (
    CITY,
    RUNNING,
    Calendar,
    CalendarDay,
    CalendarYear,
    DayKind,
    Deadline,
    DeadlineRule,
    DeadlineState,
    Notice,
    Reminder,
    Version,
)
from langnghe.worktime.reminding import OVERDUE, TODAY
from langnghe.worktime.rules import DayNote, Due, Hours, Pause, WorkCalendar, parse_periods

FRESH_SECONDS = 2.0
"""For how long a process uses its copy of calendar and rules before it asks whether they changed."""


@dataclass(slots=True)
class _Known:
    tokens: dict[str, UUID]
    until: float
    calendars: dict[str, WorkCalendar] = field(default_factory=dict)
    rules: tuple[DeadlineRule, ...] | None = None


_known: _Known | None = None
_lock = threading.Lock()


def forget() -> None:
    """Read calendar and rules again the next time they are needed."""
    global _known
    _known = None


def _current() -> _Known:
    """What this process knows; one query for the version when the last check is older than FRESH_SECONDS."""
    global _known
    known = _known
    if known is not None and time.monotonic() < known.until:
        return known
    tokens = dict(Version.objects.values_list("name", "token"))
    with _lock:
        fresh = _Known(tokens, time.monotonic() + FRESH_SECONDS)
        if known is not None and tokens:
            if known.tokens.get("calendars") == tokens.get("calendars"):
                fresh.calendars = known.calendars
            if known.tokens.get("rules") == tokens.get("rules"):
                fresh.rules = known.rules
        _known = fresh
    return fresh


# --- calendar -------------------------------------------------------------------------------------------------------


def calendar(code: str = CITY) -> WorkCalendar:
    """A calendar to count with, kept by the process. Raises NoCalendarError when it is not loaded or has no hours."""
    known = _current()
    found = known.calendars.get(code)
    if found is None:
        found = known.calendars[code] = _load(code)
    return found


def _load(code: str) -> WorkCalendar:
    row = Calendar.objects.prefetch_related("hours", "days").filter(code=code).first()
    hours = [] if row is None else list(row.hours.all())
    if row is None or not hours:
        raise NoCalendarError("no_calendar", _("Chưa có lịch làm việc “%(code)s”.") % {"code": code})
    off: dict[date, DayNote] = {}
    working: dict[date, DayNote] = {}
    for day in row.days.all():
        notes = off if day.kind == DayKind.OFF else working
        notes[day.date] = DayNote(day.reason, day.reason_en, day.confirmed)
    return WorkCalendar(
        tuple(Hours(item.valid_from, parse_periods(item.periods), frozenset(item.weekdays)) for item in hours),
        off,
        working,
    )


def next_opening(at: datetime) -> datetime:
    """The moment itself in working hours, else the next opening of the offices."""
    return calendar().next_opening(at)


@dataclass(frozen=True, slots=True)
class MissingYear:
    """A year that the calendar cannot be relied on for."""

    year: int
    status: Literal["missing", "unconfirmed"]

    @property
    def message(self) -> str:
        """The warning for the administrator."""
        if self.status == "missing":
            return _("Chưa có lịch làm việc năm %(year)s. Thời hạn rơi vào năm đó sẽ tính sai.") % {"year": self.year}
        return _("Lịch làm việc năm %(year)s chưa được xác nhận theo thông báo chính thức.") % {"year": self.year}


def missing_years(today: date, code: str = CITY) -> list[MissingYear]:
    """This year and the next, where the calendar lacks them or nobody has confirmed them. One query."""
    wanted = (today.year, today.year + 1)
    known = dict(CalendarYear.objects.filter(calendar__code=code, year__in=wanted).values_list("year", "confirmed"))
    return [
        MissingYear(year, "unconfirmed" if year in known else "missing")
        for year in wanted
        if not known.get(year, False)
    ]


def unconfirmed_days(since: date, code: str = CITY) -> list[CalendarDay]:
    """Days from a date on that rest on a source nobody has confirmed, in order. One query."""
    return list(CalendarDay.objects.filter(calendar__code=code, confirmed=False, date__gte=since).order_by("date"))


def days_of(year: int, code: str = CITY) -> list[CalendarDay]:
    """The days of a year that differ from the working week, in order. One query."""
    return list(CalendarDay.objects.filter(calendar__code=code, date__year=year).order_by("date"))


def days_between(first: date, last: date, code: str = CITY) -> list[CalendarDay]:
    """The days from one to another that differ from the working week, in order. One query."""
    return list(CalendarDay.objects.filter(calendar__code=code, date__gte=first, date__lte=last).order_by("date"))


# --- rules ----------------------------------------------------------------------------------------------------------


def all_rules() -> tuple[DeadlineRule, ...]:
    """Every deadline rule of every time, by code and date, kept by the process. Not to be changed by the caller."""
    known = _current()
    if known.rules is None:
        known.rules = tuple(DeadlineRule.objects.order_by("code", "valid_from"))
    return known.rules


def rule_for(*, step: str, regime: str, urgency: str, on: date) -> DeadlineRule | None:
    """The rule of a step in force on a day: the one that names regime and urgency before one for any; None if none."""
    best: DeadlineRule | None = None
    for rule in all_rules():
        if (
            rule.step == step
            and rule.regime in ("", regime)
            and rule.urgency in ("", urgency)
            and rule.applies_on(on)
            and (best is None or (rule.regime != "", rule.urgency != "") > (best.regime != "", best.urgency != ""))
        ):
            best = rule
    return best


def rule_by_code(code: str, on: date) -> DeadlineRule | None:
    """The rule of a code in force on a day."""
    return next((rule for rule in all_rules() if rule.code == code and rule.applies_on(on)), None)


def due_of(*, rule: DeadlineRule, start: datetime, pauses: Iterable[Pause] = (), extension: int = 0) -> Due:
    """When a term by a rule that begins at `start` ends, on the city's calendar. Nothing is stored."""
    return rules.compute(rule.term, start, calendar(), pauses, extension)


def describe_due(due_at: datetime, *, language: str = "vi") -> str:
    """`hết ngày thứ Ba, 08/09/2026`, or the moment where the term ends within a day."""
    return words.due_moment(due_at, language)


# --- deadlines ------------------------------------------------------------------------------------------------------


def deadlines_of(kind: str, subject_id: int) -> list[Deadline]:
    """All deadlines of a subject, the oldest first, with their rules. One query."""
    return list(
        Deadline.objects.filter(kind=kind, subject_id=subject_id).select_related("rule").order_by("started_at", "id")
    )


def running(kind: str, subject_id: int, step: str) -> Deadline | None:
    """The deadline of a step that is still owed (open or paused). One query."""
    return Deadline.objects.filter(kind=kind, subject_id=subject_id, step=step, state__in=RUNNING).first()


def late(
    *,
    at: datetime,
    agency_id: int | None = None,
    steps: Iterable[str] = (),
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Deadline]:
    """Open deadlines whose time is over, the oldest first, paged by key (`after` is due_at and id of the last seen)."""
    return _page(Q(due_at__lt=rules.local(at)), agency_id, steps, after, limit)


def about_to_be_late(
    *,
    at: datetime,
    agency_id: int | None = None,
    steps: Iterable[str] = (),
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Deadline]:
    """Open deadlines of which 80 % of the time is over but not all of it, the first due first, paged by key."""
    return _page(Q(due_at__gte=rules.local(at), eighty_at__lte=at), agency_id, steps, after, limit)


def _page(
    condition: Q, agency_id: int | None, steps: Iterable[str], after: tuple[datetime, int] | None, limit: int
) -> list[Deadline]:
    found = Deadline.objects.filter(condition, state=DeadlineState.OPEN)
    if agency_id is not None:
        found = found.filter(agency_id=agency_id)
    if names := list(steps):
        found = found.filter(step__in=names)
    if after is not None:
        found = found.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], id__gt=after[1]))
    return list(found.order_by("due_at", "id")[:limit])


def working_days_late(deadline: Deadline, at: datetime) -> int:
    """How many working days a step is late, at its closing or, while it is owed, at `at`; 0 when it is on time."""
    end = deadline.closed_at or at
    if deadline.state == DeadlineState.CANCELLED or not rules.is_late(deadline.due_at, end):
        return 0
    return calendar().working_days_between(deadline.due_date, rules.local(end).date())


def noticed_people(kinds: Collection[str], *, before: datetime) -> list[int]:
    """The people who are owed a digest now: for whom notices of these kinds of subjects wait that were written before a
    moment (the morning's), or that speak of this day or of one before it. One query over what waits."""
    found = Notice.objects.filter(told_at=None, dropped_at=None, reminder__deadline__kind__in=list(kinds))
    found = found.filter(
        Q(reminder__created_at__lt=before)
        | Q(reminder__step__in=[TODAY, OVERDUE])
        | Q(reminder__day__lt=rules.local(before).date())
    )
    return list(found.order_by("person_id").values_list("person_id", flat=True).distinct())


def notices_of(kind: str, subject_id: Any) -> QuerySet[Notice]:
    """Who was told of the terms of a subject (its key, or an expression for it), and when: the latest first. No query
    by itself."""
    found = Notice.objects.filter(
        reminder__deadline__kind=kind, reminder__deadline__subject_id=subject_id, told_at__isnull=False
    )
    return found.order_by("-told_at", "-pk")


def waiting_reminders(limit: int = 1000, *, kinds: Collection[str] = ()) -> list[Reminder]:
    """Reminders that nobody has turned into messages yet (of these kinds of subjects, or of all), the oldest first,
    with their deadlines. One query."""
    found = Reminder.objects.filter(handled_at=None, dropped_at=None, deadline__state=DeadlineState.OPEN)
    if kinds:
        found = found.filter(deadline__kind__in=list(kinds))
    return list(found.select_related("deadline", "deadline__rule").order_by("id")[:limit])
