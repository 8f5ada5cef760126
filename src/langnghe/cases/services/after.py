"""Acts after the answer that other rooms ask for: publish and withhold (room `publication`), notes, succession,
erasure; and the jobs' acts."""

from __future__ import annotations

from datetime import datetime

from langnghe.agencies.models import Agency
from langnghe.cases.models import Case, Note, Sender
from langnghe.cases.services.engine import KIND, Change, perform
from langnghe.ledger import services as ledger
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import Actor


def publish(
    *, case_id: int, actor: Actor, at: datetime, public_id: int | None, digest: str, expected_version: int | None = None
) -> Case:
    """Record that the public copy went out. Only `publication.services` calls this, in its own transaction."""
    return perform(
        case_id=case_id, act="publish", actor=actor, at=at, given={"public_case": public_id}, expected_version=expected_version,
        apply=lambda _case: Change(data={"public_case": public_id, "public_digest": digest}),
    )  # fmt: skip


def withhold(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Record that the answer is not shown to the public, and why."""
    return perform(
        case_id=case_id, act="withhold", actor=actor, at=at, given={"reason": reason}, expected_version=expected_version,
        apply=lambda _case: Change(personal={"reason": reason}),
    )  # fmt: skip


def note(*, case_id: int, actor: Actor, at: datetime, text: str, expected_version: int | None = None) -> Case:
    """Write an internal note."""

    def apply(case: Case) -> Change:
        Note.objects.create(case=case, text=text, author_id=actor.person_id, written_at=at)
        return Change(personal={"note": text})

    return perform(
        case_id=case_id, act="note", actor=actor, at=at, apply=apply, given={"note": text}, expected_version=expected_version
    )


def succeed(*, case_id: int, actor: Actor, at: datetime, agency_id: int) -> Case:
    """The successor of a dissolved agency carries the case on; the ledger keeps the old name."""

    def apply(case: Case) -> Change:
        before = case.agency
        case.agency = Agency.objects.get(pk=agency_id)
        case.handler = None
        return Change(
            data={"agency_before": before.pk if before else None, "agency_name_before": before.name if before else ""},
            columns={"agency", "handler"},
        )

    return perform(case_id=case_id, act="succeed", actor=actor, at=at, apply=apply, given={"agency": agency_id})


def erase(*, case_id: int, actor: Actor, at: datetime, reason: str) -> Case:
    """Erase the sender's data by law (Law 91/2025 on personal data): the proof stays, its salts go."""

    def apply(case: Case) -> Change:
        Sender.objects.filter(case=case).update(
            name="", address="", phone="", email="", contact_key="", publish_name=False, notify=False, erased_at=at
        )
        case.followers.all().delete()
        outbox.erase(kind=KIND, subject_id=case.pk)
        ledger.erase(kind=KIND, subject_id=case.pk)
        return Change(data={"reason": reason})

    return perform(case_id=case_id, act="erase", actor=actor, at=at, apply=apply, given={"reason": reason})
