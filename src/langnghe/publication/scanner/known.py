"""Values that are known to be personal: every occurrence, however it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from langnghe.publication.scanner.marks import N_, Kind, Mark, mark_at
from langnghe.publication.scanner.numbers import Group, runs_of
from langnghe.publication.scanner.view import LINE, SPACE, Token, View, view_of
from langnghe.publication.scanner.wordlists import Words, word_lists

_WORD: Final = re.compile(r"[a-z]+|[0-9]+|[^\W\d_]+")
_BETWEEN: Final = r"[\s.,;:_\-/'\"()*|]{0,4}"
_ADDRESS_WORDS: Final = frozenset("so nha ngo ngach hem kiet duong pho to thon xom can ho phong toa khu lo".split())


@dataclass(frozen=True, slots=True)
class Known:
    """One known value, ready to be looked for."""

    kind: Kind
    words: tuple[str, ...]  # folded
    marked: tuple[str, ...]  # lower case with marks
    digits: str = ""


def known_values(values: Iterable[str]) -> list[Known]:
    """What each known value is (name, phone, e-mail, address, other number), longest first, without repeats."""
    found: dict[tuple[Kind, tuple[str, ...]], Known] = {}
    for value in values:
        view = view_of(value)
        words = tuple(token.folded for token in view.tokens)
        marked = tuple(token.marked for token in view.tokens)
        digits = "".join(char for char in view.folded if "0" <= char <= "9")
        letters = sum(char.isalpha() for char in view.folded)
        if not words:
            continue
        if "@" in view.folded:
            known = Known("email", words, marked)
        elif len(digits) >= 6 and letters <= 3:
            phone = len(digits) in (9, 10, 11) and digits[0] == "0" or digits.startswith(("84", "0084"))
            known = Known("phone" if phone else "number", words, marked, _core(digits) if phone else digits)
        elif digits:
            known = Known("address", words, marked)
        else:
            known = Known("name", words, marked)
        found.setdefault((known.kind, words), known)
    return sorted(found.values(), key=lambda known: -sum(map(len, known.words)))


def _core(digits: str) -> str:
    """A phone number without what may stand before it (0, 84, 0084)."""
    for prefix in ("0084", "84"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 9:
            digits = digits[len(prefix) :]
    return digits.lstrip("0") or digits


def known_marks(view: View, values: Iterable[str]) -> Iterator[Mark]:
    """Every occurrence of the known values and of the parts of known names."""
    knowns = known_values(values)
    numbers = [known for known in knowns if known.digits]
    if numbers:
        yield from _numbers(view, numbers)
    for known in knowns:
        if known.kind == "name":
            yield from name_marks(view, known)
        elif known.kind == "email":
            yield from _email(view, known)
        elif known.kind == "address":
            yield from _address(view, known)
        elif known.digits and known.words != (known.digits,):
            yield from _sequence(view, known.words, known.kind, N_("Khớp với thông tin người gửi"), 1.0)


# --- numbers -------------------------------------------------------------------------------------------------------

# What may stand before a phone number and belongs to it: 0, 84, +84, 0084, (+84) 0.
_BEFORE_PHONE: Final = re.compile(
    r"(?:(?:\+|\()?\s?(?:\+\s?)?(?:0?0?\s?8\s?4)\)?[\s.\-]{0,2})?(?:\(?\s?[0o]\s?\)?)?[\s.\-]{0,2}$"
)


def _numbers(view: View, numbers: list[Known]) -> Iterator[Mark]:
    for run in runs_of(view, wide=True):
        digits = run.digits
        places: list[tuple[int, Group]] | None = None
        for known in numbers:
            at = digits.find(known.digits)
            while at != -1:
                if places is None:
                    places = [(place, group) for group in run.groups for place in _digit_places(group)]
                start = places[at][0]
                last_place, last_group = places[at + len(known.digits) - 1]
                end = last_group.end if last_group.spoken else last_place + 1
                if known.kind == "phone":
                    start = _phone_start(view, places, at)
                yield mark_at(view, start, end, known.kind, N_("Khớp với thông tin người gửi"), 1.0)
                at = digits.find(known.digits, at + 1)


def _digit_places(group: Group) -> tuple[int, ...]:
    return group.places if not group.spoken else (group.start,)


def _phone_start(view: View, places: list[tuple[int, Group]], at: int) -> int:
    start = places[at][0]
    before = view.folded[max(0, start - 12) : start]
    match = _BEFORE_PHONE.search(before)
    if match:
        start -= len(match.group().lstrip())
    # A spoken zero: "không chín một …".
    if at and places[at - 1][1].spoken and places[at - 1][1].digits == "0":
        start = min(start, places[at - 1][0])
    return start


# --- e-mails, addresses --------------------------------------------------------------------------------------------


def _sequence(
    view: View, words: tuple[str, ...], kind: Kind, reason: str, certainty: float, *, bounded: bool = True
) -> Iterator[Mark]:
    """The words one after another with any short separators."""
    body = _BETWEEN.join(re.escape(word) for word in words)
    pattern = re.compile(rf"(?<![0-9a-z]){body}(?![0-9a-z])" if bounded else body)
    for match in pattern.finditer(view.folded):
        yield mark_at(view, *match.span(), kind, reason, certainty)


def _email(view: View, known: Known) -> Iterator[Mark]:
    between = (
        r"(?:\s?[@._+\-,(\[]{1,2}\s?|\s?[(\[]?(?:at|a cong|a con|a moc|acong|cham|dot|gach duoi"
        r"|gach ngang|gach)[)\]]?\s?|\s)?"
    )
    body = between.join(re.escape(word) for word in known.words)
    for match in re.finditer(body, view.folded):
        yield mark_at(view, *match.span(), "email", N_("Khớp với thông tin người gửi"), 1.0)


def _address(view: View, known: Known) -> Iterator[Mark]:
    """A known address: the whole, and the part up to its last number ("12 ngõ 34/5")."""
    reason = N_("Khớp với địa chỉ người gửi")
    yield from _sequence(view, known.words, "address", reason, 1.0, bounded=False)
    numbered = [index for index, word in enumerate(known.words) if any("0" <= char <= "9" for char in word)]
    first, last = numbered[0], numbered[-1]
    while last + 1 < len(known.words) and len(known.words[last + 1]) == 1:
        last += 1  # the letter of "12B"
    core = known.words[first : last + 1]
    # The numbers alone (12, 34/5) tell the place only when there are several of them, or with the words after them.
    if len(numbered) >= 2:
        # No further than the house itself: an address may name a group or ward with a number far behind.
        tail = next(
            (index for index in range(first + 1, last + 1) if known.words[index] in ("phuong", "quan", "xa", "tp")),
            None,
        )
        if tail is not None:
            core = known.words[first:tail]
        if sum(word.isdigit() for word in core) >= 2:
            yield from _sequence(view, core, "address", reason, 0.95)
            loose = tuple(word for word in core if word not in _ADDRESS_WORDS)
            if loose != core:
                yield from _sequence(view, loose, "address", reason, 0.8)
    following = [word for word in known.words[last + 1 : last + 4] if word not in _ADDRESS_WORDS]
    if following:
        body = _BETWEEN.join(map(re.escape, core[:6]))
        street = r"\s".join(map(re.escape, following[:2]))
        pattern = re.compile(rf"(?<![0-9a-z])({body}){_BETWEEN}(?:(?:duong|pho|ngo)\s)?{street}(?![0-9a-z])")
        for match in pattern.finditer(view.folded):
            yield mark_at(view, *match.span(1), "address", reason, 0.95)


# --- names ---------------------------------------------------------------------------------------------------------


def name_marks(
    view: View, known: Known, *, weaker: float = 0.0, reason: str = N_("Khớp với tên người gửi")
) -> Iterator[Mark]:
    """A name and its parts, with and without marks, in any case, over line breaks. weaker: taken off each certainty."""
    words, marked = known.words, known.marked
    letters = sum(map(len, words))
    if len(words) >= 2:
        yield from _whole_name(view, known, letters, weaker, reason)
    if len(words) >= 3:
        parts = {words[start:end] for start in range(len(words)) for end in range(start + 2, len(words) + 1)} - {words}
        for part in sorted(parts, key=len, reverse=True):
            start = next(at for at in range(len(words)) if words[at : at + len(part)] == part)
            yield from _name_part(view, part, marked[start : start + len(part)], words, weaker, reason)
    lists = word_lists()
    for index, word in enumerate(words):
        if len(words) > 1 and index < len(words) - 1 and word in ("van", "thi"):
            continue  # the two most common middle names tell nobody
        yield from _single_part(view, index, known, lists, weaker, reason)


def _marks_fit(view: View, start: int, end: int, wanted: str) -> bool:
    """True when the text is written with exactly these marks, or without any."""
    written = view.marked[start:end]
    return view.folded[start:end] == written or _one_placement(written) == _one_placement(wanted)


_PLACEMENT: Final = {
    "oà": "òa",
    "oá": "óa",
    "oả": "ỏa",
    "oã": "õa",
    "oạ": "ọa",
    "oè": "òe",
    "oé": "óe",
    "oẻ": "ỏe",
    "oẽ": "õe",
    "oẹ": "ọe",
}
_PLACEMENT.update({"uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy"})


def _one_placement(word: str) -> str:
    """Old and new tone placement as one: "hoà" is "hòa"."""
    return word[:-2] + _PLACEMENT[word[-2:]] if word[-2:] in _PLACEMENT else word


def _whole_name(view: View, known: Known, letters: int, weaker: float, reason: str) -> Iterator[Mark]:
    body = _BETWEEN.join(f"({re.escape(word)})" for word in known.words)
    for match in re.finditer(body, view.folded):
        start, end = match.span()
        bounded = not (
            (start and view.folded[start - 1].isalnum()) or (end < len(view.folded) and view.folded[end].isalnum())
        )
        spans = [match.span(group) for group in range(1, len(known.words) + 1)]
        fits = all(_marks_fit(view, *span, wanted) for span, wanted in zip(spans, known.marked, strict=True))
        capitals = all(view.cased[first].isupper() for first, _ in spans)
        apart = all(spans[at][1] < spans[at + 1][0] for at in range(len(spans) - 1))
        if len(known.words) == 2 or (letters < 8 and not apart):
            # Short names also appear inside other words ("lề an toàn"): they need their marks or capital letters, and
            # room around them unless the capitals show where they begin.
            if not (fits or capitals) or not (bounded or (capitals and apart)):
                continue
            certainty = (
                1.0
                if fits and (capitals or view.folded[start:end] != view.marked[start:end])
                else 0.7
                if capitals
                else 0.6
            )
        else:
            certainty = 1.0 if bounded else 0.9
        yield mark_at(view, start, end, "name", reason, max(0.3, certainty - weaker))


def _name_part(
    view: View, part: tuple[str, ...], marked: tuple[str, ...], whole: tuple[str, ...], weaker: float, reason: str
) -> Iterator[Mark]:
    """Two or more neighbouring words of a name."""
    body = r"[\s.]{1,2}".join(f"({re.escape(word)})" for word in part)
    family = part[0] == whole[0] and part[-1] != whole[-1]
    for match in re.finditer(rf"(?<![0-9a-z]){body}(?![0-9a-z])", view.folded):
        spans = [match.span(group) for group in range(1, len(part) + 1)]
        if not all(_marks_fit(view, *span, wanted) for span, wanted in zip(spans, marked, strict=True)):
            continue
        capitals = all(view.cased[first].isupper() for first, _ in spans)
        plain = view.folded[match.start() : match.end()] == view.marked[match.start() : match.end()]
        if family:
            # "Nguyễn Văn" of another person's or a street's name is not this name.
            following = view.cased[match.end() : match.end() + 2]
            if not capitals or (len(following) == 2 and following[0] in " \n" and following[1].isupper()):
                continue
        certainty = 0.9 if capitals else 0.6 if not plain else 0.5
        yield mark_at(view, *match.span(), "name", reason, max(0.3, certainty - weaker))


def _single_part(view: View, index: int, known: Known, lists: Words, weaker: float, reason: str) -> Iterator[Mark]:
    """One word of a name alone: a given name counts more than a surname, everyday words need a sign of a person."""
    word, wanted = known.words[index], known.marked[index]
    given = index == len(known.words) - 1
    tokens = view.tokens
    for at, token in enumerate(tokens):
        if token.folded != word or not _marks_fit(view, token.start, token.end, wanted):
            continue
        before = tokens[at - 1] if at and view.gap(at - 1) in (SPACE, LINE) else None
        after = tokens[at + 1] if at + 1 < len(tokens) and view.gap(at) in (SPACE, LINE) else None
        exact = not token.bare or wanted == word
        certainty = _single_certainty(view, at, before, after, lists, wanted=wanted, given=given, exact=exact)
        if certainty:
            yield mark_at(view, token.start, token.end, "name", reason, max(0.3, certainty - weaker))


def _single_certainty(
    view: View, at: int, before: object, after: object, lists: Words, *, wanted: str, given: bool, exact: bool
) -> float:
    tokens = view.tokens
    token = tokens[at]
    previous = tokens[at - 1] if before is not None else None
    following = tokens[at + 1] if after is not None else None
    title = previous is not None and (
        previous.marked in lists.titles
        or (previous.folded in lists.titles_bare and view.bare_around(at))
        or previous.marked in ("tên", "ten")
    )
    if previous is not None and (previous.marked, wanted) in lists.compounds:
        return 0.0
    if following is not None and (wanted, following.marked) in lists.compounds:
        return 0.0
    if (
        following is not None
        and token.bare
        and any((wanted, other) in lists.compounds for other in (following.marked, following.folded))
    ):
        return 0.0
    if title and previous is not None and (previous.marked, wanted) not in lists.title_exceptions:
        return 0.95 if exact else 0.85 if token.cap or view.bare_around(at) else 0.4
    ordinary = wanted in lists.ordinary or wanted in lists.place_words
    if token.cap and not (token.caps and view.caps_runs[at] > 4):
        neighbours = [near for near in (previous, following) if near is not None and near.cap]
        if previous is not None and (previous.marked in lists.place_words or (previous.cap and not given)):
            return 0.0
        if neighbours:
            # Part of another proper noun, such as a street or a ward.
            return 0.3 if given and not ordinary else 0.0
        start = at == 0 or any(char in '.!?:;\n\v"“”-+*•(' for char in view.gap(at - 1))
        if start and ordinary:
            return 0.35 if given and following is not None else 0.5 if given else 0.0
        if not exact and not view.bare_around(at):
            return 0.4 if given else 0.0
        return 0.8 if given else 0.4
    if token.caps:
        return 0.4 if given and not ordinary else 0.0
    if not given or ordinary:
        return 0.35 if given and view.caseless and exact and wanted != token.folded and wanted not in _EVERYDAY else 0.0
    if not exact or (wanted == token.folded and not view.bare_around(at)):
        return 0.0
    # In small letters among words that are cased it may be a verb ("kiểm"): only where people are named.
    return 0.5 if view.caseless or view.bare_around(at) or _named_here(view, at, previous, following) else 0.0


_BEFORE_A_NAME: Final = frozenset("là tên tôi em con cháu mình gặp ký".split())


def _named_here(view: View, at: int, previous: Token | None, following: Token | None) -> bool:
    """Whether a word in small letters stands where names stand: after "là", "tên", "gặp" …, or alone at the end of a
    line, as under a letter."""
    if previous is not None and previous.marked in _BEFORE_A_NAME:
        return True
    ends = following is None or view.gap(at) == LINE
    begins = previous is None or view.gap(at - 1) == LINE
    return ends and begins


# Words so common that in small letters they are never taken for a name.
_EVERYDAY: Final = frozenset(
    (
        "an thành công đường hoa bình phương thu mai nam sáng chính minh quang sơn "
        "hà hải đông tâm trung thanh thông thịnh trường tuyến vui xanh đại hàng tư"
    ).split()
)
