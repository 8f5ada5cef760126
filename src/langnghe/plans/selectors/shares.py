"""One share as its page shows it, who may read what of it, and what may be done with it now. Agencies' names come from
the catalogue of the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from langnghe.agencies.models import Person
from langnghe.cases import catalogue
from langnghe.database import Rows
from langnghe.files.models import StoredFile
from langnghe.ledger.models import Entry
from langnghe.plans import rules
from langnghe.plans.facts import ShareFacts
from langnghe.plans.models import Obstacle, PlanStep, Progress, Share
from langnghe.plans.selectors import told
from langnghe.plans.services.engine import KIND, PROGRESS, STEP
from langnghe.plans.services.shares import GONE, urging_allowed
from langnghe.plans.workflow import SHARE_TABLE
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import Transition
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime.models import Deadline
from langnghe.worktime.rules import local

AGENCY_ROLES = frozenset({"focal_point", "handler", "approver", "head"})
CITY_READERS = frozenset({"coordinator", "observer"})


def agencies_of(actors: Sequence[Actor]) -> list[int]:
    """The agencies that somebody works for."""
    return sorted({actor.agency_id for actor in actors if actor.role in AGENCY_ROLES and actor.agency_id})


def visible(actors: Sequence[Actor]) -> QuerySet[Share]:
    """The shares whose progress and obstacles somebody with these roles may read: city office and observers all;
    people of an agency its own, those of the plans it owns, and those of the tasks it leads. What a plan orders and
    how far its tasks are, all of the staff may see. No query by itself."""
    if {actor.role for actor in actors} & CITY_READERS:
        return Share.objects.all()
    mine = agencies_of(actors)
    if not mine:
        return Share.objects.none()
    led = Share.objects.filter(agency__in=mine, lead=True).exclude(state__in=GONE).values("task")
    return Share.objects.filter(Q(agency__in=mine) | Q(task__document__agency__in=mine) | Q(task__in=led))


def name(rows: Iterable[Share]) -> None:
    """Give shares their agency out of the catalogue."""
    for share in rows:
        if share.agency_id is not None:
            share.agency = catalogue.agency(share.agency_id) or share.agency


@dataclass(slots=True)
class SharePage:
    """Everything that the page of a share shows. `details` says whether progress and obstacles may be read, `evidence`
    whether files may be opened; where not, they are empty."""

    share: Share
    details: bool
    evidence: bool
    steps: list[PlanStep]
    progress: list[Progress]
    files: Mapping[int, list[StoredFile]]
    obstacles: list[Obstacle]
    deadline: Deadline | None
    due_words: str
    period: str
    siblings: list[Share]
    carried_on_by: Share | None
    acts: list[Entry]
    late_days: int
    people: Mapping[int, Person] = field(default_factory=dict)
    told: list[told.Told] = field(default_factory=list)


SIBLINGS = 200

_SHARE = Rows(
    lambda pk: Share.objects.select_related(
        "task__document", "task__indicator", "task__under__document", "person", "carries_on"
    )
    .defer("task__document__text", "task__document__head", "task__document__warnings",
           "task__under__document__text", "task__under__document__head", "task__under__document__warnings")
    .annotate(reminded=told.column(KIND))
    .filter(pk=pk)
)  # fmt: skip
_SIBLINGS = Rows(
    lambda task_id, pk: (
        Share.objects.filter(task=task_id)
        .exclude(pk=pk)
        .select_related("person")
        .order_by(F("carries_on").asc(nulls_last=True), "-lead", "pk")[:SIBLINGS]
    )
)
_STEPS = Rows(lambda pk: PlanStep.objects.filter(share=pk).select_related("person", "done_by"))
_PROGRESS = Rows(lambda pk: Progress.objects.filter(share=pk).select_related("person", "decided_by"))
_OBSTACLES = Rows(lambda pk: Obstacle.objects.filter(share=pk).select_related("raised_by", "answered_by"))
_RUNNING = Rows(
    lambda pk: Deadline.objects.filter(kind=KIND, subject_id=pk, step=STEP, state="open").order_by("-pk")[:1]
)
_ACTS = Rows(lambda pk: Entry.objects.filter(kind=KIND, subject_id=pk).order_by("-seq")[:100])


def share_page(
    pk: int, actors: Sequence[Actor], *, at: datetime, language: str = "vi", with_deadline: bool = True
) -> SharePage | None:
    """One share with its task, plan, steps, progress and evidence, obstacles, deadline (where it is asked for), the
    other shares of the task, and its acts; None when there is none. At most nine queries."""
    share = next(iter(_SHARE.rows(pk)), None)
    if share is None:
        return None
    reminded: Any = vars(share)["reminded"]
    name([share] if share.carries_on is None else [share, share.carries_on])
    share.task.document.agency = catalogue.agency(share.task.document.agency_id) or share.task.document.agency
    siblings = _SIBLINGS.rows(share.task_id, share.pk)
    name(siblings)
    for other in siblings:
        other.task = share.task
    details = may_read(share, actors, siblings)
    evidence = details and any(actor.role in AGENCY_ROLES or actor.role == "coordinator" for actor in actors)
    steps, progress, obstacles = _STEPS.rows(share.pk), _PROGRESS.rows(share.pk), _OBSTACLES.rows(share.pk)
    parts: list[PlanStep | Progress | Obstacle] = [*steps, *progress, *obstacles]
    for part in parts:
        part.share = share
    _prefetched(share, "progress", progress)
    _prefetched(share, "obstacles", obstacles)
    files: dict[int, list[StoredFile]] = {}
    if evidence and progress:
        kept = StoredFile.objects.filter(
            kind=PROGRESS, subject_id__in=[row.pk for row in progress], state=StoredFile.State.READY
        )
        for stored in kept.order_by("attached_at", "pk"):
            files.setdefault(stored.subject_id or 0, []).append(stored)
    deadline = None
    if with_deadline:
        deadline = next(iter(_RUNNING.rows(share.pk)), None)
    acts = _ACTS.rows(share.pk)
    acting = {entry.actor_id for entry in acts if entry.actor_id is not None}
    people = Person.objects.in_bulk(acting) if acting else {}
    return SharePage(
        share=share, details=details, evidence=evidence, steps=steps if details else [],
        progress=progress if details else [], files=files, obstacles=obstacles if details else [], deadline=deadline,
        due_words=due_words(share, language), period=period_of(share), siblings=siblings, people=people, acts=acts,
        carried_on_by=next((other for other in siblings if other.carries_on_id == share.pk), None),
        late_days=late_days(share, at=at), told=told.read(reminded) if details else [],
    )  # fmt: skip


def may_read(share: Share, actors: Sequence[Actor], siblings: Iterable[Share] = ()) -> bool:
    """Whether progress and obstacles of the share may be read; what `visible` says, without a query."""
    if {actor.role for actor in actors} & CITY_READERS:
        return True
    mine = set(agencies_of(actors))
    if share.agency_id in mine or share.task.document.agency_id in mine:
        return True
    return any(other.agency_id in mine and other.lead and other.state not in GONE for other in siblings)


def may_open_file(stored: StoredFile, actors: Sequence[Actor]) -> bool:
    """Whether an evidence file of a report of progress may be opened. One query."""
    if stored.kind != PROGRESS or stored.subject_id is None:
        return False
    if not any(actor.role in AGENCY_ROLES or actor.role == "coordinator" for actor in actors):
        return False
    return visible(actors).filter(progress__pk=stored.subject_id).exists()


def _prefetched(share: Share, name: str, rows: list[Any]) -> None:
    queryset = getattr(share, name).all()
    queryset._result_cache = rows
    share.__dict__.setdefault("_prefetched_objects_cache", {})[name] = queryset


def due_words(share: Share, language: str = "vi") -> str:
    """Why until then, in words (the day itself stands beside them): the plan's own, what “trước ngày” means, that a day
    is no working day."""
    if share.due_at is None:
        return ""
    day = local(share.due_at).date()
    return rules.explain_due(
        day,
        stated=stated_day(share),
        before=share.task.due_before,
        words=share.task.due_words,
        closed=_why_closed(day, language),
        last_working=_last_working(day),
        language=language,
        told=True,
    )


def stated_day(share: Share) -> date | None:
    """The day that the plan names; None where the city has extended the term since."""
    stated = share.period_due or share.task.due_on
    if stated is None or share.due_at is None:
        return None
    last = local(share.due_at).date()
    return stated if last in (stated, stated - rules.DAY) else None


def _why_closed(day: date, language: str) -> str | None:
    calendar = worktime_selectors.calendar()
    if calendar.is_working(day):
        return None
    note = calendar.off.get(day)
    if note is None:
        return ""
    return note.reason if language == "vi" else note.reason_en or note.reason


def _last_working(day: date) -> date:
    calendar = worktime_selectors.calendar()
    for _attempt in range(60):
        if calendar.is_working(day):
            break
        day -= rules.DAY
    return day


def period_of(share: Share) -> str:
    """What the present period of a recurring task is called, else ''."""
    return "" if share.period_due is None else rules.period_name(share.task.rrule, share.period_due)


def late_days(share: Share, *, at: datetime) -> int:
    """How many working days the share is late: at its end, or now while it is owed."""
    end = share.done_at or at
    if share.due_at is None or end <= share.due_at or share.state in GONE:
        return 0
    return worktime_selectors.calendar().working_days_between(local(share.due_at).date(), local(end).date())


@dataclass(frozen=True, slots=True)
class Possible:
    """An act that somebody may do now, and the role to do it in."""

    row: Transition
    actor: Actor


def possible_acts(share: Share, actors: Iterable[Actor], *, at: datetime) -> list[Possible]:
    """What somebody with these roles may do now, the likeliest first, each act once. No query on the share of a
    `share_page`."""
    found: dict[str, Possible] = {}
    for actor in actors:
        for row in SHARE_TABLE.allowed(share.state, {actor.role}, ShareFacts(share, actor, at=at)):
            if row.act != "urge" or urging_allowed(share, at):
                found.setdefault(row.act, Possible(row, actor))
    return sorted(found.values(), key=lambda possible: -possible.row.weight)
