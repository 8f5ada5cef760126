"""Long numbers that belong to one person: phones, papers, tax codes, accounts, customer numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from langnghe.publication.scanner.marks import N_, Kind, Mark, mark_at
from langnghe.publication.scanner.view import View

# --- runs of digits ------------------------------------------------------------------------------------------------

_SPOKEN: Final = {
    "khong": "0",
    "ko": "0",
    "mot": "1",
    "hai": "2",
    "ba": "3",
    "bon": "4",
    "tu": "4",
    "nam": "5",
    "lam": "5",
    "sau": "6",
    "bay": "7",
    "tam": "8",
    "chin": "9",
}
# The spoken digits as they are written with marks; other words ("bày", "tư" is right, "tự" is not) do not count.
_SPOKEN_MARKED: Final = frozenset("không ko một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám chín".split())
_LOOKALIKE: Final = {"o": "0", "i": "1", "l": "1"}


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that stand together, and the view positions of each."""

    digits: str
    start: int
    end: int
    spoken: bool
    places: tuple[int, ...]  # view position of each digit


@dataclass(frozen=True, slots=True)
class Run:
    """Groups with nothing but short separators between them."""

    groups: tuple[Group, ...]

    @property
    def digits(self) -> str:
        return "".join(group.digits for group in self.groups)


_PLAIN_DIGITS: Final = re.compile(r"[0-9]+")
_WORDISH: Final = re.compile(r"[a-z]+")


def _groups(view: View) -> list[Group]:
    """Digits, letters standing for digits and spoken digits, in order."""
    groups: list[Group] = []
    tokens = view.tokens
    for index, token in enumerate(tokens):
        if token.digits:
            kind = "digit"
            digits = token.folded
        elif token.folded in _SPOKEN and (token.bare or token.marked in _SPOKEN_MARKED):
            kind = "spoken"
            digits = _SPOKEN[token.folded]
        elif len(token.folded) <= 3 and token.bare and not token.folded.strip("oil"):
            # O for 0, l and I for 1, when it touches a digit on one side and no other letter.
            before = index > 0 and tokens[index - 1].digits and view.gap(index - 1) in ("", " ", ".", "-")
            after = index + 1 < len(tokens) and tokens[index + 1].digits and view.gap(index) in ("", " ", ".", "-")
            touches = (before and view.gap(index - 1) == "") or after
            if not touches:
                continue
            kind = "digit"
            digits = "".join(_LOOKALIKE[letter] for letter in token.folded)
        else:
            continue
        spoken = kind == "spoken"
        places = (token.start,) if spoken else tuple(range(token.start, token.end))
        last = groups[-1] if groups else None
        if last and not spoken and not last.spoken and last.end == token.start:
            groups[-1] = Group(last.digits + digits, last.start, token.end, False, last.places + places)
        else:
            groups.append(Group(digits, token.start, token.end, spoken, places))
    return groups


_NARROW: Final = frozenset(" .-_()/\n|*+")
_WIDE: Final = frozenset(" .-_()/\n|*+,:;'\"[]{}\\#=~\v\t<>")


def runs_of(view: View, *, wide: bool = False) -> list[Run]:
    """The runs of digits of a text. wide: any separator up to five characters (for values that are known)."""
    allowed, longest = (_WIDE, 5) if wide else (_NARROW, 3)
    runs: list[Run] = []
    current: list[Group] = []
    for group in _groups(view):
        if current:
            gap = view.folded[current[-1].end : group.start]
            if len(gap) > longest or not all(char in allowed for char in gap):
                runs.append(Run(tuple(current)))
                current = []
        current.append(group)
    if current:
        runs.append(Run(tuple(current)))
    return runs


# --- what is no personal number ------------------------------------------------------------------------------------

_NEUTRAL: Final = (
    # Dates, with or without a clock time beside them.
    re.compile(r"(?<![0-9])[0-3]?[0-9]\s?([/.-])\s?[01]?[0-9]\s?\1\s?(?:19|20)[0-9]{2}(?![0-9])(?![./-]?[0-9])"),
    re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])(?!-[0-9])"),
    re.compile(r"(?<![0-9])[0-2]?[0-9]\s?(?:h|:|gio)\s?[0-5][0-9](?![0-9])"),
    # Law numbers and documents: 20/2008/NĐ-CP, 3671/QĐ-UBND, 04-HD/TU.
    re.compile(r"(?<![0-9])[0-9]{1,5}(?:/[0-9]{4})?\s?/\s?[a-z]{2,6}[0-9]{0,2}(?:-[a-z0-9&]{1,12}){0,4}"),
    # Money.
    re.compile(
        r"(?<![0-9])[0-9]{1,3}(?:[., ][0-9]{3}){0,5}\s?(?:dong|vnd|nghin|ngan|trieu|ty|usd|d\b|₫|\$|m2|kwh|%)(?![a-z])"
    ),
    re.compile(r"(?<![0-9])[0-9]{4,13}\s?(?:dong|vnd|nghin dong|ngan dong|usd|d\b|₫|\$|m2|kwh)(?![a-z])"),
)


def neutral_places(view: View) -> list[tuple[int, int]]:
    """View spans of dates, times, laws and amounts of money, which are no personal numbers."""
    spans = [match.span() for pattern in _NEUTRAL for match in pattern.finditer(view.folded)]
    return sorted(spans)


class _Neutral:
    """Answers whether a span is inside neutral ones, in the order of the text."""

    def __init__(self, spans: list[tuple[int, int]], length: int) -> None:
        self._inside = bytearray(length + 1)
        for start, end in spans:
            self._inside[start:end] = b"\x01" * (end - start)

    def covers(self, start: int, end: int) -> bool:
        return self._inside.find(0, start, end) == -1

    def touches(self, start: int, end: int) -> bool:
        return self._inside.find(1, start, end) != -1


# --- classes of numbers --------------------------------------------------------------------------------------------

_PHONES: Final = (
    (re.compile(r"0[35789][0-9]{8}"), N_("Số điện thoại di động"), 0.95),
    (re.compile(r"(?:00)?840?[35789][0-9]{8}"), N_("Số điện thoại di động"), 0.95),
    (re.compile(r"02[0-9]{9}"), N_("Số điện thoại cố định"), 0.85),
    (re.compile(r"(?:00)?840?2[0-9]{9}"), N_("Số điện thoại cố định"), 0.85),
    (re.compile(r"0[48][0-9]{8}"), N_("Số điện thoại cố định kiểu cũ"), 0.7),
    (re.compile(r"01[2689][0-9]{8}[0-9]"), N_("Số điện thoại di động kiểu cũ"), 0.8),
)
_CITIZEN_ID: Final = re.compile(r"0(?:0[1-9]|[1-8][0-9]|9[0-6])[0-9]{9}")

_KEYWORDS: Final[tuple[tuple[Kind, re.Pattern[str], int, int, str], ...]] = (
    (
        "id",
        re.compile(
            r"(?:cccd|cmnd|cmtnd|\bcmt\b|can cuoc|chung minh|dinh danh|ho chieu|passport|bhxh|bhyt"
            r"|bao hiem)[^0-9\v]{0,24}$"
        ),
        6,
        15,
        N_("Đứng sau tên một giấy tờ tùy thân"),
    ),
    ("tax", re.compile(r"(?:\bmst\b|ma so thue|\bma thue)[^0-9\v]{0,16}$"), 8, 14, N_("Đứng sau “mã số thuế”")),
    (
        "account",
        re.compile(
            r"(?:\bstk\b|so tai khoan|\bso tk\b|\btk\b|tai khoan|so the\b|the atm|\biban\b|chuyen khoan"
            r"|vietcombank|\bvcb\b"
            r"|techcombank|agribank|bidv|vietinbank|mb ?bank|vpbank|tpbank|sacombank|ngan hang|momo)[^0-9\v]{0,24}$"
        ),
        6,
        20,
        N_("Đứng sau “tài khoản” hay tên ngân hàng"),
    ),
    (
        "phone",
        re.compile(
            r"(?:\bsdt\b|so dien thoai|\bso dt\b|dien thoai|\bdt\b|\bdtdd\b|\btel\b|phone|hotline|\bgoi\b"
            r"|lien he|lien lac|\blh\b"
            r"|zalo|di dong|mobile|\bcall\b|so may|\balo\b|viber|whatsapp|\bsms\b|nhan tin)[^0-9\v]{0,20}$"
        ),
        7,
        13,
        N_("Đứng sau “điện thoại”, “liên hệ” hay từ tương tự"),
    ),
    (
        "number",
        re.compile(
            r"(?:ma khach hang|\bma kh\b|so hop dong|hop dong so|ma danh bo|danh bo|so cong to|so serial"
            r"|\bseri\b)[^0-9\v]{0,12}$"
        ),
        4,
        20,
        N_("Mã khách hàng hay số hợp đồng"),
    ),
    (
        "dossier",
        re.compile(
            r"(?:ma ho so|so ho so|ho so so|ma so ho so|so bien nhan|bien nhan so|giay hen so|so giay hen"
            r"|phieu hen so|ma bien nhan"
            r"|so phieu)[^0-9\v]{0,8}$"
        ),
        4,
        30,
        N_("Mã hồ sơ hay số biên nhận"),
    ),
)
_LETTERS: Final = re.compile(r"[a-z]{2}")
_MONEY_BEFORE: Final = re.compile(r"(?:so tien|tong|gia|khoang|hon|gan|muc|phat|ngan sach|kinh phi)[^0-9\n\v]{0,12}$")
_SERVICE: Final = re.compile(r"(?:1800|1900)[0-9]{4,6}")


def number_marks(view: View) -> Iterator[Mark]:
    """Phones, papers, tax codes, accounts and other long numbers, in every spelling."""
    neutral = _Neutral(neutral_places(view), len(view.folded))
    for run in runs_of(view):
        yield from _run_marks(view, run, neutral)


def _run_marks(view: View, run: Run, neutral: _Neutral) -> Iterator[Mark]:
    groups = run.groups
    index = 0
    while index < len(groups):
        group = groups[index]
        found = None
        if not neutral.covers(group.start, group.end):
            found = _number_at(view, groups, index, neutral)
        if found is None:
            index += 1
            continue
        last, kind, reason, certainty = found
        start = group.start
        if start and view.folded[start - 1] == "+":
            start -= 1
        if start and view.folded[start - 1] == "(" and ")" in view.folded[start : groups[last].end]:
            start -= 1
        yield mark_at(view, start, groups[last].end, kind, reason, certainty)
        index = last + 1


def _number_at(
    view: View, groups: tuple[Group, ...], index: int, neutral: _Neutral
) -> tuple[int, Kind, str, float] | None:
    """The number that begins with groups[index]: its last group, kind, reason and certainty."""
    before = view.folded[max(0, groups[index].start - 40) : groups[index].start]
    first = groups[index]
    # How far this number may reach: up to 20 digits, over nothing neutral.
    reach: list[tuple[int, str]] = []
    digits = ""
    for place in range(index, min(index + 20, len(groups))):
        if place > index and neutral.covers(groups[place].start, groups[place].end):
            break
        digits += groups[place].digits
        if len(digits) > 20:
            break
        reach.append((place, digits))
    if not reach:
        if len(first.digits) > 20:
            return index, "number", N_("Dãy số dài"), 0.6
        return None
    for kind, pattern, least, most, reason in _KEYWORDS if _LETTERS.search(before) else ():
        if pattern.search(before):
            fitting = [place for place, text in reach if least <= len(text) <= most]
            phone = _phone_at(view, groups, index, reach)
            if kind == "phone" and phone is not None:
                return phone
            if kind == "id":
                exact = [place for place, text in reach if len(text) in (9, 12)]
                fitting = exact[-1:] or fitting
            if fitting and not (kind in ("account", "number") and phone is not None and kind != "account"):
                return fitting[-1], kind, reason, 0.9
    phone = _phone_at(view, groups, index, reach)
    citizen = [place for place, text in reach if len(text) == 12 and _CITIZEN_ID.fullmatch(text)]
    if phone is not None:
        last = phone[0]
        # Twelve digits in loose groups whose first ten look like a phone: an identity number, or a phone and a rest of
        # two digits. Both are covered.
        if citizen and citizen[0] > last > index and all(_close(view, groups, at) for at in range(index, citizen[0])):
            return citizen[0], "id", N_("Dãy mười hai chữ số như căn cước công dân"), 0.8
        return phone
    if citizen and all(_close(view, groups, at) for at in range(index, citizen[0])):
        return citizen[0], "id", N_("Dãy mười hai chữ số như căn cước công dân"), 0.9
    if _SERVICE.fullmatch(first.digits):
        return None
    if len(first.digits) >= 9:
        kind_long: Kind = "id" if len(first.digits) in (9, 12) else "number"
        return index, kind_long, N_("Dãy số dài"), 0.6
    nine = [place for place, text in reach if len(text) == 9]
    shape = [len(groups[place].digits) for place in range(index, nine[0] + 1)] if nine else []
    if shape == [3, 3, 3] and not _MONEY_BEFORE.search(before[-20:]) and not first.spoken:
        separators = {view.folded[groups[at].end : groups[at + 1].start] for at in range(index, nine[0])}
        if (
            len(separators) == 1
            and separators <= {" ", "-", "."}
            and (first.digits[0] in "0123" or separators == {" "})
        ):
            return nine[0], "id", N_("Dãy chín chữ số như chứng minh nhân dân"), 0.5
    spoken = [place for place, text in reach if groups[place].spoken and len(text) >= 7]
    if spoken and all(groups[place].spoken for place in range(index, spoken[0] + 1)):
        return reach[-1][0], "phone", N_("Dãy số đọc bằng chữ"), 0.7
    return None


def _close(view: View, groups: tuple[Group, ...], at: int) -> bool:
    """True when only one separator stands after groups[at]."""
    return groups[at + 1].start - groups[at].end <= 1


def _phone_at(
    view: View, groups: tuple[Group, ...], index: int, reach: list[tuple[int, str]]
) -> tuple[int, Kind, str, float] | None:
    if reach[0][1][0] not in "08":
        return None
    for place, digits in reach:
        if len(digits) < 10:
            continue
        if len(digits) > 14:
            break
        for pattern, reason, certainty in _PHONES:
            if pattern.fullmatch(digits):
                return place, "phone", reason, certainty
    return None
