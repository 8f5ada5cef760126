"""The messages that cases send, and the values that each may show. The texts are data (outbox templates)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.outbox.catalogue import declare

_PLACEHOLDERS = {
    "code": _("mã phản ánh"),
    "title": _("tiêu đề phản ánh"),
    "agency": _("cơ quan đang xử lý"),
    "due": _("hạn"),
    "due_explained": _("hạn và cách tính"),
    "url": _("địa chỉ trang theo dõi hoặc trang xử lý"),
    "name": _("tên người nhận"),
    "reason": _("lý do"),
    "guidance": _("hướng dẫn"),
    "question": _("câu hỏi"),
    "note": _("ghi chú"),
    "person": _("người đang xử lý"),
    "days": _("số ngày làm việc"),
    "outcome": _("kết quả"),
    "city": _("tên thành phố"),
    "hotline": _("đường dây nóng"),
}

MESSAGES = {
    "received": _("Báo người gửi: đã nhận"),
    "transferred": _("Báo người gửi: đã chuyển cơ quan"),
    "accepted": _("Báo người gửi: cơ quan đã nhận"),
    "more_needed": _("Đề nghị người gửi bổ sung"),
    "reply_received": _("Báo cán bộ: người gửi đã bổ sung"),
    "extended": _("Báo người gửi: gia hạn"),
    "answered": _("Báo người gửi: đã có trả lời"),
    "published": _("Báo người gửi: đã công khai"),
    "declined": _("Báo người gửi: không tiếp nhận"),
    "diverted": _("Báo người gửi: chuyển sang khiếu nại, tố cáo"),
    "withdrawn": _("Báo người gửi: đã rút"),
    "merged": _("Báo người gửi: đã gộp"),
    "reopened": _("Báo người gửi: đã mở lại"),
    "closed": _("Báo người gửi: đã đóng"),
    "promise_kept": _("Báo người gửi: đã thực hiện lời hẹn"),
    "partner_asked": _("Báo cơ quan phối hợp"),
    "partner_replied": _("Báo cán bộ: cơ quan phối hợp đã trả lời"),
    "assigned": _("Báo người được giao"),
    "assigned_agency": _("Báo đầu mối: có phản ánh chuyển đến"),
    "returned_to_office": _("Báo Văn phòng: cơ quan trả lại"),
    "approval_needed": _("Báo lãnh đạo: chờ duyệt"),
    "draft_returned": _("Báo người soạn: bị trả lại"),
    "urged": _("Đôn đốc"),
    "restricted": _("Báo người xử lý đơn: nghi là khiếu nại, tố cáo"),
    "reopened_staff": _("Báo cán bộ: phản ánh mở lại"),
    "reminder_half": _("Nhắc khi còn nửa thời gian"),
    "reminder_eighty": _("Nhắc khi còn một phần năm thời gian"),
    "reminder_due": _("Nhắc khi đến hạn"),
    "reminder_overdue": _("Nhắc mỗi ngày khi quá hạn"),
    "escalation_head": _("Báo thủ trưởng khi đến hạn"),
    "escalation_office": _("Báo Văn phòng khi quá hạn"),
    "follow_confirm": _("Xác nhận theo dõi"),
    "follow_answered": _("Báo người theo dõi: đã có trả lời"),
    "extension_requested": _("Báo lãnh đạo: đề nghị gia hạn"),
    "extension_decided": _("Báo người đề nghị: quyết định gia hạn"),
}

for _code, _title in MESSAGES.items():
    declare(_code, title=_title, placeholders=_PLACEHOLDERS)
