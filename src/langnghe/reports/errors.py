"""What can go wrong with an act on a report, each with a sentence that a person understands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.acts.errors import Sentences

SAYS = Sentences(
    stale=_("Báo cáo vừa được người khác sửa. Hãy xem lại rồi làm tiếp; nội dung đã nhập vẫn được giữ."),
    refusals={
        "state": _("Việc này không làm được ở bước hiện tại. Có thể người khác vừa xử lý báo cáo này."),
        "agency": _("Báo cáo này của cơ quan khác."),
        "complete": _("Báo cáo chưa có nội dung. Hãy soạn trước khi trình."),
        "not_own_draft": _("Người soạn báo cáo không được tự duyệt. Hãy để lãnh đạo khác duyệt."),
        "is_receiver": _("Chỉ cơ quan nhận báo cáo làm được việc này."),
    },
    needs={
        "sections": _("Báo cáo chưa có nội dung."),
        "note": _("Hãy ghi rõ lý do hoặc nội dung cần sửa."),
    },
)
refusal, needed = SAYS.refusal, SAYS.needed
