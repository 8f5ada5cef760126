"""The messages that reports send, and the values that each may show. The texts are data (outbox templates)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.outbox.catalogue import declare

_PLACEHOLDERS = {
    "code": _("tên ngắn của báo cáo và kỳ báo cáo"),
    "title": _("tên báo cáo"),
    "period": _("kỳ báo cáo"),
    "agency": _("cơ quan báo cáo"),
    "receiver": _("cơ quan nhận báo cáo"),
    "due": _("hạn gửi"),
    "url": _("địa chỉ trang báo cáo"),
    "name": _("tên người nhận"),
    "note": _("ghi chú"),
    "city": _("tên thành phố"),
}

MESSAGES = {
    "report_owed": _("Báo đầu mối: đến kỳ báo cáo"),
    "report_submitted": _("Báo lãnh đạo: báo cáo chờ duyệt"),
    "report_sent_back": _("Báo đầu mối: báo cáo bị trả lại để sửa"),
    "report_sent": _("Báo cơ quan nhận: có báo cáo mới"),
    "report_rejected": _("Báo cơ quan báo cáo: đề nghị báo cáo lại"),
    "report_urged": _("Đôn đốc báo cáo"),
    "report_reminder_half": _("Nhắc báo cáo khi còn nửa thời gian"),
    "report_reminder_eighty": _("Nhắc báo cáo khi còn một phần năm thời gian"),
    "report_reminder_due": _("Nhắc báo cáo khi đến hạn"),
    "report_reminder_overdue": _("Nhắc báo cáo mỗi ngày khi quá hạn"),
    "report_escalation_head": _("Báo thủ trưởng: báo cáo đến hạn hoặc quá hạn"),
    "report_escalation_office": _("Báo Văn phòng: báo cáo quá hạn"),
}

DIGEST = "daily_digest"
declare(
    DIGEST,
    title=_("Thư tổng hợp mỗi buổi sáng: việc kế hoạch, báo cáo quá hạn, đến hạn, sắp đến hạn"),
    placeholders={
        "name": _("tên người nhận"),
        "day": _("ngày"),
        "count": _("số việc"),
        "summary": _("bao nhiêu việc quá hạn, đến hạn hôm nay, sắp đến hạn"),
        "list": _("danh sách việc kèm địa chỉ"),
        "url": _("địa chỉ trang Hôm nay"),
        "city": _("tên thành phố"),
    },
)

for _code, _title in MESSAGES.items():
    declare(_code, title=_title, placeholders=_PLACEHOLDERS)
