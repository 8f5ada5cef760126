"""What just happened, said on the next page, with a way back where that is honest."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo="


def done(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Say that an act is done. undo_url: where a POST takes it back; only for acts that truly can be taken back."""
    messages.success(request, text, extra_tags=f"{UNDO}{undo_url}" if undo_url else "")


def warn(request: HttpRequest, text: str) -> None:
    """Say something that the reader should know before going on."""
    messages.warning(request, text)


def failed(request: HttpRequest, text: str) -> None:
    """Say that nothing was changed, and why."""
    messages.error(request, text)
