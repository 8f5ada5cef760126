"""A block: the smallest printed unit of a document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.source import Line


@dataclass(eq=False)
class Block:
    """The smallest printed unit: a labelled item, a bullet, a paragraph without a label, or a table row.

    text      its words without the label, lines joined by a space; `view` is the same for matching
    label     as printed, with [ ] if it was restored; "" for a paragraph
    kind      part, chapter, division, article, clause, capital, roman, number, dotted2…, letter, paren, dash, plus,
              star, dot; "para" without a label; "row" in a table
    path      its place by the labels: "II.3.a/p2", "III.1/-2"; "kết" for a closing paragraph
    zone      "head" before the plan's first order, "body", "closing", "foot" (recipients and signature)
    section   what the nearest heading announces: "purpose", "funding", "duties" or ""
    """

    text: str
    label: str = ""
    kind: str = "para"
    number: int = 0
    pieces: list[tuple[int, int]] = field(default_factory=list)
    line: Line = field(default_factory=lambda: Line("", 0))
    parent: Block | None = None
    children: list[Block] = field(default_factory=list)
    path: str = ""
    zone: str = "body"
    section: str = ""

    @cached_property
    def view(self) -> View:
        """The text as rules see it."""
        return View(self.text)

    @property
    def level(self) -> int:
        """How deep it stands; 0 at the top."""
        level, above = 0, self.parent
        while above is not None:
            level, above = level + 1, above.parent
        return level

    @property
    def span(self) -> tuple[int, int]:
        """Its place in the document's text, without the label."""
        return self.place(0, len(self.text))

    @property
    def bullet(self) -> bool:
        """Whether it is a bullet of a list."""
        return self.kind in ("dash", "plus", "star", "dot")

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of `text` stands in the document's text."""
        return self._at(start), max(self._at(start), self._at(max(start, end - 1)) + (end > start))

    def _at(self, at: int) -> int:
        if not self.pieces:
            return self.line.start
        nearest = self.pieces[max(0, bisect_right(self.pieces, (at, 1 << 60)) - 1)]
        return nearest[1] + at - nearest[0]

    def above(self) -> Iterator[Block]:
        """Its parents, the nearest first."""
        one = self.parent
        while one is not None:
            yield one
            one = one.parent

    def below(self) -> Iterator[Block]:
        """Everything under it, in the order of the document."""
        stack = list(reversed(self.children))
        while stack:
            one = stack.pop()
            yield one
            stack.extend(reversed(one.children))
