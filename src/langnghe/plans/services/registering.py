"""The one way in which a plan document moves: lock, ask the transition table, change, ledger; one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from langnghe.acts.facts import Asked
from langnghe.agencies.models import Agency
from langnghe.ledger import services as ledger
from langnghe.plans.errors import Missing, NotAllowed, Stale, needed, refusal
from langnghe.plans.models import ItemState, PlanDocument, RegisterItem, Share
from langnghe.plans.workflow import OPEN_STATES, PLAN, PLAN_TABLE
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import START, ActRefused, Transition

Apply = Callable[[PlanDocument], Mapping[str, Any]]
"""Changes the document, which is then saved with all its columns, and says what the ledger is to know."""


class PlanFacts(Asked):
    """Facts about a document for an actor, each read only when asked."""

    def __init__(self, document: PlanDocument, actor: Actor) -> None:
        self.document, self.actor = document, actor
        self._ask = {
            "same_agency": lambda: actor.agency_id is not None and actor.agency_id == document.agency_id,
            "all_settled": lambda: not waiting(document) and settled_head(document),
            "nothing_open": lambda: (
                not is_giving(document)
                and not Share.objects.filter(task__document=document, state__in=OPEN_STATES).exists()
            ),
        }


def waiting(document: PlanDocument) -> int:
    """How many items nobody has looked at yet. One query."""
    return RegisterItem.objects.filter(document=document, state=ItemState.FOUND).count()


def settled_head(document: PlanDocument) -> bool:
    """Whether the file has been read and the date of the document is known: terms and members are counted from it."""
    return document.issued_on is not None and document.head.get("reading", {}).get("state") != "waiting"


def is_giving(document: PlanDocument) -> bool:
    """Whether shares of the plan are still to be handed out (see `documents.handing`)."""
    return document.head.get("giving", {}).get("state") in ("waiting", "failed")


def lock(document_id: int) -> PlanDocument:
    """The document, locked until the transaction ends. PlanDocument.DoesNotExist when there is none."""
    return PlanDocument.objects.select_for_update(of=("self",)).select_related("agency", "parent").get(pk=document_id)


def perform(
    *,
    document_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    apply: Apply,
    given: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> PlanDocument:
    """Do one act on one document, whole or not at all. Raises `NotAllowed`, `Missing`, `Stale`."""
    with transaction.atomic():
        document = lock(document_id)
        if expected_version is not None and document.version != expected_version:
            raise Stale
        row = allowed_row(document, act, actor)
        empty = row.missing(given or {})
        if empty:
            raise Missing({name: needed(name) for name in empty})
        data = apply(document)
        before = document.state
        document.state = row.target or document.state
        document.last_act = act
        document.version += 1
        document.save()
        ledger.record(
            kind=PLAN,
            subject_id=document.pk,
            act=act,
            actor=actor,
            at=at,
            data={"from": before, "to": document.state, "version": document.version, **data},
        )
    return document


def allowed_row(document: PlanDocument, act: str, actor: Actor) -> Transition:
    """The table's row for the act; `NotAllowed` with a sentence when it is not possible."""
    try:
        return PLAN_TABLE.require(document.state, act, {actor.role}, PlanFacts(document, actor))
    except ActRefused as refused:
        raise refusal(refused.guard or refused.reason) from None


def may(document: PlanDocument, act: str, actor: Actor) -> bool:
    """Whether role and agency allow the act in this state; guards are not asked."""
    row = PLAN_TABLE.find(document.state, act)
    if row is None or actor.role not in row.roles:
        return False
    return not row.same_agency or actor.role in PLAN_TABLE.city_roles or actor.agency_id == document.agency_id


def may_enter(actor: Actor, agency: Agency) -> bool:
    """Whether the actor may enter a document for the agency: the city office any, others their own agency's."""
    row = PLAN_TABLE.find(START, "enter")
    if row is None or actor.role not in row.roles:
        return False
    return actor.role in PLAN_TABLE.city_roles or actor.agency_id == agency.pk


def born(document: PlanDocument, *, actor: Actor, at: datetime, data: Mapping[str, Any]) -> PlanDocument:
    """Write a new document with its first act. NotAllowed when the actor may not."""
    if not may_enter(actor, document.agency):
        raise refusal("role" if actor.role not in _enterers() else "agency")
    document.save()
    ledger.record(
        kind=PLAN,
        subject_id=document.pk,
        act="enter",
        actor=actor,
        at=at,
        data={"from": "", "to": document.state, "version": document.version, **data},
        first=True,
    )
    return document


def _enterers() -> frozenset[str]:
    row = PLAN_TABLE.find(START, "enter")
    return frozenset(row.roles) if row is not None else frozenset()


__all__ = [
    "NotAllowed",
    "PlanFacts",
    "allowed_row",
    "born",
    "is_giving",
    "lock",
    "may",
    "may_enter",
    "perform",
    "settled_head",
    "waiting",
]
