"""Suggesting: new cases get field, agency, urgency, likely repeats, and the suspicion of a denunciation. In the
worker.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Agency
from langnghe.cases import services as cases
from langnghe.cases.models import Case, Field
from langnghe.triage.model import ModelBundle, Prediction, predict
from langnghe.triage.models import ModelVersion, Suggestion
from langnghe.triage.selectors import duplicates_of, urgent_signs
from langnghe.workflow.actor import SYSTEM

log = logging.getLogger(__name__)

PASSED_ON = ("clarifying", "classified", "transferred")
RECENT = timedelta(days=14)
"""A case that a quick coordinator has passed on is still looked at, for the suspicion of a denunciation."""

_bundles: dict[str, ModelBundle] = {}


def _active() -> tuple[ModelVersion, ModelBundle] | None:
    """The active model; its numbers are read once a process and version."""
    row = ModelVersion.objects.defer("bundle").filter(active=True).first()
    if row is None:
        return None
    if row.version not in _bundles:
        _bundles.clear()
        data = ModelVersion.objects.values_list("bundle", flat=True).get(pk=row.pk)
        _bundles[row.version] = ModelBundle.from_bytes(bytes(data))
    return row, _bundles[row.version]


def suggest_waiting(*, at: datetime, limit: int = 100) -> int:
    """Suggest for new cases that have no suggestion of the active model yet. Returns how many.

    Any number of workers may do this at once: each takes other cases. What looks like a complaint or a denunciation is
    narrowed to the named few in the same transaction.
    """
    active = _active()
    if active is None:
        return 0
    model, bundle = active
    done = 0
    while done < limit:
        with transaction.atomic():
            has_one = Suggestion.objects.filter(case_id=OuterRef("pk"), model=model)
            case = (
                Case.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(~Exists(has_one))
                .filter(Q(state="received") | Q(state__in=PASSED_ON, received_at__gte=at - RECENT))
                .order_by("due_at", "id")
                .select_related("commune")
                .first()
            )
            if case is None:
                break
            # Another worker may have let go of the row between the search and the lock.
            if not Suggestion.objects.filter(case=case, model=model).exists():
                _suggest(case, model, bundle, at=at)
        done += 1
    return done


def _suggest(case: Case, model: ModelVersion, bundle: ModelBundle, *, at: datetime) -> None:
    commune = case.commune.code if case.commune is not None else ""
    try:
        made: Prediction = predict(
            bundle, case.body, title=case.title, regime=case.regime, commune_agency=commune,
            signs=urgent_signs(at.date()),
        )  # fmt: skip
    except Exception:
        # One text that the model cannot read must not keep all others waiting; it abstains, and the log says why.
        log.exception("no suggestion for case %s", case.pk)
        Suggestion.objects.create(case=case, model=model, made_at=at)
        return
    Suggestion.objects.create(
        case=case,
        model=model,
        made_at=at,
        regime=made.regime.value,
        regime_confidence=made.regime.confidence,
        field=Field.objects.filter(code=made.field.value).first() if made.field.value else None,
        field_confidence=made.field.confidence,
        agency=Agency.objects.filter(code=made.agency.value).first() if made.agency.value else None,
        agency_confidence=made.agency.confidence,
        urgency=made.urgency.value,
        urgency_confidence=made.urgency.confidence,
        urgency_words=list(made.signs),
        denunciation_confidence=made.diversion.confidence,
        denunciation_suspected=made.diversion.suspected,
        denunciation_words=list(made.diversion.words),
        duplicates=[repeat.case.pk for repeat in duplicates_of(case, at=at)],
        best_guess={"field": made.field.best, "agency": made.agency.best, "urgency": made.urgency.best},
    )
    # Whoever lifted a restriction has decided; the model does not suspect the same case twice.
    if made.diversion.suspected and not case.restricted and not case.diversions.exists():
        words = ", ".join(made.diversion.words) or _("cách viết")
        reason = _("Máy nghi là khiếu nại, tố cáo: %(words)s") % {"words": words}
        try:
            cases.restrict(case_id=case.pk, actor=SYSTEM, at=at, reason=reason)
        except ActError:
            return
