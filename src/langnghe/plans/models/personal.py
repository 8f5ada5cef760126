"""Personal work plans (B6), and calendar feeds behind a secret address."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class OwnItem(models.Model):
    """An item that a person adds to the own work plan, beside the tasks that the person holds."""

    person = models.ForeignKey("agencies.Person", on_delete=models.CASCADE, related_name="own_items")
    title = models.CharField(_("việc"), max_length=300)
    note = models.CharField(_("ghi chú"), max_length=1000, blank=True)
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến ngày"))
    share = models.ForeignKey("plans.Share", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["ends_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="own_item_dates", condition=Q(ends_on__gte=F("starts_on")))
        ]
        indexes: ClassVar = [models.Index(name="own_item_when", fields=["person", "ends_on"])]

    def __str__(self) -> str:
        return self.title


class CalendarFeed(models.Model):
    """The secret address of a person's, or an agency's, iCalendar feed. Only a digest of the secret is kept."""

    person = models.ForeignKey("agencies.Person", on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="feed_once", fields=["person", "agency"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.agency_id}"
