"""How a share moves (see `acts.engine`): its term and its messages. Every act of `shares` goes through `perform`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings as django_settings

from langnghe.acts import engine as acts
from langnghe.acts.engine import Change
from langnghe.cases import settings as city_settings
from langnghe.plans import rules
from langnghe.plans.errors import SAYS
from langnghe.plans.facts import ShareFacts, owner_id
from langnghe.plans.models import Share, Task
from langnghe.plans.workflow import LEADS, SHARE, SHARE_TABLE, WORKERS
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import Transition
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline
from langnghe.worktime.rules import end_of_day

KIND = SHARE
STEP = "deliver"
PROGRESS = "progress"
"""The kind under which evidence is kept: a file of one report of progress."""

NOTES = 60
NOTE_LETTERS = 2000
"""So many notes of a share are kept, of so many letters each."""

CARRIERS = WORKERS | LEADS
"""The roles of people to whom a share may be given."""


class ShareEngine(acts.WorkEngine[Share, Change]):
    """Shares: each has one term, and keeps the words with which it was decided on."""

    kind = KIND
    table = SHARE_TABLE
    says = SAYS
    rows = Share.objects.select_related("task__document", "agency", "person").defer(
        "task__document__text", "task__document__head", "task__document__warnings"
    )
    carriers = CARRIERS

    def facts(self, subject: Share, actor: Actor, *, at: datetime, given: Mapping[str, Any]) -> ShareFacts:
        return ShareFacts(subject, actor, at=at, evidence=given.get("evidence"))

    def owner(self, subject: Share) -> tuple[int | None, int | None]:
        return owner_id(subject), subject.person_id

    def effects(
        self, subject: Share, row: Transition, before: str, *, actor: Actor, at: datetime, change: Change
    ) -> None:
        if subject.state != before:
            subject.state_since = at
            change.columns.add("state_since")
        if note := change.personal.get("note", "").strip():
            kept = sorted(subject.notes.items(), key=lambda one: int(one[0]))[1 - NOTES :]
            subject.notes = {**dict(kept), str(subject.version): note[:NOTE_LETTERS]}
            change.columns.add("notes")
        super().effects(subject, row, before, actor=actor, at=at, change=change)

    def open_step(self, subject: Share, step: str, row: Transition, *, at: datetime, change: Change) -> Deadline | None:
        return watch_due(subject, at=at)

    def send(
        self, subject: Share, message: str, *, actor: Actor, at: datetime, change: Change | None = None, key: str = ""
    ) -> None:
        # Of an agency that has ended nobody is left to tell; what becomes of the share stands in the plan.
        if subject.agency is None or subject.agency.is_active(at.date()):
            super().send(subject, message, actor=actor, at=at, change=change, key=key)

    def values(self, subject: Share, *, at: datetime, language: str) -> dict[str, str]:
        task, due = subject.task, subject.due_at
        return {
            "number": str(subject.pk),
            "task": " ".join(task.title.split()),
            "plan": " ".join(str(task.document).split())[:200],
            "agency": subject.agency.name if subject.agency is not None else subject.body_name,
            "person": subject.person.full_name if subject.person is not None else "",
            "due": worktime_selectors.describe_due(due, language=language) if due is not None else "",
            "url": django_settings.BASE_URL.rstrip("/") + path_of(subject.pk),
            "percent": str(subject.percent),
            "city": city_settings.text("city_name", at.date()),
            "name": "",
            "note": "",
            "count": "1",
            "days": "",
        }


# --- deadlines --------------------------------------------------------------------------------------------------------


def timing(task: Task) -> rules.Timing:
    """The term of a task, for the rules."""
    document = task.document
    return rules.Timing(
        kind=task.due_kind, on=task.due_on, before=task.due_before, rule=task.rrule,
        issued=document.issued_on, ends=document.ends_on,
    )  # fmt: skip


def before_counts(on: date) -> bool:
    """Whether in this city “trước ngày D” still lets the work be done on D itself (setting `plan_before`)."""
    return city_settings.text("plan_before", on) == "included"


def due_of(task: Task, *, on: date) -> rules.DueDay | None:
    """When a share of the task that is given on a day is due."""
    return rules.due_day(timing(task), on=on, before_counts=before_counts(on))


def set_due(share: Share, due: rules.DueDay | None) -> set[str]:
    """Put the day into the share; the changed columns. The period is that of the stated day."""
    share.due_at = None if due is None else end_of_day(due.last)
    share.period_due = due.stated if due is not None and share.task.due_kind == "recurring" else None
    return {"due_at", "period_due"}


def watch_due(share: Share, *, at: datetime) -> Deadline | None:
    """Watch the share's last day. One that was over when the share was given is overdue from then on: no time ran
    towards it, so what comes next is that it is late."""
    worktime.cancel(kind=KIND, subject_id=share.pk, at=at, steps=[STEP])
    if share.due_at is None:
        return None
    day = share.due_at.astimezone(at.tzinfo).date()
    return worktime.open_on_date(
        kind=KIND, subject_id=share.pk, step=STEP, day=day, start=at, agency_id=owner_id(share),
        person_id=share.person_id, past=True,
    )  # fmt: skip


def path_of(share_id: int) -> str:
    """The address of the share's page."""
    return f"/can-bo/nhiem-vu/{share_id}/"


SHARES = ShareEngine()
lock, perform, allowed_row = SHARES.lock, SHARES.perform, SHARES.allowed_row
send, to_person = SHARES.send, SHARES.to_person
