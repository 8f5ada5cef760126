"""The receiver's side: who has reported, and many reports merged into one with each agency's words in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies.models import Agency, AgencyKind
from langnghe.ledger import services as ledger
from langnghe.reports import sections as parts
from langnghe.reports.errors import refusal
from langnghe.reports.facts import works_for
from langnghe.reports.models import Report, ReportDuty
from langnghe.reports.services import duties, engine, writing
from langnghe.reports.services.engine import Change
from langnghe.reports.services.templates import PERIODIC, template_for
from langnghe.reports.workflow import DRAFTING, MERGED, OWED, SENT, WAIVED
from langnghe.workflow.actor import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Group:
    """Reports of one kind for one period that go to one agency."""

    to_agency_id: int
    document_id: int | None
    name: str
    due_on: date


def merge(*, report_id: int, part_ids: Sequence[int], actor: Actor, at: datetime) -> Report:
    """Take reports that were sent into the receiver's own report. A part that is in already stays as it is, so doing
    it twice, or a late part later, is fine. All or nothing. ActError when a part was not sent to this agency, or
    when the own report is sent already."""
    with transaction.atomic():
        own = engine.lock(report_id)
        if own.state not in (OWED, DRAFTING):
            raise NotAllowed(
                "state", _("Báo cáo tổng hợp đã trình hoặc đã gửi. Lấy lại để sửa rồi đưa thêm báo cáo gửi muộn.")
            )
        found = []
        for part_id in sorted(set(part_ids)):
            part = engine.lock(part_id)
            if part.state == MERGED and part.into_id == own.pk:
                continue
            if part.state != SENT or part.pk == own.pk:
                raise ActError(
                    _("Báo cáo của %(agency)s chưa gửi, hoặc đã đưa vào báo cáo khác.") % {"agency": part.agency.name}
                )
            found.append(part)
        if not found:
            return own
        if not own.sections:
            own.sections = writing.fill(own, at=at)
        merged = parts.merge(
            parts.clean(own.sections),
            own.agency.short_name,
            [
                parts.Part(part.pk, part.agency.short_name, part.agency.sort_key, parts.clean(part.sections))
                for part in found
            ],
        )

        def apply(report: Report) -> Change:
            report.sections = merged
            report.filled_at = report.filled_at or at
            report.writer_id = actor.person_id or report.writer_id
            return Change(
                columns={"sections", "writer", "filled_at"}, data={"parts": [part.pk for part in found]}, keep=True
            )

        done = engine.perform(own.pk, act="write", actor=actor, at=at, apply=apply, given={"sections": merged})
        for part in found:
            engine.perform(part.pk, act="merge", actor=actor, at=at, apply=_into(own.pk))
    return done


def _into(own_id: int) -> engine.Apply:
    def apply(part: Report) -> Change:
        part.into_id = own_id
        return Change(columns={"into"}, data={"into": own_id})

    return apply


def own_report(group: Group) -> Report | None:
    """The receiver's own report into which a group goes: of the same plan, the first that is due on the same day or
    after it within its period; one that is still being written before one that was sent. One query."""
    found = (
        Report.objects.filter(
            agency_id=group.to_agency_id, duty__document_id=group.document_id, due_on__gte=group.due_on,
            period_from__lte=group.due_on,
        )
        .exclude(state=WAIVED)
        .select_related("duty", "agency", "to_agency")
        .defer("sections")
        .order_by("due_on", "pk")
    )  # fmt: skip
    rows = list(found[:20])
    return next((row for row in rows if row.state in (OWED, DRAFTING)), rows[0] if rows else None)


def begin_summary(*, group: Group, actor: Actor, at: datetime) -> Report:
    """The receiver's own report for a group, made where no duty of its own brings one: a duty of the same rhythm that
    goes to the receiver's parent (the city's own to the city). NotAllowed for anybody but the receiver."""
    with transaction.atomic():
        known = own_report(group)
        if known is not None:
            return known
        some = (
            ReportDuty.objects.filter(
                to_agency_id=group.to_agency_id, document_id=group.document_id, name=group.name,
                reports__due_on=group.due_on,
            )
            .select_related("to_agency__parent", "template")
            .first()
        )  # fmt: skip
        if some is None:
            raise ActError(_("Không có báo cáo nào của kỳ này."))
        receiver: Agency = some.to_agency
        city = receiver.is_city_office or receiver.kind == AgencyKind.CITY
        if actor.role not in ("coordinator", "focal_point") or not works_for(actor, receiver.pk, office=city):
            raise NotAllowed("is_receiver", refusal("is_receiver").message)
        duty, new = ReportDuty.objects.get_or_create(
            document_id=group.document_id,
            agency=receiver,
            rrule=some.rrule,
            name=_("Tổng hợp: %(name)s") % {"name": group.name[:280]},
            defaults={
                "to_agency": receiver.parent or receiver,
                "starts_on": group.due_on,
                "due_words": some.due_words,
                "template": template_for(PERIODIC, at.date()),
            },
        )
        if new:
            ledger.record(
                kind=duties.KIND, subject_id=duty.pk, act="begin", actor=actor, at=at, data={"summary": group.name}
            )
        return duties.owe_now(duty_id=duty.pk, due=group.due_on, actor=SYSTEM, at=at)
