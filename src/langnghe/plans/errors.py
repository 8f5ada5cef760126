"""What can go wrong with an act on a plan or a task, each with a sentence that a person understands."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _


class PlanError(Exception):
    """An act was not done. `message` is fit to be shown; `field` names the input that is meant, or ''."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.message = message
        self.field = field
        super().__init__(message)


class NotAllowed(PlanError):
    """The act is not possible now, or not for this person. `reason` is state, role, agency, or a guard's name."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class Stale(PlanError):
    """Somebody else acted after this person saw the page."""

    def __init__(self) -> None:
        super().__init__(_("Người khác vừa thay đổi mục này. Hãy xem lại rồi làm tiếp; nội dung đã nhập vẫn được giữ."))


class Missing(PlanError):
    """Needed fields are empty: `fields` maps each to its message."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__(" ".join(self.fields.values()), field=next(iter(self.fields), ""))


def refusal(reason: str) -> NotAllowed:
    """The error for a reason of the transition tables."""
    texts = {
        "state": _("Việc này không làm được ở bước hiện tại. Có thể người khác vừa xử lý."),
        "role": _("Ông/bà không có quyền làm việc này."),
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
    }
    return NotAllowed(reason, texts.get(reason, texts["state"]))


def needed(name: str) -> str:
    """The message for an empty field."""
    texts = {
        "title": _("Hãy ghi tên."),
        "reason": _("Hãy ghi lý do."),
        "person": _("Hãy chọn người thực hiện."),
        "percent": _("Hãy ghi tiến độ, từ 0 đến 100 phần trăm."),
        "text": _("Hãy ghi nội dung."),
        "note": _("Hãy ghi ý kiến."),
        "due": _("Hãy chọn ngày."),
        "answer": _("Hãy ghi nội dung trả lời."),
        "agency": _("Hãy chọn cơ quan."),
    }
    return texts.get(name, _("Hãy nhập mục này."))
