"""Shares by day and by state: the calendar of a month, the board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, F, QuerySet
from django.db.models.expressions import RawSQL

from langnghe.database import Rows, Statement
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
    given = (midnight(first), end_of_day(last), agency_id, person_id)
    known = worktime_selectors.calendar()
    days = {day: CalendarDay(day, known.is_working(day)) for day in _days(first, last)}
    for due_day, count in _DAYS.rows(*given):
        days[due_day].count = count
    if any(day.count for day in days.values()):
        for share in _named([key for (key,) in _FIRSTS.rows(*given)]):
            days[local(share.due_at).date()].rows.append(share)  # type: ignore[arg-type]
        for day in days.values():
            day.rows.sort(key=lambda share: (share.due_at or _ENDLESS, share.pk))
    return list(days.values())


def _due(begin: datetime, end: datetime, agency_id: int | None, person_id: int | None) -> QuerySet[Share]:
    found = Share.objects.filter(due_at__gte=begin, due_at__lte=end)
    if person_id is not None:
        return found.filter(person=person_id).exclude(state__in=GONE)
    if agency_id is not None:
        return found.filter(agency=agency_id).exclude(state__in=GONE)
    return found.filter(state__in=OPEN_STATES)


def _ask_days(*given: Any) -> None:
    numbered = _due(*given).annotate(due_day=F("due_at__date"))
    list(numbered.values_list("due_day").annotate(n=Count("pk")).order_by())


def _ask_firsts(*given: Any) -> None:
    """The keys of the first shares of each day: they are numbered before anything is joined."""
    inner, parameters = _due(*given).order_by().values("pk", "due_at", "state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT s.id, row_number() OVER "
            "(PARTITION BY (s.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date ORDER BY s.due_at, s.id) AS place"
            f" FROM ({inner}) AS s (id, due_at, state)) numbered WHERE place <= %s",
            [*parameters, CALENDAR_ROWS],
        )


_DAYS, _FIRSTS = Statement(_ask_days), Statement(_ask_firsts)


_ENDLESS = end_of_day(date(9000, 1, 1))


def _days(first: date, last: date) -> list[date]:
    return [first + rules.DAY * number for number in range((last - first).days + 1)]


def _named(keys: Iterable[int]) -> list[Share]:
    """Shares with what a list shows of them, in no order. One query."""
    rows = _NAMED.rows(list(keys))
    name(rows)
    return rows


_NAMED = Rows(
    lambda keys: (
        Share.objects.filter(RawSQL("plans_share.id = ANY(%s)", [keys], BooleanField()))
        .select_related("task__document", "person")
        .defer(*HEAVY)
    )
)


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
    scope, since = (agency_id, person_id, document_id), at - RECENT
    tally: dict[str, int] = dict(_TALLY.rows(*scope))
    keys = [key for (key,) in _HEADS.rows(tuple(state for state in OPEN_STATES if tally.get(state)), since, *scope)]
    rows = {share.pk: share for share in _named(keys)}
    columns = {state: Column(state, str(SHARE_STATES[state].label), [], tally.get(state, 0)) for state in OPEN_STATES}
    columns[DONE] = Column(DONE, str(SHARE_STATES[DONE].label), [], 0)
    for key in keys:  # in the order in which the parts gave them
        columns[rows[key].state].rows.append(rows[key])
    columns[DONE].count = len(columns[DONE].rows)
    if columns[DONE].count >= BOARD_ROWS:
        [[columns[DONE].count]] = _RECENT.rows(since, *scope)
    return list(columns.values())


def _scoped(agency_id: int | None, person_id: int | None, document_id: int | None) -> QuerySet[Share]:
    exact = {"agency_id": agency_id, "person_id": person_id, "task__document_id": document_id}
    return Share.objects.filter(**{name: value for name, value in exact.items() if value is not None})


def _ask_tally(*scope: int | None) -> None:
    list(_scoped(*scope).filter(state__in=OPEN_STATES).order_by().values_list("state").annotate(n=Count("pk")))


def _recent(since: datetime, *scope: int | None) -> QuerySet[Share]:
    return _scoped(*scope).filter(state=DONE, done_at__gte=since)


def _ask_heads(states: Sequence[str], since: datetime, *scope: int | None) -> None:
    firsts = [_scoped(*scope).filter(state=state).order_by("due_at", "pk") for state in states]
    ordered = (*firsts, _recent(since, *scope).order_by("-done_at", "-pk"))
    first, *others = (one.values_list("pk")[:BOARD_ROWS] for one in ordered)
    list(first.union(*others, all=True) if others else first)


_TALLY, _HEADS = Statement(_ask_tally), Statement(_ask_heads)
_RECENT = Statement(lambda *given: _recent(*given).count())
