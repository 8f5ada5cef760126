"""What the program does by itself as time passes: reminders, lapsed questions, closings, successors."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.agencies.models import Agency, Person
from langnghe.agencies.selectors import coordinators, holder, in_charge, office_id, people_with, successor_of
from langnghe.cases.errors import CaseError
from langnghe.cases.models import Case, Cooperation, Follower
from langnghe.cases.services import after, agency, engine, office, sender
from langnghe.cases.workflow import OPEN_STATES, WORKERS
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline, Reminder

_TEMPLATES = {
    ("half", "handler"): "reminder_half",
    ("eighty", "handler"): "reminder_eighty",
    ("due", "handler"): "reminder_due",
    ("overdue", "handler"): "reminder_overdue",
    ("due", "head"): "escalation_head",
    ("overdue", "head"): "escalation_head",
    ("overdue", "city_office"): "escalation_office",
    ("due", "city_office"): "escalation_office",
}

BATCH = 200


def remind(*, at: datetime) -> int:
    """Turn the reminders that are owed into messages: one for a deadline, step, day and person, however often this
    runs or crashes. Returns how many reminders were taken."""
    taken = 0
    for reminder in worktime.plan_reminders(at=at, kinds=(engine.KIND, engine.COOPERATION)):
        with transaction.atomic():
            if worktime.mark_handled(reminder.pk, at):
                taken += 1
                _write(reminder, at=at)
    return taken


def _write(reminder: Reminder, *, at: datetime) -> None:
    deadline = reminder.deadline
    template = _TEMPLATES.get((reminder.step, reminder.audience))
    if template is None or deadline.step in engine.WINDOWS:
        return
    case_id = deadline.subject_id
    if deadline.kind == engine.COOPERATION:
        case_id = Cooperation.objects.values_list("case_id", flat=True).get(pk=deadline.subject_id)
    case = Case.objects.select_related("agency", "handler").get(pk=case_id)
    for person in _recipients(deadline, reminder.audience, at=at):
        if person.email:
            words = {"due": deadline.explain(person.language), "due_explained": deadline.explain(person.language)}
            engine.to_person(
                case,
                person,
                template,
                at=at,
                words=words,
                key=f"reminder:{case_id}:{deadline.step}:{template}:{reminder.day}",
            )


def _recipients(deadline: Deadline, audience: str, *, at: datetime) -> list[Person]:
    day = at.date()
    if audience == "city_office":
        return list(coordinators(day))
    if audience == "head":
        return list(people_with("head", agency_id=deadline.agency_id, on=day))
    if deadline.step == "decide":
        return list(people_with("protected_reader", agency_id=None, on=day)) or list(coordinators(day))
    if deadline.person_id is not None:
        person = holder(deadline.person_id, WORKERS, agency_id=deadline.agency_id, on=day)
        if person is not None:
            return [person]
    if deadline.agency_id == office_id(day):
        return list(coordinators(day))
    return in_charge("focal_point", agency_id=deadline.agency_id, on=day)


def lapse_questions(*, at: datetime) -> int:
    """Go on with cases whose sender did not reply within the term. Returns how many."""
    return _each(_passed("reply", at), lambda pk: agency.continue_without(case_id=pk, actor=SYSTEM, at=at))


def close_rated(*, at: datetime) -> int:
    """Close cases whose term for rating has passed. What was promised and not yet reported done stays open."""
    return _each(_passed("close", at), lambda pk: sender.close(case_id=pk, actor=SYSTEM, at=at))


def _passed(step: str, at: datetime) -> list[int]:
    found = Deadline.objects.filter(kind=engine.KIND, step=step, state="open", due_at__lt=at).order_by("due_at")
    return list(found.values_list("subject_id", flat=True)[:BATCH])


def _each(keys: list[int], act: object) -> int:
    done = 0
    for key in keys:
        try:
            act(key)  # type: ignore[operator]
            done += 1
        except CaseError:
            continue
    return done


FOLLOWED_AFTER = timedelta(days=30)
"""So long after a case has ended the addresses of those who followed it are kept."""


def forget_followers(*, at: datetime) -> int:
    """Delete addresses that are of no use: not confirmed within the term, or of a case that ended long ago; with them
    the messages to them. Returns how many."""
    asked_before = at - timedelta(days=settings.FOLLOW_CONFIRM_DAYS)
    unconfirmed = Follower.objects.filter(confirmed_at=None, asked_at__lt=asked_before)
    ended = Follower.objects.filter(case__closed_at__lt=at - FOLLOWED_AFTER)
    tokens = {row.token for found in (unconfirmed, ended) for row in found.order_by("pk")[:BATCH]}
    return sum(sender.unfollow(token=token, at=at) for token in sorted(tokens))


def part_orphans(*, at: datetime) -> int:
    """A case that was merged into one which then came to nothing goes its own way again. Returns how many."""
    ended = ("withdrawn", "declined", "diverted")
    keys = Case.objects.filter(merged_into__isnull=False, state="merged", merged_into__state__in=ended)
    reason = _("Phản ánh được gộp vào đã kết thúc mà không có trả lời.")
    return _each(
        list(keys.values_list("pk", flat=True)[:BATCH]),
        lambda pk: office.unmerge(case_id=pk, actor=SYSTEM, at=at, reason=reason),
    )


def hand_to_successors(*, at: datetime) -> int:
    """Open work of agencies that have ended, and questions to them that wait, go to their successors. Returns how many
    moved."""
    moved = 0
    for ended in Agency.objects.filter(valid_to__lt=at.date(), successions__main=True).distinct():
        heir = successor_of(ended)
        if heir.pk == ended.pk:
            continue
        keys = Case.objects.filter(agency=ended, state__in=OPEN_STATES).values_list("pk", flat=True)[:BATCH]
        moved += _each(
            list(keys), lambda pk, heir=heir: after.succeed(case_id=pk, actor=SYSTEM, at=at, agency_id=heir.pk)
        )
        asked = Cooperation.objects.filter(agency=ended, replied_at=None).values_list("case_id", flat=True)[:BATCH]
        moved += _each(
            list(asked),
            lambda pk, ended=ended, heir=heir: after.succeed_partner(
                case_id=pk, actor=SYSTEM, at=at, before_id=ended.pk, agency_id=heir.pk
            ),
        )
    return moved
