"""Documents are withdrawn, replaced and ended; what an agency's own plan covers of the one above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.plans.models import (
    ItemKind,
    ItemState,
    PlanDocument,
    RegisterItem,
    Share,
    Task,
)
from langnghe.plans.services import registering, shares
from langnghe.plans.services.registering import perform
from langnghe.plans.workflow import ACTIVE, OPEN_STATES, REVIEW
from langnghe.texts import clean_input
from langnghe.workflow.actor import SYSTEM, Actor


def withdraw(
    *, document_id: int, reason: str, actor: Actor, at: datetime, expected_version: int | None = None
) -> PlanDocument:
    """Take back a document that was entered by mistake; nothing of it ever counted. What was read is kept."""
    reason = clean_input(reason)

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        document.head = {**document.head, "withdrawn": reason[:1000]}
        return {}

    return perform(
        document_id=document_id, act="withdraw", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def supersede(*, document_id: int, by_id: int, actor: Actor, at: datetime) -> PlanDocument:
    """Say that a document in force is replaced by another one in force, without comparing them: what is open of it is
    taken back."""
    by = PlanDocument.objects.filter(pk=by_id, state=ACTIVE).exclude(pk=document_id).first()
    if by is None:
        raise ActError(_("Chọn văn bản thay thế đang thực hiện."), field="by")
    with transaction.atomic():
        if registering.is_giving(registering.lock(document_id)):
            raise ActError(_("Kế hoạch này còn đang được giao đến các cơ quan. Đợi giao xong rồi thay thế."))
        document = perform(
            document_id=document_id, act="supersede", actor=actor, at=at, apply=lambda _row: {"by": by.pk}
        )
        for share in Share.objects.filter(task__document=document, state__in=OPEN_STATES).order_by("pk"):
            note = _("Đã có văn bản thay thế: %(title)s.") % {"title": str(by)[:200]}
            shares.cancel(share_id=share.pk, note=note, actor=SYSTEM, at=at)
    return document


def finish(*, document_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> PlanDocument:
    """End a plan of which nothing is open any more."""
    return perform(
        document_id=document_id, act="finish", actor=actor, at=at, apply=lambda _row: {},
        expected_version=expected_version,
    )  # fmt: skip


def owed_above(document: PlanDocument) -> list[Task]:
    """Tasks of the plan above in which this agency has a share. One query."""
    if document.parent_id is None:
        return []
    mine = Share.objects.filter(task__document_id=document.parent_id, agency_id=document.agency_id)
    living = mine.exclude(state__in=["cancelled", "handed_over"])
    return list(Task.objects.filter(pk__in=living.values("task_id")).order_by("order"))


def uncovered(document: PlanDocument) -> list[Task]:
    """Those of `owed_above` that no task of the agency's own plan details. Two queries."""
    owed = owed_above(document)
    if not owed:
        return []
    if document.state == REVIEW:
        rows = RegisterItem.objects.filter(document=document, kind=ItemKind.TASK).exclude(state=ItemState.REJECTED)
        covered = {row.current.get("under") for row in rows.only("current")}
    else:
        covered = set(Task.objects.filter(document=document).values_list("under_id", flat=True))
    return [task for task in owed if task.pk not in covered]
