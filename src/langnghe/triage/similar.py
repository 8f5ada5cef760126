"""Likely repeats: the same thing reported again, in other words. Pure, and light enough for any process (no numpy).

Text alone finds half of the reworded repeats, so place, field and time help. Candidates (some hundred at most: the same
commune, the last weeks) come from the caller; here they are only compared.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from langnghe.texts import fold, words

LIKELY: Final = 0.5  # from here on a person is shown the other case as a likely repeat
VERY_LIKELY: Final = 0.8
MOST: Final = 500  # candidates that are compared; the first ones count
_LENGTH: Final = 600  # characters of a text that are compared

# The weights of the signs, fitted by logistic regression to reworded repeats and other pairs of the same kind.
_BASE: Final = -7.3
_TEXT: Final = 9.0
_HEAD: Final = 4.4
_PLACE: Final = 5.6
_NO_PLACE: Final = 2.4  # when nothing tells the place: between the same and another one
_SAME_FIELD: Final = 1.5
_OTHER_FIELD: Final = -1.0
_A_MONTH: Final = -0.7  # for every thirty days between them


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of one case. text: title and body; place: the address as written, "" when there is none; field:
    its key or None while nobody has told; at: when it came."""

    text: str
    place: str = ""
    field: int | str | None = None
    at: datetime | None = None


class Match(NamedTuple):
    """One likely repeat. place: its number among the candidates; score: 0 to 1; why: in Vietnamese, for the page."""

    place: int
    score: float
    why: str


def N_(text: str) -> str:
    """Mark a text for translation; pages translate it when they show it."""
    return text


WHY_TEXT: Final = N_("nội dung gần giống")
WHY_PLACE: Final = N_("cùng địa điểm")
WHY_FIELD: Final = N_("cùng lĩnh vực")
WHY_TIME: Final = N_("gửi cách nhau không quá một tuần")

# --- text ----------------------------------------------------------------------------------------------------------

_SENTENCE_END: Final = re.compile(r"[.!?\n]")


def _grams(text: str) -> Mapping[str, int]:
    """Runs of three and four letters of a folded text, over word borders, with their counts."""
    flat = f" {' '.join(words(text[:_LENGTH]))} "
    return Counter(flat[at : at + size] for size in (3, 4) for at in range(len(flat) - size + 1))


def _head(text: str) -> str:
    """The title, or the first sentence."""
    end = _SENTENCE_END.search(text, 12)
    return text[: end.start()] if end else text[:160]


def _rarity(texts: Sequence[Mapping[str, int]]) -> dict[str, float]:
    seen: Counter[str] = Counter()
    for grams in texts:
        seen.update(grams.keys())
    # Some imagined other texts keep the weights sensible when there are few candidates.
    total = len(texts) + 20
    return {gram: math.log(total / (times + 1)) for gram, times in seen.items()}


def _vector(grams: Mapping[str, int], rarity: Mapping[str, float]) -> tuple[dict[str, float], float]:
    vector = {gram: (1 + math.log(times)) * rarity[gram] for gram, times in grams.items()}
    return vector, math.sqrt(sum(value * value for value in vector.values()))


def _cosine(one: tuple[dict[str, float], float], other: tuple[dict[str, float], float]) -> float:
    if not one[1] or not other[1]:
        return 0.0
    small, large = sorted((one[0], other[0]), key=len)
    return min(1.0, sum(value * large[gram] for gram, value in small.items() if gram in large) / (one[1] * other[1]))


def text_likeness(own: str, others: Sequence[str]) -> list[float]:
    """How alike each text is to `own`, 0 to 1: the cosine of rare runs of letters."""
    counted = [_grams(text) for text in (own, *others)]
    rarity = _rarity(counted)
    mine = _vector(counted[0], rarity)
    return [_cosine(mine, _vector(grams, rarity)) for grams in counted[1:]]


# --- place ---------------------------------------------------------------------------------------------------------

_GENERIC: Final = frozenset(
    "so nha ngo ngach hem kiet duong pho phuong xa quan huyen thanh tp ha noi dau cuoi gan canh truoc sau doi dien "
    "cong khu to thon xom dan cho cau va tai o doan tu den phia huong chan gam ben trong ngoai nga ba tu ven giua "
    "mat".split()
)


def _place_words(place: str) -> frozenset[str]:
    found = words(place)
    own = frozenset(word for word in found if word not in _GENERIC)
    return own or frozenset(found)


def place_likeness(one: str, other: str, *, text: str = "", other_text: str = "") -> float | None:
    """How far two places as written are the same, 0 to 1; None when neither place nor text tells.

    Where only one has a place, it is looked for in the text of the other.
    """
    mine, theirs = _place_words(one), _place_words(other)
    if mine and theirs:
        return len(mine & theirs) / min(len(mine), len(theirs))
    named, where = (mine, other_text) if mine else (theirs, text)
    if not named or not where:
        return None
    # A place named somewhere in a text says less than an address.
    return 0.7 * len(named & set(words(where[:_LENGTH]))) / len(named)


# --- all signs -----------------------------------------------------------------------------------------------------


def score(
    *,
    text: float,
    head: float = 0.0,
    place: float | None = None,
    same_field: bool | None = None,
    days_apart: float | None = None,
) -> float:
    """How likely two reports are of the same thing, 0 to 1.

    text, head: likeness of the whole texts and of their first sentences; place: likeness of the places, None when
    unknown; same_field: None when a field is unknown; days_apart: None when unknown. More of any likeness never lowers
    the score, more days never raise it.
    """
    total = _BASE + _TEXT * text + _HEAD * head
    total += _NO_PLACE if place is None else _PLACE * place
    if same_field is not None:
        total += _SAME_FIELD if same_field else _OTHER_FIELD
    if days_apart is not None:
        total += _A_MONTH * abs(days_apart) / 30
    return 1 / (1 + math.exp(-total))


def rank(own: Report, candidates: Sequence[Report], *, least: float = LIKELY, limit: int = 10) -> list[Match]:
    """The candidates that are likely the same thing, likeliest first. At most MOST candidates are compared."""
    compared = list(candidates)[:MOST]
    texts = text_likeness(own.text, [other.text for other in compared])
    heads = text_likeness(_head(own.text), [_head(other.text) for other in compared])
    matches: list[Match] = []
    for index, other in enumerate(compared):
        place = place_likeness(own.place, other.place, text=own.text, other_text=other.text)
        same_field = None if own.field is None or other.field is None else own.field == other.field
        days = None if own.at is None or other.at is None else abs((own.at - other.at).total_seconds()) / 86400
        value = score(text=texts[index], head=heads[index], place=place, same_field=same_field, days_apart=days)
        if value >= least:
            reasons = [WHY_TEXT] if texts[index] >= 0.15 or heads[index] >= 0.3 else []
            reasons += [WHY_PLACE] if place is not None and place >= 0.6 else []
            reasons += [WHY_FIELD] if same_field else []
            reasons += [WHY_TIME] if days is not None and days <= 7 else []
            matches.append(Match(index, round(value, 4), "; ".join(reasons or [WHY_TEXT])))
    return sorted(matches, key=lambda match: (-match.score, match.place))[:limit]


def same_text(one: str, other: str) -> bool:
    """True when two texts are the same but for case, marks and spaces: the report was sent twice."""
    return fold(one) == fold(other)
