"""The one way in which a report moves: lock, ask the transition table, change, keep the version, deadlines, ledger,
messages; one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from langnghe.agencies.models import AgencyKind, Person
from langnghe.agencies.selectors import coordinators, people_with
from langnghe.cases import settings as city_settings
from langnghe.ledger import services as ledger
from langnghe.outbox import services as outbox
from langnghe.reports.errors import Missing, Stale, needed, refusal
from langnghe.reports.facts import ReportFacts
from langnghe.reports.models import Report, ReportVersion
from langnghe.reports.workflow import REPORT, TABLE
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import START, ActRefused, Transition
from langnghe.worktime import rules as time_rules
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline

KIND = REPORT
STEP = "send"
PATH = "/can-bo/bao-cao/{pk}/"


@dataclass(slots=True)
class Change:
    """What an act did beside the state: for the ledger, for messages, and columns that changed. `keep`: what the
    report says now is a version of its own."""

    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    keep: bool = False
    note: str = ""


Apply = Callable[[Report], Change]


def lock(report_id: int) -> Report:
    """The report, locked until the transaction ends. Report.DoesNotExist when there is none."""
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("agency__parent", "to_agency", "duty__document", "duty__template")
        .defer("duty__document__text", "duty__document__head", "duty__document__warnings")
        .get(pk=report_id)
    )


def perform(
    *,
    report_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    apply: Apply,
    given: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> Report:
    """Do one act on one report, whole or not at all.

    `given` holds the inputs that the table's row needs; `apply` changes the report and says what changed.
    `expected_version` is the version that the person saw: `Stale` when somebody acted since. Raises `NotAllowed` when
    the table, the role, the agency or a guard says no, `Missing` for empty inputs.
    """
    with transaction.atomic():
        report = lock(report_id)
        if expected_version is not None and report.version != expected_version:
            raise Stale
        row = allowed_row(report, act, actor)
        empty = row.missing(given or {})
        if empty:
            raise Missing({name: needed(name) for name in empty})
        change = apply(report)
        finish(report, row, actor=actor, at=at, change=change)
    return report


def allowed_row(report: Report, act: str, actor: Actor) -> Transition:
    """The table's row for the act; `NotAllowed` with a sentence when it is not possible."""
    try:
        return TABLE.require(report.state, act, {actor.role}, ReportFacts(report, actor))
    except ActRefused as refused:
        raise refusal(refused.guard or refused.reason) from None


def create(report: Report, *, actor: Actor, at: datetime, silent: bool = False) -> Report:
    """Write a report that has come due, with its deadline, ledger entry and message. Called within a transaction; the
    caller holds the duty's lock."""
    row = TABLE.require(START, "owe", {actor.role}, {})
    report.save(force_insert=True)
    _open(report, at)
    ledger.record(
        kind=KIND, subject_id=report.pk, act="owe", actor=actor, at=at,
        data={"from": "", "to": report.state, "duty": report.duty_id, "due": report.due_on.isoformat()},
    )  # fmt: skip
    if not silent:
        send(report, row.message, actor=actor, at=at)
    return report


def finish(report: Report, row: Transition, *, actor: Actor, at: datetime, change: Change) -> None:
    """Write the new state, its version, its deadlines, its ledger entry and its messages."""
    before = report.state
    report.state = row.target or report.state
    report.last_act = row.act
    report.version += 1
    report.save(update_fields={"state", "last_act", "version", *change.columns})
    if change.keep:
        ReportVersion.objects.create(
            report=report, number=report.version, act=row.act, sections=report.sections, person_id=actor.person_id,
            at=at, note=change.note[:2000],
        )  # fmt: skip
    for verb, *steps in row.deadline:
        if verb == "open":
            _open(report, at)
        elif verb == "meet":
            worktime.meet(kind=KIND, subject_id=report.pk, steps=steps, at=at)
        elif verb == "cancel":
            worktime.cancel(kind=KIND, subject_id=report.pk, at=at)
    ledger.record(
        kind=KIND, subject_id=report.pk, act=row.act, actor=actor, at=at,
        data={"from": before, "to": report.state, "version": report.version, **change.data},
    )  # fmt: skip
    send(report, row.message, actor=actor, at=at, words=change.words)


def due_moment(day: date) -> datetime:
    """Until when a report that is due on a day may be sent: 24:00 of that day, or of the next working day when it is a
    day off (Civil Code 2015, article 148)."""
    calendar = worktime_selectors.calendar()
    return time_rules.end_of_day(day if calendar.is_working(day) else calendar.next_working_day(day))


def _open(report: Report, at: datetime) -> None:
    """Run the term of the report (again). A term that is over already began, at the latest, on its last day."""
    day = time_rules.local(report.due_at).date()
    start = min(at, time_rules.midnight(day))
    if Deadline.objects.filter(kind=KIND, subject_id=report.pk, step=STEP, state__in=["open", "paused"]).exists():
        return
    worktime.open_on_date(
        kind=KIND, subject_id=report.pk, step=STEP, day=day, start=start, agency_id=report.agency_id,
        person_id=report.writer_id,
    )  # fmt: skip


# --- messages -------------------------------------------------------------------------------------------------------


def send(
    report: Report, message: str, *, actor: Actor, at: datetime, words: Mapping[str, str] | None = None, key: str = ""
) -> None:
    """Write the messages of an act: `audience:template` parted by spaces. One row a recipient, by a unique key."""
    for part in message.split():
        audience, _sep, template = part.partition(":")
        for person in audience_of(report, audience, on=at.date()):
            if person.pk != actor.person_id and person.email:
                to_person(report, person, template, at=at, words=words or {}, key=key)


def audience_of(report: Report, audience: str, *, on: date) -> list[Person]:
    """The people behind the word for an audience: where an agency has nobody in that role, its head; where it has no
    head either, the city office."""
    if audience == "receiver":
        to = report.to_agency
        if to.is_city_office or to.kind == AgencyKind.CITY:
            return list(coordinators(on))
        return in_charge("focal_point", agency_id=to.pk, on=on)
    if audience == "leaders":
        found = [*people_with("approver", agency_id=report.agency_id, on=on)]
        found += [
            one for one in people_with("head", agency_id=report.agency_id, on=on) if one.pk not in {p.pk for p in found}
        ]
        return found or list(coordinators(on))
    return in_charge({"focal": "focal_point", "head": "head"}[audience], agency_id=report.agency_id, on=on)


def in_charge(role: str, *, agency_id: int, on: date) -> list[Person]:
    """Who holds the role in the agency; its head where nobody does; else the city office."""
    found = list(people_with(role, agency_id=agency_id, on=on))
    if not found and role != "head":
        found = list(people_with("head", agency_id=agency_id, on=on))
    return found or list(coordinators(on))


def to_person(
    report: Report, person: Person, template: str, *, at: datetime, words: Mapping[str, str], key: str = ""
) -> None:
    """Write one message to a member of staff."""
    outbox.enqueue(
        key=f"{key or f'report:{report.pk}:{report.version}:{template}'}:{person.pk}",
        channel="email",
        recipient=person.email,
        template=template,
        language=person.language,
        context=context_of(report, at=at, words={"name": person.full_name, **words}, language=person.language),
        at=at,
        not_before=worktime_selectors.next_opening(at),
        kind=KIND,
        subject_id=report.pk,
    )


def context_of(report: Report, *, at: datetime, words: Mapping[str, str], language: str) -> dict[str, str]:
    """The values of a message."""
    values = {
        "code": f"{report.agency.short_name}, {report.period_name}",
        "title": report.duty.name,
        "period": report.period_name,
        "agency": report.agency.name,
        "receiver": report.to_agency.name,
        "due": worktime_selectors.describe_due(report.due_at, language=language),
        "url": django_settings.BASE_URL.rstrip("/") + PATH.format(pk=report.pk),
        "note": "",
        "name": "",
        "city": city_settings.text("city_name", at.date()),
    }
    values.update({name: value for name, value in words.items() if name in values})
    return values
