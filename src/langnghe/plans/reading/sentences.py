"""Where a block may be cut: at a full stop, or at ";" before a capital."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from langnghe.plans.reading.bodies import Group, Reading

_STOP: Final = re.compile(r'[.;](?:["”*)]*)\s+')
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:tp|ts|ths|pgs|gs|bs|ks|đ/c|tm|kt|st|stt|v\.v|q|p|h|tx|tt)|\b\d{1,2}|\b[a-zđ])$"
)
_NUMBERED: Final = re.compile(r"\((?:\d{1,2}|[ivx]{1,4}|[a-zđ])\)\s*")
# Matched without marks, as scans lose them; a body must follow at once, so that "cung cấp" is none.
COOPERATION: Final = re.compile(
    r"\b(?:phoi hop|phoi ket hop|ket hop|cung|co su tham gia cua|voi su tham gia cua|thanh vien(?: gom| la|:)*)\b"
    r"(?:,? (?:chat che|thuong xuyen|tot|hieu qua|cung voi|cung|voi|dai dien|lanh dao|la|gom|cac co quan nhu|"
    r"cac don vi nhu|"
    r"cac co quan, don vi nhu|cac co quan, don vi:|cac co quan:|cac don vi:|:))*(?:\s*:)?\s+"
)

# What may stand before the bodies with which a sentence begins.
_OPENS: Final = re.compile(
    r'[\s"(*]*(?:[^,.;:]{0,60}\b(?:giao|giao cho|đề nghị|yêu cầu|phân công|đối với|trách nhiệm của|mời)\s*:?\s*|'
    r"(?:trên cơ sở|căn cứ|định kỳ|theo|để|nhằm|trong quá trình|khi|sau khi|trước)\b[^.;:]{0,200},\s*)?"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of a view that ends with a full stop, or with ";" before a capital; or what is left at the end."""

    start: int
    end: int


def sentences(reading: Reading) -> list[Sentence]:
    """The sentences of a text in their order. Brackets, quotes and lists of bodies are not cut."""
    view = reading.view
    low = view.low
    found: list[Sentence] = []
    start = 0
    guarded = _guards(low)
    for stop in _STOP.finditer(low):
        at = stop.end()
        if at >= len(low) or not _capital(reading, at) or _inside(stop.start(), guarded):
            continue
        if low[stop.start()] == "." and _ABBREVIATED.search(low[max(0, stop.start() - 5) : stop.start()]):
            if not re.search(r"\d{4}$|\d/\d{1,2}$", low[max(0, stop.start() - 5) : stop.start()]):
                continue
        if low[stop.start()] == ";" and _in_list(reading, start, at):
            continue
        found.append(Sentence(start, stop.start() + len(stop.group().rstrip())))
        start = at
    if low[start:].strip():
        found.append(Sentence(start, len(low)))
    return found or [Sentence(0, len(low))]


def _capital(reading: Reading, at: int) -> bool:
    text = reading.view.text
    place = reading.view.raw(at)
    numbered = _NUMBERED.match(text, place)
    if numbered:
        return _acts(reading, at + numbered.end() - place)
    while place < len(text) and text[place] in " *“\"'(":
        if text[place] == "(":
            return False
        place += 1
    return place < len(text) and text[place].isupper()


def _guards(low: str) -> list[tuple[int, int]]:
    """Brackets and quotations of up to 400 characters."""
    found: list[tuple[int, int]] = []
    opened: dict[str, int] = {}
    for at, char in enumerate(low):
        if char == "(":
            opened["("] = at
        elif char == ")" and "(" in opened:
            start = opened.pop("(")
            if at - start < 400:
                found.append((start, at))
        elif char == '"':
            if '"' in opened and at - opened['"'] < 400:
                found.append((opened.pop('"'), at))
            else:
                opened['"'] = at
    return found


def _inside(at: int, guarded: list[tuple[int, int]]) -> bool:
    return any(start < at < end for start, end in guarded)


def _in_list(reading: Reading, start: int, at: int) -> bool:
    """Whether ";" stands within a list of bodies, and not between a list of partners and the next clause's body."""
    group = next((one for one in reading.groups if one.start < at <= one.end), None)
    if group is None:
        return False
    if not partners(reading, group) and _OPENS.fullmatch(reading.view.low, start, group.start):
        return True
    return not _acts(reading, at)


def partners(reading: Reading, group: Group) -> bool:
    """Whether a list of bodies stands after a word of co-operation."""
    before = reading.view.bare[max(0, group.start - 60) : group.start]
    return any(cue.end() == len(before) for cue in COOPERATION.finditer(before))


def _acts(reading: Reading, at: int) -> bool:
    """Whether the body at a place is followed by a verb, so that a clause begins with it."""
    from langnghe.plans.reading.duties import predicate

    mention = reading.mention(reading.token_at(at))
    return mention is not None and predicate(reading, mention.end)
