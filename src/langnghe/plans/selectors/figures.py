"""What is late, and what was done in time, by agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q

from langnghe.agencies.models import RoleAssignment
from langnghe.cases import catalogue
from langnghe.plans import rules
from langnghe.plans.models import Share
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
    rows = (
        Share.objects.filter(state__in=OPEN_STATES, due_at__lt=at + timedelta(days=SOON_DAYS))
        .values("agency_id")
        .annotate(
            late=Count("pk", filter=Q(due_at__lt=at)), soon=Count("pk", filter=Q(due_at__gte=at)), oldest=Min("due_at")
        )
        .order_by("-late", "oldest")
    )
    made = []
    for row in rows:
        agency = catalogue.agency(row["agency_id"])
        made.append(
            AgencyLate(row["agency_id"], agency.name if agency else "", row["late"], row["soon"], row["oldest"])
        )
    return made


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
    yet due. Each period of a recurring task counts by itself, also those that have passed unsent while an earlier one
    is still owed; what is owed counts as late once its day is over, and terms that were over when they were given count
    too. The head is who leads the agency now. Two queries."""
    rows = _due(first, last, at=at, agency_id=agency_id)
    day = at.date()
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), role="head", valid_from__lte=day, agency__in=[row[0] for row in rows]
    )
    heads = dict(held.values_list("agency_id", "person__full_name"))
    made = []
    for agency_id, in_time, late_done, open_late, waiting, extended in rows:
        agency = catalogue.agency(agency_id)
        made.append(
            AgencyFigures(
                agency_id, agency.name if agency else "", heads.get(agency_id, ""),
                rules.OnTime(in_time, late_done, open_late, waiting), extended,
            )
        )  # fmt: skip
    return sorted(made, key=lambda row: (row.figures.rate if row.figures.rate is not None else 101, row.name))


def on_time(first: date, last: date, *, at: datetime, agency_id: int | None = None) -> rules.OnTime:
    """What `on_time_by_agency` gives, of all agencies together. One query."""
    rows = _due(first, last, at=at, agency_id=agency_id)
    return sum((rules.OnTime(*row[1:5]) for row in rows), rules.OnTime())


def _due(first: date, last: date, *, at: datetime, agency_id: int | None) -> list[tuple[Any, ...]]:
    """Agency, in time, done late, owed and late, not yet due, extended. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"first": midnight(first), "last": end_of_day(last), "at": at, "agency": agency_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    unsent = _unsent([(row[0], row[1], row[6:]) for row in rows if row[6] is not None], first, last, at=at)
    made = [(row[0], *row[1:3], row[3] + unsent.pop(row[0], 0), *row[4:6]) for row in rows if row[6] is None]
    return [*made, *((key, 0, 0, count, 0, 0) for key, count in unsent.items())]


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


_FIGURES = f"""
WITH present AS (
    SELECT s.agency_id, s.state = 'done' AS done, s.done_at <= s.due_at AS in_time, s.due_at < %(at)s AS over,
           s.extensions > 0 AS extended
    FROM plans_share s
    WHERE s.due_at BETWEEN %(first)s AND %(last)s AND s.state NOT IN ('cancelled', 'handed_over')
      AND (%(agency)s::bigint IS NULL OR s.agency_id = %(agency)s)
    UNION ALL
    -- Periods of recurring tasks that came before the present one.
    SELECT p.agency_id, true, p.done_at <= p.due_at, true, p.extensions > 0
    FROM plans_period p
    WHERE p.due_at BETWEEN %(first)s AND %(last)s AND (%(agency)s::bigint IS NULL OR p.agency_id = %(agency)s)
)
SELECT agency_id, count(*) FILTER (WHERE done AND in_time), count(*) FILTER (WHERE done AND NOT in_time),
       count(*) FILTER (WHERE NOT done AND over), count(*) FILTER (WHERE NOT done AND NOT over),
       count(*) FILTER (WHERE extended), NULL::text, NULL::bool, NULL::date, NULL::date, NULL::date
FROM present GROUP BY agency_id
UNION ALL
-- Recurring shares of which a period is owed and late: later ones may have passed since.
SELECT s.agency_id, count(*), 0, 0, 0, 0, t.rrule, t.due_before, s.period_due, d.ends_on, d.issued_on
FROM plans_share s JOIN plans_task t ON t.id = s.task_id JOIN plans_plandocument d ON d.id = t.document_id
WHERE s.state IN ({", ".join(f"'{state}'" for state in OPEN_STATES)}) AND s.due_at < %(at)s
  AND s.period_due IS NOT NULL AND t.due_kind = 'recurring' AND d.state = '{ACTIVE}'
  AND (%(agency)s::bigint IS NULL OR s.agency_id = %(agency)s)
GROUP BY s.agency_id, t.rrule, t.due_before, s.period_due, d.ends_on, d.issued_on
"""
