"""Forms of acts on several cases at once: what is the same for all of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.selectors import people_with
from langnghe.cases import catalogue
from langnghe.cases.errors import needed
from langnghe.cases.models import Regime, Subject, Urgency
from langnghe.cases.models.case import Level
from langnghe.desk.forms.acts import Key, TextArea, _agency_choices


class BulkForm(forms.Form):
    """What is asked once for all chosen cases, at one time, of somebody of these agencies."""

    use_required_attribute = False

    def __init__(self, *args: Any, at: datetime, agencies: Collection[int] = (), **given: Any) -> None:
        self.at, self.agencies = at, agencies
        super().__init__(*args, **given)
        for name, field in self.fields.items():
            field.error_messages["required"] = needed(name)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices."""

    def choose(self, name: str, choices: Any) -> None:
        """Choices of one field."""
        field: Any = self.fields[name]
        field.choices = choices


class BulkClassifyForm(BulkForm):
    """Field and urgency; the regime follows from the field."""

    field = Key(label=_("Lĩnh vực"))
    urgency = forms.ChoiceField(
        label=_("Mức độ"), choices=Urgency.choices, initial=Urgency.NORMAL, widget=forms.RadioSelect
    )
    subject = forms.ChoiceField(
        label=_("Về (quy định, hành vi)"), choices=[("", _("Không áp dụng")), *Subject.choices], required=False,
        help_text=_("Chỉ với phản ánh về quy định, hành vi hành chính"),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_("Phân loại theo Điều 9 Nghị định 20/2008/NĐ-CP"),
        choices=[("", _("Không áp dụng")), *Level.choices],
        required=False,
    )

    def prepare(self) -> None:
        """Fields by regime."""
        day = self.at.date()
        by_regime = [
            (label, [(str(row.pk), row.name) for row in catalogue.fields(day, code)]) for code, label in Regime.choices
        ]
        self.choose("field", [("", _("Chọn lĩnh vực")), *by_regime])

    def clean(self) -> dict[str, Any]:
        """Feedback on regulations and conduct needs subject and class."""
        cleaned = super().clean() or {}
        chosen = catalogue.field(cleaned.get("field"))
        cleaned["regime"] = chosen.regime if chosen is not None else ""
        if cleaned["regime"] == Regime.ADMIN:
            for name in ("subject", "level"):
                if not cleaned.get(name):
                    self.add_error(name, needed(name))
        return cleaned


class BulkTransferForm(BulkForm):
    """One agency for all, and why."""

    agency = Key(label=_("Cơ quan xử lý"))
    reason = TextArea(label=_("Lý do chuyển"), rows=3, max_length=1000)

    def prepare(self) -> None:
        """Every agency that receives feedback."""
        self.choose("agency", _agency_choices(self.at))


class BulkAssignForm(BulkForm):
    """One person for all."""

    handler = Key(label=_("Người xử lý"))

    def prepare(self) -> None:
        """The handlers and focal points of the agency."""
        day = self.at.date()
        found = [
            person
            for agency_id in self.agencies
            for role in ("handler", "focal_point")
            for person in people_with(role, agency_id=agency_id, on=day)
        ]
        seen = {person.pk: person for person in found}
        names = [
            (str(pk), f"{one.full_name} · {one.title}" if one.title else one.full_name) for pk, one in seen.items()
        ]
        self.choose("handler", [("", _g("Chọn người")), *names])
