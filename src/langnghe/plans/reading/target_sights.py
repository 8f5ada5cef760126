"""A clause in which targets are looked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.outline import Block


@dataclass(frozen=True, slots=True)
class Done:
    """A target found in the clause: where its words, its criterion and its figure stand."""

    begin: int
    name: tuple[int, int]
    end: int


@dataclass(frozen=True, slots=True)
class Sight:
    """A clause being looked through: its block, and the clause's place in the block's view."""

    block: Block
    view: View
    text: str
    """Lower case, figures that count nothing masked."""
    start: int
    end: int
    done: list[Done] = field(default_factory=list)
