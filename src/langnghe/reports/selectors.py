"""Every read of reports that pages need. Each says how many queries it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from langnghe.agencies.models import AgencyKind, RoleAssignment
from langnghe.cases import catalogue
from langnghe.cases.selectors import decode_key, encode_key
from langnghe.database import Statement
from langnghe.files.models import StoredFile
from langnghe.plans.models import ItemKind, RegisterItem
from langnghe.plans.selectors import told
from langnghe.reports.facts import ReportFacts, works_for
from langnghe.reports.models import (
    OPEN_STATES,
    Conclusion,
    Meeting,
    Report,
    ReportDraft,
    ReportDuty,
    ReportTemplate,
    ReportVersion,
)
from langnghe.reports.services.duties import CONFIRMED
from langnghe.reports.services.engine import KIND
from langnghe.reports.workflow import AWAITING_APPROVAL, TABLE
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import Transition

AGENCY_ROLES = frozenset({"focal_point", "handler", "approver", "head"})
SENT_STATES = ("sent", "merged")
PAGE = 30


def agencies_of(actors: Sequence[Actor], on: date) -> list[int]:
    """The agencies that somebody works for; coordinators for the city office. One query for coordinators."""
    found = {actor.agency_id for actor in actors if actor.role in AGENCY_ROLES and actor.agency_id}
    if any(actor.role == "coordinator" for actor in actors):
        found |= {agency.pk for agency in catalogue.active_agencies(on) if agency.is_city_office}
    return sorted(found)


def receiving(actors: Sequence[Actor], on: date) -> list[int]:
    """The agencies for which somebody receives reports; what goes to the city, coordinators receive."""
    found = {actor.agency_id for actor in actors if actor.role in AGENCY_ROLES and actor.agency_id}
    if any(actor.role == "coordinator" for actor in actors):
        found |= {
            agency.pk
            for agency in catalogue.active_agencies(on)
            if agency.is_city_office or agency.kind == AgencyKind.CITY
        }
    return sorted(found)


def visible(actors: Sequence[Actor]) -> QuerySet[Report]:
    """The reports that somebody with these roles may open: an agency's own, what was sent to it, coordinators all,
    observers what was sent. No query by itself."""
    roles = {actor.role for actor in actors}
    if "coordinator" in roles:
        return Report.objects.all()
    mine = sorted({actor.agency_id for actor in actors if actor.role in AGENCY_ROLES and actor.agency_id})
    wide = Q(agency_id__in=mine) | Q(to_agency_id__in=mine)
    if "observer" in roles:
        wide |= Q(state__in=SENT_STATES)
    return Report.objects.filter(wide)


def _whole(found: QuerySet[Report]) -> QuerySet[Report]:
    return found.select_related(
        "agency__parent", "to_agency", "duty__document", "duty__template", "writer", "approver", "into"
    ).defer("duty__document__text", "duty__document__head", "duty__document__warnings", "into__sections")


def report_page(pk: int, actors: Sequence[Actor]) -> Report | None:
    """One report with what its page names; None when there is none or it may not be seen. One query."""
    return _whole(visible(actors)).annotate(reminded=told.column(KIND)).filter(pk=pk).first()


def drafts(report_id: int, code: str = "") -> list[ReportDraft]:
    """What people are typing into a report (or one section of it), the last first. One query."""
    rows = ReportDraft.objects.filter(report_id=report_id).exclude(fields={}).select_related("person").order_by("-at")
    return list(rows.filter(section=code) if code else rows)


def reads_content(report: Report, actors: Sequence[Actor]) -> bool:
    """What a report says may be read: by its agency and the city office always, by its receiver and the observer once
    it was sent."""
    if report.state in SENT_STATES or any(actor.role == "coordinator" for actor in actors):
        return True
    return any(actor.role in AGENCY_ROLES and actor.agency_id == report.agency_id for actor in actors)


def inside(report: Report, actors: Sequence[Actor]) -> bool:
    """How a report came to be (its versions, what leaders sent back) is for its agency and the city office."""
    return any(
        actor.role == "coordinator" or (actor.role in AGENCY_ROLES and actor.agency_id == report.agency_id)
        for actor in actors
    )


@dataclass(frozen=True, slots=True)
class Possible:
    """An act that somebody may do now, and the role to do it in."""

    row: Transition
    actor: Actor


def possible_acts(report: Report, actors: Iterable[Actor]) -> list[Possible]:
    """What somebody with these roles may do now, the likeliest first, each act once. No query on a report of
    `report_page`."""
    found: dict[str, Possible] = {}
    for actor in actors:
        for row in TABLE.allowed(report.state, {actor.role}, ReportFacts(report, actor)):
            found.setdefault(row.act, Possible(row, actor))
    return sorted(found.values(), key=lambda one: -one.row.weight)


def versions(report_id: int) -> list[ReportVersion]:
    """The versions of a report, the newest first, without what they say. One query."""
    found = ReportVersion.objects.filter(report_id=report_id).select_related("person").defer("sections")
    return list(found.order_by("-number"))


def version(report_id: int, number: int) -> ReportVersion | None:
    """One version with what it says. One query."""
    return ReportVersion.objects.filter(report_id=report_id, number=number).select_related("person").first()


def attachments(report_id: int) -> list[StoredFile]:
    """The files of a report. One query."""
    found = StoredFile.objects.filter(kind=KIND, subject_id=report_id, state=StoredFile.State.READY)
    return list(found.order_by("attached_at", "name"))


def signer_of(report: Report, on: date) -> tuple[Any, bool]:
    """Who signs: whoever approved it, else the head of the agency; and whether that is the head. One query."""
    heads = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role="head", agency_id=report.agency_id, valid_from__lte=on
    ).select_related("person")
    head = next((held.person for held in heads), None)
    if report.approver is not None:
        return report.approver, head is not None and head.pk == report.approver_id
    return head, True


# --- lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One page of reports by key."""

    rows: list[Report]
    after: str
    before: str


def _slim(found: QuerySet[Report]) -> QuerySet[Report]:
    return found.select_related("duty", "agency", "to_agency", "writer").defer("sections")


def owed(
    agency_ids: Sequence[int],
    *,
    states: Sequence[str] = OPEN_STATES,
    late_at: datetime | None = None,
    key: str = "",
    size: int = 100,
) -> Page:
    """What agencies still owe (with `late_at`: what is late then), what is due first on top. One query."""
    found = Report.objects.filter(agency_id__in=agency_ids, state__in=states)
    if late_at is not None:
        found = found.filter(due_at__lt=late_at)
    return _by_key(found, key=key, size=size, descending=False)


def counts(agency_ids: Sequence[int]) -> dict[str, int]:
    """How many reports of the agencies stand in each open state. One query."""
    found = Report.objects.filter(agency_id__in=agency_ids, state__in=OPEN_STATES).order_by()
    return dict(found.values_list("state").annotate(Count("pk")))


def owed_today(agency_ids: Sequence[int], *, at: datetime) -> dict[str, int]:
    """What agencies owe: in all (`owed`), late, waiting for approval (`approval`). One query."""
    rows = _OWED.rows(at, *agency_ids)
    return dict(zip(("owed", "late", "approval"), rows[0] if rows else (0, 0, 0), strict=True))


def _ask_owed(at: datetime, *agency_ids: int) -> None:
    Report.objects.filter(agency_id__in=agency_ids, state__in=OPEN_STATES).aggregate(
        owed=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)),
        approval=Count("pk", filter=Q(state=AWAITING_APPROVAL)),
    )  # fmt: skip


_OWED = Statement(_ask_owed)


def received_today(agency_ids: Sequence[int], *, since: date, at: datetime) -> dict[str, int]:
    """What goes to agencies, due since a day: arrived and not merged (`waiting`), merged, late and still owed
    (`missing`). One query."""
    rows = _RECEIVED.rows(since, at, *agency_ids)
    return dict(zip(("waiting", "merged", "missing"), rows[0] if rows else (0, 0, 0), strict=True))


def _ask_received(since: date, at: datetime, *agency_ids: int) -> None:
    _to(agency_ids, since=since).aggregate(
        waiting=Count("pk", filter=Q(state="sent")), merged=Count("pk", filter=Q(state="merged")),
        missing=Count("pk", filter=Q(state__in=OPEN_STATES, due_at__lt=at)),
    )  # fmt: skip


_RECEIVED = Statement(_ask_received)


def _to(agency_ids: Sequence[int], *, since: date) -> QuerySet[Report]:
    return Report.objects.filter(
        to_agency_id__in=agency_ids, due_on__gte=since, agency__is_city_office=False
    ).exclude(state="waived")  # fmt: skip


def archive(agency_ids: Sequence[int] | None, *, key: str = "", size: int = PAGE) -> Page:
    """What agencies (None: all) have sent, or need not send, the newest first. One query."""
    found = Report.objects.exclude(state__in=OPEN_STATES)
    if agency_ids is not None:
        found = found.filter(agency_id__in=agency_ids)
    else:
        found = found.filter(state__in=SENT_STATES)
    return _by_key(found, key=key, size=size, descending=True)


def _by_key(found: QuerySet[Report], *, key: str, size: int, descending: bool) -> Page:
    backwards, mark = decode_key(key)
    if mark is not None:
        side = "gt" if backwards == descending else "lt"
        found = found.filter(Q(**{f"due_at__{side}": mark[0]}) | Q(**{"due_at": mark[0], f"pk__{side}": mark[1]}))
    sign = "" if backwards == descending else "-"
    rows = list(_slim(found).order_by(f"{sign}due_at", f"{sign}pk")[: size + 1])
    more = len(rows) > size
    rows = rows[:size][::-1] if backwards else rows[:size]
    after = encode_key(rows[-1].due_at, rows[-1].pk) if rows and (more or backwards) else ""
    before = encode_key(rows[0].due_at, rows[0].pk, backwards=True) if rows and mark and (more or not backwards) else ""
    return Page(rows, after, before)


@dataclass(frozen=True, slots=True)
class Received:
    """Reports of one kind and period that go to one agency: how many owe, wait, have arrived, are merged. `key` is one
    of them, by which the group has its address."""

    key: int
    name: str
    period: str
    due_on: date
    due_at: datetime
    total: int
    open: int
    sent: int
    merged: int
    late: int


def received(
    agency_ids: Sequence[int], *, since: date, at: datetime | None = None, only: str = "", limit: int = 60
) -> list[Received]:
    """What goes to these agencies, by kind and period, due since a day, the latest first; the city office's own to
    the city is nobody's to merge. `only`: where some wait to be merged, are merged, or (`at` a moment) are late and
    still owed: `waiting`, `merged`, `missing`. One query."""
    rows = (
        _to(agency_ids, since=since)
        .values("to_agency_id", "duty__document_id", "duty__name", "period_name", "due_on")
        .annotate(
            key=Min("pk"), due=Max("due_at"), total=Count("pk"),
            open=Count("pk", filter=Q(state__in=OPEN_STATES)), sent=Count("pk", filter=Q(state="sent")),
            merged=Count("pk", filter=Q(state="merged")), late=Count("pk", filter=Q(sent_at__gt=F("due_at"))),
        )
        .order_by("-due_on", "duty__name")
    )  # fmt: skip
    if only:
        rows = rows.filter(
            {"waiting": Q(sent__gt=0), "merged": Q(merged__gt=0), "missing": Q(open__gt=0, due__lt=at)}[only]
        )
    return [
        Received(
            row["key"], row["duty__name"], row["period_name"], row["due_on"], row["due"], row["total"], row["open"],
            row["sent"], row["merged"], row["late"],
        )
        for row in rows[:limit]
    ]  # fmt: skip


def group_of(key: int, agency_ids: Sequence[int]) -> list[Report]:
    """The reports of the group to which one report belongs, by agency; [] when they go to somebody else. Two
    queries."""
    one = Report.objects.filter(pk=key, to_agency_id__in=agency_ids).select_related("duty").defer("sections").first()
    if one is None:
        return []
    found = Report.objects.filter(
        to_agency_id=one.to_agency_id, due_on=one.due_on, duty__name=one.duty.name, period_name=one.period_name,
        duty__document_id=one.duty.document_id,
    )  # fmt: skip
    return list(_slim(found).order_by("agency__sort_key", "pk"))


# --- duties, templates, meetings --------------------------------------------------------------------------------------


@dataclass(slots=True)
class DutyGroup:
    """The same duty of many agencies."""

    name: str
    rrule: str
    to_name: str
    due_words: str
    ends_on: date | None
    duties: list[ReportDuty]


def duties(agency_ids: Sequence[int] | None, *, limit: int = 3000) -> list[DutyGroup]:
    """Duties by plan, rhythm and receiver: all (None), or those that the agencies owe or receive. One query."""
    found = ReportDuty.objects.select_related("agency", "to_agency", "document__agency").defer(
        "document__text", "document__head", "document__warnings"
    )
    if agency_ids is not None:
        found = found.filter(Q(agency_id__in=agency_ids) | Q(to_agency_id__in=agency_ids))
    groups: dict[tuple[Any, ...], DutyGroup] = {}
    for row in found.order_by("-document_id", "name", "rrule", "agency__sort_key")[:limit]:
        key = (row.document_id, row.name, row.rrule, row.to_agency_id, row.ends_on)
        group = groups.get(key)
        if group is None:
            group = groups[key] = DutyGroup(row.name, row.rrule, row.to_agency.name, row.due_words, row.ends_on, [])
        group.duties.append(row)
    return list(groups.values())


def without_rhythm(actors: Sequence[Actor], *, limit: int = 100) -> list[RegisterItem]:
    """Confirmed reporting duties of plans under way that no rhythm is known for: those whose plan the person's office
    owns. One query."""
    found = RegisterItem.objects.filter(
        kind=ItemKind.REPORT, state__in=CONFIRMED, document__state="active", duties=None
    ).select_related("document__agency")
    mine = [
        row
        for row in found.defer("document__text", "document__head").order_by("-document_id", "order")[: limit * 3]
        if any(works_for(actor, row.document.agency_id, office=row.document.agency.is_city_office) for actor in actors)
    ]
    return mine[:limit]


def templates() -> list[ReportTemplate]:
    """Every template of every time, by code, the newest first. One query."""
    return list(ReportTemplate.objects.order_by("code", "-valid_from"))


def meetings(agency_ids: Sequence[int] | None, *, limit: int = 60) -> list[Meeting]:
    """Meetings of agencies (None: all), the newest first, with how many conclusions each has. One query."""
    found = Meeting.objects.select_related("agency").annotate(total=Count("conclusions"))
    if agency_ids is not None:
        found = found.filter(Q(agency_id__in=agency_ids) | Q(agency__is_city_office=True))
    return list(found.order_by("-on", "rhythm")[:limit])


def meeting_page(pk: int, agency_ids: Sequence[int] | None) -> Meeting | None:
    """One meeting; None when there is none, or it is another agency's. One query."""
    found = Meeting.objects.select_related("agency__parent").filter(pk=pk)
    if agency_ids is not None:
        found = found.filter(Q(agency_id__in=agency_ids) | Q(agency__is_city_office=True))
    return found.first()


def conclusions(meeting_id: int) -> list[Conclusion]:
    """What a meeting concluded, in order. One query."""
    return list(Conclusion.objects.filter(meeting_id=meeting_id).select_related("agency", "meeting").order_by("order"))
