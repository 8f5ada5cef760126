"""Lists of shares by key: what somebody carries, what an agency carries, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from langnghe.cases.selectors import decode_key, encode_key
from langnghe.plans.models import Obstacle, Share
from langnghe.plans.selectors.search import matching
from langnghe.plans.selectors.shares import name
from langnghe.plans.workflow import DONE, OPEN_STATES, SHARE_STATES
from langnghe.worktime.rules import end_of_day, local

PAGE = 30

HEAVY = (
    "notes", "task__text", "task__folded", "task__search", "task__document__text", "task__document__head",
    "task__document__warnings", "task__document__folded", "person__password", "person__last_login", "person__email",
    "person__phone", "person__created_at", "person__folded",
)  # fmt: skip
"""What no row of a list shows."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of shares by key, and the keys of the next and the previous page ('' at an end)."""

    rows: list[Share]
    after: str
    before: str


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What a queue is narrowed to; everything empty means no narrowing."""

    states: tuple[str, ...] = ()
    late: str = ""  # "late" | "today" | "soon" | "obstacle" | "unassigned"
    person_id: int | None = None
    unit: str = ""
    document_id: int | None = None
    lead: bool | None = None
    text: str = ""


SOON_DAYS = 7
"""A share counts as about to be late so many days before its term ends."""


def mine(person_id: int, *, at: datetime, wanted: WorkFilter | None = None, key: str = "", size: int = PAGE) -> Page:
    """The open shares that a person carries, what is due first on top; those that are done when asked for, the newest
    on top. One query."""
    wanted = wanted or WorkFilter()
    found = _narrow(Share.objects.filter(person=person_id), wanted, at=at)
    return page_of(found, key=key, size=size, newest=wanted.states == (DONE,))


def agency_work(agency_id: int | None, wanted: WorkFilter, *, at: datetime, key: str = "", size: int = PAGE) -> Page:
    """The open shares of an agency (None: of all), what is due first on top; those that are done when asked for, the
    newest on top. One query."""
    found = Share.objects.all() if agency_id is None else Share.objects.filter(agency=agency_id)
    return page_of(_narrow(found, wanted, at=at), key=key, size=size, newest=wanted.states == (DONE,))


def late(*, at: datetime, agency_id: int | None = None, soon: bool = False, key: str = "", size: int = PAGE) -> Page:
    """What is late (or, with `soon`, will be within days), the longest late first. One query."""
    return agency_work(agency_id, WorkFilter(late="soon" if soon else "late"), at=at, key=key, size=size)


def _narrow(found: QuerySet[Share], wanted: WorkFilter, *, at: datetime) -> QuerySet[Share]:
    found = found.filter(state__in=[state for state in wanted.states if state in SHARE_STATES] or OPEN_STATES)
    if wanted.late == "late":
        found = found.filter(due_at__lt=at)
    elif wanted.late == "today":
        found = found.filter(due_at__gte=at, due_at__lte=end_of_day(local(at).date()))
    elif wanted.late == "soon":
        found = found.filter(due_at__gte=at, due_at__lt=at + timedelta(days=SOON_DAYS))
    elif wanted.late == "obstacle":
        found = found.filter(pk__in=Obstacle.objects.filter(answered_at=None).values("share"))
    elif wanted.late == "unassigned":
        found = found.filter(person=None)
    exact = {"person_id": wanted.person_id, "task__document_id": wanted.document_id, "unit": wanted.unit}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if wanted.lead is not None:
        found = found.filter(lead=wanted.lead)
    if wanted.text.strip():
        found = found.filter(task__in=matching(wanted.text))
    return found


def page_of(found: QuerySet[Share], *, key: str = "", size: int = PAGE, newest: bool = False) -> Page:
    """One page of these shares, what is due first on top, or last (`newest`). One query."""
    backwards, mark = decode_key(key)
    down = backwards != newest
    if mark is not None:
        when, pk = mark
        endless = when >= _ENDLESS
        if down:
            found = found.filter(
                Q(due_at__isnull=False) | Q(due_at=None, pk__lt=pk)
                if endless
                else Q(due_at__lt=when) | Q(due_at=when, pk__lt=pk)
            )
        else:
            found = found.filter(
                Q(due_at=None, pk__gt=pk)
                if endless
                else Q(due_at__gt=when) | Q(due_at=when, pk__gt=pk) | Q(due_at=None)
            )
    # PostgreSQL puts what has no term last when it goes up, and first when it goes down: as the index has it.
    order = ("-due_at", "-pk") if down else ("due_at", "pk")
    rows = list(found.select_related("task__document", "person").defer(*HEAVY).order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    name(rows)
    if backwards:
        rows.reverse()
    after = before = ""
    if rows and (more or backwards):
        after = encode_key(rows[-1].due_at or _ENDLESS, rows[-1].pk)
    if rows and mark is not None and (more or not backwards):
        before = encode_key(rows[0].due_at or _ENDLESS, rows[0].pk, backwards=True)
    return Page(rows, after, before)


_ENDLESS = end_of_day(date(9000, 1, 1))
"""Stands in keys for a share without a term."""


def units_of(agency_id: int) -> list[tuple[str, int]]:
    """The units of an agency that hold open shares, and how many ('' for what no unit has). One query."""
    rows = Share.objects.filter(agency=agency_id, state__in=OPEN_STATES).values_list("unit").annotate(n=Count("pk"))
    return [(unit, count) for unit, count in rows.order_by("unit")]


def of_unit(agency_id: int, unit: str, *, at: datetime, key: str = "", size: int = PAGE) -> Page:
    """The open shares of a unit of an agency. One query."""
    return agency_work(agency_id, WorkFilter(unit=unit), at=at, key=key, size=size)


def counts(*, at: datetime, agency_id: int | None = None, person_id: int | None = None) -> dict[str, int]:
    """How many open shares stand in each state, and how many are late or about to be. One query."""
    found = Share.objects.filter(state__in=OPEN_STATES)
    if agency_id is not None:
        found = found.filter(agency=agency_id)
    if person_id is not None:
        found = found.filter(person=person_id)
    soon = Q(due_at__gte=at, due_at__lt=at + timedelta(days=SOON_DAYS))
    tally = found.aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in OPEN_STATES},
        late=Count("pk", filter=Q(due_at__lt=at)),
        soon=Count("pk", filter=soon),
        unassigned=Count("pk", filter=Q(person=None)),
    )
    return {key: int(value) for key, value in tally.items()}
