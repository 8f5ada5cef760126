"""The case, its sender (personal data, apart) and its attachments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from langnghe.cases.workflow import OPEN_STATES, RECEIVED, STATES

NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)
"""`due_at` of a case that nobody owes anything now: sorts last, so that queues page by one key."""


class Regime(models.TextChoices):
    """Two regimes that are never mixed: other law, other deadlines, other statistics."""

    ADMIN = "admin", _("Phản ánh, kiến nghị về quy định, hành vi hành chính")
    FIELD = "field", _("Phản ánh hiện trường")


class Kind(models.TextChoices):
    """Whether the sender reports a problem or proposes a remedy (Decree 20/2008, article 3)."""

    REPORT = "report", _("Phản ánh")
    PROPOSAL = "proposal", _("Kiến nghị")


class Subject(models.TextChoices):
    """What feedback of the regime `admin` is about."""

    REGULATION = "regulation", _("Quy định hành chính")
    CONDUCT = "conduct", _("Hành vi hành chính")


class Level(models.TextChoices):
    """The four classes of Decree 20/2008, article 9.1."""

    A = "a", _("a) Không đủ yêu cầu, không tiếp nhận")
    B = "b", _("b) Về hành vi hành chính: chuyển cơ quan có thẩm quyền")
    C = "c", _("c) Về quy định hành chính thuộc thẩm quyền của mình")
    D = "d", _("d) Về quy định hành chính thuộc thẩm quyền cơ quan khác")


class Urgency(models.TextChoices):
    """The city's levels of field reports; `normal` is also used in the regime `admin`."""

    NORMAL = "normal", _("Bình thường")
    URGENT = "urgent", _("Khẩn")
    COMPLEX = "complex", _("Phức tạp")


class Case(models.Model):
    """One piece of feedback from its receipt to its closing. Only `cases.services` changes it; its state is guarded
    by a trigger that knows the transition table and asks for the ledger row."""

    code = models.CharField(max_length=24, unique=True)
    secret_digest = models.BinaryField(max_length=32)
    state = models.CharField(
        max_length=20, default=RECEIVED, choices=[(code, state.label) for code, state in STATES.items()]
    )
    last_act = models.CharField(max_length=30, default="receive")
    version = models.PositiveIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)

    regime = models.CharField(max_length=8, choices=Regime.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REPORT)
    subject = models.CharField(max_length=12, choices=Subject.choices, blank=True)
    level = models.CharField(max_length=1, choices=Level.choices, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency.choices, blank=True)
    field = models.ForeignKey("cases.Field", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    procedure = models.ForeignKey(
        "cases.Procedure", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey("cases.Channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=5, default="vi")

    title = models.CharField(max_length=200)
    body = models.TextField(max_length=10000)
    commune = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    place = models.CharField(max_length=300, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    handler = models.ForeignKey(
        "agencies.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    hops = models.PositiveSmallIntegerField(default=0)
    restricted = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False)
    entered_by = models.ForeignKey(
        "agencies.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    submission_key = models.UUIDField(null=True)

    received_at = models.DateTimeField()
    state_since = models.DateTimeField()
    due_at = models.DateTimeField(default=NO_DUE)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    search = SearchVectorField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="case_regime", condition=Q(regime__in=Regime.values)),
            models.CheckConstraint(
                name="case_admin_facts", condition=Q(regime=Regime.ADMIN) | (Q(subject="") & Q(level=""))
            ),
            models.CheckConstraint(
                name="case_merged",
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(name="case_rounds", condition=Q(round__gte=1, round__lte=2)),
            models.UniqueConstraint(
                name="case_submission", fields=["submission_key"], condition=Q(submission_key__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="case_queue", fields=["agency", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="case_office", fields=["state", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="case_mine", fields=["handler", "due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="case_due", fields=["due_at", "id"], condition=Q(state__in=OPEN_STATES)),
            models.Index(name="case_place", fields=["commune", "-received_at"]),
            models.Index(name="case_newest", fields=["agency", "-received_at", "-id"]),
            models.Index(name="case_received", fields=["-received_at", "-id"]),
            models.Index(name="case_restricted", fields=["id"], condition=Q(restricted=True)),
            models.Index(name="case_into", fields=["merged_into"], condition=Q(merged_into__isnull=False)),
            GinIndex(name="case_search", fields=["search"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether anybody still has something to do."""
        return self.state in OPEN_STATES


class SenderType(models.TextChoices):
    """Who speaks."""

    CITIZEN = "citizen", _("Người dân")
    BUSINESS = "business", _("Doanh nghiệp, tổ chức")


class Sender(models.Model):
    """Who sent a case: personal data, kept apart, read with a record, erasable."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="sender")
    type = models.CharField(max_length=10, choices=SenderType.choices, default=SenderType.CITIZEN)
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    contact_key = models.CharField(
        max_length=64, blank=True, help_text="digest of phone or e-mail: finds the sender's other cases"
    )
    publish_name = models.BooleanField(default=False)
    notify = models.BooleanField(default=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(name="sender_contact", fields=["contact_key"], condition=~Q(contact_key=""))]

    def __str__(self) -> str:
        return f"sender of {self.case_id}"


class Attachment(models.Model):
    """A file of a case: what the sender gave, what an answer proves, what a reply added."""

    class Role(models.TextChoices):
        """Whose file it is."""

        REPORT = "report", _("Người gửi đính kèm")
        REPLY = "reply", _("Bổ sung")
        PROOF = "proof", _("Bằng chứng của trả lời")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices)
    round = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.role} of {self.case_id}"
