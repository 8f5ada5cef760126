"""Bodies as a text names them: one alone, and several one after another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A body named in a text: its names in the register, the place in the view, and its kind."""

    names: tuple[str, ...]
    start: int
    end: int
    kind: str = "body"
    post: bool = False
    last: int = 0
    sure: float = 1.0
    posts: tuple[str, ...] = ()

    @property
    def collective(self) -> bool:
        """Whether it stands for many bodies."""
        return self.kind in ("collective", "members")


@dataclass(frozen=True, slots=True)
class Group:
    """Bodies named one after another: names in the order of the text, without repeats."""

    names: tuple[str, ...]
    start: int
    end: int
    last: int
    sure: float = 1.0
    posts: bool = False
