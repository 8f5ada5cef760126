"""Dates, numbers and codes as people read and say them, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext

from langnghe.worktime import format as forms
from langnghe.worktime.rules import local

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
# How the letters of codes are said on the telephone in Vietnamese.
_LETTERS = {
    "A": "a", "B": "bê", "C": "xê", "D": "dê", "E": "e", "F": "ép", "G": "gờ", "H": "hát", "J": "gi", "K": "ca",
    "M": "em mờ", "N": "en nờ", "P": "pê", "Q": "quy", "R": "e rờ", "S": "ét", "T": "tê", "V": "vê",
    "W": "vê kép", "X": "ích", "Y": "i dài", "Z": "dét",
}  # fmt: skip


def language() -> str:
    """The active language as `worktime.format` takes it: "vi" or "en"."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def _day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def vietnamese(text: str) -> str:
    """A text of the city that exists in Vietnamese only: on English pages it says so to those who have it read out."""
    return format_html('<span lang="vi">{}</span>', text) if text and language() == "en" else text


def city_text(values: Mapping[str, Any], code: str) -> str:
    """A text that the city set (`code`), in English where the city has set `code_en`; else marked as Vietnamese."""
    english = str(values.get(f"{code}_en", "")) if language() == "en" else ""
    return english or vietnamese(str(values.get(code, "")))


def long_date(value: date | datetime) -> str:
    """A day with its weekday: "thứ Năm, 26/02/2026"."""
    return forms.long_date(_day(value), language())


def short_date(value: date | datetime) -> str:
    """A day in figures: "26/02/2026"."""
    return forms.short_date(_day(value), language())


def clock_time(value: datetime) -> str:
    """Hour and minute: "09:15"."""
    return forms.time_of_day(value, language())


def moment(value: date | datetime) -> str:
    """Hour, weekday and day: "09:15 thứ Năm, 26/02/2026"; a date shows the day alone."""
    return forms.moment(value, language()) if isinstance(value, datetime) else long_date(value)


def due_moment(value: date | datetime) -> str:
    """By when: "hết ngày thứ Ba, 08/09/2026" for a date or a term that ends at 24:00, else the moment."""
    if isinstance(value, datetime):
        return forms.due_moment(value, language())
    return gettext("hết ngày %(day)s") % {"day": long_date(value)}


def number(value: int | float | Decimal | str, places: int | None = None) -> str:
    """A number with the language's separators: 1.795 and 79,73; `places` decimals (default: as many as given)."""
    if type(value) is int and not places:
        return forms.number(value, 0, language()).replace("-", "−")
    exact = Decimal(str(value))
    if places is None:
        places = max(0, -int(exact.normalize().as_tuple().exponent))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return forms.number(rounded, places, language()).replace("-", "−")


def percent(value: int | float | Decimal | str, places: int = 2) -> str:
    """A value that is already in percent: 79.73 as "79,73%"."""
    return f"{number(value, places)}%"


def ratio(numerator: int, denominator: int, places: int = 2) -> str:
    """numerator / denominator as a percentage; "–" where nothing was counted."""
    if not denominator:
        return "–"
    return percent(Decimal(numerator) * 100 / Decimal(denominator), places)


def file_size(size: int) -> str:
    """A size in bytes as people read it: "12 KB", "3,4 MB"."""
    if size < 1024 * 1024:
        return f"{number(max(1, round(size / 1024)))} KB"
    # One decimal, and none where it would be 0: "3,4 MB", "20 MB".
    return f"{number((Decimal(size) / (1024 * 1024)).quantize(Decimal('0.1')))} MB"


def time_left(days: int, due: date | datetime | None = None, *, over: bool = False) -> str:
    """How much is left, in signed working days: "còn 3 ngày làm việc", "hết hôm nay", and over it "2 ngày làm việc"."""
    if over and days:
        return ngettext("%(days)s ngày làm việc", "%(days)s ngày làm việc", abs(days)) % {"days": abs(days)}
    if days > 0:
        return ngettext("còn %(days)s ngày làm việc", "còn %(days)s ngày làm việc", days) % {"days": days}
    timed = isinstance(due, datetime) and (local(due).hour, local(due).minute) != (23, 59)
    if over:
        return gettext("từ %(time)s") % {"time": clock_time(due)} if timed and isinstance(due, datetime) else ""
    if timed and isinstance(due, datetime):
        return gettext("đến %(time)s hôm nay") % {"time": clock_time(due)}
    return gettext("hết hôm nay")


def said(code: str) -> str:
    """How a code is said on the telephone: "hát en nờ, bốn tám hai bảy". "" in other languages than Vietnamese."""
    if not (get_language() or "vi").startswith("vi"):
        return ""
    groups = []
    for group in code.upper().split("-"):
        signs = [_DIGITS[int(sign)] if sign in "0123456789" else _LETTERS.get(sign, sign) for sign in group]
        # A comma between letters with names of two words would be one too many; a space is enough for digits.
        groups.append(" ".join(signs))
    return ", ".join(groups)


def initials(name: str) -> str:
    """At most two letters of a Vietnamese name: the middle and the given name, "Nguyễn Thị Lan" as "TL"."""
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0].upper() for part in parts[-2:])
