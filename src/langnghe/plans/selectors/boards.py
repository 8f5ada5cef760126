"""Shares by day and by state: the calendar of a month, the board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, F, QuerySet

from langnghe.plans import rules
from langnghe.plans.models import Share
from langnghe.plans.selectors.queues import HEAVY
from langnghe.plans.selectors.shares import name
from langnghe.plans.services.shares import GONE
from langnghe.plans.workflow import DONE, OPEN_STATES, SHARE_STATES
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime.rules import end_of_day, local, midnight


@dataclass(slots=True)
class CalendarDay:
    """A day of a month: whether it is worked, and what is due."""

    day: date
    working: bool
    rows: list[Share] = field(default_factory=list)
    count: int = 0


CALENDAR_ROWS = 10
"""Most shares that a day of the calendar lists; the rest is counted."""


def calendar(year: int, month: int, *, agency_id: int | None = None, person_id: int | None = None) -> list[CalendarDay]:
    """The days of a month with the shares that are due: of a person, an agency, or (what is open) of all. Three
    queries: counts by day, which are the first ten of each, and these."""
    first, last = rules.month_bounds(year, month)
    found = Share.objects.filter(due_at__gte=midnight(first), due_at__lte=end_of_day(last))
    if person_id is not None:
        found = found.filter(person=person_id).exclude(state__in=GONE)
    elif agency_id is not None:
        found = found.filter(agency=agency_id).exclude(state__in=GONE)
    else:
        found = found.filter(state__in=OPEN_STATES)
    known = worktime_selectors.calendar()
    days = {day: CalendarDay(day, known.is_working(day)) for day in _days(first, last)}
    numbered = found.annotate(due_day=F("due_at__date"))
    for due_day, count in numbered.values_list("due_day").annotate(n=Count("pk")).order_by():
        days[due_day].count = count
    if any(day.count for day in days.values()):
        for share in _firsts(found, "(s.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date", CALENDAR_ROWS):
            days[local(share.due_at).date()].rows.append(share)  # type: ignore[arg-type]
    return list(days.values())


_ENDLESS = end_of_day(date(9000, 1, 1))


def _days(first: date, last: date) -> list[date]:
    return [first + rules.DAY * number for number in range((last - first).days + 1)]


def _firsts(found: QuerySet[Share], group: str, most: int) -> list[Share]:
    """The first shares of each group by due day, in two queries: the keys are numbered before anything is joined."""
    inner, parameters = found.order_by().values("pk", "due_at", "state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM (SELECT s.id, row_number() OVER (PARTITION BY {group} ORDER BY s.due_at, s.id) AS place"
            f" FROM ({inner}) AS s (id, due_at, state)) numbered WHERE place <= %s",
            [*parameters, most],
        )
        keys = [row[0] for row in cursor.fetchall()]
    return sorted(_named(keys), key=lambda share: (share.due_at or _ENDLESS, share.pk))


def _named(keys: Iterable[int]) -> list[Share]:
    """Shares with what a list shows of them, in no order. One query."""
    rows = list(Share.objects.filter(pk__in=keys).select_related("task__document", "person").defer(*HEAVY))
    name(rows)
    return rows


@dataclass(slots=True)
class Column:
    """A column of the board."""

    state: str
    label: str
    rows: list[Share]
    count: int


BOARD_ROWS = 20
RECENT = timedelta(days=30)
"""For how long the board shows what is done."""


def board(
    *, at: datetime, agency_id: int | None = None, person_id: int | None = None, document_id: int | None = None
) -> list[Column]:
    """The shares of an agency, a person or a plan (or all) by state, what is due first on top; of what is done, that
    of the last 30 days. Three queries: counts, which are the first of each column, and these; one more where more was
    done than a column shows."""
    scope: dict[str, int] = {}
    if agency_id is not None:
        scope["agency_id"] = agency_id
    if person_id is not None:
        scope["person_id"] = person_id
    if document_id is not None:
        scope["task__document_id"] = document_id
    found = Share.objects.filter(**scope)
    still = found.filter(state__in=OPEN_STATES)
    tally = dict(still.order_by().values_list("state").annotate(n=Count("pk")))
    recent = found.filter(state=DONE, done_at__gte=at - RECENT)
    firsts = [still.filter(state=state).order_by("due_at", "pk") for state in OPEN_STATES if tally.get(state)]
    parts = [one.values_list("pk")[:BOARD_ROWS] for one in (*firsts, recent.order_by("-done_at", "-pk"))]
    keys = [row[0] for row in (parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])]
    rows = {share.pk: share for share in _named(keys)}
    columns = {state: Column(state, str(SHARE_STATES[state].label), [], tally.get(state, 0)) for state in OPEN_STATES}
    columns[DONE] = Column(DONE, str(SHARE_STATES[DONE].label), [], 0)
    for key in keys:  # in the order in which the parts gave them
        columns[rows[key].state].rows.append(rows[key])
    columns[DONE].count = len(columns[DONE].rows)
    if columns[DONE].count >= BOARD_ROWS:
        columns[DONE].count = recent.count()
    return list(columns.values())
