"""Pure rules of reports: when one is due and what it covers, how sections are merged, how a document is signed.

A rhythm is an RFC 5545 rule as plans state it. The period of a report runs from the day after the previous due day to
its own due day, so that nothing falls between two reports; its name is the month, quarter, half-year or year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Literal

from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule, weekday, weekdays
from django.utils.translation import gettext as _

Kind = Literal["week", "month", "quarter", "half", "year", "other"]

DAY = timedelta(days=1)
FIRST_DAYS = 10
"""A report that is due in the first days of a month speaks of the month (quarter, year) before."""

_FREQUENCIES = {"WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_KNOWN = frozenset({"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "UNTIL", "COUNT", "WKST"})
_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)\Z")
_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_ROMAN = ("I", "II", "III", "IV")


class RuleError(ValueError):
    """A rule that is none, or that no report can follow. The message is fit to be shown."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A rule that was read: how often, in which months, on which day."""

    frequency: str
    interval: int
    months: tuple[int, ...]
    days: tuple[int, ...]
    by_day: tuple[str, ...]
    position: int | None
    until: date | None
    count: int | None

    @property
    def kind(self) -> Kind:
        """What one report covers."""
        if self.frequency == "WEEKLY":
            return "week" if self.interval == 1 and len(self.by_day) == 1 else "other"
        if self.frequency == "YEARLY" and self.interval > 1:
            return "other"
        once = len(self.days) == 1 or (len(self.by_day) == 1 and self.by_day[0][0] in "+-12345")
        if not once or (self.interval > 1 and self.frequency == "MONTHLY"):
            return "other"
        if len(self.months) == 12:
            return "month"
        if len(self.months) == 4 and all(b - a == 3 for a, b in zip(self.months, self.months[1:], strict=False)):
            return "quarter"
        if len(self.months) == 2 and self.months[1] - self.months[0] == 6:
            return "half"
        return "year" if len(self.months) == 1 else "other"


@dataclass(frozen=True, slots=True)
class Period:
    """What one report covers, both days included, and when it is due."""

    start: date
    end: date
    name: str
    due: date


def read(text: str) -> Rhythm:
    """The rhythm of a rule. RuleError when it is no rule, or one that no report can follow (by the hour, by the day,
    on a day that never comes)."""
    parts: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, sign, value = piece.partition("=")
        if not sign or not value or name not in _KNOWN or name in parts:
            raise RuleError(_("Nhịp báo cáo “%(rule)s” không đọc được.") % {"rule": text[:80]})
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise RuleError(_("Nhịp báo cáo phải theo tuần, tháng hoặc năm."))
    interval = _numbers(parts.get("INTERVAL", "1"), 1, 12)[0]
    months = tuple(sorted(set(_numbers(parts["BYMONTH"], 1, 12)))) if "BYMONTH" in parts else ()
    days = tuple(_numbers(parts["BYMONTHDAY"], -31, 31)) if "BYMONTHDAY" in parts else ()
    by_day = tuple(parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    if any(_BYDAY.match(one) is None for one in by_day) or (by_day and days) or 0 in days:
        raise RuleError(_("Nhịp báo cáo “%(rule)s” không đọc được.") % {"rule": text[:80]})
    if frequency == "WEEKLY":
        if days or months or any(len(one) > 2 for one in by_day):
            raise RuleError(_("Nhịp báo cáo “%(rule)s” không đọc được.") % {"rule": text[:80]})
        by_day = by_day or ("FR",)
    else:
        if frequency == "MONTHLY" and interval in (3, 6, 12) and not months:
            months, interval = tuple(range(interval, 13, interval)), 1
        if not months:
            months = (12,) if frequency == "YEARLY" else tuple(range(1, 13))
        if not days and not by_day:
            days = (-1,)
        if by_day and any(len(one) == 2 for one in by_day):
            raise RuleError(_("Hãy ghi rõ tuần thứ mấy của tháng."))
    position = _numbers(parts["BYSETPOS"], -5, 5)[0] if "BYSETPOS" in parts else None
    if position is not None and not (by_day and len(by_day) >= abs(position) > 0):
        raise RuleError(_("Nhịp báo cáo “%(rule)s” không đọc được.") % {"rule": text[:80]})
    count = _numbers(parts["COUNT"], 1, 1000)[0] if "COUNT" in parts else None
    until = _until(parts["UNTIL"]) if "UNTIL" in parts else None
    return Rhythm(frequency, interval, months, days, by_day, position, until, count)


def _numbers(text: str, low: int, high: int) -> list[int]:
    found = []
    for piece in text.split(","):
        if re.fullmatch(r"[+-]?\d{1,4}", piece) is None or not low <= int(piece) <= high:
            raise RuleError(_("Nhịp báo cáo có số không hợp lệ: %(number)s.") % {"number": piece[:20]})
        found.append(int(piece))
    return found


def _until(text: str) -> date:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        raise RuleError(_("Nhịp báo cáo có ngày kết thúc không hợp lệ.")) from None


def due_days(rule: str, *, start: date, first: date, last: date) -> list[date]:
    """The due days of a rule that holds from `start`, from `first` to `last` (both included), in order.

    A day that a month does not have is the last one of that month. RuleError as `read`.
    """
    return [day for day in _days(read(rule), start, last) if day >= first]


def _days(rhythm: Rhythm, start: date, last: date) -> Iterator[date]:
    if rhythm.until is not None:
        last = min(last, rhythm.until)
    if last < start:
        return
    streams = [_stream(rhythm, day, start) for day in rhythm.days] or [_stream(rhythm, None, start)]
    merged = sorted({day for stream in streams for day in takewhile(lambda one: one <= last, stream)})
    yield from merged if rhythm.count is None else merged[: rhythm.count]


def _stream(rhythm: Rhythm, day: int | None, start: date) -> Iterator[date]:
    """Due days by one of the days of the month, without end."""
    options: dict[str, object] = {}
    if rhythm.frequency != "WEEKLY":
        options["bymonth"] = rhythm.months
    if day is not None and day > 28:
        options["bymonthday"], options["bysetpos"] = tuple(range(28, day + 1)), -1
    elif day is not None and day < -28:
        options["bymonthday"], options["bysetpos"] = tuple(range(day, -27)), 1
    elif day is not None:
        options["bymonthday"] = day
    if rhythm.by_day:
        options["byweekday"] = tuple(_weekday(one) for one in rhythm.by_day)
        if rhythm.position is not None:
            options["bysetpos"] = rhythm.position
    frequency = MONTHLY if rhythm.frequency == "YEARLY" and rhythm.interval == 1 else _FREQUENCIES[rhythm.frequency]
    if frequency == YEARLY and day is not None and abs(day) > 28:
        # Within a year a position counts over all months, so such rules keep the day that every month has.
        options["bymonthday"] = 28 if day > 0 else -28
        options.pop("bysetpos", None)
    rule = rrule(
        frequency, dtstart=datetime.combine(start, time()), interval=rhythm.interval, cache=False, **options  # type: ignore[arg-type]
    )  # fmt: skip
    return (found.date() for found in rule)


def _weekday(text: str) -> weekday:
    plain = weekdays[_DAYS[text[-2:]]]
    return plain(int(text[:-2])) if len(text) > 2 else plain


def period_of(rule: str, due: date, *, start: date) -> Period:
    """What the report that is due on `due` covers. The last report of a year by halves covers the whole year."""
    rhythm = read(rule)
    back = 2 if rhythm.kind == "half" and due.month == rhythm.months[-1] and due.month > 6 else 1
    if rhythm.kind == "half" and due.month == rhythm.months[0] == 1:
        back = 2
    free = rhythm.frequency != "WEEKLY" and rhythm.interval == 1
    anchor = date(due.year - 2, 1, 1) if free else start
    endless = Rhythm(
        rhythm.frequency, rhythm.interval, rhythm.months, rhythm.days, rhythm.by_day, rhythm.position, None, None
    )
    before = [day for day in _days(endless, anchor, due) if day < due]
    if len(before) >= back:
        begin = before[-back] + DAY
    else:
        spans = {"WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}
        begin = due - timedelta(days=spans[rhythm.frequency] * rhythm.interval - 1)
    return Period(begin, due, _name(rhythm, due), due)


def _name(rhythm: Rhythm, due: date) -> str:
    if rhythm.kind == "week":
        year, week, _weekday_number = due.isocalendar()
        return f"tuần {week}/{year}"
    early = due.day <= FIRST_DAYS
    if rhythm.kind == "month":
        month = due.replace(day=1) - DAY if early else due
        return f"tháng {month.month}/{month.year}"
    if rhythm.kind == "quarter":
        shift = {0: 0, 1: 1, 2: 2}[due.month % 3]
        told = due.replace(day=1)
        if shift == 1:  # due in the first month of a quarter: the quarter before
            told -= DAY
        return f"quý {_ROMAN[(told.month - 1) // 3]}/{told.year}"
    if rhythm.kind == "half":
        low = rhythm.months[0]
        if low == 1:  # January and July tell of the half before
            return f"6 tháng đầu năm {due.year}" if due.month == 7 else f"năm {due.year - 1}"
        return f"6 tháng đầu năm {due.year}" if due.month == low else f"năm {due.year}"
    if rhythm.kind == "year":
        return f"năm {due.year - 1 if due.month <= 2 else due.year}"
    return f"kỳ đến ngày {due.day:02}/{due.month:02}/{due.year}"


def words(rule: str) -> str:
    """The rhythm in words: "ngày 20 hằng tháng", "ngày 25 tháng cuối quý", "ngày 25 tháng 6 và tháng 12 hằng năm"."""
    rhythm = read(rule)
    if rhythm.frequency == "WEEKLY":
        days = ", ".join(_WEEKDAYS[_DAYS[one[-2:]]] for one in rhythm.by_day)
        return f"{days} hằng tuần" if rhythm.interval == 1 else f"{days}, {rhythm.interval} tuần một lần"
    if rhythm.by_day:
        named = {"-1": "cuối", "1": "đầu tiên", "+1": "đầu tiên"}
        day = ", ".join(
            f"{_WEEKDAYS[_DAYS[one[-2:]]]} {named.get(one[:-2], 'thứ ' + one[:-2].lstrip('+'))}"
            for one in rhythm.by_day
        )
    else:
        day = ", ".join("ngày cuối" if one == -1 else f"ngày {one:02}" for one in rhythm.days)
    if rhythm.kind == "month":
        return f"{day} hằng tháng"
    if rhythm.kind == "quarter" and rhythm.months[0] == 3:
        return f"{day} tháng cuối quý"
    if rhythm.kind == "quarter" and rhythm.months[0] == 1:
        return f"{day} tháng đầu quý sau"
    if len(rhythm.months) == 12:
        return f"{day} hằng tháng" if rhythm.interval == 1 else f"{day}, {rhythm.interval} tháng một lần"
    listed = [f"tháng {month}" for month in rhythm.months]
    return f"{day} {_joined(listed)} hằng năm"


def _joined(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} và {parts[-1]}" if len(parts) > 1 else "".join(parts)


# --- words of documents -----------------------------------------------------------------------------------------------


def sign_of(kind: str, short_name: str) -> str:
    """The letters of an agency in the number of its documents: SXD, SNNMT, UBND."""
    if kind in ("city", "commune", "district"):
        return "UBND"
    if kind == "office":
        return "VP"
    skipped = {"và", "–", "-", "thành", "phố"}
    letters = [word[0].upper() for word in short_name.split() if word.lower() not in skipped and word[0].isalpha()]
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Signature:
    """How a document is signed (Decree 30/2020, article 13): authority lines, then the signer's own title."""

    lines: tuple[str, ...]
    name: str


def signature_of(*, kind: str, title: str, name: str, is_head: bool) -> Signature:
    """TM. for a people's committee, KT. for a deputy; the title without the name of the body."""
    own = _bare(title).upper()
    body = kind in ("city", "commune", "district")
    head = own if is_head and own else {"office": "CHÁNH VĂN PHÒNG", "department": "GIÁM ĐỐC"}.get(
        kind, "CHỦ TỊCH" if body else "THỦ TRƯỞNG CƠ QUAN"
    )  # fmt: skip
    if own.startswith("PHÓ "):
        head = own.removeprefix("PHÓ ").strip()
    lines = [f"TM. {'ỦY BAN NHÂN DÂN'}"] if body else []
    if is_head or not own:
        lines.append(head)
    else:
        lines += [f"KT. {head}", own]
    return Signature(tuple(lines), name)


def _bare(title: str) -> str:
    return re.sub(
        r"\s+(Sở|Ủy ban nhân dân.*|UBND.*|Thanh tra.*|Trung tâm.*|xã|phường|Thành phố)\b.*\Z", "", title.strip(),
        flags=re.IGNORECASE,
    )  # fmt: skip


def share(part: int, whole: int) -> float | None:
    """A share in percent; None of nothing."""
    return None if whole == 0 else 100 * part / whole
