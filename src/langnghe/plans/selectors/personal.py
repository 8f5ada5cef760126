"""Personal work plans (B6): the tasks and steps that a person holds in a period, with own items beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from langnghe.plans.models import OwnItem, PlanStep, Share
from langnghe.plans.rules_periods import Period
from langnghe.plans.workflow import OPEN_STATES

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MOST = 300
"""Rows of each kind on one page."""


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """What a person has in a period. `late`: due before it and still open; `ongoing`: without a day."""

    period: Period
    late: list[Share | PlanStep | OwnItem] = field(default_factory=list)
    due: list[Share | PlanStep | OwnItem] = field(default_factory=list)
    ongoing: list[Share | PlanStep | OwnItem] = field(default_factory=list)
    done: list[Share | PlanStep | OwnItem] = field(default_factory=list)


def midnight(day: date) -> datetime:
    """The first moment of a day in the city."""
    return datetime.combine(day, time.min, ZONE)


def due_day(row: Share | PlanStep | OwnItem) -> date | None:
    """The day on which a row of the plan is due; None without one."""
    if isinstance(row, Share):
        return row.due_at.astimezone(ZONE).date() if row.due_at is not None else None
    return row.due_on if isinstance(row, PlanStep) else row.ends_on


def work_plan(person_id: int, period: Period, *, today: date) -> WorkPlan:
    """The work plan of a person. Three queries.

    Late rows and ongoing ones stand in the period that holds today and in those to come, not in the past.
    """
    begin, end = midnight(period.first), midnight(period.last + timedelta(days=1))
    now_or_later = period.last >= today
    plan = WorkPlan(period)

    shares = Share.objects.filter(person_id=person_id).filter(
        Q(state__in=OPEN_STATES, due_at__lt=end)
        | Q(state__in=OPEN_STATES, due_at=None)
        | Q(state="done", done_at__gte=begin, done_at__lt=end)
    )
    found: list[Share | PlanStep | OwnItem] = list(
        shares.select_related("task__document", "agency").order_by("due_at", "id")[:MOST]
    )
    steps = PlanStep.objects.filter(Q(person_id=person_id) | Q(person=None, share__person_id=person_id)).filter(
        Q(done_at=None, share__state__in=OPEN_STATES) & (Q(due_on__lte=period.last) | Q(due_on=None))
        | Q(done_at__gte=begin, done_at__lt=end)
    )
    found += list(steps.select_related("share__task__document", "share__agency").order_by("due_on", "id")[:MOST])
    items = OwnItem.objects.filter(person_id=person_id).filter(
        Q(done_at=None, starts_on__lte=period.last) | Q(done_at__gte=begin, done_at__lt=end)
    )
    found += list(items.select_related("share__task__document").order_by("ends_on", "id")[:MOST])

    for row in found:
        day = due_day(row)
        if row.done_at is not None and (not isinstance(row, Share) or row.state == "done"):
            plan.done.append(row)
        elif day is None:
            if now_or_later:
                plan.ongoing.append(row)
        elif day in period or (isinstance(row, OwnItem) and day > period.last):
            plan.due.append(row)
        elif now_or_later:
            plan.late.append(row)
    for rows in (plan.late, plan.due):
        rows.sort(key=lambda row: (due_day(row) or date.max, row.pk))
    return plan


def held(person_id: int) -> list[Share]:
    """The open tasks that a person holds, for the choice beside an own item. One query."""
    rows = Share.objects.filter(person_id=person_id, state__in=OPEN_STATES).select_related("task")
    return list(rows.order_by("due_at", "id")[:MOST])


def own_item(item_id: int, person_id: int) -> OwnItem | None:
    """An own item of the person; None when there is none. One query."""
    return OwnItem.objects.filter(pk=item_id, person_id=person_id).first()
