"""Acts of the sender (or of a clerk in the sender's name): reply, withdraw, rate, reopen; and of those who follow."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.cases import rules
from langnghe.cases.models import Attachment, Case, Follower, InformationRequest, Rating
from langnghe.cases.services.engine import KIND, Change, attach, perform
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import SYSTEM, Actor

CRITERIA = ("forms", "ease", "handling", "notice")


def reply(
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    text: str,
    file_ids: Sequence[UUID] = (),
    expected_version: int | None = None,
) -> Case:
    """The sender answers the question: the clock goes on."""
    state = Case.objects.values_list("state", flat=True).get(pk=case_id)

    def apply(case: Case) -> Change:
        InformationRequest.objects.filter(case=case, replied_at=None, lapsed_at=None).update(reply=text, replied_at=at)
        attach(case, file_ids, role=Attachment.Role.REPLY, actor=actor, at=at)
        return Change(data={"files": [str(key) for key in file_ids]}, personal={"reply": text})

    act = "clarified" if state == "clarifying" else "sender_reply"
    return perform(
        case_id,
        act=act,
        actor=actor,
        at=at,
        apply=apply,
        given={"reply": text},
        expected_version=expected_version,
    )


def withdraw(
    *, case_id: int, actor: Actor, at: datetime, reason: str = "", expected_version: int | None = None
) -> Case:
    """The sender takes the feedback back; the reason is optional."""
    return perform(
        case_id,
        act="withdraw",
        actor=actor,
        at=at,
        expected_version=expected_version,
        apply=lambda _case: Change(personal={"reason": reason} if reason else {}),
    )


def rate(
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    levels: Mapping[str, int],
    overall: int | None,
    comment: str = "",
    expected_version: int | None = None,
) -> Case:
    """Rate the four criteria and the whole, 1 to 5. A satisfied rating, or the second one, closes a published case."""
    chosen = {name: levels.get(name) for name in CRITERIA}
    complete = all(value in range(1, 6) for value in [*chosen.values()])

    def apply(case: Case) -> Change:
        if overall is None or overall not in range(1, 6):
            raise ActError(_("Hãy chọn một trong năm mức."), field="overall")
        Rating.objects.create(case=case, round=case.round, overall=overall, comment=comment, rated_at=at, **chosen)
        return Change(
            data={"round": case.round, "overall": overall, **chosen}, personal={"comment": comment} if comment else {}
        )

    with transaction.atomic():
        case = perform(
            case_id,
            act="rate",
            actor=actor,
            at=at,
            apply=apply,
            expected_version=expected_version,
            given={"criteria": chosen if complete else None, "overall": overall},
        )
        satisfied = not rules.is_dissatisfied([*(value or 0 for value in chosen.values()), overall or 0])
        return close_if_done(case, at=at) if satisfied or case.round > 1 else case


def close_if_done(case: Case, *, at: datetime) -> Case:
    """Close a published or withheld case when nothing is promised any more; otherwise leave it."""
    if case.restricted or case.state not in ("published", "withheld"):
        return case
    if case.answers.filter(round=case.round, state="approved", outcome="scheduled", fulfilled_at=None).exists():
        return case
    return close(case_id=case.pk, actor=SYSTEM, at=at)


def close(*, case_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Case:
    """End the case: rated, or the term for rating has passed."""
    return perform(
        case_id,
        act="close",
        actor=actor,
        at=at,
        apply=lambda _case: Change(),
        expected_version=expected_version,
    )


def reopen(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Not satisfied: handled once more, by another person and another approver, with a new deadline."""

    def apply(case: Case) -> Change:
        before = case.handler_id
        case.round += 1
        case.handler = None
        case.answered_at = None
        return Change(
            data={"round": case.round, "handler_before": before},
            personal={"reason": reason},
            words={"reason": reason},
            columns={"round", "handler", "answered_at"},
        )

    return perform(
        case_id,
        act="reopen",
        actor=actor,
        at=at,
        apply=apply,
        given={"reason": reason},
        expected_version=expected_version,
    )


def follow(*, case: Case, email: str, language: str, at: datetime, title: str = "") -> Follower:
    """Follow an open case instead of sending it again: an e-mail asks for confirmation first. Idempotent."""
    with transaction.atomic():
        follower, made = Follower.objects.get_or_create(
            case=case,
            email=email.strip().lower(),
            defaults={"language": language, "token": secrets.token_urlsafe(32), "asked_at": at},
        )
        if made:
            base = django_settings.BASE_URL.rstrip("/")
            outbox.enqueue(
                key=f"follow:{follower.pk}:confirm",
                channel="email",
                recipient=follower.email,
                template="follow_confirm",
                language=language,
                at=at,
                urgent=True,
                kind=KIND,
                subject_id=case.pk,
                context=follow_words(case, url=f"{base}/theo-doi-cung/{follower.token}") | {"title": title},
            )
    return follower


def confirm_follow(*, token: str, at: datetime) -> Follower | None:
    """Confirm by the link of the e-mail; None for an unknown token."""
    follower = Follower.objects.filter(token=token).select_related("case").first()
    if follower is not None and follower.confirmed_at is None:
        follower.confirmed_at = at
        follower.save(update_fields=["confirmed_at"])
    return follower


def unfollow(*, token: str, at: datetime) -> bool:
    """Stop following; the address is deleted, also from messages. False for an unknown token."""
    with transaction.atomic():
        follower = Follower.objects.select_for_update().filter(token=token).first()
        if follower is None:
            return False
        outbox.erase(kind=KIND, subject_id=follower.case_id, at=at, key_prefix=f"follow:{follower.pk}:")
        follower.delete()
    return True


def follow_words(case: Case, *, url: str) -> dict[str, str]:
    """The values of a message to somebody who follows: nothing but the code, which is public."""
    names = (
        "title",
        "agency",
        "due",
        "due_explained",
        "name",
        "reason",
        "guidance",
        "question",
        "note",
        "person",
        "days",
        "outcome",
        "city",
        "hotline",
    )
    return {**dict.fromkeys(names, ""), "code": case.code, "url": url}
