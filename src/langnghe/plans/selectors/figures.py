"""What is late, and what was done in time, by agency."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from langnghe.agencies.models import RoleAssignment
from langnghe.cases import catalogue
from langnghe.plans import rules
from langnghe.plans.selectors.queues import SOON_DAYS
from langnghe.plans.services.engine import before_counts
from langnghe.plans.workflow import ACTIVE, OPEN_STATES
from langnghe.worktime.rules import end_of_day, local, midnight


@dataclass(frozen=True, slots=True)
class AgencyLate:
    """How many shares of an agency are late or about to be."""

    agency_id: int | None
    name: str
    late: int
    soon: int
    oldest: datetime | None


def late_by_agency(*, at: datetime) -> list[AgencyLate]:
    """For each agency with something late or about to be: how many, and the oldest due; the latest first. One query
    over what is due until then. Bodies outside the city's agencies come together, without a key."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"at": at, "soon": at + timedelta(days=SOON_DAYS)})
        rows = cursor.fetchall()
    return [AgencyLate(key, _name(key), late, soon, oldest) for key, late, soon, oldest in rows]


def _name(agency_id: int | None) -> str:
    agency = catalogue.agency(agency_id)
    return agency.name if agency else ""


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """What was due of an agency in a period, and what became of it."""

    agency_id: int | None
    name: str
    head: str
    figures: rules.OnTime
    extended: int
    """Terms of the period that were extended: they count by their new day."""


def on_time_by_agency(first: date, last: date, *, at: datetime, agency_id: int | None = None) -> list[AgencyFigures]:
    """For each agency (or one of them) what was due from one day to another: in time, late, still owed and late, not
    yet due, lapsed. Each period of a recurring task counts by itself, also those that have passed unsent while an
    earlier one is still owed; what is owed counts as late once its day is over; terms that were over when they were
    given count too, and so do those that had passed when the share was extended, taken back or passed on (who passed it
    on let it lapse, who got it owes it). The head is who leads the agency now. Two queries."""
    rows = _due(first, last, at=at, agency_id=agency_id)
    day = at.date()
    held = RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), role="head", valid_from__lte=day)
    if agency_id is not None:
        held = held.filter(agency=agency_id)
    heads = dict(held.values_list("agency_id", "person__full_name"))
    made = [
        AgencyFigures(key, _name(key), heads.get(key, "") if key else "", figures, extended)
        for key, (figures, extended) in rows.items()
    ]
    return sorted(made, key=lambda row: (row.figures.rate if row.figures.rate is not None else 101, row.name))


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of a period with the moment of which they are."""

    at: datetime
    rows: list[AgencyFigures]


KEPT_SECONDS = 60.0
_told: dict[tuple[date, date, int | None], tuple[float, Told]] = {}


def lately_on_time(first: date, last: date, *, at: datetime, agency_id: int | None = None) -> Told:
    """`on_time_by_agency` as of less than a minute ago: each process counts a year's tens of thousands of terms once a
    minute, however often its page is opened. Who shows it says of when it is. Two queries, or none."""
    key = (first, last, agency_id)
    known = _told.get(key)
    if known is None or time.monotonic() - known[0] > KEPT_SECONDS:
        if len(_told) > 300:
            _told.clear()
        known = (time.monotonic(), Told(at, on_time_by_agency(first, last, at=at, agency_id=agency_id)))
        _told[key] = known
    return known[1]


def forget() -> None:
    """Count anew at the next call (in tests)."""
    _told.clear()


def on_time(first: date, last: date, *, at: datetime, agency_id: int | None = None) -> rules.OnTime:
    """What `on_time_by_agency` gives, of all agencies together. One query."""
    rows = _due(first, last, at=at, agency_id=agency_id)
    return sum((figures for figures, _extended in rows.values()), rules.OnTime())


def _due(first: date, last: date, *, at: datetime, agency_id: int | None) -> dict[int | None, tuple[rules.OnTime, int]]:
    """By agency: what was due and what became of it, and how many of the terms were extended. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"first": midnight(first), "last": end_of_day(last), "at": at, "agency": agency_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    unsent = _unsent([(row[0], row[1], row[7:]) for row in rows if row[7] is not None], first, last, at=at)
    made: dict[int | None, tuple[rules.OnTime, int]] = {}
    for key, in_time, late, owed, waiting, lapsed, extended, rule, *_rest in rows:
        if rule is None:
            before, count = made.get(key, (rules.OnTime(), 0))
            made[key] = (before + rules.OnTime(in_time, late, owed, waiting, lapsed), count + extended)
    for key, missing in unsent.items():
        before, count = made.get(key, (rules.OnTime(), 0))
        made[key] = (before + rules.OnTime(open_late=missing), count)
    return made


def _unsent(
    groups: Iterable[tuple[int | None, int, tuple[Any, ...]]], first: date, last: date, *, at: datetime
) -> dict[int | None, int]:
    """Periods that were due from one day to another and have passed while an earlier one of the same share is still
    owed, by agency: what `renew` will write down as done late once that one is accepted. Without them, sending nothing
    at all would look better than sending everything late. `groups`: agency, number of shares, and their rule, “trước”,
    period, last day of the plan, date of the plan."""
    today = local(at).date()
    found: dict[int | None, int] = {}
    known: dict[tuple[Any, ...], int] = {}
    for agency, shares, key in groups:
        if key not in known:
            rule, before, period, ends, issued = key
            back = rules.DAY if before and not before_counts(today) else timedelta(0)
            stated = rules.dues_between(
                rule, first=period + rules.DAY, last=min(today - rules.DAY + back, ends or date.max), anchor=issued,
                limit=60,
            )  # fmt: skip
            known[key] = sum(first <= day - back <= last for day in stated)
        if count := known[key] * shares:
            found[agency] = found.get(agency, 0) + count
    return found


_OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)

_LATE = f"""
SELECT agency_id, count(*) FILTER (WHERE due_at < %(at)s) AS late, count(*) FILTER (WHERE due_at >= %(at)s),
       min(due_at) AS oldest
FROM plans_share WHERE state IN ({_OPEN}) AND due_at < %(soon)s
GROUP BY agency_id ORDER BY late DESC, oldest
"""

_FIGURES = f"""
WITH plans AS MATERIALIZED (SELECT id, ends_on, issued_on FROM plans_plandocument WHERE state = '{ACTIVE}')
-- What is done has a moment when it was, and only that: constraint share_done.
SELECT s.agency_id, count(*) FILTER (WHERE s.done_at <= s.due_at), count(*) FILTER (WHERE s.done_at > s.due_at),
       count(*) FILTER (WHERE s.done_at IS NULL AND s.due_at < %(at)s),
       count(*) FILTER (WHERE s.done_at IS NULL AND s.due_at >= %(at)s),
       0, count(*) FILTER (WHERE s.extensions > 0), NULL::text, NULL::bool, NULL::date, NULL::date, NULL::date
FROM plans_share s
WHERE s.due_at BETWEEN %(first)s AND %(last)s AND s.state NOT IN ('cancelled', 'handed_over')
  AND (%(agency)s::bigint IS NULL OR s.agency_id = %(agency)s)
GROUP BY s.agency_id
UNION ALL
-- Terms that came before the present one.
SELECT p.agency_id, count(*) FILTER (WHERE p.done_at <= p.due_at), count(*) FILTER (WHERE p.done_at > p.due_at), 0, 0,
       count(*) FILTER (WHERE p.done_at IS NULL), count(*) FILTER (WHERE p.extensions > 0), NULL, NULL, NULL, NULL, NULL
FROM plans_period p
WHERE p.due_at BETWEEN %(first)s AND %(last)s AND (%(agency)s::bigint IS NULL OR p.agency_id = %(agency)s)
GROUP BY p.agency_id
UNION ALL
-- Recurring shares of which a period is owed and late: later ones may have passed since.
SELECT s.agency_id, count(*), 0, 0, 0, 0, 0, t.rrule, t.due_before, s.period_due, d.ends_on, d.issued_on
FROM plans_share s JOIN plans_task t ON t.id = s.task_id JOIN plans d ON d.id = t.document_id
WHERE s.state IN ({_OPEN}) AND s.due_at < %(at)s AND s.period_due IS NOT NULL AND t.due_kind = 'recurring'
  AND (%(agency)s::bigint IS NULL OR s.agency_id = %(agency)s)
GROUP BY s.agency_id, t.rrule, t.due_before, s.period_due, d.ends_on, d.issued_on
"""
