"""A text as the rules see it: lower case, one tone placement, plain dashes; every place leads back to the text as "
"found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_DASHES: Final = "‐‑‒–—―−"
_QUOTES: Final = "“”„«»″"
_DROPPED: Final = frozenset("*\u00ad\u200b\u200c\u200d\u2060\ufeff_")


def _low(char: str) -> str:
    """One character in lower case, of one character; "" for a mark to be left out."""
    if char in _DROPPED or unicodedata.combining(char):
        return ""
    if char in _DASHES:
        return "-"
    if char in _QUOTES:
        return '"'
    if char.isspace():
        return " "
    lowered = char.lower()
    return lowered if len(lowered) == 1 else lowered[0]


def _bare(char: str) -> str:
    """One lower-case character without its marks."""
    if char == "đ":
        return "d"
    first = unicodedata.normalize("NFD", char)[:1]
    return first if first and not unicodedata.combining(first) else char


class _Table(dict[int, str]):
    """A translation table that makes its entries when they are first needed."""

    def __init__(self, make: object) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: int) -> str:
        value: str = self._make(chr(key))  # type: ignore[operator]
        if len(self) < 4096:
            self[key] = value
        return value


_LOW: Final = _Table(_low)
_BARE: Final = _Table(_bare)

# "hoà" and "hòa", "thuỷ" and "thủy": in an open syllable the tone goes to the first vowel.
_TONES: Final = dict(
    pair.split(">")
    for pair in (
        "oà>òa oá>óa oả>ỏa oã>õa oạ>ọa oè>òe oé>óe oẻ>ỏe oẽ>õe oẹ>ọe uỳ>ùy uý>úy uỷ>ủy uỹ>ũy uỵ>ụy "
        "aò>ào aó>áo aỏ>ảo aõ>ão aọ>ạo"
    ).split()
)
_OPEN: Final = re.compile(f"(?<!q)(?:{'|'.join(_TONES)})(?![^\\W\\d_])")


@dataclass(frozen=True)
class View:
    """A text in the form rules match against. `low` and `bare` are of one length; `raw(i)` leads back into `text`."""

    text: str

    @cached_property
    def _folded(self) -> tuple[str, tuple[int, ...] | None]:
        text = self.text
        plain = unicodedata.is_normalized("NFC", text) and _DROPPED.isdisjoint(text)
        if plain:
            low = text.translate(_LOW)
            if len(low) == len(text):
                return _tones(low), None
        letters: list[str] = []
        places: list[int] = []
        for at, char in enumerate(text):
            if letters and unicodedata.combining(char):
                whole = unicodedata.normalize("NFC", letters[-1] + char)
                if len(whole) == 1:
                    letters[-1] = whole
                continue
            low = _LOW[ord(char)]
            if low:
                letters.append(low)
                places.append(at)
        return _tones("".join(letters)), (*places, len(text))

    @property
    def low(self) -> str:
        """Lower case with its marks, one tone placement, no emphasis marks."""
        return self._folded[0]

    @cached_property
    def bare(self) -> str:
        """Lower case without marks."""
        return self.low.translate(_BARE)

    def raw(self, at: int) -> int:
        """The place in `text` of a place in `low`."""
        places = self._folded[1]
        return at if places is None else places[min(at, len(places) - 1)]

    def words(self, start: int, end: int) -> str:
        """The words between two places of `low`, as found."""
        return self.text[self.raw(start) : self.raw(end)].strip(" *")


def _tones(low: str) -> str:
    return _OPEN.sub(lambda found: _TONES[found.group()], low)


def bare(text: str) -> str:
    """A text in lower case, without marks, with single spaces."""
    return " ".join(View(text).bare.split())
