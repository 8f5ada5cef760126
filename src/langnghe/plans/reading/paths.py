"""Paths of blocks that headings of bodies change, and what stands under what."""

from __future__ import annotations

from langnghe.plans.reading.duties import Duty
from langnghe.plans.reading.outline import Block


def rename(block: Block, duty: Duty) -> None:
    """An unnumbered heading of bodies stands in paths under their names; a labelled one is no paragraph of its own."""
    old = block.path
    if block.bullet and block.parent is not None:
        block.path = f"{block.parent.path.removesuffix('/p1')}/{', '.join(duty.names)}"
    elif block.kind == "para":
        _rename_following(block, ", ".join(duty.names))
        return
    elif old.endswith("/p1"):
        block.path = old.removesuffix("/p1")
        paragraphs = [one for one in block.children if one.kind == "para"]
        for at, one in enumerate(paragraphs, 1):
            one.path = f"{block.path}/p{at}" if len(paragraphs) > 1 else block.path
        return
    if old != block.path:
        for one in block.below():
            if one.path.startswith(old):
                one.path = block.path + one.path[len(old) :]


def _rename_following(heading: Block, name: str) -> None:
    """The list under an unlabelled heading of bodies, up to the next paragraph, stands under its name."""
    parent = heading.parent
    if parent is None:
        return
    at = next(at for at, one in enumerate(parent.children) if one is heading)
    for count, one in enumerate(parent.children[at + 1 :], 1):
        if not one.bullet:
            return
        old = one.path
        one.path = f"{parent.path.removesuffix('/p1')}/{name}/{one.label}{count}"
        for under in one.below():
            under.path = one.path + under.path[len(old) :] if under.path.startswith(old) else under.path


def within(block: Block, parent: Block | None) -> bool:
    """Whether a block is a heading's own, or stands under it."""
    return (
        parent is None
        and block.parent is None
        or parent is not None
        and (block is parent or any(one is parent for one in block.above()))
    )
