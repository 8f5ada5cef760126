"""What the pages of reports share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from langnghe.desk.access import roles_of_request
from langnghe.desk.rows import soon_until
from langnghe.reports.models import OPEN_STATES, Report
from langnghe.reports.papers import file_name, write
from langnghe.reports.workflow import TABLE
from langnghe.reports.writers.paper import Paper
from langnghe.ui.items import Badge, Link, Row
from langnghe.ui.refusals import REFUSED, say

READERS = ("coordinator", "focal_point", "handler", "approver", "head", "observer")
STAFF = ("coordinator", "focal_point", "handler", "approver", "head")


def attempt(form: forms.Form | None, run: Callable[[], Any]) -> tuple[Any, str]:
    """What the service gives back and '', or None and what it refused; said in the form at its field too."""
    try:
        with transaction.atomic():
            return run(), ""
    except REFUSED as refused:
        if form is not None:
            say(form, refused, files="attachment")
        return None, refused.message


def row_of(report: Report, *, at: datetime, soon: datetime, url: str = "") -> Row:
    """One report as a row of a list."""
    state = "none"
    if report.state in OPEN_STATES:
        state = "overdue" if report.due_at < at else "soon" if report.due_at < soon else "intime"
    elif report.sent_at is not None:
        state = "met" if report.sent_at <= report.due_at else "metlate"
    return Row(
        url=url or reverse("desk:report", args=[report.pk]),
        code=report.period_name,
        title=report.duty.name,
        value=str(report.pk),
        meta=[_("gửi %(to)s") % {"to": report.to_agency.short_name}],
        badges=[
            Badge(TABLE.states[report.state].label, "accent" if report.state == "awaiting_approval" else "neutral")
        ],
        person=report.writer.full_name if report.writer else "",
        agency=report.agency.short_name,
        due=report.due_at if state != "none" else None,
        state=state,
        left="" if state != "none" else _("không phải gửi"),
        new=report.state == "owed",
    )


def rows_of(reports: list[Report], at: datetime) -> list[Row]:
    """Reports as rows."""
    soon = soon_until(at)
    return [row_of(report, at=at, soon=soon) for report in reports]


def tabs(request: HttpRequest, active: str) -> list[Link]:
    """Ways between the pages of reports."""
    codes = roles_of_request(request).codes
    wanted = [
        ("reports", _("Phải gửi"), codes & set(STAFF)),
        ("report_received", _("Nhận về"), codes & set(STAFF)),
        ("report_sent", _("Đã gửi"), True),
        ("report_duties", _("Chế độ báo cáo"), codes & set(READERS)),
        ("report_templates", _("Mẫu báo cáo"), codes & {"coordinator"}),
    ]
    home = reverse("desk:reports")
    return [
        Link(label, f"{home}?xem=da-gui" if name == "report_sent" else reverse(f"desk:{name}"), active=name == active)
        for name, label, shown in wanted
        if shown
    ]


def served(paper: Paper, kind: str) -> HttpResponse:
    """A document as a download."""
    data, media_type = write(paper, kind)
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(paper, kind)) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
