"""The one way in which anything moves by a transition table: lock, ask the table, change, deadlines, ledger, messages;
one transaction. A room makes an engine of its own for each kind of subject, and says what is particular to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar, cast

from django.db import transaction
from django.db.models import Model, QuerySet

from langnghe.acts.errors import Sentences, Stale
from langnghe.agencies.models import Person
from langnghe.agencies.selectors import coordinators, holder, in_charge, office_id
from langnghe.ledger import services as ledger
from langnghe.ledger.selectors import last_person
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import ActRefused, Facts, Transition, TransitionTable
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime


@dataclass(slots=True)
class Change:
    """What an act did beside the state: for the ledger (`personal`: as commitments only), for messages, and columns of
    the subject that changed."""

    data: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)


class _Moving(Protocol):
    """What every subject has: its state, the act that led there, and a version that grows with each act."""

    state: str
    last_act: str
    version: int


S = TypeVar("S", bound=Model)
C = TypeVar("C", bound=Change)


class Engine(ABC, Generic[S, C]):
    """One act on one subject, whole or not at all."""

    kind: str
    table: TransitionTable
    says: Sentences
    rows: QuerySet[S]
    """The subjects, with what facts and messages need of other tables."""

    @abstractmethod
    def facts(self, subject: S, actor: Actor, *, at: datetime, given: Mapping[str, Any]) -> Facts:
        """What the guards may ask."""

    def lock(self, pk: int) -> S:
        """The subject, locked until the transaction ends. DoesNotExist when there is none."""
        return self.rows.select_for_update(of=("self",)).get(pk=pk)

    def perform(
        self,
        pk: int,
        /,
        *,
        act: str,
        actor: Actor,
        at: datetime,
        apply: Callable[[S], C],
        given: Mapping[str, Any] | None = None,
        expected_version: int | None = None,
    ) -> S:
        """Do one act on one subject.

        `given` holds the inputs that the table's row needs; `apply` changes the subject and its related rows and says
        what changed. `expected_version` is the version that the person saw: `Stale` when somebody acted since. Raises
        `NotAllowed` when the table, the role, the agency or a guard says no, `Missing` for empty inputs.
        """
        given = given or {}
        with transaction.atomic():
            subject = self.lock(pk)
            moving = cast(_Moving, subject)
            if expected_version is not None and moving.version != expected_version:
                raise self.stale(subject, actor)
            row = self.allowed_row(moving.state, act, actor, self.facts(subject, actor, at=at, given=given))
            if empty := row.missing(given):
                raise self.says.missing(empty)
            change = apply(subject)
            before = moving.state
            moving.state = row.target or before
            moving.last_act = act
            moving.version += 1
            self.effects(subject, row, before, actor=actor, at=at, change=change)
            self.save(subject, {"state", "last_act", "version", *change.columns})
            ledger.record(
                kind=self.kind, subject_id=subject.pk, act=act, actor=actor, at=at, personal=change.personal or None,
                data={"from": before, "to": moving.state, "version": moving.version, **change.data},
            )  # fmt: skip
            self.send(subject, row.message, actor=actor, at=at, change=change)
        return subject

    def stale(self, subject: S, actor: Actor) -> Stale:
        """The error for a subject that changed since it was seen; whose act was the last is asked for only here."""
        own = actor.person_id is not None and last_person(self.kind, subject.pk) == actor.person_id
        return Stale(self.says.stale, own=own)

    def allowed_row(self, state: str, act: str, actor: Actor, facts: Facts) -> Transition:
        """The table's row for the act; `NotAllowed` with a sentence when it is not possible."""
        try:
            return self.table.require(state, act, {actor.role}, facts)
        except ActRefused as refused:
            raise self.says.refusal(refused.guard or refused.reason) from None

    def effects(self, subject: S, row: Transition, before: str, *, actor: Actor, at: datetime, change: C) -> None:
        """What else changes with the state: columns (to be named in `change.columns`), related rows, deadlines."""

    def save(self, subject: S, columns: set[str]) -> None:
        """Write the columns that changed."""
        subject.save(update_fields=columns)

    def send(
        self, subject: S, message: str, *, actor: Actor, at: datetime, change: C | None = None, key: str = ""
    ) -> None:
        """Write the messages of an act."""


ROLES = {
    "focal": "focal_point", "handler": "focal_point", "person": "focal_point", "head": "head",
    "approvers": "approver", "leaders": "approver",
}  # fmt: skip
"""Audiences of messages, and the role in the agency that stands for each."""


class WorkEngine(Engine[S, C]):
    """An engine for what an agency, and often one person in it, owes by a day and is told of."""

    carriers: frozenset[str]
    """The roles of people who may carry a subject."""

    @abstractmethod
    def owner(self, subject: S) -> tuple[int | None, int | None]:
        """The agency that owes what is open (None: the city office), and the person who carries it (None: nobody)."""

    @abstractmethod
    def open_step(self, subject: S, step: str, row: Transition, *, at: datetime, change: C) -> object:
        """Open the deadline of a step."""

    @abstractmethod
    def values(self, subject: S, *, at: datetime, language: str) -> dict[str, str]:
        """The values that a message may show, without the words of the act."""

    # --- deadlines ----------------------------------------------------------------------------------------------------

    def effects(self, subject: S, row: Transition, before: str, *, actor: Actor, at: datetime, change: C) -> None:
        """Do what the row says to deadlines."""
        for verb, *steps in row.deadline:
            self.deadline(subject, verb, steps, row, at=at, change=change)

    def deadline(
        self, subject: S, verb: str, steps: Sequence[str], row: Transition, *, at: datetime, change: C
    ) -> None:
        """One verb of the table: for these steps, or for all that runs."""
        kind, pk = self.kind, subject.pk
        if verb == "open":
            for step in steps:
                self.open_step(subject, step, row, at=at, change=change)
        elif verb == "meet":
            worktime.meet(kind=kind, subject_id=pk, steps=steps, at=at)
        elif verb == "cancel":
            worktime.cancel(kind=kind, subject_id=pk, at=at, steps=steps or None)
        elif verb == "hand_over":
            agency_id, person_id = self.owner(subject)
            agency_id = agency_id or office_id(at.date())
            worktime.hand_over(kind=kind, subject_id=pk, steps=steps or None, agency_id=agency_id, person_id=person_id)

    # --- messages -----------------------------------------------------------------------------------------------------

    def send(
        self, subject: S, message: str, *, actor: Actor, at: datetime, change: C | None = None, key: str = ""
    ) -> None:
        """Write the messages of an act: `audience:template` parted by spaces. One row a recipient and template, by a
        unique key; nobody is told of the own act."""
        told: set[tuple[str, int]] = set()
        for part in message.split():
            audience, _sep, template = part.partition(":")
            for person in self.audience(subject, audience, at=at, change=change):
                if person.pk != actor.person_id and person.email and (template, person.pk) not in told:
                    told.add((template, person.pk))
                    words = change.words if change is not None else {}
                    self.to_person(subject, person, template, at=at, words=words, key=key)

    def audience(self, subject: S, name: str, *, at: datetime, change: C | None = None) -> list[Person]:
        """The people behind the word for an audience: where an agency has nobody in that role, its head; where it has
        no head either, the city office. One query, unless somebody is missing."""
        day = at.date()
        agency_id, person_id = self.owner(subject)
        if name == "office" or agency_id is None:
            return list(coordinators(day))
        if name in ("handler", "person"):
            person = self.carrier(person_id, agency_id, day)
            if person is not None:
                return [person]
        return in_charge(ROLES[name], agency_id=agency_id, on=day)

    def carrier(self, person_id: int | None, agency_id: int, on: date) -> Person | None:
        """The person, while still in a role that may carry a subject of the agency. At most one query."""
        return None if person_id is None else holder(person_id, self.carriers, agency_id=agency_id, on=on)

    def urgent(self, subject: S) -> bool:
        """Whether staff are told at once, and not from the next opening of work."""
        return False

    def to_person(
        self, subject: S, person: Person, template: str, *, at: datetime, words: Mapping[str, str], key: str = ""
    ) -> None:
        """Write one message to a member of staff."""
        key = key or f"{self.kind}:{subject.pk}:{cast(_Moving, subject).version}:{template}"
        urgent = self.urgent(subject)
        outbox.enqueue(
            key=f"{key}:{person.pk}",
            channel="email",
            recipient=person.email,
            template=template,
            language=person.language,
            context=self.context(subject, at=at, words={"name": person.full_name, **words}, language=person.language),
            at=at,
            urgent=urgent,
            not_before=None if urgent else worktime_selectors.next_opening(at),
            kind=self.kind,
            subject_id=subject.pk,
        )

    def context(self, subject: S, *, at: datetime, words: Mapping[str, str], language: str) -> dict[str, str]:
        """The values of a message, with those words of the act that it may show."""
        values = self.values(subject, at=at, language=language)
        return {name: words.get(name, value) for name, value in values.items()}
