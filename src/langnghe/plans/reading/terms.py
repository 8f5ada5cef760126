"""Phrases of time and the deadlines they mean: dates, months, quarters, years, rhythms, "thường xuyên", "định kỳ"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.phrases import Calendar, Phrase, chosen, joined, same, stronger
from langnghe.plans.reading.register import Term

__all__ = ["CLOSING", "Calendar", "Phrase", "chosen", "phrases", "same"]

_YEAR: Final = r"(?:20\d{2}|19\d{2})"
_DAY: Final = (
    r"(?:ngày\s*)?(?P<{0}d>\d{{1,2}})\s?[/.\-]\s?(?P<{0}m>\d{{1,2}})(?:\s?[/.\-]\s?(?P<{0}y>(?:19|20)\d\d))?(?![\d/])|"
    r"(?:ngày\s*)?(?P<{0}d2>\d{{1,2}})\s+tháng\s+(?P<{0}m2>\d{{1,2}})(?:\s+năm\s+(?P<{0}y2>(?:19|20)\d\d))?(?!\d)"
)
_LIMIT: Final = (
    r"(?:(?:xong|hoàn thành|hoàn tất|kết thúc|báo cáo|gửi|thời gian|thời hạn|thực hiện)?\s*)"
    r"(?P<limit>trước|chậm nhất|muộn nhất|đến hết|đến trước|đến|hết|trong|vào|xong|hạn|cuối)"
    r"(?P<tail>(?:\s+(?:là|vào|trong|hết|đến|cuối|khoảng|trước))*)\s*"
)
_FIXED: Final = re.compile(rf"\b{_LIMIT}(?:\d{{1,2}}\s?(?:giờ|h)\s?(?:\d\d)?\s*(?:phút)?,?\s*)?(?:{_DAY.format('a')})")
_ALSO: Final = re.compile(
    r"\s*\)?\s*(?:\([^()]{0,60}\)\s*)?(?:,\s*và|,|;|và)\s*"
    r"(?:(?:báo cáo\s+)?(?:(?:cả|cuối|hết|một|1|01)?\s*năm|tổng kết(?:\s+năm)?|(?:đợt|lần|kỳ)\s+(?:2|02|ii|hai)|"
    r"6 tháng cuối năm)\s*[:(]?\s*)?"
    rf"(?:xong\s+)?(?:trước|đến|chậm nhất)?\s*(?:là\s+|vào\s+)?(?:{_DAY.format('b')})"
)
_WEEKDAY: Final = re.compile(
    r"\b(?:định kỳ\s+)?(?:(?P<before>trước|chậm nhất|muộn nhất|vào)\s+)?(?:là\s+|vào\s+)?"
    r"(?:\d{1,2}\s?(?:giờ|h)\s?(?:\d\d)?\s*(?:phút)?,?\s*)?(?:chiều\s+|sáng\s+)?(?:ngày\s+)?"
    r"(?P<more>(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])\s*(?:,|và|-)\s*(?:chiều |sáng |ngày )?){0,4})"
    r"(?:thứ (?P<day>hai|ba|tư|năm|sáu|bảy|[2-7])|(?P<sunday>chủ nhật))\s+(?:của\s+)?(?:hằng|hàng|mỗi|từng)\s+tuần"
)
_MONTHLY_REPORT: Final = re.compile(
    r"\bbáo cáo tháng\b(?!\s*\d)[^.;,]{0,40}?\b(?P<before>trước|chậm nhất|"
    r"vào) (?:là )?ngày (?P<day>\d{1,2})(?!\s?[/.\d]| tháng \d)"
)
_WEEKDAYS: Final = {
    "hai": "MO", "2": "MO", "ba": "TU", "3": "TU", "tư": "WE", "4": "WE", "năm": "TH", "5": "TH",
    "sáu": "FR", "6": "FR", "bảy": "SA", "7": "SA",
}  # fmt: skip
# A rhythm that belongs to the programme or plan into which something is put.
_OF_NOUN: Final = re.compile(
    r"\b(?:vào|trong|theo(?! dõi)|của)\s+(?:[^,;.()]{0,50}\s)?(?:chương trình|kế hoạch|nghị quyết|"
    r"tiêu chí|dự toán|chỉ tiêu|"
    r"đánh giá|xếp loại|bình xét|thi đua|ngân sách|tiêu chuẩn)(?:\s+[^,;.()]{0,30})?\s*$"
)
_BARE_DAY: Final = re.compile(rf"(?<![/\d.])(?:{_DAY.format('a')})")
# "10-11/2024", "3/2025" in a cell for time: months.
_MONTHS_SPAN: Final = re.compile(
    r"(?<![\d/.-])(?:(?P<first>\d{1,2})\s?[-–]\s?)?(?P<last>\d{1,2})\s?/\s?(?P<year>20\d\d)(?![\d/])"
)
_STRETCH: Final = re.compile(rf"(?<![/\d.])(?:{_DAY.format('a')})\s*(?:-|đến|tới)\s*(?:hết\s+)?(?:{_DAY.format('b')})")
_TO: Final = re.compile(rf"\btừ\s+[^.;:]{{2,40}}?\s*(?:đến|tới|-)\s*(?:hết\s+)?(?:{_DAY.format('a')})")
# "thời hạn hoàn thành 10/9": the day right behind the word of limit.
_BEHIND_STATED: Final = re.compile(
    rf"\b(?:thời hạn|thời gian|hạn|tiến độ)(?: (?:hoàn thành|thực hiện|báo cáo|gửi|nộp|xong|kết thúc|chót|cuối))*"
    rf"\s*(?:là|:)?\s*(?:{_DAY.format('a')})"
)
_MONTH: Final = re.compile(
    rf"(?:\b{_LIMIT})?(?:các )?\btháng\s*(?P<month>\d{{1,2}})(?!\d)(?:\s?(?:/|-|năm|\.)\s?(?P<year>{_YEAR}))?"
    rf"(?P<range>(?:\s*(?:-|–|,|và|đến|đến hết)\s*(?:tháng\s*)?(?P<last>0?[1-9]|1[0-2])"
    rf"(?=\s*(?:[,;.)/]|và\b|năm\b|của\b|$))(?:\s?(?:/|năm)\s?(?P<lasty>{_YEAR}))?)*)"
)
_QUARTER: Final = re.compile(
    rf"(?:\b{_LIMIT})?\bquý\s*(?P<quarter>iv|iii|ii|i|[1-4])\b(?P<range>(?:\s*(?:-|,|và|đến|đến hết)\s*(?:quý\s*)?"
    rf"(?:(?P<last>iv|iii|ii|i|[1-4])\b))*)(?:\s*(?:/|-|,)?\s*(?:năm\s*)?(?P<year>{_YEAR}))?"
)
_ANNUAL: Final = re.compile(
    rf"\b(?:(?:xong|hoàn thành)\s+)?(?:trong|đến hết|hết|đến cuối|đến|cuối|"
    rf"trước)\s+(?:hết\s+)?năm\s+(?P<year>{_YEAR})\b"
)
_HALF: Final = re.compile(rf"\b(?:trong|hết|vào)\s+(?:6|06|sáu) tháng (?P<half>đầu|cuối) năm(?:\s+(?P<year>{_YEAR}))?")
_FIELD_YEAR: Final = re.compile(
    rf"(?<![\d/.-])(?:năm\s+)?(?:{_YEAR}\s*(?:-|đến|,|và)\s*(?:năm\s+)?)*(?P<year>{_YEAR})\b(?![/\d])"
)
_THIS_YEAR: Final = re.compile(r"\b(?:trong|cả)\s+năm\b(?!\s*\d)")

_EACH: Final = r"(?:hằng|hàng|mỗi|từng)"
_ONE: Final = r"(?:1|01|một)"
_COUNT: Final = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "hàng": 1, "mỗi": 1, "": 1}
_DAILY: Final = re.compile(
    rf"\b(?:định kỳ\s+)?(?P<before>trước|chậm nhất|muộn nhất|vào|từ)?\s*(?:là\s+|vào\s+)?(?:ngày\s+(?:làm việc\s+)?)"
    rf"(?P<day>\d{{1,2}})(?!\s?[/.\-]\s?\d)\s+"
    rf"(?:(?:{_EACH}|của|các|của (?:{_EACH})|của các)\s+)?"
    rf"(?:(?P<quarterly>tháng (?:cuối|(?P<first>đầu(?: tiên)?))\s+(?:của\s+)?(?:{_EACH}\s+)?quý)|"
    rf"(?P<monthly>tháng\b(?!\s*\d)))(?P<each>(?:\s+{_EACH})?)"
)
_YEARLY: Final = re.compile(
    rf"\b(?:định kỳ\s+)?(?:(?P<before>trước|chậm nhất|muộn nhất|vào)\s+)?(?:là\s+)?(?:{_DAY.format('a')})"
    rf"(?P<more>(?:\s*(?:,|và)\s*(?:trước\s+)?(?:ngày\s+)?\d{{1,2}}/\d{{1,2}})*)\s*(?:,\s*)?(?:của\s+)?{_EACH} năm"
)
_EACH_YEAR: Final = re.compile(
    rf"\b{_EACH} năm\s*[,:(]?\s*(?:(?P<before>trước|chậm nhất|muộn nhất|"
    rf"vào)\s+)?(?:là\s+)?(?:{_DAY.format('a')})(?P<more>)"
)
_MONTHS_OF_YEAR: Final = re.compile(
    rf"\btháng\s+(?P<month>\d{{1,2}}(?:\s*(?:,|và)\s*(?:tháng\s+)?\d{{1,2}}){{0,3}})\s+{_EACH} năm|"
    rf"\b{_EACH} năm,?\s+vào (?:các )?tháng\s+(?P<month2>\d{{1,2}}(?:\s*(?:,|"
    rf"và)\s*(?:tháng\s+)?\d{{1,2}}(?!\s?[/\d])){{0,3}})"
)
_WEEKDAY_OF_MONTH: Final = re.compile(
    r"\b(?:vào\s+)?(?:chiều\s+|sáng\s+)?(?:ngày\s+)?(?:thứ (?P<day>hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)"
    r",?\s+(?:của\s+)?tuần (?:thứ )?(?P<week>đầu|nhất|hai|ba|tư|cuối)(?: tiên| cùng)?\s+(?:của\s+)?"
    r"(?:hằng|hàng|mỗi|từng)\s+tháng"
)
_WEEK_OF_MONTH: Final = re.compile(
    r"\b(?:định kỳ\s+)?(?:vào\s+)?tuần (?:thứ (?:nhất|hai|ba|tư|\d)|đầu|cuối)(?: tiên| cùng)?"
    r"(?:\s*(?:,|và)\s*tuần (?:thứ (?:nhất|hai|ba|tư|\d)|cuối)(?: cùng)?)*\s+(?:của\s+)?(?:hằng|hàng|mỗi|từng)\s+tháng"
)
_DAYS_OF_MONTH: Final = re.compile(
    rf"\b(?:định kỳ\s+)?(?:(?P<before>trước|vào)\s+)?(?:các\s+)?ngày\s+(?P<days>\d{{1,2}}(?:\s*(?:,|"
    rf"và)\s*(?:ngày\s+)?\d{{1,2}})+)\s+"
    rf"(?:của\s+)?{_EACH} tháng"
)
_RATE: Final = re.compile(
    r"(?P<n>\d{1,2}|một|hai|ba|bốn|sáu)\s?(?P<unit>tuần|tháng|quý|năm)\s*(?:/|(?:ít nhất\s+)?(?:một|1|"
    r"01)\s?)\s*(?:(?:một|1|01)\s*)?lần|"
    rf"(?:\d{{1,2}}|một|hai)\s*(?:lần|ngày|buổi|kỳ|cuộc|phiên|đợt|số|tin,? bài|tin|bài|bản tin|chương trình)"
    rf"\s*(?:/|{_EACH}\s|trong\s|một\s|trên\s)\s*(?:(?:một|1|01)\s+)?(?P<unit2>ngày|tuần|"
    rf"tháng|quý|năm)\b"
)
_RHYTHM: Final = re.compile(
    rf"\b(?:định kỳ\s*,?\s*\(?\s*)?(?:theo\s+)?{_EACH}\s+(?P<list>(?:ngày|tuần|tháng|quý|năm)\b"
    r"(?:\s*(?:,|và|hoặc|/)\s*(?:(?:hằng|hàng|mỗi)\s+)?(?:tuần|tháng|quý|(?:6|06|sáu) tháng|(?:1|01|một|cuối|"
    r"cả)?\s*năm)\b)*)"
)
_PERIOD: Final = re.compile(
    r"\b(?P<head>định kỳ|giao ban|báo cáo(?: (?:kết quả|tình hình|tiến độ|số liệu))?|"
    r"sơ kết|đánh giá|cho|sinh hoạt|họp)\s*(?:theo\s+|vào\s+|:\s*|\(\s*)?"
    r"(?P<list>(?:tuần|tháng|quý|(?:6|06|sáu) tháng(?: đầu năm)?|(?:1|01|một|cuối|cả|hết)\s*năm|năm)\b(?!\s*\d)"
    r"(?:\s*(?:\([^()/]{0,50}\)\s*)?(?:,|và|hoặc|/)\s*"
    r"(?:giao ban\s+|báo cáo\s+)?(?:tháng|quý|(?:6|06|sáu) tháng(?: đầu năm)?|9 tháng|(?:1|"
    r"01|một|cuối|cả|tổng kết|hết)?\s*năm)\b(?!\s*\d))*)"
)
_HALVES: Final = re.compile(
    r"\b(?:(?:sơ kết|báo cáo|định kỳ)\s+)?(?:6|06|sáu) tháng(?: đầu năm)?\s*(?:,|và|/|hoặc)\s*(?:tổng kết\s+|"
    r"báo cáo\s+|định kỳ\s+)?"
    r"(?:(?:1|01|một|cuối|cả|hằng|hàng|hết)\s*)?năm\b(?!\s*\d)"
)
_OFTENER: Final = re.compile(r"\b(?P<list>(?:tuần|tháng|quý)(?:\s*(?:,|và)\s*(?:tháng|quý))*)\s*(?:,|và)\s*$")
_ONGOING: Final = re.compile(r"\bthường xuyên(?:\s*,\s*(?:liên tục|định kỳ|đột xuất|hằng năm|hàng năm))*|\bliên tục\b")
_VAGUE: Final = re.compile(r"\bđịnh kỳ\b")
_MERGED: Final = re.compile(
    r"\blồng ghép\b[^.;]{0,40}?\b(?:trong|vào|với)\s+(?:nội dung\s+|"
    r"các\s+)?báo cáo\b[^.,;()]{0,60}"
)
_STATED: Final = re.compile(r"\b(?:thời gian|thời hạn|tiến độ)[^.;:]{0,20}:\s*$")
_PURPOSE: Final = re.compile(r"\b(?:nhằm|để)\b[^.;]*$")
_NAMES: Final = re.compile(
    r"\b(?:kế hoạch|chương trình|đề án|chiến lược|nghị quyết|quyết định|chỉ thị|dự án|nghị định|thông tư|luật|"
    r"quy hoạch|"
    r"giai đoạn|tầm nhìn|định hướng|nhiệm kỳ|mục tiêu|nhằm)\b(?! (?:này|của đơn vị|chi tiết|cụ thể))"
)
_CLAUSE: Final = re.compile(
    r"[.;:(]|, (?!tầm nhìn|định hướng|đến năm|với mục tiêu|bao gồm|gồm|(?:có )?(?:xét|tính) đến)"
)
# "đến năm 2030 và có tính đến năm 2050": how far a plan or a count looks ahead, not when it is due.
_HORIZON: Final = re.compile(r"[^.;,]{0,14}\b\d{4},? (?:và )?(?:(?:có )?(?:tính|xét) đến|tầm nhìn|định hướng)\b")
_SINCE: Final = re.compile(r"(?:từ|kể từ|sau|công bố|ban hành|ký|số [^\s,;]{3,25}|theo)\s*$")
CLOSING: Final = re.compile(
    r'[\s(*"\-+]*(?:thời gian|thời hạn|tiến độ|hạn hoàn thành|hạn|xong|hoàn thành(?=\s*(?:trước|trong|chậm|và|xong|'
    r"vào|,|:|các nội dung|"
    r"các nhiệm vụ|nhiệm vụ|công việc|đến|hết|quý|tháng)))"
)


# What stands in quotation marks is a name, or words of others.
_QUOTED: Final = re.compile(r'"[^"]{3,200}"')


def phrases(view: View, calendar: Calendar, *, field: bool = False) -> list[Phrase]:
    """All phrases of time in a text, in their order, none within another. `field`: the text is only a term."""
    named = [] if field else [found.span() for found in _QUOTED.finditer(view.low)]
    found = sorted(
        (one for one in _all(view, calendar, field) if not any(a < one.start and one.end < b for a, b in named)),
        key=lambda one: (one.start, -one.end),
    )
    found = joined(view, found, calendar)
    out: list[Phrase] = []
    for one in found:
        if out and one.start < out[-1].end:
            if stronger(one, out[-1]):
                out[-1] = one
            continue
        if field and out and one.term.type == "year" and view.low[out[-1].end : one.start] in (", ", " và ", " - "):
            # "Quý IV/2026, 2027": work of both ends with the last.
            whole = replace(one.term, quote=view.words(out[-1].start, one.end))
            out[-1] = replace(one, start=out[-1].start, term=whole)
            continue
        out.append(one)
    return out


def _all(view: View, calendar: Calendar, field: bool) -> Iterator[Phrase]:
    low = view.low
    if not re.search(r"\d|tháng|quý|tuần|năm|định kỳ|thường xuyên|liên tục|ngày|lồng ghép", low):
        return
    yield from _fixed(view, calendar)
    yield from _spans(view, calendar, field)
    yield from _recurring(view)
    if field:
        yield from _fields(view, calendar)
    for found in _ONGOING.finditer(low):
        stated = bool(_STATED.search(low[max(0, found.start() - 40) : found.start()]))
        before, after = low[max(0, found.start() - 3) : found.start()], low[found.end() : found.end() + 3]
        stated = stated or before.rstrip()[-1:] in ("(", ";") and after.lstrip()[:1] == ")"
        yield _phrase(view, found, Term("ongoing"), explicit=field or stated, sure=0.8)
    for found in _VAGUE.finditer(low):
        yield _phrase(view, found, Term("recurring"), explicit=field, sure=0.7)
    for found in _MERGED.finditer(low):
        if _RHYTHM.search(found.group()):
            continue
        yield replace(_phrase(view, found, Term("recurring"), explicit=False, sure=0.75), free=True)


def _phrase(view: View, found: re.Match[str], term: Term, *, explicit: bool = True, sure: float = 0.95) -> Phrase:
    start, end = found.span()
    while start < end and view.low[start] in " ,;:(":
        start += 1
    while end > start and view.low[end - 1] in " ,;:(":
        end -= 1
    quote = view.words(start, end)
    return Phrase(Term(term.type, term.value, term.before, term.rrule, quote), start, end, explicit, sure)


# --- fixed dates ----------------------------------------------------------------------------------------------------


def _date(found: re.Match[str], name: str, calendar: Calendar) -> date | None:
    groups = found.groupdict()
    day = groups[f"{name}d"] or groups[f"{name}d2"]
    month = groups[f"{name}m"] or groups[f"{name}m2"]
    year = groups[f"{name}y"] or groups[f"{name}y2"]
    return _make(int(day), int(month), int(year) if year else None, calendar) if day and month else None


def _make(day: int, month: int, year: int | None, calendar: Calendar) -> date | None:
    """A date; without a year it is the plan's, or the next one after the plan was issued."""
    chosen = year or calendar.year
    if chosen is None or not 1 <= month <= 12 or not 1 <= day <= monthrange(chosen, month)[1]:
        return None
    made = date(chosen, month, day)
    if year is None and calendar.issued and calendar.year == calendar.issued.year and made < calendar.issued:
        following = chosen + 1
        if (calendar.issued - made).days > 60 and day <= monthrange(following, month)[1]:
            return date(following, month, day)
    return made


def _fixed(view: View, calendar: Calendar) -> Iterator[Phrase]:
    low = view.low
    for found in _FIXED.finditer(low):
        day = _date(found, "a", calendar)
        if day is None or (
            found["limit"] in ("đến", "hết", "vào", "trong") and _SINCE.search(low[: found.start()][-30:])
        ):
            continue
        before = "trước" in found["limit"] or "trước" in found["tail"]
        more = _ALSO.match(low, found.end())
        second = _date(more, "b", calendar) if more else None
        if (
            more
            and second
            and _later(day, second, dated=_year_given(found))
            and _year_given(found) == _year_given(more)
        ):
            yield _two(view, found.start(), more.end(), (day, second), before, _year_given(found))
            continue
        yield _phrase(view, found, Term("date", day, before))
    for found in _BEHIND_STATED.finditer(low):
        day = _date(found, "a", calendar)
        if day:
            yield _phrase(view, found, Term("date", day), sure=0.9)
    for found in _TO.finditer(low):
        day = _date(found, "a", calendar)
        if day:
            yield _phrase(view, found, Term("date", day), sure=0.85)


def _later(first: date, second: date, *, dated: bool) -> bool:
    """Whether a day follows another; without a year, one that is already past this year does not count as next
    year's."""
    return second > first if dated else (second.month, second.day) > (first.month, first.day)


def _year_given(found: re.Match[str]) -> bool:
    return any(value for name, value in found.groupdict().items() if name.endswith(("y", "y2")))


def _two(view: View, start: int, end: int, days: tuple[date, date], before: bool, until: bool) -> Phrase:
    """Several fixed dates in a year are one rule."""
    months = ",".join(str(day.month) for day in days)
    numbers = ",".join(dict.fromkeys(str(day.day) for day in days))
    rule = f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={numbers}"
    if until:
        rule += f";UNTIL={days[-1]:%Y%m%d}"
    return Phrase(Term("recurring", None, before, rule, view.words(start, end)), start, end, True, 0.85)


# --- months, quarters, years ------------------------------------------------------------------------------------------


def _ends(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _spans(view: View, calendar: Calendar, field: bool) -> Iterator[Phrase]:
    low = view.low
    for found in _MONTH.finditer(low):
        month = int(found["last"] or found["month"])
        year = found["lasty"] or found["year"] or calendar.year
        if not 1 <= month <= 12 or year is None or not (field or _introduced(low, found)):
            continue
        apart = _apart(found)
        if field and apart:
            # Several months that do not follow each other are several dates of the year.
            yield _phrase(view, found, Term("recurring", None, False, f"FREQ=YEARLY;BYMONTH={apart}"), sure=0.8)
            continue
        before = "trước" in (found["limit"] or "")
        yield _phrase(view, found, Term("month", _ends(int(year), month), before), sure=0.9)
    for found in _QUARTER.finditer(low):
        name = found["last"] or found["quarter"]
        number = int(name) if name.isdigit() else {"i": 1, "ii": 2, "iii": 3, "iv": 4}[name]
        year = found["year"] or calendar.year
        if year is None or not (field or found["year"] or _introduced(low, found)):
            continue
        yield _phrase(view, found, Term("quarter", _ends(int(year), 3 * number)), sure=0.9)
    for found in _HALF.finditer(low):
        year = found["year"] or calendar.year
        if year is not None:
            half = 6 if found["half"] == "đầu" else 12
            yield _phrase(view, found, Term("date", _ends(int(year), half)), sure=0.7)
    for found in _ANNUAL.finditer(low):
        if field or not _within_name(low, found.start()):
            yield _phrase(view, found, Term("year", date(int(found["year"]), 12, 31)), sure=0.85)


def _apart(found: re.Match[str]) -> str:
    """The months of a list that do not follow each other; "" where they do, or where they are a stretch of time."""
    if not found["last"] or re.search(r"[-–]|đến", found["range"]):
        return ""
    named = [int(found["month"]), *(int(one) for one in re.findall(r"(?<!/)\b\d{1,2}\b", found["range"]))]
    if all(later == one + 1 for one, later in pairwise(named)) or any(not 1 <= one <= 12 for one in named):
        return ""
    return ",".join(str(one) for one in named)


def _introduced(low: str, found: re.Match[str]) -> bool:
    """A month or quarter is a term with a word of limit, in brackets, or after "thời gian"."""
    if found["limit"]:
        return not _SINCE.search(low[: found.start()][-30:])
    if found["range"] and re.search(r"\btừ\s+(?:đầu\s+)?$", low[max(0, found.start() - 10) : found.start()]):
        return True
    before = low[: found.start()].rstrip()
    if (not before or before[-1] in ".;") and low[found.end() : found.end() + 1] == ",":
        return True
    return before.endswith(("(", ":")) or bool(
        re.search(r"(?:thời gian|thời hạn|hoàn thành|xong)[^.;]{0,20}$", before[-40:])
    )


def _within_name(low: str, at: int) -> bool:
    """Whether a year belongs to the name, period or objective of another document, or to a purpose."""
    before = low[max(0, at - 300) : at]
    if _HORIZON.match(low, at) or re.search(r"\bcó (?:tính|xét) $", before):
        return True
    cut = 0
    for boundary in _CLAUSE.finditer(before):
        cut = boundary.end()
    return bool(_NAMES.search(before, cut)) or bool(re.search(r"\bvới mục tiêu\b[^.;]*$", before))


def _fields(view: View, calendar: Calendar) -> Iterator[Phrase]:
    """In a field or a cell for time, a plain date or year is a term."""
    low = view.low
    for found in _STRETCH.finditer(low):
        day = _date(found, "b", calendar)
        if day:
            yield _phrase(view, found, Term("date", day), sure=0.85)
    for found in _MONTHS_SPAN.finditer(low):
        if 1 <= int(found["last"]) <= 12 and 1 <= int(found["first"] or 1) <= 12:
            yield _phrase(view, found, Term("month", _ends(int(found["year"]), int(found["last"]))), sure=0.85)
    for found in _BARE_DAY.finditer(low):
        day = _date(found, "a", calendar)
        if day and not _MONTHS_SPAN.match(low, found.start()):
            yield _phrase(view, found, Term("date", day), sure=0.85)
    for found in _FIELD_YEAR.finditer(low):
        yield _phrase(view, found, Term("year", date(int(found["year"]), 12, 31)), sure=0.75)
    for found in _THIS_YEAR.finditer(low):
        if calendar.year is not None:
            yield _phrase(view, found, Term("year", date(calendar.year, 12, 31)), sure=0.6)


# --- rhythms ----------------------------------------------------------------------------------------------------------


def _recurring(view: View) -> Iterator[Phrase]:
    low = view.low
    for found in _DAILY.finditer(low):
        day = int(found["day"])
        if not 1 <= day <= 31 or (found["before"] == "từ"):
            continue
        months = "1,4,7,10" if found["first"] else "3,6,9,12"
        rule = f"FREQ=MONTHLY;BYMONTH={months}" if found["quarterly"] else "FREQ=MONTHLY"
        yield _phrase(view, found, Term("recurring", None, found["before"] == "trước", f"{rule};BYMONTHDAY={day}"))
    for found in _WEEKDAY.finditer(low):
        weekdays = [_WEEKDAYS[name] for name in re.findall(r"thứ (\w+)", found["more"])]
        weekdays.append(_WEEKDAYS[found["day"]] if found["day"] else "SU")
        rule = f"FREQ=WEEKLY;BYDAY={','.join(weekdays)}"
        yield _phrase(view, found, Term("recurring", None, found["before"] == "trước", rule))
    for found in _MONTHLY_REPORT.finditer(low):
        if 1 <= int(found["day"]) <= 31:
            rule = f"FREQ=MONTHLY;BYMONTHDAY={int(found['day'])}"
            yield _phrase(view, found, Term("recurring", None, found["before"] == "trước", rule), sure=0.8)
    for found in _YEARLY.finditer(low):
        yield from _yearly(view, found)
    for found in _EACH_YEAR.finditer(low):
        yield from _yearly(view, found)
    for found in _MONTHS_OF_YEAR.finditer(low):
        named = [int(one) for one in re.findall(r"\d+", found["month"] or found["month2"])]
        if all(1 <= month <= 12 for month in named):
            months = ",".join(str(month) for month in named)
            yield _phrase(view, found, Term("recurring", None, False, f"FREQ=YEARLY;BYMONTH={months}"))
    for found in _WEEKDAY_OF_MONTH.finditer(low):
        week = {"đầu": 1, "nhất": 1, "hai": 2, "ba": 3, "tư": 4, "cuối": -1}[found["week"]]
        weekday = _WEEKDAYS[found["day"]] if found["day"] else "SU"
        yield _phrase(view, found, Term("recurring", None, False, f"FREQ=MONTHLY;BYDAY={week}{weekday}"))
    for found in _WEEK_OF_MONTH.finditer(low):
        yield _phrase(view, found, Term("recurring", None, False, "FREQ=MONTHLY"))
    for found in _DAYS_OF_MONTH.finditer(low):
        days = [int(one) for one in re.findall(r"\d+", found["days"])]
        if all(1 <= day <= 31 for day in days):
            rule = f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(day) for day in days)}"
            yield _phrase(view, found, Term("recurring", None, found["before"] == "trước", rule))
    for found in _RATE.finditer(low):
        unit = found["unit"] or found["unit2"]
        count = found["n"] or "1"
        number = int(count) if count.isdigit() else _COUNT[count]
        every = _rule(unit, max(1, number))
        if every:
            yield _phrase(view, found, Term("recurring", None, False, every))
    for found in _HALVES.finditer(low):
        oftener = _OFTENER.search(low[max(0, found.start() - 40) : found.start()])
        rule = _most(oftener["list"], each=False) if oftener else "FREQ=YEARLY;BYMONTH=6,12"
        yield _phrase(view, found, Term("recurring", None, False, rule))
    for found in _RHYTHM.finditer(low):
        if _PURPOSE.search(low[max(0, found.start() - 200) : found.start()]) and not found.group().startswith(
            "định kỳ"
        ):
            continue
        if not found.group().startswith("định kỳ") and _OF_NOUN.search(
            low[max(0, found.start() - 110) : found.start()]
        ):
            continue
        yield _phrase(view, found, Term("recurring", None, False, _most(found["list"], each=True)), sure=0.85)
    for found in _PERIOD.finditer(low):
        if _bare_year(found):
            continue
        yield _phrase(
            view, found, Term("recurring", None, False, _most(_BRACKETS.sub("", found["list"]), each=False)), sure=0.75
        )


_BRACKETS: Final = re.compile(r"\([^()]*\)")


def _bare_year(found: re.Match[str]) -> bool:
    """ "báo cáo năm" and "đánh giá quý" alone say no rhythm; "định kỳ cuối năm" does."""
    parts = re.split(r"\s*(?:,|và|hoặc|/)\s*", _BRACKETS.sub("", found["list"]))
    if found["head"] == "định kỳ":
        return False
    if found["head"] == "cho" or found["head"] == "giao ban":
        return found["head"] == "cho" and len(parts) < 2
    return len(parts) < 2


def _yearly(view: View, found: re.Match[str]) -> Iterator[Phrase]:
    groups = found.groupdict()
    days = [(int(groups["ad"] or groups["ad2"]), int(groups["am"] or groups["am2"]))]
    days += [(int(day), int(month)) for day, month in re.findall(r"(\d{1,2})/(\d{1,2})", found["more"])]
    if groups["ay"] or groups["ay2"] or any(not 1 <= day <= 31 or not 1 <= month <= 12 for day, month in days):
        return
    months = ",".join(dict.fromkeys(str(month) for _, month in days))
    numbers = ",".join(dict.fromkeys(str(day) for day, _ in days))
    rule = f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={numbers}"
    yield _phrase(view, found, Term("recurring", None, found["before"] == "trước", rule))


def _rule(unit: str, number: int) -> str | None:
    """A rhythm of every so many units."""
    if unit == "năm":
        return f"FREQ=YEARLY;INTERVAL={number}" if number > 1 else "FREQ=YEARLY"
    frequency, step = {"ngày": ("DAILY", 1), "tuần": ("WEEKLY", 1), "tháng": ("MONTHLY", 1), "quý": ("MONTHLY", 3)}[
        unit
    ]
    interval = number * step
    if interval > 60:
        return None
    return f"FREQ={frequency};INTERVAL={interval}" if interval > 1 else f"FREQ={frequency}"


def _most(text: str, *, each: bool) -> str:
    """The most frequent of several rhythms."""
    if re.search(r"\bngày\b", text):
        return "FREQ=DAILY"
    if "tuần" in text:
        return "FREQ=WEEKLY"
    if re.search(r"(?<!6 )(?<!06 )(?<!sáu )(?<!9 )tháng", text):
        return "FREQ=MONTHLY"
    if "quý" in text:
        return "FREQ=MONTHLY;INTERVAL=3"
    if "tháng" in text:
        return "FREQ=YEARLY;BYMONTH=6,12" if "năm" in text.replace("đầu năm", "") else "FREQ=MONTHLY;INTERVAL=6"
    return "FREQ=YEARLY" if each or "cuối" not in text and "hết" not in text else "FREQ=YEARLY;BYMONTH=12"
