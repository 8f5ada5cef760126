"""The one way in which a share moves: lock, ask the transition table, change, deadlines, ledger, messages; one
transaction. Every act of `shares` goes through `perform`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from langnghe.agencies.models import Person
from langnghe.agencies.selectors import coordinators, holder
from langnghe.cases import settings as city_settings
from langnghe.cases.services.engine import in_charge
from langnghe.ledger import services as ledger
from langnghe.outbox import services as outbox
from langnghe.plans import rules
from langnghe.plans.errors import Missing, Stale, needed, refusal
from langnghe.plans.facts import ShareFacts, owner_id
from langnghe.plans.models import Share, Task
from langnghe.plans.workflow import LEADS, SHARE, SHARE_TABLE, WORKERS
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import ActRefused, Transition
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


@dataclass(slots=True)
class Change:
    """What an act did beside the state: for the ledger, for messages, and columns of the share that changed."""

    data: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)


Apply = Callable[[Share], Change]


def lock(share_id: int) -> Share:
    """The share with its task and plan, locked until the transaction ends. Share.DoesNotExist when there is none."""
    return (
        Share.objects.select_for_update(of=("self",))
        .select_related("task__document", "agency", "person")
        .defer("task__document__text", "task__document__head", "task__document__warnings")
        .get(pk=share_id)
    )


def perform(
    *,
    share_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    apply: Apply,
    given: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    evidence: bool | None = None,
) -> Share:
    """Do one act on one share, whole or not at all.

    `given` holds the inputs that the table's row needs; `apply` changes the share and its related rows and says what
    changed. `expected_version` is the version that the person saw: `Stale` when somebody acted since. Raises
    `NotAllowed` when the table, the role, the agency or a guard says no, `Missing` for empty inputs.
    """
    with transaction.atomic():
        share = lock(share_id)
        if expected_version is not None and share.version != expected_version:
            raise Stale
        row = allowed_row(share.state, act, actor, ShareFacts(share, actor, at=at, evidence=evidence))
        require(row, given or {})
        change = apply(share)
        finish(share, row, actor=actor, at=at, change=change)
    return share


def allowed_row(state: str, act: str, actor: Actor, facts: Mapping[str, Any]) -> Transition:
    """The table's row for the act; `NotAllowed` with a sentence when it is not possible."""
    try:
        return SHARE_TABLE.require(state, act, {actor.role}, facts)
    except ActRefused as refused:
        raise refusal(refused.guard or refused.reason) from None


def require(row: Transition, given: Mapping[str, Any]) -> None:
    """`Missing` when an input that the row needs is empty."""
    empty = row.missing(given)
    if empty:
        raise Missing({name: needed(name) for name in empty})


def finish(share: Share, row: Transition, *, actor: Actor, at: datetime, change: Change) -> None:
    """Write the new state, its deadline, its ledger entry and its messages. Called within the transaction."""
    before = share.state
    share.state = row.target or share.state
    share.last_act = row.act
    share.version += 1
    if share.state != before:
        share.state_since = at
    if note := change.personal.get("note", "").strip():
        kept = sorted(share.notes.items(), key=lambda one: int(one[0]))[1 - NOTES :]
        share.notes = {**dict(kept), str(share.version): note[:NOTE_LETTERS]}
        change.columns.add("notes")
    _effects(share, row, at=at)
    share.save(update_fields={"state", "last_act", "version", "state_since", *change.columns})
    data = {"from": before, "to": share.state, "version": share.version, **change.data}
    ledger.record(
        kind=KIND, subject_id=share.pk, act=row.act, actor=actor, at=at, data=data, personal=change.personal or None
    )
    send(share, row.message, actor=actor, at=at, words=change.words)


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
    """Watch the share's last day. A day that is over already is not watched: the share is late from its birth, and
    stands so in every list, but nobody is reminded of a term that never ran."""
    worktime.cancel(kind=KIND, subject_id=share.pk, at=at, steps=[STEP])
    if share.due_at is None:
        return None
    day = share.due_at.astimezone(at.tzinfo).date()
    if day < at.date():
        return None
    return worktime.open_on_date(
        kind=KIND, subject_id=share.pk, step=STEP, day=day, start=at, agency_id=owner_id(share),
        person_id=share.person_id,
    )  # fmt: skip


def _effects(share: Share, row: Transition, *, at: datetime) -> None:
    for verb, *steps in row.deadline:
        if verb == "open":
            watch_due(share, at=at)
        elif verb == "meet":
            worktime.meet(kind=KIND, subject_id=share.pk, steps=steps, at=at)
        elif verb == "cancel":
            worktime.cancel(kind=KIND, subject_id=share.pk, at=at, steps=steps)
        elif verb == "hand_over":
            worktime.hand_over(
                kind=KIND, subject_id=share.pk, steps=steps, agency_id=owner_id(share), person_id=share.person_id
            )


# --- messages ---------------------------------------------------------------------------------------------------------


def send(
    share: Share,
    message: str,
    *,
    actor: Actor,
    at: datetime,
    words: Mapping[str, str] | None = None,
    key: str = "",
) -> None:
    """Write the messages of an act: `audience:template` parted by spaces. One row a person and template, by a unique
    key; nobody is told of the own act, nor of the same one twice."""
    if share.agency is not None and not share.agency.is_active(at.date()):
        return  # There is nobody left to tell; what becomes of the share stands in the plan.
    told: set[tuple[str, int]] = set()
    for part in message.split():
        audience, _sep, template = part.partition(":")
        for person in audience_of(share, audience, at=at):
            if person.pk != actor.person_id and person.email and (template, person.pk) not in told:
                told.add((template, person.pk))
                to_person(share, person, template, at=at, words=words or {}, key=key)


def audience_of(share: Share, audience: str, *, at: datetime) -> list[Person]:
    """The people behind the word for an audience: where an agency has nobody in that role, its head; where it has no
    head either, the city office. One query, unless somebody is missing."""
    day = at.date()
    if audience == "office":
        return list(coordinators(day))
    agency_id = owner_id(share)
    if audience == "person" and share.person_id is not None:
        person = holder(share.person_id, CARRIERS, agency_id=agency_id, on=day)
        if person is not None:
            return [person]
    role = {"focal": "focal_point", "person": "focal_point", "leaders": "approver", "head": "head"}[audience]
    return in_charge(role, agency_id=agency_id, on=day)


def to_person(
    share: Share, person: Person, template: str, *, at: datetime, words: Mapping[str, str], key: str = ""
) -> None:
    """Write one message to a member of staff."""
    outbox.enqueue(
        key=f"{key or f'share:{share.pk}:{share.version}:{template}'}:{person.pk}",
        channel="email",
        recipient=person.email,
        template=template,
        language=person.language,
        context=context_of(share, at=at, words={"name": person.full_name, **words}, language=person.language),
        at=at,
        not_before=worktime_selectors.next_opening(at),
        kind=KIND,
        subject_id=share.pk,
    )


def path_of(share_id: int) -> str:
    """The address of the share's page."""
    return f"/can-bo/nhiem-vu/{share_id}/"


def context_of(share: Share, *, at: datetime, words: Mapping[str, str], language: str) -> dict[str, str]:
    """The values of a message."""
    task = share.task
    document = task.document
    due = worktime_selectors.describe_due(share.due_at, language=language) if share.due_at is not None else ""
    values = {
        "number": str(share.pk),
        "task": " ".join(task.title.split()),
        "plan": " ".join(str(document).split())[:200],
        "agency": share.agency.name if share.agency is not None else share.body_name,
        "person": share.person.full_name if share.person is not None else "",
        "due": due,
        "url": django_settings.BASE_URL.rstrip("/") + path_of(share.pk),
        "percent": str(share.percent),
        "city": city_settings.text("city_name", at.date()),
        "name": "",
        "note": "",
        "count": "1",
        "days": "",
    }
    values.update({name: value for name, value in words.items() if name in values})
    return values
