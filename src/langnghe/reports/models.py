"""Tables of reports: duties, the reports of each period with every version, templates, meetings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from langnghe.reports.workflow import OWED, STATES

OPEN_STATES = ("owed", "drafting", "awaiting_approval")


class ReportDuty(models.Model):
    """A duty to report again and again: who, to whom, when (RFC 5545 rule), on which plan. A collective duty has one
    row for each of its members. `item` is the register item that ordered it."""

    document = models.ForeignKey("plans.PlanDocument", on_delete=models.PROTECT, null=True, related_name="duties")
    item = models.ForeignKey("plans.RegisterItem", on_delete=models.PROTECT, null=True, related_name="duties")
    name = models.CharField(_("báo cáo"), max_length=300)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    to_words = models.CharField(_("nơi nhận theo kế hoạch"), max_length=300, blank=True)
    rrule = models.CharField(max_length=200)
    due_words = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    template = models.ForeignKey("ReportTemplate", on_delete=models.PROTECT, related_name="+")
    made_until = models.DateField(null=True, help_text=_("Các kỳ đến hết ngày này đã được lập"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="duty_once", fields=["document", "agency", "rrule", "name"], nulls_distinct=False
            ),
            models.CheckConstraint(name="duty_dates", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))),
        ]
        indexes: ClassVar = [models.Index(name="duty_of_agency", fields=["agency"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.agency_id})"


class Report(models.Model):
    """One report of one agency for one period. Only `reports.services` changes it; its state is guarded by a trigger.

    `sections` is what stands now (see `reports.sections`), with the register's figures as they stood at `filled_at`;
    every version that was saved is a `ReportVersion`. `into` is the report of the
    receiver that took this one in.
    """

    duty = models.ForeignKey(ReportDuty, on_delete=models.PROTECT, related_name="reports")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_to = models.DateField()
    period_name = models.CharField(max_length=60)
    due_on = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=20, default=OWED, choices=[(code, state.label) for code, state in STATES.items()]
    )
    last_act = models.CharField(max_length=30, default="owe")
    version = models.PositiveIntegerField(default=0)
    number = models.CharField(_("số, ký hiệu"), max_length=60, blank=True)
    sections = models.JSONField(default=list)
    filled_at = models.DateTimeField(null=True)
    writer = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="report_state", condition=Q(state__in=list(STATES))),
            models.CheckConstraint(name="report_period", condition=Q(period_to__gte=F("period_from"))),
            models.UniqueConstraint(name="report_once", fields=["duty", "due_on"]),
            models.CheckConstraint(name="report_merged", condition=~Q(state="merged") | Q(into__isnull=False)),
        ]
        indexes: ClassVar = [
            models.Index(name="report_queue", fields=["agency", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="report_received", fields=["to_agency", "-due_on", "id"]),
            models.Index(name="report_standing", fields=["to_agency", "due_on"], include=["state", "agency", "due_at"]),
            models.Index(name="report_newest", fields=["agency", "-due_on", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.period_name}"


class ReportVersion(models.Model):
    """What a report said after one act: kept for ever."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=30)
    sections = models.JSONField()
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["report", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(name="report_version_once", fields=["report", "number"])]

    def __str__(self) -> str:
        return f"{self.report_id} v{self.number}"


class ReportDraft(models.Model):
    """What one person is typing into one section: the fields of its form, kept until the section is saved. `seen` is
    the sign of the section as it stood when the person began (`reports.rules_drafts.seen`). No fields: that form was
    saved."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=60)
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    seen = models.CharField(max_length=48)
    fields = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="report_draft_once", fields=["report", "section", "person"])
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.section}"


class ReportTemplate(models.Model):
    """How a kind of report is built and set, from a date on; the city's to change.

    `sections`: list of {"code", "title", "fill"}; `fill` names what is filled in from the register: done, doing, late,
    indicators, obstacles, feedback, proposals (free text). `layout`: margins, fonts and head of the document (Decree
    30/2020, annex I).
    """

    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    sections = models.JSONField(default=list)
    layout = models.JSONField(default=dict)
    valid_from = models.DateField()
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "-valid_from"]
        constraints: ClassVar = [models.UniqueConstraint(name="report_template_once", fields=["code", "valid_from"])]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """A monthly or quarterly meeting, for which a pack is made."""

    class Rhythm(models.TextChoices):
        """How often it meets."""

        MONTH = "month", _("Giao ban tháng")
        QUARTER = "quarter", _("Giao ban quý")

    rhythm = models.CharField(max_length=8, choices=Rhythm.choices)
    on = models.DateField(_("ngày họp"))
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-on"]
        constraints: ClassVar = [models.UniqueConstraint(name="meeting_once", fields=["agency", "rhythm", "on"])]

    def __str__(self) -> str:
        return f"{self.get_rhythm_display()} {self.on}"


class MeetingPack(models.Model):
    """The pack of a meeting as it was when it was frozen; only ever added (a trigger refuses the rest).

    `contents`: {"first", "until", "sections", "headlines", "waiting", "layout"}, see `reports.frozen`. `digest` is of
    them, and stands in the ledger too.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="packs")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    contents = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["meeting", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(name="meeting_pack_once", fields=["meeting", "number"])]

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.number}"


class Conclusion(models.Model):
    """What a meeting decided: it may become a task, whose state then says where it stands."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="conclusions")
    order = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=3000)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    task = models.ForeignKey("plans.Task", on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["meeting", "order"]

    def __str__(self) -> str:
        return self.text[:60]
