"""What identifies a document, the version before it, and who carries on for bodies that have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, Missing
from langnghe.plans.doubts import unique
from langnghe.plans.errors import needed
from langnghe.plans.models import (
    ItemKind,
    ItemState,
    PlanDocument,
    RegisterItem,
    Task,
)
from langnghe.plans.models.documents import PlanKind
from langnghe.plans.rules_compare import Pair, Side, compare, likest
from langnghe.plans.services import items
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.registering import perform
from langnghe.plans.workflow import WITHDRAWN
from langnghe.texts import clean_input
from langnghe.workflow.actor import Actor

HEAD = ("kind", "number", "issued_on", "issuer", "title", "signer", "signer_title", "ends_on")
"""What identifies a document; a person may say it, or it is read."""


def clean_head(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a person typed about a document, fit to be kept."""
    sizes = {"number": 60, "issuer": 200, "title": 600, "signer": 120, "signer_title": 200}
    kept: dict[str, Any] = {}
    for name, size in sizes.items():
        if values.get(name):
            kept[name] = clean_input(str(values[name]), single_line=True)[:size]
    for name in ("issued_on", "ends_on"):
        if isinstance(values.get(name), date):
            kept[name] = values[name]
    if kept.get("issued_on") and kept.get("ends_on") and kept["ends_on"] < kept["issued_on"]:
        raise ActError(_("Ngày kết thúc phải sau ngày ban hành."), field="ends_on")
    return kept


def mend_head(
    *,
    document_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> PlanDocument:
    """Change number, date, title and so on; terms and members are looked at again from the new date."""
    wanted = clean_head(values)
    directory = Directory()

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        before = document.issued_on
        for name in HEAD:
            if name in values:
                setattr(document, name, wanted.get(name) or (None if name in ("issued_on", "ends_on") else ""))
        if values.get("kind") in PlanKind.values:
            document.kind = values["kind"]
        elif not document.kind:
            document.kind = PlanKind.PLAN
        if not document.title:
            raise Missing({"title": needed("title")})
        if document.issued_on != before:
            _doubt_anew(document, directory, at)
        return {"what": "head", "fields": sorted(wanted)}

    return perform(
        document_id=document_id, act="mend", actor=actor, at=at, apply=apply, expected_version=expected_version
    )


def carry(
    *,
    document_id: int,
    heirs: Mapping[str, Sequence[str]],
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> PlanDocument:
    """Say once for a whole document who carries on for bodies that have ended since. No heirs: the work stays under
    the old name, followed up by the plan's owner."""
    directory = Directory()

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        said = dict(document.head.get("carried_by") or {})
        for name, given in heirs.items():
            names = [clean_input(str(one), single_line=True)[:200] for one in given]
            said[name] = list(dict.fromkeys(one for one in names if one))
        document.head = {**document.head, "carried_by": said}
        _doubt_anew(document, directory, at)
        return {"what": "carry", "heirs": {name: said[name] for name in heirs}}

    return perform(
        document_id=document_id, act="mend", actor=actor, at=at, apply=apply, expected_version=expected_version
    )


def _doubt_anew(document: PlanDocument, directory: Directory, at: datetime) -> None:
    every = list(RegisterItem.objects.select_for_update().filter(document=document))
    repeated = items.repeated((item.pk, item) for item in every)
    rows = [item for item in every if item.kind == ItemKind.TASK]
    for item in rows:
        said = list(map(str, (item.extracted or {}).get("doubts") or ()))
        said += [items.REPEATS] if item.pk in repeated and item.state == ItemState.FOUND else []
        item.doubts = unique([*said, *items.doubts_of(item, document, directory, at.date())])
    RegisterItem.objects.bulk_update(rows, ["doubts"])


def same_number(document: PlanDocument) -> list[PlanDocument]:
    """Other documents with this number and year: to be warned of, not refused. One query."""
    if not document.number:
        return []
    found = PlanDocument.objects.filter(number__iexact=document.number).exclude(pk=document.pk).exclude(state=WITHDRAWN)
    if document.issued_on:
        found = found.filter(Q(issued_on__year=document.issued_on.year) | Q(issued_on=None))
    found = found.exclude(pk=document.supersedes_id or 0).exclude(supersedes=document)
    return list(found.defer("text", "head").order_by("-pk")[:5])


def versions(document: PlanDocument) -> list[Pair]:
    """What a corrected version changes: the tasks of the new one beside those of the old one, then what is gone."""
    if document.supersedes_id is None:
        return []
    rows = RegisterItem.objects.filter(
        document_id__in=[document.pk, document.supersedes_id], kind=ItemKind.TASK
    ).exclude(state=ItemState.REJECTED)
    old: list[Side] = []
    new: list[Side] = []
    for item in rows.order_by("order", "pk"):
        side = Side(item.pk, item.path, item.current)
        (new if item.document_id == document.pk else old).append(side)
    return compare(old, new)


def link(document: PlanDocument, at: datetime) -> None:
    """Tie the items to those of the earlier version, and the tasks to those of the plan above. Suggestions only."""
    if document.supersedes_id:
        old_keys = {}
        pairs = versions(document)
        for pair in pairs:
            if pair.old is not None and pair.new is not None:
                old_keys[int(str(pair.new.key))] = int(str(pair.old.key))
        changed = list(RegisterItem.objects.filter(pk__in=old_keys))
        for item in changed:
            item.same_as_id = old_keys[item.pk]
        RegisterItem.objects.bulk_update(changed, ["same_as"])
    if document.parent_id:
        above = list(Task.objects.filter(document_id=document.parent_id).values_list("pk", "text"))
        changed = []
        for item in RegisterItem.objects.filter(document=document, kind=ItemKind.TASK):
            found = likest(str(item.current.get("quote", "")), above)
            if found is not None:
                item.current = {**item.current, "under": found}
                changed.append(item)
        RegisterItem.objects.bulk_update(changed, ["current"])
