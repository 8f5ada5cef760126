"""Forms of indicators and of personal work plans."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import Agency
from langnghe.desk.forms.acts import Key, Line, TextArea
from langnghe.plans.models import Indicator, Share
from langnghe.plans.models.indicators import IncreaseBy
from langnghe.plans.rules_indicators import assumed_increase, counts_increase

_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+")


class Number(forms.CharField):
    """A number as people write it: 79,73 and 1.795; also 79.73. None when it is empty."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **given)

    def clean(self, value: Any) -> float | None:
        """The number; a validation error for anything else."""
        text = str(super().clean(value)).replace("\u00a0", "").replace(" ", "").replace("−", "-").removesuffix("%")
        if not text:
            return None
        if "," in text:
            text = text.replace(".", "").replace(",", ".")
        elif _THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or "_" in text:
            raise forms.ValidationError(_("Hãy ghi một số, ví dụ 79,73."))
        return number


class Day(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Hãy ghi ngày, ví dụ 26/02/2026."), "required": _("Hãy chọn ngày.")},
            **given,
        )


class _Form(forms.Form):
    error_css_class = "is-invalid"
    use_required_attribute = False


class ReadingForm(_Form):
    """A level that was measured."""

    on = Day(label=_("Ngày đo"))
    value = Number(label=_("Giá trị"), error_messages={"required": _("Hãy ghi một số.")})
    source = Line(
        label=_("Nguồn số liệu"), max_length=300, help_text=_("Văn bản, khảo sát hoặc hệ thống đã công bố số này"),
        error_messages={"required": _("Hãy ghi nguồn số liệu.")},
    )  # fmt: skip


def increase_choices(unit: str) -> list[tuple[str, Any]]:
    """What an increase may count, the assumption first."""
    assumed = (
        gettext("điểm phần trăm") if assumed_increase(unit) == "points" else gettext("phần trăm của mức xuất phát")
    )
    open_ = gettext("Tạm hiểu là %(what)s") % {"what": assumed}
    return [("", open_), *((code, words[:1].upper() + words[1:]) for code, words in increase_words())]


def increase_words() -> list[tuple[str, str]]:
    """The two ways to count an increase, in words."""
    return [(str(code), str(words)) for code, words in IncreaseBy.choices]


class TermsForm(_Form):
    """What the plan's text leaves open about an indicator."""

    agency = Key(label=_("Cơ quan theo dõi"), required=False)
    baseline = Number(label=_("Mức xuất phát"), required=False)
    baseline_year = forms.IntegerField(
        label=_("Năm của mức xuất phát"), required=False, min_value=1990, max_value=2100,
        error_messages={"invalid": _("Hãy ghi năm, ví dụ 2025.")},
    )  # fmt: skip
    due_on = Day(label=_("Phải đạt chậm nhất"), required=False)
    less_is_better = forms.BooleanField(label=_("Càng thấp càng tốt"), required=False)
    increase = forms.ChoiceField(label=_("Mức tăng, giảm tính bằng"), required=False)

    def __init__(self, *args: Any, indicator: Indicator, agencies: Iterable[Agency], **given: Any) -> None:
        super().__init__(*args, **given)
        if counts_increase(indicator.op):
            self.fields["increase"].choices = increase_choices(indicator.unit)  # type: ignore[attr-defined]
            self.fields["increase"].initial = indicator.increase
        else:
            del self.fields["increase"]
        choices = [("", _("Chưa chọn")), *((str(row.pk), row.name) for row in agencies)]
        if indicator.agency is not None and str(indicator.agency_id) not in {key for key, _name in choices}:
            choices.append((str(indicator.agency_id), indicator.agency.name))
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]
        self.fields["agency"].initial = indicator.agency_id
        for name in ("baseline_year", "due_on", "less_is_better"):
            self.fields[name].initial = getattr(indicator, name)
        if indicator.baseline is not None:
            self.fields["baseline"].initial = f"{indicator.baseline:.10g}".replace(".", ",")

    def changes(self) -> dict[str, Any]:
        """As the service takes them."""
        data = dict(self.cleaned_data)
        return {"agency_id": data.pop("agency"), **data}


class OwnItemForm(_Form):
    """An own item of the work plan."""

    title = Line(label=_("Việc"), max_length=300, error_messages={"required": _("Hãy ghi việc cần làm.")})
    starts_on = Day(label=_("Từ ngày"))
    ends_on = Day(label=_("Đến ngày"))
    share = Key(label=_("Thuộc nhiệm vụ"), required=False)
    note = TextArea(label=_("Ghi chú"), rows=2, max_length=1000, required=False)

    def __init__(self, *args: Any, held: Iterable[Share], **given: Any) -> None:
        super().__init__(*args, **given)
        choices = [("", _("Không gắn nhiệm vụ"))]
        self.fields["share"].choices = choices + [(str(row.pk), row.task.title[:120]) for row in held]  # type: ignore[attr-defined]
