"""Shares and tasks as rows, chips and badges: words and signs, no rule of the domain."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.plans.models import PlanDocument, Share
from langnghe.plans.selectors.queues import SOON_DAYS
from langnghe.plans.workflow import DONE, OPEN_STATES, PLAN_STATES, SHARE_STATES
from langnghe.ui.items import Badge, Row
from langnghe.worktime import selectors as worktime
from langnghe.worktime.rules import local


def share_due(share: Share, *, at: datetime) -> dict[str, Any]:
    """How a share's term stands, as deadline_chip takes it: due, state, days."""
    due = share.due_at
    if share.state not in OPEN_STATES and share.state != DONE:
        return {"due": None, "state": "none", "days": None}
    return {"due": due, **standing(due, at=at, done_at=share.done_at if share.state == DONE else None)}


def standing(due: datetime | None, *, at: datetime, done_at: datetime | None = None) -> dict[str, Any]:
    """State and signed working days of a term."""
    if due is None:
        return {"state": "met" if done_at else "none", "days": None}
    known = worktime.calendar()
    if done_at is not None:
        late = done_at > due
        days = -known.working_days_between(local(due).date(), local(done_at).date()) if late else None
        return {"state": "metlate" if late else "met", "days": days}
    if due < at:
        return {"state": "overdue", "days": -known.working_days_between(local(due).date(), local(at).date())}
    left = known.working_days_between(local(at).date(), local(due).date())
    return {"state": "soon" if due < at + timedelta(days=SOON_DAYS) else "intime", "days": left}


def share_badges(share: Share) -> list[Badge]:
    """Its state, and whether it only takes part."""
    kind = "accent" if share.state == DONE else "neutral"
    badges = [Badge(SHARE_STATES[share.state].label, kind, "check-lg" if share.state == DONE else "")]
    if not share.lead:
        badges.append(Badge(_("Phối hợp"), "outline", "people"))
    return badges


def share_row(share: Share, *, at: datetime, who: bool = True) -> Row:
    """One share as a row of a queue."""
    plan = share.task.document
    meta: list[Any] = [_("%(n)s%%") % {"n": share.percent}]
    if share.unit:
        meta.append(share.unit)
    agency = share.agency.short_name if share.agency is not None else share.body_name
    term = share_due(share, at=at)
    return Row(
        url=reverse("desk:share", args=[share.pk]),
        code=plan.number or plan.get_kind_display(),
        title=share.task.title,
        value=str(share.pk),
        meta=meta,
        badges=share_badges(share),
        person=share.person.full_name if share.person is not None else "",
        agency=agency if who else "",
        due=term["due"],
        state=term["state"],
        days=term["days"],
        new=share.state == "assigned",
    )


def plan_badge(plan: PlanDocument) -> Badge:
    """The state of a plan."""
    kind = {"active": "accent", "review": "strong"}.get(plan.state, "neutral")
    return Badge(PLAN_STATES[plan.state].label, kind)
