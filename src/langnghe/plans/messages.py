"""The messages that tasks of plans send, and the values that each may show. The texts are data (outbox templates)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.outbox.catalogue import declare

_PLACEHOLDERS = {
    "number": _("số của nhiệm vụ trong hệ thống"),
    "task": _("tên nhiệm vụ"),
    "plan": _("số, ký hiệu và trích yếu của kế hoạch"),
    "agency": _("cơ quan thực hiện"),
    "person": _("người thực hiện"),
    "due": _("hạn"),
    "url": _("địa chỉ trang nhiệm vụ"),
    "percent": _("tiến độ, phần trăm"),
    "city": _("tên thành phố"),
    "name": _("tên người nhận"),
    "note": _("ý kiến, lý do hoặc nội dung"),
    "count": _("số nhiệm vụ được giao cùng lúc"),
    "days": _("số ngày làm việc đã quá hạn"),
}

MESSAGES = {
    "task_assigned": _("Báo đầu mối: được giao nhiệm vụ"),
    "task_delegated": _("Báo người được giao nhiệm vụ"),
    "task_submitted": _("Báo lãnh đạo: chờ nghiệm thu nhiệm vụ"),
    "task_accepted": _("Báo người thực hiện: đã nghiệm thu"),
    "task_returned": _("Báo người thực hiện: bị trả lại"),
    "task_reopened": _("Báo đầu mối: nhiệm vụ mở lại"),
    "task_renewed": _("Báo người thực hiện: mở kỳ mới"),
    "task_extended": _("Báo đầu mối: gia hạn nhiệm vụ"),
    "task_handed_over": _("Báo đầu mối: nhận nhiệm vụ của cơ quan trước"),
    "obstacle_raised": _("Báo Văn phòng: vướng mắc"),
    "obstacle_answered": _("Báo cơ quan: trả lời vướng mắc"),
    "task_urged": _("Đôn đốc nhiệm vụ"),
    "task_cancelled": _("Báo đầu mối: thôi giao nhiệm vụ"),
    "task_reminder_half": _("Nhắc nhiệm vụ khi còn nửa thời gian"),
    "task_reminder_eighty": _("Nhắc nhiệm vụ khi còn một phần năm thời gian"),
    "task_reminder_due": _("Nhắc nhiệm vụ khi đến hạn"),
    "task_reminder_overdue": _("Nhắc nhiệm vụ mỗi ngày khi quá hạn"),
    "task_escalation_head": _("Báo thủ trưởng: nhiệm vụ đến hạn"),
    "task_escalation_office": _("Báo Văn phòng: nhiệm vụ quá hạn"),
}

for _code, _title in MESSAGES.items():
    declare(_code, title=_title, placeholders=_PLACEHOLDERS)
