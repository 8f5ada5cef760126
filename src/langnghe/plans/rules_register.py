"""Pure rules of the register: where a quote stands, splitting and joining items, terms against the plan's date,
passages of the text, and what a reviewer's changes say about the reading."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Values = dict[str, Any]
Place = tuple[int, int]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "task": ("quote", "lead", "cooperate", "deadline", "report_to"),
    "indicator": ("quote", "name", "unit", "baseline", "baseline_year", "target"),
    "report": ("quote", "who", "to", "due", "rrule"),
    "channel": ("quote", "name"),
    "disclosure": ("quote", "what", "who", "where", "when"),
}
"""The fields of each kind of item whose reading is measured."""

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "task": ("deliverable", "weight", "under", "carried_by", "inherits_deadline_from", "indicator"),
    "indicator": ("due_on", "less_is_better", "increase"),
}
"""What a person adds and no reader finds."""

_SPACE = re.compile(r"\s+")
_CUT = re.compile(r"(?<=[.;!?])\s+(?=\S)|\n+(?=\S)")


# --- places -----------------------------------------------------------------------------------------------------------


def place_of(text: str, quote: str) -> Place | None:
    """Where the quote stands in the text, runs of white space taken as one; None when it does not."""
    words = quote.split()
    if not words:
        return None
    found = text.find(quote)
    if found >= 0:
        return found, found + len(quote)
    match = re.search(r"\s+".join(map(re.escape, words[:400])), text)
    return (match.start(), match.end()) if match else None


def cut_points(quote: str) -> list[int]:
    """Where a quote may be divided: at the beginning of each sentence, clause after a semicolon, or line."""
    return [match.end() for match in _CUT.finditer(quote) if match.end() < len(quote)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `items` are those found in it, the narrowest first; `first` those that begin here."""

    text: str
    items: tuple[int, ...] = ()
    first: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the document, in pieces."""

    start: int
    pieces: tuple[Piece, ...]


def lines_with_passages(text: str, places: Iterable[tuple[int, int, int]]) -> list[TextLine]:
    """The text as lines cut at the ends of the passages (key, start, end). The pieces of all lines, joined by line
    breaks, are the text again. Time grows with the text and the number of passages on a line."""
    size = len(text)
    known = sorted(
        (max(0, start), min(size, end), key) for key, start, end in places if start < end and start < size and end > 0
    )
    lines: list[TextLine] = []
    seen: set[int] = set()
    at = low = 0
    for row in text.split("\n"):
        stop = at + len(row)
        while low < len(known) and known[low][1] <= at:
            low += 1
        here = []
        for index in range(low, len(known)):
            start, end, key = known[index]
            if start >= stop and start > at:
                break
            if end > at and start < stop:
                here.append((max(start, at), min(end, stop), key, end - start))
        lines.append(TextLine(at, _pieces(text, at, stop, here, seen)))
        at = stop + 1
    return lines


def _pieces(
    text: str, at: int, stop: int, here: Sequence[tuple[int, int, int, int]], seen: set[int]
) -> tuple[Piece, ...]:
    if not here:
        return (Piece(text[at:stop]),) if stop > at else ()
    ends = sorted({at, stop, *(one[0] for one in here), *(one[1] for one in here)})
    found = []
    for start, end in itertools.pairwise(ends):
        inside = sorted((width, key) for first, last, key, width in here if first <= start and end <= last)
        keys = tuple(key for _width, key in inside)
        new = tuple(key for key in keys if key not in seen)
        seen.update(new)
        found.append(Piece(text[start:end], keys, new))
    return tuple(found)


# --- splitting and joining --------------------------------------------------------------------------------------------


def split(current: Values, place: Place | None, position: int) -> tuple[Values, Values, Place | None, Place | None]:
    """Two items for one, cut at a position of the quote: both keep lead, term and the rest. ValueError when one half
    would be empty. The places follow where the quote is as long as its place."""
    quote = str(current.get("quote", ""))
    first, second = quote[:position].rstrip(), quote[position:].lstrip()
    if not first or not second:
        raise ValueError("one half would be empty")
    one, other = dict(current), dict(current)
    one["quote"], other["quote"] = first, second
    if place is None or place[1] - place[0] < len(quote):
        return one, other, place, None
    start, end = place
    rest = len(quote) - len(quote[position:].lstrip())
    return one, other, (start, start + len(first)), (min(end, start + rest), end)


def join(first: Values, second: Values) -> Values:
    """One item for two: quotes after each other, bodies together, the first term that is stated."""
    joined = dict(first)
    joined["quote"] = f"{first.get('quote', '')} {second.get('quote', '')}".strip()
    for name in ("lead", "cooperate"):
        if name in first or name in second:
            joined[name] = list(dict.fromkeys([*first.get(name, ()), *second.get(name, ())]))
    if "cooperate" in joined:
        joined["cooperate"] = [one for one in joined["cooperate"] if one not in joined.get("lead", ())]
    if _no_term(first.get("deadline")) and not _no_term(second.get("deadline")):
        joined["deadline"] = second["deadline"]
    if not first.get("report_to") and second.get("report_to"):
        joined["report_to"] = second["report_to"]
    return joined


def _no_term(term: Any) -> bool:
    return not term or term.get("type", "none") == "none"


def place_of_both(first: Place | None, second: Place | None) -> Place | None:
    """From the beginning of the one to the end of the other."""
    if first is None or second is None:
        return first or second
    return min(first[0], second[0]), max(first[1], second[1])


# --- terms ------------------------------------------------------------------------------------------------------------


def day_of(value: Any) -> date | None:
    """A day written as ISO 8601; None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def ends_before(term: Any, issued_on: date | None) -> bool:
    """Whether a term ends before the day of the plan that sets it."""
    value = day_of((term or {}).get("value"))
    return issued_on is not None and value is not None and value < issued_on


# --- what reviewers say about the reading -----------------------------------------------------------------------------


def same_value(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: white space, order of bodies and empty forms do not count."""
    if name in ("lead", "cooperate"):
        return sorted(map(_plain, one or ())) == sorted(map(_plain, other or ()))
    if name == "deadline":
        a, b = dict(one or {}), dict(other or {})
        return all(_empty(a.get(key)) == _empty(b.get(key)) for key in ("type", "value", "before", "rrule"))
    if isinstance(one, str) or isinstance(other, str):
        return _plain(one or "") == _plain(other or "")
    return bool(_empty(one) == _empty(other))


def _plain(value: Any) -> str:
    return _SPACE.sub(" ", str(value)).strip()


def _empty(value: Any) -> Any:
    return None if value in ("", [], {}, False, "none") else value


def changed_fields(kind: str, extracted: Values, current: Values) -> list[str]:
    """The measured fields in which the two differ."""
    return [name for name in FIELDS[kind] if not same_value(name, extracted.get(name), current.get(name))]


Tally = dict[str, dict[str, Any]]


def tally(items: Iterable[tuple[str, str, Values | None, Values, bool]]) -> Tally:
    """How well a document was read: for each kind the items found, right as a whole, rejected, missed (added by hand)
    and doubted, and by field [n, right]. Items are (kind, state, extracted, current, doubted); those not looked at
    are left out."""
    counted: Tally = {}
    for kind, state, extracted, current, doubted in items:
        if state == "found":
            continue
        row = counted.setdefault(
            kind, {"found": 0, "whole": 0, "rejected": 0, "missed": 0, "doubted": 0, "doubted_wrong": 0, "fields": {}}
        )
        if extracted is None:
            row["missed"] += state != "rejected"
            continue
        row["found"] += 1
        row["doubted"] += doubted
        if state == "rejected":
            row["rejected"] += 1
            row["doubted_wrong"] += doubted
            continue
        wrong = changed_fields(kind, extracted, current)
        row["whole"] += not wrong
        row["doubted_wrong"] += doubted and bool(wrong)
        for name in FIELDS[kind]:
            pair = row["fields"].setdefault(name, [0, 0])
            pair[0] += 1
            pair[1] += name not in wrong
    return counted


def add_up(tallies: Iterable[Tally]) -> Tally:
    """Several documents together."""
    total: Tally = {}
    for one in tallies:
        for kind, row in one.items():
            into = total.setdefault(kind, {"fields": {}})
            for name, value in row.items():
                if name != "fields":
                    into[name] = into.get(name, 0) + value
            for name, (n, right) in row["fields"].items():
                pair = into["fields"].setdefault(name, [0, 0])
                pair[0] += n
                pair[1] += right
    return total
