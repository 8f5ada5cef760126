"""What can go wrong with an act on a report, each with a sentence that a person understands."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _


class ReportError(Exception):
    """An act was not done. `message` is fit to be shown; `field` names the input that is meant, or ''."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.message = message
        self.field = field
        super().__init__(message)


class NotAllowed(ReportError):
    """The act is not possible now, or not for this person. `reason` is state, role, agency, or a guard's name."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class Stale(ReportError):
    """Somebody else changed the report after this person saw it."""

    def __init__(self) -> None:
        super().__init__(_("Báo cáo vừa được người khác sửa. Hãy xem lại rồi làm tiếp; nội dung đã nhập vẫn được giữ."))


class Missing(ReportError):
    """Needed fields are empty: `fields` maps each to its message."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__(" ".join(self.fields.values()), field=next(iter(self.fields), ""))


def refusal(reason: str) -> NotAllowed:
    """The error for a reason of the transition table."""
    texts = {
        "state": _("Việc này không làm được ở bước hiện tại. Có thể người khác vừa xử lý báo cáo này."),
        "role": _("Ông/bà không có quyền làm việc này."),
        "agency": _("Báo cáo này của cơ quan khác."),
        "complete": _("Báo cáo chưa có nội dung. Hãy soạn trước khi trình."),
        "not_own_draft": _("Người soạn báo cáo không được tự duyệt. Hãy để lãnh đạo khác duyệt."),
        "is_receiver": _("Chỉ cơ quan nhận báo cáo làm được việc này."),
    }
    return NotAllowed(reason, texts.get(reason, texts["state"]))


def needed(name: str) -> str:
    """The message for an empty field."""
    texts = {
        "sections": _("Báo cáo chưa có nội dung."),
        "note": _("Hãy ghi rõ lý do hoặc nội dung cần sửa."),
    }
    return texts.get(name, _("Hãy nhập mục này."))
