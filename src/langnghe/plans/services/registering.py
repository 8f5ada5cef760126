"""The one way in which a plan document moves: lock, ask the transition table, change, ledger; one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from langnghe.acts import engine as acts
from langnghe.acts.engine import Change
from langnghe.acts.errors import NotAllowed
from langnghe.acts.facts import Asked
from langnghe.agencies.models import Agency
from langnghe.ledger import services as ledger
from langnghe.plans.errors import SAYS, refusal
from langnghe.plans.models import ItemState, PlanDocument, RegisterItem, Share
from langnghe.plans.workflow import OPEN_STATES, PLAN, PLAN_TABLE
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import START

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


class PlanEngine(acts.Engine[PlanDocument, Change]):
    """Plan documents: no deadline, no message; saved whole."""

    kind = PLAN
    table = PLAN_TABLE
    says = SAYS
    rows = PlanDocument.objects.select_related("agency", "parent")

    def facts(self, subject: PlanDocument, actor: Actor, *, at: datetime, given: Mapping[str, Any]) -> PlanFacts:
        return PlanFacts(subject, actor)

    def save(self, subject: PlanDocument, columns: set[str]) -> None:
        subject.save()


PLANS = PlanEngine()
lock = PLANS.lock


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
    return PLANS.perform(
        document_id, act=act, actor=actor, at=at, apply=lambda document: Change(data=dict(apply(document))),
        given=given, expected_version=expected_version,
    )  # fmt: skip


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
    "born",
    "is_giving",
    "lock",
    "may",
    "may_enter",
    "perform",
    "settled_head",
    "waiting",
]
