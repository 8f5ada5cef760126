"""The mark of views that everybody may open (see `desk.access` for those of staff)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

V = TypeVar("V", bound=Callable[..., Any])


def public(view: V) -> V:
    """Everybody may open this view; it shows only what has passed the public gate, or what the asker's own code and
    secret open."""
    view.access = "public"  # type: ignore[attr-defined]
    return view
