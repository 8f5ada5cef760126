"""Cases as rows of queues, and the acts of the ledger as a timeline: words and signs, no rule of the domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.agencies.models import Person
from langnghe.cases import catalogue
from langnghe.cases.models import Case
from langnghe.cases.models.case import NO_DUE
from langnghe.cases.workflow import TABLE
from langnghe.ledger.models import Entry
from langnghe.ui.items import Badge, Event, Row
from langnghe.worktime import selectors as worktime

SOON_WORKING_HOURS = 8


def soon_until(at: datetime) -> datetime:
    """Until when a deadline counts as about to be late: the end of the next working day."""
    opening = worktime.next_opening((at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0))
    return opening.replace(hour=23, minute=59, second=59)


def row_of(case: Case, *, at: datetime, soon: datetime, url: str = "") -> Row:
    """One case as a row of a queue."""
    badges = [Badge(TABLE.states[case.state].label)]
    if case.urgency == "urgent":
        badges.append(Badge(_("Khẩn"), "strong", "exclamation-triangle-fill"))
    if case.round > 1:
        badges.append(Badge(_("Mở lại"), "accent", "arrow-counterclockwise"))
    if case.restricted:
        badges.append(Badge(_("Hạn chế"), "restricted", "lock-fill"))
    if case.hops > 2:
        badges.append(Badge(_("Chuyển %(n)s lần") % {"n": case.hops}, "outline", "arrow-left-right"))
    due = None if case.due_at >= NO_DUE else case.due_at
    state = ""
    if due is None:
        state = "paused" if case.state in ("awaiting_sender", "clarifying") else "none"
    elif due < at:
        state = "overdue"
    elif due < soon:
        state = "soon"
    else:
        state = "intime"
    place = case.commune.short_name if case.commune else ""
    return Row(
        url=url or reverse("desk:case", args=[case.code]),
        code=case.code,
        title=case.title,
        value=str(case.pk),
        meta=[case.field.name] if case.field else [],
        badges=badges,
        where=place,
        person=case.handler.full_name if case.handler else "",
        agency=case.agency.short_name if case.agency else "",
        due=due,
        state=state,
        new=case.state in ("received", "transferred"),
    )


def timeline_of(entries: Iterable[Entry], people: Mapping[int, Person]) -> list[Event]:
    """The ledger's acts on a case as a timeline, the newest first."""
    agencies = catalogue.agencies()
    events = []
    for entry in entries:
        person = people.get(entry.actor_id or 0)
        agency = agencies.get(entry.agency_id or 0)
        who = (
            person.full_name
            if person
            else {"sender": _("Người gửi"), "system": _("Hệ thống")}.get(entry.actor_kind, "")
        )
        events.append(
            Event(
                title=act_words(entry.act),
                at=entry.at,
                person=who,
                agency=agency.short_name if agency else "",
                note=_note(entry.data or {}),
            )
        )
    return events[::-1]


def act_words(act: str) -> str:
    """What an act is called in a history."""
    row = next((row for row in TABLE.transitions if row.act == act), None)
    return str(row.label) if row is not None else act


def _note(data: Mapping[str, Any]) -> str:
    agencies = catalogue.agencies()
    parts = []
    if data.get("agency") and data["agency"] in agencies:
        parts.append(_("đến %(agency)s") % {"agency": agencies[data["agency"]].short_name})
    if data.get("partner") in agencies:
        parts.append(_("với %(agency)s") % {"agency": agencies[data["partner"]].short_name})
    if data.get("days"):
        parts.append(_("%(n)s ngày làm việc") % {"n": data["days"]})
    if data.get("into_code"):
        parts.append(str(data["into_code"]))
    return ", ".join(parts)
