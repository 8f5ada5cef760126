"""The tree of a plan with its progress by weight, who carries it, the agencies' own detailed plans under it; one task
with all its shares."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.base import ModelState
from django.db.models.fields.json import KeyTransform

from langnghe.agencies.models import Agency
from langnghe.cases import catalogue
from langnghe.database import Rows, Statement, prepared
from langnghe.plans import rules
from langnghe.plans.models import Indicator, PlanDocument, Share, Task
from langnghe.plans.selectors.shares import name
from langnghe.plans.services.shares import GONE
from langnghe.plans.workflow import ACTIVE, DONE, FINISHED, OPEN_STATES, REVIEW


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
    tasks: int = 0
    """How many there are here and below, and how many of them are late."""
    late: int = 0


@dataclass(slots=True)
class PlanTree:
    """A plan with its tasks: progress, counts of tasks by state, sections."""

    document: PlanDocument
    percent: int
    counts: Mapping[str, int]
    root: Section
    rows: list[TaskRow]


def _listed(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in states)


_IS_LIVE = f"s.state NOT IN ({_listed(sorted(GONE))})"
_IS_OPEN = f"s.state IN ({_listed(OPEN_STATES)})"


_PLAN = Rows(
    lambda pk: (
        PlanDocument.objects.select_related("parent", "superseded_by")
        .defer("text", "head", "warnings", "parent__text", "parent__head", "parent__warnings")
        .annotate(giving=KeyTransform("giving", "head"))
        .filter(pk=pk)
    )
)
_UNDER = Rows(
    lambda pk: (
        PlanDocument.objects.filter(parent=pk, state__in=[REVIEW, ACTIVE, FINISHED])
        .defer("text", "head", "warnings")
        .order_by("-issued_on", "-pk")
    )
)


def plan_tree(document_id: int, *, at: datetime) -> PlanTree | None:
    """A plan with progress rolled up by weight; None when there is no such plan. Two queries, whatever its size:
    the shares are summed by the database."""
    document = next(iter(_PLAN.rows(document_id)), None)
    if document is None:
        return None
    rows = _tree_rows(document, at=at)
    document.agency = catalogue.agency(document.agency_id) or document.agency
    root = _sections(rows)
    tally = Counter(row.state for row in rows)
    counts = {state: tally[state] for state in ("done", "open", "late", "none")}
    return PlanTree(document, root.percent, counts, root, rows)


_SUMS = f"""
SELECT s.task_id, count(*) FILTER (WHERE {_IS_LIVE}) AS shares, count(*) FILTER (WHERE {_IS_LIVE} AND s.lead) AS leads,
       sum(s.percent) FILTER (WHERE {_IS_LIVE} AND s.lead), sum(s.percent) FILTER (WHERE {_IS_LIVE}),
       count(*) FILTER (WHERE s.state = '{DONE}'), count(*) FILTER (WHERE {_IS_OPEN}),
       count(*) FILTER (WHERE {_IS_OPEN} AND s.due_at < %(at)s), min(s.due_at) FILTER (WHERE {_IS_OPEN}),
       min(s.id) FILTER (WHERE {_IS_LIVE}), min(s.person_id) FILTER (WHERE {_IS_LIVE} AND s.lead) AS person_id
FROM plans_share s WHERE s.task_id = ANY(%(tasks)s) GROUP BY s.task_id
"""
"""What the shares of tasks come to. In SQL: to put the statement together anew took a tenth of the page of a plan."""

_SUMS_OF = f"SELECT sums.*, p.full_name FROM ({_SUMS}) sums LEFT JOIN agencies_person p ON p.id = sums.person_id"

_TREE_COLUMNS = ("id", "document_id", "order", "path", "title", "lead_names", "weight", "due_kind", "due_on")
_TREE = f"""
SELECT {", ".join(f't."{column}"' for column in _TREE_COLUMNS)}, sums.*, p.full_name
FROM plans_task t
LEFT JOIN ({_SUMS.replace("%(tasks)s", "SELECT id FROM plans_task WHERE document_id = %(document)s")}) sums
     ON sums.task_id = t.id
LEFT JOIN agencies_person p ON p.id = sums.person_id
WHERE t.document_id = %(document)s ORDER BY t."order", t.id
"""
"""The tasks of a plan with the columns that a tree shows, and what their shares come to."""


def _with_sums(tasks: Sequence[Task], *, at: datetime) -> list[TaskRow]:
    """Tasks with what their shares come to. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS_OF, {"at": at, "tasks": [task.pk for task in tasks]})
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_row(task, *sums.get(task.pk, _NOTHING)) for task in tasks]


_NOTHING: tuple[Any, ...] = (0, 0, None, None, 0, 0, 0, None, None, None, None)


def _row(
    task: Task,
    shares: int,
    leads: int,
    led: int | None,
    whole: int | None,
    done: int,
    still: int,
    late: int,
    due_at: datetime | None,
    a_share: int | None,
    _person_id: int | None,
    person: str | None,
) -> TaskRow:
    count, total = (leads, led) if leads else (shares, whole)
    return TaskRow(
        task=task, percent=int(total or 0) // count if count else 0, shares=shares, done=done, open=still, late=late,
        due_at=due_at, leads=leads, share_id=a_share if shares == 1 else None, person=person or "",
    )  # fmt: skip


def task_rows(tasks: QuerySet[Task], *, at: datetime) -> list[TaskRow]:
    """Tasks with what their shares come to. Two queries."""
    return _with_sums(list(tasks.defer("text", "folded", "search")), at=at)


def _tree_rows(document: PlanDocument, *, at: datetime) -> list[TaskRow]:
    """The tasks of a plan as `task_rows` gives them, with the columns that a tree shows (others are read when asked
    for). The instances are put together here: Django's own way takes a third of the page for 500 of them. One
    query."""
    state = ModelState()
    state.adding, state.db = False, document._state.db
    state.fields_cache["document"] = document
    made = []
    decoder: Any = json.JSONDecoder()
    width, decode = len(_TREE_COLUMNS), decoder.scan_once
    with prepared() as cursor:
        cursor.execute(_TREE, {"at": at, "document": document.pk})
        for values in cursor.fetchall():
            task = Task.__new__(Task)
            task.__dict__ = dict(zip(_TREE_COLUMNS, values, strict=False))
            task.lead_names = decode(task.lead_names, 0)[0]
            task._state = state
            made.append(_row(task, *(values[width + 1 :] if values[width] is not None else _NOTHING)))
    return made


def _sections(rows: Sequence[TaskRow]) -> Section:
    root = Section("")
    known: dict[tuple[str, ...], Section] = {(): root}
    weighed: dict[str, list[tuple[int, int]]] = {"": []}
    for row in rows:
        place, late = (row.percent, row.weight), bool(row.late)
        weighed[""].append(place)
        root.tasks += 1
        root.late += late
        section = root
        labels = rules.section_labels(row.task.path)
        for depth in range(1, len(labels) + 1):
            path = labels[:depth]
            found = known.get(path)
            if found is None:
                found = known[path] = Section(".".join(path))
                section.sections.append(found)
            section = found
            weighed.setdefault(section.label, []).append(place)
            section.tasks += 1
            section.late += late
        section.rows.append(row)
    for section in known.values():
        section.percent = rules.plan_percent(weighed[section.label])
    return root


@dataclass(slots=True)
class Carrier:
    """An agency with shares in a plan."""

    agency: Agency
    shares: int
    open: int


@dataclass(slots=True)
class Detailed:
    """An agency's own plan under another, with its progress, and the tasks of the plan above that it leaves out."""

    document: PlanDocument
    percent: int
    tasks: int
    uncovered: list[Task] = field(default_factory=list)


_CARRIERS = f"""
SELECT s.agency_id, count(*), count(*) FILTER (WHERE {_IS_OPEN})
FROM plans_share s JOIN plans_task t ON t.id = s.task_id
WHERE t.document_id = %s AND s.agency_id IS NOT NULL AND {_IS_LIVE} GROUP BY s.agency_id
"""


def carriers(document_id: int) -> list[Carrier]:
    """The agencies with a share in a plan, in Vietnamese order. One query."""
    with prepared() as cursor:
        cursor.execute(_CARRIERS, [document_id])
        rows = cursor.fetchall()
    found = [Carrier(agency, shares, still) for key, shares, still in rows if (agency := catalogue.agency(key))]
    return sorted(found, key=lambda one: one.agency.sort_key)


def tasks_of(document_id: int, agency_id: int) -> dict[int, int]:
    """The tasks of a plan in which an agency has a share: task → share. One query."""
    rows = Share.objects.filter(task__document=document_id, agency=agency_id).exclude(state__in=GONE)
    return dict(rows.order_by("-pk").values_list("task_id", "pk"))


def detailed(document_id: int) -> list[Detailed]:
    """The agencies' own plans under a plan. Three queries; one when there are none.

    A task is left uncovered by an agency's plan when the agency leads it and no task of its plan stands under it.
    """
    plans = _UNDER.rows(document_id)
    if not plans:
        return []
    by_plan: dict[int, list[tuple[int, int]]] = {plan.pk: [] for plan in plans}
    covered: dict[int, set[int]] = {plan.pk: set() for plan in plans}
    rows = Task.objects.filter(document__in=plans).values_list("pk", "document_id", "under_id", "weight")
    shares: dict[int, tuple[list[int], list[int]]] = {}
    owed = Share.objects.filter(
        Q(task__document__in=plans) | Q(task__document=document_id, lead=True)
    ).exclude(state__in=GONE)  # fmt: skip
    above: dict[int, set[int]] = {}
    for task_id, plan_id, agency_id, lead, percent in owed.values_list(
        "task_id", "task__document_id", "agency_id", "lead", "percent"
    ):
        if plan_id == document_id:
            above.setdefault(agency_id or 0, set()).add(task_id)
        else:
            shares.setdefault(task_id, ([], []))[0 if lead else 1].append(percent)
    for pk, plan_id, under, weight in rows:
        by_plan[plan_id].append((rules.task_percent(*shares.get(pk, ([], []))), weight if pk in shares else 0))
        if under is not None:
            covered[plan_id].add(under)
    wanted = {pk for plan in plans for pk in above.get(plan.agency_id, set()) - covered[plan.pk]}
    titles = {
        task.pk: task for task in Task.objects.filter(pk__in=wanted).defer("text", "folded", "search").order_by("order")
    }
    made = []
    for plan in plans:
        plan.agency = catalogue.agency(plan.agency_id) or plan.agency
        missing = above.get(plan.agency_id, set()) - covered[plan.pk]
        made.append(
            Detailed(
                plan, rules.plan_percent(by_plan[plan.pk]), len(by_plan[plan.pk]),
                [task for pk, task in titles.items() if pk in missing],
            )
        )  # fmt: skip
    return made


_INDICATORS = Statement(lambda document_id: Indicator.objects.filter(document=document_id).count())


def indicators(document_id: int) -> int:
    """How many indicators a plan has. One query."""
    [[count]] = _INDICATORS.rows(document_id)
    return int(count)


SHARES = 400
"""Most shares of one task on its page; the rest is counted."""


def task_page(task_id: int, *, at: datetime) -> tuple[TaskRow, list[Share], int] | None:
    """A task with all its shares, leads first, those that are owed on top, and how many more there are; None when
    there is no such task. Four queries."""
    rows = task_rows(Task.objects.filter(pk=task_id), at=at)
    if not rows:
        return None
    row = rows[0]
    row.task.document = PlanDocument.objects.defer("text", "head", "warnings").get(pk=row.task.document_id)
    found = Share.objects.filter(task=task_id).select_related("person").order_by("-lead", "due_at", "pk")
    shares = list(found[: SHARES + 1])
    name(shares)
    for share in shares:
        share.task = row.task
    order = {state: place for place, state in enumerate((*OPEN_STATES, DONE, *GONE))}
    shown = sorted(shares[:SHARES], key=lambda one: (not one.lead, order.get(one.state, 9) > 2))
    return row, shown, max(0, row.shares - SHARES) if len(shares) > SHARES else 0
