"""What the city sets: fields, procedures, channels, reasons, canned texts, and a few numbers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from langnghe.texts import fold, vietnamese_sort_key


class Dated(models.Model):
    """A fact of the city with a code, a name, dates and a source."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    sort_key = models.CharField(max_length=500, editable=False, db_collation="C")

    class Meta:
        abstract = True
        ordering: ClassVar = ["sort_key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the order key in step with the name."""
        self.sort_key = vietnamese_sort_key(self.name)
        super().save(*args, **kwargs)


class Field(Dated):
    """A field of feedback (rubbish, land, civil status …), of one regime."""

    regime = models.CharField(max_length=8)
    default_agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    commune_first = models.BooleanField(default=False, help_text=_("Xã, phường nơi xảy ra thường là nơi xử lý"))
    keywords = models.JSONField(default=list, blank=True)

    class Meta(Dated.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(name="field_regime", condition=Q(regime__in=["admin", "field"]))
        ]


class Procedure(Dated):
    """An administrative procedure that feedback may concern."""

    field = models.ForeignKey(Field, on_delete=models.PROTECT, null=True, blank=True, related_name="procedures")
    level = models.CharField(max_length=20, blank=True)
    term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    assumed = models.BooleanField(default=False)
    folded = models.CharField(max_length=300, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search text in step with the name."""
        self.folded = fold(self.name)[:300]
        super().save(*args, **kwargs)


class Channel(Dated):
    """A way in which feedback arrives, with its published contact."""

    contact = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    published = models.BooleanField(default=True)
    staff_entry = models.BooleanField(default=False, help_text=_("Cán bộ nhập hộ người gửi"))


class DeclineReason(Dated):
    """A reason for not accepting feedback, with what the sender is told and where to go."""

    text = models.TextField(max_length=2000)
    guidance = models.TextField(max_length=2000)
    legal_basis = models.CharField(max_length=300, blank=True)
    diversion = models.CharField(max_length=12, blank=True)


class CannedText(Dated):
    """A paragraph that handlers put into answers."""

    regime = models.CharField(max_length=8, blank=True)
    field = models.ForeignKey(Field, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=16, blank=True)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=4000)


class Setting(models.Model):
    """A number or text that the city sets, with the day from which it holds and its source."""

    code = models.SlugField(max_length=60)
    value = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    assumed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="setting_once"),
            models.CheckConstraint(name="setting_dates", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"
