"""Pure rules of plans: periods of recurring tasks, the day on which a share is due, progress, on-time figures."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateutil.rrule import rrule, rrulestr
from django.utils.translation import gettext as _

from langnghe.worktime.format import long_date, short_date

DAY: Final = timedelta(days=1)
SEARCH_YEARS: Final = 12
"""A rule that names no day within so many years names none."""


# --- periods of recurring tasks ---------------------------------------------------------------------------------------


@lru_cache(maxsize=2000)
def _parts(rule: str) -> dict[str, str] | None:
    """The parts of a recurrence rule (RFC 5545) in capitals; None when the text is none."""
    text = rule.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in filter(None, text.split(";")):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            return None
        parts[name] = value
    known = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "UNTIL", "WKST"}
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"} or not parts.keys() <= known:
        return None
    if not re.fullmatch(r"[1-9]\d{0,2}", parts.get("INTERVAL", "1")):
        return None
    return parts


def _numbers(parts: Mapping[str, str], name: str) -> list[int]:
    return [int(item) for item in parts.get(name, "").split(",") if re.fullmatch(r"[+-]?\d{1,2}", item)]


def _until(parts: Mapping[str, str]) -> date | None:
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", parts.get("UNTIL", ""))
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


@lru_cache(maxsize=2000)
def _recurrence(rule: str, year: int) -> rrule | None:
    """The rule as one that names the due day of each period, counted from `year` on; None when it cannot be read.

    A rule holds only what the plan says. Where it says no day, a period is due on its last: the week's Friday, the
    last day of the month, of every Nth month of the year (a quarter's third, a half year's sixth), of the year.
    """
    parts = _parts(rule)
    if parts is None:
        return None
    interval = int(parts.get("INTERVAL", "1"))
    frequency = parts["FREQ"]
    made = {"FREQ": frequency, "INTERVAL": str(interval)}
    made.update({name: parts[name] for name in ("BYDAY", "BYSETPOS") if name in parts})
    start = datetime.combine(date(year, 1, 1), datetime.min.time())
    if frequency == "WEEKLY":
        made.setdefault("BYDAY", "FR")
        start -= timedelta(days=start.weekday())
    elif frequency in ("MONTHLY", "YEARLY"):
        in_months = sorted({month for month in _numbers(parts, "BYMONTH") if 1 <= month <= 12})
        if frequency == "YEARLY" and interval == 1:
            # By month, so that a day that a month lacks becomes its last day.
            frequency, made["FREQ"] = "MONTHLY", "MONTHLY"
            in_months = in_months or [12]
        elif frequency == "YEARLY":
            in_months = in_months or [12]
        elif not in_months and 12 % interval == 0:
            in_months = list(range(interval, 13, interval))
            made["INTERVAL"] = "1"
        if in_months:
            made["BYMONTH"] = ",".join(map(str, in_months))
        if "BYDAY" not in parts:
            days = [day for day in _numbers(parts, "BYMONTHDAY") if 1 <= abs(day) <= 31] or [-1]
            if len(days) == 1 and days[0] > 28 and made["FREQ"] == "MONTHLY":
                made["BYMONTHDAY"] = ",".join(str(day) for day in range(28, days[0] + 1))
                made["BYSETPOS"] = "-1"
            else:
                made["BYMONTHDAY"] = ",".join(map(str, days))
    try:
        found = rrulestr(";".join(f"{name}={value}" for name, value in made.items()), dtstart=start)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None
    return found if isinstance(found, rrule) else None


def is_rule(rule: str) -> bool:
    """Whether a text is a recurrence rule that periods can be made from."""
    return _recurrence(rule, 2024) is not None


@lru_cache(maxsize=8192)
def next_due(rule: str, *, after: date, until: date | None = None, anchor: date | None = None) -> date | None:
    """The first due day of a recurring task after a day; None when the rule has ended, names no day or is no rule.

    `until` is the last day of the plan. `anchor`, the plan's date, says from which year periods of several years (or
    of months that do not divide the year) run.
    """
    parts = _parts(rule)
    if parts is None:
        return None
    ends = [day for day in (_until(parts), until) if day is not None]
    last = min([*ends, date(min(after.year + SEARCH_YEARS, 9998), 12, 31)])
    year = after.year
    if anchor is not None and int(parts.get("INTERVAL", "1")) > 1:
        year = min(year, anchor.year)
    found = _recurrence(rule, min(max(year, 1990), 9990))
    if found is None or last <= after:
        return None
    # Bounded, since a rule may name a day that no year has.
    bounded = found.replace(until=datetime.combine(last, datetime.max.time()))
    moment = bounded.after(datetime.combine(after, datetime.max.time()))
    return moment.date() if moment is not None else None


def dues_between(rule: str, *, first: date, last: date, anchor: date | None = None, limit: int = 400) -> list[date]:
    """The due days of a recurring task from one day to another, at most `limit`."""
    found: list[date] = []
    day = next_due(rule, after=first - DAY, until=last, anchor=anchor)
    while day is not None and len(found) < limit:
        found.append(day)
        day = next_due(rule, after=day, until=last, anchor=anchor)
    return found


_ROMAN: Final = ("I", "II", "III", "IV")


def period_name(rule: str, due: date) -> str:
    """What the period is called that is due on a day: “tuần 12/2026”, “tháng 3/2026”, “quý II/2026”, “6 tháng đầu năm
    2026”, “năm 2026”; the day itself for other rules."""
    parts = _parts(rule)
    if parts is None:
        return f"{due:%d/%m/%Y}"
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    in_months = sorted(set(_numbers(parts, "BYMONTH")))
    if frequency == "WEEKLY":
        year, week, _weekday = due.isocalendar()
        return _("tuần %(week)s/%(year)s") % {"week": week, "year": year}
    if frequency == "YEARLY" or (frequency == "MONTHLY" and (in_months or interval > 1)):
        count = len(in_months) if in_months else (1 if frequency == "YEARLY" else 12 // max(interval, 1))
        if count == 4:
            return _("quý %(quarter)s/%(year)s") % {"quarter": _ROMAN[(due.month - 1) // 3], "year": due.year}
        if count == 2:
            if due.month <= 6:
                return _("6 tháng đầu năm %(year)s") % {"year": due.year}
            return _("năm %(year)s") % {"year": due.year}
        if count <= 1:
            return _("năm %(year)s") % {"year": due.year}
        return _("tháng %(month)s/%(year)s") % {"month": due.month, "year": due.year}
    if frequency == "MONTHLY":
        return _("tháng %(month)s/%(year)s") % {"month": due.month, "year": due.year}
    return f"{due:%d/%m/%Y}"


# --- the day on which a share is due ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timing:
    """The term of a task as the plan words it."""

    kind: str
    on: date | None = None
    before: bool = False
    rule: str = ""
    issued: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class DueDay:
    """The day that the plan states, and the last day on which the work is in time."""

    stated: date
    last: date


def due_day(timing: Timing, *, on: date, before_counts: bool = False) -> DueDay | None:
    """When a share that is given on a day is due; None for terms without a day and for rules that have ended.

    “Trước ngày D” ends with the day before D; with `before_counts` with D itself (a setting of the city).
    """
    stated = timing.on
    if timing.kind in ("none", "ongoing"):
        return None
    if timing.kind == "recurring":
        back = 1 if timing.before and not before_counts else 0
        stated = next_due(timing.rule, after=on + DAY * (back - 1), until=timing.ends, anchor=timing.issued)
    if stated is None:
        return None
    return DueDay(stated, stated - DAY if timing.before and not before_counts else stated)


def explain_due(
    day: date,
    *,
    stated: date | None,
    before: bool,
    words: str,
    closed: str | None,
    last_working: date,
    language: str = "vi",
    told: bool = False,
) -> str:
    """Until when (not where that is `told` beside it), and why, in sentences.

    `stated` is the day in the plan (None: the term was set anew), `closed` the reason why the offices are closed on the
    last day ('' for a weekend, None when they work).
    """
    vi = language == "vi"
    text = [] if told else [("Hết ngày %s." if vi else "Until the end of %s.") % long_date(day, language)]
    if stated is None:
        text.append("Hạn đã được đặt lại so với kế hoạch." if vi else "The term was set anew after the plan.")
    elif before and day < stated:
        text.append(
            f"Kế hoạch ghi “trước ngày {short_date(stated)}”, nên ngày cuối cùng là ngày liền trước."
            if vi
            else f"The plan says “before {short_date(stated, language)}”, so the last day is the day before."
        )
    elif words:
        text.append(f"Kế hoạch ghi: “{words}”." if vi else f"The plan says: “{words}”.")
    if closed is not None:
        reason = f" ({closed})" if closed else ""
        text.append(
            f"Ngày này cơ quan nghỉ{reason}; ngày làm việc cuối cùng trước hạn là {long_date(last_working)}."
            if vi
            else f"The offices are closed on that day{reason}; "
            f"the last working day before it is {long_date(last_working, language)}."
        )
    return " ".join(text)


# --- the tree of a plan -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def section_labels(path: str) -> tuple[str, ...]:
    """The labels of the sections in which a task stands, by its printed path: `II.1.a` stands in II and II.1,
    `II.1/-2` too, `kết` in none."""
    place, bar, _rest = path.partition("/")
    labels = [part.strip(" []") for part in place.partition("#")[0].split(".") if part.strip(" []")]
    return tuple(labels if bar else labels[:-1])


# --- what a task is called --------------------------------------------------------------------------------------------

_CLAUSE: Final = re.compile(r"(?<=[.;:!?])\s+|\s+(?=[-+•]\s)")


def title_of(text: str, limit: int = 160) -> str:
    """A short name for a task out of its text: its first clause, cut at a word."""
    plain = " ".join(text.split()).strip(" -+•*.;:,/")
    if not plain:
        return ""
    first = _CLAUSE.split(plain, maxsplit=1)[0].rstrip(" .;:,/")
    chosen = first if len(first) >= 12 else plain
    if len(chosen) <= limit:
        return chosen
    cut = chosen[: limit - 1]
    head = cut.rpartition(" ")[0] if " " in cut and not chosen[limit - 1].isspace() else cut
    return head.rstrip(" .;:,") + "…"


# --- progress ---------------------------------------------------------------------------------------------------------


def task_percent(leads: Sequence[int], partners: Sequence[int] = ()) -> int:
    """The progress of a task: the mean of its leads' shares, of its partners' where no lead is left; whole per cent,
    rounded down so that only what is wholly done shows 100."""
    shares = leads or partners
    return sum(shares) // len(shares) if shares else 0


def plan_percent(tasks: Iterable[tuple[int, int]]) -> int:
    """The progress of a plan out of (per cent, weight) of its tasks: the weighted mean, rounded down."""
    rows = list(tasks)
    total = sum(weight for _percent, weight in rows)
    return sum(percent * weight for percent, weight in rows) // total if total else 0


# --- on time ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnTime:
    """What was due in a period, and what became of it: done in time, done late, still owed after its term, still owed
    within it; and `lapsed`: passed undone, then extended, taken back or passed on."""

    done_on_time: int = 0
    done_late: int = 0
    open_late: int = 0
    open_not_due: int = 0
    lapsed: int = 0

    @property
    def due(self) -> int:
        """All that was due in the period."""
        return self.judged + self.open_not_due

    @property
    def judged(self) -> int:
        """What there is to judge: all whose term is over, or that is done."""
        return self.done_on_time + self.done_late + self.open_late + self.lapsed

    @property
    def rate(self) -> float | None:
        """Per cent in time of what there is to judge; None when there is nothing. What is open and late counts against
        it, and so does what lapsed: leaving work undone never looks better than doing it late."""
        return 100 * self.done_on_time / self.judged if self.judged else None

    def __add__(self, other: OnTime) -> OnTime:
        return OnTime(
            self.done_on_time + other.done_on_time,
            self.done_late + other.done_late,
            self.open_late + other.open_late,
            self.open_not_due + other.open_not_due,
            self.lapsed + other.lapsed,
        )


def month_bounds(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date(year, month, 1), date(year, month, months.monthrange(year, month)[1])
