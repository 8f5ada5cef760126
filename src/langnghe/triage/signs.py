"""Signs of danger to life and safety: words that the city lists, each of which alone makes a report look urgent. Pure.

The list is the city's (setting `urgent_signs`); the model learns from it too, beside what people confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from langnghe.texts import fold
from langnghe.triage.lexicon import spaced_words

URGENT = "urgent"
SETTING = "urgent_signs"
MOST = 500
"""At most so many signs of a list are looked for."""


def read(value: object) -> tuple[str, ...]:
    """The signs of a setting: a list, or a text that parts them by semicolons or lines."""
    parts = value if isinstance(value, list) else re.split(r"[;\n]", str(value or ""))
    return tuple(dict.fromkeys(filter(None, (" ".join(str(part).split()) for part in parts))))[:MOST]


def found(text: str, signs: Sequence[str]) -> tuple[str, ...]:
    """The signs that stand in a text, as whole words, in the order of the list. A text typed without any marks is
    compared without them; in one with marks “chạy” is no “cháy”."""
    words = spaced_words(text)
    bare = fold(words).split() == words.split()
    told = f" {words}"
    return tuple(sign for sign, marked, folded in _forms(tuple(signs)) if (folded if bare else marked) in told)


@lru_cache(maxsize=4)
def _forms(signs: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Each sign with and without marks, as it stands among words."""
    return [
        (sign, f" {spaced_words(sign)}", f" {spaced_words(fold(sign))}") for sign in signs if spaced_words(sign) != " "
    ]
