"""Numbers of things in an order, wherever they stand: behind any verb, a preposition, a thing, a floor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from langnghe.plans.reading.clauses import MOST
from langnghe.plans.reading.quantities import number
from langnghe.plans.reading.register import Indicator, Target
from langnghe.plans.reading.target_making import clause_end, comma, make
from langnghe.plans.reading.target_sights import Sight
from langnghe.plans.reading.target_words import NEVER_THINGS, NOT_THINGS, THING
from langnghe.plans.reading.verbs import VERBS, begins_with_verb

_FLOOR: Final = r"(?:ít nhất|tối thiểu|không dưới|không ít hơn)"
_CEILING: Final = r"(?:không quá|không vượt quá|tối đa)"
_NUMBER: Final = re.compile(
    rf"(?<![\w/.,#%–-])(?P<limit>(?:{_FLOOR}|{_CEILING}|trên|hơn|từ|khoảng)\s+)?"
    r"(?P<n>\d{1,3}(?:\.\d{3})+|\d{1,5}(?:,\d+(?=(?:km|ha|m2|m²|mw)\b))?)(?:\s+|(?=(?:km|ha|m2|m²|m3|m³|mw|tấn)\b))(?P<noun>[\"“]?[a-zà-ỹđ][^;.():\d]*)"
)
_UP: Final = re.compile(r"[^;.:\d]{1,90}?\btrở lên\b")
# "tại", "cho", "của": so many are served, so many are the places where it is done.
_FOR: Final = re.compile(r"\b(?:tại|cho|đối với|trên|ở|tới|đến|của)\s*$")
_OF: Final = re.compile(r"\b(?:của)\s*$")
# Words before a number that belong to somebody or to a text, not to what is to be done.
_NOT_DONE: Final = re.compile(
    r"\b(?:gồm|bao gồm|trong|trong số|thuộc|số|giao|đề nghị|yêu cầu|do|với|cùng|vai trò|có|hiện có|là|theo|lớp|khối|"
    r"tổ|điểm|cấp|tuyến|đường|phòng|tầng|nhà|lần|đoàn|hàng|bằng|sau|trước|quá|vượt|được|cả|mức|không|khi|cách|"
    r"bán kính|ngoài|và|hoặc|từ|nhóm)\s*$"
)
_DOES: Final = frozenset(
    "chọn lựa vận triển tra sát dời trợ tạo dưỡng huấn sửa chữa vét lắp đặt dựng lập xóa bỏ lý trồng mở tặng trao "
    "cấp phát in hóa thay duy trì kết nạp đưa dạy trúc tuyển dụng giá hành chức khai phục trang bị".split()
)
_WORD: Final = re.compile(r"[^\W\d_]+")
OFTEN: Final = re.compile(r"\b(?:mỗi|hằng|hàng|từng)\s+(?:ngày|tuần|tháng|quý|năm|buổi|đợt)\b[^,;.]{0,60}$")
PLACE_NOUN: Final = re.compile(r"(?:tuyến|đường|phố|địa bàn|đoạn|trục|khu|thửa|sông|hồ)\b")
_NO_NOUN: Final = re.compile(r"(?:của|để|về|cho|là|và|hoặc|trên|tại|trong|được|có|với|do|từ|đến|khi)\b|\w+\s?/")
_MORE: Final = re.compile(r"(?:\s+(?:thêm|mới|được|khoảng|tổng số))+\s*$")
_PARTS: Final = re.compile(r"\b(?:gồm|bao gồm|trong đó)\b[^;.]{0,80}$")


def things(sight: Sight, clause: str, taken: list[tuple[int, int]]) -> Iterator[Indicator]:
    """Numbers of things that no narrower rule has taken."""
    orders = _orders(clause)
    calm = sight.block.section == "purpose" or sight.block.zone == "head"
    end = -1
    for found in islice(_each(_NUMBER, clause), MOST):
        if any(found.start("n") < stop and begin < found.end("n") for begin, stop in taken):
            end = -1
            continue
        how = _how(clause, found, orders, calm, joined=end >= 0 and _joins(clause[end : found.start()]))
        if not how:
            continue
        taken.append(found.span("n"))
        limit = (found["limit"] or "").strip()
        floor = bool(re.fullmatch(_FLOOR, limit)) or limit == "từ" or limit in ("trên", "hơn") and how != "place"
        begin, end = begin_near(clause, found.start(), how), _end(clause, found.start("noun"), found.end("noun"))
        name = " ".join(clause[found.start("noun") : end].split())
        unit = THING.match(name.lstrip('"“'))
        yield make(
            sight,
            begin,
            end,
            found.start("noun"),
            end,
            Target(">=" if floor else "<=" if re.fullmatch(_CEILING, limit) else "=", number(found["n"])),
            unit["thing"] if unit else name,
            0.68,
        )


def _each(pattern: re.Pattern[str], clause: str) -> Iterator[re.Match[str]]:
    """All matches; the noun of one may hold the next."""
    found = pattern.search(clause)
    while found:
        yield found
        found = pattern.search(clause, found.start("noun"))


def _how(clause: str, found: re.Match[str], orders: bool, calm: bool, *, joined: bool) -> str:
    """By what a number is a number to reach: "" if by nothing."""
    noun, limit = found["noun"].lstrip('"“'), (found["limit"] or "").strip()
    before = clause[: found.start()]
    if NEVER_THINGS.match(noun) or _NO_NOUN.match(noun) or re.search(r"\d(?:[^\W\d]|[/-])*\s*$", before[-8:]):
        return ""
    if re.fullmatch(_FLOOR, limit) or re.fullmatch(_CEILING, limit):
        return "" if _PARTS.search(before) else "floor"
    if limit == "từ":
        return "floor" if _UP.match(clause, found.end("n")) else ""
    if joined:
        return "list"
    if limit not in ("trên", "hơn") and OFTEN.search(before[-110:]):
        # How often something is done is a level only if it is a floor.
        return ""
    last = _WORD.findall(_MORE.sub("", before[-40:]).lower())[-3:]
    verb = any(" ".join(last[at:]) in VERBS for at in range(len(last)))
    if verb and not _NOT_DONE.search(before[-30:]):
        return "verb" if not NOT_THINGS.match(noun) or set(last) & _DOES else ""
    if calm or not orders:
        return ""
    if _FOR.search(before[-12:]):
        if _OF.search(before) and not re.search(r"\btại\b[^,;]{2,50}$", before):
            return ""
        return "place" if found["n"][0] == "0" or len(found["n"]) > 1 else ""
    if limit == "trên" and PLACE_NOUN.match(noun):
        return "place"
    if NOT_THINGS.match(noun) or _NOT_DONE.search(before[-30:]) or limit:
        return ""
    # "… tách nước thải 07 hồ": written with a nought, a number counts what the order is done to.
    counted = found["n"][0] == "0" or len(found["n"].replace(".", "")) >= 2
    return "object" if counted and before[-1:] == " " and before.rstrip()[-1:].isalpha() else ""


def _orders(clause: str) -> bool:
    """Whether a clause, or one of its members after a comma, begins with a verb."""
    return any(
        begins_with_verb(_WORD.findall(piece[:50].lower())[:5]) for piece in re.split(r"[,:]\s", clause, maxsplit=8)
    )


def _joins(between: str) -> bool:
    return re.fullmatch(r"\s*(?:\([^()]{0,80}\))?\s*(?:,|và|, và)\s*", between) is not None


def begin_near(clause: str, at: int, how: str = "") -> int:
    """The nearest beginning of an order before a number that gives its quote some words."""
    cut = at
    for _ in range(6):
        earlier = comma(clause[: max(0, cut - 2)])
        if at - earlier > 150:
            break
        cut = earlier
        words = _WORD.findall(clause[cut : cut + 40].lower())[:5]
        if cut == 0 or len(clause[cut:at].split()) >= 4 and begins_with_verb(words):
            break
    if cut == at:
        cut = comma(clause[:at])
    if len(clause[cut:at].split()) > 18:
        # Far from its beginning: some words, or the verb that it goes with.
        back = 3 if how == "verb" else 8
        cut = at - len(" ".join(clause[cut:at].rsplit(maxsplit=back)[1:])) - 1
    return max(0, cut) + len(clause[max(0, cut) :]) - len(clause[max(0, cut) :].lstrip())


def _end(clause: str, start: int, end: int) -> int:
    """Where the name of a thing ends."""
    stop = re.search(
        r"\s(?:để|nhằm|theo|trước|trong|với|từ|phục vụ|do|xong|hoàn thành|báo cáo)\s|,\s(?!(?:phường|thị|thành|xã|"
        r"huyện|tổ chức|ngành|quận|doanh|khu|cán|công|bài)\b)",
        clause[start:end],
    )
    cut = start + stop.start() if stop and stop.start() > 2 else min(end, clause_end(clause, start))
    return cut - (len(clause[start:cut]) - len(clause[start:cut].rstrip(" .,")))
