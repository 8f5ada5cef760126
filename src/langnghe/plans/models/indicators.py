"""Levels that plans set (C7): baseline, target, readings with source and date."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IncreaseBy(models.TextChoices):
    """What “tăng 5%” adds to the baseline, as a person has said."""

    POINTS = "points", _("điểm phần trăm")
    PERCENT = "percent", _("phần trăm của mức xuất phát")


class Indicator(models.Model):
    """A level to reach. `op` as in the register (>=, <=, =, increase_pct, range_increase_pct, increase_rank, …);
    `value` and `value_high` its numbers; None for "the most there is" and for a rank that is to rise. `increase` says
    what an increase or decrease counts; empty: nobody has said, and it is assumed from the unit."""

    document = models.ForeignKey("plans.PlanDocument", on_delete=models.PROTECT, related_name="indicators")
    item = models.OneToOneField("plans.RegisterItem", on_delete=models.PROTECT, null=True, related_name="indicator")
    name = models.CharField(_("chỉ tiêu"), max_length=500)
    unit = models.CharField(_("đơn vị tính"), max_length=120, blank=True)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    baseline = models.FloatField(_("mức xuất phát"), null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(_("năm xuất phát"), null=True, blank=True)
    op = models.CharField(max_length=24, blank=True)
    value = models.FloatField(_("mức phải đạt"), null=True, blank=True)
    value_high = models.FloatField(null=True, blank=True)
    due_on = models.DateField(_("hạn"), null=True, blank=True)
    less_is_better = models.BooleanField(_("càng thấp càng tốt"), default=False)
    increase = models.CharField(_("mức tăng tính bằng"), max_length=8, blank=True, choices=IncreaseBy.choices)

    class Meta:
        ordering: ClassVar = ["document", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="indicator_increase", condition=Q(increase__in=["", *IncreaseBy.values])),
        ]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """A level that was measured, with its source. A corrected reading is a new row that replaces the old one."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="readings")
    on = models.DateField(_("ngày"))
    value = models.FloatField(_("giá trị"))
    source = models.CharField(_("nguồn"), max_length=300)
    person = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaces")

    class Meta:
        ordering: ClassVar = ["indicator", "on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="reading_one_a_day", fields=["indicator", "on"], condition=Q(replaced_by=None)
            ),
            models.CheckConstraint(name="reading_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.on}: {self.value}"
