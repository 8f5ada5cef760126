"""Phrases of time once found: what belongs together, which of several gives a task its deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.register import Term


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of time: what it means, where it stands in the view, whether it is explicit, and how sure the "
    "reading is."""

    term: Term
    start: int
    end: int
    explicit: bool = True
    sure: float = 0.95
    free: bool = False
    """It counts wherever it stands, though it is not explicit."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is needed to read a phrase without a year: the plan's year, and the day it was issued."""

    year: int | None = None
    issued: date | None = None


# "mỗi năm một lần, xong trước ngày 31/01 (của năm sau)": the day of the year said right behind the rhythm.
_DATE_BEHIND: Final = re.compile(
    r"[\s,(]*(?:một lần|1 lần|01 lần)?[\s,(]*(?:xong|hoàn thành|báo cáo|gửi|kết thúc)?\s*"
    r"(?P<before>trước|chậm nhất(?: là)?|muộn nhất(?: là)?|vào)\s+(?:ngày\s+)?(?P<day>\d{1,2})\s?(?:/|tháng)\s?"
    r"(?P<month>\d{1,2})(?!\s?[/\d]|\s+năm\s+\d)(?:\s+(?:của\s+)?năm (?:kế tiếp|tiếp theo|sau|liền kề))?"
)
_UNTIL: Final = re.compile(r"\s*(?:,\s*)?(?:đến|tới|-|–)\s*(?:hết\s+|cuối\s+)*$")
_OPENED: Final = re.compile(r"\btừ\s+(?:ngày\s+|đầu\s+|tháng\s+)*$")
_LASTS: Final = re.compile(r"(?:đến hết|đến cuối|đến|tới|hết)\b")


def joined(view: View, found: Sequence[Phrase], calendar: Calendar) -> list[Phrase]:
    """Phrases with what belongs to them: the day behind a rhythm, the end of a stretch of time; years gone by left
    out."""
    out: list[Phrase] = []
    for one in found:
        one = _with_weekday(view, _with_date(view, _with_day(view, one)))
        if _gone(view, one, calendar):
            continue
        if out and _stretch(view, out[-1], one):
            first = out.pop()
            begin = view.low.rfind("từ", 0, first.start)
            one = replace(one, start=begin, term=replace(one.term, quote=view.words(begin, one.end)))
        out.append(one)
    return out


def _with_date(view: View, one: Phrase) -> Phrase:
    if one.term.rrule != "FREQ=YEARLY":
        return one
    found = _DATE_BEHIND.match(view.low, one.end)
    if not found or not (1 <= int(found["day"]) <= 31 and 1 <= int(found["month"]) <= 12):
        return one
    rule = f"FREQ=YEARLY;BYMONTH={int(found['month'])};BYMONTHDAY={int(found['day'])}"
    term = Term("recurring", None, found["before"] == "trước", rule, view.words(one.start, found.end()))
    return replace(one, term=term, end=found.end(), sure=0.8)


_WEEKDAY_BEHIND: Final = re.compile(
    r"[\s,(]*(?:vào\s+|trước\s+)?(?:(?:chiều|sáng|ngày)\s+)?"
    r"thứ (?P<day>hai|ba|tư|năm|sáu|bảy|[2-7])\b(?! (?:của|trong))"
)
_WEEKDAYS: Final = {"hai": "MO", "ba": "TU", "tư": "WE", "năm": "TH", "sáu": "FR", "bảy": "SA"}


def _with_weekday(view: View, one: Phrase) -> Phrase:
    """ "Hằng tuần vào chiều thứ Sáu": the day of the week said right behind the rhythm."""
    found = _WEEKDAY_BEHIND.match(view.low, one.end) if one.term.rrule == "FREQ=WEEKLY" else None
    if not found:
        return one
    day = found["day"]
    name = ("MO", "TU", "WE", "TH", "FR", "SA")[int(day) - 2] if day.isdigit() else _WEEKDAYS[day]
    quote = view.words(one.start, found.end())
    term = Term("recurring", None, "trước" in found[0], f"FREQ=WEEKLY;BYDAY={name}", quote)
    return replace(one, term=term, end=found.end(), sure=0.8)


def _gone(view: View, one: Phrase, calendar: Calendar) -> bool:
    """ "tồn đọng từ trước năm 2013": a year before the plan's is nobody's term."""
    if one.term.type != "year" or one.term.value is None or calendar.issued is None:
        return False
    words = view.low[max(0, one.start - 4) : one.start + 6]
    return bool(re.search(r"\btừ\s|\btrước\s", words)) and one.term.value < date(calendar.issued.year, 1, 1)


def _stretch(view: View, first: Phrase, last: Phrase) -> bool:
    """ "từ quý IV/2023 đến hết quý II/2024": both ends of one stretch; its term is the last."""
    kinds = ("date", "month", "quarter")
    if first.term.type not in kinds or last.term.type not in kinds or last.start < first.end:
        return False
    if not _OPENED.search(view.low[max(0, first.start - 16) : first.start]) and not view.low.startswith(
        "từ", first.start
    ):
        return False
    between = view.low[first.end : last.start]
    return bool(_UNTIL.fullmatch(between)) or not between.strip() and bool(_LASTS.match(view.low, last.start))


_DAY_ALONE: Final = re.compile(
    r"[^.;]{0,160}?\b(?P<before>trước|vào|chậm nhất(?: là)?|"
    r"muộn nhất(?: là)?)\s+ngày\s+(?P<day>\d{1,2})(?!\s?[/.\-]?\s?\d|"
    r"\s+(?:của\s+)?tháng (?!sau|kế|tiếp)|\s+của (?!tháng))"
)


def _with_day(view: View, one: Phrase) -> Phrase:
    """ "Hằng tháng … trước ngày 15": the day said later in the sentence belongs to the month."""
    if one.term.rrule != "FREQ=MONTHLY":
        return one
    found = _DAY_ALONE.match(view.low, one.end)
    if not found or not 1 <= int(found["day"]) <= 31:
        return one
    rule = f"FREQ=MONTHLY;BYMONTHDAY={int(found['day'])}"
    term = Term("recurring", None, found["before"] == "trước", rule, view.words(one.start, found.end()))
    return replace(one, term=term, sure=0.8)


def stronger(one: Phrase, other: Phrase) -> bool:
    """Of two readings of the same words: recurring with a day beats a date, and the longer beats the shorter."""
    return (bool(one.term.rrule), one.explicit, one.end - one.start) > (
        bool(other.term.rrule),
        other.explicit,
        other.end - other.start,
    ) and one.end >= other.end


_EVERY: Final = {"DAILY": 1.0, "WEEKLY": 7.0, "MONTHLY": 365.0 / 12, "YEARLY": 365.0}


def frequency(term: Term) -> float:
    """Days between two times of a recurring term; rules without a period count as rare."""
    if not term.rrule:
        return 1e6
    parts = dict(part.partition("=")[::2] for part in term.rrule.split(";"))
    days = _EVERY.get(parts.get("FREQ", ""), 365.0) * int(parts.get("INTERVAL", "1"))
    if "BYMONTH" in parts:
        return 365.0 / (parts["BYMONTH"].count(",") + 1)
    return days


def chosen(found: Iterable[Phrase]) -> Phrase | None:
    """The phrase that gives a task its deadline: explicit before vague, dates in their order, the most frequent "
    "rhythm."""
    ranked = list(found)
    explicit = [one for one in ranked if one.explicit]
    if not explicit:
        return min(ranked, key=lambda one: (one.term.type != "ongoing", one.start), default=None)
    recurring = [one for one in explicit if one.term.type == "recurring"]
    fixed = [one for one in explicit if one.term.type != "recurring"]
    own = recurring and (recurring[0].term.quote or "").lower().startswith("định kỳ")
    if own or recurring and "BYMONTHDAY" in (recurring[0].term.rrule or ""):
        fixed = [one for one in fixed if one.start < recurring[0].start]
    if fixed and (not recurring or fixed[0].start <= recurring[0].start or fixed[0].term.type == "date"):
        return next((one for one in fixed if one.term.type == "date"), fixed[0])
    recurring = _first_cluster(recurring)
    return min(recurring, key=lambda one: (frequency(one.term), "BYMONTHDAY" not in (one.term.rrule or ""), one.start))


def _first_cluster(recurring: list[Phrase]) -> list[Phrase]:
    """If the first rhythm is the act's own ("Định kỳ …"), only those that follow it closely belong to the act."""
    first = recurring[0]
    if not (first.term.quote or "").lower().startswith(("định kỳ", "hằng", "hàng", "trước", "ngày")):
        return recurring
    out = [first]
    for one in recurring[1:]:
        if one.start - out[-1].end > 40:
            break
        out.append(one)
    return out


def same(one: Term | None, other: Term | None) -> bool:
    """Whether two deadlines are the same but for their words."""
    if one is None or other is None:
        return one is other
    return (one.type, one.value, one.before, one.rrule) == (other.type, other.value, other.before, other.rrule)
