"""Which messages the program can send, and which values each of them may show.

The texts are data that an administrator edits; the values come from code. So every room declares its messages in
`<room>/messages.py` and a template may use only the declared placeholders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One message that the program sends: its code, what it is for, and placeholder → description."""

    code: str
    title: Text
    placeholders: Mapping[str, Text]


_kinds: dict[str, MessageKind] = {}


def declare(code: str, *, title: Text, placeholders: Mapping[str, Text]) -> MessageKind:
    """Declare a message once, at import. ValueError when the code already stands for other placeholders."""
    known = _kinds.get(code)
    if known is not None and set(known.placeholders) != set(placeholders):
        raise ValueError(f"message {code!r} is already declared with other placeholders")
    kind = MessageKind(code, title, MappingProxyType(dict(placeholders)))
    _kinds[code] = kind
    return kind


def find(code: str) -> MessageKind | None:
    """The declared message, or None."""
    return _kinds.get(code)


def kinds() -> list[MessageKind]:
    """All declared messages, by code."""
    return [_kinds[code] for code in sorted(_kinds)]
