"""Words that make a text look like a complaint or a denunciation: they serve however few examples there are."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from langnghe.texts import fold

DiversionKind = Literal["complaint", "denunciation"]


@dataclass(frozen=True, slots=True)
class Hits:
    """What the lexicon says of a text. score: sum of weights; `enough` or more looks like a diversion."""

    score: float
    kind: DiversionKind | Literal[""]
    words: tuple[str, ...]  # as they stand in the lexicon, strongest first
    enough: float

    @property
    def suspected(self) -> bool:
        return self.score >= self.enough

    @property
    def confidence(self) -> float:
        """0 to 1; 0.5 where the score is just enough."""
        return self.score / (self.score + self.enough) if self.score > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: str
    weight: float
    pattern: re.Pattern[str]


def _pattern(words: str) -> re.Pattern[str]:
    """A phrase as it may be typed: words with their marks or (but for "!") without; a star for up to four words."""
    parts: list[str] = []
    strict = words.startswith("!")
    for word in words.removeprefix("!").split():
        if word == "*":
            parts.append(r"(?:[^\s.;!?]+ ){0,4}?")
        else:
            marked = unicodedata.normalize("NFC", word.lower())
            bare = marked if strict else fold(word)
            parts.append(f"(?:{re.escape(marked)}|{re.escape(bare)}) ")
    return re.compile(r"(?<![^ ])" + "".join(parts))


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, list[_Phrase]], float]:
    raw: dict[str, Any] = json.loads(resources.files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8"))
    phrases = {
        name: [_Phrase(words.removeprefix("!"), float(weight), _pattern(words)) for words, weight in raw[name]]
        for name in ("denunciation", "complaint", "official", "not")
    }
    return phrases, float(raw["enough"])


def spaced_words(text: str) -> str:
    """Lower case, NFC, every word followed by one space; the end of a sentence is a word of its own."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return re.sub(r"[^\w.;!?]+|_+", " ", re.sub(r"([.;!?\n])", " . ", lowered)).strip() + " "


def _found(spaced: str, phrases: list[_Phrase]) -> list[_Phrase]:
    """The phrases found; one inside a longer found one does not count again."""
    found: list[tuple[int, int, _Phrase]] = []
    for phrase in phrases:
        match = phrase.pattern.search(spaced)
        if match:
            found.append((match.start(), match.end(), phrase))
    return [
        phrase
        for start, end, phrase in found
        if not any(
            (other_start <= start and end <= other_end) and (other_end - other_start) > (end - start)
            for other_start, other_end, _ in found
        )
    ]


def look_for_diversion(text: str) -> Hits:
    """Does a text look like a complaint (khiếu nại) or a denunciation (tố cáo)? By the lexicon alone."""
    phrases, enough = _lexicon()
    spaced = spaced_words(text)
    found: dict[str, list[_Phrase]] = {name: _found(spaced, phrases[name]) for name in phrases}
    sums = {name: sum(phrase.weight for phrase in found[name]) for name in found}
    own = sums["denunciation"] + sums["complaint"]
    if own == 0:
        return Hits(0.0, "", (), enough)
    score = max(0.0, own + min(1.0, sums["official"]) - sums["not"])
    kind: DiversionKind = "complaint" if sums["complaint"] > sums["denunciation"] else "denunciation"
    hits = sorted(found["denunciation"] + found["complaint"], key=lambda phrase: -phrase.weight)
    return Hits(round(score, 3), kind, tuple(phrase.words for phrase in hits[:8]), enough)
