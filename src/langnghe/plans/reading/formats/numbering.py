"""The printed labels of automatic numbering: "1.", "b)", "III.", as the reader of the page sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def roman(number: int) -> str:
    """1994 → MCMXCIV; outside 1 to 3999 the Arabic figure."""
    if not 0 < number < 4000:
        return str(number)
    letters = ""
    for value, sign in _ROMAN:
        while number >= value:
            letters += sign
            number -= value
    return letters


def letter(number: int) -> str:
    """1 → a, 26 → z, 27 → aa as Word counts (the letter doubled)."""
    if number < 1:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 8)


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
    "upperLetter": lambda number: letter(number).upper(),
    "lowerLetter": letter,
}


def label_of(kind: str, number: int) -> str:
    """The figure of a list item in the list's way of counting (names of WordprocessingML)."""
    return _FORMATS.get(kind, str)(number)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts, from where, and the pattern of its label ("%1.%2.")."""

    kind: str = "decimal"
    start: int = 1
    pattern: str = "%1."
    legal: bool = False


@dataclass(slots=True)
class Counter:
    """The running figures of one list."""

    levels: Mapping[int, Level]
    figures: dict[int, int] = field(default_factory=dict)

    def next(self, level: int) -> str:
        """Count one item on and print its label; "" for an item without one."""
        here = self.levels.get(level, Level(pattern=""))
        self.figures[level] = self.figures.get(level, here.start - 1) + 1
        for deeper in [one for one in self.figures if one > level]:
            del self.figures[deeper]
        if here.kind == "none":
            return ""
        if here.kind == "bullet":
            return here.pattern if here.pattern in ("-", "+", "–", "*") else "-"
        label = here.pattern
        for upper in range(level, -1, -1):
            mark = f"%{upper + 1}"
            if mark in label:
                shape = self.levels.get(upper, Level())
                kind = "decimal" if here.legal else shape.kind
                label = label.replace(mark, label_of(kind, self.figures.get(upper, shape.start)))
        return label.strip()
