"""Forms of the public pages. They clean and check; what they mean is decided in the rooms below."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from langnghe.acts.errors import UNSEEN
from langnghe.intake import rules
from langnghe.intake.selectors import catalogue
from langnghe.texts import CodeError, clean_input, normalise_secret, parse_code


class Text(forms.CharField):
    """A text that a person typed: without control characters, one line unless it is an area; said plainly when long."""

    def __init__(self, *, area: bool = False, rows: int = 4, **options: Any) -> None:
        self.area = area
        attrs = options.pop("attrs", {})
        options.setdefault(
            "widget", forms.Textarea(attrs={"rows": rows, **attrs}) if area else forms.TextInput(attrs=attrs)
        )
        messages = {"required": _("Hãy nhập mục này."), **options.pop("error_messages", {})}
        if "max_length" in options:
            messages.setdefault(
                "max_length", _("Dài quá %(limit_value)d ký tự (đang có %(show_value)d). Hãy viết ngắn lại.")
            )
        super().__init__(error_messages=messages, **options)

    def to_python(self, value: Any) -> str:
        """The cleaned text."""
        return clean_input(str(value), single_line=not self.area) if value else ""


class Email(Text):
    """An e-mail address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, widget=forms.EmailInput(), **options)
        self._check = forms.EmailField(required=False)

    def clean(self, value: Any) -> str:
        """The address in lower case; a sentence about how it should look otherwise."""
        text = super().clean(value)
        try:
            return str(self._check.clean(text)).lower()
        except forms.ValidationError:
            raise forms.ValidationError(
                _("Thư điện tử chưa đúng. Ông/bà ghi như: ten@vidu.vn, hoặc để trống."), code="invalid"
            ) from None


class Several(forms.FileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files; they are checked and kept by `files.services`, not here."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files as they came."""
        return [one for one in data or [] if one]


def _files_field(label: Any) -> Files:
    field = Files(label=label, required=False)
    field.widget.attrs["multiple"] = True
    return field


def check_phone(text: str) -> str:
    """A telephone number as people write it; ValidationError otherwise."""
    digits = re.sub(r"\D", "", text)
    if text and (not re.fullmatch(r"[0-9+().\s-]+", text) or not 8 <= len(digits) <= 15):
        raise forms.ValidationError(_g("Số điện thoại chưa đúng. Ông/bà ghi như: 0912 345 678."), code="invalid")
    return text


ABOUT = (
    ("field", _("Việc ngoài đường, nơi công cộng: đường, đèn, rác, cây, nước ngập, tiếng ồn, vỉa hè…")),
    ("regulation", _("Quy định, thủ tục hành chính: khó làm, không hợp lý, chồng chéo, nên sửa")),
    ("conduct", _("Cách làm việc của cán bộ, cơ quan: chậm, gây khó, thái độ, làm sai thủ tục")),
)


class SubmitForm(forms.Form):
    """Everything that a submission may say, in one form of three short steps."""

    about = forms.ChoiceField(
        label=_("Ông/bà muốn nói về việc gì?"), choices=ABOUT, widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một trong ba loại việc."),
            "invalid_choice": _("Hãy chọn một trong ba loại việc."),
        },
    )  # fmt: skip
    body = Text(
        area=True, rows=7, max_length=rules.MOST_BODY, label=_("Chuyện gì đã xảy ra?"),
        help_text=_("Kể như nói với người quen: việc gì, từ bao giờ, ông/bà mong muốn gì."),
        error_messages={"required": _("Hãy kể chuyện gì đã xảy ra.")},
    )  # fmt: skip
    title = Text(
        max_length=rules.MOST_TITLE, required=False, label=_("Tên ngắn của phản ánh"),
        help_text=_("Để trống thì lấy câu đầu tiên ở trên."),
    )  # fmt: skip
    proposal = forms.BooleanField(required=False, label=_("Tôi có đề xuất cách giải quyết (kiến nghị)"))

    commune = Text(
        max_length=120, required=False, label=_("Xã, phường nơi xảy ra"),
        help_text=_("Gõ vài chữ rồi chọn. Không dấu cũng được."),
        attrs={"list": "communes", "autocomplete": "off"},
    )  # fmt: skip
    place = Text(
        max_length=rules.MOST_PLACE, required=False, label=_("Địa điểm"),
        help_text=_("Số nhà, ngõ, tên đường, hoặc mốc dễ nhận biết."),
    )  # fmt: skip
    latitude = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    files = _files_field(_("Ảnh, giấy tờ"))  # type: ignore[assignment]

    name = Text(max_length=120, required=False, label=_("Họ và tên"), attrs={"autocomplete": "name"})
    address = Text(
        max_length=300, required=False, label=_("Địa chỉ của ông/bà"), attrs={"autocomplete": "street-address"}
    )
    phone = Text(
        max_length=40, required=False, label=_("Số điện thoại"), attrs={"autocomplete": "tel", "inputmode": "tel"}
    )
    email = Email(required=False, label=_("Thư điện tử"), help_text=_("Để nhận tin mỗi khi có bước mới."))
    business = forms.BooleanField(required=False, label=_("Tôi gửi thay cho doanh nghiệp, tổ chức"))
    publish_name = forms.BooleanField(
        required=False, label=_("Cho phép công khai họ tên của tôi cùng phản ánh"),
        help_text=_("Không chọn thì họ tên được giữ kín."),
    )  # fmt: skip

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=200)
    use_required_attribute = True

    def clean_phone(self) -> str:
        """As people write telephone numbers."""
        return check_phone(str(self.cleaned_data["phone"]))

    def clean_body(self) -> str:
        """Enough to understand what is meant."""
        body = str(self.cleaned_data["body"])
        if len(body) < rules.LEAST_BODY:
            raise forms.ValidationError(_g("Nội dung quá ngắn. Hãy kể rõ hơn để chúng tôi hiểu và chuyển đúng nơi."))
        return body

    def clean_latitude(self) -> Decimal | None:
        """Degrees north; anything else is no coordinate and is left out."""
        return _degrees(self.cleaned_data["latitude"], 90)

    def clean_longitude(self) -> Decimal | None:
        """Degrees east."""
        return _degrees(self.cleaned_data["longitude"], 180)

    def clean(self) -> dict[str, Any]:
        """What the regime asks of the sender and the place."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["commune_id"] = self._commune(str(data.get("commune") or ""))
        if None in (data.get("latitude"), data.get("longitude")):
            data["latitude"] = data["longitude"] = None
        about = data.get("about")
        if about:
            regime, _subject = rules.regime_of(about)
            given = {key: str(data.get(key) or "") for key in ("name", "address", "phone", "email")}
            gaps = rules.sender_gaps(regime, **given)
            gaps |= rules.place_gaps(regime, has_commune=bool(data["commune_id"]), place=str(data.get("place") or ""))
            for key, message in gaps.items():
                if key not in self.errors:
                    self.add_error(key, message)
        return data

    def clean_website(self) -> str:
        """A box that people do not see. Whatever fills it in is told, once, and nothing that was typed is lost."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_g("Ô này phải để trống. Ông/bà bấm gửi lại một lần nữa."))
        return ""

    def _commune(self, text: str) -> int | None:
        if not text:
            return None
        known = catalogue().communes
        found = rules.match_commune(text, known)
        if len(found) == 1:
            return found[0]
        if found:
            names = _g(" hoặc ").join(name for key, name in known if key in found[:3])
            self.add_error("commune", _g("Có nhiều nơi tên như vậy: %(names)s. Hãy chọn một.") % {"names": names})
        else:
            self.add_error(
                "commune",
                _g("Không tìm thấy xã, phường này. Hãy chọn trong danh sách, hoặc để trống và ghi rõ địa điểm."),
            )
        return None


def _degrees(text: str, most: int) -> Decimal | None:
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", text or ""):
        return None
    value = Decimal(text).quantize(Decimal("0.000001"))
    return value if abs(value) <= most else None


def new_key() -> str:
    """A key that makes one form one case."""
    return str(uuid.uuid4())


class TrackForm(forms.Form):
    """Code and secret."""

    code = Text(
        max_length=60, label=_("Mã phản ánh"), help_text=_("Chữ và 9 chữ số, ví dụ HN-4827-1936-5. Gõ liền cũng được."),
        error_messages={"required": _("Hãy nhập mã phản ánh ghi trên giấy tiếp nhận.")},
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )  # fmt: skip
    secret = Text(
        max_length=60, label=_("Mã bí mật"), help_text=_("10 chữ và số, ví dụ 4K7QX-9M2RT."),
        error_messages={"required": _("Hãy nhập mã bí mật ghi trên giấy tiếp nhận.")},
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )  # fmt: skip

    def clean_code(self) -> str:
        """The canonical spelling; says whether the form or a digit is wrong."""
        try:
            return parse_code(str(self.cleaned_data["code"]))
        except CodeError as error:
            if error.problem == "check":
                raise forms.ValidationError(
                    _g("Mã này có một chữ số sai hoặc đổi chỗ. Ông/bà so lại từng số với giấy tiếp nhận.")
                ) from None
            raise forms.ValidationError(_g("Mã phản ánh gồm chữ cái đầu và 9 chữ số, ví dụ HN-4827-1936-5.")) from None

    def clean_secret(self) -> str:
        """The canonical spelling."""
        secret = normalise_secret(str(self.cleaned_data["secret"]))
        if not secret:
            raise forms.ValidationError(_g("Mã bí mật gồm 10 chữ và số, ví dụ 4K7QX-9M2RT."))
        return secret


class SecretForm(TrackForm):
    """The secret alone, where the address says the code."""

    code = Text(required=False, widget=forms.HiddenInput)

    def clean_code(self) -> str:
        """Known from the address."""
        return ""


class Versioned(forms.Form):
    """An act on a case: with the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": UNSEEN, "invalid": UNSEEN})


class ReplyForm(Versioned):
    """The sender's answer to a question."""

    text = Text(
        area=True, rows=5, max_length=10_000, label=_("Nội dung bổ sung"),
        error_messages={"required": _("Hãy viết nội dung bổ sung.")},
    )  # fmt: skip
    files = _files_field(_("Ảnh, giấy tờ kèm theo"))  # type: ignore[assignment]


class WithdrawForm(Versioned):
    """Taking the feedback back."""

    reason = Text(area=True, rows=2, max_length=2000, required=False, label=_("Lý do"))
    sure = forms.BooleanField(
        label=_("Tôi muốn rút phản ánh này. Cơ quan sẽ dừng xử lý."),
        error_messages={"required": _("Hãy đánh dấu để xác nhận rút phản ánh.")},
    )  # fmt: skip


LEVELS = (
    ("1", _("Rất không hài lòng")),
    ("2", _("Không hài lòng")),
    ("3", _("Bình thường")),
    ("4", _("Hài lòng")),
    ("5", _("Rất hài lòng")),
)


def _level(label: Any) -> forms.ChoiceField:
    words = _("Hãy chọn một trong năm mức.")
    return forms.ChoiceField(
        label=label,
        choices=LEVELS,
        widget=forms.RadioSelect,
        error_messages={"required": words, "invalid_choice": words},
    )


class RatingForm(Versioned):
    """The four criteria of the satisfaction index, and the whole."""

    forms = _level(_("Có nhiều cách thuận tiện để gửi phản ánh, kiến nghị"))
    ease = _level(_("Gửi phản ánh, kiến nghị dễ dàng"))
    handling = _level(_("Cơ quan tiếp nhận và xử lý tích cực"))
    notice = _level(_("Kết quả được thông báo kịp thời"))
    overall = _level(_("Nhìn chung, ông/bà hài lòng với kết quả ở mức nào?"))
    comment = Text(area=True, rows=3, max_length=2000, required=False, label=_("Ông/bà muốn nói thêm điều gì?"))

    def levels(self) -> dict[str, int]:
        """The criteria as numbers."""
        return {name: int(self.cleaned_data[name]) for name in ("forms", "ease", "handling", "notice")}


class ReopenForm(Versioned):
    """Asking to have it handled once more."""

    reason = Text(
        area=True, rows=4, max_length=4000, label=_("Điều gì chưa được giải quyết?"),
        error_messages={"required": _("Hãy ghi điều gì chưa được giải quyết.")},
    )  # fmt: skip


class FollowForm(forms.Form):
    """Being told by e-mail when a public report is answered."""

    email = Email(
        label=_("Thư điện tử của ông/bà"),
        help_text=_("Chỉ dùng để báo khi có trả lời. Bỏ theo dõi lúc nào cũng được."),
        error_messages={"required": _("Hãy ghi thư điện tử.")},
    )  # fmt: skip
