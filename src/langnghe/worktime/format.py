"""Dates, times, numbers and deadlines in words, in Vietnamese and in English, for every page, message and command.

The two languages stand side by side here instead of in the catalogue: a deadline is stored with its facts and is put
into the language of whoever reads it (a page in one language, a message in another, a command without any settings),
not into the language that happens to be active.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from langnghe.worktime.rules import WEEKDAYS_EN, WEEKDAYS_VI, Due, Skipped, Term, Unit, last_moment, local

__all__ = [
    "day_range",
    "due_moment",
    "explain",
    "explain_stored",
    "long_date",
    "moment",
    "month",
    "number",
    "percent",
    "short_date",
    "span",
    "term_words",
    "time_of_day",
    "unit_words",
    "weekday",
]

MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_UNITS: Final[Mapping[str, Mapping[Unit, tuple[str, str]]]] = {
    "vi": {
        Unit.WORKING_DAYS: ("ngày làm việc", "ngày làm việc"),
        Unit.WORKING_HOURS: ("giờ làm việc", "giờ làm việc"),
        Unit.CALENDAR_DAYS: ("ngày", "ngày"),
    },
    "en": {
        Unit.WORKING_DAYS: ("working day", "working days"),
        Unit.WORKING_HOURS: ("working hour", "working hours"),
        Unit.CALENDAR_DAYS: ("day", "days"),
    },
}

# What a step is called before "…: until the end of", and what its first day is.
_LABELS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "vi": {
        "intake": ("Hạn tiếp nhận, phân loại", "gửi"),
        "receive": ("Hạn tiếp nhận tại cơ quan xử lý", "chuyển"),
        "transfer": ("Hạn chuyển cơ quan có trách nhiệm", "tiếp nhận"),
        "ask_more": ("Hạn yêu cầu bổ sung", "gửi"),
        "answer": ("Hạn trả lời", "gửi"),
        "publish": ("Hạn công khai", "duyệt trả lời"),
        "decline": ("Hạn từ chối", "gửi"),
        "cooperate": ("Hạn phối hợp", "đề nghị phối hợp"),
        "decide": ("Hạn quyết định có phải khiếu nại, tố cáo hay không", "báo nghi"),
        "reply": ("Hạn bổ sung thông tin", "yêu cầu bổ sung"),
        "reopen": ("Hạn đề nghị xem xét lại", "trả lời"),
        "close": ("Hạn đánh giá", "trả lời"),
        "promise": ("Ngày hẹn hoàn thành", "hẹn"),
        "deliver": ("Hạn hoàn thành nhiệm vụ", "giao"),
        "send": ("Hạn gửi báo cáo", "đến kỳ"),
        "": ("Thời hạn", "bắt đầu"),
    },
    "en": {
        "intake": ("To be received and classified", "sending"),
        "receive": ("To be taken up by the agency", "transfer"),
        "transfer": ("To be transferred", "receipt"),
        "ask_more": ("Last day to ask for more information", "sending"),
        "answer": ("Answer due", "sending"),
        "publish": ("Publication due", "approval of the answer"),
        "decline": ("Last day to decline", "sending"),
        "cooperate": ("Contribution due", "the request"),
        "decide": ("To be decided whether it is a complaint or denunciation", "the suspicion"),
        "reply": ("Your additional information is due", "the request"),
        "reopen": ("You may ask for a second look", "the answer"),
        "close": ("You may rate the answer", "the answer"),
        "promise": ("Promised date", "the promise"),
        "deliver": ("Task due", "the assignment"),
        "send": ("Report due", "the start of the period"),
        "": ("Due", "the start"),
    },
}


def step_label(step: str, lang: str = "vi") -> str:
    """`Hạn trả lời` · `Answer due`: what the deadline of a step is called."""
    return (_LABELS[lang].get(step) or _LABELS[lang][""])[0]


def weekday(day: date, lang: str = "vi") -> str:
    """`thứ Năm` · `Thursday`."""
    return (WEEKDAYS_VI if lang == "vi" else WEEKDAYS_EN)[day.weekday()]


def short_date(day: date, lang: str = "vi") -> str:
    """`26/02/2026` · `26 February 2026`."""
    if lang == "vi":
        return f"{day.day:02}/{day.month:02}/{day.year:04}"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def long_date(day: date, lang: str = "vi") -> str:
    """`thứ Năm, 26/02/2026` · `Thursday, 26 February 2026`."""
    return f"{weekday(day, lang)}, {short_date(day, lang)}"


def month(day: date, lang: str = "vi") -> str:
    """`tháng 02/2026` · `February 2026`."""
    return f"tháng {day.month:02}/{day.year:04}" if lang == "vi" else f"{MONTHS_EN[day.month - 1]} {day.year}"


def time_of_day(at: datetime, lang: str = "vi") -> str:
    """`16:45`; seconds are not shown."""
    return f"{local(at):%H:%M}"


def moment(at: datetime, lang: str = "vi") -> str:
    """`16:45 thứ Sáu, 21/08/2026` · `16:45 on Friday, 21 August 2026`."""
    at = local(at)
    return f"{time_of_day(at, lang)}{' ' if lang == 'vi' else ' on '}{long_date(at.date(), lang)}"


def due_moment(due_at: datetime, lang: str = "vi") -> str:
    """`hết ngày thứ Ba, 08/09/2026` for a term that ends at 24:00, else the moment: `10:15 thứ Hai, 24/08/2026`."""
    due_at = local(due_at)
    if (due_at.hour, due_at.minute, due_at.second) != (23, 59, 59):
        return moment(due_at, lang)
    day = long_date(due_at.date(), lang)
    return f"hết ngày {day}" if lang == "vi" else f"end of {day}"


_VIETNAMESE = str.maketrans(",.", ".,")


def number(value: int | float | Decimal, decimals: int = 0, lang: str = "vi") -> str:
    """`1.795`, `79,73` · `1,795`, `79.73`. Halves are rounded away from zero only where the value says so exactly."""
    text = f"{value:,.{decimals}f}"
    return text.translate(_VIETNAMESE) if lang == "vi" else text


def percent(value: int | float | Decimal, decimals: int = 2, lang: str = "vi") -> str:
    """A value that is already in percent: `79,73%` · `79.73%`."""
    return f"{number(value, decimals, lang)}%"


def unit_words(amount: int, unit: Unit | str, lang: str = "vi") -> str:
    """The unit alone, in the number of the amount."""
    return _UNITS[_lang(lang)][Unit(unit)][amount != 1]


def term_words(amount: int, unit: Unit | str, lang: str = "vi") -> str:
    """`15 ngày làm việc` · `15 working days`."""
    return f"{number(amount, lang=lang)} {unit_words(amount, unit, lang)}"


def day_range(first: date, last: date, *, year: int | None = None, lang: str = "vi") -> str:
    """`31/8`, `1-2/9`, `30/4-1/5`; the year is added where it is not the one given."""
    if lang != "vi":
        tail = "" if first.year == last.year == year else f" {last.year}"
        head = "" if first.year == last.year else f" {first.year}"
        if first == last:
            return f"{first.day} {MONTHS_EN[first.month - 1]}{tail}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{last.day} {MONTHS_EN[first.month - 1]}{tail}"
        return f"{first.day} {MONTHS_EN[first.month - 1]}{head} – {last.day} {MONTHS_EN[last.month - 1]}{tail}"
    tail = "" if first.year == last.year == year else f"/{last.year}"
    if first == last:
        return f"{first.day}/{first.month}{tail}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last.day}/{first.month}{tail}"
    head = "" if first.year == last.year else f"/{first.year}"
    return f"{first.day}/{first.month}{head}-{last.day}/{last.month}{tail}"


def span(item: Skipped, *, year: int | None = None, lang: str = "vi") -> str:
    """The days of a skipped time, or its hours when it does not begin and end with days."""
    if item.start.hour == item.start.minute == 0 and (item.end.hour, item.end.minute) in {(0, 0), (23, 59)}:
        return day_range(item.first_day, item.last_day, year=year, lang=lang)
    begin, end = item.start, last_moment(item.end)
    if begin.date() == end.date():
        day = day_range(begin.date(), begin.date(), year=year, lang=lang)
        return f"{time_of_day(begin)}-{time_of_day(end)} {day}"
    first = f"{time_of_day(begin)} {day_range(begin.date(), begin.date(), year=year, lang=lang)}"
    last = f"{time_of_day(end)} {day_range(end.date(), end.date(), year=year, lang=lang)}"
    return f"từ {first} đến {last}" if lang == "vi" else f"from {first} to {last}"


def explain(due: Due, term: Term | None, lang: str = "vi", *, step: str = "", extension: int = 0) -> str:
    """The deadline in plain sentences: until when, how it was counted, what was left out and why.

    `term` is None for a promised date. `step` chooses the first words; `extension` is in the unit of the term.
    """
    lang = _lang(lang)
    label, origin = _LABELS[lang].get(step) or _LABELS[lang][""]
    head = f"{label}: {due_moment(due.due_at, lang)}."
    if term is None:
        return head
    clauses = [_how(due, term, origin, lang)]
    if extension:
        added = term_words(extension, term.unit, lang)
        clauses.append(f"đã gia hạn thêm {added}" if lang == "vi" else f"extended by {added}")
    clauses += _left_out(due, term, lang)
    if due.counted_specially:
        clauses += _counted(due, lang)
    return f"{head} {'; '.join(clauses)}."


def explain_stored(data: Mapping[str, Any], lang: str = "vi", *, step: str = "") -> str:
    """What :func:`explain` says, for the explanation stored with a deadline; a standing clock is said first."""
    term = None if data.get("term") is None else Term(data["term"]["amount"], Unit(data["term"]["unit"]))
    text = explain(Due.from_json(data), term, lang, step=step, extension=data.get("extension", 0))
    for late in data.get("granted_late", []):
        text += " " + _granted_late({name: datetime.fromisoformat(value) for name, value in late.items()}, _lang(lang))
    since = data.get("stands_still_since")
    if since is None:
        return text
    since_words = moment(datetime.fromisoformat(since), _lang(lang))
    why = data.get("stands_still_why", ["", ""])[0 if _lang(lang) == "vi" else 1]
    if why:
        since_words += f" ({why[:1].lower()}{why[1:]})"
    if _lang(lang) == "vi":
        return f"Thời hạn đang tạm dừng từ {since_words}; hạn mới được tính khi tiếp tục. Trước khi tạm dừng: {text}"
    return f"The clock stands still since {since_words}; a new date is set when it goes on. Before the pause: {text}"


def _granted_late(late: Mapping[str, datetime], lang: str) -> str:
    granted, asked = moment(late["granted"], lang), moment(late["asked"], lang)
    due = due_moment(late["due"], lang)
    if lang == "vi":
        return f"Gia hạn được duyệt lúc {granted}, khi hạn cũ ({due}) đã qua; đề nghị gửi trong hạn, lúc {asked}."
    return f"The extension was granted at {granted}, after the old date ({due}); it was asked for in time, at {asked}."


def _lang(lang: str) -> str:
    return "vi" if lang.lower().startswith("vi") else "en"


def _how(due: Due, term: Term, origin: str, lang: str) -> str:
    words = term_words(term.amount, term.unit, lang)
    if term.unit is Unit.WORKING_HOURS:
        at = moment(due.start, lang)
        return f"Tính {words} kể từ lúc {origin} ({at})" if lang == "vi" else f"{words} from {origin} ({at})"
    if lang == "vi":
        return f"Tính {words} kể từ ngày tiếp theo ngày {origin}"
    return f"{words}, counted from the day after {origin}"


def _left_out(due: Due, term: Term, lang: str) -> list[str]:
    year = due.due_date.year
    off = [item for item in due.skipped if item.kind != "pause"]
    pauses = [item for item in due.skipped if item.kind == "pause"]
    clauses: list[str] = []
    if term.unit is Unit.CALENDAR_DAYS:
        if off:
            days = _listed([f"{_reason(item, lang)} {span(item, year=year, lang=lang)}" for item in off], lang)
            clauses.append(
                f"ngày cuối rơi vào ngày nghỉ ({days}) nên chuyển sang ngày làm việc tiếp theo"
                if lang == "vi"
                else f"the last day is a day off ({days}), so the term moves to the next working day"
            )
    elif off:
        weekly = sorted({day.weekday() for item in off if item.kind == "weekly" for day in item.days})
        names = [(WEEKDAYS_VI if lang == "vi" else WEEKDAYS_EN)[n] for n in weekly]
        by_reason: dict[str, list[str]] = {}
        for item in off:
            if item.kind == "off":
                by_reason.setdefault(_reason(item, lang), []).append(span(item, year=year, lang=lang))
        named = [f"{reason} {', '.join(days)}" for reason, days in by_reason.items()]
        clauses.append(("không tính " if lang == "vi" else "not counted: ") + _listed(names + named, lang))
    for item in pauses:
        days = span(item, year=year, lang=lang)
        reason = _reason(item, lang)
        if lang == "vi":
            clauses.append(f"không tính thời gian tạm dừng {days}" + ("" if reason == "tạm dừng" else f" ({reason})"))
        else:
            clauses.append(f"not counted: the pause {days}" + ("" if reason == "paused" else f" ({reason})"))
    return clauses


def _reason(item: Skipped, lang: str) -> str:
    return item.reason if lang == "vi" else item.reason_en


def _counted(due: Due, lang: str) -> list[str]:
    clauses = []
    for item in due.counted_specially:
        day = day_range(item.day, item.day, year=due.due_date.year, lang=lang)
        if lang == "vi":
            clauses.append(f"{weekday(item.day)} {day} là {item.reason}")
        else:
            clauses.append(f"{weekday(item.day, 'en')} {day} is counted ({item.reason_en})")
    return clauses


def _listed(parts: Iterable[str], lang: str) -> str:
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {'và' if lang == 'vi' else 'and'} {items[-1]}"
