"""Meetings: called, and what they conclude, which becomes tasks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, Missing, NotAllowed
from langnghe.agencies.models import Agency
from langnghe.ledger import services as ledger
from langnghe.plans.models import Task
from langnghe.plans.models.documents import PlanKind
from langnghe.plans.services import documents
from langnghe.plans.workflow import ACTIVE
from langnghe.reports import rules
from langnghe.reports.errors import needed
from langnghe.reports.models import Conclusion, Meeting
from langnghe.reports.services import packs
from langnghe.reports.services.packs import KIND, check_caller
from langnghe.texts import clean_input
from langnghe.workflow.actor import Actor


def call_meeting(*, agency_id: int, rhythm: str, on: date, note: str = "", actor: Actor, at: datetime) -> Meeting:
    """Call a meeting; the same day again gives back the one that is there."""
    if rhythm not in Meeting.Rhythm.values:
        raise ActError(_("Hãy chọn giao ban tháng hay quý."), field="rhythm")
    with transaction.atomic():
        agency = Agency.objects.get(pk=agency_id)
        check_caller(actor, agency)
        meeting, new = Meeting.objects.get_or_create(
            agency=agency, rhythm=rhythm, on=on, defaults={"note": clean_input(note)[:2000]}
        )
        if new:
            ledger.record(kind=KIND, subject_id=meeting.pk, act="call", actor=actor, at=at, data={"on": on.isoformat()})
    return meeting


def name_of(meeting: Meeting) -> str:
    """`tháng 3/2026`, `quý I/2026`: the time of which a meeting speaks."""
    months = "1,2,3,4,5,6,7,8,9,10,11,12" if meeting.rhythm == Meeting.Rhythm.MONTH else _quarter_months(meeting.on)
    rule = f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY={min(meeting.on.day, 28)}"
    return rules.period_of(rule, meeting.on, start=meeting.on).name


def _quarter_months(on: date) -> str:
    return ",".join(str((on.month - 1 + 3 * n) % 12 + 1) for n in range(4))


def conclude(
    *,
    meeting_id: int,
    text: str,
    agency_id: int | None,
    due_on: date | None,
    actor: Actor,
    at: datetime,
    as_task: bool = True,
) -> Conclusion:
    """Write down what a meeting decided; its pack is frozen first, unless it was. With an agency it becomes a task of
    that agency, under a document of the meeting's conclusions, unless `as_task` is False."""
    words = clean_input(text)
    if not words:
        raise Missing({"text": _("Hãy ghi nội dung kết luận.")})
    if len(words) > 3000:
        raise ActError(_("Kết luận dài quá 3.000 ký tự; hãy tách ra."), field="text")
    if as_task and agency_id is None:
        raise Missing({"agency": needed("agency")})
    with transaction.atomic():
        meeting = packs.locked(meeting_id)
        check_caller(actor, meeting.agency)
        if due_on is not None and due_on < meeting.on:
            raise ActError(_("Hạn phải từ ngày họp trở đi."), field="due")
        packs.freeze_before_conclusions(meeting, actor=actor, at=at)
        order = 1 + (meeting.conclusions.order_by("-order").values_list("order", flat=True).first() or 0)
        row = Conclusion.objects.create(
            meeting=meeting, order=order, text=words, agency_id=agency_id, due_on=due_on,
            task=_task(meeting, words, agency_id, due_on, actor=actor, at=at) if as_task and agency_id else None,
        )  # fmt: skip
        ledger.record(
            kind=KIND, subject_id=meeting.pk, act="conclude", actor=actor, at=at,
            data={"conclusion": row.pk, "agency": agency_id, "task": row.task_id},
        )  # fmt: skip
    return row


def _task(
    meeting: Meeting, words: str, agency_id: int, due_on: date | None, *, actor: Actor, at: datetime
) -> Task | None:  # fmt: skip
    lead = Agency.objects.get(pk=agency_id)
    term = {"type": "date", "value": due_on.isoformat()} if due_on else {"type": "none"}
    fields = {"quote": words, "lead": [lead.name], "deadline": term}
    before = Conclusion.objects.filter(
        meeting=meeting, task__document__state=ACTIVE, task__document__kind=PlanKind.CONCLUSION
    )
    known = before.values_list("task__document_id", flat=True).first()
    try:
        if known is not None:
            return documents.add_task(document_id=known, fields=fields, actor=actor, at=at)
        title = _("Kết luận họp giao ban %(name)s ngày %(day)s") % {
            "name": name_of(meeting), "day": f"{meeting.on:%d/%m/%Y}",
        }  # fmt: skip
        document = documents.assign_single(
            agency_id=meeting.agency_id, kind=PlanKind.CONCLUSION, values={"title": title, "issued_on": meeting.on},
            fields=fields, actor=actor, at=at,
        )  # fmt: skip
    except ActError as error:
        raise ActError(error.message, field="agency" if error.field == "lead" else "") from error
    return document.tasks.order_by("pk").first()


def settle(*, conclusion_id: int, note: str, actor: Actor, at: datetime) -> Conclusion:
    """Say that what was concluded is done. NotAllowed where a task tells it."""
    with transaction.atomic():
        row = Conclusion.objects.select_related("meeting__agency").get(pk=conclusion_id)
        Meeting.objects.select_for_update().get(pk=row.meeting_id)
        check_caller(actor, row.meeting.agency)
        if row.task_id is not None:
            raise NotAllowed("state", _("Kết luận này là một nhiệm vụ; hãy cập nhật ở trang nhiệm vụ."))
        if not note.strip():
            raise Missing({"note": _("Hãy ghi kết quả.")})
        row.done_at, row.done_note = at, clean_input(note, single_line=True)[:500]
        row.save(update_fields=["done_at", "done_note"])
        ledger.record(
            kind=KIND, subject_id=row.meeting_id, act="settle", actor=actor, at=at, data={"conclusion": row.pk}
        )
    return row
