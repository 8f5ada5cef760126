"""What hangs around a plan's tree: who carries it, and the agencies' own detailed plans under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from langnghe.agencies.models import Agency
from langnghe.cases import catalogue
from langnghe.plans import rules
from langnghe.plans.models import PlanDocument, Share, Task
from langnghe.plans.selectors.tasks import TaskRow, name, task_rows
from langnghe.plans.services.shares import GONE
from langnghe.plans.workflow import ACTIVE, DONE, FINISHED, OPEN_STATES, REVIEW


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


def carriers(document_id: int) -> list[Carrier]:
    """The agencies with a share in a plan, in Vietnamese order. One query."""
    rows = (
        Share.objects.filter(task__document=document_id, agency__isnull=False)
        .exclude(state__in=GONE)
        .values("agency_id")
        .annotate(n=Count("pk"), still=Count("pk", filter=Q(state__in=OPEN_STATES)))
    )
    found = []
    for row in rows:
        agency = catalogue.agency(row["agency_id"])
        if agency is not None:
            found.append(Carrier(agency, row["n"], row["still"]))
    return sorted(found, key=lambda one: one.agency.sort_key)


def tasks_of(document_id: int, agency_id: int) -> dict[int, int]:
    """The tasks of a plan in which an agency has a share: task → share. One query."""
    rows = Share.objects.filter(task__document=document_id, agency=agency_id).exclude(state__in=GONE)
    return dict(rows.order_by("-pk").values_list("task_id", "pk"))


def detailed(document_id: int) -> list[Detailed]:
    """The agencies' own plans under a plan. Three queries; one when there are none.

    A task is left uncovered by an agency's plan when the agency leads it and no task of its plan stands under it.
    """
    plans = list(
        PlanDocument.objects.filter(parent=document_id, state__in=[REVIEW, ACTIVE, FINISHED])
        .defer("text", "head", "warnings")
        .order_by("-issued_on", "-pk")
    )
    if not plans:
        return []
    by_plan: dict[int, list[tuple[int, int]]] = {plan.pk: [] for plan in plans}
    covered: dict[int, set[int]] = {plan.pk: set() for plan in plans}
    rows = Task.objects.filter(document__in=plans).values_list("pk", "document_id", "under_id", "weight")
    shares: dict[int, list[int]] = {}
    owed = Share.objects.filter(Q(task__document__in=plans) | Q(task__document=document_id), lead=True).exclude(
        state__in=GONE
    )
    above: dict[int, set[int]] = {}
    for task_id, plan_id, agency_id, percent in owed.values_list(
        "task_id", "task__document_id", "agency_id", "percent"
    ):
        if plan_id == document_id:
            above.setdefault(agency_id or 0, set()).add(task_id)
        else:
            shares.setdefault(task_id, []).append(percent)
    for pk, plan_id, under, weight in rows:
        by_plan[plan_id].append((rules.task_percent(shares.get(pk, [])), weight if pk in shares else 0))
        if under is not None:
            covered[plan_id].add(under)
    wanted = {pk for plan in plans for pk in above.get(plan.agency_id, set()) - covered[plan.pk]}
    titles = {task.pk: task for task in Task.objects.filter(pk__in=wanted).defer("text", "folded").order_by("order")}
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


SHARES = 400
"""Most shares of one task on its page; the rest is counted."""


def task_page(task_id: int, *, at: datetime) -> tuple[TaskRow, list[Share], int] | None:
    """A task with all its shares, leads first, those that are owed on top, and how many more there are; None when
    there is no such task. Three queries."""
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
