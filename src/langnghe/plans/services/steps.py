"""Steps into which whoever carries a share splits it. They change no state, so the share's table has no row for them;
each change stands in the ledger as a subject of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.agencies.selectors import holder
from langnghe.ledger import services as ledger
from langnghe.plans.errors import refusal
from langnghe.plans.facts import ShareFacts, owner_id
from langnghe.plans.models import PlanStep, Share
from langnghe.plans.services.engine import CARRIERS, lock
from langnghe.plans.workflow import OPEN_STATES
from langnghe.workflow.actor import Actor

KIND = "plan_step"
MOST = 50
"""Most steps of a share: more is a plan of its own."""


def add(
    *, share_id: int, title: str, due_on: date | None = None, person_id: int | None = None, actor: Actor, at: datetime
) -> PlanStep:
    """Put a step at the end. Raises NotAllowed, ActError."""
    with transaction.atomic():
        share = _carried(share_id, actor, at)
        count = share.steps.count()
        if count >= MOST:
            raise ActError(_("Mỗi nhiệm vụ chia nhiều nhất %(most)s bước.") % {"most": MOST}, field="title")
        step = PlanStep(share=share, order=count + 1)
        _fill(step, share, title, due_on, person_id, at)
        step.save()
        _record(step, "add", actor, at)
    return step


def change(
    *, step_id: int, title: str, due_on: date | None = None, person_id: int | None = None, actor: Actor, at: datetime
) -> PlanStep:
    """Word a step anew, give it another day or another person."""
    with transaction.atomic():
        step, share = _step(step_id, actor, at)
        _fill(step, share, title, due_on, person_id, at)
        step.save()
        _record(step, "change", actor, at)
    return step


def set_done(*, step_id: int, done: bool, actor: Actor, at: datetime) -> PlanStep:
    """Tick a step as done, or take the tick back."""
    with transaction.atomic():
        step, _share = _step(step_id, actor, at)
        if done != (step.done_at is not None):
            step.done_at, step.done_by_id = (at, actor.person_id) if done else (None, None)
            step.save(update_fields=["done_at", "done_by"])
            _record(step, "done" if done else "undone", actor, at)
    return step


def remove(*, step_id: int, actor: Actor, at: datetime) -> None:
    """Take a step away; its words stay in nobody's way, its key in the ledger."""
    with transaction.atomic():
        step, _share = _step(step_id, actor, at)
        _record(step, "remove", actor, at)
        step.delete()


def reorder(*, share_id: int, step_ids: Sequence[int], actor: Actor, at: datetime) -> list[PlanStep]:
    """Put the steps into the order given; steps that are not named follow in their old order."""
    with transaction.atomic():
        share = _carried(share_id, actor, at)
        place = {pk: number for number, pk in enumerate(step_ids)}
        rows = sorted(share.steps.all(), key=lambda row: (place.get(row.pk, len(place)), row.order, row.pk))
        for number, row in enumerate(rows, 1):
            row.order = number
        PlanStep.objects.bulk_update(rows, ["order"])
    return rows


def _step(step_id: int, actor: Actor, at: datetime) -> tuple[PlanStep, Share]:
    found = PlanStep.objects.filter(pk=step_id).values_list("share_id", flat=True).first()
    if found is None:
        raise ActError(_("Bước này không còn nữa."))
    share = _carried(found, actor, at)
    step = PlanStep.objects.filter(pk=step_id).first()
    if step is None:
        raise ActError(_("Bước này không còn nữa."))
    return step, share


def _carried(share_id: int, actor: Actor, at: datetime) -> Share:
    """The share, locked, when the actor carries it: who may report progress may split it."""
    share = lock(share_id)
    facts = ShareFacts(share, actor, at=at)
    if actor.role not in CARRIERS | {"coordinator"}:
        raise refusal("role")
    if actor.role != "coordinator" and not facts.same_agency:
        raise refusal("agency")
    if not facts.is_carrier:
        raise refusal("is_carrier")
    if share.state not in OPEN_STATES:
        raise refusal("state")
    return share


def _fill(step: PlanStep, share: Share, title: str, due_on: date | None, person_id: int | None, at: datetime) -> None:
    step.title = " ".join(title.split())[:300]
    if not step.title:
        raise ActError(_("Hãy ghi tên bước."), field="title")
    if person_id is not None and person_id != step.person_id:
        if holder(person_id, CARRIERS, agency_id=owner_id(share), on=at.date()) is None:
            raise ActError(_("Người này không còn làm việc ở cơ quan. Hãy chọn người khác."), field="person")
    step.person_id, step.due_on = person_id, due_on


def _record(step: PlanStep, act: str, actor: Actor, at: datetime) -> None:
    data = {
        "share": step.share_id, "due": step.due_on.isoformat() if step.due_on else None, "person": step.person_id,
    }  # fmt: skip
    ledger.record(kind=KIND, subject_id=step.pk, act=act, actor=actor, at=at, data=data)
