"""What the program does by itself for tasks as time passes: reminders, next periods, successors of ended agencies."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from langnghe.acts.reminders import BATCH, Reminders, each
from langnghe.agencies.models import Agency, AgencyKind, Person
from langnghe.agencies.selectors import successor_of
from langnghe.plans import rules
from langnghe.plans.models import Share
from langnghe.plans.services import engine, shares
from langnghe.plans.workflow import ACTIVE, DONE, OPEN_STATES
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime.models import Deadline


class ShareReminders(Reminders[Share]):
    """Reminders of tasks. A term that was opened anew has messages of its own."""

    kinds = (engine.KIND,)
    engine = engine.SHARES
    prefix = "task_"

    def key(self, subject: Share, deadline: Deadline) -> str:
        return f"share:{deadline.pk}"

    def words(self, deadline: Deadline, person: Person, *, at: datetime) -> dict[str, str]:
        return {"days": str(worktime_selectors.working_days_late(deadline, at))}


remind = ShareReminders().run


def renew_periods(*, at: datetime) -> int:
    """Open the next period of recurring tasks whose last one is done and over, while the plan is in force. Returns how
    many."""
    today = at.date()
    found = Share.objects.filter(
        Q(task__document__ends_on=None) | Q(task__document__ends_on__gt=today),
        state=DONE,
        period_due__lt=today,
        task__due_kind="recurring",
        task__document__state=ACTIVE,
    ).order_by("period_due", "pk")
    rows = found.values_list("pk", "period_due", "task__rrule", "task__document__ends_on", "task__document__issued_on")
    keys = []
    for pk, period, rule, ends, issued in rows.iterator():
        # Rules that have ended stay as they are, and are asked anew each time: it costs no lock.
        if (
            period is not None
            and rules.next_due(rule, after=max(period, today - rules.DAY), until=ends, anchor=issued) is not None
        ):
            keys.append(pk)
        if len(keys) >= BATCH:
            break
    return each(keys, lambda pk: shares.renew(share_id=pk, actor=SYSTEM, at=at))


def hand_to_successors(*, at: datetime) -> int:
    """Open shares of agencies that have ended go to their main successors, and the history stays with the old name.
    Where there is none, and for districts, whose duties went to many, they end, unless a person has named who carries
    them on; a person may still do so afterwards (`shares.carry_on`). Returns how many moved or ended."""
    today = at.date()
    open_there = Share.objects.filter(state__in=OPEN_STATES, agency__valid_to__lt=today)
    moved = 0
    for ended in Agency.objects.filter(pk__in=open_there.order_by().values("agency").distinct()):
        heir = successor_of(ended)
        keys = list(open_there.filter(agency=ended).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if ended.kind == AgencyKind.DISTRICT or heir.pk == ended.pk or not heir.is_active(today):
            note = _("Cơ quan đã kết thúc hoạt động, chưa chỉ định cơ quan làm tiếp.")
            moved += each(keys, partial(_end, note=note, at=at))
        else:
            moved += each(keys, partial(_hand_over, heir_id=heir.pk, at=at))
    return moved


def _end(share_id: int, *, note: str, at: datetime) -> None:
    shares.cancel(share_id=share_id, note=note, actor=SYSTEM, at=at)


def _hand_over(share_id: int, *, heir_id: int, at: datetime) -> None:
    shares.hand_over(share_id=share_id, agency_id=heir_id, actor=SYSTEM, at=at)
