"""Decisions of the outbox as pure functions: no database, no clock, no network."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACE = re.compile(r"[{}]")
# Cc holds CR, LF and all other control characters; U+2028 and U+2029 (Zl, Zp) end a line too; no database takes Cs.
_LINE_ENDS = frozenset({"Cc", "Cs", "Zl", "Zp"})
SUBJECT_LENGTH = 250


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a template: `unknown` (a placeholder that is not declared) or `brace` (a stray brace)."""

    code: str
    detail: str


def placeholders(text: str) -> set[str]:
    """Names of all `{name}` in the text."""
    return set(_PLACEHOLDER.findall(text))


def problems(text: str, allowed: Collection[str]) -> list[Problem]:
    """Everything that keeps a template from being saved, in a stable order."""
    found = [Problem("unknown", name) for name in sorted(placeholders(text) - set(allowed))]
    rest = _PLACEHOLDER.sub("", text)
    stray = _BRACE.search(rest)
    if stray is not None:
        found.append(Problem("brace", rest[max(0, stray.start() - 10) : stray.end() + 10].strip()))
    return found


def render(text: str, values: Mapping[str, object]) -> str:
    """Put values into a template in one pass, so that a value that looks like a placeholder stays as it is.

    KeyError with the name when a value is missing.
    """
    return _PLACEHOLDER.sub(lambda match: str(values[match.group(1)]), text)


def one_line(text: str, limit: int = SUBJECT_LENGTH) -> str:
    """A header-safe line of at most `limit` characters: control characters, line ends and runs of spaces become one."""
    flat = "".join(" " if unicodedata.category(c) in _LINE_ENDS else c for c in text)
    flat = " ".join(flat.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def plain_body(text: str) -> str:
    """A plain text body: line ends become LF; control characters except the tab, and lone surrogates, go."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip("\n")


def backoff(attempt: int, *, base: timedelta, cap: timedelta, spread: float) -> timedelta:
    """Wait before the next try after the `attempt`-th (1, 2, …): doubles up to `cap`, times 0.75 to 1.25.

    `spread` in [0, 1) is the caller's random number, so that many messages do not come back in one moment.
    """
    full = min(base * float(1 << min(attempt - 1, 30)), cap)
    return full * (0.75 + spread / 2)


def message_id(key: str, domain: str) -> str:
    """Message-ID that follows from the key alone, so that a receiver can drop a second copy."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def tries(*, permanent: bool, limit: int) -> int:
    """How many attempts a message gets: a permanent refusal (5xx) is not worth as many as a passing one."""
    return min(limit, 3) if permanent else limit
