"""Reads of indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from langnghe.plans.models import Indicator, PlanDocument, Reading
from langnghe.plans.rules_indicators import Assessment, Level, Point, Why, assess, goals, start_of


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator with the readings that count (oldest first) and how it stands. `history` has the replaced too."""

    indicator: Indicator
    readings: Sequence[Reading]
    standing: Assessment
    start: Point | None
    history: Sequence[Reading] = field(default=())

    @property
    def level(self) -> Level:
        """As the pure rules take it."""
        return level_of(self.indicator)

    @property
    def why(self) -> Why | None:
        """Why there is no level at all to reach."""
        return goals(self.level)[1]


def level_of(indicator: Indicator) -> Level:
    """An indicator as the pure rules take it. `document` must be there."""
    return Level(
        op=indicator.op,
        value=indicator.value,
        value_high=indicator.value_high,
        baseline=indicator.baseline,
        baseline_year=indicator.baseline_year,
        due_on=indicator.due_on,
        started_on=indicator.document.issued_on,
        unit=indicator.unit,
        less_is_better=indicator.less_is_better,
        increase=indicator.increase,
    )


def of_plan(document: PlanDocument, *, today: date) -> list[Measured]:
    """The indicators of a plan, in its order, with how each stands. Two queries."""
    counted = Reading.objects.filter(replaced_by=None).select_related("person").order_by("on", "id")
    rows = (
        Indicator.objects.filter(document=document)
        .select_related("agency", "document")
        .prefetch_related(Prefetch("readings", counted))
        .order_by("id")
    )
    return [_measured(row, list(row.readings.all()), today=today) for row in rows]


def page(indicator_id: int, *, today: date) -> Measured | None:
    """One indicator with every reading, the replaced ones too; None when there is none. Two queries."""
    row = Indicator.objects.filter(pk=indicator_id).select_related("agency", "document__agency").first()
    if row is None:
        return None
    history = list(Reading.objects.filter(indicator=row).select_related("person").order_by("on", "id"))
    return _measured(row, [one for one in history if one.replaced_by_id is None], today=today, history=history)


def _measured(row: Indicator, readings: Sequence[Reading], *, today: date, history: Sequence[Reading] = ()) -> Measured:
    points = [Point(one.on, one.value) for one in readings]
    level = level_of(row)
    return Measured(row, readings, assess(level, points, today=today), start_of(level, points), history)
