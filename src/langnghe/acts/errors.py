"""What can go wrong with an act, each with a sentence that a person understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from langnghe.workflow.table import Label


class ActError(Exception):
    """An act was not done. `message` is fit to be shown; `field` names the input that is meant, or ''."""

    def __init__(self, message: Label, *, field: str = "") -> None:
        self.message = str(message)
        self.field = field
        super().__init__(self.message)


class NotAllowed(ActError):
    """The act is not possible now, or not for this person. `reason` is state, role, agency, or a guard's name."""

    def __init__(self, reason: str, message: Label) -> None:
        self.reason = reason
        super().__init__(message)


class Stale(ActError):
    """The subject was acted on after this person saw it: by somebody else, or (`own`) by this person in another
    window."""

    def __init__(self, message: Label = "", *, own: bool = False) -> None:
        if own:
            message = _(
                "Ông/bà vừa thay đổi mục này ở cửa sổ khác, hoặc vừa bấm hai lần. Hãy xem lại rồi làm tiếp; nội dung "
                "đã nhập vẫn được giữ."
            )
        super().__init__(
            message or _("Người khác vừa thay đổi mục này. Hãy xem lại rồi làm tiếp; nội dung đã nhập vẫn được giữ.")
        )


UNSEEN = _(
    "Trang gửi lên không cho biết ông/bà đã xem bản nào, nên chưa làm gì. Hãy tải lại trang, xem lại rồi làm tiếp; "
    "nội dung đã nhập vẫn được giữ."
)


class Unseen(ActError):
    """A form does not say which version of the subject the person saw."""

    def __init__(self) -> None:
        super().__init__(UNSEEN)


class Missing(ActError):
    """Needed fields are empty: `fields` maps each to its message."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__(" ".join(self.fields.values()), field=next(iter(self.fields), ""))


_REFUSALS: Mapping[str, Label] = {
    "state": _("Việc này không làm được ở bước hiện tại. Có thể người khác vừa xử lý."),
    "role": _("Ông/bà không có quyền làm việc này."),
}


@dataclass(frozen=True)
class Sentences:
    """What a room says when an act is not done: for each reason of its transition table, and for each empty field."""

    refusals: Mapping[str, Label]
    needs: Mapping[str, Label]
    stale: Label = ""
    _refusals: dict[str, Label] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_refusals", {**_REFUSALS, **self.refusals})

    def refusal(self, reason: str) -> NotAllowed:
        """The error for a reason of the transition table."""
        return NotAllowed(reason, self._refusals.get(reason, self._refusals["state"]))

    def needed(self, name: str) -> str:
        """The message for an empty field."""
        return str(self.needs.get(name, _("Hãy nhập mục này.")))

    def missing(self, names: Iterable[str]) -> Missing:
        """The error for empty fields."""
        return Missing({name: self.needed(name) for name in names})
