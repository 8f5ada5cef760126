"""What somebody has to see to today: figures of open shares, completions that wait for a decision, obstacles that wait
for an answer. Each figure counts what the list behind it shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value

from langnghe.database import Statement
from langnghe.plans.models import Obstacle, PlanDocument, Progress, Share, Task
from langnghe.plans.selectors.queues import SOON_DAYS, Page, page_of
from langnghe.plans.selectors.shares import name
from langnghe.plans.workflow import LEADERS, OPEN_STATES, REVIEW, SUBMITTED
from langnghe.workflow.actor import Actor
from langnghe.worktime.rules import end_of_day, local

MOST_OBSTACLES = 100


TERMS = ("late", "today", "soon")


def _terms(moments: Sequence[datetime], within: Q, *more: Q) -> list[Count]:
    """Late, due today, due within days, and more."""
    at, evening, soon = moments
    due = (Q(due_at__lt=at), Q(due_at__gte=at, due_at__lte=evening), Q(due_at__gte=at, due_at__lt=soon), *more)
    return [Count("pk", filter=within & one) for one in due]


def _moments(at: datetime) -> tuple[datetime, datetime, datetime]:
    return at, end_of_day(local(at).date()), at + timedelta(days=SOON_DAYS)


def _aggregate(found: QuerySet[Any], names: Sequence[str], counts: Sequence[Count]) -> None:
    found.aggregate(**dict(zip(names, counts, strict=True)))


_OPEN_NAMES = (*(f"mine_{one}" for one in (*TERMS, "open")), *(f"agency_{one}" for one in (*TERMS, "unassigned")))
_CITY_NAMES = tuple(f"city_{one}" for one in TERMS)


def _ask_open(person_id: int, agency_id: int, *moments: datetime) -> None:
    mine, agency = Q(person=person_id), Q(agency=agency_id)
    found = Share.objects.filter(mine | agency, state__in=OPEN_STATES)
    _aggregate(found, _OPEN_NAMES, [*_terms(moments, mine, Q()), *_terms(moments, agency, Q(person=None))])


def _ask_city(*moments: datetime) -> None:
    _aggregate(Share.objects.filter(state__in=OPEN_STATES, due_at__lt=moments[2]), _CITY_NAMES, _terms(moments, Q()))


_OPEN, _CITY = Statement(_ask_open), Statement(_ask_city)


def open_work(*, at: datetime, person_id: int | None, agency_id: int | None) -> dict[str, int]:
    """Open shares of a person (`mine_…`, also how many in all: `mine_open`) and of an agency (`agency_…`, also what
    nobody holds: `agency_unassigned`): late, due today, due within days (today with them). One query over the open
    shares of both, by their own indexes."""
    [tally] = _OPEN.rows(person_id or 0, agency_id or 0, *_moments(at))
    return dict(zip(_OPEN_NAMES, tally, strict=True))


def city_work(*, at: datetime) -> dict[str, int]:
    """Open shares of the whole city that are late, due today, due within days. One query over what is due until
    then, of the index of open terms alone."""
    [tally] = _CITY.rows(*_moments(at))
    return dict(zip(_CITY_NAMES, tally, strict=True))


def _answering(actors: Sequence[Actor]) -> list[int]:
    return sorted({actor.agency_id for actor in actors if actor.role in LEADERS and actor.agency_id})


def to_confirm(agency_id: int | None) -> QuerySet[PlanDocument]:
    """Plans whose register waits for somebody to look through it: of an agency, None for all."""
    found = PlanDocument.objects.filter(state=REVIEW)
    return found if agency_id is None else found.filter(agency=agency_id)


def to_accept(actors: Sequence[Actor], *, person_id: int) -> QuerySet[Share]:
    """Completions that wait for a decision of this person: of the agencies they lead, and of bodies outside the city's
    agencies in plans of these (the city office: in all plans); not what they reported themselves."""
    led = _answering(actors)
    outside = Q(agency=None, task__in=Task.objects.filter(document__agency__in=led).values("pk"))
    if any(actor.role == "coordinator" for actor in actors):
        outside = Q(agency=None)
    own = Progress.objects.filter(share=OuterRef("pk"), act="submit", decided="", person=person_id)
    return Share.objects.filter(Q(agency__in=led) | outside, ~Exists(own), state=SUBMITTED)


def accept_page(actors: Sequence[Actor], *, person_id: int, key: str = "", size: int = 30) -> Page:
    """The completions that wait for this person, what is due first on top. One query."""
    return page_of(to_accept(actors, person_id=person_id), key=key, size=size)


def to_answer(actors: Sequence[Actor]) -> QuerySet[Obstacle]:
    """Obstacles of open shares that wait for an answer of somebody with these roles: the city office all, leaders
    those of their agencies."""
    found = Obstacle.objects.filter(answered_at=None, share__state__in=OPEN_STATES)
    if any(actor.role == "coordinator" for actor in actors):
        return found
    led = _answering(actors)
    outside = Q(share__agency=None, share__task__in=Task.objects.filter(document__agency__in=led).values("pk"))
    return found.filter(Q(share__agency__in=led) | outside)


def decisions(actors: Sequence[Actor], *, person_id: int, agency_id: int | None) -> dict[str, int]:
    """How much waits for a decision: completions to `accept`, obstacles to `answer`, plans to `confirm` (of an agency,
    None for all). One query."""
    roles = tuple(actor.role for actor in actors)
    found = _DECISIONS.rows(roles, person_id, agency_id, *(actor.agency_id for actor in actors))
    return dict.fromkeys(("accept", "answer", "confirm"), 0) | dict(found)


def _ask_decisions(roles: Sequence[str], person_id: int, agency_id: int | None, *agencies: int | None) -> None:
    actors = [Actor("person", role, person_id, key) for role, key in zip(roles, agencies, strict=True)]
    asked: dict[str, QuerySet[Any]] = {
        "accept": to_accept(actors, person_id=person_id),
        "answer": to_answer(actors),
        "confirm": to_confirm(agency_id),
    }
    first, *others = (
        found.order_by().values_list(Value(name, CharField())).annotate(n=Count("pk")) for name, found in asked.items()
    )
    list(first.union(*others, all=True))


_DECISIONS = Statement(_ask_decisions)


def obstacles(actors: Sequence[Actor], *, limit: int = MOST_OBSTACLES) -> list[Obstacle]:
    """The obstacles that wait for this person's answer, the oldest first. One query."""
    heavy = [f"share__task__{one}" for one in ("text", "folded")]
    heavy += [f"share__task__document__{one}" for one in ("text", "head", "warnings", "folded")]
    found = to_answer(actors).select_related("share__task__document", "share__person", "raised_by")
    rows = list(found.defer("share__notes", *heavy).order_by(F("raised_at"), "pk")[:limit])
    name(row.share for row in rows)
    return rows
