"""Fills a migrated database that holds the demo city's facts with synthetic cases, by COPY.

Every case has what its pages read: texts with the search column, sender, deadlines with their explanation, ledger
entries chained by hash with their salts, answer, rating, public copy with its own search column. Triggers rest while
rows are copied (`session_replication_role = replica`): the state guard would ask for a ledger row of the same
transaction, which belongs to acts, not to a load. Nothing else is switched off, and every index is there afterwards.

The newest FULL_HISTORY cases, among them practically all open ones, have the ledger and the deadlines of every step;
older ones the first ledger entry and the deadline of the answer. The ledger is chained but not sealed.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from psycopg import sql

from langnghe import texts
from langnghe.bench.rows import CHUNK, ENTRY_IDS, FILLED, Maker, Plan, Rule

_COLUMNS = {
    "cases_case": "id, code, secret_digest, state, last_act, version, round, regime, kind, subject, level, urgency, "
    "field_id, procedure_id, channel_id, language, title, body, commune_id, place, latitude, longitude, "
    "agency_id, handler_id, hops, restricted, merged_into_id, entered_by_id, submission_key, received_at, "
    "state_since, due_at, answered_at, closed_at, search",
    "cases_sender": "case_id, type, name, address, phone, email, contact_key, publish_name, notify, erased_at",
    "cases_answer": "case_id, round, state, outcome, text, done_what, done_by, done_on, legal_basis, scheduled_on, "
    "other_agency_id, other_body, drafted_by_id, drafted_at, submitted_at, decided_by_id, decided_at, "
    "returned_note, fulfilled_at, fulfilment",
    "cases_rating": "case_id, round, forms, ease, handling, notice, overall, comment, rated_at",
    "cases_informationrequest": "case_id, question, asked_by_id, asked_at, reply, replied_at, lapsed_at",
    "cases_merge": "case_id, into_id, merged_by_id, merged_at, parted_at",
    "publication_publiccase": "case_id, code, state, regime, kind, title, body, answer, done_what, done_by, done_on, "
    "legal_basis, outcome, scheduled_on, sender_name, field_id, agency_id, commune_id, agency_name, field_name, "
    "commune_name, place, received_on, answered_at, on_time, round, published_at, confirmed_by_id, "
    "hidden_reason, prepared_from, search",
    "worktime_deadline": "kind, subject_id, step, rule_id, started_at, due_at, due_date, target_at, half_at, "
    "eighty_at, paused_at, pauses, extension, explanation, state, closed_at, agency_id, person_id, remind_from, "
    "next_reminder_at",
    "ledger_entry": "id, kind, subject_id, seq, act, actor_kind, actor_id, role, agency_id, at, data, commitments, "
    "prev_hash, hash",
    "ledger_salt": "entry_id, field, salt",
}


@dataclass
class Filled:
    """What was made, for the report: rows and seconds."""

    cases: int
    seconds: float
    seconds_by_step: dict[str, float] = field(default_factory=dict)


def make_plan(*, url: str, total: int, now: datetime, seed: int = 1) -> Plan:
    """Read the city's facts. Needs Django."""
    from django.db.models import Max

    from langnghe.agencies.models import Agency, RoleAssignment
    from langnghe.agencies.selectors import city_office
    from langnghe.cases import settings as city_settings
    from langnghe.cases.models import Channel, Field
    from langnghe.cases.services.receive import key_bytes
    from langnghe.ledger.models import Entry
    from langnghe.worktime.models import DeadlineRule

    staff: dict[int, dict[str, list[int]]] = {}
    city: dict[str, list[int]] = {}
    for held in RoleAssignment.objects.order_by("pk"):
        roles = city if held.agency_id is None else staff.setdefault(held.agency_id, {})
        roles.setdefault(held.role, []).append(held.person_id)
    full = {"focal_point", "handler", "approver"}
    able = [
        row
        for row in Agency.objects.filter(valid_to=None, receives_feedback=True)
        if full <= staff.get(row.pk, {}).keys()
    ]
    fields: dict[str, list[tuple[int, str]]] = {"field": [], "admin": []}
    for row in Field.objects.all():
        fields[row.regime].append((row.pk, row.name))
    return Plan(
        url=url,
        total=total,
        now=now,
        key=key_bytes(),
        prefix=city_settings.text("case_prefix", now.date(), "LN"),
        seed=seed,
        office=city_office(now.date()).pk,
        coordinators=tuple(city["coordinator"]),
        protected=tuple(city.get("protected_reader", city["coordinator"])),
        communes=tuple((row.pk, row.name, row.short_name) for row in able if row.kind == "commune"),
        departments=tuple((row.pk, row.name) for row in able if row.kind != "commune" and not row.is_city_office),
        staff={agency: {role: tuple(people) for role, people in roles.items()} for agency, roles in staff.items()},
        fields={regime: tuple(rows) for regime, rows in fields.items()},
        channels=tuple(Channel.objects.order_by("pk").values_list("pk", flat=True)),
        rules=tuple(
            Rule(
                rule.pk,
                rule.code,
                rule.step,
                rule.regime,
                rule.urgency,
                rule.amount,
                rule.unit,
                rule.valid_from,
                rule.valid_to,
                rule.source,
                rule.assumed,
            )
            for rule in DeadlineRule.objects.all()
        ),
        entries_before=Entry.objects.aggregate(last=Max("id"))["last"] or 0,
    )


def fill(plan: Plan, *, processes: int = 2, say: Callable[[str], None] = lambda _text: None) -> Filled:
    """Fill the database of the plan: rows by COPY in several processes, then the indexes, then VACUUM and ANALYZE."""
    begun = time.monotonic()
    done = Filled(plan.total, 0)
    with psycopg.connect(plan.url, autocommit=True) as connection:
        rebuild = _take_indexes_off(connection)
    spans = [(first, min(first + CHUNK, plan.total + 1)) for first in range(1, plan.total + 1, CHUNK)]
    if processes > 1 and len(spans) > 1:
        # Interleaved, so that all processes end at about the same time.
        work = [(plan, spans[index::processes]) for index in range(processes)]
        _in_processes(fill_spans, work)
    else:
        fill_spans(plan, spans)
    done.seconds_by_step["rows"] = time.monotonic() - begun
    say(f"rows after {time.monotonic() - begun:.0f} s")
    mark = time.monotonic()
    _build(plan.url, rebuild, processes)
    done.seconds_by_step["indexes"] = time.monotonic() - mark
    say(f"indexes after {time.monotonic() - begun:.0f} s")
    mark = time.monotonic()
    with psycopg.connect(plan.url, autocommit=True) as connection:
        for table in FILLED:
            if table in ("ledger_entry", "ledger_salt", "cases_case", "cases_sender"):
                continue
            connection.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT coalesce(max(id), 1) FROM {}))"
                ).format(sql.Literal(table), sql.Identifier(table))
            )
        connection.execute("SELECT setval('cases_case_id_seq', %s)", [max(plan.total, 1)])
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('ledger_entry', 'id'), %s)",
            [plan.entries_before + (plan.total + 1) * ENTRY_IDS],
        )
        connection.execute("VACUUM (ANALYZE, PARALLEL 2)")
    done.seconds_by_step["vacuum"] = time.monotonic() - mark
    done.seconds = time.monotonic() - begun
    return done


def _in_processes(work: Callable[..., None], calls: Sequence[tuple[Any, ...]]) -> None:
    """Each call in a process of its own, which knows no Django; the first error is raised here."""
    with ProcessPoolExecutor(len(calls), mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in [pool.submit(work, *call) for call in calls]:
            future.result()


# --- indexes ----------------------------------------------------------------------------------------------------------


def _take_indexes_off(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop every index of the filled tables but the primary keys; gives the statements that make them again."""
    rows = connection.execute(
        """
        SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
               pg_get_constraintdef(c.oid), pg_relation_size(i.indrelid)
        FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
        WHERE i.indrelid = ANY(%s::text[]::regclass[]) AND NOT i.indisprimary
        ORDER BY pg_get_indexdef(i.indexrelid) NOT LIKE '%% gin %%', 1
        """,
        [list(FILLED)],
    ).fetchall()
    again = []
    for index, table, definition, constraint, constraint_definition, _size in rows:
        if constraint is None:
            connection.execute(f"DROP INDEX {index}".encode())
            again.append(definition)
        else:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"'.encode())
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {constraint_definition}')
    return again


def _build(url: str, statements: Sequence[str], processes: int) -> None:
    """Plain indexes several at a time; those that lock their table (constraints) one after the other at the end."""
    free = [text for text in statements if text.startswith("CREATE")]
    locking = [text for text in statements if not text.startswith("CREATE")]
    for batch in (free, locking):
        shares = [batch[index::processes] for index in range(processes)] if batch is free else [batch]
        _in_processes(build_indexes, [(url, share) for share in shares])


def build_indexes(url: str, statements: Sequence[str]) -> None:
    """Run statements one after the other; in a process of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        for text in statements:
            connection.execute(text.encode())


# --- rows -------------------------------------------------------------------------------------------------------------


def fill_spans(plan: Plan, spans: Sequence[tuple[int, int]]) -> None:
    """Make and copy the cases of these spans of ids; in a process of its own."""
    plain = texts._round
    texts._round = cache(plain)  # the code of a case takes most of its time in a few thousand digests
    try:
        _fill_spans(plan, spans)
    finally:
        texts._round = plain


def _fill_spans(plan: Plan, spans: Sequence[tuple[int, int]]) -> None:
    maker = Maker(plan)
    with psycopg.connect(plan.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for first, end in spans:
            rows = maker.rows(first, end)
            for table in FILLED:
                if not rows[table]:
                    continue
                with (
                    connection.cursor() as cursor,
                    cursor.copy(f"COPY {table} ({_COLUMNS[table]}) FROM STDIN".encode()) as copy,
                ):
                    copy.write("".join(rows[table]).encode())
            connection.commit()
