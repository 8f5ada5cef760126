"""Writes of the ledger: acts, reads of personal data, seals, and the erasing of salts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from langnghe.database import prepared
from langnghe.ledger import chain, merkle
from langnghe.ledger.models import Entry, ReadLog, Salt, Seal
from langnghe.ledger.verification import Finding, verify
from langnghe.workflow.actor import Actor

__all__ = [
    "Act",
    "Finding",
    "LedgerConflict",
    "LedgerError",
    "erase",
    "log_read",
    "record",
    "record_many",
    "seal",
    "verify",
]

SEAL_LIMIT = 50_000
"""Most entries in one seal; what is left waits for the next."""

_SEALER_LOCK = 0x4C4E_5345_414C
"""Key of the advisory lock that keeps sealers apart."""


class LedgerError(Exception):
    """The ledger was used in a way that could lose a proof."""


class LedgerConflict(LedgerError):
    """Two transactions wrote the next entry of one subject at once; the subject was not locked. Nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act for `record_many`; the fields are those of `record`."""

    kind: str
    subject_id: int
    act: str
    actor: Actor
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


# One statement: the end of the subject's chain is read, the hash is made from it, entry and salts are written.
_PLACE = """
tail AS (SELECT seq, hash FROM ledger_entry WHERE kind = %(kind)s AND subject_id = %(subject_id)s
         ORDER BY seq DESC LIMIT 1),
place AS (SELECT coalesce((SELECT seq FROM tail), 0) + 1 AS seq, coalesce((SELECT hash FROM tail), %(zero)s) AS prev)
"""
_FIRST = "place AS (SELECT 1::bigint AS seq, %(zero)s::bytea AS prev)"
_ENTRY = """
entry AS (
    INSERT INTO ledger_entry (kind, subject_id, seq, act, actor_kind, actor_id, role, agency_id, at, data, commitments,
                              prev_hash, hash)
    SELECT %(kind)s, %(subject_id)s, place.seq, %(act)s, %(actor_kind)s, %(actor_id)s::bigint, %(role)s,
           %(agency_id)s::bigint, %(at)s::timestamptz, %(data)s::jsonb, %(commitments)s::jsonb, place.prev,
           sha256(%(domain)s::bytea || place.prev || int8send(place.seq) || sha256(%(body)s::bytea))
    FROM place
    RETURNING id, seq, prev_hash, hash, txid
)"""
_SALTS = """,
salted AS (
    INSERT INTO ledger_salt (entry_id, field, salt)
    SELECT entry.id, given.field, given.salt
    FROM entry, unnest(%(fields)s::text[], %(salts)s::bytea[]) AS given (field, salt)
)"""
_COPY_ENTRIES = """
COPY ledger_entry (id, kind, subject_id, seq, act, actor_kind, actor_id, role, agency_id, at, data, commitments,
                   prev_hash, hash) FROM STDIN
"""
_RETURN = " SELECT id, seq, prev_hash, hash, txid::text FROM entry"


def record(
    *,
    kind: str,
    subject_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
    first: bool = False,
    lock: bool = False,
) -> Entry:
    """Write one act into the ledger, in the running transaction. Returns the entry.

    `data` says what changed, in plain values (see `chain.clean`) and without personal data. `personal` gives personal
    values by field name; the ledger keeps a salted commitment of each, never the value.

    The caller normally holds a lock on the subject's row, and so its chain. With `lock=True` the chain is locked here
    until the transaction ends; for subjects without a row of their own. `first=True` is for a subject born in this
    transaction: the end of its chain is not looked for.

    Raises LedgerError outside a transaction, LedgerConflict when another transaction wrote the same place of the chain
    (the transaction is then broken, as after every IntegrityError), chain.LedgerDataError for values that the ledger
    can't hold.
    """
    _need_transaction()
    parameters = _parameters(
        kind=kind, subject_id=subject_id, act=act, actor=actor, at=at, data=data, personal=personal
    )
    sql = "WITH " + (_FIRST if first else _PLACE) + "," + _ENTRY + (_SALTS if personal else "") + _RETURN
    with prepared() as cursor:
        if lock:
            # A statement of its own: the next one must see what the holder before us committed.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [kind, subject_id])
        try:
            cursor.execute(sql, parameters)
        except IntegrityError as error:
            raise _conflict(error, kind, subject_id) from error
        row = cursor.fetchone()
    assert row is not None
    return Entry(
        id=row[0],
        kind=kind,
        subject_id=subject_id,
        seq=row[1],
        act=act,
        actor_kind=actor.kind,
        actor_id=actor.person_id,
        role=actor.role,
        agency_id=actor.agency_id,
        at=at,
        data=parameters["clean_data"],
        commitments=parameters["clean_commitments"],
        prev_hash=bytes(row[2]),
        hash=bytes(row[3]),
        txid=row[4],
    )


def begin(
    *,
    kind: str,
    subject_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Write the first act of a subject born in this transaction, without waiting for the database's answer: what is
    wrong comes out at the next wait. Inputs and errors are those of `record`."""
    _need_transaction()
    parameters = _parameters(
        kind=kind, subject_id=subject_id, act=act, actor=actor, at=at, data=data, personal=personal
    )
    sql = "WITH " + _FIRST + "," + _ENTRY + (_SALTS if personal else "") + _RETURN
    with prepared() as cursor:
        cursor.execute(sql, parameters)


def record_many(acts: Iterable[Act]) -> int:
    """Write many acts at once, in the order given, with a handful of statements. Returns how many.

    For loading. The caller holds locks on the subjects, or they are new. Raises as `record` does.
    """
    _need_transaction()
    rows = [(act, _parameters(**{name: getattr(act, name) for name in Act.__slots__})) for act in acts]
    if not rows:
        return 0
    subjects = sorted({(act.kind, act.subject_id) for act, _ in rows})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT subject.kind, subject.id, tail.seq, tail.hash
            FROM unnest(%s::text[], %s::bigint[]) AS subject (kind, id),
                 LATERAL (SELECT seq, hash FROM ledger_entry entry
                          WHERE entry.kind = subject.kind AND entry.subject_id = subject.id
                          ORDER BY seq DESC LIMIT 1) AS tail
            """,
            [[kind for kind, _ in subjects], [subject_id for _, subject_id in subjects]],
        )
        tails = {(kind, subject_id): (seq, bytes(last)) for kind, subject_id, seq, last in cursor.fetchall()}
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)", [len(rows)]
        )
        ids = sorted(row[0] for row in cursor.fetchall())
        salts: list[tuple[int, str, bytes]] = []
        try:
            with connection.wrap_database_errors, cursor.copy(_COPY_ENTRIES) as copy:
                for entry_id, (act, given) in zip(ids, rows, strict=True):
                    seq, prev = tails.get((act.kind, act.subject_id), (0, chain.ZERO))
                    last = chain.entry_hash(prev_hash=prev, seq=seq + 1, body=given["body"])
                    tails[act.kind, act.subject_id] = (seq + 1, last)
                    fixed = (act.kind, act.subject_id, seq + 1, act.act, act.actor.kind, act.actor.person_id)
                    said = (act.actor.role, act.actor.agency_id, act.at, given["data"], given["commitments"])
                    copy.write_row((entry_id, *fixed, *said, prev, last))
                    salts.extend((entry_id, *pair) for pair in zip(given["fields"], given["salts"], strict=True))
        except IntegrityError as error:
            raise _conflict(error, "?", 0) from error
        if salts:
            with cursor.copy("COPY ledger_salt (entry_id, field, salt) FROM STDIN") as copy:
                for salt in salts:
                    copy.write_row(salt)
    return len(rows)


def log_read(*, kind: str, subject_id: int, actor: Actor, fields: Sequence[str], purpose: str, at: datetime) -> None:
    """Note that somebody read personal data of this subject: which fields, and what for."""
    ReadLog.objects.create(
        kind=kind,
        subject_id=subject_id,
        actor_kind=actor.kind,
        actor_id=actor.person_id,
        role=actor.role,
        agency_id=actor.agency_id,
        fields=list(fields),
        purpose=purpose,
        at=at,
    )


def erase(*, kind: str, subject_id: int, fields: Sequence[str] | None = None) -> int:
    """Delete the salts of a subject's personal values (of these fields, or all). Returns how many.

    To be called where the values themselves are erased, in the same transaction. After it nobody can show, or guess
    by trying, what a commitment stood for; the chain and the seals still verify.
    """
    entries = Entry.objects.filter(kind=kind, subject_id=subject_id).values("id")
    salts = Salt.objects.filter(entry_id__in=entries)
    if fields is not None:
        salts = salts.filter(field__in=list(fields))
    return salts.delete()[0]


def seal(*, at: datetime, limit: int = SEAL_LIMIT) -> Seal | None:
    """Seal the committed entries that wait, in one root chained to the last. Returns the seal.

    None when nothing waits or another sealer is at work. An entry that commits late is simply taken by the next seal.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if cursor.fetchone() != (True,):
            return None
        # A waiting number whose entry has vanished is left to stand: it is what `verify` names the entry by.
        # Materialized: a nested loop would run the limited part once a row, and take more than the limit.
        cursor.execute(
            """
            WITH ready AS MATERIALIZED (
                SELECT pending.entry_id FROM ledger_pendingseal pending JOIN ledger_entry entry ON entry.id = entry_id
                ORDER BY entry_id LIMIT %s FOR UPDATE OF pending SKIP LOCKED
            )
            DELETE FROM ledger_pendingseal USING ready
            WHERE ledger_pendingseal.entry_id = ready.entry_id
            RETURNING ready.entry_id
            """,
            [limit],
        )
        taken = [row[0] for row in cursor.fetchall()]
        if not taken:
            return None
        last = Seal.objects.order_by("-id").first()
        seal_id, first, prev = (last.id + 1, last.first + last.count, bytes(last.hash)) if last else (1, 1, chain.ZERO)
        cursor.execute(
            """
            INSERT INTO ledger_sealmember (number, entry_id, seal_id, kind, subject_id, seq, hash)
            SELECT %s + row_number() OVER (ORDER BY id) - 1, id, %s, kind, subject_id, seq, hash
            FROM ledger_entry entry
            WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM ledger_sealmember known WHERE known.entry_id = entry.id)
            ORDER BY id
            RETURNING number, hash
            """,
            [first, seal_id, taken],
        )
        members = sorted((number, bytes(entry_hash)) for number, entry_hash in cursor.fetchall())
        if not members:
            return None
        root = merkle.root(entry_hash for _, entry_hash in members)
        return Seal.objects.create(
            id=seal_id,
            at=at,
            first=first,
            count=len(members),
            merkle_root=root,
            prev_hash=prev,
            hash=chain.seal_hash(
                prev_hash=prev, seal_id=seal_id, first=first, count=len(members), at=chain.moment(at), merkle_root=root
            ),
        )


def _need_transaction() -> None:
    if not connection.in_atomic_block:
        raise LedgerError("an act is recorded in the transaction that does it: use transaction.atomic()")


def _parameters(
    *,
    kind: str,
    subject_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None,
    personal: Mapping[str, str] | None,
) -> dict[str, Any]:
    salts = {name: secrets.token_bytes(32) for name in personal or {}}
    commitments = {name: chain.commitment(salts[name], value) for name, value in (personal or {}).items()}
    cleaned = chain.clean(dict(data or {}))
    body = chain.body(
        kind=kind,
        subject_id=subject_id,
        act=act,
        actor_kind=actor.kind,
        actor_id=actor.person_id,
        role=actor.role,
        agency_id=actor.agency_id,
        at=chain.moment(at),
        data=cleaned,
        commitments=commitments,
    )
    return {
        "kind": kind,
        "subject_id": subject_id,
        "act": act,
        "actor_kind": actor.kind,
        "actor_id": actor.person_id,
        "role": actor.role,
        "agency_id": actor.agency_id,
        "at": at,
        "data": chain.canonical(cleaned).decode(),
        "commitments": chain.canonical(commitments).decode(),
        "clean_data": cleaned,
        "clean_commitments": commitments,
        "body": body,
        "zero": chain.ZERO,
        "domain": chain.ENTRY_DOMAIN,
        "fields": list(salts),
        "salts": list(salts.values()),
    }


def _conflict(error: IntegrityError, kind: str, subject_id: int) -> Exception:
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint != "ledger_entry_place":
        return error
    return LedgerConflict(f"another transaction wrote the next entry of {kind} {subject_id}: lock the subject first")
