"""Figures in a text: how much, of what, and the words that make a figure a level to reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Figures that count nothing: dates, numbers of documents, articles, periods, levels of service, addresses.
_MASKED: Final = re.compile(
    r"\d{1,5}[a-z]?\s?(?:/\s?(?:19|20)\d\d\s?)?[/-]\s?[a-zđ]{2,10}(?:[-–/&]\s?[a-zđ&]+)*\d{0,2}(?!\w)|"
    r"(?:ngày\s+)?\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d\d|ngày\s+\d{1,2}(?![\d,]*\s?%)(?!\d)(?:\s?/\s?\d{1,2})?|"
    r"tháng\s+\d{1,2}(?![\d,]*\s?%)(?!\d)(?:\s?/\s?\d{4})?|"
    r"\b(?:năm|giai đoạn|nhiệm kỳ|khóa)\s+(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d(?!\d)|\s?,\s?(?:19|20)\d\d(?!\d))*|"
    r"\b(?:19|"
    r"20)\d\d\s?[-–]\s?(?:19|20)\d\d|"
    r"\b(?:điều|khoản|điểm(?= \d+,? (?:khoản|điều))|mục|phụ lục|biểu|mẫu|chương|phần|nghị quyết|quy định|quý|"
    r"(?:cấp|hạng|loại)(?= \d(?![\d.,]*[\d%]))|nhóm(?= \d\b)|"
    r"bước|công văn|chỉ thị|kết luận|tổng đài|đường dây nóng|thông tin|đầu số|khu vực)"
    r"\s+\d+(?:\.\d+)*(?![\d,.]*\s?%)(?:\s?/\s?(?:19|20)\d\d)?|mức độ\s+\d(?!\d)(?:\s*(?:,|và)\s*(?:mức độ\s+)?\d)*|"
    r"\(\d{1,2}\)|"
    r"https?://\S+|www\.\S+|\S+@\S+|\b(?:24/7|24/24|một|1) cửa\b|\biso \d+|"
    r"(?<!không quá )(?<!tối đa )(?<!trong vòng )(?<!dưới )(?<!còn )\b\d{1,2}\s?(?:giờ|"
    r"h)\s?\d{0,2}\b(?!\s*làm)|\b0\d{8,10}\b|"
    r"\b(?:19|20)\d\d\b"
)
_DIGITS: Final = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_RANGE: Final = rf"(?P<a>{_DIGITS})\s*(?:\s*%?\s*(?:-|–|đến|tới)\s*(?P<b>{_DIGITS}))?"
_UNITS: Final = (
    r"%|phần trăm|điểm(?! (?:tối đa|cầu|đến|bưu|du))|bậc|thứ hạng|hạng|m³|m3|km2|km|ha|mw|kwh|tấn|tỷ đồng|"
    r"triệu đồng|nghìn đồng|lượt|"
    r"giường(?: bệnh)?|m2|m²|"
    r"(?:người|ca|trường hợp|vụ|trẻ|lượt|bác sĩ|giường bệnh)\s?/\s?\d{1,3}(?:\.\d{3})* (?:người dân|"
    r"dân|người|trẻ(?: đẻ sống)?|"
    r"hộ(?: dân)?)"
)
AT_LEAST: Final = r"(?:ít nhất|tối thiểu|trên|từ|hơn|không thấp hơn|không dưới|cao hơn|vượt)"
AT_MOST: Final = r"(?:không quá|quá|tối đa|dưới|không vượt quá|không cao hơn|nhiều nhất|thấp hơn)"
_WORDS: Final = (
    rf"(?P<limit>(?:(?:từ|khoảng|đạt|là|ở mức|mức|còn|xuống còn|xuống|lên|trở lên)\s+)*(?:{AT_LEAST}|{AT_MOST})?\s*)"
)
LEVEL: Final = re.compile(
    rf"(?<![\w/.,]){_WORDS}{_RANGE}\s*(?:/\s*(?P<of>\d{{1,4}})\s*)?(?P<unit>{_UNITS})(?!\w)"
    r"(?:\s*/\s*(?P<per>100|năm|ngày đêm|ngày|người|\d+)(?: điểm)?)?"
    r"(?P<more>\s+(?:số\s+[^;.()\d]{0,50}\s)?trở lên)?"
)
_WORD_NUMBERS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """A figure with its unit: one value or a range, and whether words make it a floor (">=") or a ceiling ("<=")."""

    low: float
    high: float | None
    unit: str
    limit: str
    start: int
    end: int
    figure: int
    """Where the words of limit, the figure's end and the figure's first digit stand."""


def masked(low: str) -> str:
    """A text (in lower case) in which figures that count nothing are made unreadable; places stay."""
    return _MASKED.sub(lambda found: re.sub(r"\d", "#", found[0]), low)


def number(text: str) -> float:
    """A figure as Vietnamese writes it: 1.795 is a thousand and more, 79,73 and 78.92 have decimals."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "").replace(",", ".")
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() else value


def word_number(text: str) -> float:
    """A figure in digits or in a word up to ten."""
    return _WORD_NUMBERS[text] if text in _WORD_NUMBERS else number(text)


def levels(text: str) -> list[Level]:
    """The levels named in a masked text."""
    found: list[Level] = []
    for one in LEVEL.finditer(text):
        words = one["limit"] or ""
        limit = ""
        if one["more"] or re.search(AT_LEAST, words):
            limit = ">="
        if re.search(AT_MOST, words):
            limit = "<="
        high = number(one["b"]) if one["b"] else None
        start = one.start() + len(words) - len(words.lstrip())
        # "90% số xã trở lên": what is counted stands between.
        end = one.start("more") if one["more"] and "số" in one["more"] else one.end()
        found.append(Level(number(one["a"]), high, _unit(one), limit, start, end, one.start("a")))
    return found


def _unit(one: re.Match[str]) -> str:
    unit = " ".join(one["unit"].split())
    unit = {"phần trăm": "%", "thứ hạng": "hạng", "bậc": "hạng", "m3": "m³", "m2": "m²"}.get(unit, unit)
    unit = re.sub(r"\s?/\s?", "/", unit)
    if one["of"] and unit == "điểm":
        return f"điểm/{one['of']}"
    if one["per"]:
        return f"{unit}/{one['per']}"
    return unit
