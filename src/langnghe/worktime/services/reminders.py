"""Reminders: planned once for a deadline, step, day and audience; taken by whoever writes the message."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, Value, When

from langnghe.worktime import reminding, rules, selectors
from langnghe.worktime.models import Deadline, DeadlineState, Reminder
from langnghe.worktime.services.deadlines import marks_of

PLAN_BATCH = 500


def plan_reminders(*, at: datetime, kinds: Collection[str] = ()) -> list[Reminder]:
    """Write down the reminders that are owed by now, and return those that wait to be turned into messages: of all
    subjects, or of these kinds. Each room asks for its own kinds, so that none waits behind another's.

    May run anywhere, at any time and as often as one likes: a reminder exists once for a deadline, step, day and
    audience. After a standstill each audience gets the latest one only. Deadlines that somebody is changing right now
    are taken the next time. Whoever turns a reminder into a message calls `mark_handled` in the same transaction.
    """
    while _plan_batch(rules.local(at)):
        pass
    # What was closed or paused before anybody was reminded has lost its point.
    waiting = Reminder.objects.filter(handled_at=None, dropped_at=None)
    waiting.exclude(deadline__state=DeadlineState.OPEN).update(dropped_at=at)
    return selectors.waiting_reminders(kinds=kinds)


def _plan_batch(at: datetime) -> int:
    calendar = selectors.calendar()
    with transaction.atomic():
        batch = list(
            Deadline.objects.select_for_update(skip_locked=True)
            .filter(state=DeadlineState.OPEN, next_reminder_at__lte=at)
            .order_by("next_reminder_at", "id")[:PLAN_BATCH]
        )
        if not batch:
            return 0
        latest = _latest(batch)
        new: list[Reminder] = []
        outdated: dict[str, list[int]] = {}
        for deadline in batch:
            marks = marks_of(deadline)
            for mark in reminding.owed(marks, at, calendar):
                before = latest.get((deadline.pk, mark.audience))
                if before is not None and before >= mark.order:
                    continue
                if before is not None:  # whoever has not been told of the earlier mark is told of this one only
                    outdated.setdefault(mark.audience, []).append(deadline.pk)
                new.append(
                    Reminder(deadline=deadline, step=mark.step, day=mark.day, audience=mark.audience, created_at=at)
                )
            deadline.next_reminder_at = reminding.next_mark(marks, at, calendar)
        for audience, deadlines in outdated.items():
            Reminder.objects.filter(deadline__in=deadlines, audience=audience, handled_at=None, dropped_at=None).update(
                dropped_at=at
            )
        Reminder.objects.bulk_create(new, ignore_conflicts=True)
        Deadline.objects.bulk_update(batch, ["next_reminder_at"])
    return len(batch)


def _latest(batch: list[Deadline]) -> dict[tuple[int, str], tuple[date, int]]:
    """The latest mark of which there is a reminder already, for each deadline and audience."""
    rank = Case(*(When(step=step, then=Value(number)) for step, number in reminding.RANK.items()))
    rows = (
        Reminder.objects.filter(deadline__in=batch)
        .order_by("deadline_id", "audience", "-day", rank.desc())
        .distinct("deadline_id", "audience")
        .values_list("deadline_id", "audience", "day", "step")
    )
    return {(pk, audience): (day, reminding.RANK[step]) for pk, audience, day, step in rows}


def mark_handled(reminder_id: int, at: datetime) -> bool:
    """Take a reminder, in the transaction that writes its message. False when somebody else did, or it is moot."""
    return bool(
        Reminder.objects.filter(
            pk=reminder_id,
            handled_at=None,
            dropped_at=None,
            deadline__in=Deadline.objects.filter(state=DeadlineState.OPEN),
        ).update(handled_at=at)
    )


def remind_on(day: date) -> None:
    """A day that became a working day is one on which what is late is reminded of."""
    opening = selectors.calendar().opening(day)
    Deadline.objects.filter(state=DeadlineState.OPEN, due_date__lt=day, next_reminder_at__gt=opening).update(
        next_reminder_at=opening
    )
