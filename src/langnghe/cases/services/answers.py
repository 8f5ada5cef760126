"""Acts around the answer: draft with proof, submit, send back, approve, redo, keep a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, Missing
from langnghe.cases import rules
from langnghe.cases.facts import answer_facts
from langnghe.cases.models import Answer, AnswerState, Attachment, Case
from langnghe.cases.services.engine import KIND, Change, attach, perform
from langnghe.workflow.actor import Actor
from langnghe.worktime import services as worktime


@dataclass(frozen=True, slots=True)
class Draft:
    """What a handler writes as the answer."""

    outcome: str = ""
    text: str = ""
    done_what: str = ""
    done_by: str = ""
    done_on: date | None = None
    legal_basis: str = ""
    scheduled_on: date | None = None
    other_agency_id: int | None = None
    other_body: str = ""
    proof_ids: Sequence[UUID] = field(default_factory=tuple)
    drop_proof_ids: Sequence[int] = field(default_factory=tuple)


_TEXTS = (
    "outcome",
    "text",
    "done_what",
    "done_by",
    "done_on",
    "legal_basis",
    "scheduled_on",
    "other_agency_id",
    "other_body",
)


def draft(*, case_id: int, actor: Actor, at: datetime, content: Draft, expected_version: int | None = None) -> Case:
    """Save the draft of the present round. The one who writes last is named as its drafter; nobody who wrote may
    approve."""

    def apply(case: Case) -> Change:
        answer = Answer.objects.filter(case=case, round=case.round).exclude(state=AnswerState.REPLACED).first()
        if answer is None:
            answer = Answer(case=case, round=case.round, drafted_by_id=actor.person, drafted_at=at)
        for name in _TEXTS:
            setattr(answer, name, getattr(content, name))
        before = answer.written_by
        answer.drafted_by_id, answer.drafted_at = actor.person_id or answer.drafted_by_id, at
        answer.drafters = sorted(before | answer.written_by)
        answer.state = AnswerState.DRAFT
        answer.save()
        Attachment.objects.filter(
            case=case, role=Attachment.Role.PROOF, round=case.round, pk__in=list(content.drop_proof_ids)
        ).delete()
        attach(case, content.proof_ids, role=Attachment.Role.PROOF, actor=actor, at=at)
        return Change(
            data={"answer": answer.pk, "outcome": answer.outcome, "proofs": [str(key) for key in content.proof_ids]},
            personal={"text": content.text},
        )

    return perform(case_id, act="draft", actor=actor, at=at, apply=apply, expected_version=expected_version)


def submit(*, case_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Case:
    """Send the draft to the approver. `Missing` names everything that the answer still lacks."""
    _check_complete(case_id, at)

    def apply(case: Case) -> Change:
        answer = _living(case)
        answer.state, answer.submitted_at = AnswerState.SUBMITTED, at
        answer.save(update_fields=["state", "submitted_at"])
        return Change(data={"answer": answer.pk}, words={"outcome": answer.get_outcome_display()})

    return perform(case_id, act="submit", actor=actor, at=at, apply=apply, expected_version=expected_version)


def _check_complete(case_id: int, at: datetime) -> None:
    case = Case.objects.get(pk=case_id)
    answer = Answer.objects.filter(case=case, round=case.round).exclude(state=AnswerState.REPLACED).first()
    if answer is None:
        raise Missing({"text": _("Hãy soạn trả lời trước khi trình.")})
    gaps = rules.answer_gaps(answer_facts(case, answer), today=at.date())
    if gaps:
        raise Missing(gaps)


def _living(case: Case) -> Answer:
    return Answer.objects.exclude(state=AnswerState.REPLACED).get(case=case, round=case.round)


def send_back(*, case_id: int, actor: Actor, at: datetime, note: str, expected_version: int | None = None) -> Case:
    """The leader returns the draft with a note."""

    def apply(case: Case) -> Change:
        answer = _living(case)
        answer.state, answer.returned_note = AnswerState.RETURNED, note
        answer.save(update_fields=["state", "returned_note"])
        return Change(data={"answer": answer.pk}, personal={"note": note}, words={"note": note})

    return perform(
        case_id, act="send_back", actor=actor, at=at, apply=apply, given={"note": note},
        expected_version=expected_version,
    )  # fmt: skip


def approve(*, case_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Case:
    """The leader approves: the sender is told, publication falls due, a promised date is watched from now on."""

    def apply(case: Case) -> Change:
        answer = _living(case)
        answer.state, answer.decided_by_id, answer.decided_at = AnswerState.APPROVED, actor.person_id, at
        answer.save(update_fields=["state", "decided_by", "decided_at"])
        case.answered_at = at
        if answer.outcome == "scheduled" and answer.scheduled_on is not None and case.agency_id is not None:
            worktime.open_on_date(
                kind=KIND, subject_id=case.pk, step="promise", start=at, day=answer.scheduled_on,
                agency_id=case.agency_id, person_id=case.handler_id,
            )  # fmt: skip
        return Change(
            data={"answer": answer.pk, "outcome": answer.outcome, "round": case.round},
            personal={"text": answer.text},
            words={"outcome": answer.get_outcome_display()},
            columns={"answered_at"},
        )

    return perform(case_id, act="approve", actor=actor, at=at, apply=apply, expected_version=expected_version)


def redo(*, case_id: int, actor: Actor, at: datetime, note: str, expected_version: int | None = None) -> Case:
    """The city office wants a better answer before it is published: the approved one is replaced by a new draft."""

    def apply(case: Case) -> Change:
        old = _living(case)
        old.state = AnswerState.REPLACED
        old.save(update_fields=["state"])
        proofs = Attachment.objects.filter(case=case, role=Attachment.Role.PROOF, round=case.round).count()
        copy = Answer(case=case, round=case.round, drafted_by_id=old.drafted_by_id, drafted_at=at, returned_note=note)
        copy.drafters = sorted(old.written_by)
        for name in _TEXTS:
            setattr(copy, name, getattr(old, name))
        copy.state = AnswerState.RETURNED
        copy.save()
        case.answered_at = None
        return Change(
            data={"replaced": old.pk, "answer": copy.pk, "proofs": proofs}, personal={"note": note},
            words={"note": note}, columns={"answered_at"},
        )  # fmt: skip

    with transaction.atomic():
        return perform(
            case_id, act="redo", actor=actor, at=at, apply=apply, given={"note": note},
            expected_version=expected_version,
        )  # fmt: skip


def fulfil(
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    report: str,
    proof_ids: Sequence[UUID] = (),
    expected_version: int | None = None,
) -> Case:
    """Report that what an answer promised for a day has been done, with proof."""

    def apply(case: Case) -> Change:
        answer = (
            Answer.objects.filter(
                case=case, round=case.round, state=AnswerState.APPROVED, outcome="scheduled", fulfilled_at=None
            )
            .order_by("round")
            .first()
        )
        if answer is None:
            raise ActError(_("Không có lời hẹn nào đang chờ thực hiện."))
        answer.fulfilled_at, answer.fulfilment = at, report
        answer.save(update_fields=["fulfilled_at", "fulfilment"])
        attach(case, proof_ids, role=Attachment.Role.PROOF, actor=actor, at=at)
        return Change(data={"answer": answer.pk}, personal={"report": report}, words={"note": report})

    return perform(
        case_id, act="fulfil", actor=actor, at=at, apply=apply, given={"report": report},
        expected_version=expected_version,
    )  # fmt: skip
