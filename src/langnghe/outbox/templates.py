"""The process's copy of the templates: read all at once, used for a short time, so that enqueueing costs one INSERT."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from langnghe.outbox import conf

FALLBACK_LANGUAGE = "vi"


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body of a template as saved."""

    subject: str
    body: str


_Key = tuple[str, str, str]
_lock = threading.Lock()
_texts: dict[_Key, Text] = {}
_until = 0.0


def forget() -> None:
    """Read anew at the next use."""
    global _until
    with _lock:
        _until = 0.0


def _load() -> dict[_Key, Text]:
    global _texts, _until
    from langnghe.outbox.models import MessageTemplate  # that module calls forget()

    rows = MessageTemplate.objects.values_list("code", "channel", "language", "subject", "body")
    texts = {(code, channel, language): Text(subject, body) for code, channel, language, subject, body in rows}
    with _lock:
        _texts = texts
        _until = time.monotonic() + conf.template_ttl()
    return texts


def _pick(texts: dict[_Key, Text], code: str, channel: str, language: str) -> Text | None:
    return texts.get((code, channel, language)) or texts.get((code, channel, FALLBACK_LANGUAGE))


def find(code: str, channel: str, language: str) -> Text | None:
    """The template in the language, otherwise in Vietnamese, otherwise None.

    A miss is looked up again in the database at once: a template that was just written must not be missed.
    """
    with _lock:
        fresh, texts = time.monotonic() < _until, _texts
    if fresh:
        text = _pick(texts, code, channel, language)
        if text is not None:
            return text
    return _pick(_load(), code, channel, language)
