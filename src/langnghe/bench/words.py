"""The words of synthetic cases: pairs of neighbouring syllables out of the demo's own texts, as often as they stand
there, and a long tail of house numbers and street names, so that some words are common and some are rare."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from langnghe.texts import fold, words

_SENTENCE = re.compile(r"[^\w\s]+")
_TAIL_SHARE = 0.06
_NUMBERS = 600
_NAMES = 400
_SYLLABLES = (
    "Bằng",
    "Cầm",
    "Doanh",
    "Đàm",
    "Giáp",
    "Hạc",
    "Khuê",
    "Liễu",
    "Mạc",
    "Nghi",
    "Oanh",
    "Phùng",
    "Quế",
    "Sâm",
    "Thạch",
    "Uyển",
    "Vũ",
    "Xuyến",
    "Yết",
    "Trác",
)


@dataclass(frozen=True)
class Vocabulary:
    """Pairs of syllables as written and folded, and the share of each among all pairs of a text."""

    written: tuple[str, ...]
    folded: tuple[tuple[str, ...], ...]
    shares: NDArray[np.float64]

    def document_share(self, word: str, pairs: int) -> float:
        """The share of texts of so many pairs that hold a folded word."""
        share = sum(share for share, folded in zip(self.shares, self.folded, strict=True) if word in folded)
        return float(1 - (1 - share) ** pairs)

    def pair_near(self, wanted: float, pairs: int) -> str:
        """Two words as written, each in about this share of the texts, from different pairs."""
        totals: dict[str, float] = {}
        spelled: dict[str, str] = {}
        for share, folded, written in zip(self.shares, self.folded, self.written, strict=True):
            for word, spelling in zip(folded, written.split(), strict=True):
                totals[word] = totals.get(word, 0.0) + float(share)
                spelled.setdefault(word, spelling.lower())
        distance = {
            word: abs(np.log((1 - (1 - share) ** pairs) / wanted)) for word, share in totals.items() if word.isalpha()
        }
        first, *rest = sorted(distance, key=lambda word: (distance[word], word))
        together = {frozenset(folded) for folded in self.folded}
        second = next(word for word in rest if frozenset((first, word)) not in together)
        return f"{spelled[first]} {spelled[second]}"


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, the same on every machine."""
    counted: Counter[str] = Counter()
    for name in ("cases_field.jsonl", "cases_admin.jsonl", "training_texts.jsonl"):
        path = files("langnghe.demo") / "data" / name
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            for sentence in _SENTENCE.split(f"{row.get('title', '')}. {row.get('body') or row.get('text') or ''}"):
                syllables = [syllable for syllable in sentence.split() if len(words(syllable)) == 1]
                counted.update(" ".join(pair) for pair in zip(syllables[::2], syllables[1::2], strict=False))
    body = sorted(counted.items())
    tail = [f"ngõ {number}" for number in range(1, _NUMBERS + 1)]
    tail += [f"{first} {second}" for first in _SYLLABLES for second in _SYLLABLES][:_NAMES]
    weights = np.array([float(count) for _pair, count in body])
    falling = 1 / np.arange(1, len(tail) + 1)
    shares = np.concatenate([weights / weights.sum() * (1 - _TAIL_SHARE), falling / falling.sum() * _TAIL_SHARE])
    written = tuple([pair for pair, _count in body] + tail)
    return Vocabulary(written, tuple(tuple(fold(pair).split()) for pair in written), shares)
