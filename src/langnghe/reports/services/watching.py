"""What the program does by itself as time passes: duties of new plans, periods, reminders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from langnghe.agencies.models import Person, Reminding
from langnghe.agencies.selectors import coordinators, holder, in_charge, people_with
from langnghe.reports.services import duties, engine, writing
from langnghe.reports.workflow import WRITERS
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline, Reminder

_TEMPLATES = {
    ("half", "handler"): "report_reminder_half",
    ("eighty", "handler"): "report_reminder_eighty",
    ("due", "handler"): "report_reminder_due",
    ("overdue", "handler"): "report_reminder_overdue",
    ("due", "head"): "report_escalation_head",
    ("overdue", "head"): "report_escalation_head",
    ("due", "city_office"): "report_escalation_office",
    ("overdue", "city_office"): "report_escalation_office",
}


def run(*, at: datetime) -> int:
    """Everything but reminders: duties of confirmed plans, successors, periods, figures of what nobody began."""
    done = duties.follow(at=at) + duties.carry_on(at=at) + duties.open_periods(at=at)
    return done + writing.refresh_owed(at=at)


def remind(*, at: datetime) -> int:
    """Turn the reminders that are owed into messages: one for a deadline, step, day and person, however often this
    runs or crashes; for those who want one mail a day, into lines of the next (`digest`). Returns how many reminders
    were taken."""
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
    people = [person for person in _recipients(deadline, reminder.audience, at=at) if person.email]
    later = [person for person in people if person.reminders == Reminding.DIGEST]
    worktime.give_notice(reminder_id=reminder.pk, person_ids=[one.pk for one in later], digest=True, at=at)
    if template is None:
        return
    now = [person for person in people if person.reminders != Reminding.DIGEST]
    worktime.give_notice(reminder_id=reminder.pk, person_ids=[one.pk for one in now], digest=False, at=at)
    report = engine.REPORTS.rows.get(pk=deadline.subject_id)
    for person in now:
        key = f"reminder:report:{report.pk}:{template}:{reminder.day}"
        engine.to_person(report, person, template, at=at, words={}, key=key)


def _recipients(deadline: Deadline, audience: str, *, at: datetime) -> list[Person]:
    day = at.date()
    if audience == "city_office":
        return list(coordinators(day))
    if audience == "head":
        return list(people_with("head", agency_id=deadline.agency_id, on=day))
    if deadline.person_id is not None:
        person = holder(deadline.person_id, WRITERS, agency_id=deadline.agency_id, on=day)
        if person is not None:
            return [person]
    return in_charge("focal_point", agency_id=deadline.agency_id, on=day)
