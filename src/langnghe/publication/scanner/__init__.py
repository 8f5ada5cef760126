"""The scanner of the gate to the public: finds what looks personal in Vietnamese texts and takes it out.

Pure: no database, no clock, no Django. It leans to marking too much: a person confirms every mark before anything is
published, and what was marked wrongly is one click, while what was missed is public for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from langnghe.publication.scanner.addresses import address_marks
from langnghe.publication.scanner.known import Known, known_marks, name_marks
from langnghe.publication.scanner.marks import KIND_NAMES, LABELS, N_, Kind, Mark, settle
from langnghe.publication.scanner.names import NameFinder
from langnghe.publication.scanner.numbers import number_marks
from langnghe.publication.scanner.patterns import pattern_marks
from langnghe.publication.scanner.redact import BLOCK, Redacted, Replacement, Style, redact
from langnghe.publication.scanner.view import View, view_of

__all__ = [
    "BLOCK",
    "KIND_NAMES",
    "LABELS",
    "Kind",
    "Mark",
    "Redacted",
    "Replacement",
    "Style",
    "leaks",
    "redact",
    "scan",
]

_SURE = 0.7


def scan(text: str, *, known: Iterable[str] = (), places: Iterable[str] = ()) -> list[Mark]:
    """Every place of a text that looks personal, in order and without overlaps.

    known: values that are personal for sure (name, phone, e-mail, address of the sender): each occurrence is found in
    any spelling, and the parts of names too. places: names of streets, wards and districts that are no persons.
    Works on any text; takes time in proportion to its length.
    """
    view = view_of(text)
    marks = list(number_marks(view))
    marks += pattern_marks(view)
    marks += address_marks(view)
    names = list(NameFinder(view, places).marks())
    marks += names
    marks += _again(view, names)
    marks += known_marks(view, known)
    return settle(mark for mark in marks if mark.start < mark.end)


def _again(view: View, names: list[Mark]) -> list[Mark]:
    """Later mentions of a person whom the text has named: without marks, in capitals, by the given name alone."""
    found: list[Mark] = []
    seen: set[tuple[str, ...]] = set()
    for mark in names:
        if mark.certainty < _SURE:
            continue
        own = view_of(view.text[mark.start : mark.end])
        words = tuple(token.folded for token in own.tokens)
        if words in seen or len(words) > 6 or len(seen) >= 50 or all(len(word) == 1 for word in words):
            continue
        seen.add(words)
        known = Known("name", words, tuple(token.marked for token in own.tokens))
        found += (
            replace(again, certainty=min(again.certainty, mark.certainty))
            for again in name_marks(view, known, weaker=0.1, reason=N_("Tên đã gặp trong văn bản"))
        )
    return found


def leaks(public_text: str, known: Iterable[str]) -> list[Mark]:
    """What of the known values a public text still shows: the last check before publication, which must find nothing.

    Values in any spelling count, and parts of a name that point at the person. Single everyday words that only happen
    to be part of a name do not. The labels of redact() do not count.
    """
    labels = [(at, at + len(label)) for label in (*LABELS.values(), BLOCK) for at in _places_of(public_text, label)]
    return [
        mark
        for mark in settle(mark for mark in known_marks(view_of(public_text), known) if mark.certainty >= _SURE)
        if not any(start <= mark.start and mark.end <= end for start, end in labels)
    ]


def _places_of(text: str, label: str) -> list[int]:
    places: list[int] = []
    at = text.find(label)
    while at != -1:
        places.append(at)
        at = text.find(label, at + len(label))
    return places
