"""What people chose, kept beside what was suggested: the only way to know how good the suggestions are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from langnghe.cases import services as cases
from langnghe.cases.models import Case
from langnghe.triage.models import Choice, Suggestion
from langnghe.workflow.actor import Actor

Pair = tuple[str, object, float, object]
"""A question, what was suggested and how surely, and what a person chose."""


def _keep(case_id: int, hint: Suggestion | None, *pairs: Pair, actor: Actor, at: datetime) -> None:
    """One statement, which writes the choices of an earlier time over."""
    Choice.objects.bulk_create(
        [
            Choice(
                case_id=case_id,
                question=question,
                suggestion=hint,
                suggested="" if suggested is None else str(suggested),
                confidence=confidence,
                chosen=str(chosen),
                chosen_at=at,
                chosen_by_id=actor.person_id,
            )
            for question, suggested, confidence, chosen in pairs
        ],
        update_conflicts=True,
        unique_fields=["case", "question"],
        update_fields=["suggestion", "suggested", "confidence", "chosen", "chosen_at", "chosen_by"],
    )


def _hint(case_id: int) -> Suggestion | None:
    return Suggestion.objects.filter(case_id=case_id).order_by("-pk").first()


def confirm_classification(*, case_id: int, actor: Actor, at: datetime, **given: Any) -> Case:
    """Classify a case and keep what was suggested beside what the person chose."""
    with transaction.atomic():
        case = cases.classify(case_id=case_id, actor=actor, at=at, **given)
        hint = _hint(case_id)
        _keep(
            case_id,
            hint,
            ("regime", hint.regime if hint else None, hint.regime_confidence if hint else 0, case.regime),
            ("field", hint.field_id if hint else None, hint.field_confidence if hint else 0, case.field_id),
            ("urgency", hint.urgency if hint else None, hint.urgency_confidence if hint else 0, case.urgency),
            actor=actor,
            at=at,
        )
    return case


def confirm_transfer(*, case_id: int, actor: Actor, at: datetime, agency_id: int | None, **given: Any) -> Case:
    """Transfer a case and keep the suggested agency beside the chosen one."""
    with transaction.atomic():
        case = cases.transfer(case_id=case_id, actor=actor, at=at, agency_id=agency_id, **given)
        hint = _hint(case_id)
        said, sure = (hint.agency_id, hint.agency_confidence) if hint else (None, 0)
        _keep(case_id, hint, ("agency", said, sure, agency_id), actor=actor, at=at)
    return case


def confirm_duplicate(*, case_id: int, actor: Actor, at: datetime, into_id: int | None, **given: Any) -> Case:
    """Merge a repeat, and keep whether the model had found it."""
    with transaction.atomic():
        case = cases.merge(case_id=case_id, actor=actor, at=at, into_id=into_id, **given)
        hint = _hint(case_id)
        found = into_id if hint is not None and into_id in hint.duplicates else None
        _keep(case_id, hint, ("duplicate", found, 1.0 if found else 0, into_id), actor=actor, at=at)
    return case


def confirm_feedback(*, case_id: int, actor: Actor, at: datetime, reason: str, **given: Any) -> Case:
    """It is no complaint or denunciation: the ordinary way goes on."""
    return _decide(case_id, actor, at, False, cases.lift, reason=reason, **given)


def confirm_diversion(*, case_id: int, actor: Actor, at: datetime, diversion: str, guidance: str, **given: Any) -> Case:
    """It is a complaint or a denunciation."""
    return _decide(case_id, actor, at, True, cases.divert, diversion=diversion, guidance=guidance, **given)


def _decide(case_id: int, actor: Actor, at: datetime, is_one: bool, act: Any, **given: Any) -> Case:
    with transaction.atomic():
        case: Case = act(case_id=case_id, actor=actor, at=at, **given)
        hint = _hint(case_id)
        said, sure = (hint.denunciation_suspected, hint.denunciation_confidence) if hint else (None, 0)
        _keep(case_id, hint, ("denunciation", said, sure, is_one), actor=actor, at=at)
    return case
