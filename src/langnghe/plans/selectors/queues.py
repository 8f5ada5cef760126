"""Lists of shares by key: what somebody carries, what an agency carries, what is late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from langnghe.cases.selectors import decode_key, encode_key
from langnghe.database import Rows, Statement
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
    return _page(wanted or WorkFilter(), person_id=person_id, at=at, key=key, size=size)


def agency_work(agency_id: int | None, wanted: WorkFilter, *, at: datetime, key: str = "", size: int = PAGE) -> Page:
    """The open shares of an agency (None: of all), what is due first on top; those that are done when asked for, the
    newest on top. One query."""
    return _page(wanted, agency_id=agency_id, at=at, key=key, size=size)


def late(*, at: datetime, agency_id: int | None = None, soon: bool = False, key: str = "", size: int = PAGE) -> Page:
    """What is late (or, with `soon`, will be within days), the longest late first. One query."""
    return agency_work(agency_id, WorkFilter(late="soon" if soon else "late"), at=at, key=key, size=size)


def _page(
    wanted: WorkFilter,
    *,
    person_id: int | None = None,
    agency_id: int | None = None,
    at: datetime,
    key: str,
    size: int,
) -> Page:
    backwards, mark = decode_key(key)
    when, pk = mark or (None, None)
    way = Way(backwards != (wanted.states == (DONE,)), when is not None and when >= _ENDLESS, size)
    kind = replace(wanted, person_id=None, document_id=None)
    ids = (person_id, agency_id, wanted.person_id or None, wanted.document_id or None)
    given = (kind, way, *ids, at, end_of_day(local(at).date()), at + timedelta(days=SOON_DAYS), when, pk)
    # What somebody typed is of another shape each time.
    rows = list(_listed(*given)) if wanted.text.strip() or wanted.unit else _LISTED.rows(*given)
    return _paged(rows, size=size, backwards=backwards, keyed=mark is not None)


@dataclass(frozen=True, slots=True)
class Way:
    """Which way a list goes: what is due last on top (`down`), on from what has no term (`endless`), how many rows."""

    down: bool
    endless: bool
    size: int


def _listed(
    wanted: WorkFilter,
    way: Way,
    person_id: int | None,
    agency_id: int | None,
    held_id: int | None,
    document_id: int | None,
    at: datetime,
    evening: datetime,
    soon: datetime,
    when: datetime | None,
    pk: int | None,
) -> QuerySet[Share]:
    found = Share.objects.filter(state__in=[one for one in wanted.states if one in SHARE_STATES] or OPEN_STATES)
    if wanted.late == "late":
        found = found.filter(due_at__lt=at)
    elif wanted.late == "today":
        found = found.filter(due_at__gte=at, due_at__lte=evening)
    elif wanted.late == "soon":
        found = found.filter(due_at__gte=at, due_at__lt=soon)
    elif wanted.late == "obstacle":
        found = found.filter(pk__in=Obstacle.objects.filter(answered_at=None).values("share"))
    elif wanted.late == "unassigned":
        found = found.filter(person=None)
    exact = {"person_id": person_id, "agency_id": agency_id, "task__document_id": document_id}
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if held_id is not None:
        found = found.filter(person_id=held_id)
    if wanted.unit:
        found = found.filter(unit=wanted.unit)
    if wanted.lead is not None:
        found = found.filter(lead=wanted.lead)
    if wanted.text.strip():
        found = found.filter(task__in=matching(wanted.text))
    return _from(found, way, when, pk)


_LISTED = Rows(_listed)


def _from(found: QuerySet[Share], way: Way, when: datetime | None, pk: int | None) -> QuerySet[Share]:
    if when is not None and way.down:
        found = found.filter(
            Q(due_at__isnull=False) | Q(due_at=None, pk__lt=pk)
            if way.endless
            else Q(due_at__lt=when) | Q(due_at=when, pk__lt=pk)
        )
    elif when is not None:
        found = found.filter(
            Q(due_at=None, pk__gt=pk)
            if way.endless
            else Q(due_at__gt=when) | Q(due_at=when, pk__gt=pk) | Q(due_at=None)
        )
    # PostgreSQL puts what has no term last when it goes up, and first when it goes down: as the index has it.
    order = ("-due_at", "-pk") if way.down else ("due_at", "pk")
    return found.select_related("task__document", "person").defer(*HEAVY).order_by(*order)[: way.size + 1]


def page_of(found: QuerySet[Share], *, key: str = "", size: int = PAGE) -> Page:
    """One page of these shares, what is due first on top. One query."""
    backwards, mark = decode_key(key)
    when, pk = mark or (None, None)
    rows = list(_from(found, Way(backwards, when is not None and when >= _ENDLESS, size), when, pk))
    return _paged(rows, size=size, backwards=backwards, keyed=mark is not None)


def _paged(rows: list[Share], *, size: int, backwards: bool, keyed: bool) -> Page:
    more = len(rows) > size
    rows = rows[:size]
    name(rows)
    if backwards:
        rows.reverse()
    after = before = ""
    if rows and (more or backwards):
        after = encode_key(rows[-1].due_at or _ENDLESS, rows[-1].pk)
    if rows and keyed and (more or not backwards):
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
    [tally] = _COUNTS.rows(at, at + timedelta(days=SOON_DAYS), agency_id, person_id)
    return dict(zip(_COUNTED, tally, strict=True))


_COUNTED = (*OPEN_STATES, "late", "soon", "unassigned")


def _ask_counts(at: datetime, soon: datetime, agency_id: int | None, person_id: int | None) -> None:
    found = Share.objects.filter(state__in=OPEN_STATES)
    if agency_id is not None:
        found = found.filter(agency=agency_id)
    if person_id is not None:
        found = found.filter(person=person_id)
    conditions = [
        *(Q(state=state) for state in OPEN_STATES),
        Q(due_at__lt=at), Q(due_at__gte=at, due_at__lt=soon), Q(person=None),
    ]  # fmt: skip
    found.aggregate(**{name: Count("pk", filter=one) for name, one in zip(_COUNTED, conditions, strict=True)})


_COUNTS = Statement(_ask_counts)
