"""How well plans are read, as their reviewers showed: by kind, by field, by month; and the latest corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from langnghe.plans import rules_register as rules
from langnghe.plans.models import ItemState, PlanDocument, RegisterItem
from langnghe.plans.rules_register import Tally


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Figures over all confirmed documents, and by month of confirming, the latest first."""

    documents: int
    total: Tally
    months: list[tuple[date, int, Tally]]


def accuracy() -> Accuracy:
    """What reviewers made of what was read. One query; each document was counted once, when it was confirmed."""
    rows = list(
        PlanDocument.objects.exclude(accuracy={})
        .filter(confirmed_at__isnull=False)
        .order_by("-confirmed_at")
        .values_list("confirmed_at", "accuracy")
    )
    by_month: dict[date, list[Tally]] = {}
    for confirmed_at, counted in rows:
        if confirmed_at is not None:
            by_month.setdefault(confirmed_at.date().replace(day=1), []).append(counted)
    months = [(month, len(found), rules.add_up(found)) for month, found in by_month.items()]
    return Accuracy(len(rows), rules.add_up(counted for _at, counted in rows), months)


@dataclass(frozen=True, slots=True)
class Correction:
    """A field that a reviewer set right: what was read, what is right, and why it had been read so."""

    item: RegisterItem
    field: str
    read: Any
    right: Any
    reason: str


def latest_corrections(limit: int = 40) -> list[Correction]:
    """The latest items that were mended, field by field: what to improve the reader from. One query."""
    rows = (
        RegisterItem.objects.filter(state=ItemState.MENDED, extracted__isnull=False)
        .select_related("document")
        .defer("history", "document__text", "document__head", "document__warnings")
        .order_by("-reviewed_at", "-pk")[:limit]
    )
    found = []
    for item in rows:
        extracted = item.extracted or {}
        for name in rules.changed_fields(item.kind, extracted, item.current):
            reason = (extracted.get("reasons") or {}).get(name) or {}
            words = str(reason.get("words") or reason.get("rule") or "")
            found.append(Correction(item, name, extracted.get(name), item.current.get(name), words))
    return found
