"""Dates, numbers and codes as people read and say them. Pure apart from the active language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

WEEKDAYS = (
    gettext_lazy("thứ Hai"),
    gettext_lazy("thứ Ba"),
    gettext_lazy("thứ Tư"),
    gettext_lazy("thứ Năm"),
    gettext_lazy("thứ Sáu"),
    gettext_lazy("thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
# How the letters of codes are said on the telephone in Vietnamese.
_LETTERS = {
    "A": "a", "B": "bê", "C": "xê", "D": "dê", "E": "e", "F": "ép", "G": "gờ", "H": "hát", "J": "gi", "K": "ca",
    "M": "em mờ", "N": "en nờ", "P": "pê", "Q": "quy", "R": "e rờ", "S": "ét", "T": "tê", "V": "vê",
    "W": "vê kép", "X": "ích", "Y": "i dài", "Z": "dét",
}  # fmt: skip


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def long_date(value: date | datetime) -> str:
    """A day with its weekday: "thứ Năm, 26/02/2026"."""
    local = _local(value)
    return f"{WEEKDAYS[local.weekday()]}, {local:%d/%m/%Y}"


def short_date(value: date | datetime) -> str:
    """A day in figures: "26/02/2026"."""
    return f"{_local(value):%d/%m/%Y}"


def clock_time(value: datetime) -> str:
    """Hour and minute: "09:15"."""
    return f"{_local(value):%H:%M}"


def long_time(value: date | datetime) -> str:
    """Hour, weekday and day: "09:15, thứ Năm, 26/02/2026". A date, or the end of a day, shows the day alone."""
    local = _local(value)
    if not isinstance(local, datetime) or (local.hour, local.minute) == (23, 59):
        return long_date(local)
    return f"{clock_time(local)}, {long_date(local)}"


def _separators() -> tuple[str, str]:
    return (",", ".") if (get_language() or "vi").startswith("en") else (".", ",")


def number(value: int | float | Decimal | str, places: int | None = None) -> str:
    """A number with the language's separators: 1.795 and 79,73; `places` decimals (default: as many as given)."""
    thousands, point = _separators()
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{exact:,f}"
    whole, _, rest = text.partition(".")
    whole = whole.replace(",", thousands).replace("-", "−")
    return f"{whole}{point}{rest}" if rest else whole


def percent(value: int | float | Decimal | str, places: int = 2) -> str:
    """A percentage with the language's separators: 79.73 as "79,73%"."""
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
    return f"{number(Decimal(size) / (1024 * 1024), 1)} MB"


def working_days_left(days: int) -> str:
    """Signed working days until a deadline, in words: "còn 3 ngày làm việc", "hạn là hôm nay", "2 ngày làm việc"."""
    if days > 0:
        return ngettext("còn %(days)s ngày làm việc", "còn %(days)s ngày làm việc", days) % {"days": days}
    if days == 0:
        return gettext("hạn là hôm nay")
    return ngettext("%(days)s ngày làm việc", "%(days)s ngày làm việc", -days) % {"days": -days}


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
