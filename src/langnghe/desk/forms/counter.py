"""Forms of the counter, the hotline and the post: a case for somebody else, and acts in the sender's name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from langnghe.cases import catalogue
from langnghe.desk.forms.acts import FilesField, Line, TextArea
from langnghe.intake import rules
from langnghe.texts import CodeError, parse_code
from langnghe.worktime.rules import ZONE

OLDEST = timedelta(days=365)
"""A paper that lay longer than this is a slip of the keyboard."""
REQUIRED = {"required": _("Hãy nhập mục này.")}

ABOUT = (
    ("field", _("Hiện trường: đường, đèn, rác, cây, ngập, tiếng ồn…")),
    ("regulation", _("Quy định, thủ tục hành chính")),
    ("conduct", _("Cách làm việc của cán bộ, cơ quan")),
)


def channel_choices(at: datetime) -> list[tuple[str, str]]:
    """The channels over which staff enter cases for others."""
    return [(str(row.pk), row.name) for row in catalogue.channels(at.date()) if row.staff_entry]


class EntryForm(forms.Form):
    """One dense form: who, what, where, how it came."""

    phone = Line(label=_("Số điện thoại"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Thư điện tử chưa đúng, ví dụ ten@vidu.vn; không có thì để trống.")},
    )
    name = Line(label=_("Họ và tên người gửi"), max_length=120, required=False)
    address = Line(label=_("Địa chỉ người gửi"), max_length=300, required=False)
    business = forms.BooleanField(label=_("Là doanh nghiệp, tổ chức"), required=False)
    publish_name = forms.BooleanField(label=_("Người gửi đồng ý công khai họ tên"), required=False)
    about = forms.ChoiceField(
        label=_("Về việc gì"),
        choices=ABOUT,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một trong ba loại việc."),
            "invalid_choice": _("Hãy chọn một trong ba loại việc."),
        },
    )
    body = TextArea(
        label=_("Nội dung, ghi đúng lời người gửi"),
        rows=5,
        max_length=rules.MOST_BODY,
        error_messages={"required": _("Hãy ghi nội dung phản ánh.")},
    )
    title = Line(
        label=_("Tiêu đề"),
        max_length=rules.MOST_TITLE,
        required=False,
        help_text=_("Để trống thì lấy câu đầu của nội dung."),
    )
    proposal = forms.BooleanField(label=_("Có đề xuất cách giải quyết (kiến nghị)"), required=False)
    commune = Line(
        label=_("Xã, phường nơi xảy ra"),
        max_length=120,
        required=False,
        help_text=_("Gõ vài chữ, không dấu cũng được."),
    )
    place = Line(label=_("Địa điểm"), max_length=rules.MOST_PLACE, required=False)
    channel = forms.TypedChoiceField(
        label=_("Kênh tiếp nhận"),
        coerce=int,
        error_messages={
            "required": _("Hãy chọn kênh tiếp nhận."),
            "invalid_choice": _("Kênh này không còn dùng. Hãy chọn lại."),
        },
    )
    received_at = forms.DateTimeField(
        label=_("Nhận lúc (nếu sớm hơn lúc nhập)"),
        required=False,
        help_text=_("Đơn thư, cuộc gọi nhận từ trước: ghi ngày giờ trên dấu đến hoặc sổ trực."),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Ngày giờ chưa đúng, ví dụ 26/02/2026 09:15.")},
    )
    files: Any = FilesField(label=_("Ảnh, giấy tờ, bản quét"), required=False)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, *args: Any, at: datetime, communes: list[tuple[int, str]], **given: Any) -> None:
        self.at, self.communes = at, communes
        super().__init__(*args, **given)
        channel: Any = self.fields["channel"]
        channel.choices = [("", _("Chọn kênh")), *channel_choices(at)]
        self.fields["commune"].widget.attrs.update({"list": "communes", "autocomplete": "off"})
        for name in ("phone", "email", "name", "address", "received_at"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # the browser would offer the clerk's own
        self.fields["phone"].widget.attrs["inputmode"] = "tel"

    def clean_body(self) -> str:
        """Enough to understand what is meant."""
        body = str(self.cleaned_data["body"])
        if len(body) < rules.LEAST_BODY:
            raise forms.ValidationError(_g("Nội dung quá ngắn. Hãy ghi rõ hơn để cơ quan hiểu và làm đúng việc."))
        return body

    def clean_phone(self) -> str:
        """A telephone number as people write it."""
        phone = str(self.cleaned_data["phone"])
        digits = [sign for sign in phone if sign.isdigit()]
        if phone and (not 8 <= len(digits) <= 15 or set(phone) - set("0123456789+(). -")):
            raise forms.ValidationError(_g("Số điện thoại chưa đúng, ví dụ 0912 345 678."))
        return phone

    def clean_received_at(self) -> datetime | None:
        """Not in the future, and not longer ago than a year."""
        given: datetime | None = self.cleaned_data["received_at"]
        if given is None:
            return None
        given = given.astimezone(ZONE)
        if given > self.at:
            raise forms.ValidationError(_g("Lúc nhận không thể ở sau lúc này."))
        if given < self.at - OLDEST:
            raise forms.ValidationError(_g("Lúc nhận cách đây hơn một năm. Hãy xem lại năm đã ghi."))
        return given

    def clean(self) -> dict[str, Any]:
        """What the regime asks of the sender and the place."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["commune_id"] = self._commune(str(data.get("commune") or ""))
        about = data.get("about")
        if about:
            data["regime"], data["subject"] = rules.regime_of(about)
            given = {key: str(data.get(key) or "") for key in ("name", "address", "phone", "email")}
            gaps = rules.sender_gaps(data["regime"], **given)
            gaps |= rules.place_gaps(
                data["regime"], has_commune=bool(data["commune_id"]), place=str(data.get("place") or "")
            )
            for key, message in gaps.items():
                if key not in self.errors:
                    self.add_error(key, message)
        return data

    def _commune(self, text: str) -> int | None:
        if not text:
            return None
        found = rules.match_commune(text, self.communes)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(name for key, name in self.communes if key in found[:3])
            self.add_error("commune", _g("Có nhiều nơi tên như vậy: %(names)s. Hãy chọn một.") % {"names": names})
        else:
            self.add_error(
                "commune", _g("Không có xã, phường này. Hãy chọn trong danh sách, hoặc để trống và ghi địa điểm.")
            )
        return None


class ProofForm(forms.Form):
    """Whose case it is: the sender says the code, and proves to be the sender."""

    code = Line(
        label=_("Mã phản ánh"),
        max_length=60,
        help_text=_("Người gửi đọc, ví dụ HN-4827-1936-5."),
        error_messages={"required": _("Hãy nhập mã phản ánh.")},
    )
    proof = Line(
        label=_("Mã bí mật; hoặc số điện thoại, thư điện tử đã ghi khi gửi"),
        max_length=254,
        help_text=_("Không đọc cho người gọi nghe: chính họ phải nói ra."),
        error_messages={"required": _("Hãy nhập điều người gửi nói để chứng minh đúng là họ.")},
    )
    use_required_attribute = False

    def clean_code(self) -> str:
        """The canonical spelling."""
        try:
            return parse_code(str(self.cleaned_data["code"]))
        except CodeError as error:
            if error.problem == "check":
                raise forms.ValidationError(_g("Mã có một chữ số sai hoặc đổi chỗ. Hãy hỏi lại từng số.")) from None
            raise forms.ValidationError(_g("Mã gồm chữ cái đầu và 9 chữ số, ví dụ HN-4827-1936-5.")) from None


class ForSenderForm(forms.Form):
    """An act in the sender's name: over which channel the sender said so."""

    via = forms.TypedChoiceField(
        label=_("Người gửi nói qua"),
        coerce=int,
        error_messages={
            "required": _("Hãy chọn kênh người gửi đã dùng."),
            "invalid_choice": _("Hãy chọn kênh người gửi đã dùng."),
        },
    )
    use_required_attribute = False

    def __init__(self, *args: Any, at: datetime, **given: Any) -> None:
        super().__init__(*args, **given)
        via: Any = self.fields["via"]
        self.channels = channel_choices(at)
        via.choices = [("", _("Chọn kênh")), *self.channels]

    def said(self, text: str) -> str:
        """The text with a note of how the sender said it, as it is kept."""
        name = dict(self.channels)[str(self.cleaned_data["via"])]
        note = _g("[Cán bộ ghi hộ; người gửi nói qua: %(channel)s]") % {"channel": name}
        return f"{text}\n{note}".strip()


class ReplyFor(ForSenderForm):
    """The sender's answer to a question."""

    text = TextArea(
        label=_("Nội dung bổ sung"),
        rows=4,
        max_length=9000,
        error_messages={"required": _("Hãy ghi nội dung bổ sung.")},
    )
    files: Any = FilesField(label=_("Ảnh, giấy tờ kèm theo"), required=False)


class WithdrawFor(ForSenderForm):
    """Taking the feedback back."""

    reason = TextArea(label=_("Lý do"), rows=2, max_length=1500, required=False)
    sure = forms.BooleanField(
        label=_("Người gửi đã xác nhận muốn rút"), error_messages={"required": _("Hãy hỏi lại người gửi rồi đánh dấu.")}
    )


LEVELS = (
    ("5", _("Rất hài lòng")),
    ("4", _("Hài lòng")),
    ("3", _("Bình thường")),
    ("2", _("Không hài lòng")),
    ("1", _("Rất không hài lòng")),
)


def _level(label: Any) -> forms.TypedChoiceField:
    words = _("Hãy chọn một trong năm mức.")
    return forms.TypedChoiceField(
        label=label,
        choices=[("", _("Chọn mức")), *LEVELS],
        coerce=int,
        error_messages={"required": words, "invalid_choice": words},
    )


class RateFor(ForSenderForm):
    """The four criteria and the whole."""

    forms_ = _level(_("Có nhiều cách thuận tiện để gửi"))
    ease = _level(_("Gửi dễ dàng"))
    handling = _level(_("Cơ quan tiếp nhận và xử lý tích cực"))
    notice = _level(_("Kết quả được thông báo kịp thời"))
    overall = _level(_("Hài lòng chung"))
    comment = TextArea(label=_("Người gửi nói thêm"), rows=2, max_length=1500, required=False)


class ReopenFor(ForSenderForm):
    """Asking to have it handled once more."""

    reason = TextArea(
        label=_("Điều gì chưa được giải quyết"),
        rows=3,
        max_length=3500,
        error_messages={"required": _("Hãy ghi điều gì chưa được giải quyết.")},
    )
