"""Periods that a text names, one by one: "tuần, tháng, quý, năm" are four, "6 tháng và cuối năm" are one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

_EACH: Final = r"(?:hằng|hàng|mỗi|từng|theo)"
_LIMIT: Final = r"(?:(?:xong\s+)?(?:trước|chậm nhất(?: là)?|muộn nhất(?: là)?|vào|đến|từ)\s+)?(?:vào\s+|trước\s+)?"
_QUARTERLY_DAY: Final = re.compile(
    rf"\b(?:định kỳ\s+)?{_LIMIT}ngày\s+(?:làm việc\s+)?(?P<day>\d{{1,2}})(?!\s?[/.]\s?\d)\s*,?\s*(?:của\s+)?(?:các\s+)?"
    rf"tháng\s+(?:(?P<end>cuối|thứ ba|thứ 3)|"
    rf"(?P<first>đầu))\s*(?:tiên\s+)?(?:của\s+)?(?:{_EACH}\s+)?quý(?P<after>\s+(?:sau|tiếp theo|kế tiếp))?"
)
_MONTHLY_DAY: Final = re.compile(
    rf"\b(?:định kỳ\s+)?{_LIMIT}ngày\s+(?:làm việc\s+)?(?P<day>\d{{1,2}})(?!\s?[/.]\s?\d)\s+(?:của\s+|các\s+|"
    rf"ở\s+)*(?:{_EACH}\s+)?"
    rf"tháng\b(?!\s*\d)(?:\s+(?:sau|tiếp theo|kế tiếp|liền kề))?(?:\s+{_EACH}\b(?!\s+(?:năm|quý)))?"
)
_MONTHS_OF_YEAR: Final = re.compile(
    rf"\b(?:định kỳ\s+)?(?:vào\s+)?(?:các\s+)?(?P<months>tháng\s+\d{{1,2}}(?:\s*(?:,|và)\s*(?:tháng\s+)?"
    rf"\d{{1,2}}){{0,3}})\s+{_EACH}\s+năm\b"
)
_LAST_DAY: Final = re.compile(rf"\b(?:vào\s+)?ngày (?:làm việc )?cuối (?:cùng )?(?:của )?(?:{_EACH} )?tháng\b(?!\s*\d)")
_WEEKDAY: Final = re.compile(
    rf"\b(?:vào\s+|trước\s+)?(?:\d{{1,2}}\s?(?:giờ|h)(?:\d\d)?\s+)?(?:thứ (?P<day>hai|ba|tư|năm|sáu|bảy|[2-7])|"
    rf"(?P<sunday>chủ nhật))\s+(?:của\s+)?{_EACH}\s+tuần"
)
_WEEKDAYS: Final = {
    "hai": "MO", "2": "MO", "ba": "TU", "3": "TU", "tư": "WE", "4": "WE", "năm": "TH", "5": "TH",
    "sáu": "FR", "6": "FR", "bảy": "SA", "7": "SA",
}  # fmt: skip
_DAY_MONTH: Final = r"(?:ngày\s+)?\d{1,2}(?:\s?[/.-]\s?\d{1,2}|\s+tháng\s+\d{1,2})"
_ASIDE: Final = r"(?:\s*\([^()]{0,60}\))?"
_YEARLY_DAYS: Final = re.compile(
    rf"\b(?:định kỳ\s+)?{_LIMIT}(?P<days>{_DAY_MONTH}{_ASIDE}(?:\s*(?:,|;|và|,\s*và)\s*(?:trước\s+|"
    rf"chậm nhất\s+)?{_DAY_MONTH}{_ASIDE}){{0,3}})"
    rf"\s*,?\s*(?:của\s+)?{_EACH}\s+năm"
)
_DATED_PAIR: Final = re.compile(
    rf"\b{_LIMIT}(?P<first>(?:ngày\s+)?\d{{1,2}}\s?/\s?\d{{1,2}}\s?/\s?20\d\d){_ASIDE}\s*(?:,|;|"
    rf"và)\s*(?:và\s+)?(?:trước\s+|chậm nhất\s+)?"
    rf"(?P<second>(?:ngày\s+)?\d{{1,2}}\s?/\s?\d{{1,2}}\s?/\s?20\d\d){_ASIDE}"
)
_HALF: Final = r"(?:(?:6|06|sáu)\s+tháng(?:\s+đầu năm)?)"
_YEAR_END: Final = r"(?:(?:tổng kết\s+|báo cáo\s+|định kỳ\s+)?(?:(?:1|01|một|cuối|cả|hằng|hàng|hết)\s*)?năm\b(?!\s*\d))"
_HALVES: Final = re.compile(
    rf"\b(?:định kỳ\s+|sơ kết\s+)?{_HALF}(?P<first>{_ASIDE})(?P<nine>\s*(?:,|và)\s*(?:9|09|"
    rf"chín) tháng)?\s*(?:,\s*và|,|và|/|hoặc|\+|-)\s*{_YEAR_END}(?P<second>{_ASIDE})"
)
_HALF_ALONE: Final = re.compile(
    rf"\b(?:định kỳ\s+|báo cáo\s+|sơ kết\s+|(?:và|,)\s+|{_EACH}\s+)(?P<half>{_HALF})(?!\s*(?:/|một|1)\s*lần)\b"
)
_NUMBERS: Final = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "năm": 5}
_RATE: Final = re.compile(
    r"\b(?:định kỳ\s+)?(?P<n>\d{1,2}|một|hai|ba|bốn|sáu)\s?(?P<unit>tuần|tháng|quý|năm)\s*(?:/\s*(?:một|1|"
    r"01)?\s*lần|\s(?:một|1|01)\s+lần)"
)
_TIMES: Final = re.compile(
    rf"\b(?P<n>\d{{1,2}}|một|hai|ba|bốn)\s*(?:lần|kỳ)\s*(?:/|{_EACH}\s|trong\s|một\s)\s*(?:(?:một|1|"
    rf"01)\s+)?(?P<unit>tuần|tháng|quý|năm)\b"
)
_SIMPLE: Final = re.compile(
    rf"\b(?:định kỳ\s*,?\s*\(?\s*)?{_EACH}\s+(?P<unit>ngày|tuần|tháng|quý|năm)\b(?!\s*\d)(?:\s+(?:một|1|01)\s+lần)?"
)
_YEAR_CLOSE: Final = re.compile(r"\b(?:định kỳ\s+)?(?:vào\s+)?cuối (?P<unit>năm|quý|tháng|tuần)\b(?!\s*\d)")
_LIST: Final = re.compile(
    r"\b(?:định kỳ|báo cáo(?: (?:cchc|kết quả|tình hình|công tác|thực hiện|nhiệm vụ|số liệu))*|cho|sơ kết|"
    r"theo|gồm)\s+(?:\(|:)?\s*(?P<list>(?:ngày|tuần|tháng|quý|năm)\b(?!\s*\d)"
    r"(?:\s*(?:\([^()]{0,50}\)\s*)?(?:,\s*và|,|và|hoặc|/)\s*(?:báo cáo\s+)?"
    r"(?:tuần|tháng|quý|(?:6|06|sáu|9|09)\s+tháng(?:\s+đầu năm)?|(?:cuối\s+|cả\s+)?năm)\b(?!\s*\d))*)"
)
_FURTHER: Final = re.compile(
    r"\s*(?:,\s*và|,|và|hoặc|/)\s*(?:định kỳ\s+|báo cáo\s+|hằng\s+|hàng\s+)?(?P<unit>tuần|tháng|quý|(?:6|06|"
    r"sáu)\s+tháng(?:\s+đầu năm)?|(?:cuối\s+|cả\s+|hết\s+)?năm)\b(?!\s*\d)"
)
_REFINED: Final = re.compile(
    rf"\s*[(,]?\s*{_LIMIT}ngày\s+(?P<day>\d{{1,2}})(?!\s?[/.]\s?\d)(?!\s+(?:tháng|của|hằng|hàng))\s*\)?"
)
_DAY_OF_YEAR: Final = re.compile(
    rf"[\s,(]*(?:báo cáo\s+)?{_LIMIT}(?:ngày\s+)?(?P<day>\d{{1,2}})(?:\s?/\s?|\s+tháng\s+)(?P<month>\d{{1,2}})"
    r"(?!\s?[/\d]|\s+năm\s+\d)\)?"
)
_LATER_DAY: Final = re.compile(
    r"[^;.()]{0,70}?\b(?:trước|chậm nhất|muộn nhất|vào)\s+ngày\s+(?P<day>\d{1,2})(?:\s?/\s?|\s+tháng\s+)"
    r"(?P<month>\d{1,2})(?!\s?[/\d]|\s+năm\s+\d)"
)
_ONCE: Final = re.compile(
    r"[^;.()]{0,60}?\b(?:trước|chậm nhất|muộn nhất|vào)\s+(?:ngày\s+)?\d{1,2}(?:\s?/\s?\d{1,2}\s?/\s?|"
    r"\s+tháng\s+\d{1,2}\s+năm\s+)20\d\d"
)
_FOUR_DAYS: Final = re.compile(
    rf"[\s,:(]*{_LIMIT}(?P<days>{_DAY_MONTH}(?:\s*(?:,|;|và)\s*(?:trước\s+)?{_DAY_MONTH}){{3}})\)?"
)
_MOST: Final = 60
_PLAIN: Final = {
    "ngày": "FREQ=DAILY",
    "tuần": "FREQ=WEEKLY",
    "tháng": "FREQ=MONTHLY",
    "quý": "FREQ=MONTHLY;INTERVAL=3",
    "năm": "FREQ=YEARLY",
}
HALVES: Final = "FREQ=YEARLY;BYMONTH=6,12"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A period: its rule (RFC 5545), where its words stand, whether a word of limit marks it as a term."""

    rrule: str
    start: int
    end: int
    marked: bool = False


def rhythms(low: str) -> list[Rhythm]:
    """All periods named in a text (in lower case), in their order."""
    taken: list[Rhythm] = []

    def add(rule: str, found: re.Match[str], group: str | int = 0) -> None:
        start, end = found.span(group)
        if len(taken) > _MOST or any(start < one.end and one.start < end for one in taken):
            return
        marked = bool(re.match(r"(?:định kỳ|trước|chậm nhất|muộn nhất|vào|xong)", low[start:end]))
        taken.append(Rhythm(rule, start, end, marked or "BYMONTHDAY" in rule or "BYDAY" in rule))

    for found in _DATED_PAIR.finditer(low):
        dates = [re.findall(r"\d+", found[name]) for name in ("first", "second")]
        for rule in _of_days([(int(day), int(month)) for day, month, _ in dates], until="".join(_padded(dates[1]))):
            add(rule, found)
    for found in _YEARLY_DAYS.finditer(low):
        rules = _of_days(_pairs(found["days"]))
        if rules:
            add(rules[0], found)
            taken += [replace(taken[-1], rrule=rule) for rule in rules[1:] if taken]
    for found in _MONTHS_OF_YEAR.finditer(low):
        named = [int(one) for one in re.findall(r"\d+", found["months"])]
        if all(1 <= month <= 12 for month in named):
            add(f"FREQ=YEARLY;BYMONTH={','.join(str(month) for month in named)}", found)
    for found in _QUARTERLY_DAY.finditer(low):
        months = "1,4,7,10" if found["first"] else "3,6,9,12"
        add(f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY={int(found['day'])}", found)
    for found in _MONTHLY_DAY.finditer(low):
        if 1 <= int(found["day"]) <= 31:
            add(f"FREQ=MONTHLY;BYMONTHDAY={int(found['day'])}", found)
    for found in _LAST_DAY.finditer(low):
        add("FREQ=MONTHLY;BYMONTHDAY=-1", found)
    for found in _WEEKDAY.finditer(low):
        add(f"FREQ=WEEKLY;BYDAY={_WEEKDAYS[found['day']] if found['day'] else 'SU'}", found)
    for found in _HALVES.finditer(low):
        days = _pairs(f"{found['first']} và {found['second']}".replace("(", "").replace(")", ""))
        dated = _of_days(days) if len(days) == 2 else []
        add(dated[0] if dated else "FREQ=YEARLY;BYMONTH=6,9,12" if found["nine"] else HALVES, found)
        taken += [replace(taken[-1], rrule=rule) for rule in dated[1:]]
    for found in _RATE.finditer(low):
        if every := _every(found["n"], found["unit"]):
            add(every, found)
    for found in _TIMES.finditer(low):
        if every := _times(found["n"], found["unit"]):
            add(every, found)
    for found in _SIMPLE.finditer(low):
        add(_PLAIN[found["unit"]], found)
    for found in _HALF_ALONE.finditer(low):
        add("FREQ=MONTHLY;INTERVAL=6", found, "half")
    for found in _YEAR_CLOSE.finditer(low):
        add("FREQ=YEARLY;BYMONTH=12" if found["unit"] == "năm" else _PLAIN[found["unit"]], found)
    for found in _LIST.finditer(low):
        units = list(
            re.finditer(
                r"(?:6|06|sáu|9|09)\s+tháng(?:\s+đầu năm)?|(?:cuối\s+|cả\s+)?năm|ngày|tuần|tháng|quý",
                re.sub(r"\([^()]*\)", lambda aside: " " * len(aside[0]), found["list"]),
            )
        )
        marked = low[found.start() :].startswith("định kỳ")
        if len(units) < 2 and not marked and low[found.start() :].startswith(("cho", "theo", "gồm")):
            continue
        for unit in units:
            start = found.start("list") + unit.start()
            end = found.start("list") + unit.end()
            if not any(start < one.end and one.start < end for one in taken):
                taken.append(Rhythm(_unit_rule(unit[0]), start, end, marked or len(units) > 1))
    return _joined(low, sorted(taken, key=lambda one: (one.start, one.end)))


def _padded(figures: list[str]) -> list[str]:
    return [figures[2], figures[1].zfill(2), figures[0].zfill(2)]


def _pairs(text: str) -> list[tuple[int, int]]:
    plain = re.sub(r"\([^()]*\)", "", text)
    return [(int(day), int(month)) for day, month in re.findall(r"(\d{1,2})\s?(?:[/.-]|\s+tháng\s)\s?(\d{1,2})", plain)]


def _of_days(days: list[tuple[int, int]], until: str = "") -> list[str]:
    """Fixed days of the year as rules: one where the day of the month is the same, else one for each."""
    days = [(day, month) for day, month in days if 1 <= day <= 31 and 1 <= month <= 12]
    if not days:
        return []
    end = f";UNTIL={until}" if until else ""
    if len({day for day, _ in days}) == 1:
        months = ",".join(str(month) for _, month in days)
        return [f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={days[0][0]}{end}"]
    return [f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}{end}" for day, month in days]


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.get(word, 1)


def _every(word: str, unit: str) -> str | None:
    number = _number(word) * (3 if unit == "quý" else 1)
    if not 1 <= number <= 60:
        return None
    base = "MONTHLY" if unit in ("quý", "tháng") else "WEEKLY" if unit == "tuần" else "YEARLY"
    return f"FREQ={base};INTERVAL={number}" if number > 1 else f"FREQ={base}"


def _times(word: str, unit: str) -> str | None:
    number = _number(word)
    months = {"quý": 3, "năm": 12}.get(unit)
    if number == 1 or months is None:
        return _PLAIN[unit] if number == 1 else None
    return f"FREQ=MONTHLY;INTERVAL={months // number}" if months % number == 0 else None


def _unit_rule(words: str) -> str:
    if words.endswith("năm") and not words.endswith("đầu năm"):
        return "FREQ=YEARLY;BYMONTH=12" if words.startswith("cuối") else "FREQ=YEARLY"
    if re.match(r"(?:6|06|sáu)\s", words):
        return "FREQ=MONTHLY;INTERVAL=6"
    if re.match(r"0?9\s", words):
        return "FREQ=YEARLY;BYMONTH=9"
    return _PLAIN[words]


def _joined(low: str, found: list[Rhythm]) -> list[Rhythm]:
    """Add the units that go on a list, and put a period together with the day that follows it in brackets."""
    whole: list[Rhythm] = []
    for at, one in enumerate(found):
        whole.append(one)
        limit = found[at + 1].start if at + 1 < len(found) else len(low)
        end = one.end
        while more := _FURTHER.match(low, end):
            if more.end() > limit:
                break
            whole.append(Rhythm(_unit_rule(more["unit"]), more.start("unit"), more.end("unit"), one.marked))
            end = more.end()
    out: list[Rhythm] = []
    for one in whole:
        last = out[-1] if out else None
        between = low[last.end : one.start] if last else ""
        if last is not None and _refines(one, last) and re.fullmatch(r"\s*[(,:]?\s*(?:là\s+)?", between):
            close = low[one.end : one.end + 1] == ")" and "(" in between
            out[-1] = Rhythm(one.rrule, last.start, one.end + close, True)
        elif (
            last is not None
            and last.rrule == "FREQ=MONTHLY;INTERVAL=6"
            and one.rrule.startswith("FREQ=YEARLY")
            and len(between) < 12
        ):
            out[-1] = Rhythm(HALVES, last.start, one.end, last.marked)
        else:
            day = _REFINED.match(low, one.end)
            if day and one.rrule == "FREQ=MONTHLY" and 1 <= int(day["day"]) <= 31:
                one = Rhythm(f"{one.rrule};BYMONTHDAY={int(day['day'])}", one.start, day.end(), True)
            fixed = one.rrule.startswith("FREQ=YEARLY") or one.rrule == "FREQ=MONTHLY;INTERVAL=6"
            dated = _DAY_OF_YEAR.match(low, one.end) if fixed else None
            if dated is None and one.rrule == "FREQ=YEARLY":
                dated = _LATER_DAY.match(low, one.end, one.end + 90)
            if one.rrule == "FREQ=MONTHLY;INTERVAL=3" and (four := _FOUR_DAYS.match(low, one.end)):
                rules = _of_days(_pairs(four["days"]))
                if len(rules) == 1:
                    one = Rhythm(rules[0].replace("FREQ=YEARLY", "FREQ=MONTHLY"), one.start, four.end(), True)
            if (
                dated
                and (rules := _of_days([(int(dated["day"]), int(dated["month"]))]))
                and "BYMONTHDAY" not in one.rrule
            ):
                one = Rhythm(rules[0], one.start, dated.end(), True)
            out.append(one)
    out = [
        one for one in out if not (one.rrule.startswith("FREQ=YEARLY") and not one.marked and _ONCE.match(low, one.end))
    ]
    # A day told at the end of a list ("hàng tháng, quý (trước ngày 18 hàng tháng)") is that of the plain period.
    return [one for one in out if not any(_refines(other, one) and other.start >= one.start for other in out)]


def _refines(one: Rhythm, other: Rhythm) -> bool:
    """Whether one period is the other with its day told."""
    if "BYMONTHDAY" not in one.rrule or "BYMONTHDAY" in other.rrule:
        return False
    quarterly = "BYMONTH=" in one.rrule and one.rrule.startswith("FREQ=MONTHLY")
    if other.rrule == "FREQ=MONTHLY;INTERVAL=3":
        return quarterly
    if other.rrule == "FREQ=MONTHLY":
        return not quarterly and one.rrule.startswith("FREQ=MONTHLY")
    return other.rrule in ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=12", HALVES) and one.rrule.startswith("FREQ=YEARLY")
