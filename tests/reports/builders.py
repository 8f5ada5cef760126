"""Plans that order reports, and the reports of their agencies, made by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from langnghe.agencies.models import Agency, RoleAssignment
from langnghe.outbox.models import MessageTemplate
from langnghe.plans.models import Body, PlanDocument, RegisterItem, Share
from langnghe.plans.services import shares
from langnghe.reports.messages import DIGEST, MESSAGES
from langnghe.reports.models import Report, ReportTemplate
from langnghe.reports.services import duties, writing
from langnghe.workflow.actor import SYSTEM
from tests.cases.city import City, build, moment
from tests.plans import builders

MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=20"


def texts() -> None:
    """A text for every message of reports."""
    MessageTemplate.objects.bulk_create(
        MessageTemplate(
            code=code, language="vi", subject=f"{code} {{code}}", body="{name}: {title} {due} {note} {url}",
            updated_at=moment("2025-01-01 08:00"),
        )
        for code in MESSAGES
    )  # fmt: skip
    MessageTemplate.objects.create(
        code=DIGEST, language="vi", subject="{day}: {summary}", body="{name}\n{count}\n{list}\n{url}",
        updated_at=moment("2025-01-01 08:00"),
    )  # fmt: skip


def templates() -> None:
    """The templates that come with the demo."""
    data = json.loads((files("langnghe.demo") / "data" / "report_templates.json").read_text("utf-8"))
    for row in data["templates"]:
        ReportTemplate.objects.create(**row)


def report_item(document: PlanDocument, *, at: datetime, **given: Any) -> RegisterItem:
    """A confirmed duty to report: the departments monthly to the city, unless `given` says otherwise."""
    current = {
        "who": "Các sở, ban, ngành", "to": "Chủ tịch UBND Thành phố (qua Văn phòng)", "due": "ngày 20 hằng tháng",
        "rrule": MONTHLY, "quote": "báo cáo trước ngày 20 hằng tháng",
    } | given  # fmt: skip
    return RegisterItem.objects.create(
        document=document, kind="report", order=document.items.count() + 1, current=current, extracted=current,
        state="accepted", reviewed_at=at,
    )  # fmt: skip


def bodies() -> None:
    """How plans name the agencies of the small city."""
    Body.objects.create(name="Các sở, ban, ngành", aliases=["các sở"], member_kinds=["department"])
    Body.objects.create(name="UBND các xã, phường", member_kinds=["commune"])
    Body.objects.create(name="Thành ủy")


def plan(city: City, *, at: datetime, **given: Any) -> PlanDocument:
    """A plan of the city, under way."""
    return builders.plan(city.office, actor=city.actor("coordinator"), at=at, **given)


def share(city: City, document: PlanDocument, agency: Agency, *, at: datetime, **given: Any) -> Share:
    """A share of a new task of the plan."""
    actor = city.actor("coordinator")
    return shares.assign(task=builders.task(document, at=at, **given), agency_id=agency.pk, actor=actor, at=at)


def owed(city: City, *, at: datetime, agency: Agency | None = None) -> Report:
    """A report that an agency owes (the department of works, unless another is given), of a plan with one task under
    way, due on 20 March 2026."""
    bodies()
    document = plan(city, at=at)
    share(city, document, city.works, at=at, title="Thay đèn hỏng trong ngõ", due_on=date(2026, 6, 30))
    report_item(document, at=at)
    duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    duties.open_periods(at=moment("2026-03-06 09:00"))
    return Report.objects.get(agency=agency or city.works, due_on=date(2026, 3, 20))


def sent(city: City, report: Report, *, at: datetime, words: str = "") -> Report:
    """The report written, submitted, approved and sent by the people of its agency."""
    held = {one.role: one for one in RoleAssignment.objects.filter(agency=report.agency)}
    from langnghe.workflow.actor import Actor

    def actor(role: str) -> Actor:
        return Actor("person", role, held[role].person_id, report.agency_id)

    writing.refill(report_id=report.pk, actor=actor("focal_point"), at=at)
    if words:
        writing.write_section(
            report_id=report.pk, code="de-xuat", title="", blocks=[{"index": 0, "text": words}],
            actor=actor("focal_point"), at=at,
        )  # fmt: skip
    writing.submit(report_id=report.pk, actor=actor("focal_point"), at=at)
    return writing.approve(report_id=report.pk, actor=actor("head"), at=at, number="12/BC")


def city_of_plans() -> City:
    """The small city with the texts of plans and reports, and the templates of reports."""
    made = build()
    builders.texts()
    texts()
    templates()
    return made
