"""Reminders: planned once for a deadline, step, day and audience; taken by whoever writes the message."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Value, When

from langnghe.worktime import reminding, rules, selectors
from langnghe.worktime.models import Deadline, DeadlineState, Notice, Reminder
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


def plan_due_today(*, at: datetime, kinds: Collection[str]) -> int:
    """Write down, on a working day from its opening on, a reminder to the handler for each term of these kinds that
    ends on this day, or on a day off before the next working day. Once for a term and day, however often this runs.
    Returns how many are new."""
    at = rules.local(at)
    day, calendar = at.date(), selectors.calendar()
    if not calendar.is_working(day) or at < calendar.opening(day):
        return 0
    known = Reminder.objects.filter(deadline=OuterRef("pk"), step=reminding.TODAY, day=day)
    owed = Deadline.objects.filter(
        ~Exists(known), state=DeadlineState.OPEN, kind__in=list(kinds), due_date__gte=day,
        due_date__lt=calendar.next_working_day(day), due_at__gte=at, started_at__lt=at,
    )  # fmt: skip
    new = [
        Reminder(deadline_id=key, step=reminding.TODAY, day=day, audience=reminding.HANDLER, created_at=at)
        for key in owed.values_list("pk", flat=True)
    ]
    Reminder.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def give_notice(*, reminder_id: int, person_ids: Iterable[int], digest: bool, at: datetime) -> None:
    """Write down that people are told of a reminder, in the transaction that takes it: now, by messages that the caller
    writes, or by their next `digest`."""
    told = None if digest else at
    Notice.objects.bulk_create(
        [Notice(reminder_id=reminder_id, person_id=key, digest=digest, told_at=told) for key in person_ids],
        ignore_conflicts=True,
    )


def take_notices(*, person_id: int, at: datetime) -> list[Notice]:
    """The notices that wait for the next digest of a person, locked until the caller's transaction ends, with their
    reminders and deadlines; those of terms that were met meanwhile are dropped."""
    waiting = Notice.objects.select_for_update(of=("self",)).filter(person_id=person_id, told_at=None, dropped_at=None)
    found = list(waiting.select_related("reminder__deadline").order_by("pk"))
    moot = [one.pk for one in found if one.reminder.deadline.state != DeadlineState.OPEN]
    if moot:
        Notice.objects.filter(pk__in=moot).update(dropped_at=at)
    return [one for one in found if one.reminder.deadline.state == DeadlineState.OPEN]


def drop_notices(*, person_id: int, at: datetime) -> None:
    """What waits for somebody whom nobody can tell has lost its point."""
    Notice.objects.filter(person_id=person_id, told_at=None, dropped_at=None).update(dropped_at=at)


def mark_told(notices: Iterable[Notice], *, at: datetime) -> None:
    """These notices were told, in the transaction that writes the message."""
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(told_at=at)


def remind_on(day: date) -> None:
    """A day that became a working day is one on which what is late is reminded of."""
    opening = selectors.calendar().opening(day)
    Deadline.objects.filter(state=DeadlineState.OPEN, due_date__lt=day, next_reminder_at__gt=opening).update(
        next_reminder_at=opening
    )
