"""When somebody is reminded of a deadline, and who: pure functions.

At half and at 80 % of the working time the handler; at the deadline (the close of work of the last day, or the moment
at which working hours end) the handler and the agency's head; every working day after it, from the opening of work,
the handler and the city office. On the morning of the last day (`today`) the handler, where a room asks for it. Whoever
was not reminded in time, because nothing ran, gets the latest mark only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from langnghe.worktime.rules import WorkCalendar

HALF: Final = "half"
EIGHTY: Final = "eighty"
DUE: Final = "due"
OVERDUE: Final = "overdue"
TODAY: Final = "today"
RANK: Final = {HALF: 0, EIGHTY: 1, TODAY: 2, DUE: 3, OVERDUE: 4}

HANDLER: Final = "handler"
HEAD: Final = "head"
CITY_OFFICE: Final = "city_office"


@dataclass(frozen=True, slots=True)
class Marks:
    """The moments of a deadline at which somebody is reminded."""

    half_at: datetime
    eighty_at: datetime
    target_at: datetime
    due_date: date
    remind_from: datetime
    """Earlier marks belong to the time before an extension."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A reminder that is owed: at which mark, on which day, to whom."""

    step: str
    day: date
    audience: str

    @property
    def order(self) -> tuple[date, int]:
        """Later marks of one audience compare greater."""
        return self.day, RANK[self.step]


def owed(marks: Marks, at: datetime, calendar: WorkCalendar) -> list[Mark]:
    """The latest mark of each audience that has come by a moment."""
    handler: Mark | None = None
    result: list[Mark] = []
    for step, mark_at in ((HALF, marks.half_at), (EIGHTY, marks.eighty_at)):
        if marks.remind_from <= mark_at <= at:
            handler = Mark(step, mark_at.date(), HANDLER)
    if marks.target_at <= at:
        handler = Mark(DUE, marks.due_date, HANDLER)
        result.append(Mark(DUE, marks.due_date, HEAD))
    day = at.date()
    if day > marks.due_date and calendar.is_working(day) and at >= calendar.opening(day):
        handler = Mark(OVERDUE, day, HANDLER)
        result.append(Mark(OVERDUE, day, CITY_OFFICE))
    return [handler, *result] if handler else result


def next_mark(marks: Marks, at: datetime, calendar: WorkCalendar) -> datetime:
    """The first moment after `at` at which a reminder is owed."""
    for mark_at in (marks.half_at, marks.eighty_at):
        if mark_at > at and mark_at >= marks.remind_from:
            return mark_at
    if marks.target_at > at:
        return marks.target_at
    day = max(marks.due_date, at.date())
    if day > marks.due_date and calendar.is_working(day) and calendar.opening(day) > at:
        return calendar.opening(day)
    return calendar.opening(calendar.next_working_day(day))
