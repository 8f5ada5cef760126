"""The gazetteer of bodies that the city edits: how plans name them, and which agencies they are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import AgencyKind


class Body(models.Model):
    """A body as plans name it. One agency, or a collective whose members are the agencies of `member_kinds` that
    exist on the plan's date; neither for bodies outside the city's own (the Front, newspapers, companies)."""

    name = models.CharField(_("tên chuẩn"), max_length=200)
    aliases = models.JSONField(_("cách gọi khác"), default=list, blank=True)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cơ quan")
    )
    member_kinds = models.JSONField(_("gồm các loại cơ quan"), default=list, blank=True)
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="body_once", fields=["name", "valid_from"], nulls_distinct=False),
            models.CheckConstraint(
                name="body_dates",
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(name="body_one_way", condition=Q(agency=None) | Q(member_kinds=[])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def collective(self) -> bool:
        """Whether it stands for several agencies."""
        return bool(set(self.member_kinds) & set(AgencyKind.values))
