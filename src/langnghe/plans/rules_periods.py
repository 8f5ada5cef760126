"""Pure rules of the periods of personal work plans (B6): week, month, quarter, year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["week", "month", "quarter", "year"]
KINDS: tuple[Kind, ...] = ("week", "month", "quarter", "year")
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both within. A week begins on Monday."""

    kind: Kind
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def number(self) -> int:
        """The number of the week (ISO 8601), month or quarter in its year; the year itself."""
        if self.kind == "week":
            return self.first.isocalendar().week
        if self.kind == "month":
            return self.first.month
        return (self.first.month + 2) // 3 if self.kind == "quarter" else self.first.year

    @property
    def year(self) -> int:
        """The year it belongs to (a week: that of its Thursday)."""
        return self.first.isocalendar().year if self.kind == "week" else self.first.year

    @property
    def before(self) -> Period:
        """The period before it."""
        return period_of(self.kind, self.first - timedelta(days=1))

    @property
    def after(self) -> Period:
        """The period after it."""
        return period_of(self.kind, self.last + timedelta(days=1))


def period_of(kind: Kind, day: date) -> Period:
    """The period of that kind which holds the day."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    start = (day.month - 1) // months * months + 1
    first = date(day.year, start, 1)
    return Period(kind, first, _next_month(day.year, start + months - 1) - timedelta(days=1))


def _next_month(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)


def day_of(text: str, default: date) -> date:
    """A day out of an address; `default` for what is none, or lies outside the years that a page can show."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return default
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else default
