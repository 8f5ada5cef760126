"""Readings of indicators, and what the register could not say about them: who measures, until when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.ledger import services as ledger
from langnghe.plans.models import Indicator, Reading
from langnghe.plans.models.indicators import IncreaseBy
from langnghe.workflow.actor import Actor

KIND = "indicator"
READERS = frozenset({"focal_point", "handler", "head"})
"""Roles of the indicator's agency that may enter a reading; the owner of the plan sets the terms."""

OLDEST = date(1990, 1, 1)
MOST = 1e12


def may_read(indicator: Indicator, actor: Actor) -> bool:
    """Whether the actor may enter readings: the city office, the agency that measures, the owner of the plan."""
    if actor.kind == "system" or actor.role == "coordinator":
        return True
    return actor.role in READERS and actor.agency_id in (indicator.agency_id, indicator.document.agency_id)


def may_mend(indicator: Indicator, actor: Actor) -> bool:
    """Whether the actor may set terms: the city office, and the owner of the plan."""
    if actor.kind == "system" or actor.role == "coordinator":
        return True
    return actor.role in ("focal_point", "head") and actor.agency_id == indicator.document.agency_id


def add_reading(*, indicator_id: int, on: date, value: float, source: str, actor: Actor, at: datetime) -> Reading:
    """Enter a level that was measured on a day, with its source.

    A second level of the same day is refused: the first is to be corrected. Raises ActError.
    """
    with transaction.atomic():
        indicator = _lock(indicator_id, actor)
        _check(on=on, value=value, source=source, at=at)
        if Reading.objects.filter(indicator=indicator, on=on, replaced_by=None).exists():
            raise ActError(_("Ngày này đã có số liệu. Hãy sửa số liệu đó."), field="on")
        reading = Reading.objects.create(
            indicator=indicator, on=on, value=value, source=source.strip(), person_id=actor.person_id, at=at
        )
        _record(indicator, "reading", actor, at, reading)
    return reading


def correct_reading(*, reading_id: int, on: date, value: float, source: str, actor: Actor, at: datetime) -> Reading:
    """Put a corrected reading in the place of an earlier one, which stays on record. Raises ActError."""
    with transaction.atomic():
        found = Reading.objects.filter(pk=reading_id).first()
        if found is None:
            raise ActError(_("Không có số liệu này."))
        indicator = _lock(found.indicator_id, actor)
        old = Reading.objects.select_for_update().get(pk=reading_id)
        if old.replaced_by_id is not None:
            raise ActError(_("Số liệu này vừa được người khác sửa. Hãy xem lại."))
        _check(on=on, value=value, source=source, at=at)
        if Reading.objects.filter(indicator=indicator, on=on, replaced_by=None).exclude(pk=old.pk).exists():
            raise ActError(_("Ngày này đã có số liệu. Hãy sửa số liệu đó."), field="on")
        # One reading a day counts: the old one steps aside (replaced by itself) before the new one is there.
        Reading.objects.filter(pk=old.pk).update(replaced_by=old.pk)
        reading = Reading.objects.create(
            indicator=indicator, on=on, value=value, source=source.strip(), person_id=actor.person_id, at=at
        )
        Reading.objects.filter(pk=old.pk).update(replaced_by=reading)
        _record(indicator, "correct", actor, at, reading, {"replaces": old.pk, "before": old.value})
    return reading


def mend(*, indicator_id: int, changes: Mapping[str, Any], actor: Actor, at: datetime) -> Indicator:
    """Set what the plan's text leaves open: `agency_id`, `baseline`, `baseline_year`, `due_on`, `less_is_better`,
    `increase` ("points", "percent", or '' to leave it to the unit).

    Raises ActError when the actor may not, or for a day before the plan's own.
    """
    allowed = {"agency_id", "baseline", "baseline_year", "due_on", "less_is_better", "increase"}
    unknown = set(changes) - allowed
    if unknown:
        raise ValueError(f"not to be set: {sorted(unknown)}")
    with transaction.atomic():
        indicator = Indicator.objects.select_for_update(of=("self",)).select_related("document").get(pk=indicator_id)
        if not may_mend(indicator, actor):
            raise ActError(_("Ông/bà không có quyền làm việc này."))
        due, issued = changes.get("due_on"), indicator.document.issued_on
        if due is not None and issued is not None and due < issued:
            raise ActError(_("Hạn phải sau ngày ban hành kế hoạch."), field="due_on")
        if changes.get("increase", "") not in ("", *IncreaseBy.values):
            raise ActError(_("Hãy chọn cách tính mức tăng."), field="increase")
        base = changes.get("baseline")
        if base is not None and (not math.isfinite(base) or abs(base) > MOST):
            raise ActError(_("Hãy ghi một số."), field="baseline")
        changed = {name: value for name, value in changes.items() if getattr(indicator, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(indicator, name, value)
            indicator.save(update_fields=[name.removesuffix("_id") for name in changed])
            plain = {name: value.isoformat() if isinstance(value, date) else _plain(value)
                     for name, value in changed.items()}  # fmt: skip
            ledger.record(kind=KIND, subject_id=indicator.pk, act="mend", actor=actor, at=at, data=plain)
    return indicator


def _lock(indicator_id: int, actor: Actor) -> Indicator:
    indicator = (
        Indicator.objects.select_for_update(of=("self",)).select_related("document").filter(pk=indicator_id).first()
    )
    if indicator is None:
        raise ActError(_("Không có chỉ tiêu này."))
    if not may_read(indicator, actor):
        raise ActError(_("Ông/bà không có quyền làm việc này."))
    return indicator


def _check(*, on: date, value: float, source: str, at: datetime) -> None:
    if on > at.date():
        raise ActError(_("Ngày đo không thể ở tương lai."), field="on")
    if on < OLDEST:
        raise ActError(_("Hãy xem lại năm của ngày đo."), field="on")
    if not math.isfinite(value) or abs(value) > MOST:
        raise ActError(_("Hãy ghi một số."), field="value")
    if not source.strip():
        raise ActError(_("Hãy ghi nguồn số liệu."), field="source")


def _record(
    indicator: Indicator, act: str, actor: Actor, at: datetime, reading: Reading, more: Mapping[str, Any] | None = None
) -> None:
    data = {"reading": reading.pk, "on": reading.on.isoformat(), "value": _plain(reading.value), **(more or {})}
    data = {name: _plain(value) for name, value in data.items()}
    ledger.record(kind=KIND, subject_id=indicator.pk, act=act, actor=actor, at=at, data=data)


def _plain(value: Any) -> Any:
    """Numbers with a fraction go into the ledger as text, so that their form never depends on a machine."""
    return repr(value) if isinstance(value, float) else value
