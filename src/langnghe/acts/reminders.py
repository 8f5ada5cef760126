"""Reminders that deadlines owe, turned into messages; and what the program does by itself to many subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model

from langnghe.acts.engine import WorkEngine
from langnghe.acts.errors import ActError
from langnghe.agencies.models import Person, Reminding
from langnghe.agencies.selectors import coordinators, in_charge, office_id, people_with
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline, Reminder

S = TypeVar("S", bound=Model)

BATCH = 200
"""So many subjects one run of a job takes."""

TEMPLATES = {
    ("half", "handler"): "reminder_half",
    ("eighty", "handler"): "reminder_eighty",
    ("due", "handler"): "reminder_due",
    ("overdue", "handler"): "reminder_overdue",
    ("due", "head"): "escalation_head",
    ("overdue", "head"): "escalation_head",
    ("due", "city_office"): "escalation_office",
    ("overdue", "city_office"): "escalation_office",
}
"""Mark and audience of a reminder → template of its message, to which a room puts its prefix."""


class Reminders(Generic[S]):
    """The reminders of one kind of subject."""

    engine: WorkEngine[S, Any]
    kinds: tuple[str, ...]
    """The kinds of deadlines."""
    prefix = ""
    daily = True
    """People may choose one mail a day: their reminders wait as notices for the next (`reports.digest`), and the last
    day itself is told of."""
    office = True
    """What the city office owes, its coordinators are reminded of."""

    def run(self, *, at: datetime) -> int:
        """Turn the reminders that are owed into messages: one for a deadline, step, day and person, however often this
        runs, beside whom, or crashes. Returns how many reminders were taken."""
        if self.daily:
            worktime.plan_due_today(at=at, kinds=self.kinds)
        taken = 0
        for reminder in worktime.plan_reminders(at=at, kinds=self.kinds):
            with transaction.atomic():
                if worktime.mark_handled(reminder.pk, at):
                    taken += 1
                    self.write(reminder, at=at)
        return taken

    def write(self, reminder: Reminder, *, at: datetime) -> None:
        """The messages, or the notices, of one reminder that was taken."""
        deadline = reminder.deadline
        template = TEMPLATES.get((reminder.step, reminder.audience))
        subject = self.subject(deadline)
        if subject is None:
            return
        now = [person for person in self.recipients(deadline, reminder.audience, at=at) if person.email]
        if self.daily:
            later = [person for person in now if person.reminders == Reminding.DIGEST]
            now = [person for person in now if person.reminders != Reminding.DIGEST] if template else []
            for people, digest in ((later, True), (now, False)):
                keys = [person.pk for person in people]
                worktime.give_notice(reminder_id=reminder.pk, person_ids=keys, digest=digest, at=at)
        if template is not None:
            template = self.prefix + template
            key = f"reminder:{self.key(subject, deadline)}:{template}:{reminder.day}"
            for person in now:
                words = self.words(deadline, person, at=at)
                self.engine.to_person(subject, person, template, at=at, words=words, key=key)

    def subject(self, deadline: Deadline) -> S | None:
        """What the deadline is of; None when nobody is reminded of it. One query."""
        return self.engine.rows.filter(pk=deadline.subject_id).first()

    def key(self, subject: S, deadline: Deadline) -> str:
        """What names the reminders of a subject, within the unique key of messages."""
        return f"{self.engine.kind}:{subject.pk}"

    def words(self, deadline: Deadline, person: Person, *, at: datetime) -> dict[str, str]:
        """Words of the message beside the subject's own."""
        return {}

    def recipients(self, deadline: Deadline, audience: str, *, at: datetime) -> list[Person]:
        """Who is reminded: the city office, the agency's head, or who carries the subject (else the focal points)."""
        day = at.date()
        office = self.office and deadline.agency_id == office_id(day)
        if audience == "head":
            return list(people_with("head", agency_id=deadline.agency_id, on=day))
        if audience == "handler":
            person = self.engine.carrier(deadline.person_id, deadline.agency_id, day)
            if person is not None:
                return [person]
            if not office:
                return in_charge("focal_point", agency_id=deadline.agency_id, on=day)
        return list(coordinators(day))


def each(keys: Iterable[int], act: Callable[[int], object]) -> int:
    """Do an act of the program to many subjects; one that somebody changed meanwhile is left out. Returns how many."""
    done = 0
    for key in keys:
        try:
            act(key)
            done += 1
        except ActError:
            continue
    return done
