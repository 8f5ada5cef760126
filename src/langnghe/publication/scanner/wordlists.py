"""The word lists of words.json: surnames, given names, forms of address, words before places."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from langnghe.texts import fold


@dataclass(frozen=True)
class Words:
    """The word lists of words.json, in lower case with marks."""

    strong: frozenset[str]
    strong_folded: frozenset[str]
    weak: frozenset[str]
    middles: frozenset[str]
    given: frozenset[str]
    ordinary: frozenset[str]
    rare_folded: frozenset[str]  # given names that are no everyday words, without marks
    syllables: frozenset[str]
    syllables_folded: frozenset[str]
    compounds: frozenset[tuple[str, str]]
    titles: frozenset[str]
    titles_bare: frozenset[str]
    title_exceptions: frozenset[tuple[str, str]]
    after_given: frozenset[str]
    roles: frozenset[str]
    role_titles: frozenset[tuple[str, str]]
    keywords: frozenset[tuple[str, str]]
    not_names: frozenset[str]
    not_name_pairs: frozenset[tuple[str, str]]
    place_words: frozenset[str]
    place_pairs: frozenset[tuple[str, str]]
    place_words_bare: frozenset[str]
    prepositions: frozenset[str]
    joiners: frozenset[str]
    historic: frozenset[str]
    places: frozenset[tuple[str, ...]]


def _pairs(phrases: str) -> frozenset[tuple[str, str]]:
    found = (phrase.split() for phrase in phrases.split(";"))
    return frozenset((parts[0], parts[1]) for parts in found if len(parts) == 2)


@lru_cache(maxsize=1)
def word_lists() -> Words:
    """Read words.json once per process."""
    raw: dict[str, str] = json.loads(resources.files(__package__).joinpath("words.json").read_text(encoding="utf-8"))
    strong = frozenset(raw["surnames_strong"].split())
    weak = frozenset(raw["surnames_weak"].split()) - strong
    given, middles = frozenset(raw["given"].split()), frozenset(raw["middles"].split())
    syllables = strong | weak | given | middles
    ordinary = frozenset(raw["ordinary"].split())
    places = frozenset(tuple(fold(phrase).split()) for phrase in raw["places"].split(";"))
    return Words(
        strong=strong,
        strong_folded=frozenset(fold(word) for word in strong),
        weak=weak,
        middles=middles,
        given=given,
        ordinary=ordinary,
        rare_folded=frozenset(map(fold, given)) - frozenset(map(fold, ordinary)),
        syllables=syllables,
        syllables_folded=frozenset(fold(word) for word in syllables),
        compounds=_pairs(raw["compounds"]),
        titles=frozenset(raw["titles"].split()),
        titles_bare=frozenset(raw["titles_bare"].split()),
        title_exceptions=_pairs(raw["title_exceptions"]),
        after_given=frozenset(raw["after_given"].split()),
        roles=frozenset(raw["roles"].split()),
        role_titles=_pairs(raw["role_titles"]),
        keywords=_pairs(raw["name_keywords"]),
        not_names=frozenset(word for word in raw["not_names"].split() if "-" not in word),
        not_name_pairs=_pairs(";".join(w.replace("-", " ") for w in raw["not_names"].split() if "-" in w)),
        place_words=frozenset(word for word in raw["place_words"].split() if "-" not in word),
        place_pairs=_pairs(";".join(w.replace("-", " ") for w in raw["place_words"].split() if "-" in w)),
        place_words_bare=frozenset(raw["place_words_bare"].split()),
        prepositions=frozenset(raw["place_prepositions"].split()),
        joiners=frozenset(raw["joiners"].split()),
        historic=frozenset(fold(phrase) for phrase in raw["historic"].split(";")),
        places=places,
    )
