"""Content of the style guide: invented, of real length, with every state that a component knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from langnghe.ui.items import Act, Badge, Event, Fact, Link, Part, Row, Shot, Span, Step

_NOW = datetime(2026, 9, 3, 10, 20, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
_TONIGHT = _NOW.replace(hour=23, minute=59, second=59)
_LEVELS = [(1, "Rất không hài lòng"), (2, "Không hài lòng"), (3, "Bình thường"), (4, "Hài lòng"), (5, "Rất hài lòng")]
_PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 110'%3E"
    "%3Cpath fill='%23b9c7c4' d='M0 0h160v110H0z'/%3E%3Cpath d='M0 78h160v32H0z' fill='%236f7f7b'/%3E"
    "%3Cellipse cx='84' cy='92' rx='34' ry='9' fill='%23404b48'/%3E"
    "%3Cpath d='M20 78V34h36v44M104 78V22h34v56' fill='%23909f9b'/%3E%3C/svg%3E"
)
_QR = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Crect width='9' height='9'"
    " fill='%23fff'/%3E%3Cpath d='M1 1h3v3H1zM5 1h3v3H5zM1 5h3v3H1zM5 5h1v1H5zM7 5h1v2H7zM5 7h1v1H5z'/%3E%3C/svg%3E"
)


class SampleForm(forms.Form):
    """One field of each kind."""

    text = forms.CharField(
        label="Ông/bà muốn phản ánh điều gì?",
        help_text="Kể sự việc, thời gian và nơi xảy ra. Không cần viết theo mẫu.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        error_messages={"required": "Hãy kể sự việc, ít nhất một câu."},
    )
    place = forms.CharField(
        label="Nơi xảy ra",
        help_text="Số nhà, đường, hoặc mốc dễ nhận biết.",
        error_messages={"required": "Hãy ghi số nhà hoặc mốc dễ nhận biết."},
    )
    commune = forms.ChoiceField(
        label="Xã, phường",
        choices=[("", "Chọn xã, phường"), ("1", "Phường Hoàn Kiếm"), ("2", "Phường Văn Miếu – Quốc Tử Giám")],
    )
    phone = forms.CharField(label="Số điện thoại", required=False, help_text="Chỉ dùng để hỏi thêm; không công khai.")
    seen = forms.DateField(label="Ngày xảy ra", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label="Ông/bà gửi với tư cách nào?",
        widget=forms.RadioSelect,
        choices=[("person", "Cá nhân"), ("firm", "Doanh nghiệp, hợp tác xã, hộ kinh doanh")],
    )
    ways = forms.MultipleChoiceField(
        label="Nhận tin báo qua",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("email", "Thư điện tử"), ("none", "Không cần, tôi sẽ tự tra cứu bằng mã")],
    )
    name_public = forms.BooleanField(
        label="Tôi đồng ý công khai họ tên cùng phản ánh này",
        required=False,
        help_text="Không chọn thì họ tên được giữ kín.",
    )
    photos = forms.FileField(label="Ảnh, tệp kèm theo", required=False)
    attitude = forms.ChoiceField(
        label="Thái độ của người xử lý", widget=forms.RadioSelect, choices=_LEVELS, help_text="Chọn một trong năm mức."
    )


class TransferForm(forms.Form):
    """A short form of an act."""

    agency = forms.ChoiceField(
        label="Cơ quan nhận", choices=[("1", "Sở Xây dựng"), ("2", "Ủy ban nhân dân phường Bồ Đề")]
    )
    reason = forms.CharField(
        label="Lý do chuyển", widget=forms.Textarea(attrs={"rows": 3}), help_text="Người gửi sẽ đọc được câu này."
    )


class NoteForm(forms.Form):
    """One line of words."""

    note = forms.CharField(label="Nội dung đôn đốc", widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


def _rows() -> list[Row]:
    day = timedelta(days=1)
    return [
        Row(
            url="#1", code="HN-4827-1936-5", new=True, state="overdue", days=-2, due=_NOW - 2 * day,
            title="Nắp hố ga vỡ trước số 47 phố Nguyễn Hữu Huân đã ba tuần, tối không có đèn nên hai người ngã xe",
            meta=("Hạ tầng giao thông", "Phản ánh hiện trường"), badges=(Badge("Khẩn", "strong"),),
            where="Phường Hoàn Kiếm", person="Nguyễn Thị Thanh Huyền", agency="Ban Quản lý duy tu hạ tầng, Sở Xây dựng",
        ),
        Row(
            url="#2", code="HN-0093-5514-2", state="soon", days=0, due=_TONIGHT,
            title="Nộp hồ sơ đổi giấy phép kinh doanh lần thứ ba vẫn bị đòi giấy tờ không có trong danh mục",
            meta=("Thủ tục hành chính", "Hành vi của cán bộ", "Doanh nghiệp"), badges=(Badge("Mở lại", "outline"),),
            where="Điểm phục vụ hành chính công phường Văn Miếu – Quốc Tử Giám", agency="Sở Tài chính",
        ),
        Row(
            url="#3", code="HN-7719-0048-8", state="intime", days=6, due=_TONIGHT + 8 * day,
            title="Đề nghị công khai thời gian trả kết quả cấp phép xây dựng nhà ở riêng lẻ",
            meta=("Quy định hành chính",), where="Toàn Thành phố", person="Trần Văn Bình", agency="Sở Xây dựng",
        ),
        Row(
            url="#4", code="HN-3302-8871-0", state="paused", due=_NOW + 5 * day, left="chờ người gửi bổ sung",
            title="Quán karaoke mở nhạc quá 23 giờ", meta=("Tiếng ồn",), where="Phường Bồ Đề",
            badges=(Badge("Hạn chế xem", "restricted", "lock-fill"),), person="Lê Hoài An", agency="Phường Bồ Đề",
        ),
        Row(
            url="#5", code="HN-6150-2207-3", state="met", due=_NOW - day, where="Xã Ứng Hòa",
            title="Rác thải xây dựng đổ trộm ven đê", meta=("Môi trường",), agency="Ủy ban nhân dân xã Ứng Hòa",
        ),
    ]  # fmt: skip


def _shots() -> list[Shot]:
    return [
        Shot("#", "hien-truong-sau-khi-sua-02-09-2026.jpg", thumb=_PICTURE, alt="Nắp hố ga mới đã lắp", size=482_113),
        Shot("#", "truoc.jpg", thumb=_PICTURE, alt="Nắp hố ga vỡ", size=1_204_113, note="Người gửi"),
        Shot("#", "bien-ban-nghiem-thu.pdf", size=3_404_113),
    ]


def _events() -> list[Event]:
    return [
        Event(
            "Đang xử lý", _NOW - timedelta(hours=2), "Nguyễn Thị Thanh Huyền", "Sở Xây dựng",
            icon="pencil-square", tone="now",
            text="Đã khảo sát hiện trường lúc 7 giờ 30. Nắp thay thế đang được chở đến, dự kiến lắp trong chiều nay.",
        ),
        Event("Chuyển Sở Xây dựng", _NOW - timedelta(days=1), "Phạm Minh Đức", "Văn phòng Ủy ban nhân dân Thành phố",
              icon="arrow-right", note="Lý do: hố ga thuộc tuyến đường Thành phố quản lý."),
        Event("Đã nhận phản ánh", _NOW - timedelta(days=1, hours=3), icon="inbox", files=_shots()[1:2]),
        Event("Trả lời ông/bà", icon="reply", tone="later", note="Chậm nhất hết ngày thứ Ba, 08/09/2026"),
    ]  # fmt: skip


def _answer() -> dict[str, Any]:
    return {
        "outcome": "Đã giải quyết xong",
        "text": "Kính gửi ông/bà,\nSở Xây dựng đã thay nắp hố ga trước số 47 phố Nguyễn Hữu Huân lúc 16 giờ 20 ngày"
        " 02/09/2026 và kiểm tra 14 nắp khác trên cùng tuyến. Xin lỗi ông/bà vì việc đã để kéo dài ba tuần.",
        "done": "Thay 01 nắp hố ga bằng gang, gia cố miệng hố; kiểm tra 14 nắp còn lại trên tuyến.",
        "person": "Nguyễn Thị Thanh Huyền",
        "agency": "Ban Quản lý duy tu hạ tầng, Sở Xây dựng",
        "at": _NOW,
        "legal_basis": "Quyết định phân cấp quản lý hạ tầng của Ủy ban nhân dân Thành phố, điều 6",
    }


def _site() -> dict[str, Any]:
    return {
        "city_name": "Thành phố Hà Nội",
        "hotlines": [
            {"name": "Tổng đài Thành phố", "number": "1022", "hours": "24 giờ mỗi ngày, nhánh 7"},
            {
                "name": "Cấp cứu, cháy, trật tự",
                "number": "113",
                "hours": "Đang nguy hiểm thì gọi ngay, đừng gửi phản ánh",
            },
        ],
        "footer_text": "Văn phòng Ủy ban nhân dân Thành phố Hà Nội tiếp nhận, chuyển và theo dõi phản ánh, kiến nghị.",
        "footer_links": [Link("Cách xử lý phản ánh", "#"), Link("Dữ liệu cá nhân", "#"), Link("Trợ năng", "#")],
    }


def public() -> dict[str, Any]:
    """Context of the style guide of the public pages."""
    bad = SampleForm(
        {"text": "Nắp hố ga vỡ đã ba tuần nay, buổi tối không có đèn.", "place": "", "commune": "", "attitude": ""},
        auto_id="bad_%s",
    )
    return _site() | {
        "section": "submit",
        "crumbs": [Link("Trang đầu", "#"), Link("Phản ánh đã công khai", "#")],
        "steps": [Step("Sự việc", "done", "#"), Step("Nơi xảy ra, ảnh", "now"), Step("Liên hệ, gửi đi")],
        "form": SampleForm(),
        "bad": bad,
        "due": _NOW,
        "events": _events(),
        "answer": _answer(),
        "shots": _shots(),
        "facts": [
            Fact("Sự việc", "Nắp hố ga vỡ trước số 47 phố Nguyễn Hữu Huân", url="#"),
            Fact("Nơi xảy ra", "Phường Hoàn Kiếm", url="#"),
            ("Công khai họ tên", "Không"),
        ],
        "picture_qr": _QR,
        "text": "Tôi là Nguyễn Văn An, số điện thoại 0912 345 678, nhà số 47 phố Nguyễn Hữu Huân.",
        "spans": [
            Span(7, 20, "họ tên"),
            Span(37, 49, "số điện thoại"),
            Span(55, 80, "địa chỉ", hidden=False),
        ],
        "uploaded": [{"id": "a1", "name": "anh-chup-luc-7-gio-sang.jpg", "size": 482_113}],
    }


def desk() -> dict[str, Any]:
    """Context of the style guide of the desk."""
    bad = NoteForm({"note": ""}, auto_id="bad_%s")
    bad.fields["note"].error_messages["required"] = "Hãy viết điều cần làm và thời hạn."
    acts = [
        Act("transfer", "Chuyển cơ quan xử lý", "#", TransferForm(auto_id="transfer_%s"), icon="arrow-right",
            likely=True, hint="Hạn chuyển: hết ngày thứ Sáu, 04/09/2026."),
        Act("clarify", "Đề nghị người gửi làm rõ", "#", NoteForm(auto_id="clarify_%s"), icon="question-circle"),
        Act("approve", "Duyệt trả lời", "#", icon="check-lg",
            missing=["Ảnh hoặc văn bản chứng minh đã sửa xong", "Căn cứ pháp lý"]),
        Act("urge", "Đôn đốc", "#", NoteForm(auto_id="urge_%s"), icon="bell", other=True),
        Act("decline", "Không tiếp nhận", "#", bad, icon="x-lg", other=True, danger=True,
            confirm="Không tiếp nhận phản ánh này? Người gửi sẽ nhận được lý do và hướng dẫn."),
    ]  # fmt: skip
    return _site() | {
        "desk_who": {"name": "Phạm Minh Đức", "role": "Điều phối", "agency": "Văn phòng UBND Thành phố"},
        "desk_search_url": "#",
        "desk_menu": [Link("Mật khẩu và bảo mật", "#", "key"), Link("Thông báo của tôi", "#", "bell")],
        "desk_nav": [
            Link("Việc của tôi", "#", "house", active=True, count=12),
            Link("Mới tiếp nhận", "#", "inbox", count=38),
            Link("Quá hạn", "#", "exclamation-triangle-fill", count=7, group="Theo dõi"),
            Link("Sắp đến hạn", "#", "hourglass-split", count=21, group="Theo dõi"),
            Link("Chờ công khai", "#", "megaphone", count=4, group="Theo dõi"),
            Link("Trùng lặp", "#", "copy", group="Theo dõi"),
            Link("Số liệu", "#", "bar-chart", group="Báo cáo"),
            Link("Gợi ý và độ đúng", "#", "sliders", group="Báo cáo"),
        ],
        "demo_clock": "Bản trình diễn. Đồng hồ đang đặt ở 10:20 thứ Năm, 03/09/2026.",
        "rows": _rows(),
        "bulk": [
            {"label": "Chuyển", "value": "transfer", "icon": "arrow-right"},
            {"label": "Đôn đốc", "value": "urge", "icon": "bell", "confirm": "Đôn đốc các phản ánh đã chọn?"},
        ],
        "tabs": [
            Link("Cần làm", "#", active=True, count=12), Link("Chờ người khác", "#", count=5),
            Link("Đã trả lời", "#", count=1795), Link("Tất cả", "#"),
        ],
        "parts": [
            Part("Phản ánh"),
            Part(name="state", label="Trạng thái", value="open", options=[("open", "đang mở"), ("late", "quá hạn")]),
            Part("thuộc"),
            Part(name="regime", label="Chế độ", value="", options=[("", "mọi chế độ"), ("field", "hiện trường")]),
            Part("của"),
            Part(name="agency", label="Cơ quan", value="", options=[("", "mọi cơ quan"), ("1", "Sở Xây dựng")]),
            Part("có chữ"),
            Part(name="q", label="Từ cần tìm", placeholder="ví dụ: hố ga"),
        ],
        "crumbs": [Link("Việc của tôi", "#"), Link("Mới tiếp nhận", "#")],
        "acts": acts,
        "acts_bar": acts,
        "events": _events(),
        "answer": _answer(),
        "shots": _shots(),
        "due": _NOW,
        "badges": [Badge("Mới tiếp nhận", "accent"), Badge("Phản ánh hiện trường", "outline")],
        "actions": [Link("In", "#", "printer")],
        "facts": [
            ("Người gửi", "Được giữ kín"), ("Kênh", "Trang này, lúc 07:20"), ("Lĩnh vực", "Hạ tầng giao thông"),
            ("Gợi ý của máy", "Hạ tầng giao thông, chắc 91,20%"),
        ],
    }  # fmt: skip


def paper() -> dict[str, Any]:
    """Context of the papers."""
    return _site() | {
        "due": _NOW,
        "picture_qr": _QR,
        "facts": [
            ("Nội dung", "Nắp hố ga vỡ trước số 47 phố Nguyễn Hữu Huân đã ba tuần"),
            ("Gửi lúc", "07:20, thứ Tư, 02/09/2026"),
            ("Hạn trả lời", "Hết ngày thứ Tư, 23/09/2026"),
        ],
        "recipients": ["Như trên", "Văn phòng UBND Thành phố (để theo dõi)", "Lưu: VT, HTKT"],
    }
