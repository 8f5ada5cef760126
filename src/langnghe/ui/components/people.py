"""Time and people: how a deadline stands, what happened, who has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langnghe.ui import words
from langnghe.ui.components.words import icon

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


_WORDS = {
    "intime": gettext_lazy("Trong hạn"),
    "soon": gettext_lazy("Sắp đến hạn"),
    "overdue": gettext_lazy("Quá hạn"),
    "paused": gettext_lazy("Tạm dừng"),
    "met": gettext_lazy("Xong đúng hạn"),
    "metlate": gettext_lazy("Xong sau hạn"),
    "none": gettext_lazy("Không đặt hạn"),
}


def _chip_word(state: str) -> str:
    return str(_WORDS[state])


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


@register.simple_tag
def deadline_chip(
    due: Any = None, state: str = "", days: int | None = None, left: str = "", wide: bool = False, label: str = ""
) -> SafeString:
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
    # Written out here and not in a template: a queue shows one in every row.
    said = f" {'· ' if free or not over else ''}{conditional_escape(left)}" if left else ""
    day = ""
    if at:
        named = f"{conditional_escape(label)}: " if label else ""
        day = f'<span class="due-date num">{named}{escape(words.due_moment(at))}</span>'
    return mark_safe(
        f'<span class="due{" due-wide" if wide else ""}"><span class="chip chip-{state}">{icon(_CHIPS[state])}'
        f"<span>{escape(_chip_word(state))}{said}</span></span>{day}</span>"
    )


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Any], label: str = "", level: int = 3) -> Dict:
    """What happened, in the order given. events: Event (title, at, person, agency, text, note, icon, tone, files)."""
    return {"events": events, "label": label or _("Diễn biến"), "level": level}


@register.simple_tag
def person_agency(person: str = "", agency: str = "", role: str = "", mark: bool = True) -> SafeString:
    """Who has it: name, role, agency; initials before it unless mark=False. Without a person the agency leads."""
    initials = words.initials(person)
    sign = name = body = ""
    if mark and initials:
        sign = f'<span class="who-mark" aria-hidden="true">{conditional_escape(initials)}</span>'
    if person:
        held = f'<span class="muted"> · {conditional_escape(role)}</span>' if role else ""
        name = f'<span class="who-name">{conditional_escape(person)}{held}</span>'
    if agency:
        body = f'<span class="{"who-agency" if person else "who-name"}">{conditional_escape(agency)}</span>'
    return mark_safe(f'<span class="who">{sign}<span class="who-words">{name}{body}</span></span>')
