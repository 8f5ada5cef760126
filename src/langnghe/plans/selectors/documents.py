"""Reads of plan documents and their registers, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q

from langnghe.plans.models import ItemKind, ItemState, PlanDocument, RegisterItem, Share, Task
from langnghe.plans.rules_compare import Pair
from langnghe.plans.services import documents
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.documents import Summary
from langnghe.plans.workflow import ACTIVE, DONE, OPEN_STATES, PLAN_STATES
from langnghe.texts import fold, whole_number

PAGE = 30


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted of the list of plans. `text` with or without diacritics."""

    text: str = ""
    state: str = ""
    kind: str = ""
    agency_id: int | None = None


@dataclass(slots=True)
class Line:
    """A plan in a list, with how far it is: shares of leads in all, done, and open past their day."""

    document: PlanDocument
    tasks: int = 0
    shares: int = 0
    done: int = 0
    late: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A page of plans, the last entered first. `after` is the key of the next page, "" at the end."""

    rows: list[Line] = field(default_factory=list)
    after: str = ""


def list_plans(wanted: Filter, *, at: datetime, key: str = "", size: int = PAGE) -> PlanPage:
    """Plans by key. Three queries, four when some wait for a reviewer."""
    found = PlanDocument.objects.select_related("agency").defer("text", "head", "warnings", "accuracy")
    if wanted.state in PLAN_STATES:
        found = found.filter(state=wanted.state)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.agency_id is not None:
        found = found.filter(agency_id=wanted.agency_id)
    for word in fold(wanted.text).split()[:12]:
        found = found.filter(folded__contains=word)
    last = whole_number(key)
    if last is not None:
        found = found.filter(pk__lt=last)
    documents_ = list(found.order_by("-pk")[: size + 1])
    more = len(documents_) > size
    lines = {one.pk: Line(one) for one in documents_[:size]}
    tasks = Task.objects.filter(document_id__in=lines).values("document_id").annotate(n=Count("pk"))
    for row in tasks.order_by():
        lines[row["document_id"]].tasks = row["n"]
    counted = (
        Share.objects.filter(task__document_id__in=lines, lead=True)
        .values("task__document_id")
        .annotate(
            n=Count("pk", filter=Q(state__in=[*OPEN_STATES, DONE])),
            done=Count("pk", filter=Q(state=DONE)),
            late=Count("pk", filter=Q(state__in=OPEN_STATES, due_at__lt=at)),
        )
        .order_by()
    )
    for row in counted:
        line = lines[row["task__document_id"]]
        line.shares, line.done, line.late = row["n"], row["done"], row["late"]
    if any(one.state == "review" for one in documents_):
        open_items = RegisterItem.objects.filter(document_id__in=lines, state=ItemState.FOUND)
        for row in open_items.values("document_id").annotate(n=Count("pk")).order_by():
            lines[row["document_id"]].waiting = row["n"]
    return PlanPage(list(lines.values()), str(documents_[size - 1].pk) if more else "")


def plan(pk: int) -> PlanDocument | None:
    """One document with its agency, parent and the version before. One query."""
    related = ("agency", "parent", "supersedes", "file", "entered_by", "confirmed_by")
    return PlanDocument.objects.select_related(*related).filter(pk=pk).first()


@dataclass(slots=True)
class RegisterPage:
    """Everything on the page of confirming."""

    document: PlanDocument
    items: list[RegisterItem]
    directory: Directory
    summary: Summary
    twins: list[PlanDocument]
    pairs: list[Pair]
    above: list[Task]
    uncovered: list[Task]


def register_page(document: PlanDocument, *, today: date) -> RegisterPage:
    """The register of a document under review. Nine queries at most, whatever its size."""
    items = list(RegisterItem.objects.filter(document=document).select_related("reviewed_by").order_by("order", "pk"))
    directory = Directory()
    above: list[Task] = []
    if document.parent_id is not None:
        above = list(Task.objects.filter(document_id=document.parent_id).order_by("order"))
    return RegisterPage(
        document=document,
        items=items,
        directory=directory,
        summary=documents.summary(document, items, directory, today),
        twins=documents.same_number(document),
        pairs=documents.versions(document),
        above=above,
        uncovered=_uncovered(document, items) if document.parent_id is not None else [],
    )


def _uncovered(document: PlanDocument, items: Sequence[RegisterItem]) -> list[Task]:
    living = [one for one in items if one.kind == ItemKind.TASK and one.state != ItemState.REJECTED]
    covered = {one.current.get("under") for one in living}
    return [task for task in documents.owed_above(document) if task.pk not in covered]


def parents(agency_id: int) -> list[PlanDocument]:
    """Plans of others in force that this agency has a share in: what its own plan may hang under. One query."""
    found = PlanDocument.objects.filter(state=ACTIVE, tasks__shares__agency_id=agency_id).exclude(agency_id=agency_id)
    return list(found.distinct().defer("text", "head", "warnings", "accuracy").order_by("-pk")[:100])


def replaceable(agency_id: int) -> list[PlanDocument]:
    """Plans of the agency in force, which a corrected version may replace. One query."""
    found = PlanDocument.objects.filter(state=ACTIVE, agency_id=agency_id)
    return list(found.defer("text", "head", "warnings", "accuracy").order_by("-pk")[:100])
