"""What is hashed, byte for byte: the chain of one subject's entries, and the chain of seals.

Whoever wants to check the ledger without this program needs the following and SHA-256.

Canonical JSON. Objects with their keys sorted by code point, no white space, UTF-8, nothing escaped but `"`, `\\` and
the control characters below U+0020 (`\\b \\f \\n \\r \\t`, otherwise `\\u00xx` in lower case). Numbers are integers.

The body of an entry is the canonical JSON of

    {"act": …, "actor": {"agency": …, "id": …, "kind": …, "role": …}, "at": …, "commitments": {field: hex, …},
     "data": {…}, "kind": …, "subject": …, "v": 1}

where `at` is the moment in UTC to the microsecond (`2026-08-21T09:45:00.000000Z`), and `agency` and `id` are a number
or null. The hash of an entry binds it to its place in the
chain of its subject:

    hash = SHA-256("langnghe.entry.1" || prev_hash || seq || SHA-256(body))

`seq` counts the entries of the subject from 1 and is written as 8 bytes, the highest first; `prev_hash` is the hash of
the entry before it, or 32 zero bytes for the first.

A commitment stands for a personal value that the ledger must not hold: HMAC-SHA256 with the salt as key over the value
in UTF-8, in hex. Who has value and salt can show that the value was this one; with the salt deleted nobody can, and
the hash still holds.

A seal covers entries in the order in which they were taken; their hashes are the leaves of a Merkle tree (`merkle`).
Seals are numbered from 1 and chained:

    hash = SHA-256("langnghe.seal.1" || prev_hash || id || first || count || at || merkle_root)

with `id`, `first` (the number of its first entry, counted over all seals from 1) and `count` as 8 bytes, `at` as the 27
ASCII letters above, and 32 zero bytes before the first seal.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

__all__ = [
    "ZERO",
    "LedgerDataError",
    "body",
    "canonical",
    "clean",
    "commitment",
    "entry_hash",
    "moment",
    "seal_hash",
]

ZERO = bytes(32)
ENTRY_DOMAIN = b"langnghe.entry.1"
SEAL_DOMAIN = b"langnghe.seal.1"


class LedgerDataError(ValueError):
    """A value cannot stand in the ledger: it would not come back from the database as it went in."""


def moment(at: datetime) -> str:
    """A moment in UTC to the microsecond, as hashed. LedgerDataError for a time without zone."""
    if at.tzinfo is None:
        raise LedgerDataError("a time in the ledger needs its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def clean(value: Any, where: str = "data") -> Any:
    """`value` in the few types that the ledger holds: null, truth values, integers, text, lists, objects.

    Dates, times and decimal numbers become text, members of an enumeration their value, lazy texts their words.
    LedgerDataError for floating numbers (they do not survive JSON unchanged; write them as text), for NUL and half
    characters in text, and for anything else.
    """
    if isinstance(value, Enum):
        return clean(value.value, where)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (str, Promise)):
        return _text(str(value), where)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, Mapping):
        result = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise LedgerDataError(f"{where}: the name {key!r} is not text")
            result[_text(str(key), where)] = clean(item, f"{where}.{key}")
        return result
    if isinstance(value, (list, tuple)):
        return [clean(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        return sorted((clean(item, where) for item in value), key=canonical)
    raise LedgerDataError(f"{where}: {type(value).__name__} has no place in the ledger")


def _text(value: str, where: str) -> str:
    if "\x00" in value:
        raise LedgerDataError(f"{where}: text with NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise LedgerDataError(f"{where}: text that is not valid Unicode") from None
    return value


def canonical(value: Any) -> bytes:
    """Cleaned `value` as canonical JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def commitment(salt: bytes, value: str) -> str:
    """What stands in the ledger for a personal value, in hex."""
    return hmac.new(salt, value.encode(), sha256).hexdigest()


def body(
    *,
    kind: str,
    subject_id: int,
    act: str,
    actor_kind: str,
    actor_id: int | None,
    role: str,
    agency_id: int | None,
    at: str,
    data: Any,
    commitments: Any,
) -> bytes:
    """The canonical JSON of what an entry says, apart from its place in the chain; `at` as `moment` writes it."""
    return canonical(
        {
            "act": act,
            "actor": {"agency": agency_id, "id": actor_id, "kind": actor_kind, "role": role},
            "at": at,
            "commitments": commitments,
            "data": data,
            "kind": kind,
            "subject": subject_id,
            "v": 1,
        }
    )


def entry_hash(*, prev_hash: bytes, seq: int, body: bytes) -> bytes:
    """The hash of an entry at its place, from its body."""
    return sha256(ENTRY_DOMAIN + prev_hash + seq.to_bytes(8, "big") + sha256(body).digest()).digest()


def seal_hash(*, prev_hash: bytes, seal_id: int, first: int, count: int, at: str, merkle_root: bytes) -> bytes:
    """The hash of a seal at its place among the seals; `at` as `moment` writes it."""
    numbers = b"".join(number.to_bytes(8, "big") for number in (seal_id, first, count))
    return sha256(SEAL_DOMAIN + prev_hash + numbers + at.encode() + merkle_root).digest()
