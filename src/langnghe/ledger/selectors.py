"""Reads of the ledger: histories for timelines, the sealed order for followers, proofs for whoever wants to check."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from langnghe.ledger.models import Entry, ReadLog, Salt, Seal, SealMember

__all__ = [
    "Followed",
    "SealState",
    "all_reads",
    "entries_after",
    "history",
    "last_number",
    "last_person",
    "reads",
    "salt_of",
    "seal_state",
    "seals",
]


@dataclass(frozen=True, slots=True)
class Followed:
    """An entry with its number in the sealed order."""

    number: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class SealState:
    """How the sealing stands: the last seal, and how many entries wait (the oldest since when)."""

    last: Seal | None
    waiting: int
    waiting_since: datetime | None


def history(kind: str, subject_id: int) -> list[Entry]:
    """Every act on a subject, in order. One query."""
    return list(Entry.objects.filter(kind=kind, subject_id=subject_id).order_by("seq"))


def last_person(kind: str, subject_id: int) -> int | None:
    """The person whose act on a subject was the last; None when it was nobody's of the staff. One query."""
    found = Entry.objects.filter(kind=kind, subject_id=subject_id).order_by("-seq").values_list("actor_id", flat=True)
    return found.first()


def entries_after(number: int, *, kinds: Collection[str] | None = None, limit: int = 500) -> list[Followed]:
    """The sealed entries after this number, in the sealed order, at most `limit`. Two queries.

    For whoever follows the ledger from behind (scores, feeds): start at 0, keep the number of the last entry handled,
    in the same transaction as what was made of it. Only sealed entries have a number, so that none that commits late
    is ever skipped; entries of one subject come in the order of its chain.
    """
    members = SealMember.objects.filter(number__gt=number)
    if kinds is not None:
        members = members.filter(kind__in=list(kinds))
    numbers = dict(members.order_by("number").values_list("entry_id", "number")[:limit])
    entries = Entry.objects.in_bulk(list(numbers))
    return [Followed(place, entries[entry_id]) for entry_id, place in numbers.items() if entry_id in entries]


def last_number() -> int:
    """The number of the last sealed entry; 0 before the first seal."""
    return SealMember.objects.aggregate(last=Max("number"))["last"] or 0


def reads(kind: str, subject_id: int, *, before: int | None = None, limit: int = 50) -> list[ReadLog]:
    """Who read a subject's personal data, the latest first; `before` is the id that the page before ended with."""
    rows = ReadLog.objects.filter(kind=kind, subject_id=subject_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def all_reads(*, actor_id: int | None = None, before: int | None = None, limit: int = 50) -> list[ReadLog]:
    """Who read whose personal data, the latest first; of one reader or of all, by key. One query."""
    rows = ReadLog.objects.all()
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def seals(*, before: int | None = None, limit: int = 30) -> list[Seal]:
    """The latest seals, by key. One query."""
    rows = Seal.objects.all()
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def salt_of(entry_id: int, field: str) -> bytes | None:
    """The salt of a commitment; None when it has been erased."""
    salt = Salt.objects.filter(entry_id=entry_id, field=field).values_list("salt", flat=True).first()
    return None if salt is None else bytes(salt)


def seal_state() -> SealState:
    """How the sealing stands, for the health page. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), (SELECT at FROM ledger_entry WHERE id = min(pending.entry_id)) "
            "FROM ledger_pendingseal pending"
        )
        waiting, since = cursor.fetchone() or (0, None)
    return SealState(Seal.objects.order_by("-id").first(), waiting, since)
