"""What can go wrong with an act on a plan or a task, each with a sentence that a person understands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.acts.errors import Sentences

SAYS = Sentences(
    refusals={
        "agency": _("Việc này thuộc cơ quan khác."),
        "is_carrier": _("Nhiệm vụ này đang giao cho người khác trong cơ quan."),
        "has_evidence": _(
            "Báo cáo hoàn thành cần minh chứng: đính kèm ít nhất một tệp, hoặc ghi số văn bản và địa chỉ của văn bản."
        ),
        "not_own_report": _("Người báo cáo hoàn thành không được tự nghiệm thu. Hãy để lãnh đạo khác xem."),
        "is_superior": _("Việc này do lãnh đạo cơ quan thực hiện quyết định."),
        "obstacle_waiting": _("Không có vướng mắc nào đang chờ trả lời."),
        "recurs": _("Nhiệm vụ này không còn kỳ nào tiếp theo."),
        "agency_ended": _("Chỉ chuyển được nhiệm vụ đã thôi giao khi cơ quan thực hiện đã kết thúc hoạt động."),
        "all_settled": _("Còn mục chưa được xem. Hãy xác nhận, sửa hoặc bỏ từng mục."),
        "nothing_open": _("Còn nhiệm vụ đang thực hiện nên chưa kết thúc kế hoạch được."),
    },
    needs={
        "title": _("Hãy ghi tên."),
        "reason": _("Hãy ghi lý do."),
        "person": _("Hãy chọn người thực hiện."),
        "percent": _("Hãy ghi tiến độ, từ 0 đến 100 phần trăm."),
        "text": _("Hãy ghi nội dung."),
        "note": _("Hãy ghi ý kiến."),
        "due": _("Hãy chọn ngày."),
        "answer": _("Hãy ghi nội dung trả lời."),
        "agency": _("Hãy chọn cơ quan."),
    },
)
refusal, needed = SAYS.refusal, SAYS.needed
