"""A task with its five clears, and the share that each agency carries of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import FoldedField
from langnghe.plans.workflow import ASSIGNED, OPEN_STATES, SHARE_STATES


class DueKind(models.TextChoices):
    """How the plan words the term."""

    NONE = "none", _("Không ghi hạn")
    DATE = "date", _("Ngày")
    MONTH = "month", _("Trong tháng")
    QUARTER = "quarter", _("Trong quý")
    YEAR = "year", _("Trong năm")
    RECURRING = "recurring", _("Định kỳ")
    ONGOING = "ongoing", _("Thường xuyên")


class Task(models.Model):
    """What is to be done, as confirmed: task, responsibility (`lead_names`, `partner_names`; who carries it stands in
    its shares), time, effect. `under` is the task of the plan above that this one details."""

    document = models.ForeignKey("plans.PlanDocument", on_delete=models.PROTECT, related_name="tasks")
    item = models.OneToOneField("plans.RegisterItem", on_delete=models.PROTECT, null=True, related_name="task")
    under = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="details")
    order = models.PositiveIntegerField()
    path = models.CharField(max_length=300, blank=True)
    title = models.CharField(_("nhiệm vụ"), max_length=300)
    text = models.TextField(_("nguyên văn"))
    deliverable = models.CharField(_("kết quả, sản phẩm"), max_length=500, blank=True)
    lead_names = models.JSONField(default=list)
    partner_names = models.JSONField(default=list)
    report_to = models.CharField(_("báo cáo"), max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(_("trọng số"), default=1)
    due_kind = models.CharField(max_length=10, choices=DueKind.choices, default=DueKind.NONE)
    due_on = models.DateField(_("hạn"), null=True)
    due_before = models.BooleanField(default=False)
    rrule = models.CharField(max_length=200, blank=True)
    due_words = models.CharField(max_length=300, blank=True)
    indicator = models.ForeignKey(
        "plans.Indicator", on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks"
    )
    created_at = models.DateTimeField()
    folded = FoldedField(max_length=1200, editable=False, default="", sources=("title", "text"))
    search = models.GeneratedField(
        expression=SearchVector("folded", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        ordering: ClassVar = ["document", "order"]
        constraints: ClassVar = [
            models.CheckConstraint(name="task_due_kind", condition=Q(due_kind__in=DueKind.values)),
            models.CheckConstraint(
                name="task_due", condition=Q(due_kind__in=["none", "recurring", "ongoing"]) | Q(due_on__isnull=False)
            ),
            models.CheckConstraint(name="task_weight", condition=Q(weight__gte=1, weight__lte=100)),
        ]
        indexes: ClassVar = [
            models.Index(name="task_of_plan", fields=["document", "order"]),
            GinIndex(name="task_words", fields=["search"]),
        ]

    def __str__(self) -> str:
        return self.title


class Share(models.Model):
    """What one agency carries of one task. Only `plans.services` changes it; its state is guarded by a trigger.

    `agency` None: a body outside the city's own agencies, named in `body_name`, which the owner of the plan follows
    up. `via` is the collective that named the agency. `period_due` is the due day of the period of a recurring task.
    `carries_on` is the share of the agency that ceased to be. `notes` keeps the words of acts that have no row of their
    own (why it was extended, taken back, passed on), by the version that the act made.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="shares")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    body_name = models.CharField(max_length=200, blank=True)
    via = models.CharField(max_length=200, blank=True)
    lead = models.BooleanField(default=True)
    unit = models.CharField(_("đơn vị"), max_length=160, blank=True)
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=12, default=ASSIGNED, choices=[(code, state.label) for code, state in SHARE_STATES.items()]
    )
    last_act = models.CharField(max_length=30, default="assign")
    version = models.PositiveIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    urged_at = models.DateTimeField(null=True)
    period_due = models.DateField(null=True)
    assigned_at = models.DateTimeField()
    state_since = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    notes = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    carries_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_on_by")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="share_state", condition=Q(state__in=list(SHARE_STATES))),
            models.CheckConstraint(name="share_percent", condition=Q(percent__lte=100)),
            models.CheckConstraint(name="share_who", condition=Q(agency__isnull=False) | ~Q(body_name="")),
            models.CheckConstraint(
                name="share_done",
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="share_once", fields=["task", "agency"],
                condition=Q(agency__isnull=False) & ~Q(state__in=["handed_over", "cancelled"]),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(name="share_queue", fields=["agency", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="share_mine", fields=["person", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="share_due", fields=["due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="share_state", fields=["agency", "state"]),
            models.Index(name="share_stage", fields=["state", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="share_newly_done", fields=["-done_at", "-id"], condition=Q(state="done")),
            # Figures of a period are read from these two alone.
            models.Index(name="share_figures", fields=["due_at"], include=["agency", "state", "done_at", "extensions"]),
            models.Index(
                name="share_periods", fields=["due_at"], include=["agency", "task", "period_due"],
                condition=Q(state__in=OPEN_STATES, period_due__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.task_id}/{self.agency_id or self.body_name}"


class Period(models.Model):
    """A term of a share that came before its present one: when it was due, when it was done.

    Of a recurring task each period leaves one; `missed`: nothing was sent for it, it counts as done with what was
    accepted next. `done_at` None: the term lapsed. It had passed undone when the share was given more time, taken back
    or passed on, and none of these makes that unhappened. `agency` is that of the share, kept here so that figures read
    one table."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="periods")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("hạn"))
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)
    extensions = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["share", "-due_at"]
        constraints: ClassVar = [models.UniqueConstraint(name="period_once", fields=["share", "due_on", "due_at"])]
        indexes: ClassVar = [models.Index(name="period_due", fields=["due_at"])]

    def __str__(self) -> str:
        return f"{self.share_id}: {self.due_on}"


class PlanStep(models.Model):
    """A step into which the carrier splits a share."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(_("bước"), max_length=300)
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("hạn"), null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["share", "order", "id"]

    def __str__(self) -> str:
        return self.title


class Progress(models.Model):
    """One report of progress. Evidence are files attached with kind `progress` and this row's key."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="progress")
    act = models.CharField(max_length=10, choices=[("report", _("Cập nhật")), ("submit", _("Báo cáo hoàn thành"))])
    percent = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=10000)
    document = models.CharField(_("số văn bản"), max_length=120, blank=True)
    link = models.CharField(_("địa chỉ văn bản"), max_length=500, blank=True)
    period_due = models.DateField(null=True)
    at = models.DateTimeField()
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided = models.CharField(
        max_length=10, blank=True, choices=[("accept", _("Nghiệm thu")), ("return", _("Trả lại"))]
    )
    decided_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["share", "-at", "-id"]
        constraints: ClassVar = [models.CheckConstraint(name="progress_percent", condition=Q(percent__lte=100))]
        indexes: ClassVar = [models.Index(name="progress_of_share", fields=["share", "-at"])]

    def __str__(self) -> str:
        return f"{self.share_id}: {self.percent}%"


class Obstacle(models.Model):
    """What stands in the way of a share: reported, answered, and part of the next periodic report (B9)."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="obstacles")
    text = models.TextField(max_length=5000)
    raised_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True, max_length=5000)
    answered_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-raised_at"]
        indexes: ClassVar = [
            models.Index(name="obstacle_waiting", fields=["raised_at"], condition=Q(answered_at=None)),
        ]

    def __str__(self) -> str:
        return self.text[:60]
