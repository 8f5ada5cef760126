"""Pure rules of indicators (C7): which level a target means, and whether the readings are on course for it.

The expected level follows a straight line from the baseline (31 December of its year, or the plan's own day) to the
target on its due day. Plans write "tăng ít nhất 5%" and do not say whether that is per cent of the baseline or
percentage points: where no person has said it, both levels are given, with the one that is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

UP_OPS = frozenset({">=", ">", "="})
DOWN_OPS = frozenset({"<=", "<"})
RISE_OPS = frozenset({"increase_pct", "range_increase_pct"})
FALL_OPS = frozenset({"decrease_pct", "range_decrease_pct"})
RANK_OPS = frozenset({"increase_rank"})
SLACK = 1e-9
"""Levels closer than this, relative to their size, are the same level."""


class Course(StrEnum):
    """How an indicator stands."""

    REACHED = "reached"
    REACHED_LATE = "reached_late"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    SHORT = "short"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why it can't be told whether an indicator is on course."""

    NO_TARGET = "no_target"
    NO_LEVEL = "no_level"
    NO_BASELINE = "no_baseline"
    NO_READING = "no_reading"
    NO_START = "no_start"


@dataclass(frozen=True, slots=True)
class Level:
    """An indicator as the plan sets it. `started_on`: the plan's day, where the baseline has no year. `increase`:
    "points" or "percent" when a person has said what an increase counts, else ''."""

    op: str
    value: float | None = None
    value_high: float | None = None
    baseline: float | None = None
    baseline_year: int | None = None
    due_on: date | None = None
    started_on: date | None = None
    unit: str = ""
    less_is_better: bool = False
    increase: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A level on a day."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Goal:
    """A level to reach. `high`: the upper end of a range, to strive for. `reading`: "points" or "percent" where the
    plan leaves it open, else ''. `beyond`: the level itself is not enough (>, <, a better rank)."""

    low: float
    high: float | None = None
    down: bool = False
    reading: str = ""
    beyond: bool = False

    def reached(self, value: float) -> bool:
        """Whether the level is reached."""
        slack = SLACK * max(1.0, abs(self.low), abs(value))
        gap = (self.low - value) if self.down else (value - self.low)
        return gap > slack if self.beyond else gap >= -slack


@dataclass(frozen=True, slots=True)
class Assessment:
    """What can be said. `goal` is the one that was assumed, `other` the other way to read the plan's words.
    `expected`: the level that the line asks for on the day of `latest`. `reached_on`: the day, where that was late."""

    course: Course
    goal: Goal | None = None
    other: Goal | None = None
    latest: Point | None = None
    expected: float | None = None
    why: Why | None = None
    reached_on: date | None = None


def goals(level: Level) -> tuple[list[Goal], Why | None]:
    """The levels that the target can mean, the assumed one first; none, with the reason, when there is no number."""
    op, value, base = level.op, level.value, level.baseline
    if not op:
        return [], Why.NO_TARGET
    if op in RANK_OPS:
        # "Tăng 5 bậc": five ranks better than before; "tăng hạng": any better one. A rank to reach is "<=".
        if base is None or not _finite(value):
            return [], Why.NO_BASELINE
        return [Goal(base - value, down=True) if value else Goal(base, down=True, beyond=True)], None
    if value is None or not _finite(value, level.value_high):
        return [], Why.NO_LEVEL
    if op in DOWN_OPS:
        return [Goal(value, down=True, beyond=op == "<")], None
    if op in UP_OPS:
        down = op == "=" and (level.less_is_better if base is None or base == value else base > value)
        return [Goal(value, down=down, beyond=op == ">")], None
    if op in RISE_OPS | FALL_OPS:
        if base is None:
            return [], Why.NO_BASELINE
        sign = -1.0 if op in FALL_OPS else 1.0
        high = level.value_high

        def made(reading: str) -> Goal:
            def at(step: float) -> float:
                grown = step if reading == "points" else abs(base or 0.0) * step / 100
                return (base or 0.0) + sign * grown

            return Goal(at(value), None if high is None else at(high), down=sign < 0, reading=reading)

        if level.increase:
            return [made(level.increase)], None
        first = assumed_increase(level.unit)
        return [made(first), made("percent" if first == "points" else "points")], None
    return [], Why.NO_LEVEL


def counts_increase(op: str) -> bool:
    """Whether the target is a step up or down from the baseline, by so many per cent or points."""
    return op in RISE_OPS | FALL_OPS


def assumed_increase(unit: str) -> str:
    """What "tăng 5%" is taken for while nobody has said: "points" of a unit on a hundred, else "percent"."""
    return "points" if on_a_hundred(unit) else "percent"


def on_a_hundred(unit: str) -> bool:
    """Whether a unit counts to a hundred, so that "tăng 5%" is taken for five points: per cent, points of 100."""
    plain = unit.casefold().replace(" ", "")
    return "%" in plain or "/100" in plain or "phầntrăm" in plain


def expected(level: Level, goal: Goal, on: date, *, start: Point | None) -> float | None:
    """The level that the line from `start` to the goal's due day asks for on a day; None without start or due day."""
    if start is None or level.due_on is None or goal.beyond and level.op in RANK_OPS:
        return None
    span = (level.due_on - start.on).days
    share = 1.0 if span <= 0 else min(1.0, max(0.0, (on - start.on).days / span))
    return start.value + (goal.low - start.value) * share


def start_of(level: Level, readings: Sequence[Point]) -> Point | None:
    """Where the line begins: the baseline; without one the first reading, when others came after it."""
    if level.baseline is not None:
        if level.baseline_year:
            return Point(date(level.baseline_year, 12, 31), level.baseline)
        first = min((point.on for point in readings), default=None)
        begun = level.started_on or first
        return Point(begun, level.baseline) if begun is not None else None
    days = sorted(readings, key=lambda point: point.on)
    return days[0] if len({point.on for point in days}) > 1 else None


def late_on(goal: Goal, readings: Sequence[Point], *, due_on: date | None) -> date | None:
    """The day on which a level that is reached now was reached after its last day; None when it was reached in time:
    when it has no last day, or the last level up to that day was enough."""
    days = sorted(readings, key=lambda point: point.on)
    if due_on is None:
        return None
    in_time = [point for point in days if point.on <= due_on]
    if in_time and goal.reached(in_time[-1].value):
        return None
    run: date | None = None
    for point in days[len(in_time) :]:
        run = (run or point.on) if goal.reached(point.value) else None
    return run


def assess(level: Level, readings: Sequence[Point], *, today: date) -> Assessment:
    """Whether the newest reading is where it should be on its own day. Total: any level, any readings."""
    found, why = goals(level)
    latest = max(readings, key=lambda point: point.on, default=None)
    if not found:
        return Assessment(Course.UNKNOWN, latest=latest, why=why)
    goal, other = found[0], found[1] if len(found) > 1 else None
    if latest is None:
        return Assessment(Course.UNKNOWN, goal, other, why=Why.NO_READING)
    start = start_of(level, readings)
    line = expected(level, goal, latest.on, start=start)

    def said(course: Course, reason: Why | None = None) -> Assessment:
        return Assessment(course, goal, other, latest, line, reason)

    if goal.reached(latest.value):
        day = late_on(goal, readings, due_on=level.due_on)
        return replace(said(Course.REACHED if day is None else Course.REACHED_LATE), reached_on=day)
    if level.due_on is not None and today > level.due_on:
        return said(Course.MISSED)
    if level.op in RANK_OPS or level.due_on is None:
        return said(Course.SHORT)
    if line is None:
        return said(Course.UNKNOWN, Why.NO_START)
    slack = SLACK * max(1.0, abs(line), abs(latest.value))
    ahead = (line - latest.value) if goal.down else (latest.value - line)
    return said(Course.ON_COURSE if ahead >= -slack else Course.BEHIND)


def _finite(*values: float | None) -> bool:
    return all(value is None or math.isfinite(value) for value in values)
