"""The document of a plan, and the items that were read from it until a person has confirmed them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import FoldedField
from langnghe.plans.workflow import PLAN_STATES, REVIEW


class PlanKind(models.TextChoices):
    """What kind of document orders the work (B9)."""

    PLAN = "plan", _("Kế hoạch")
    DIRECTIVE = "directive", _("Chỉ thị")
    CONCLUSION = "conclusion", _("Thông báo kết luận")
    DECISION = "decision", _("Quyết định")
    LETTER = "letter", _("Công văn giao việc")
    OTHER = "other", _("Văn bản khác")


class PlanDocument(models.Model):
    """A document that orders work. Only `plans.services` changes it; its state is guarded by a trigger.

    `agency` owns it: the city office (city plans) or an agency (its own detailed plan, under `parent`). `supersedes`
    is the version that this one corrects. `text` is the source as lines, which every place of an item refers to.
    """

    kind = models.CharField(_("loại"), max_length=12, choices=PlanKind.choices, default=PlanKind.PLAN)
    number = models.CharField(_("số, ký hiệu"), max_length=60, blank=True)
    issued_on = models.DateField(_("ngày ban hành"), null=True, blank=True)
    issuer = models.CharField(_("cơ quan ban hành"), max_length=200, blank=True)
    title = models.CharField(_("trích yếu"), max_length=600)
    signer = models.CharField(_("người ký"), max_length=120, blank=True)
    signer_title = models.CharField(_("chức vụ người ký"), max_length=200, blank=True)
    ends_on = models.DateField(_("kết thúc"), null=True, blank=True)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    state = models.CharField(
        max_length=12, default=REVIEW, choices=[(code, state.label) for code, state in PLAN_STATES.items()]
    )
    last_act = models.CharField(max_length=30, default="enter")
    version = models.PositiveIntegerField(default=0)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    format = models.CharField(max_length=8, blank=True)
    text = models.TextField(blank=True)
    head = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    accuracy = models.JSONField(
        default=dict, help_text=_("Khi xác nhận: từng loại mục, từng trường, số mục, số đúng, số nghi vấn")
    )
    entered_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    folded = FoldedField(max_length=800, editable=False, default="", sources=("number", "title"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="plan_state", condition=Q(state__in=list(PLAN_STATES))),
            models.CheckConstraint(
                name="plan_confirmed", condition=~Q(state__in=["active", "finished"]) | Q(confirmed_at__isnull=False)
            ),
            models.CheckConstraint(name="plan_not_own_parent", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ]
        indexes: ClassVar = [
            models.Index(name="plan_newest", fields=["-issued_on", "-id"]),
            models.Index(name="plan_of_agency", fields=["agency", "state", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class ItemKind(models.TextChoices):
    """What was found in the text."""

    TASK = "task", _("Nhiệm vụ")
    INDICATOR = "indicator", _("Chỉ tiêu")
    REPORT = "report", _("Chế độ báo cáo")
    CHANNEL = "channel", _("Kênh tiếp nhận")
    DISCLOSURE = "disclosure", _("Nội dung công khai")


class ItemState(models.TextChoices):
    """What the reviewer made of it."""

    FOUND = "found", _("Chưa xem")
    ACCEPTED = "accepted", _("Đúng")
    MENDED = "mended", _("Đã sửa")
    ADDED = "added", _("Thêm tay")
    REJECTED = "rejected", _("Bỏ")


class RegisterItem(models.Model):
    """One item of the register. `extracted` is what the reader gave and never changes (None: a person added it);
    `current` is what counts. The page of accuracy compares the two. Fields of both are those of
    `reading.register` in JSON."""

    document = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    order = models.PositiveIntegerField()
    path = models.CharField(max_length=300, blank=True)
    extracted = models.JSONField(null=True)
    current = models.JSONField()
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.FOUND)
    doubts = models.JSONField(default=list)
    confidence = models.FloatField(default=1.0)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    reviewed_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    history = models.JSONField(default=list, help_text=_("Các bước đã làm, để hoàn tác"))
    same_as = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="later",
        help_text=_("Mục tương ứng ở bản trước của cùng kế hoạch"),
    )  # fmt: skip

    class Meta:
        ordering: ClassVar = ["document", "kind", "order", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="item_kind", condition=Q(kind__in=ItemKind.values)),
            models.CheckConstraint(name="item_state", condition=Q(state__in=ItemState.values)),
            models.CheckConstraint(
                name="item_added", condition=Q(state__in=["added", "rejected"]) | Q(extracted__isnull=False)
            ),
            models.CheckConstraint(name="item_place", condition=Q(start=None, end=None) | Q(end__gte=F("start"))),
        ]
        indexes: ClassVar = [
            models.Index(name="item_of_plan", fields=["document", "kind", "order"]),
            models.Index(name="item_mended", fields=["-reviewed_at"], condition=Q(state="mended")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"
