"""Forms of reports: acts, the rhythm of a duty, a template, a meeting and what it concludes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from langnghe.cases import catalogue
from langnghe.desk.forms.acts import FilesField, Key, Line, TextArea
from langnghe.reports.models import Meeting, ReportTemplate
from langnghe.reports.services.templates import FILLS

DAY = {"invalid": _("Hãy ghi ngày, ví dụ 26/02/2026.")}


def day_field(label: Any, **given: Any) -> forms.DateField:
    """A field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=DAY, **given)


def agency_choices(on: date, empty: Any) -> list[tuple[str, Any]]:
    """The agencies of a day, communes apart."""
    found = catalogue.active_agencies(on)
    city = [(str(row.pk), row.name) for row in found if row.kind != "commune"]
    communes = [(str(row.pk), row.name) for row in found if row.kind == "commune"]
    return [("", empty), (str(_("Sở, ban, ngành")), city), (str(_("Xã, phường")), communes)]


class NoteForm(forms.Form):
    """Why, or what is to be mended."""

    note = TextArea(label=_("Nội dung"), rows=3, max_length=2000, required=False)


class ApproveForm(forms.Form):
    """The number of the document, when it has one already."""

    number = Line(
        label=_("Số, ký hiệu"), max_length=60, required=False,
        help_text=_("Ví dụ 12 hoặc 12/BC-SXD; để trống nếu văn thư cấp số sau."),
    )  # fmt: skip


class AttachForm(forms.Form):
    """Files to go with a report."""

    attachment = FilesField(label=_("Tệp đính kèm"))


class RhythmForm(forms.Form):
    """How often, on which day."""

    kind = forms.ChoiceField(
        label=_("Bao lâu một lần"),
        choices=[
            ("", _("Chọn nhịp báo cáo")), ("week", _("Hằng tuần, thứ Sáu")), ("month", _("Hằng tháng")),
            ("quarter", _("Hằng quý, tháng cuối quý")), ("half", _("6 tháng và năm, tháng 6 và tháng 12")),
            ("year", _("Hằng năm, tháng 12")),
        ],
        error_messages={"required": _("Hãy chọn nhịp báo cáo.")},
    )  # fmt: skip
    day = forms.IntegerField(
        label=_("Ngày trong tháng"), min_value=1, max_value=31, required=False,
        help_text=_("Để trống: ngày cuối tháng."),
        error_messages={
            "min_value": _("Ngày từ 1 đến 31."), "max_value": _("Ngày từ 1 đến 31."), "invalid": _("Ngày từ 1 đến 31."),
        },
    )  # fmt: skip

    @property
    def rule(self) -> str:
        """The rule that was chosen."""
        kind, day = self.cleaned_data["kind"], self.cleaned_data.get("day") or -1
        if kind == "week":
            return "FREQ=WEEKLY;BYDAY=FR"
        months = {"month": "", "quarter": "BYMONTH=3,6,9,12;", "half": "BYMONTH=6,12;", "year": "BYMONTH=12;"}[kind]
        return f"FREQ=MONTHLY;{months}BYMONTHDAY={day}"


FILL_LABELS = {
    "done": _("Nhiệm vụ đã hoàn thành"),
    "doing": _("Nhiệm vụ đang thực hiện"),
    "late": _("Nhiệm vụ quá hạn"),
    "indicators": _("Chỉ tiêu"),
    "feedback": _("Phản ánh, kiến nghị"),
    "obstacles": _("Vướng mắc"),
    "proposals": _("Viết tay"),
    "conclusions": _("Kết luận kỳ trước"),
    "late_agencies": _("Quá hạn theo cơ quan"),
    "on_time": _("Đúng hạn theo cơ quan"),
    "indicators_all": _("Mọi chỉ tiêu"),
    "reporting": _("Chấp hành báo cáo"),
    "obstacles_all": _("Vướng mắc của các cơ quan"),
}
assert set(FILL_LABELS) == set(FILLS)
EXTRA_SECTIONS = 3


class TemplateForm(forms.Form):
    """How a kind of report is built and set, from a day on."""

    name = Line(label=_("Tên mẫu"), max_length=200)
    valid_from = day_field(_("Áp dụng từ ngày"))
    source = Line(label=_("Căn cứ"), max_length=300, required=False)
    title = Line(label=_("Tên loại văn bản"), max_length=80)
    sign = Line(label=_("Chữ viết tắt trong số, ký hiệu"), max_length=10)
    place = Line(label=_("Địa danh"), max_length=80)
    opening = TextArea(
        label=_("Câu mở đầu"), rows=3, required=False,
        help_text=_("Dùng được: {plan}, {period}, {agency}, {receiver}, {from}, {to}"),
    )  # fmt: skip
    closing = TextArea(label=_("Câu kết"), rows=2, required=False)
    recipients = TextArea(label=_("Nơi nhận, mỗi dòng một nơi"), rows=3, required=False)
    font = Line(label=_("Phông chữ"), max_length=60)
    size = forms.FloatField(label=_("Cỡ chữ (13 đến 14)"), min_value=13, max_value=14)
    line = forms.FloatField(label=_("Giãn dòng (1 đến 1,5)"), min_value=1, max_value=1.5)
    top = forms.FloatField(label=_("Lề trên, mm (20 đến 25)"), min_value=20, max_value=25)
    bottom = forms.FloatField(label=_("Lề dưới, mm (20 đến 25)"), min_value=20, max_value=25)
    left = forms.FloatField(label=_("Lề trái, mm (30 đến 35)"), min_value=30, max_value=35)
    right = forms.FloatField(label=_("Lề phải, mm (15 đến 20)"), min_value=15, max_value=20)

    LAYOUT = ("title", "sign", "place", "opening", "closing", "font", "size", "line")
    MARGINS = ("top", "bottom", "left", "right")

    def __init__(self, *args: Any, template: ReportTemplate, today: date, **given: Any) -> None:
        layout: dict[str, Any] = dict(template.layout)
        margins = layout.get("margins", {})
        initial = {
            "name": template.name, "source": template.source, "valid_from": today,
            "recipients": "\n".join(layout.get("recipients", ())),
            **{name: layout.get(name) for name in self.LAYOUT}, **{name: margins.get(name) for name in self.MARGINS},
        }  # fmt: skip
        self.template = template
        super().__init__(*args, **{**given, "initial": initial})
        self.use_required_attribute = False
        for field in self.fields.values():
            field.error_messages["required"] = _("Hãy nhập mục này.")
        known = list(template.sections)
        self.rows = len(known) + EXTRA_SECTIONS
        for number in range(self.rows):
            row = known[number] if number < len(known) else {"title": "", "fill": "proposals"}
            self.fields[f"title_{number}"] = Line(
                label=_("Mục %(n)s") % {"n": number + 1}, max_length=200, required=False, initial=row["title"]
            )
            self.fields[f"fill_{number}"] = forms.ChoiceField(
                label=_("Lấy từ"), choices=[(code, FILL_LABELS[code]) for code in FILLS], initial=row["fill"]
            )

    @property
    def plain(self) -> list[Any]:
        """The fields that are no section's."""
        return [self[name] for name in self.fields if not name.startswith(("title_", "fill_"))]

    @property
    def section_fields(self) -> list[tuple[Any, Any]]:
        """Title and source of each section."""
        return [(self[f"title_{number}"], self[f"fill_{number}"]) for number in range(self.rows)]

    def sections(self) -> list[dict[str, str]]:
        """The sections that were asked for; a section that was there keeps its code."""
        known = list(self.template.sections)
        taken = {str(row["code"]) for row in known}
        result = []
        for number in range(self.rows):
            title = self.cleaned_data[f"title_{number}"]
            code = str(known[number]["code"]) if number < len(known) else ""
            if not code:
                count = number + 1
                while f"muc-{count}" in taken:
                    count += 1
                code = f"muc-{count}"
                taken.add(code)
            result.append({"code": code, "title": title, "fill": self.cleaned_data[f"fill_{number}"]})
        return result

    def layout(self) -> dict[str, Any]:
        """The layout that was asked for."""
        data = self.cleaned_data
        return {
            **self.template.layout,
            **{name: data[name] for name in self.LAYOUT},
            "margins": {name: data[name] for name in self.MARGINS},
            "recipients": [line.strip() for line in data["recipients"].splitlines() if line.strip()],
        }


class MeetingForm(forms.Form):
    """A meeting to call."""

    rhythm = forms.ChoiceField(label=_("Họp"), choices=Meeting.Rhythm.choices, widget=forms.RadioSelect)
    on = day_field(_("Ngày họp"))
    note = TextArea(label=_("Ghi chú"), rows=2, max_length=2000, required=False)


class ConcludeForm(forms.Form):
    """What a meeting decided."""

    text = TextArea(
        label=_("Kết luận"), rows=4, max_length=3000, error_messages={"required": _("Hãy ghi nội dung kết luận.")}
    )
    agency = Key(label=_("Cơ quan thực hiện"), required=False, help_text=_("Để trống nếu chỉ ghi nhận."))
    due = day_field(_("Hạn"), required=False)

    def __init__(self, *args: Any, on: date, **given: Any) -> None:
        super().__init__(*args, **given)
        self.use_required_attribute = False
        self.fields["agency"].choices = agency_choices(on, _("Chỉ ghi nhận"))  # type: ignore[attr-defined]
