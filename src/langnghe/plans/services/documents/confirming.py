"""A register becomes tasks, shares and indicators; a corrected version takes over what was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.plans import rules_register as rules
from langnghe.plans.models import (
    Indicator,
    ItemKind,
    ItemState,
    PlanDocument,
    Reading,
    RegisterItem,
    Share,
    Task,
)
from langnghe.plans.models.indicators import IncreaseBy
from langnghe.plans.models.tasks import DueKind
from langnghe.plans.rules import title_of
from langnghe.plans.services import items, registering, shares
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.documents import handing
from langnghe.plans.services.documents.parts import parts_of
from langnghe.plans.services.registering import perform
from langnghe.plans.workflow import ACTIVE, REVIEW
from langnghe.workflow.actor import Actor


@dataclass(frozen=True, slots=True)
class Summary:
    """What confirming would make."""

    tasks: int
    agencies: int
    outside: int
    shares: int
    indicators: int
    reports: int
    waiting: int
    doubts: int
    repeats: int = 0


def summary(document: PlanDocument, rows: Sequence[RegisterItem], directory: Directory, today: date) -> Summary:
    """What confirming these items would make. No query."""
    agencies: set[int] = set()
    outside: set[str] = set()
    count = 0
    tasks = [row for row in rows if row.kind == ItemKind.TASK and row.state != ItemState.REJECTED]
    for row in tasks:
        for part in parts_of(row, document, directory, today):
            count += 1
            if part.agency_id is None:
                outside.add(part.name)
            else:
                agencies.add(part.agency_id)
    living = [row for row in rows if row.state != ItemState.REJECTED]
    found = {row.pk: row for row in living}
    return Summary(
        tasks=len(tasks),
        agencies=len(agencies),
        outside=len(outside),
        shares=count,
        indicators=sum(row.kind == ItemKind.INDICATOR for row in living),
        reports=sum(row.kind == ItemKind.REPORT for row in living),
        waiting=sum(row.state == ItemState.FOUND for row in living),
        doubts=sum(row.state == ItemState.FOUND and bool(row.doubts) for row in living),
        repeats=sum(found[key].state == ItemState.FOUND for key in items.repeated(found.items())),
    )


def confirm(
    *, document_id: int, actor: Actor, at: datetime, expected_version: int | None = None, later: bool = False
) -> PlanDocument:
    """Let the register count: tasks, a share for each agency, indicators; the earlier version gives way, and what was
    done of it is kept. One transaction; with `later` a plan of many shares leaves these to the worker (see `handing`).
    NotAllowed while an item has not been looked at or the date is missing."""

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        document.confirmed_by_id, document.confirmed_at = actor.person_id, at
        rows = list(RegisterItem.objects.select_for_update().filter(document=document).order_by("order", "pk"))
        kept = [row for row in rows if row.state != ItemState.REJECTED]
        document.accuracy = rules.tally(
            (row.kind, row.state, row.extracted, row.current, bool((row.extracted or {}).get("doubts") or row.doubts))
            for row in rows
            if not (row.state == ItemState.REJECTED and row.history and row.history[-1]["act"] == items.REPEAT_ACT)
        )
        return {"tasks": sum(row.kind == ItemKind.TASK for row in kept), "items": len(kept)}

    with transaction.atomic():
        document = registering.lock(document_id)
        if document.state == REVIEW and document.issued_on is None:
            raise ActError(
                _("Hãy ghi ngày ban hành: hạn và cơ quan thực hiện được tính từ ngày này."), field="issued_on"
            )
        document = perform(
            document_id=document_id, act="confirm", actor=actor, at=at, apply=apply, expected_version=expected_version
        )
        rows = list(
            RegisterItem.objects.filter(document=document).exclude(state=ItemState.REJECTED).order_by("order", "pk")
        )
        tasks = [row for row in rows if row.kind == ItemKind.TASK]
        _make_indicators(document, [row for row in rows if row.kind == ItemKind.INDICATOR])
        made = make_tasks(document, tasks, at)
        earlier = _replace(document, actor=actor, at=at) if document.supersedes_id else 0
        directory = Directory()
        total = sum(len(parts_of(row, document, directory, at.date())) for row in tasks)
        handing.begin(document, total=total, last=max((one.order for one in made), default=0), actor=actor, at=at)
        if not later or total + earlier <= handing.FEW_SHARES:
            handing.hand_out(document, at=at)
    return document


def make_tasks(document: PlanDocument, rows: Sequence[RegisterItem], at: datetime) -> list[Task]:
    last = Task.objects.filter(document=document).order_by("-order").values_list("order", flat=True).first() or 0
    above = set(Task.objects.filter(document_id=document.parent_id).values_list("pk", flat=True))
    made = [_task(document, row, last + number, above, at) for number, row in enumerate(rows, 1)]
    return Task.objects.bulk_create(made)


def _task(document: PlanDocument, row: RegisterItem, order: int, above: set[int], at: datetime) -> Task:
    now = row.current
    term = now.get("deadline") or {}
    value = rules.day_of(term.get("value"))
    kind = str(term.get("type") or "none")
    if kind not in DueKind.values or (kind in ("date", "month", "quarter", "year") and value is None):
        kind = DueKind.NONE
    words = str(term.get("quote") or "")
    quote = str(now.get("quote") or "")
    return Task(
        document=document,
        item=row,
        under_id=now.get("under") if now.get("under") in above else None,
        order=order,
        path=row.path,
        title=title_of(quote)[:300] or quote[:300],
        text=quote,
        deliverable=str(now.get("deliverable") or "")[:500],
        lead_names=list(now.get("lead") or ()),
        partner_names=list(now.get("cooperate") or ()),
        report_to=str(now.get("report_to") or "")[:300],
        weight=int(now.get("weight") or 1),
        due_kind=kind,
        due_on=value if kind not in ("none", "recurring", "ongoing") else None,
        due_before=bool(term.get("before")),
        rrule=str(term.get("rrule") or "")[:200] if kind == "recurring" else "",
        due_words=words[:300],
        created_at=at,
    )


def _make_indicators(document: PlanDocument, rows: Sequence[RegisterItem]) -> list[Indicator]:
    made = []
    for row in rows:
        now = row.current
        target = now.get("target") or {}
        value = target.get("value")
        low, high = (value[0], value[-1]) if isinstance(value, list) and value else (value, None)
        made.append(
            Indicator(
                document=document,
                item=row,
                name=str(now.get("name") or now.get("quote") or "")[:500],
                unit=str(now.get("unit") or "")[:120],
                baseline=_number(now.get("baseline")),
                baseline_year=_year(now.get("baseline_year")),
                op=str(target.get("op") or "")[:24],
                value=_number(low),
                value_high=_number(high),
                due_on=rules.day_of(now.get("due_on")) or document.ends_on,
                less_is_better=bool(now.get("less_is_better")),
                increase=now.get("increase") if now.get("increase") in IncreaseBy.values else "",
            )
        )
    return Indicator.objects.bulk_create(made)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _year(value: Any) -> int | None:
    return value if isinstance(value, int) and 1900 <= value <= 2200 else None


def give(
    tasks: Iterable[Task], document: PlanDocument, directory: Directory, *, actor: Actor, at: datetime
) -> list[Share]:
    parts = []
    for task in tasks:
        assert task.item is not None
        for part in parts_of(task.item, document, directory, at.date()):
            name = part.name if part.agency_id is None else ""
            parts.append(shares.Part(task=task, agency_id=part.agency_id, body_name=name, lead=part.lead, via=part.via))
    return shares.assign_many(parts=parts, actor=actor, at=at)


def _replace(document: PlanDocument, *, actor: Actor, at: datetime) -> int:
    """The earlier version gives way, and its readings go to the same indicators of this one. How many of its shares
    are to be moved or taken back."""
    earlier = registering.lock(document.supersedes_id or 0)
    if earlier.state != ACTIVE:
        raise ActError(_("Bản trước không còn hiệu lực, nên không thay thế được nữa."))
    if registering.is_giving(earlier):
        raise ActError(_("Bản trước còn đang được giao đến các cơ quan. Đợi giao xong rồi xác nhận bản này."))
    for indicator in Indicator.objects.filter(document=document).select_related("item"):
        old_item = _same_indicator(indicator, earlier)
        if old_item is not None:
            Reading.objects.filter(indicator=old_item).update(indicator=indicator)
    perform(
        document_id=earlier.pk, act="supersede", actor=actor, at=at, apply=lambda _row: {"by": document.pk},
    )  # fmt: skip
    return Share.objects.filter(task__document=earlier).count()


def _same_indicator(indicator: Indicator, earlier: PlanDocument) -> Indicator | None:
    if indicator.item is not None and indicator.item.same_as_id:
        return Indicator.objects.filter(document=earlier, item_id=indicator.item.same_as_id).first()
    return Indicator.objects.filter(document=earlier, name=indicator.name, unit=indicator.unit).first()
