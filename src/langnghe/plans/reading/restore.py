"""Headings that were lost: numbering that starts anew tells where they stood; their labels go in [ ]."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from langnghe.plans.reading.blocks import Block

_FUNDING: Final = re.compile(r"(?:nguon )?kinh phi\b")
_CLOSED: Final = re.compile(r"[.;][\"”»’')*]*\s*$")
_ENUMERATED: Final = ("letter", "capital")


def restore(found: Sequence[Block]) -> None:
    """Put headings back above items that lost theirs, so that nothing is inherited across them."""
    tops = [block for block in found if block.zone == "body" and block.parent is None]
    scopes = [block for block in tops if block.kind == "roman"]
    for scope in scopes:
        scope.children = _numbers(scope.children, scope)
        _split_scope(scope)
    if not scopes:
        _romans(_numbers(tops, None))


def _numbers(siblings: list[Block], parent: Block | None) -> list[Block]:
    """Siblings with the lost numbered headings between them."""
    out: list[Block] = []
    numbered = [one for one in siblings if one.kind == "number"]
    for one in siblings:
        out.append(one)
        if one.kind != "number":
            continue
        groups = _groups(one.children)
        if not groups:
            continue
        at = next(at for at, other in enumerate(numbered) if other is one)
        after = numbered[at + 1].number if at + 1 < len(numbered) else 0
        first = one.number
        kept = 1
        if after - 1 == len(groups) and (after <= first or after - first != len(groups)):
            first, kept = 1, 0
        if len(groups) <= kept:
            continue
        for count, group in enumerate(groups[kept:], kept):
            out.append(_heading(f"[{first + count}]", "number", first + count, parent, group))
        one.children = [*_before(one.children), *(groups[0] if kept else [])]
    return out


def _before(children: Sequence[Block]) -> list[Block]:
    """What stands under a heading before its first lettered item."""
    out: list[Block] = []
    for one in children:
        if one.kind in _ENUMERATED:
            break
        out.append(one)
    return out


def _groups(children: Sequence[Block]) -> list[list[Block]]:
    """Lettered items and what follows them, parted where lettering starts anew with the first letter."""
    groups: list[list[Block]] = []
    for one in children:
        if one.kind in _ENUMERATED and (not groups or one.number == 1):
            lead = [*_open_end(groups[-1]), *_open_end(groups[-1][-1].children)] if groups else []
            groups.append([*lead, one])
        elif groups:
            groups[-1].append(one)
    return groups


def _open_end(blocks: list[Block]) -> list[Block]:
    """Take away the last paragraphs that no mark closes: they are a heading, or announce the list that follows."""
    out: list[Block] = []
    while len(blocks) > 0 and blocks[-1].kind == "para" and not _CLOSED.search(blocks[-1].text):
        out.insert(0, blocks.pop())
    return out


def _heading(label: str, kind: str, number: int, parent: Block | None, children: list[Block]) -> Block:
    """A heading whose words are lost."""
    first = children[0]
    lost = Block("", label=label, kind=kind, number=number, line=first.line, parent=parent, children=children)
    for one in children:
        one.parent = lost
    return lost


def _split_scope(scope: Block) -> None:
    """Under one Roman heading numbers start anew: what follows stood under headings that were lost."""
    before = 0
    extra = 0
    part: list[Block] = []
    kept: list[Block] = []
    for one in scope.children:
        if one.kind == "number":
            if one.number == 1 and before >= 1:
                _close(part, scope, extra)
                extra, part = extra + 1, []
            before = one.number
        (part if extra else kept).append(one)
    _close(part, scope, extra)
    scope.children = kept


def _close(part: list[Block], scope: Block, extra: int) -> None:
    if part and extra:
        number = scope.number + extra
        _heading(f"[{roman_of(number)}]", "roman", number, scope.parent, part)


def _romans(tops: list[Block]) -> None:
    """No Roman heading is left at all, and numbers start anew: they were all lost."""
    numbered = [one for one in tops if one.kind == "number"]
    restarts = sum(1 for one, other in pairwise(numbered) if other.number <= one.number)
    if not restarts or any(one.kind in ("article", "part", "chapter", "capital") for one in tops):
        return
    number, before = 1, 0
    part: list[Block] = []
    for one in tops:
        if one.kind == "number":
            if one.number <= before:
                _heading(f"[{roman_of(number)}]", "roman", number, None, part)
                number += 1 + _lost_funding(part)
                part = []
            before = one.number
        if one.kind == "number" or part:
            part.append(one)
    if part:
        _heading(f"[{roman_of(number)}]", "roman", number, None, part)


def _lost_funding(part: Sequence[Block]) -> int:
    """A last paragraph about money stood under a heading of its own."""
    last = part[-1]
    while last.children:
        last = last.children[-1]
    return int(last.kind == "para" and bool(_FUNDING.match(last.view.bare)))


def roman_of(number: int) -> str:
    """A number up to 39 in Roman digits."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][ones]
