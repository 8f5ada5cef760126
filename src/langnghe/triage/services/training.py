"""Training: the city's own confirmed cases, and the labelled texts from before the system, make a new model."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from langnghe.agencies.models import Agency
from langnghe.cases.models import Case, Field
from langnghe.triage.model import COMMUNE, Example, Route, train
from langnghe.triage.models import ModelVersion, TrainingText
from langnghe.triage.selectors import urgent_signs

MOST = 20_000
"""At most so many of the newest confirmed cases are learned from."""


def train_anew(*, at: datetime) -> ModelVersion | None:
    """Train on everything confirmed and make the new model the one that suggests. None when there is nothing to
    learn. Only in the worker: it takes seconds to minutes and much memory."""
    examples = gather()
    if len(examples) < 30:
        return None
    fields = list(Field.objects.select_related("default_agency"))
    bundle = train(
        examples,
        hints={field.code: [field.name, *field.keywords] for field in fields},
        routes={
            field.code: Route(field.default_agency.code if field.default_agency else "", field.commune_first)
            for field in fields
        },
        signs=urgent_signs(at.date()),
    )
    with transaction.atomic():
        known = ModelVersion.objects.filter(version=bundle.version).first()
        ModelVersion.objects.filter(active=True).exclude(version=bundle.version).update(active=False)
        if known is not None:
            known.active = True
            known.save(update_fields=["active"])
            return known
        return ModelVersion.objects.create(
            version=bundle.version, trained_at=at, examples=len(examples), metrics=bundle.metrics,
            bundle=bundle.to_bytes(), active=True,
        )  # fmt: skip


def gather() -> list[Example]:
    """Everything that a person has confirmed, the labelled texts first."""
    communes = set(Agency.objects.filter(kind="commune").values_list("code", flat=True))

    def place(code: str | None) -> str:
        return COMMUNE if code in communes else code or ""

    texts = [
        Example(
            text=row["text"], title=row["title"], regime=row["regime"], field=row["field__code"],
            agency=place(row["agency__code"]), urgency=row["urgency"], diverted=row["denunciation"],
        )
        for row in TrainingText.objects.order_by("pk").values(
            "text", "title", "regime", "field__code", "agency__code", "urgency", "denunciation"
        )
    ]  # fmt: skip
    confirmed = (
        Case.objects.exclude(state__in=["received", "clarifying", "withdrawn", "merged", "diverted"])
        .filter(field__isnull=False, sender__erased_at=None)
        .order_by("-received_at")
        .values("body", "title", "regime", "field__code", "agency__code", "urgency")[:MOST]
    )
    cases = [
        Example(
            text=row["body"], title=row["title"], regime=row["regime"], field=row["field__code"],
            agency=place(row["agency__code"]), urgency=row["urgency"],
        )
        for row in confirmed
    ]  # fmt: skip
    ended = Case.objects.filter(state="diverted", sender__erased_at=None)
    diverted = ended.order_by("-received_at").values("body", "title", "regime")[:2000]
    others = [
        Example(text=row["body"], title=row["title"], regime=row["regime"], field="", diverted=True) for row in diverted
    ]
    return [*texts, *cases, *others]
