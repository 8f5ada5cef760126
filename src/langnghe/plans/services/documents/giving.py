"""Tasks that come without a plan, and tasks added to one in force (B9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import Missing
from langnghe.plans.errors import needed
from langnghe.plans.models import (
    ItemKind,
    ItemState,
    PlanDocument,
    RegisterItem,
    Task,
)
from langnghe.plans.services import items
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.documents.confirming import confirm, give, make_tasks
from langnghe.plans.services.documents.entering import enter
from langnghe.plans.services.registering import perform
from langnghe.workflow.actor import Actor


def add_task(
    *,
    document_id: int,
    fields: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Task:
    """Give one more task under a document that is being carried out (B9). `fields` as those of a register's task;
    `quote` is the task in words."""
    wanted = items.clean_fields(ItemKind.TASK, fields)
    if not wanted.get("quote"):
        raise Missing({"quote": needed("text")})
    if not wanted.get("lead"):
        raise Missing({"lead": _("Hãy chọn cơ quan chủ trì.")})
    items.fill(ItemKind.TASK, wanted)
    made: list[RegisterItem] = []

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        last = document.items.order_by("-order").values_list("order", flat=True).first() or 0
        item = RegisterItem.objects.create(
            document=document,
            kind=ItemKind.TASK,
            order=last + 10,
            path=str(wanted.get("path") or "")[:300],
            current=wanted,
            state=ItemState.ADDED,
            reviewed_by_id=actor.person_id,
            reviewed_at=at,
        )
        made.append(item)
        return {"item": item.pk}

    with transaction.atomic():
        document = perform(
            document_id=document_id, act="add_task", actor=actor, at=at, apply=apply,
            given={"title": wanted["quote"]}, expected_version=expected_version,
        )  # fmt: skip
        tasks = make_tasks(document, made, at)
        give(tasks, document, Directory(), actor=actor, at=at)
    return tasks[0]


def assign_single(
    *,
    agency_id: int,
    kind: str,
    values: Mapping[str, Any],
    fields: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    parent_id: int | None = None,
) -> PlanDocument:
    """Enter a directive, conclusion or letter with one task, and give it at once (B9)."""
    if not fields.get("lead"):
        raise Missing({"lead": _("Hãy chọn cơ quan chủ trì.")})
    with transaction.atomic():
        document = enter(
            agency_id=agency_id, kind=kind, actor=actor, at=at, parent_id=parent_id,
            values={"issued_on": at.date(), **{name: value for name, value in values.items() if value}},
        )  # fmt: skip
        items.add(document_id=document.pk, kind=ItemKind.TASK, fields=fields, actor=actor, at=at)
        return confirm(document_id=document.pk, actor=actor, at=at)
