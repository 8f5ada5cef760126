"""Time and people: how a deadline stands, what happened, who has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from langnghe.ui import words

register = template.Library()
Dict = dict[str, Any]


_CHIPS = {
    "intime": "clock",
    "soon": "hourglass-split",
    "overdue": "exclamation-triangle-fill",
    "paused": "pause-circle",
    "met": "check-circle-fill",
    "metlate": "exclamation-circle-fill",
    "none": "dash-lg",
}
# States of `worktime.models.Deadline` that need no clock.
_STORED = {"paused": "paused", "met": "met", "late": "metlate", "cancelled": "none"}


def _chip_word(state: str) -> str:
    return {
        "intime": _("Trong hạn"),
        "soon": _("Sắp đến hạn"),
        "overdue": _("Quá hạn"),
        "paused": _("Tạm dừng"),
        "met": _("Xong đúng hạn"),
        "metlate": _("Xong sau hạn"),
        "none": _("Không đặt hạn"),
    }[state]


def _stand(deadline: Any) -> tuple[str, int | None]:
    """State of a stored deadline and its signed working days, by the program's clock and the city's calendar."""
    from langnghe.worktime import clock, selectors
    from langnghe.worktime.rules import is_late

    state = _STORED.get(str(deadline.state), "")
    if state == "metlate":
        return state, -selectors.working_days_late(deadline, deadline.closed_at)
    if state:
        return state, None
    now = clock.now()
    if is_late(deadline.due_at, now):
        return "overdue", -selectors.working_days_late(deadline, now)
    left = selectors.calendar().working_days_between(now.date(), deadline.due_date)
    return ("soon" if now >= deadline.eighty_at else "intime"), left


@register.inclusion_tag("ui/parts/deadline_chip.html")
def deadline_chip(
    due: Any = None, state: str = "", days: int | None = None, left: str = "", wide: bool = False, label: str = ""
) -> Dict:
    """How a deadline stands: sign, word, time left, date.

    due: a worktime Deadline (state and days follow from clock and calendar), or a datetime or date with `state`:
    intime, soon, overdue, paused, met, metlate, none (without it "overdue" or "intime" by the clock). days: signed
    working days left; left: free words instead. wide: date beside the chip, not under it. label: what is due ("Hạn
    trả lời").
    """
    # A template gives "" for what is not there.
    due = None if due == "" else due
    days = days if isinstance(days, int) else None
    at = due
    if due is not None and not isinstance(due, date):
        at = due.due_at
        if not state:
            state, stored_days = _stand(due)
            days = stored_days if days is None else days
    if at is None and state in ("", "intime"):
        state = "none"
    if not state:
        from langnghe.worktime import clock

        now = clock.now()
        state = "overdue" if (now > at if isinstance(at, datetime) else now.date() > at) else "intime"
    if state not in _CHIPS:
        raise template.TemplateSyntaxError(f"deadline_chip: no state {state!r}")
    over = state in ("overdue", "metlate")
    free = bool(left)
    if not left and days is not None and state in ("intime", "soon", "overdue", "metlate"):
        left = words.time_left(days, at, over=over)
    return {
        "state": state, "icon": _CHIPS[state], "word": _chip_word(state), "left": left,
        "dot": free or not over, "at": at, "wide": wide, "label": label,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Any], label: str = "", level: int = 3) -> Dict:
    """What happened, in the order given. events: Event (title, at, person, agency, text, note, icon, tone, files)."""
    return {"events": events, "label": label or _("Diễn biến"), "level": level}


@register.inclusion_tag("ui/parts/person_agency.html")
def person_agency(person: str = "", agency: str = "", role: str = "", mark: bool = True) -> Dict:
    """Who has it: name, role, agency; initials before it unless mark=False. Without a person the agency leads."""
    return {
        "person": person, "agency": agency, "role": role, "mark": mark,
        "initials": words.initials(person),
    }  # fmt: skip
