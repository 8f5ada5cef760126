"""The slow, obvious way to count a term: minute by minute and day by day, with the calendar as plain sets.

Nothing here is taken from the package. It is what a clerk with a wall calendar and a watch would do.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

ONE_DAY = dt.timedelta(days=1)
ONE_MINUTE = dt.timedelta(minutes=1)


@dataclass
class Wall:
    """A wall calendar: opening times as (hour, minute) pairs, red days, and rest days that are worked."""

    times: list[tuple[tuple[int, int], tuple[int, int]]]
    rest: set[int]  # Python weekdays
    red: set[dt.date] = field(default_factory=set)
    worked: set[dt.date] = field(default_factory=set)

    def works(self, day: dt.date) -> bool:
        if day in self.red:
            return False
        if day in self.worked:
            return True
        return day.weekday() not in self.rest

    def minute_is_worked(self, at: dt.datetime) -> bool:
        if not self.works(at.date()):
            return False
        clock = (at.hour, at.minute)
        return any(a <= clock < b for a, b in self.times)


Stops = list[tuple[dt.datetime, dt.datetime]]


def day_is_stopped(day: dt.date, stops: Stops) -> bool:
    """A pause leaves out the days after its first day, up to and including its last."""
    return any(first.date() < day <= last.date() for first, last in stops)


def end_of_working_days(amount: int, start: dt.datetime, wall: Wall, stops: Stops) -> tuple[dt.date, list[dt.date]]:
    """The last day of the term, and every day after the first that was not counted."""
    left_out = []
    day = start.date()
    while amount:
        day = day + ONE_DAY
        if wall.works(day) and not day_is_stopped(day, stops):
            amount = amount - 1
        else:
            left_out.append(day)
    return day, left_out


def end_of_calendar_days(amount: int, start: dt.datetime, wall: Wall, stops: Stops) -> dt.date:
    day = start.date()
    while amount:
        day = day + ONE_DAY
        if not day_is_stopped(day, stops):
            amount = amount - 1
    while not wall.works(day) or day_is_stopped(day, stops):
        day = day + ONE_DAY
    return day


def end_of_working_minutes(minutes: int, start: dt.datetime, wall: Wall, stops: Stops) -> dt.datetime:
    """The end of the last minute that had to be worked."""
    at = start
    while True:
        stopped = any(first <= at < last for first, last in stops)
        if wall.minute_is_worked(at) and not stopped:
            minutes = minutes - 1
            if minutes == 0:
                return at + ONE_MINUTE
        at = at + ONE_MINUTE


def worked_minutes_of_days(days: list[dt.date], wall: Wall, zone: dt.tzinfo) -> list[dt.datetime]:
    """Every worked minute of the given days, in order."""
    minutes = []
    for day in days:
        at = dt.datetime.combine(day, dt.time(), zone)
        for _ in range(24 * 60):
            if wall.minute_is_worked(at):
                minutes.append(at)
            at = at + ONE_MINUTE
    return minutes
