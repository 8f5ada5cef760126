"""What the public may see: a copy of its own, made through the one gate. Nothing else is ever shown outside."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PublicState(models.TextChoices):
    """Where a public copy stands."""

    DRAFT = "draft", _("Đang chuẩn bị")
    OPEN = "open", _("Công khai, đang xử lý")
    PUBLISHED = "published", _("Đã công khai")
    HIDDEN = "hidden", _("Đã ẩn")


class PublicCase(models.Model):
    """The public copy of a case: texts with personal data taken out, confirmed by a person.

    Names of agencies and fields are copied as they stood: history stays with the old name.
    `state` open means that the report is shown while it is still being handled (so that others can follow it).
    """

    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, related_name="public")
    code = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=10, choices=PublicState.choices, default=PublicState.DRAFT)
    regime = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    body = models.TextField()
    answer = models.TextField(blank=True)
    done_what = models.TextField(blank=True)
    done_by = models.CharField(max_length=200, blank=True)
    done_on = models.DateField(null=True)
    legal_basis = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    scheduled_on = models.DateField(null=True)
    sender_name = models.CharField(max_length=120, blank=True)
    field = models.ForeignKey("cases.Field", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    commune = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    agency_name = models.CharField(max_length=200, blank=True)
    field_name = models.CharField(max_length=200, blank=True)
    commune_name = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=300, blank=True)
    received_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    round = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    hidden_reason = models.CharField(max_length=500, blank=True)
    prepared_from = models.CharField(max_length=64, help_text="digest of the texts that the marks were made on")
    search = SearchVectorField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="public_confirmed",
                condition=~Q(state__in=["open", "published"])
                | Q(confirmed_by__isnull=False, published_at__isnull=False),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                name="public_newest", fields=["-published_at", "-id"], condition=Q(state__in=["open", "published"])
            ),
            models.Index(
                name="public_agency",
                fields=["agency", "-published_at", "-id"],
                condition=Q(state__in=["open", "published"]),
            ),
            models.Index(
                name="public_field",
                fields=["field", "-published_at", "-id"],
                condition=Q(state__in=["open", "published"]),
            ),
            models.Index(
                name="public_commune",
                fields=["commune", "-published_at", "-id"],
                condition=Q(state__in=["open", "published"]),
            ),
            GinIndex(name="public_search", fields=["search"]),
        ]

    def __str__(self) -> str:
        return self.code


class RedactionMark(models.Model):
    """One place in one text that is taken out (or that a person decided to leave in)."""

    public = models.ForeignKey(PublicCase, on_delete=models.CASCADE, related_name="marks")
    text = models.CharField(max_length=12, help_text="title, body, answer, done_what, place …")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    found_by = models.CharField(max_length=10, default="scanner")
    removed = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.start}-{self.end}"


class PublicFile(models.Model):
    """A file that a person chose to show, under a public name of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public = models.ForeignKey(PublicCase, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8)
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["public", "file"], name="public_file_once")]

    def __str__(self) -> str:
        return str(self.id)
