"""Forms of the administrator."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import CITY_WIDE_ROLES, AgencyKind, Role, SuccessionKind
from langnghe.cases import catalogue
from langnghe.cases.models import Outcome, Regime
from langnghe.desk.forms.acts import Key, Line, TextArea
from langnghe.worktime.models import DayKind, Unit
from langnghe.worktime.rules import MAX_AMOUNT

NEEDED = _("Hãy nhập mục này.")
DATE_WORDS = {"required": _("Hãy ghi ngày."), "invalid": _("Ngày chưa đúng, ví dụ 26/02/2026.")}
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
Choices = list[tuple[str, Any]]


class Base(forms.Form):
    """Messages come from here, not from the browser."""

    use_required_attribute = False


def _line(label: Any, length: int, *, required: bool = True, hint: Any = "") -> Line:
    words = {"required": NEEDED}
    return Line(label=label, max_length=length, required=required, help_text=hint, error_messages=words)


def _area(label: Any, length: int, *, rows: int = 3, required: bool = True, hint: Any = "") -> TextArea:
    words = {"required": NEEDED}
    return TextArea(label=label, max_length=length, rows=rows, required=required, help_text=hint, error_messages=words)


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        input_formats=DATE_FORMATS,
        error_messages=DATE_WORDS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _code(label: Any = None) -> forms.SlugField:
    return forms.SlugField(
        label=label or _("Mã"),
        max_length=60,
        help_text=_("Chữ không dấu, chữ số, gạch nối; không đổi được về sau."),
        error_messages={"required": NEEDED, "invalid": _("Mã chỉ gồm chữ không dấu, chữ số, gạch nối.")},
    )


def _email(label: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        required=False,
        max_length=254,
        error_messages={"invalid": _("Thư điện tử chưa đúng, ví dụ ten@vidu.vn.")},
    )


def _choice(label: Any, choices: Any, *, required: bool = True, hint: Any = "") -> forms.ChoiceField:
    words = {"required": _("Hãy chọn một mục."), "invalid_choice": _("Hãy chọn một mục trong danh sách.")}
    return forms.ChoiceField(label=label, choices=choices, required=required, help_text=hint, error_messages=words)


def _key(label: Any, *, required: bool = True, hint: Any = "") -> Key:
    words = {"required": _("Hãy chọn một mục."), "invalid_choice": _("Hãy chọn một mục trong danh sách.")}
    return Key(label=label, required=required, help_text=hint, error_messages=words)


def agency_choices(on: date, *, empty: Any, without: int | None = None) -> Choices:
    """The agencies of a day: city bodies, then communes. From the catalogue: no query."""
    found = catalogue.active_agencies(on, keep=lambda row: row.pk != without)
    city = [(str(row.pk), row.name) for row in found if row.kind != "commune"]
    communes = [(str(row.pk), row.name) for row in found if row.kind == "commune"]
    return [("", empty), (str(_("Thành phố, sở, ban, ngành")), city), (str(_("Xã, phường")), communes)]


def _fill(form: forms.Form, name: str, choices: Choices) -> None:
    field: Any = form.fields[name]
    field.choices = choices


class EraseForm(Base):
    """Why personal data is erased, and that it is meant."""

    reason = _area(
        _("Lý do, căn cứ"),
        500,
        rows=2,
        hint=_(
            "Ví dụ: theo yêu cầu của người gửi ngày 21/11/2026. Không ghi tên, số điện thoại: lý do được lưu lâu dài."
        ),
    )
    sure = forms.BooleanField(
        label=_("Đã kiểm tra danh tính người yêu cầu và căn cứ pháp lý"),
        error_messages={"required": _("Hãy xác nhận đã kiểm tra trước khi xóa.")},
    )


# --- agencies and people ----------------------------------------------------------------------------------------------


class AgencyForm(Base):
    """What can be corrected in an agency."""

    name = _line(_("Tên đầy đủ"), 200, hint=_("Chỉ sửa lỗi chính tả. Cơ quan đổi tên thì dùng nút “Đổi tên”."))
    short_name = _line(_("Tên ngắn"), 120)
    official_code = _line(_("Mã của cơ quan thống kê"), 20, required=False)
    email = _email(_("Thư điện tử"))
    phone = _line(_("Điện thoại"), 40, required=False)
    address = _line(_("Địa chỉ"), 300, required=False)
    duties = _area(_("Nhiệm vụ"), 500, rows=2, required=False)
    receives_feedback = forms.BooleanField(label=_("Nhận phản ánh chuyển đến"), required=False)
    source = _line(_("Căn cứ"), 300, required=False)


class NewAgencyForm(AgencyForm):
    """A new agency."""

    code = _code()
    kind = _choice(_("Loại"), AgencyKind.choices)
    parent = _key(_("Cơ quan cấp trên"), required=False)
    valid_from = _day(_("Hoạt động từ ngày"))
    field_order = ["code", "kind", "name", "short_name", "parent", "valid_from"]

    def __init__(self, *args: Any, on: date, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["name"].help_text = ""
        _fill(self, "parent", agency_choices(on, empty=_("Không có")))


class EndAgencyForm(Base):
    """What becomes of an agency."""

    kind = _choice(
        _("Vì sao"),
        [(SuccessionKind.MERGE.value, _("Hợp nhất vào cơ quan khác")), (SuccessionKind.SPLIT.value, _("Chia tách"))],
    )
    on = _day(_("Kể từ ngày"), hint=_("Cơ quan cũ làm việc đến hết hôm trước."))
    main = _key(_("Cơ quan kế thừa, nhận tiếp việc đang mở"))
    second = _key(_("Cơ quan kế thừa khác"), required=False)
    third = _key(_("Cơ quan kế thừa khác nữa"), required=False)
    move = forms.BooleanField(label=_("Cán bộ giữ nguyên vai trò ở cơ quan kế thừa"), required=False, initial=True)
    note = _line(_("Căn cứ, ghi chú"), 300)

    def __init__(self, *args: Any, on: date, agency_id: int, **given: Any) -> None:
        super().__init__(*args, **given)
        for name in ("main", "second", "third"):
            _fill(
                self,
                name,
                agency_choices(on, empty=_("Không có") if name != "main" else _("Chọn cơ quan"), without=agency_id),
            )

    def successors(self) -> list[int]:
        """The successors, the main one first, each once."""
        keys = (self.cleaned_data["main"], self.cleaned_data["second"], self.cleaned_data["third"])
        return list(dict.fromkeys(key for key in keys if key))


class RenameAgencyForm(Base):
    """The same body under a new name."""

    name = _line(_("Tên mới đầy đủ"), 200)
    short_name = _line(_("Tên mới ngắn"), 120)
    code = _code(_("Mã mới"))
    on = _day(_("Kể từ ngày"))
    note = _line(_("Căn cứ, ghi chú"), 300)


class PersonForm(Base):
    """A member of staff."""

    full_name = _line(_("Họ và tên"), 120)
    title = _line(_("Chức danh"), 120, required=False)
    email = _email(_("Thư điện tử công vụ"))
    phone = _line(_("Điện thoại"), 40, required=False)


class NewPersonForm(PersonForm):
    """A new account."""

    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label=_("Tên đăng nhập"),
        max_length=60,
        help_text=_("Chữ thường không dấu, chữ số, dấu chấm, gạch nối."),
        error_messages={
            "required": NEEDED,
            "invalid": _("Tên đăng nhập chỉ gồm chữ thường không dấu, chữ số, dấu chấm, gạch nối."),
        },
    )
    role = _choice(_("Vai trò đầu tiên"), [("", _("Giao sau")), *Role.choices], required=False)
    agency = _key(_("Ở cơ quan"), required=False)
    field_order = ["username", "full_name"]

    def __init__(self, *args: Any, on: date, **given: Any) -> None:
        super().__init__(*args, **given)
        _fill(self, "agency", agency_choices(on, empty=_("Toàn thành phố")))

    def clean(self) -> dict[str, Any]:
        """A role of an agency needs the agency."""
        return _scoped(self)


class RoleForm(Base):
    """A role in an agency, or in the whole city."""

    role = _choice(_("Vai trò"), [("", _("Chọn vai trò")), *Role.choices])
    agency = _key(_("Ở cơ quan"), required=False, hint=_("Điều phối, tiếp nhận, giám sát, quản trị: toàn thành phố."))
    valid_from = _day(_("Từ ngày"), required=False, hint=_("Để trống là từ hôm nay."))

    def __init__(self, *args: Any, on: date, **given: Any) -> None:
        super().__init__(*args, **given)
        _fill(self, "agency", agency_choices(on, empty=_("Toàn thành phố")))

    def clean(self) -> dict[str, Any]:
        """A role of an agency needs the agency."""
        return _scoped(self)


def _scoped(form: forms.Form) -> dict[str, Any]:
    data: dict[str, Any] = form.cleaned_data
    if (
        data.get("role")
        and data["role"] not in CITY_WIDE_ROLES
        and not data.get("agency")
        and "agency" not in form.errors
    ):
        form.add_error("agency", _g("Vai trò này phải gắn với một cơ quan."))
    return data


# --- time -------------------------------------------------------------------------------------------------------------


class DayForm(Base):
    """A day off, or a day worked in exchange."""

    day = _day(_("Ngày"))
    kind = _choice(_("Là"), DayKind.choices)
    reason = _line(_("Lý do, người dân đọc được"), 120)
    reason_en = _line(_("Lý do bằng tiếng Anh"), 120, required=False)
    source = _line(_("Căn cứ"), 300, required=False)
    confirmed = forms.BooleanField(label=_("Đã có thông báo chính thức"), required=False)


class ConfirmYearForm(Base):
    """The official notice of a year's days off."""

    source = _line(_("Thông báo chính thức: số, ngày"), 300)


WEEKDAYS = (
    (1, _("thứ Hai")),
    (2, _("thứ Ba")),
    (3, _("thứ Tư")),
    (4, _("thứ Năm")),
    (5, _("thứ Sáu")),
    (6, _("thứ Bảy")),
    (7, _("Chủ nhật")),
)


class HoursForm(Base):
    """The working week from a day on."""

    valid_from = _day(_("Áp dụng từ ngày"))
    periods = _line(_("Giờ làm việc"), 100, hint=_("Ví dụ: 08:00-12:00,13:30-17:30"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Ngày làm việc trong tuần"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        choices=WEEKDAYS,
        error_messages={"required": _("Hãy chọn ít nhất một ngày.")},
    )
    source = _line(_("Căn cứ"), 300, required=False)


STEPS: Choices = [
    ("intake", _("Tiếp nhận, phân loại")),
    ("transfer", _("Chuyển cơ quan")),
    ("receive", _("Cơ quan nhận")),
    ("answer", _("Trả lời")),
    ("publish", _("Công khai")),
    ("ask_more", _("Đề nghị bổ sung")),
    ("reply", _("Người gửi bổ sung")),
    ("decline", _("Từ chối")),
    ("cooperate", _("Phối hợp")),
    ("decide", _("Quyết định có phải khiếu nại, tố cáo")),
    ("reopen", _("Đề nghị xử lý lại")),
    ("close", _("Đánh giá, đóng")),
]


def _amount() -> forms.IntegerField:
    words = _("Thời hạn là số nguyên từ 1 đến 10.000.")
    return forms.IntegerField(
        label=_("Thời hạn"),
        min_value=1,
        max_value=MAX_AMOUNT,
        error_messages={"required": NEEDED, "invalid": words, "min_value": words, "max_value": words},
    )


class RuleForm(Base):
    """How long a step may take, from a day on."""

    code = _code(_("Mã quy tắc"))
    step = _choice(_("Bước"), STEPS)
    regime = _choice(_("Loại phản ánh"), [("", _("Mọi loại")), *Regime.choices], required=False)
    urgency = _line(
        _("Mức độ"),
        20,
        required=False,
        hint=_("Ghi normal (bình thường), urgent (khẩn) hoặc complex (phức tạp); để trống là mọi mức"),
    )
    amount = _amount()
    unit = _choice(_("Đơn vị"), Unit.choices)
    valid_from = _day(_("Áp dụng từ ngày"), hint=_("Quy tắc cùng mã đang áp dụng kết thúc hôm trước."))
    valid_to = _day(_("Áp dụng đến hết ngày"), required=False)
    source = _line(_("Căn cứ pháp lý"), 300, required=False)
    assumed = forms.BooleanField(label=_("Chưa có căn cứ: giá trị giả định"), required=False)
    note = _line(_("Ghi chú"), 500, required=False)

    def clean(self) -> dict[str, Any]:
        """A source, or the mark of an assumption."""
        data: dict[str, Any] = self.cleaned_data
        if not data.get("source") and not data.get("assumed") and "source" not in self.errors:
            self.add_error("source", _g("Hãy ghi căn cứ pháp lý, hoặc đánh dấu là giá trị giả định."))
        return data


class EndRuleForm(Base):
    """The last day of a rule."""

    valid_to = _day(_("Áp dụng đến hết ngày"))


class CalculatorForm(Base):
    """When a term ends."""

    rule = _choice(_("Quy tắc"), [])
    start = forms.DateTimeField(
        label=_("Bắt đầu lúc"),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": NEEDED, "invalid": _("Ngày giờ chưa đúng, ví dụ 21/08/2026 16:45.")},
    )

    def __init__(self, *args: Any, codes: Choices, **given: Any) -> None:
        super().__init__(*args, **given)
        _fill(self, "rule", codes)


class ClockForm(Base):
    """A moment to move the demo's clock to."""

    at = forms.DateTimeField(
        label=_("Đặt đồng hồ đến"),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": NEEDED, "invalid": _("Ngày giờ chưa đúng, ví dụ 26/02/2026 09:15.")},
    )

    def clean_at(self) -> datetime:
        """A moment that the calendar can be relied on for."""
        at: datetime = self.cleaned_data["at"]
        if not 2017 <= at.year <= 2100:
            raise forms.ValidationError(_g("Hãy chọn một năm từ 2017 đến 2100."))
        return at


# --- catalogues -------------------------------------------------------------------------------------------------------


class RowForm(Base):
    """What every row of a catalogue has."""

    code = _code()
    name = _line(_("Tên"), 200)
    name_en = _line(_("Tên bằng tiếng Anh"), 200, required=False)
    valid_from = _day(_("Dùng từ ngày"), required=False)
    valid_to = _day(
        _("Dùng đến hết ngày"), required=False, hint=_("Để trống là còn dùng. Không xóa, vì phản ánh cũ vẫn cần.")
    )
    source = _line(_("Căn cứ"), 300, required=False)

    def __init__(self, *args: Any, on: date, new: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        if not new:
            del self.fields["code"]
        self.prepare(on)

    def prepare(self, on: date) -> None:
        """Fill choices."""

    def values(self) -> dict[str, Any]:
        """The columns; keys get their column names."""
        renamed = {"field": "field_id", "agency": "agency_id", "default_agency": "default_agency_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


def _field_choices(on: date) -> Choices:
    groups = [
        (str(label), [(str(row.pk), row.name) for row in catalogue.fields(on, code)]) for code, label in Regime.choices
    ]
    return [("", _("Không có")), *groups]


class FieldRow(RowForm):
    """A field of feedback."""

    regime = _choice(_("Loại phản ánh"), Regime.choices)
    default_agency = _key(_("Cơ quan thường xử lý"), required=False)
    commune_first = forms.BooleanField(label=_("Xã, phường nơi xảy ra thường là nơi xử lý"), required=False)
    keywords = _area(_("Từ khóa, mỗi dòng một cụm"), 4000, rows=4, required=False)

    def prepare(self, on: date) -> None:
        """Agencies of the day; keywords as lines."""
        _fill(self, "default_agency", agency_choices(on, empty=_("Không có")))
        words = self.initial.get("keywords")
        if isinstance(words, list):
            self.initial["keywords"] = "\n".join(words)

    def clean_keywords(self) -> list[str]:
        """Lines as a list."""
        return list(
            dict.fromkeys(line.strip() for line in str(self.cleaned_data["keywords"]).splitlines() if line.strip())
        )


class ProcedureRow(RowForm):
    """An administrative procedure."""

    field = _key(_("Lĩnh vực"), required=False)
    level = _line(_("Cấp giải quyết"), 20, required=False)
    term_days = forms.IntegerField(
        label=_("Thời hạn giải quyết, ngày làm việc"),
        required=False,
        min_value=1,
        max_value=1000,
        error_messages={
            "invalid": _("Hãy ghi số ngày."),
            "min_value": _("Hãy ghi số ngày từ 1."),
            "max_value": _("Nhiều nhất 1000 ngày."),
        },
    )
    assumed = forms.BooleanField(label=_("Giá trị giả định"), required=False)

    def prepare(self, on: date) -> None:
        """Fields of the day."""
        _fill(self, "field", _field_choices(on))


class ChannelRow(RowForm):
    """A way in."""

    contact = _line(_("Nơi liên hệ"), 200, required=False)
    hours = _line(_("Giờ nhận"), 200, required=False)
    note = _line(_("Hướng dẫn"), 300, required=False)
    published = forms.BooleanField(label=_("Hiện ở trang công khai"), required=False)
    staff_entry = forms.BooleanField(label=_("Cán bộ nhập hộ người gửi"), required=False)


class DeclineRow(RowForm):
    """A reason for not accepting."""

    text = _area(_("Nói với người gửi"), 2000)
    guidance = _area(_("Hướng dẫn nơi giải quyết"), 2000)
    legal_basis = _line(_("Căn cứ pháp lý"), 300, required=False)
    diversion = _choice(
        _("Chuyển hướng"),
        [("", _("Không")), ("complaint", _("Khiếu nại")), ("denunciation", _("Tố cáo"))],
        required=False,
    )


class CannedRow(RowForm):
    """A paragraph for answers."""

    text = _area(_("Đoạn văn"), 4000, rows=6)
    regime = _choice(_("Loại phản ánh"), [("", _("Mọi loại")), *Regime.choices], required=False)
    field = _key(_("Lĩnh vực"), required=False)
    outcome = _choice(_("Kết quả"), [("", _("Mọi kết quả")), *Outcome.choices], required=False)
    agency = _key(_("Riêng cơ quan"), required=False)

    def prepare(self, on: date) -> None:
        """Fields and agencies of the day."""
        _fill(self, "field", _field_choices(on))
        _fill(self, "agency", agency_choices(on, empty=_("Mọi cơ quan")))


ROWS: dict[str, type[RowForm]] = {
    "field": FieldRow,
    "procedure": ProcedureRow,
    "channel": ChannelRow,
    "decline_reason": DeclineRow,
    "canned_text": CannedRow,
}


class SettingForm(Base):
    """A number or text of the city, from a day on."""

    code = _code()
    value = _area(_("Giá trị"), 4000, rows=3, hint=_("Chữ hoặc số. Danh sách thì ghi theo dạng JSON."))
    valid_from = _day(_("Áp dụng từ ngày"))
    source = _line(_("Căn cứ"), 300, required=False)
    assumed = forms.BooleanField(label=_("Chưa có căn cứ: giá trị giả định"), required=False)

    def clean_value(self) -> Any:
        """Numbers, lists and the like as they are meant; everything else is text."""
        text = str(self.cleaned_data["value"])
        if text[:1] in "[{" or text in ("true", "false"):
            try:
                return json.loads(text)
            except ValueError:
                raise forms.ValidationError(
                    _g("Danh sách chưa đúng dạng JSON. Hãy xem lại dấu ngoặc và dấu phẩy.")
                ) from None
        return int(text) if text.isdigit() and len(text) < 10 and str(int(text)) == text else text

    def clean(self) -> dict[str, Any]:
        """A source, or the mark of an assumption."""
        data: dict[str, Any] = self.cleaned_data
        if not data.get("source") and not data.get("assumed") and "source" not in self.errors:
            self.add_error("source", _g("Hãy ghi căn cứ, hoặc đánh dấu là giá trị giả định."))
        return data


# --- messages ---------------------------------------------------------------------------------------------------------


class TemplateForm(Base):
    """The text of one message in one language."""

    subject = _line(_("Tiêu đề"), 200)
    body = _area(_("Nội dung"), 10_000, rows=12)


class ReasonForm(Base):
    """Why something is done by hand."""

    reason = _line(_("Lý do"), 200)


class LedgerForm(Base):
    """Whose history to show."""

    kind = _choice(_("Đối tượng"), [])
    key = _line(_("Mã phản ánh, mã cơ quan, tên đăng nhập hoặc số"), 80)

    def __init__(self, *args: Any, kinds: Choices, **given: Any) -> None:
        super().__init__(*args, **given)
        _fill(self, "kind", kinds)
