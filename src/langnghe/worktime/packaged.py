"""The calendar and the deadline rules that come with the program, for a command that has no database.

The demo city is loaded from the same files. Nothing here needs settings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from langnghe.worktime.rules import DayNote, Hours, Term, Unit, WorkCalendar, parse_periods

__all__ = ["PackagedRule", "calendar", "calendar_data", "parse_calendar", "rules", "rules_data"]


@dataclass(frozen=True, slots=True)
class PackagedRule:
    """A deadline rule of the file; the fields are those of the model."""

    code: str
    step: str
    regime: str
    urgency: str
    amount: int
    unit: Unit
    valid_from: date
    valid_to: date | None
    source: str
    assumed: bool
    note: str

    @property
    def term(self) -> Term:
        return Term(self.amount, self.unit)

    def applies_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def calendar_data() -> dict[str, Any]:
    """The file of the calendar as it is."""
    return _read("calendar.json")


def rules_data() -> dict[str, Any]:
    """The file of the deadline rules as it is."""
    return _read("deadline_rules.json")


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("langnghe.demo").joinpath("data", name).read_text("utf-8"))
    return data


@cache
def calendar() -> WorkCalendar:
    """The calendar of the file."""
    return parse_calendar(calendar_data())


def parse_calendar(data: Mapping[str, Any]) -> WorkCalendar:
    """A calendar out of a file's data; raises KeyError, ValueError or TermError where the data is wrong."""
    return WorkCalendar(
        hours=tuple(
            Hours(date.fromisoformat(row["valid_from"]), parse_periods(row["periods"]), frozenset(row["weekdays"]))
            for row in data["hours"]
        ),
        off=_notes(row for row in data["days"] if row["kind"] == "off"),
        working=_notes(row for row in data["days"] if row["kind"] == "working"),
    )


def _notes(rows: Iterable[Mapping[str, Any]]) -> dict[date, DayNote]:
    return {
        date.fromisoformat(row["date"]): DayNote(row["reason"], row.get("reason_en", ""), row["confirmed"])
        for row in rows
    }


@cache
def rules() -> tuple[PackagedRule, ...]:
    """The deadline rules of the file."""
    return tuple(
        PackagedRule(
            code=row["code"],
            step=row["step"],
            regime=row["regime"],
            urgency=row["urgency"],
            amount=row["amount"],
            unit=Unit(row["unit"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=None if row["valid_to"] is None else date.fromisoformat(row["valid_to"]),
            source=row["source"],
            assumed=row["assumed"],
            note=row["note"],
        )
        for row in rules_data()["rules"]
    )
