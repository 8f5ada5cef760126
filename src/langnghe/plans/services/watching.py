"""What the program does by itself for tasks as time passes: reminders, next periods, successors of ended agencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from langnghe.agencies.models import Agency, AgencyKind, Person, Reminding
from langnghe.agencies.selectors import coordinators, holder, in_charge, office_id, people_with, successor_of
from langnghe.plans import rules
from langnghe.plans.errors import PlanError
from langnghe.plans.models import Share
from langnghe.plans.services import engine, shares
from langnghe.plans.workflow import ACTIVE, DONE, OPEN_STATES
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline, Reminder

_TEMPLATES = {
    ("half", "handler"): "task_reminder_half",
    ("eighty", "handler"): "task_reminder_eighty",
    ("due", "handler"): "task_reminder_due",
    ("overdue", "handler"): "task_reminder_overdue",
    ("due", "head"): "task_escalation_head",
    ("overdue", "head"): "task_escalation_head",
    ("due", "city_office"): "task_escalation_office",
    ("overdue", "city_office"): "task_escalation_office",
}

BATCH = 200


def remind(*, at: datetime) -> int:
    """Turn the reminders that are owed into messages: one for a deadline, step, day and person, however often this
    runs, beside whom, or crashes; for those who want one mail a day, into lines of the next (`reports.digest`). Returns
    how many reminders were taken."""
    worktime.plan_due_today(at=at, kinds=(engine.KIND,))
    taken = 0
    for reminder in worktime.plan_reminders(at=at, kinds=(engine.KIND,)):
        with transaction.atomic():
            if worktime.mark_handled(reminder.pk, at):
                taken += 1
                _write(reminder, at=at)
    return taken


def _write(reminder: Reminder, *, at: datetime) -> None:
    deadline = reminder.deadline
    template = _TEMPLATES.get((reminder.step, reminder.audience))
    share = engine.SHARES.rows.filter(pk=deadline.subject_id).first()
    if share is None:
        return
    words = {"days": str(worktime_selectors.working_days_late(deadline, at))}
    people = [person for person in _recipients(deadline, reminder.audience, at=at) if person.email]
    later = [person for person in people if person.reminders == Reminding.DIGEST]
    worktime.give_notice(reminder_id=reminder.pk, person_ids=[one.pk for one in later], digest=True, at=at)
    if template is None:
        return
    now = [person for person in people if person.reminders != Reminding.DIGEST]
    worktime.give_notice(reminder_id=reminder.pk, person_ids=[one.pk for one in now], digest=False, at=at)
    key = f"reminder:share:{deadline.pk}:{template}:{reminder.day}"
    for person in now:
        engine.to_person(share, person, template, at=at, words=words, key=key)


def _recipients(deadline: Deadline, audience: str, *, at: datetime) -> list[Person]:
    day = at.date()
    if audience == "city_office":
        return list(coordinators(day))
    if audience == "head":
        return list(people_with("head", agency_id=deadline.agency_id, on=day))
    if deadline.person_id is not None:
        person = holder(deadline.person_id, engine.CARRIERS, agency_id=deadline.agency_id, on=day)
        if person is not None:
            return [person]
    if deadline.agency_id == office_id(day):
        return list(coordinators(day))
    return in_charge("focal_point", agency_id=deadline.agency_id, on=day)


def renew_periods(*, at: datetime) -> int:
    """Open the next period of recurring tasks whose last one is done and over, while the plan is in force. Returns how
    many."""
    today = at.date()
    found = Share.objects.filter(
        Q(task__document__ends_on=None) | Q(task__document__ends_on__gt=today),
        state=DONE,
        period_due__lt=today,
        task__due_kind="recurring",
        task__document__state=ACTIVE,
    ).order_by("period_due", "pk")
    rows = found.values_list("pk", "period_due", "task__rrule", "task__document__ends_on", "task__document__issued_on")
    keys = []
    for pk, period, rule, ends, issued in rows.iterator():
        # Rules that have ended stay as they are, and are asked anew each time: it costs no lock.
        if (
            period is not None
            and rules.next_due(rule, after=max(period, today - rules.DAY), until=ends, anchor=issued) is not None
        ):
            keys.append(pk)
        if len(keys) >= BATCH:
            break
    return _each(keys, lambda pk: shares.renew(share_id=pk, actor=SYSTEM, at=at))


def hand_to_successors(*, at: datetime) -> int:
    """Open shares of agencies that have ended go to their main successors, and the history stays with the old name.
    Where there is none, and for districts, whose duties went to many, they end, unless a person has named who carries
    them on; a person may still do so afterwards (`shares.carry_on`). Returns how many moved or ended."""
    today = at.date()
    open_there = Share.objects.filter(state__in=OPEN_STATES, agency__valid_to__lt=today)
    moved = 0
    for ended in Agency.objects.filter(pk__in=open_there.order_by().values("agency").distinct()):
        heir = successor_of(ended)
        keys = list(open_there.filter(agency=ended).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if ended.kind == AgencyKind.DISTRICT or heir.pk == ended.pk or not heir.is_active(today):
            note = _("Cơ quan đã kết thúc hoạt động, chưa chỉ định cơ quan làm tiếp.")
            moved += _each(keys, partial(_end, note=note, at=at))
        else:
            moved += _each(keys, partial(_hand_over, heir_id=heir.pk, at=at))
    return moved


def _end(share_id: int, *, note: str, at: datetime) -> None:
    shares.cancel(share_id=share_id, note=note, actor=SYSTEM, at=at)


def _hand_over(share_id: int, *, heir_id: int, at: datetime) -> None:
    shares.hand_over(share_id=share_id, agency_id=heir_id, actor=SYSTEM, at=at)


def _each(keys: Iterable[int], act: Callable[[int], object]) -> int:
    done = 0
    for key in keys:
        try:
            act(key)
            done += 1
        except PlanError:
            continue
    return done
