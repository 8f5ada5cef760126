"""What those see who may not see personal data (the observer): every text with what looks personal taken out.

The scanner decides alone here, so it takes out too much rather than too little; pictures are not shown at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from langnghe.cases.models import Case
from langnghe.cases.selectors import PERSONAL_READERS
from langnghe.desk.access import Roles
from langnghe.publication.scanner import redact, scan
from langnghe.publication.services import known_of, known_values
from langnghe.texts import words

_TEXTS = {
    "questions": ("question", "reply"),
    "cooperations": ("question", "reply"),
    "answers": ("text", "done_what", "done_by", "returned_note", "fulfilment"),
    "extensions": ("reason", "note"),
    "ratings": ("comment",),
    "diversions": ("reason", "guidance", "decision"),
    "notes": ("text",),
    "urgings": ("text",),
}


def needs_veil(roles: Roles) -> bool:
    """Whether the person holds no role that may see personal data."""
    return not roles.codes & PERSONAL_READERS


def veiled(text: str, known: Iterable[str] = ()) -> str:
    """A text without what looks personal."""
    return redact(text, scan(text, known=known)).text if text else text


def veil_case(case: Case) -> None:
    """Take personal data out of everything that a case page shows. The case must not be saved afterwards. One query."""
    known = known_values(case)
    for name in ("title", "body", "place"):
        setattr(case, name, veiled(getattr(case, name), known))
    for relation, names in _TEXTS.items():
        rows: Iterable[Any] = getattr(case, relation).all()
        for row in rows:
            for name in names:
                setattr(row, name, veiled(getattr(row, name), known))


def sift_for(roles: Roles, text: str) -> Callable[[list[Case]], list[Case]] | None:
    """For who may not see personal data: keeps the cases in which the searched words stand in what is shown, so that
    nobody can find out by searching whose case it is. None for everybody else. No query."""
    if not needs_veil(roles):
        return None
    wanted = set(words(text)[:12])

    def shows(case: Case) -> bool:
        known = known_of(getattr(case, "sender", None))
        return wanted <= {
            word for name in ("title", "body", "place") for word in words(veiled(getattr(case, name), known))
        }

    return lambda rows: [case for case in rows if shows(case)]


def veil_titles(cases: Iterable[Case]) -> None:
    """Take personal data out of the titles of a list. No query."""
    for case in cases:
        case.title = veiled(case.title)
