"""Pure rules of corrected plans: which item of the new version is which of the old one, and what changed."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langnghe.plans.rules_register import same_value
from langnghe.texts import fold

Change = Literal["same", "changed", "new", "gone"]
LIKE = 0.55
"""From this share of common words on, two texts count as the same item."""
_WATCHED = ("lead", "cooperate", "deadline", "report_to")


@dataclass(frozen=True, slots=True)
class Side:
    """An item of one version: its key, its place in the numbering, and its values."""

    key: Hashable
    path: str
    values: dict[str, Any]

    @property
    def quote(self) -> str:
        """Its words."""
        return str(self.values.get("quote") or self.values.get("name") or "")


@dataclass(frozen=True, slots=True)
class Pair:
    """An item of the new version beside the old one; `fields` are those that changed."""

    change: Change
    old: Side | None
    new: Side | None
    fields: tuple[str, ...] = ()


def words_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring words without diacritics, and the words themselves: what similarity is counted on."""
    words = "".join(char if char.isalnum() else " " for char in fold(text)).split()
    return frozenset(words) | {f"{a} {b}" for a, b in itertools.pairwise(words)}


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's measure, 0 to 1; 1 for two empty sets."""
    if not one and not other:
        return 1.0
    return 2 * len(one & other) / (len(one) + len(other))


def compare(old: Sequence[Side], new: Sequence[Side]) -> list[Pair]:
    """Pairs in the order of the new version, then what is gone. Each item stands in one pair; the same text goes to
    the same text, the rest to the likest, an equal path counting in favour."""
    matched: dict[int, int] = {}
    taken: set[int] = set()
    by_text: dict[tuple[str, ...], list[int]] = {}
    for index, side in enumerate(old):
        by_text.setdefault(tuple(fold(side.quote).split()), []).append(index)
    for index, side in enumerate(new):
        found = by_text.get(tuple(fold(side.quote).split()), [])
        best = next((one for one in found if old[one].path == side.path), next(iter(found), None))
        if best is not None:
            found.remove(best)
            matched[index] = best
            taken.add(best)
    grams_old = {index: words_of(side.quote) for index, side in enumerate(old) if index not in taken}
    grams_new = {index: words_of(side.quote) for index, side in enumerate(new) if index not in matched}
    holders: dict[str, list[int]] = {}
    for index, grams in grams_old.items():
        for gram in grams:
            holders.setdefault(gram, []).append(index)
    scored = []
    for index, grams in grams_new.items():
        common: dict[int, int] = {}
        for gram in grams:
            for holder in holders.get(gram, ()):
                common[holder] = common.get(holder, 0) + 1
        for holder, count in common.items():
            alike = 2 * count / (len(grams) + len(grams_old[holder]))
            bonus = 0.1 if old[holder].path and old[holder].path == new[index].path else 0.0
            if alike + bonus >= LIKE:
                scored.append((-(alike + bonus), index, holder))
    for _score, index, holder in sorted(scored):
        if index not in matched and holder not in taken:
            matched[index] = holder
            taken.add(holder)
    pairs = [_pair(old[matched[index]] if index in matched else None, side) for index, side in enumerate(new)]
    return pairs + [Pair("gone", side, None) for index, side in enumerate(old) if index not in taken]


def _pair(old: Side | None, new: Side) -> Pair:
    if old is None:
        return Pair("new", None, new)
    names = [name for name in _WATCHED if name in old.values or name in new.values]
    fields = [name for name in names if not same_value(name, old.values.get(name), new.values.get(name))]
    if fold(old.quote).split() != fold(new.quote).split():
        fields.insert(0, "quote")
    return Pair("changed" if fields else "same", old, new, tuple(fields))


def likest(text: str, others: Sequence[tuple[Hashable, str]], *, least: float = 0.3) -> Hashable | None:
    """The key of the text that is most like this one; None when none is like it."""
    words = words_of(text)
    best, found = least, None
    for key, other in others:
        alike = likeness(words, words_of(other))
        if alike >= best and (found is None or alike > best):
            best, found = alike, key
    return found
