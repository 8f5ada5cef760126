"""The public text: marks replaced by neutral words, with the way back to the positions of the original."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from langnghe.publication.scanner.marks import LABELS, Kind, Mark, settle

Style = Literal["label", "block"]
BLOCK: Final = "█████"  # one width for all, so that the length of what was there is not shown


@dataclass(frozen=True, slots=True)
class Replacement:
    """text[start:end] of the agency's copy became public[public_start:public_end]."""

    start: int
    end: int
    public_start: int
    public_end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Redacted:
    """A public text and what was replaced in it, in order."""

    text: str
    replacements: tuple[Replacement, ...]

    def public_position(self, position: int) -> int:
        """Where a position of the agency's copy is in the public text; inside a replacement, where that begins."""
        shift = 0
        for item in self.replacements:
            if position < item.start:
                break
            if position < item.end:
                return item.public_start
            shift = item.public_end - item.end
        return position + shift


def redact(text: str, marks: Iterable[Mark], style: Style = "label") -> Redacted:
    """Replace each mark: by a word for its kind ("[tên người]") or by a block. Text outside the marks stays as it is.

    Marks may overlap. ValueError for a mark outside the text.
    """
    parts: list[str] = []
    replacements: list[Replacement] = []
    position = length = 0
    for mark in settle(marks):
        if not 0 <= mark.start < mark.end <= len(text):
            raise ValueError("mark outside the text")
        before = text[position : mark.start]
        label = LABELS[mark.kind] if style == "label" else BLOCK
        parts += [before, label]
        begin = length + len(before)
        length = begin + len(label)
        replacements.append(Replacement(mark.start, mark.end, begin, length, mark.kind))
        position = mark.end
    parts.append(text[position:])
    return Redacted("".join(parts), tuple(replacements))
