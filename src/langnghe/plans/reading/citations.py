"""Other documents that a plan names by their numbers: kind, number, date, and the words that name them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from langnghe.plans.reading.letters import pattern
from langnghe.plans.reading.register import Citation

_SIGNS = (
    "NĐ QĐ CT TT TTLT NQ KH KL TB CV PL QH HD CTr CTR ĐA BC TTr TTR CĐ QC QĐi QyĐ CTrHĐ KHPH CTPH VBHN L PA ĐK".split()
)
_KIND_OF = {
    "NĐ": "Nghị định", "QĐ": "Quyết định", "CT": "Chỉ thị", "TT": "Thông tư", "TTLT": "Thông tư liên tịch",
    "NQ": "Nghị quyết", "KH": "Kế hoạch", "KL": "Kết luận", "TB": "Thông báo", "CV": "Công văn", "PL": "Pháp lệnh",
    "QH": "Luật", "HD": "Hướng dẫn", "CTR": "Chương trình", "ĐA": "Đề án", "BC": "Báo cáo", "TTR": "Tờ trình",
    "CĐ": "Công điện", "VBHN": "Văn bản hợp nhất", "PA": "Phương án", "KHPH": "Kế hoạch phối hợp",
}  # fmt: skip
_KINDS = (
    "Thông tư liên tịch|Văn bản hợp nhất|Nghị quyết liên tịch|Kế hoạch phối hợp|Chương trình phối hợp|"
    "Chương trình hành động|Kế hoạch hành động|Nghị định|Nghị quyết|Quyết định|Chỉ thị|Thông tư|Kế hoạch|Công văn|"
    "Công điện|Thông báo|Kết luận|Pháp lệnh|Bộ luật|Luật|Chương trình|Đề án|Hướng dẫn|Quy định|Quy chế|Tờ trình|"
    "Báo cáo thẩm định|Báo cáo|Thông tri|Văn bản|Phương án|Lệnh|Sắc lệnh|Giấy mời"
)
_KIND = re.compile(rf"(?i)(?<!\w)({_KINDS})(?!\w)".replace(" ", r"\s+"))
_NUMBER = pattern(
    r"(?<![\w/.,-])(?P<whole>(?P<figure>\d{1,5}[a-zA-Z]{0,2})(?P<year>\s*[/-]\s*(?:19|20)\d\d)?\s*(?P<sign>[/-])\s*"
    r"(?P<rest>[<U>][A-Za-zĐÐđƯư]{0,9}\d{0,2}(?:[ ]?[-–&/][ ]?[<U>][A-Za-zĐÐđƯư&]{0,11}\d{0,2}|"
    r"\.[<U>][A-Za-zĐÐđƯư&]{0,11}\d{0,2}){0,4}))(?![\w])"
)
_SAID = re.compile(r"(?i)(?:số|sô)\s*:?\s*\**\s*$")
_DATE = re.compile(
    r"(?i)\s*,?\s*(?:đề\s+|ký\s+)?ngày\s*\**\s*(?P<day>\d{1,2})\s*\**\s*(?:[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4})|"
    r"tháng\s*(?P<m>\d{1,2})\s*\**\s*năm\s*(?P<y>\d{4}))\**"
)
_BODY = pattern(
    r"\s+của\s+(?:liên\s+)?(?P<body>[<U>][^,.;:()“”\"\n]{2,90}?)"
    r"(?=\s+(?:[Vv]ề|[Qq]uy\s+định|[Bb]an\s+hành|[Pp]hê\s+duyệt|[Ss]ửa\s+đổi|[Hh]ướng\s+dẫn|[Vv]/v|[Tt]hực\s+hiện|"
    r"[Tt]riển\s+khai|[Cc]ông\s+bố|[Tt]ăng\s+cường|[Đđ]ẩy\s+mạnh|[Nn]âng\s+cao|[Gg]iao|[Tt]hành\s+lập|[Cc]ải\s+cách|"
    r"[Kk]hắc\s+phục|[Ss]ố|[Tt]ại|[Vv]à|[Nn]hằm|[Đđ]ược|[Đđ]ến|[Cc]hấn\s+chỉnh|[Bb]ổ\s+sung|[Đđ]ể|[Tt]rong|[Tt]rên|"
    r"[Qq]uyết\s+định|[Đđ]ối\s+với|[Cc]ó|[Dd]o|[Kk]iểm\s+soát|[Xx]ây\s+dựng|[Cc]hỉ\s+đạo|[Gg]iai\s+đoạn|năm)\b|[,.;:()“”\"\n/]|$)"
)
_JOINT = re.compile(r"[\s,;]*(?:(?:và|hoặc)\s+)?(?:số\s*:?\s*)?\**")
_FILED = re.compile(r"(?i)[\s\-–+*•]*lưu\s*:")
_LOST_HYPHEN = re.compile(
    r"(?<=\d[/-])(NĐ|QĐ|CT|NQ|KH|TT|TB|CV|KL|CTr|TTr|PL)(?=(?:CP|TTg|UBND|HĐND|VPCP|TU|TW|UBTVQH\d*|B[A-Z]{2,5})\b)"
)
_CUT_ROW = pattern(r"\n(?=[<L>])")
_END = re.compile(r"[.;:!?](?:\s|$)|\n")


@dataclass(slots=True)
class _Mention:
    """One place where a number stands."""

    kind: str
    number: str
    date: date | None
    start: int
    end: int
    group: int


def day_of(year: str, month: str, day: str) -> date | None:
    """A date from its figures, None if there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def normal_number(whole: str) -> str:
    """A document's number as it is written officially; a hyphen that a copy has lost is put back (61/2018/NĐCP)."""
    return _LOST_HYPHEN.sub(r"\1-", re.sub(r"[\s*]", "", whole).replace("Ð", "Đ").replace("–", "-"))


def _sign(rest: str) -> str:
    first = re.split(r"[-–&/.\s]", rest.replace("Ð", "Đ"))[0]
    return re.sub(r"\d+$", "", first)


def _capital(kind: str) -> str:
    kind = " ".join(kind.split())
    return kind[:1].upper() + kind[1:].lower()


def _mentions(text: str) -> list[_Mention]:
    kinds = [(found.start(), found.end(), found[1]) for found in _KIND.finditer(text)]
    ends = [end for _, end, _ in kinds]
    mentions: list[_Mention] = []
    for found in _NUMBER.finditer(text):
        sign = _sign(found["rest"])
        known = sign in _SIGNS or sign.upper() in _KIND_OF
        row = text.rfind("\n", 0, found.start()) + 1
        if _FILED.match(text, row):
            continue
        before = text[max(0, found.start() - 12) : found.start()]
        said = _SAID.search(before) is not None
        place = bisect_left(ends, found.start() + 1) - 1
        kind, start = "", -1
        if place >= 0:
            begin, end, word = kinds[place]
            between = text[end : found.start()]
            near = re.sub(r"(?i)số|sô|[\s:*]", "", between) == ""
            if near or (said and found.start() - end < 160 and not _END.search(between)):
                last = mentions[-1] if mentions else None
                if near or last is None or last.end <= begin:
                    kind, start = _capital(word), begin
        if not kind and not (said or known):
            continue
        if not known and not found["year"] and not (kind and said) and found["sign"] == "-":
            continue
        end = found.end()
        day: date | None = None
        if dated := _DATE.match(text, end):
            day = day_of(dated["year"] or dated["y"], dated["month"] or dated["m"], dated["day"])
            end = dated.end()
        if body := _BODY.match(text, end):
            end = body.end()
        group = len(mentions)
        if not kind:
            last = mentions[-1] if mentions else None
            between = text[last.end : found.start()] if last else ""
            if last is not None and len(between) < 24 and _JOINT.fullmatch(between):
                kind, start, group = last.kind, last.start, last.group
            else:
                said_at = re.search(r"(?i)(?:số|sô)\s*:?\s*\**\s*$", before)
                start = found.start() - (len(before) - said_at.start()) if said_at else found.start()
                kind = _KIND_OF.get(sign) or _KIND_OF.get(sign.upper()) or "Văn bản"
        mentions.append(_Mention(kind, normal_number(found["whole"]), day, start, end, group))
    return mentions


def _faulty(number: str, others: Sequence[str]) -> bool:
    """Whether a number is another one mistyped: its year or its last signs are missing."""
    for other in others:
        if other == number:
            continue
        if len(number) >= 8 and other.startswith(number) and len(other) - len(number) <= 2:
            return True
        if re.sub(r"/(?:19|20)\d\d", "", other) == number:
            return True
    return False


def citations(text: str, *, own: str | None = None, start: int = 0) -> list[Citation]:
    """Every document cited by number, once, in the order of first mention; `own` is the plan's number.

    `text` is read from `start` on. The words are those of the first mention that gives a date, else of the first.
    """
    # A row that goes on in small letters was only cut; a space for the break keeps all places.
    mentions = [one for one in _mentions(_CUT_ROW.sub(" ", text)) if one.start >= start]
    numbers = list(dict.fromkeys(one.number for one in mentions))
    grouped: dict[int, int] = {}
    for one in mentions:
        grouped[one.group] = max(grouped.get(one.group, 0), one.end)
    found: list[Citation] = []
    for number in numbers:
        if own and normal_number(own).casefold() == number.casefold() or _faulty(number, numbers):
            continue
        same = [one for one in mentions if one.number == number]
        best = next((one for one in same if one.date), same[0])
        stop = grouped[best.group]
        quote = " ".join(text[best.start : stop].split()).strip(" *")
        found.append(Citation(best.kind, number, best.date, quote, (best.start, stop)))
    return found
