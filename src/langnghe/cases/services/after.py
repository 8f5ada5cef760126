"""Acts after the answer that other rooms ask for: publish and withhold (room `publication`), notes, succession; and the
jobs' acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings as django_settings

from langnghe.agencies.models import Agency
from langnghe.cases.models import Case, Cooperation, Note, Sender
from langnghe.cases.services.engine import COOPERATION, KIND, Change, context_of, perform
from langnghe.cases.services.sender import follow_words
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import Actor
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime


def publish(
    *, case_id: int, actor: Actor, at: datetime, public_id: int | None, digest: str, expected_version: int | None = None
) -> Case:
    """Record that the public copy went out. Only `publication.services` calls this, in its own transaction."""
    return _went_out(case_id, "publish", actor, at, public_id, digest, expected_version)


def _went_out(
    case_id: int, act: str, actor: Actor, at: datetime, public_id: int | None, digest: str, expected_version: int | None
) -> Case:
    return perform(
        case_id,
        act=act,
        actor=actor,
        at=at,
        given={"public_case": public_id},
        expected_version=expected_version,
        apply=lambda _case: Change(data={"public_case": public_id, "public_digest": digest}),
    )


def show(
    *, case_id: int, actor: Actor, at: datetime, public_id: int, digest: str, expected_version: int | None = None
) -> Case:
    """Record that the report itself is public while it is being handled, so that others can follow it."""
    return _went_out(case_id, "show", actor, at, public_id, digest, expected_version)


def show_again(
    *, case_id: int, actor: Actor, at: datetime, public_id: int, digest: str, expected_version: int | None = None
) -> Case:
    """Record that a public copy that was taken down is shown once more."""
    return _went_out(case_id, "show_again", actor, at, public_id, digest, expected_version)


def hide(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Record that the public copy was taken down, and why."""
    return perform(
        case_id,
        act="hide",
        actor=actor,
        at=at,
        given={"reason": reason},
        expected_version=expected_version,
        apply=lambda _case: Change(personal={"reason": reason}),
    )


FOLLOWERS = 200
"""So many followers are told in one transaction; the next ones in the next."""


def tell_followers(*, case: Case, at: datetime, words: Mapping[str, str], round: int | None = None) -> int:
    """Tell those who follow a case that its answer is public: one message a follower and round, `FOLLOWERS` at a time.
    Returns how many were told; while it is not 0 there may be more.

    `words` are values of the message (title, agency, outcome) that have passed the gate.
    """
    told, wanted = 0, round or case.round
    base = django_settings.BASE_URL.rstrip("/")
    waiting = case.followers.filter(confirmed_at__isnull=False, told_round__lt=wanted)
    for follower in waiting.select_for_update(skip_locked=True).order_by("pk")[:FOLLOWERS]:
        values = follow_words(case, url=f"{base}/cong-khai/{case.code}/") | dict(words)
        values["guidance"] = f"{base}/theo-doi-cung/{follower.token}"
        outbox.enqueue(
            key=f"follow:{follower.pk}:answered:{wanted}",
            channel="email",
            recipient=follower.email,
            template="follow_answered",
            language=follower.language,
            context=values,
            at=at,
            not_before=worktime_selectors.next_opening(at),
            kind=KIND,
            subject_id=case.pk,
        )
        follower.told_round = wanted
        follower.save(update_fields=["told_round"])
        told += 1
    return told


def tell_merged(*, case: Case, at: datetime) -> int:
    """Those whose own report was merged into this one get the answer that they were promised."""
    told, url = 0, f"{django_settings.BASE_URL.rstrip('/')}/cong-khai/{case.code}/"
    merged = Sender.objects.filter(case__merged_into=case, case__restricted=False, notify=True).exclude(email="")
    for sender in merged.select_related("case", "case__agency", "case__handler"):
        outbox.enqueue(
            key=f"merged:{sender.case_id}:published:{case.pk}:{case.round}",
            channel="email",
            recipient=sender.email,
            template="published",
            language=sender.case.language,
            at=at,
            not_before=worktime_selectors.next_opening(at),
            context=context_of(
                sender.case, at=at, words={"name": sender.name, "url": url}, language=sender.case.language
            ),
            kind=KIND,
            subject_id=sender.case_id,
        )
        told += 1
    return told


def withhold(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Record that the answer is not shown to the public, and why."""
    return perform(
        case_id,
        act="withhold",
        actor=actor,
        at=at,
        given={"reason": reason},
        expected_version=expected_version,
        apply=lambda _case: Change(personal={"reason": reason}),
    )


def note(*, case_id: int, actor: Actor, at: datetime, text: str, expected_version: int | None = None) -> Case:
    """Write an internal note."""

    def apply(case: Case) -> Change:
        Note.objects.create(case=case, text=text, author_id=actor.person, written_at=at)
        return Change(personal={"note": text})

    return perform(
        case_id,
        act="note",
        actor=actor,
        at=at,
        apply=apply,
        given={"note": text},
        expected_version=expected_version,
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

    return perform(case_id, act="succeed", actor=actor, at=at, apply=apply, given={"agency": agency_id})


def succeed_partner(*, case_id: int, actor: Actor, at: datetime, before_id: int, agency_id: int) -> Case:
    """The successor of a dissolved agency owes the reply that was asked of it; where it has been asked itself, or has
    the case, the question is moot."""

    def apply(case: Case) -> Change:
        asked = Cooperation.objects.select_for_update().get(case=case, agency_id=before_id, replied_at=None)
        moot = case.agency_id == agency_id
        moot = moot or Cooperation.objects.filter(case=case, agency_id=agency_id, replied_at=None).exists()
        if moot:
            asked.replied_at = at
            worktime.cancel(kind=COOPERATION, subject_id=asked.pk, at=at)
        else:
            asked.agency_id = agency_id
            worktime.hand_over(kind=COOPERATION, subject_id=asked.pk, agency_id=agency_id, person_id=None)
        asked.save(update_fields=["agency", "replied_at"])
        return Change(data={"cooperation": asked.pk, "partner_before": before_id, "partner": agency_id})

    return perform(case_id, act="succeed", actor=actor, at=at, apply=apply, given={"agency": agency_id})
