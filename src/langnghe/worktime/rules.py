"""How a term is counted: pure functions, without database, clock or settings.

The rules (Civil Code 2015, articles 147 and 148, where a rule says nothing else):

* a term in **working days** leaves out the day on which it begins and ends at 24:00 of its last day. The close of
  work of that day is the target to keep. A pause leaves out the days after its first day, up to and including its last;
* a term in **working hours** runs from the moment of sending, or from the next opening, and ends at the exact moment
  at which the hours have been worked. A pause leaves out the working time that lies in it;
* a term in **calendar days** leaves out the first day too; when its last day is a day off, it moves to the next
  working day.

All moments are aware; results are in Asia/Ho_Chi_Minh and in whole seconds. 24:00 is held as 23:59:59 of the day that
ends, so that its date is the day a person names; :func:`is_late` therefore compares whole seconds.
"""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
MAX_AMOUNT: Final = 10_000
"""No law knows a longer term; a bound keeps a slip of the keyboard from counting for minutes."""
MAX_IDLE_DAYS: Final = 3_660
"""After so many days in a row without work the calendar is taken to be wrong."""

WEEKDAYS_VI: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WEEKDAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Unit(enum.StrEnum):
    """The unit of a term."""

    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    CALENDAR_DAYS = "calendar_days"


class TermError(ValueError):
    """The term, the pauses or the calendar cannot be counted with."""


class StandsStillError(TermError):
    """A pause that has no end yet stops the term before it is used up, so there is no due moment."""

    def __init__(self, since: datetime) -> None:
        super().__init__(f"the term stands still since {since.isoformat()}")
        self.since = since


@dataclass(frozen=True, slots=True)
class DayNote:
    """Why a day is off, or why a day that would be off is worked."""

    reason: str
    reason_en: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Hours:
    """The working week from a date on: periods in minutes from midnight (0 to 1440), ISO weekdays 1 to 7."""

    valid_from: date
    periods: tuple[tuple[int, int], ...]
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})

    def __post_init__(self) -> None:
        last = 0
        if not self.periods:
            raise TermError("working hours need at least one period")
        for opens, closes in self.periods:
            if not last <= opens < closes <= 1440:
                raise TermError("working periods must follow each other within one day")
            last = closes
        if not self.weekdays or not self.weekdays <= frozenset(range(1, 8)):
            raise TermError("weekdays are numbered 1 (Monday) to 7 (Sunday)")


def parse_periods(text: str) -> tuple[tuple[int, int], ...]:
    """Periods such as ``08:00-12:00,13:30-17:30`` as minutes from midnight; raises TermError."""
    periods: list[tuple[int, int]] = []
    for part in text.split(","):
        opens, dash, closes = part.strip().partition("-")
        try:
            if not dash:
                raise ValueError
            periods.append((_minutes(opens), _minutes(closes)))
        except ValueError:
            raise TermError(f"cannot read the working period {part.strip()!r}") from None
    return tuple(periods)


def format_periods(periods: Iterable[tuple[int, int]]) -> str:
    """The inverse of :func:`parse_periods`."""
    return ",".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in periods)


def _minutes(text: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    if not colon or not (hours.isdigit() and minutes.isdigit()) or int(minutes) > 59:
        raise ValueError(text)
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days and hours are worked: weekly hours, days off, and days worked in exchange (usually Saturdays)."""

    hours: tuple[Hours, ...]
    off: Mapping[date, DayNote] = field(default_factory=dict)
    working: Mapping[date, DayNote] = field(default_factory=dict)
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _worked: dict[int, tuple[int, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    """For a year that was asked about: how many working days it has up to and including each of its days."""

    def __post_init__(self) -> None:
        if not self.hours:
            raise TermError("a calendar needs working hours")
        ordered = tuple(sorted(self.hours, key=lambda item: item.valid_from))
        object.__setattr__(self, "hours", ordered)
        object.__setattr__(self, "_starts", tuple(item.valid_from for item in ordered))
        if both := self.off.keys() & self.working.keys():
            raise TermError(f"{min(both)} is both a day off and a working day")

    def hours_on(self, day: date) -> Hours:
        """The weekly hours that apply on a day (those that came first also apply before their date)."""
        return self.hours[max(bisect_right(self._starts, day) - 1, 0)]

    def is_working(self, day: date) -> bool:
        """Whether the offices work on a day."""
        if day in self.off:
            return False
        return day in self.working or day.isoweekday() in self.hours_on(day).weekdays

    def periods(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working periods of a day, empty on a day off."""
        if not self.is_working(day):
            return ()
        start = midnight(day)
        return tuple(
            (start + timedelta(minutes=a), start + timedelta(minutes=b)) for a, b in self.hours_on(day).periods
        )

    def opening(self, day: date) -> datetime:
        """When work opens, or would open, on a day."""
        return midnight(day) + timedelta(minutes=self.hours_on(day).periods[0][0])

    def closing(self, day: date) -> datetime:
        """When work closes, or would close, on a day."""
        return midnight(day) + timedelta(minutes=self.hours_on(day).periods[-1][1])

    def is_open(self, at: datetime) -> bool:
        """Whether a moment lies in working hours (the closing minute itself does not)."""
        at = local(at)
        return any(a <= at < b for a, b in self.periods(at.date()))

    def next_working_day(self, day: date) -> date:
        """The first working day after a day."""
        for _ in range(MAX_IDLE_DAYS):
            day += DAY
            if self.is_working(day):
                return day
        raise TermError("the calendar has no working day")

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after one day, up to and including another."""
        if until <= after:
            return 0
        whole_years = sum(self._worked_in(year)[-1] for year in range(after.year, until.year))
        return whole_years + self._worked_until(until) - self._worked_until(after)

    def _worked_until(self, day: date) -> int:
        return self._worked_in(day.year)[day.timetuple().tm_yday - 1]

    def _worked_in(self, year: int) -> tuple[int, ...]:
        found = self._worked.get(year)
        if found is None:
            first = date(year, 1, 1)
            days = (date(year, 12, 31) - first).days + 1
            found = self._worked[year] = tuple(accumulate(self.is_working(first + DAY * n) for n in range(days)))
        return found

    def next_opening(self, at: datetime) -> datetime:
        """The moment itself when the offices are open, else the next moment at which they open."""
        at = local(at)
        day = at.date()
        for _ in range(MAX_IDLE_DAYS):
            for opens, closes in self.periods(day):
                if at < closes:
                    return max(at, opens)
            day += DAY
        raise TermError("the calendar has no working day")


@dataclass(frozen=True, slots=True)
class Term:
    """How long: an amount of a unit."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or not 1 <= self.amount <= MAX_AMOUNT:
            raise TermError(f"a term is between 1 and {MAX_AMOUNT}")


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a term does not run: from a moment to a moment, or open (``end`` None)."""

    start: datetime
    end: datetime | None
    reason: str = "tạm dừng"
    reason_en: str = "paused"


SkipKind = Literal["weekly", "off", "pause"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A time that was not counted, and why. ``end`` is the first moment after it."""

    start: datetime
    end: datetime
    kind: SkipKind
    reason: str
    reason_en: str

    @property
    def first_day(self) -> date:
        return self.start.date()

    @property
    def last_day(self) -> date:
        return last_moment(self.end).date()

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first_day + DAY * n for n in range((self.last_day - self.first_day).days + 1))


@dataclass(frozen=True, slots=True)
class Counted:
    """A day that is usually off and was counted, and why (a working day in exchange for another)."""

    day: date
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Due:
    """When a term ends, what to aim at, when to remind, and what was left out on the way."""

    start: datetime
    due_at: datetime
    due_date: date
    target_at: datetime
    half_at: datetime
    eighty_at: datetime
    skipped: tuple[Skipped, ...]
    counted_specially: tuple[Counted, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing: moments in ISO 8601 at +07:00, 24:00 as 23:59:59."""
        return {
            "start": self.start.isoformat(),
            "due": self.due_at.isoformat(),
            "due_date": self.due_date.isoformat(),
            "target": self.target_at.isoformat(),
            "half": self.half_at.isoformat(),
            "eighty": self.eighty_at.isoformat(),
            "skipped": [
                {
                    "from": item.start.isoformat(),
                    "to": last_moment(item.end).isoformat(),
                    "kind": item.kind,
                    "reason": item.reason,
                    "reason_en": item.reason_en,
                }
                for item in self.skipped
            ],
            "counted": [
                {"date": item.day.isoformat(), "reason": item.reason, "reason_en": item.reason_en}
                for item in self.counted_specially
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Due:
        """The inverse of :meth:`to_json`."""
        return cls(
            start=local(datetime.fromisoformat(data["start"])),
            due_at=local(datetime.fromisoformat(data["due"])),
            due_date=date.fromisoformat(data["due_date"]),
            target_at=local(datetime.fromisoformat(data["target"])),
            half_at=local(datetime.fromisoformat(data["half"])),
            eighty_at=local(datetime.fromisoformat(data["eighty"])),
            skipped=tuple(
                Skipped(
                    start=local(datetime.fromisoformat(item["from"])),
                    end=_first_after(local(datetime.fromisoformat(item["to"]))),
                    kind=item["kind"],
                    reason=item["reason"],
                    reason_en=item["reason_en"],
                )
                for item in data["skipped"]
            ),
            counted_specially=tuple(
                Counted(day=date.fromisoformat(item["date"]), reason=item["reason"], reason_en=item["reason_en"])
                for item in data["counted"]
            ),
        )


def local(at: datetime) -> datetime:
    """A moment in Vietnamese time, in whole seconds; raises TermError for a naive one."""
    if at.tzinfo is None:
        raise TermError("a moment needs a time zone")
    return at.astimezone(ZONE).replace(microsecond=0)


def midnight(day: date) -> datetime:
    """00:00 of a day."""
    return datetime.combine(day, time.min, ZONE)


def last_moment(end: datetime) -> datetime:
    """How an end is written: midnight belongs to the day that ends, as 23:59:59."""
    return end - SECOND if end.time() == time.min else end


def _first_after(shown: datetime) -> datetime:
    return shown + SECOND if shown.time() == time(23, 59, 59) else shown


def end_of_day(day: date) -> datetime:
    """24:00 of a day, held as 23:59:59."""
    return datetime.combine(day, time(23, 59, 59), ZONE)


def is_late(due_at: datetime, at: datetime) -> bool:
    """Whether a moment is after the due moment, both taken in whole seconds."""
    return local(at) > local(due_at)


def compute(
    term: Term, start: datetime, calendar: WorkCalendar, pauses: Iterable[Pause] = (), extension: int = 0
) -> Due:
    """When a term that begins at ``start`` ends.

    ``extension`` is added in the unit of the term. Pauses may overlap, begin before the start or be empty. Raises
    StandsStillError when an open pause stops the term, TermError when input or calendar cannot be counted with.
    """
    if extension < 0 or extension > MAX_AMOUNT:
        raise TermError(f"an extension is between 0 and {MAX_AMOUNT}")
    try:
        begin = local(start)
        stops = _clean(pauses)
        amount = term.amount + extension
        if term.unit is Unit.WORKING_HOURS:
            return _hours(amount, begin, calendar, stops)
        return _days(amount, begin, calendar, stops, calendar_days=term.unit is Unit.CALENDAR_DAYS)
    except OverflowError:
        raise TermError("the dates are out of range") from None


def on_date(day: date, start: datetime, calendar: WorkCalendar, *, past: bool = False) -> Due:
    """A promise for a given date, with the same marks as a term: half and 80 % of the working time until then. A day
    that was over at the start is refused, or (`past`) kept as one that no time ran towards."""
    begin, end = local(start), end_of_day(day)
    if day < begin.date():
        if not past:
            raise TermError("the date lies before the start")
        return Due(begin, end, day, calendar.closing(day), end, end, (), ())
    worked = [begin.date() + DAY * n for n in range((day - begin.date()).days + 1)]
    segments = [(max(a, begin), b) for d in worked for a, b in calendar.periods(d) if b > begin]
    if segments:
        half, eighty = _marks(segments)
    else:
        half = eighty = end
    return Due(begin, end, day, calendar.closing(day), half, eighty, (), ())


# --- pauses ---------------------------------------------------------------------------------------------------------


def _clean(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in order, in Vietnamese time, without empty ones, overlapping and touching ones made one."""
    stops: list[Pause] = []
    for pause in pauses:
        begin, end = local(pause.start), None if pause.end is None else local(pause.end)
        if end is not None and end < begin:
            raise TermError("a pause ends before it begins")
        if begin != end:
            stops.append(Pause(begin, end, pause.reason, pause.reason_en))
    stops.sort(key=lambda stop: stop.start)
    merged: list[Pause] = []
    for stop in stops:
        before = merged[-1] if merged else None
        if before is None or (before.end is not None and before.end < stop.start):
            merged.append(stop)
            continue
        end = None if before.end is None or stop.end is None else max(before.end, stop.end)
        same = before.reason == stop.reason
        reason = before.reason if same else f"{before.reason}; {stop.reason}"
        reason_en = before.reason_en if same else f"{before.reason_en}; {stop.reason_en}"
        merged[-1] = Pause(before.start, end, reason, reason_en)
    return merged


# --- days -----------------------------------------------------------------------------------------------------------


def _days(amount: int, begin: datetime, calendar: WorkCalendar, stops: Sequence[Pause], *, calendar_days: bool) -> Due:
    counted = idle = 0
    worked: list[date] = []
    special: list[Counted] = []
    left_out: list[tuple[date, SkipKind, str, str]] = []
    queue = list(reversed(stops))
    day = begin.date()
    while True:
        day += DAY
        while queue and (last := queue[-1].end) is not None and last.date() < day:
            queue.pop()
        stop = queue[-1] if queue and queue[-1].start.date() < day else None
        working = calendar.is_working(day)
        if stop is not None:
            if stop.end is None:
                raise StandsStillError(stop.start)
            left_out.append((day, "pause", stop.reason, stop.reason_en))
            continue
        idle = 0 if working else idle + 1
        if idle > MAX_IDLE_DAYS:
            raise TermError("the calendar has no working day")
        if working:
            worked.append(day)
            if note := calendar.working.get(day):
                special.append(Counted(day, note.reason, note.reason_en))
        if calendar_days:
            counted += 1
            if counted >= amount and working:
                break
            if counted >= amount:
                left_out.append((day, *_why_off(calendar, day)))
        elif working:
            counted += 1
            if counted == amount:
                break
        else:
            left_out.append((day, *_why_off(calendar, day)))
    half, eighty = _marks([period for day_ in worked for period in calendar.periods(day_)])
    return Due(
        start=begin,
        due_at=end_of_day(day),
        due_date=day,
        target_at=calendar.closing(day),
        half_at=half,
        eighty_at=eighty,
        skipped=_runs(left_out),
        # In calendar days every day counts, so a day worked in exchange explains nothing.
        counted_specially=() if calendar_days else tuple(special),
    )


def _why_off(calendar: WorkCalendar, day: date) -> tuple[SkipKind, str, str]:
    note = calendar.off.get(day)
    return ("weekly", "", "") if note is None else ("off", note.reason, note.reason_en)


def _runs(days: Sequence[tuple[date, SkipKind, str, str]]) -> tuple[Skipped, ...]:
    """Neighbouring days with one reason made one; a weekly rest is named by its weekdays."""
    runs: list[tuple[date, date, SkipKind, str, str]] = []
    for day, kind, reason, reason_en in days:
        if runs and runs[-1][1] + DAY == day and runs[-1][2:] == (kind, reason, reason_en):
            runs[-1] = (runs[-1][0], day, kind, reason, reason_en)
        else:
            runs.append((day, day, kind, reason, reason_en))
    result: list[Skipped] = []
    for first, last, kind, reason, reason_en in runs:
        if kind == "weekly":
            numbers = sorted({(first + DAY * n).weekday() for n in range((last - first).days + 1)})
            reason = ", ".join(WEEKDAYS_VI[n] for n in numbers)
            reason_en = ", ".join(WEEKDAYS_EN[n] for n in numbers)
        result.append(Skipped(midnight(first), midnight(last + DAY), kind, reason, reason_en or reason))
    return tuple(result)


# --- hours ----------------------------------------------------------------------------------------------------------


def _hours(amount: int, begin: datetime, calendar: WorkCalendar, stops: Sequence[Pause]) -> Due:
    needed = timedelta(hours=amount)
    done = timedelta()
    segments: list[tuple[datetime, datetime]] = []
    for opens, closes in _open_segments(begin, calendar, stops):
        if done + (closes - opens) >= needed:
            ends = opens + (needed - done)
            segments.append((opens, ends))
            break
        done += closes - opens
        segments.append((opens, closes))
    half, eighty = _marks(segments)
    due_at = last_moment(ends)
    special = tuple(
        Counted(day, note.reason, note.reason_en)
        for day in sorted({opens.date() for opens, _ in segments} & calendar.working.keys())
        if (note := calendar.working[day])
    )
    return Due(
        start=begin,
        due_at=due_at,
        due_date=due_at.date(),
        target_at=due_at,
        half_at=half,
        eighty_at=eighty,
        skipped=_skipped_between(begin, due_at, calendar, stops),
        counted_specially=special,
    )


def _open_segments(
    begin: datetime, calendar: WorkCalendar, stops: Sequence[Pause]
) -> Iterator[tuple[datetime, datetime]]:
    """Working time from a moment on, without the pauses, endlessly; raises StandsStillError at an open pause."""
    day, idle = begin.date(), 0
    while True:
        periods = calendar.periods(day)
        idle = 0 if periods else idle + 1
        if idle > MAX_IDLE_DAYS:
            raise TermError("the calendar has no working day")
        for opens, closes in periods:
            at = max(opens, begin)
            for stop in stops:
                if stop.start >= closes or at >= closes:
                    break
                if stop.end is not None and stop.end <= at:
                    continue
                if stop.start > at:
                    yield at, stop.start
                if stop.end is None:
                    raise StandsStillError(stop.start)
                at = max(at, stop.end)
            if at < closes:
                yield at, closes
        day += DAY


def _skipped_between(
    begin: datetime, due_at: datetime, calendar: WorkCalendar, stops: Sequence[Pause]
) -> tuple[Skipped, ...]:
    pauses = [
        Skipped(max(stop.start, begin), min(stop.end, due_at), "pause", stop.reason, stop.reason_en)
        for stop in stops
        if stop.end is not None and stop.end > begin and stop.start < due_at
    ]
    first, last = begin.date(), due_at.date()
    off = [
        (day, *_why_off(calendar, day))
        for day in (first + DAY * n for n in range((last - first).days + 1))
        if not calendar.is_working(day)
    ]
    result = list(pauses)
    for run in _runs(off):
        at = run.start
        for pause in pauses:
            if pause.end <= at or pause.start >= run.end:
                continue
            if pause.start > at:
                result.append(Skipped(at, pause.start, run.kind, run.reason, run.reason_en))
            at = pause.end
        if at < run.end:
            result.append(Skipped(at, run.end, run.kind, run.reason, run.reason_en))
    return tuple(sorted(result, key=lambda item: item.start))


def _marks(segments: Sequence[tuple[datetime, datetime]]) -> tuple[datetime, datetime]:
    """The moments at which half and 80 % of the working time of the segments have passed (rounded down to a second)."""
    total = sum(((b - a) for a, b in segments), timedelta()) // SECOND
    marks: list[datetime] = []
    for share in (total // 2, total * 4 // 5):
        left = timedelta(seconds=share)
        for opens, closes in segments:
            if left <= closes - opens:
                marks.append(opens + left)
                break
            left -= closes - opens
    return marks[0], marks[1]
