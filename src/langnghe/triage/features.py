"""What the model sees of a text: hashed words, pairs of words and runs of letters, weighted by how rare they are.

Pure. Only hashes are kept, never the words themselves, so that a stored model holds nothing that people wrote. Names of
people and streets (capitalised words inside a sentence) and numbers are left out: they tell nothing about the field.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from langnghe.texts import fold

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint32]

# The blocks of features and how much each counts; each is normalised by itself. Folded words and letters also serve
# texts typed without marks; marked words tell apart what folding makes one.
BLOCKS: Final = {"folded": 1.0, "marked": 1.0, "letters": 0.5}
MIN_TEXTS: Final = 2  # a feature of one text only teaches nothing
TITLE_WEIGHT: Final = 2  # a word of the title counts as two of the body

_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCE: Final = re.compile(r"(?<=[.!?:;])\s+|\n+")


def without_names(text: str) -> str:
    """The text without capitalised words inside a sentence and without numbers.

    A sentence in which most words are capitalised (shouting, or a title) is kept whole.
    """
    kept: list[str] = []
    for sentence in _SENTENCE.split(text):
        tokens = _WORD.findall(sentence)
        capitals = sum(token[0].isupper() for token in tokens)
        if tokens and capitals < 0.6 * len(tokens):
            tokens = tokens[:1] + [token for token in tokens[1:] if not token[0].isupper()]
        kept.append(" ".join(tokens))
    return " . ".join(kept)


def _grams(words: Sequence[str], sign: str) -> list[str]:
    singles = [f"{sign}{word}" for word in words if word != "."]
    pairs = [f"{sign}{one} {two}" for one, two in pairwise(words) if "." not in (one, two)]
    return singles + pairs


def _letters(words: Sequence[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        padded = f" {word} "
        for size in (3, 4, 5):
            found += [f"c{padded[at : at + size]}" for at in range(len(padded) - size + 1)]
    return found


def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode())


def count_features(text: str, title: str = "") -> dict[str, Counter[int]]:
    """The hashed features of a text by block, with their counts."""
    counts: dict[str, Counter[int]] = {name: Counter() for name in BLOCKS}
    for part, weight in ((text, 1), (title, TITLE_WEIGHT)):
        if not part:
            continue
        plain = unicodedata.normalize("NFC", without_names(part)).lower()
        marked = plain.split()
        folded = fold(plain).split()
        for name, features in (
            ("folded", _grams(folded, "f")),
            ("marked", _grams(marked, "m")),
            ("letters", _letters([word for word in folded if word != "."])),
        ):
            for feature, times in Counter(map(_hash, features)).items():
                counts[name][feature] += times * weight
    return counts


@dataclass(frozen=True)
class Space:
    """The features that a model knows: per block the sorted hashes and their weights by rarity (idf)."""

    hashes: dict[str, Hashes]
    idf: dict[str, Floats]

    @property
    def size(self) -> int:
        return sum(len(found) for found in self.hashes.values())

    def row(self, counts: dict[str, Counter[int]]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Columns and values of one text."""
        columns: list[npt.NDArray[np.int64]] = []
        values: list[Floats] = []
        offset = 0
        for name, weight in BLOCKS.items():
            known, idf = self.hashes[name], self.idf[name]
            own = counts[name]
            if own and len(known):
                hashes = np.fromiter(own.keys(), dtype=np.uint32, count=len(own))
                times = np.fromiter(own.values(), dtype=np.float32, count=len(own))
                places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
                hit = known[places] == hashes
                places = places[hit]
                value = (1 + np.log(times[hit])) * idf[places]
                length = float(np.sqrt((value * value).sum()))
                if length:
                    order = np.argsort(places)
                    columns.append(places[order].astype(np.int64) + offset)
                    values.append((value[order] * (weight / length)).astype(np.float32))
            offset += len(known)
        if not columns:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        return np.concatenate(columns), np.concatenate(values)

    def matrix(self, texts: Sequence[dict[str, Counter[int]]]) -> Any:
        """The texts as a sparse matrix (scipy CSR)."""
        from scipy.sparse import csr_matrix

        rows = [self.row(counts) for counts in texts]
        ends = np.cumsum([0] + [len(columns) for columns, _ in rows])
        columns = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, dtype=np.int64)
        values = np.concatenate([values for _, values in rows]) if rows else np.zeros(0, dtype=np.float32)
        return csr_matrix((values, columns, ends), shape=(len(rows), self.size))


def learn_space(texts: Sequence[dict[str, Counter[int]]]) -> Space:
    """The space of the features that at least MIN_TEXTS of the texts share."""
    hashes: dict[str, Hashes] = {}
    idf: dict[str, Floats] = {}
    for name in BLOCKS:
        seen: Counter[int] = Counter()
        for counts in texts:
            seen.update(counts[name].keys())
        common = sorted(feature for feature, times in seen.items() if times >= MIN_TEXTS)
        hashes[name] = np.array(common, dtype=np.uint32)
        times = np.array([seen[feature] for feature in common], dtype=np.float32)
        idf[name] = (np.log((1 + len(texts)) / (1 + times)) + 1).astype(np.float32)
    return Space(hashes, idf)
