"""Forms of entering and confirming plans."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langnghe.agencies.models import AgencyKind
from langnghe.desk.forms.plans import increase_choices
from langnghe.desk.views.plans.register_words import FIELD_WORDS, RHYTHMS, rhythm_words
from langnghe.plans.models import ItemKind, PlanDocument, RegisterItem, Task
from langnghe.plans.models.documents import PlanKind
from langnghe.plans.models.tasks import DueKind

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
SPARE = 2
"""How many empty boxes for a further name a form has."""


class NamesWidget(forms.Widget):
    """Several names, one box each, with the suggestions of the list `bodies` on the page."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every box of that name."""
        return [str(one) for one in data.getlist(name)] if hasattr(data, "getlist") else list(data.get(name, []))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether no box was sent at all."""
        return name not in data

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The boxes; only the first is labelled by the field's label, the others say what they are."""
        given = dict(attrs or {})
        first_id = given.pop("id", "")
        given.pop("data-required", None)
        described = given.get("aria-describedby", "")
        boxes = []
        values = [*(value or []), *[""] * SPARE]
        for index, text in enumerate(values):
            boxes.append(
                (
                    name,
                    text,
                    f"{first_id}" if index == 0 else f"{first_id}_{index}",
                    format_html(' aria-describedby="{}"', described) if described and index == 0 else "",
                    "" if index == 0 else format_html(' aria-label="{}"', _("Cơ quan thứ %(n)s") % {"n": index + 1}),
                )
            )
        return format_html(
            '<div class="names">{}</div>',
            format_html_join(
                "", '<input type="text" name="{}" value="{}" id="{}" list="bodies" autocomplete="off"{}{}>', boxes
            ),
        )


class NamesField(forms.Field):
    """A list of names."""

    widget = NamesWidget

    def to_python(self, value: Any) -> list[str]:
        """The names that are not empty, each once."""
        return list(dict.fromkeys(" ".join(str(one).split()) for one in value or [] if str(one).strip()))


class Item(forms.Form):
    """An item of the register. Subclasses name their own fields; `fields_of` gives them to the service."""

    quote = forms.CharField(
        label=FIELD_WORDS["quote"], widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Hãy ghi nội dung.")},
    )  # fmt: skip

    def fields_of(self) -> dict[str, Any]:
        """The values as the service takes them."""
        return {name: (value if value != "" else None) for name, value in self.cleaned_data.items()}


class TaskForm(Item):
    """A task: who, with whom, by when, reported to whom, with what effect."""

    lead = NamesField(label=FIELD_WORDS["lead"], required=False)
    cooperate = NamesField(label=FIELD_WORDS["cooperate"], required=False)
    deadline_type = forms.ChoiceField(label=FIELD_WORDS["deadline"], choices=DueKind.choices, required=False)
    deadline_value = forms.DateField(
        label=gettext_lazy("Ngày của hạn"), required=False, widget=DATE,
        help_text=gettext_lazy("Hạn theo tháng, quý, năm: chọn ngày cuối của kỳ."),
    )  # fmt: skip
    deadline_before = forms.BooleanField(label=gettext_lazy("Trước ngày này"), required=False)
    deadline_rhythm = forms.ChoiceField(label=gettext_lazy("Chu kỳ, nếu định kỳ"), required=False)
    deadline_day = forms.IntegerField(
        label=gettext_lazy("Ngày trong tháng của kỳ"), required=False, min_value=1, max_value=31
    )
    report_to = forms.CharField(label=FIELD_WORDS["report_to"], required=False, max_length=300)
    deliverable = forms.CharField(label=FIELD_WORDS["deliverable"], required=False, max_length=500)
    weight = forms.IntegerField(
        label=FIELD_WORDS["weight"], required=False, min_value=1, max_value=100,
        help_text=gettext_lazy("Việc nặng gấp đôi việc khác thì ghi 2."),
    )  # fmt: skip
    under = forms.TypedChoiceField(
        label=FIELD_WORDS["under"], required=False, coerce=int, empty_value=None, choices=[("", "–")]
    )

    def __init__(
        self,
        *args: Any,
        item: RegisterItem | None = None,
        above: Sequence[Task] = (),
        ended: Sequence[str] = (),
        **options: Any,
    ) -> None:
        current = item.current if item is not None else {}
        term = current.get("deadline") or {}
        rule, day = _rule_and_day(str(term.get("rrule") or ""))
        options["initial"] = {
            "quote": current.get("quote", ""),
            "lead": current.get("lead") or [],
            "cooperate": current.get("cooperate") or [],
            "deadline_type": term.get("type") or "none",
            "deadline_value": term.get("value"),
            "deadline_before": bool(term.get("before")),
            "deadline_rhythm": rule,
            "deadline_day": day,
            "report_to": current.get("report_to") or "",
            "deliverable": current.get("deliverable") or "",
            "weight": current.get("weight") or 1,
            "under": current.get("under") or "",
            **options.get("initial", {}),
        }
        super().__init__(*args, **options)
        self._quote = term.get("quote")
        self._ended = list(ended)
        choices: list[tuple[str, Any]] = list(RHYTHMS)
        if rule not in dict(RHYTHMS):
            choices.append((rule, rhythm_words(rule)))
        self._choice("deadline_rhythm").choices = choices
        if above:
            under = [("", _("Không thuộc nhiệm vụ nào")), *((str(task.pk), task.title[:120]) for task in above)]
            self._choice("under").choices = under
        else:
            del self.fields["under"]
        carried = current.get("carried_by") or {}
        for number, name in enumerate(self._ended):
            self.fields[f"carried_{number}"] = NamesField(
                label=_("Ai làm tiếp thay “%(name)s”") % {"name": name}, required=False,
                initial=list(carried.get(name) or []),
            )  # fmt: skip

    def _choice(self, name: str) -> forms.ChoiceField:
        found = self.fields[name]
        assert isinstance(found, forms.ChoiceField)
        return found

    def fields_of(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = dict(self.cleaned_data)
        value: date | None = given.pop("deadline_value")
        type_ = given.pop("deadline_type") or "none"
        rule, day = given.pop("deadline_rhythm"), given.pop("deadline_day")
        carried = {name: given.pop(f"carried_{number}", []) for number, name in enumerate(self._ended)}
        fields = {name: (one if one != "" else None) for name, one in given.items() if name != "deadline_before"}
        fields["weight"] = fields.get("weight") or 1
        changed = any(name.startswith("deadline_") for name in self.changed_data)
        fields["deadline"] = {
            "type": type_,
            "value": value.isoformat() if value else None,
            "before": given.get("deadline_before", False),
            "rrule": f"{rule};BYMONTHDAY={day}" if rule and day else rule or None,
            "quote": self._quote if not changed or type_ != "none" else None,
        }
        if self._ended:
            fields["carried_by"] = {name: heirs for name, heirs in carried.items() if heirs}
        return fields


def _rule_and_day(rrule: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(.*?);BYMONTHDAY=(\d{1,2})", rrule)
    return (found[1], int(found[2])) if found else (rrule, None)


class IndicatorForm(Item):
    """A level to reach."""

    name = forms.CharField(label=FIELD_WORDS["name"], max_length=500)
    unit = forms.CharField(label=FIELD_WORDS["unit"], max_length=120, required=False)
    op = forms.ChoiceField(
        label=FIELD_WORDS["target"], required=False,
        choices=[
            ("", gettext_lazy("Không đặt mức")), (">=", gettext_lazy("Ít nhất")), ("<=", gettext_lazy("Nhiều nhất")),
            ("=", gettext_lazy("Bằng")), (">", gettext_lazy("Lớn hơn")), ("<", gettext_lazy("Nhỏ hơn")),
            ("increase_pct", gettext_lazy("Tăng, phần trăm")),
            ("range_increase_pct", gettext_lazy("Tăng trong khoảng, phần trăm")),
            ("decrease_pct", gettext_lazy("Giảm, phần trăm")),
            ("range_decrease_pct", gettext_lazy("Giảm trong khoảng, phần trăm")),
            ("increase_rank", gettext_lazy("Tăng hạng, bậc")), ("decrease_rank", gettext_lazy("Giảm hạng, bậc")),
            ("max", gettext_lazy("Mức tối đa")),
        ],
    )  # fmt: skip
    value = forms.FloatField(label=gettext_lazy("Số"), required=False, localize=True)
    value_high = forms.FloatField(label=gettext_lazy("Đến số (nếu là khoảng)"), required=False, localize=True)
    baseline = forms.FloatField(label=FIELD_WORDS["baseline"], required=False, localize=True)
    baseline_year = forms.IntegerField(
        label=FIELD_WORDS["baseline_year"], required=False, min_value=1990, max_value=2100
    )
    due_on = forms.DateField(label=FIELD_WORDS["due_on"], required=False, widget=DATE)
    increase = forms.ChoiceField(
        label=FIELD_WORDS["increase"], required=False,
        help_text=gettext_lazy("Chỉ dùng khi mức phải đạt là tăng hoặc giảm bao nhiêu phần trăm."),
    )  # fmt: skip
    less_is_better = forms.BooleanField(label=gettext_lazy("Càng thấp càng tốt"), required=False)

    def __init__(self, *args: Any, item: RegisterItem | None = None, **options: Any) -> None:
        current = item.current if item is not None else {}
        target = current.get("target") or {}
        value = target.get("value")
        pair = value if isinstance(value, list) else [value, None]
        options["initial"] = {
            **{name: current.get(name) for name in ("quote", "name", "unit", "baseline", "baseline_year", "due_on")},
            "less_is_better": bool(current.get("less_is_better")), "increase": current.get("increase") or "",
            "op": target.get("op") or "", "value": pair[0] if pair else None, "value_high": pair[-1],
            **options.get("initial", {}),
        }  # fmt: skip
        super().__init__(*args, **options)
        increase = self.fields["increase"]
        assert isinstance(increase, forms.ChoiceField)
        increase.choices = increase_choices(str(current.get("unit") or ""))
        field = self.fields["op"]
        assert isinstance(field, forms.ChoiceField)
        op = str(target.get("op") or "")
        if op and op not in dict(field.choices):  # type: ignore[arg-type]
            field.choices = [*field.choices, (op, op)]  # type: ignore[misc]

    def fields_of(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = super().fields_of()
        op, value, high = given.pop("op"), given.pop("value"), given.pop("value_high")
        given["target"] = {"op": op, "value": [value, high] if high is not None else value} if op else None
        given["due_on"] = given["due_on"].isoformat() if given.get("due_on") else None
        return given


class PlainForm(Item):
    """Other items: their fields are texts."""

    def __init__(self, *args: Any, item: RegisterItem | None = None, kind: str = "", **options: Any) -> None:
        current = item.current if item is not None else {}
        names = PLAIN_FIELDS[kind or (item.kind if item is not None else "")]
        options["initial"] = {name: current.get(name) or "" for name in ("quote", *names)} | options.get("initial", {})
        super().__init__(*args, **options)
        for name in names:
            self.fields[name] = forms.CharField(label=FIELD_WORDS[name], max_length=1000, required=False)


PLAIN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "report": ("who", "to", "due", "rrule"),
    "channel": ("name",),
    "disclosure": ("what", "who", "where", "when"),
}


def item_form(kind: str, *args: Any, **options: Any) -> Item:
    """The form for a kind of item."""
    if kind == ItemKind.TASK:
        return TaskForm(*args, **options)
    options.pop("above", None)
    options.pop("ended", None)
    if kind == ItemKind.INDICATOR:
        return IndicatorForm(*args, **options)
    return PlainForm(*args, kind=kind, **options)


class HeirsForm(forms.Form):
    """Who carries on for the bodies of a document that have ended, once for all its tasks."""

    def __init__(self, *args: Any, names: Mapping[str, int], said: Mapping[str, Sequence[str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = list(names)
        self.open = [name for name in names if name not in said]
        for number, name in enumerate(self.names):
            self.fields[f"heir_{number}"] = NamesField(
                label=name, required=False, initial=list(said.get(name) or []),
                help_text=_("Có ở %(n)s mục.") % {"n": names[name]},
            )  # fmt: skip

    def heirs(self) -> dict[str, list[str]]:
        """Who carries on, by the old name; an empty list where nobody does."""
        return {name: self.cleaned_data[f"heir_{number}"] for number, name in enumerate(self.names)}


class HeadForm(forms.Form):
    """What identifies a document. Empty fields are read from the file where there is one."""

    kind = forms.ChoiceField(label=gettext_lazy("Loại văn bản"), choices=PlanKind.choices)
    number = forms.CharField(label=gettext_lazy("Số, ký hiệu"), max_length=60, required=False)
    issued_on = forms.DateField(label=gettext_lazy("Ngày ban hành"), required=False, widget=DATE)
    title = forms.CharField(
        label=gettext_lazy("Trích yếu"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    issuer = forms.CharField(label=gettext_lazy("Cơ quan ban hành"), max_length=200, required=False)
    signer = forms.CharField(label=gettext_lazy("Người ký"), max_length=120, required=False)
    signer_title = forms.CharField(label=gettext_lazy("Chức vụ người ký"), max_length=200, required=False)
    ends_on = forms.DateField(label=gettext_lazy("Kết thúc"), required=False, widget=DATE)

    def __init__(self, *args: Any, document: PlanDocument | None = None, **options: Any) -> None:
        if document is not None:
            options["initial"] = {name: getattr(document, name) for name in self.base_fields}
        super().__init__(*args, **options)


class DocumentField(forms.FileField):
    """A file that is to be read."""

    document = True


class EnterForm(forms.Form):
    """A document to be read: a file, or its text."""

    file = DocumentField(
        label=gettext_lazy("Tệp văn bản"), required=False, allow_empty_file=True,
        help_text=gettext_lazy("Kéo tệp thả vào ô này cũng được."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Hoặc dán toàn văn vào đây"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Loại văn bản"), choices=PlanKind.choices)
    agency = forms.TypedChoiceField(label=gettext_lazy("Cơ quan lập"), coerce=int)
    parent = forms.TypedChoiceField(
        label=gettext_lazy("Thực hiện kế hoạch cấp trên"), required=False, coerce=int, empty_value=None
    )
    supersedes = forms.TypedChoiceField(
        label=gettext_lazy("Thay thế bản trước"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("Chọn khi đây là bản sửa của một kế hoạch đang thực hiện; tiến độ đã có được giữ."),
    )  # fmt: skip
    number = forms.CharField(label=gettext_lazy("Số, ký hiệu"), max_length=60, required=False)
    issued_on = forms.DateField(label=gettext_lazy("Ngày ban hành"), required=False, widget=DATE)
    title = forms.CharField(label=gettext_lazy("Trích yếu"), max_length=600, required=False)

    def __init__(
        self,
        *args: Any,
        agencies: Sequence[tuple[int, str]],
        parents: Sequence[PlanDocument] = (),
        earlier: Sequence[PlanDocument] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._choose("agency", [(str(key), name) for key, name in agencies])
        none = [("", _("Không"))]
        self._choose("parent", none + [(str(one.pk), str(one)[:140]) for one in parents])
        self._choose("supersedes", none + [(str(one.pk), str(one)[:140]) for one in earlier])
        for name, there in (("parent", parents), ("supersedes", earlier)):
            if not there:
                del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        found = self.fields[name]
        assert isinstance(found, forms.ChoiceField)
        found.choices = choices


class SingleForm(TaskForm):
    """One task that comes without a plan: a directive, a conclusion, a letter (B9)."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Giao bằng"),
        choices=[one for one in PlanKind.choices if one[0] in ("directive", "conclusion", "letter", "other")],
    )
    title = forms.CharField(
        label=gettext_lazy("Tên văn bản, cuộc họp"), max_length=600,
        error_messages={"required": gettext_lazy("Hãy ghi việc này được giao bằng văn bản, cuộc họp nào.")},
    )  # fmt: skip
    number = forms.CharField(label=gettext_lazy("Số, ký hiệu"), max_length=60, required=False)
    issued_on = forms.DateField(label=gettext_lazy("Ngày giao"), required=False, widget=DATE)
    agency = forms.TypedChoiceField(label=gettext_lazy("Cơ quan giao"), coerce=int)
    field_order = ("kind", "title", "number", "issued_on", "agency", "quote", "lead", "cooperate")

    def __init__(self, *args: Any, agencies: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._choice("agency").choices = [(str(key), name) for key, name in agencies]
        self.fields["quote"].label = _("Việc phải làm")
        self.fields["lead"].required = True
        self.fields["lead"].error_messages["required"] = _("Hãy chọn cơ quan chủ trì.")
        for name in ("report_to", "weight"):
            del self.fields[name]

    def fields_of(self) -> dict[str, Any]:
        """The task; what identifies the document is left to `values_of`."""
        given = super().fields_of()
        return {
            name: one for name, one in given.items() if name not in ("kind", "title", "number", "issued_on", "agency")
        }

    def values_of(self) -> dict[str, Any]:
        """What identifies the document."""
        return {name: self.cleaned_data[name] for name in ("title", "number", "issued_on")}


class BodyForm(forms.Form):
    """A body as plans name it."""

    name = forms.CharField(
        label=gettext_lazy("Tên chuẩn"), max_length=200, error_messages={"required": gettext_lazy("Hãy ghi tên.")}
    )
    aliases = forms.CharField(
        label=gettext_lazy("Cách gọi khác, mỗi dòng một cách"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    agency = forms.TypedChoiceField(
        label=gettext_lazy("Là cơ quan"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("Để trống với cơ quan, tổ chức ngoài hệ thống."),
    )  # fmt: skip
    member_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Hoặc gồm mọi cơ quan thuộc loại"), required=False, choices=AgencyKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    valid_from = forms.DateField(label=gettext_lazy("Gọi như vậy từ ngày"), required=False, widget=DATE)
    valid_to = forms.DateField(label=gettext_lazy("Đến hết ngày"), required=False, widget=DATE)
    note = forms.CharField(label=gettext_lazy("Ghi chú"), required=False, max_length=300)

    def __init__(self, *args: Any, agencies: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["agency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Không phải cơ quan trong hệ thống")), *((str(key), name) for key, name in agencies)]
