"""Reads of tasks and their shares: the tree of a plan, one share, queues, what is late, calendar, board, search,
figures. Each says how many queries it costs; agencies' names come from the catalogue of the process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Count, F, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.base import ModelState

from langnghe.agencies.models import Person, RoleAssignment
from langnghe.cases import catalogue
from langnghe.cases.selectors import decode_key, encode_key
from langnghe.files.models import StoredFile
from langnghe.ledger.models import Entry
from langnghe.plans import rules
from langnghe.plans.facts import ShareFacts
from langnghe.plans.models import Obstacle, PlanDocument, PlanStep, Progress, Share, Task
from langnghe.plans.services.engine import KIND, PROGRESS, STEP
from langnghe.plans.services.shares import GONE, urging_allowed
from langnghe.plans.workflow import DONE, OPEN_STATES, SHARE_STATES, SHARE_TABLE
from langnghe.texts import words as words_of
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import Transition
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime.models import Deadline
from langnghe.worktime.rules import end_of_day, local, midnight

PAGE = 30
AGENCY_ROLES = frozenset({"focal_point", "handler", "approver", "head"})
CITY_READERS = frozenset({"coordinator", "observer"})

_HEAVY = (
    "notes", "task__text", "task__folded", "task__document__text", "task__document__head", "task__document__warnings",
    "task__document__folded", "person__password", "person__last_login", "person__email", "person__phone",
    "person__created_at", "person__folded",
)  # fmt: skip
"""What no row of a list shows."""


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


# --- the tree of a plan -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class TaskRow:
    """A task in the tree: how far, how many shares in which condition. `share_id` is set when there is one share."""

    task: Task
    percent: int
    shares: int
    done: int
    open: int
    late: int
    due_at: datetime | None
    share_id: int | None
    leads: int
    person: str = ""

    @property
    def weight(self) -> int:
        """The weight in the plan; a task that nobody owes any more has none."""
        return self.task.weight if self.shares else 0

    @property
    def state(self) -> str:
        """`done`, `late`, `open`, or `none` when nobody owes it."""
        if not self.shares:
            return "none"
        return "late" if self.late else "open" if self.open else "done"


@dataclass(slots=True)
class Section:
    """A part of the plan by its printed labels (I, I.1 …), with its progress by weight."""

    label: str
    percent: int = 0
    rows: list[TaskRow] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def all_rows(self) -> list[TaskRow]:
        """The tasks here and below, in order."""
        return [*self.rows, *(row for section in self.sections for row in section.all_rows)]


@dataclass(slots=True)
class PlanTree:
    """A plan with its tasks: progress, counts of tasks by state, sections."""

    document: PlanDocument
    percent: int
    counts: Mapping[str, int]
    root: Section
    rows: list[TaskRow]


_LIVE = ~Q(shares__state__in=GONE)


def plan_tree(document_id: int, *, at: datetime) -> PlanTree | None:
    """A plan with progress rolled up by weight; None when there is no such plan. Two queries, whatever its size: the
    shares are summed by the database."""
    document = (
        PlanDocument.objects.select_related("parent", "superseded_by")
        .defer("text", "head", "warnings", "parent__text", "parent__head", "parent__warnings")
        .filter(pk=document_id)
        .first()
    )
    if document is None:
        return None
    rows = _tree_rows(document, at=at)
    document.agency = catalogue.agency(document.agency_id) or document.agency
    root = _sections(rows)
    tally = Counter(row.state for row in rows)
    counts = {state: tally[state] for state in ("done", "open", "late", "none")}
    return PlanTree(document, root.percent, counts, root, rows)


def _sums(at: datetime) -> dict[str, Any]:
    """What the shares of a task come to, for the database to sum."""
    leading = _LIVE & Q(shares__lead=True)
    still = Q(shares__state__in=OPEN_STATES)
    return {
        "n": Count("shares", filter=_LIVE),
        "n_lead": Count("shares", filter=leading),
        "lead_sum": Sum("shares__percent", filter=leading),
        "all_sum": Sum("shares__percent", filter=_LIVE),
        "n_done": Count("shares", filter=Q(shares__state=DONE)),
        "n_open": Count("shares", filter=still),
        "n_late": Count("shares", filter=still & Q(shares__due_at__lt=at)),
        "next_due": Min("shares__due_at", filter=still),
        "a_share": Min("shares__pk", filter=_LIVE),
        "a_person": Min("shares__person__full_name", filter=leading),
    }


def _row(task: Task, sums: Mapping[str, Any]) -> TaskRow:
    count, total = (sums["n_lead"], sums["lead_sum"]) if sums["n_lead"] else (sums["n"], sums["all_sum"])
    return TaskRow(
        task=task, percent=int(total or 0) // count if count else 0, shares=sums["n"], done=sums["n_done"],
        open=sums["n_open"], late=sums["n_late"], due_at=sums["next_due"], leads=sums["n_lead"],
        share_id=sums["a_share"] if sums["n"] == 1 else None, person=sums["a_person"] or "",
    )  # fmt: skip


def task_rows(tasks: QuerySet[Task], *, at: datetime) -> list[TaskRow]:
    """Tasks with what their shares come to. One query."""
    sums = _sums(at)
    return [_row(task, task.__dict__) for task in tasks.defer("text", "folded").annotate(**sums)]


_TREE_COLUMNS = ("id", "document_id", "order", "path", "title", "lead_names", "weight", "due_kind", "due_on")


def _tree_rows(document: PlanDocument, *, at: datetime) -> list[TaskRow]:
    """The tasks of a plan as `task_rows` gives them, with the columns that a tree shows (others are read when asked
    for). The instances are put together here: Django's own way takes half of the page for 500 of them. One query."""
    sums = _sums(at)
    names = (*_TREE_COLUMNS, *sums)
    made = []
    found = Task.objects.filter(document=document).annotate(**sums).order_by("order", "pk")
    for values in found.values_list(*names):
        known = dict(zip(names, values, strict=True))
        task = Task.__new__(Task)
        state = ModelState()
        state.adding, state.db = False, document._state.db
        state.fields_cache["document"] = document
        task.__dict__.update({"_state": state, **{name: known[name] for name in _TREE_COLUMNS}})
        made.append(_row(task, known))
    return made


def _sections(rows: Sequence[TaskRow]) -> Section:
    root = Section("")
    known: dict[tuple[str, ...], Section] = {(): root}
    for row in rows:
        at_path: tuple[str, ...] = ()
        for label in rules.section_labels(row.task.path):
            above = known[at_path]
            at_path = (*at_path, label)
            if at_path not in known:
                known[at_path] = Section(".".join(at_path))
                above.sections.append(known[at_path])
        known[at_path].rows.append(row)
    for section in known.values():
        section.percent = rules.plan_percent((row.percent, row.weight) for row in section.all_rows)
    return root


# --- one share --------------------------------------------------------------------------------------------------------


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


SIBLINGS = 200


def share_page(
    pk: int, actors: Sequence[Actor], *, at: datetime, language: str = "vi", with_deadline: bool = True
) -> SharePage | None:
    """One share with its task, plan, steps, progress and evidence, obstacles, deadline (where it is asked for), the
    other shares of the task, and its acts; None when there is none. At most nine queries."""
    share = (
        Share.objects.select_related(
            "task__document", "task__indicator", "task__under__document", "person", "carries_on"
        )
        .defer("task__document__text", "task__document__head", "task__document__warnings",
               "task__under__document__text", "task__under__document__head", "task__under__document__warnings")
        .filter(pk=pk)
        .first()
    )  # fmt: skip
    if share is None:
        return None
    name([share] if share.carries_on is None else [share, share.carries_on])
    share.task.document.agency = catalogue.agency(share.task.document.agency_id) or share.task.document.agency
    siblings = list(
        Share.objects.filter(task=share.task_id)
        .exclude(pk=share.pk)
        .select_related("person")
        .order_by(F("carries_on").asc(nulls_last=True), "-lead", "pk")[:SIBLINGS]
    )
    name(siblings)
    for other in siblings:
        other.task = share.task
    details = may_read(share, actors, siblings)
    evidence = details and any(actor.role in AGENCY_ROLES or actor.role == "coordinator" for actor in actors)
    steps = list(share.steps.select_related("person", "done_by"))
    progress = list(share.progress.select_related("person", "decided_by"))
    obstacles = list(share.obstacles.select_related("raised_by", "answered_by"))
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
        running = Deadline.objects.filter(kind=KIND, subject_id=share.pk, step=STEP, state="open")
        deadline = running.order_by("-pk").first()
    acts = list(Entry.objects.filter(kind=KIND, subject_id=share.pk).order_by("-seq")[:100])
    acting = {entry.actor_id for entry in acts if entry.actor_id is not None}
    people = Person.objects.in_bulk(acting) if acting else {}
    return SharePage(
        share=share, details=details, evidence=evidence, steps=steps if details else [],
        progress=progress if details else [], files=files, obstacles=obstacles if details else [], deadline=deadline,
        due_words=due_words(share, language), period=period_of(share), siblings=siblings, people=people, acts=acts,
        carried_on_by=next((other for other in siblings if other.carries_on_id == share.pk), None),
        late_days=late_days(share, at=at),
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
    """Until when, in words, and why: the plan's own words, what “trước ngày” means, that a day is no working day."""
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


# --- queues -----------------------------------------------------------------------------------------------------------


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
    late: str = ""  # "late" | "soon" | "obstacle" | "unassigned"
    person_id: int | None = None
    unit: str = ""
    document_id: int | None = None
    lead: bool | None = None
    text: str = ""


SOON_DAYS = 7
"""A share counts as about to be late so many days before its term ends."""


def mine(person_id: int, *, at: datetime, wanted: WorkFilter | None = None, key: str = "", size: int = PAGE) -> Page:
    """The open shares that a person carries, what is due first on top. One query."""
    return _page(_narrow(Share.objects.filter(person=person_id), wanted or WorkFilter(), at=at), key=key, size=size)


def agency_work(agency_id: int | None, wanted: WorkFilter, *, at: datetime, key: str = "", size: int = PAGE) -> Page:
    """The open shares of an agency (None: of all), what is due first on top. One query."""
    found = Share.objects.all() if agency_id is None else Share.objects.filter(agency=agency_id)
    return _page(_narrow(found, wanted, at=at), key=key, size=size)


def late(*, at: datetime, agency_id: int | None = None, soon: bool = False, key: str = "", size: int = PAGE) -> Page:
    """What is late (or, with `soon`, will be within days), the longest late first. One query."""
    return agency_work(agency_id, WorkFilter(late="soon" if soon else "late"), at=at, key=key, size=size)


def _narrow(found: QuerySet[Share], wanted: WorkFilter, *, at: datetime) -> QuerySet[Share]:
    found = found.filter(state__in=OPEN_STATES)
    if wanted.states:
        found = found.filter(state__in=[state for state in wanted.states if state in SHARE_STATES])
    if wanted.late == "late":
        found = found.filter(due_at__lt=at)
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
        found = found.filter(task__in=_matching(wanted.text))
    return found


def _page(found: QuerySet[Share], *, key: str, size: int) -> Page:
    backwards, mark = decode_key(key)
    if mark is not None:
        when, pk = mark
        endless = when >= _ENDLESS
        if backwards:
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
    order = ("-due_at", "-pk") if backwards else ("due_at", "pk")
    rows = list(found.select_related("task__document", "person").defer(*_HEAVY).order_by(*order)[: size + 1])
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


def name(rows: Iterable[Share]) -> None:
    """Give shares their agency out of the catalogue."""
    for share in rows:
        if share.agency_id is not None:
            share.agency = catalogue.agency(share.agency_id) or share.agency


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


# --- calendar and board -----------------------------------------------------------------------------------------------


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
    rows = list(
        Share.objects.filter(pk__in=keys)
        .select_related("task__document", "person")
        .defer(*_HEAVY)
        .order_by("due_at", "pk")
    )
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
    of the last 30 days. Five queries at most: counts, and the first of each column."""
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
    columns = []
    for state in OPEN_STATES:
        rows = _cards(still.filter(state=state).order_by("due_at", "pk")) if tally.get(state) else []
        columns.append(Column(state, str(SHARE_STATES[state].label), rows, tally.get(state, 0)))
    done = _cards(recent.order_by("-done_at", "-pk"))
    columns.append(Column(DONE, str(SHARE_STATES[DONE].label), done, len(done)))
    return columns


def _cards(found: QuerySet[Share]) -> list[Share]:
    rows = list(found.select_related("task__document", "person").defer(*_HEAVY)[:BOARD_ROWS])
    name(rows)
    return rows


# --- search -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks found, the newest plans first."""

    rows: list[TaskRow]
    after: str
    before: str


def _matching(text: str) -> QuerySet[Task]:
    wanted = words_of(text)[:12]
    if not wanted:
        return Task.objects.none()
    # The last word may still be being typed.
    query = " & ".join([*(f"'{word}'" for word in wanted[:-1]), f"'{wanted[-1]}':*"])
    vector = SearchVector("folded", config="simple")
    return Task.objects.alias(words=vector).filter(
        words=SearchQuery(query, config="simple", search_type="raw"), document__state__in=["active", "finished"]
    )


def search(text: str, *, at: datetime, key: str = "", size: int = PAGE) -> TaskPage:
    """Tasks of all plans in force or finished that have all the words, with or without marks; the newest first. Two
    queries: the hits, and what their shares come to."""
    pk, backwards = _number_key(key)
    found = _matching(text)
    if pk is not None:
        found = found.filter(pk__gt=pk) if backwards else found.filter(pk__lt=pk)
    keys = list(found.order_by("pk" if backwards else "-pk").values_list("pk", flat=True)[: size + 1])
    more = len(keys) > size
    keys = keys[:size]
    if backwards:
        keys.reverse()
    documents = PlanDocument.objects.defer("text", "head", "warnings")
    tasks = Task.objects.filter(pk__in=keys).prefetch_related(Prefetch("document", documents)).order_by("-pk")
    rows = task_rows(tasks, at=at) if keys else []
    after = f"a{keys[-1]}" if keys and (more or backwards) else ""
    before = f"b{keys[0]}" if keys and pk is not None and (more or not backwards) else ""
    return TaskPage(rows, after, before)


def _number_key(key: str) -> tuple[int | None, bool]:
    number = key[1:]
    good = key[:1] in ("a", "b") and number.isascii() and number.isdecimal() and len(number) < 16
    return (int(number), key[0] == "b") if good else (None, False)


# --- figures ----------------------------------------------------------------------------------------------------------


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
    yet due. Each period of a recurring task counts by itself, what is owed counts as late once its day is over, and
    terms that were over when they were given count too. The head is who leads the agency now. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"first": midnight(first), "last": end_of_day(last), "at": at, "agency": agency_id})
        rows = cursor.fetchall()
    day = at.date()
    heads = {
        held.agency_id: held.person.full_name
        for held in RoleAssignment.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=day), role="head", valid_from__lte=day, agency__in=[r[0] for r in rows]
        ).select_related("person")
    }
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


_FIGURES = """
WITH present AS (
    SELECT s.agency_id, s.state = 'done' AS done, s.done_at <= s.due_at AS in_time, s.due_at < %(at)s AS over,
           s.extensions > 0 AS extended
    FROM plans_share s
    WHERE s.due_at BETWEEN %(first)s AND %(last)s AND s.state NOT IN ('cancelled', 'handed_over')
      AND (%(agency)s::bigint IS NULL OR s.agency_id = %(agency)s)
    UNION ALL
    -- Periods of recurring tasks that came before the present one.
    SELECT s.agency_id, true, p.done_at <= p.due_at, true, p.extensions > 0
    FROM plans_period p JOIN plans_share s ON s.id = p.share_id
    WHERE p.due_at BETWEEN %(first)s AND %(last)s AND (%(agency)s::bigint IS NULL OR s.agency_id = %(agency)s)
)
SELECT agency_id, count(*) FILTER (WHERE done AND in_time), count(*) FILTER (WHERE done AND NOT in_time),
       count(*) FILTER (WHERE NOT done AND over), count(*) FILTER (WHERE NOT done AND NOT over),
       count(*) FILTER (WHERE extended)
FROM present GROUP BY agency_id
"""
