"""How a report moves (see `acts.engine`): its versions, its term and its messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings as django_settings

from langnghe.acts import engine as acts
from langnghe.agencies.models import AgencyKind, Person
from langnghe.agencies.selectors import coordinators, in_charge, people_with
from langnghe.cases import settings as city_settings
from langnghe.ledger import services as ledger
from langnghe.reports.errors import SAYS
from langnghe.reports.facts import ReportFacts
from langnghe.reports.models import Report, ReportVersion
from langnghe.reports.workflow import REPORT, TABLE, WRITERS
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import START, Transition
from langnghe.worktime import rules as time_rules
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.models import Deadline

KIND = REPORT
STEP = "send"
PATH = "/can-bo/bao-cao/{pk}/"


@dataclass(slots=True)
class Change(acts.Change):
    """What an act did. `keep`: what the report says now is a version of its own, with a note."""

    keep: bool = False
    note: str = ""


Apply = Callable[[Report], Change]


class ReportEngine(acts.WorkEngine[Report, Change]):
    """Reports: every version is kept; what the city office receives, its coordinators are told of."""

    kind = KIND
    table = TABLE
    says = SAYS
    rows = Report.objects.select_related("agency__parent", "to_agency", "duty__document", "duty__template").defer(
        "duty__document__text", "duty__document__head", "duty__document__warnings"
    )
    carriers = WRITERS

    def facts(self, subject: Report, actor: Actor, *, at: datetime, given: Mapping[str, Any]) -> ReportFacts:
        return ReportFacts(subject, actor)

    def owner(self, subject: Report) -> tuple[int | None, int | None]:
        return subject.agency_id, subject.writer_id

    def effects(
        self, subject: Report, row: Transition, before: str, *, actor: Actor, at: datetime, change: Change
    ) -> None:
        if change.keep:
            ReportVersion.objects.create(
                report=subject, number=subject.version, act=row.act, sections=subject.sections,
                person_id=actor.person_id, at=at, note=change.note[:2000],
            )  # fmt: skip
        super().effects(subject, row, before, actor=actor, at=at, change=change)

    def open_step(self, subject: Report, step: str, row: Transition, *, at: datetime, change: Change) -> None:
        _open(subject, at)

    def audience(self, subject: Report, name: str, *, at: datetime, change: Change | None = None) -> list[Person]:
        day = at.date()
        if name == "receiver":
            to = subject.to_agency
            if to.is_city_office or to.kind == AgencyKind.CITY:
                return list(coordinators(day))
            return in_charge("focal_point", agency_id=to.pk, on=day)
        if name == "leaders":
            found = [*people_with("approver", agency_id=subject.agency_id, on=day)]
            known = {one.pk for one in found}
            found += [one for one in people_with("head", agency_id=subject.agency_id, on=day) if one.pk not in known]
            return found or list(coordinators(day))
        return super().audience(subject, name, at=at, change=change)

    def values(self, subject: Report, *, at: datetime, language: str) -> dict[str, str]:
        return {
            "code": f"{subject.agency.short_name}, {subject.period_name}",
            "title": subject.duty.name,
            "period": subject.period_name,
            "agency": subject.agency.name,
            "receiver": subject.to_agency.name,
            "due": worktime_selectors.describe_due(subject.due_at, language=language),
            "url": django_settings.BASE_URL.rstrip("/") + PATH.format(pk=subject.pk),
            "note": "",
            "name": "",
            "city": city_settings.text("city_name", at.date()),
        }


REPORTS = ReportEngine()
lock, perform, send, to_person = REPORTS.lock, REPORTS.perform, REPORTS.send, REPORTS.to_person


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


def due_moment(day: date) -> datetime:
    """Until when a report that is due on a day may be sent: 24:00 of that day, or of the next working day when it is a
    day off (Civil Code 2015, article 148)."""
    calendar = worktime_selectors.calendar()
    return time_rules.end_of_day(day if calendar.is_working(day) else calendar.next_working_day(day))


def _open(report: Report, at: datetime) -> None:
    """Run the term of the report (again); one that is over already is overdue from now on."""
    if Deadline.objects.filter(kind=KIND, subject_id=report.pk, step=STEP, state__in=["open", "paused"]).exists():
        return
    worktime.open_on_date(
        kind=KIND, subject_id=report.pk, step=STEP, day=time_rules.local(report.due_at).date(), start=at,
        agency_id=report.agency_id, person_id=report.writer_id, past=True,
    )  # fmt: skip
