"""The same work as the pages do, in plain SQL: prepared statements over psycopg, nothing else. The yardstick."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import psycopg

from langnghe.bench import load
from langnghe.cases.workflow import WORK_STATES
from langnghe.ledger import chain

_ROW = (
    "c.id, c.code, c.state, c.urgency, c.round, c.hops, c.restricted, c.title, c.due_at, c.received_at, f.name, "
    "a.short_name, w.short_name, p.full_name"
)
_JOINED = (
    "cases_case c LEFT JOIN cases_field f ON f.id = c.field_id LEFT JOIN agencies_agency a ON a.id = c.agency_id "
    "LEFT JOIN agencies_agency w ON w.id = c.commune_id LEFT JOIN agencies_person p ON p.id = c.handler_id"
)
_STATES = ", ".join(f"'{state}'" for state in WORK_STATES)
QUEUE = (
    f"SELECT {_ROW} FROM {_JOINED} WHERE c.agency_id = %s AND c.state IN ({_STATES}) AND NOT c.restricted "
    "ORDER BY c.due_at, c.id LIMIT 31"
)
DEEP = (
    f"SELECT {_ROW} FROM {_JOINED} WHERE c.agency_id = %s AND c.state IN ({_STATES}) AND NOT c.restricted "
    "AND (c.due_at, c.id) > (%s, %s) ORDER BY c.due_at, c.id LIMIT 31"
)
SEARCH = (
    f"SELECT {_ROW} FROM {_JOINED} WHERE c.search @@ to_tsquery('simple', %s) AND NOT c.restricted "
    "ORDER BY c.received_at DESC, c.id DESC LIMIT 31"
)
CASE = (
    "SELECT * FROM cases_case WHERE code = %s",
    "SELECT * FROM ledger_entry WHERE kind = 'case' AND subject_id = %s ORDER BY seq",
    "SELECT * FROM worktime_deadline WHERE kind = 'case' AND subject_id = %s",
    "SELECT * FROM cases_answer WHERE case_id = %s",
)
INSERT_CASE = """
INSERT INTO cases_case (code, secret_digest, state, last_act, version, round, regime, kind, subject, level, urgency,
    channel_id, language, title, body, commune_id, place, hops, restricted, submission_key, received_at, state_since,
    due_at, search)
VALUES (%s, %s, 'received', 'receive', 1, 1, 'field', 'report', '', '', '', %s, 'vi', %s, %s, %s, %s, 0, false, %s,
    now(), now(), now() + interval '7 days', to_tsvector('simple', %s))
RETURNING id
"""
INSERT_DEADLINES = """
INSERT INTO worktime_deadline (kind, subject_id, step, rule_id, started_at, due_at, due_date, target_at, half_at,
    eighty_at, pauses, extension, explanation, state, agency_id, remind_from, next_reminder_at)
SELECT 'case', %s, step, rule_id, started_at, due_at, due_date, target_at, half_at, eighty_at, pauses, extension,
    explanation, 'open', agency_id, remind_from, half_at
FROM worktime_deadline WHERE id = ANY(%s)
"""
INSERT_ENTRY = """
WITH tail AS (
    SELECT seq, hash FROM ledger_entry WHERE kind = 'case' AND subject_id = %(case)s ORDER BY seq DESC LIMIT 1),
entry AS (
    INSERT INTO ledger_entry (kind, subject_id, seq, act, actor_kind, role, at, data, commitments, prev_hash, hash)
    SELECT 'case', %(case)s, coalesce((SELECT seq FROM tail), 0) + 1, %(act)s, 'sender', 'sender', now(), '{}', '{}',
        coalesce((SELECT hash FROM tail), %(zero)s), %(hash)s
    RETURNING id)
INSERT INTO ledger_salt (entry_id, field, salt) SELECT id, 'body', %(hash)s FROM entry
"""
CHANGE = "UPDATE cases_case SET version = version + 1, last_act = 'classify', state = 'classified' WHERE id = %s"


@dataclass(frozen=True)
class Choices:
    """What the statements ask about; the same as what the pages are asked for."""

    agencies: Sequence[int]
    deep: Sequence[tuple[int, datetime, int]]
    cases: Sequence[tuple[str, int]]
    office_cases: Sequence[int]
    rare: Sequence[str]
    common: Sequence[str]
    body: str
    folded: str
    commune: int
    channel: int


def measure(
    url: str, choices: Choices, *, clients: int, seconds: float, only: Sequence[str]
) -> dict[str, load.Figures]:
    """Each kind of work with so many connections; figures by name."""
    work: dict[str, Callable[[psycopg.Connection[Any], random.Random], None]] = {
        "submit": lambda c, d: _submit(c, choices, samples),
        "queue": lambda c, d: _read(c, QUEUE, (d.choice(choices.agencies),)),
        "queue_deep": lambda c, d: _read(c, DEEP, d.choice(choices.deep)),
        "case": lambda c, d: _case(c, d.choice(choices.cases)),
        "search_rare": lambda c, d: _read(c, SEARCH, (d.choice(choices.rare),)),
        "search_common": lambda c, d: _read(c, SEARCH, (d.choice(choices.common),)),
        "transition": lambda c, d: _transition(c, d.choice(choices.office_cases)),
        "track": lambda c, d: _case(c, d.choice(choices.cases)),
    }
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT min(id) FROM worktime_deadline WHERE subject_id = (SELECT max(subject_id) FROM worktime_deadline "
            "WHERE kind = 'case' AND step = 'transfer') GROUP BY step"
        ).fetchall()
    samples = [row[0] for row in rows]
    return {name: _run(url, work[name], clients=clients, seconds=seconds) for name in work if not only or name in only}


def _run(
    url: str, work: Callable[[psycopg.Connection[Any], random.Random], None], *, clients: int, seconds: float
) -> load.Figures:
    opened: list[psycopg.Connection[Any]] = []
    lock = threading.Lock()

    def make_work(number: int, dice: random.Random) -> Callable[[], str]:
        connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        with lock:
            opened.append(connection)

        def task() -> str:
            work(connection, dice)
            return ""

        return task

    try:
        return load.run(make_work, clients=clients, seconds=seconds, warm_up=0.3)
    finally:
        for connection in opened:
            connection.close()


def _read(connection: psycopg.Connection[Any], statement: str, values: Sequence[Any]) -> None:
    connection.execute(statement.encode(), values).fetchall()


def _case(connection: psycopg.Connection[Any], which: tuple[str, int]) -> None:
    code, key = which
    first, *others = CASE
    connection.execute(first.encode(), (code,)).fetchall()
    for statement in others:
        connection.execute(statement.encode(), (key,)).fetchall()


def _submit(connection: psycopg.Connection[Any], choices: Choices, samples: Sequence[int]) -> None:
    key = uuid.uuid4()
    with connection.transaction():
        values = (
            key.hex[:24],
            sha256(key.bytes).digest(),
            choices.channel,
            "Phản ánh thử",
            choices.body,
            choices.commune,
            "Số 1",
            key,
            choices.folded,
        )
        row = connection.execute(INSERT_CASE, values).fetchone()
        assert row is not None
        connection.execute(INSERT_DEADLINES, (row[0], samples))
        _entry(connection, row[0], "receive")


def _entry(connection: psycopg.Connection[Any], case: int, act: str) -> None:
    connection.execute(INSERT_ENTRY, {"case": case, "act": act, "zero": chain.ZERO, "hash": uuid.uuid4().bytes * 2})


def _transition(connection: psycopg.Connection[Any], case: int) -> None:
    with connection.transaction():
        connection.execute("SELECT * FROM cases_case WHERE id = %s FOR UPDATE", (case,)).fetchone()
        connection.execute(CHANGE, (case,))
        connection.execute(
            "UPDATE worktime_deadline SET state = 'met', closed_at = now(), next_reminder_at = NULL "
            "WHERE kind = 'case' AND subject_id = %s AND step = 'intake' AND state = 'open'",
            (case,),
        )
        _entry(connection, case, "classify")
