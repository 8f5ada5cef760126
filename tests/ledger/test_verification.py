"""Whatever is done to the ledger behind its back is found, and the row is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.conftest import AT, CLERK, Tamper

from langnghe.ledger import chain, merkle, services
from langnghe.ledger.models import Entry, Seal, SealMember
from langnghe.ledger.services import Finding, verify

# Positions in the fixture `ledger`: three acts a turn, on the subjects 1, 2 and 3; two turns a seal; then subject 4.
SECOND_OF_2, THIRD_OF_2, LAST_OF_2, LAST_OF_3, WAITING = 4, 7, 10, 11, 12


def named(findings: list[Finding]) -> list[tuple[str, int | None, int | None, int | None]]:
    return [(found.what, found.subject_id, found.seq, found.entry_id) for found in findings]


def name(what: str, entry: Entry) -> tuple[str, int, int, int]:
    return (what, entry.subject_id, entry.seq, entry.id)


def rehash(tamper: Tamper, entry: Entry, **change: Any) -> bytes:
    """Change an entry and give it the hash that fits."""
    values = {field: getattr(entry, field) for field in ("kind", "subject_id", "act", "actor_kind", "actor_id", "role")}
    values |= {"agency_id": entry.agency_id, "data": entry.data, "commitments": entry.commitments, **change}
    body = chain.body(at=chain.moment(entry.at), **values)
    fresh = chain.entry_hash(prev_hash=entry.prev_hash, seq=entry.seq, body=body)
    tamper("UPDATE ledger_entry SET act = %s, hash = %s WHERE id = %s", values["act"], fresh, entry.id)
    return fresh


def test_an_untouched_ledger_has_no_findings(ledger: list[Entry]) -> None:
    seen: list[int] = []
    assert verify(progress=seen.append) == []
    assert seen == sorted(seen)
    assert seen[-1] == len(ledger) + 12 + 2


def test_an_empty_ledger_has_no_findings(db: None) -> None:
    assert verify() == []


@pytest.mark.parametrize("place", [SECOND_OF_2, LAST_OF_2, WAITING])
@pytest.mark.parametrize(
    "change",
    [
        "act = 'other'",
        "actor_kind = 'system'",
        "actor_id = 4",
        "actor_id = NULL",
        "role = 'head'",
        "agency_id = 12",
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "at = '-infinity'",
        "at = '4000-01-01 BC'",
        "at = '12026-08-21'",
        "data = data || '{\"n\": 99}'",
        "data = '[]'",
        "data = jsonb_build_object('n', 1e400)",
        "data = ('{\"n\": 1' || repeat('0', 6000) || '}')::jsonb",
        'commitments = \'{"name": "00"}\'',
        "prev_hash = sha256('x')",
        "hash = sha256('x')",
    ],
)
def test_an_altered_row_is_named(ledger: list[Entry], tamper: Tamper, place: int, change: str) -> None:
    entry = ledger[place]
    tamper(f"UPDATE ledger_entry SET {change} WHERE id = %s", entry.id)
    assert named(verify()) == [name("altered", entry)]


@pytest.mark.parametrize("place", [SECOND_OF_2, LAST_OF_2])
def test_a_row_altered_with_a_fitting_hash_is_named_by_its_seal(
    ledger: list[Entry], tamper: Tamper, place: int
) -> None:
    entry = ledger[place]
    rehash(tamper, entry, act="other")
    findings = named(verify())
    assert name("altered", entry) in findings
    # The next row of the chain no longer follows it, if there is one.
    assert set(findings) - {name("altered", entry)} == (
        {name("unlinked", ledger[THIRD_OF_2])} if place == SECOND_OF_2 else set()
    )


def test_a_waiting_row_altered_with_a_fitting_hash_breaks_the_chain(ledger: list[Entry], tamper: Tamper) -> None:
    rehash(tamper, ledger[WAITING], act="other")
    assert named(verify()) == [name("unlinked", ledger[WAITING + 1])]


def test_a_whole_chain_written_anew_is_named_by_the_seals(ledger: list[Entry], tamper: Tamper) -> None:
    last = chain.ZERO
    for entry in [entry for entry in ledger if entry.subject_id == 2]:
        entry.prev_hash = last
        tamper("UPDATE ledger_entry SET prev_hash = %s WHERE id = %s", last, entry.id)
        last = rehash(tamper, entry, act="anew")
    assert named(verify()) == [name("altered", entry) for entry in ledger if entry.subject_id == 2]


def test_a_missing_row_in_the_middle(ledger: list[Entry], tamper: Tamper) -> None:
    entry = ledger[SECOND_OF_2]
    tamper("DELETE FROM ledger_entry WHERE id = %s", entry.id)
    assert named(verify()) == [("missing", 2, 2, None), name("missing", entry)]


def test_missing_rows_at_the_end_are_named_by_their_seals(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_entry WHERE id = %s", ledger[LAST_OF_3].id)
    assert named(verify()) == [name("missing", ledger[LAST_OF_3])]


def test_a_subject_that_vanished_is_named_by_its_seals(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_entry WHERE subject_id = 2")
    assert named(verify()) == [name("missing", entry) for entry in ledger if entry.subject_id == 2]


def test_a_missing_row_that_waited(ledger: list[Entry], tamper: Tamper) -> None:
    entry = ledger[WAITING + 1]
    tamper("DELETE FROM ledger_entry WHERE id = %s", entry.id)
    assert named(verify()) == [("missing", None, None, entry.id)]
    services.seal(at=AT)
    assert named(verify()) == [("missing", None, None, entry.id)], "the next seal does not wipe out the trace"


def test_rows_that_changed_places(ledger: list[Entry], tamper: Tamper) -> None:
    one, other = ledger[SECOND_OF_2], ledger[THIRD_OF_2]
    tamper("UPDATE ledger_entry SET seq = %s WHERE id = %s", 1_000, one.id)
    tamper("UPDATE ledger_entry SET seq = %s WHERE id = %s", one.seq, other.id)
    tamper("UPDATE ledger_entry SET seq = %s WHERE id = %s", other.seq, one.id)
    assert named(verify()) == [("reordered", 2, 2, other.id), ("reordered", 2, 3, one.id)]


def test_a_row_moved_far_away_is_named_and_leaves_a_gap(ledger: list[Entry], tamper: Tamper) -> None:
    entry = ledger[SECOND_OF_2]
    tamper("UPDATE ledger_entry SET seq = 10 WHERE id = %s", entry.id)
    assert named(verify()) == [("missing", 2, 2, None), ("reordered", 2, 10, entry.id), ("missing", 2, 5, None)]


def test_a_place_taken_twice(ledger: list[Entry], tamper: Tamper) -> None:
    entry = ledger[SECOND_OF_2]
    tamper("ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_place")
    tamper(
        "INSERT INTO ledger_entry"
        " (kind, subject_id, seq, act, actor_kind, role, at, data, commitments, prev_hash, hash)"
        " SELECT kind, subject_id, seq, act, actor_kind, role, at, data, commitments, prev_hash, hash"
        " FROM ledger_entry WHERE id = %s",
        entry.id,
    )
    found = {(what, subject_id, seq) for what, subject_id, seq, _ in named(verify())}
    assert {("reordered", 2, 2), ("unsealed", 2, 2)} <= found


def test_a_row_slipped_in_past_the_seals(ledger: list[Entry], tamper: Tamper) -> None:
    last = ledger[LAST_OF_2]
    body = chain.body(
        kind="thing", subject_id=2, act="forged", actor_kind="person", actor_id=3, role="clerk", agency_id=11,
        at=chain.moment(AT), data={}, commitments={},
    )  # fmt: skip
    tamper(
        "INSERT INTO ledger_entry (kind, subject_id, seq, act, actor_kind, actor_id, role, agency_id, at, data,"
        " commitments, prev_hash, hash)"
        " VALUES ('thing', 2, 5, 'forged', 'person', 3, 'clerk', 11, %s, '{}', '{}', %s, %s)",
        AT,
        last.hash,
        chain.entry_hash(prev_hash=last.hash, seq=5, body=body),
    )
    findings = verify()
    assert [(found.what, found.subject_id, found.seq) for found in findings] == [("unsealed", 2, 5)]


def test_a_row_that_nobody_will_seal(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_pendingseal WHERE entry_id = %s", ledger[WAITING].id)
    assert named(verify()) == [name("unsealed", ledger[WAITING])]


@pytest.mark.parametrize(
    "change",
    ["at = at + interval '1 second'", "at = 'infinity'", "hash = sha256('x')", "count = -1", "first = first + 1"],
)
def test_an_altered_seal_is_named(ledger: list[Entry], tamper: Tamper, change: str) -> None:
    tamper("ALTER TABLE ledger_seal DROP CONSTRAINT ledger_seal_not_empty")
    tamper(f"UPDATE ledger_seal SET {change} WHERE id = 2")
    findings = verify()
    assert ("seal_altered", 2) in {(found.what, found.seal_id) for found in findings}
    assert {found.what for found in findings} <= {"seal_altered", "seal_missing"}


def test_a_seal_with_another_root_is_named(ledger: list[Entry], tamper: Tamper) -> None:
    seal = Seal.objects.get(id=2)
    root = merkle.root([b"another"])
    digest = chain.seal_hash(
        prev_hash=bytes(seal.prev_hash), seal_id=2, first=7, count=6, at=chain.moment(seal.at), merkle_root=root
    )
    tamper("UPDATE ledger_seal SET merkle_root = %s, hash = %s WHERE id = 2", root, digest)
    assert [(found.what, found.seal_id, found.entry_id) for found in verify()] == [("seal_altered", 2, None)]


def test_a_first_seal_written_anew_breaks_the_chain_of_seals(ledger: list[Entry], tamper: Tamper) -> None:
    seal = Seal.objects.get(id=1)
    at = seal.at + timedelta(hours=1)
    digest = chain.seal_hash(
        prev_hash=chain.ZERO,
        seal_id=1,
        first=1,
        count=6,
        at=chain.moment(at),
        merkle_root=bytes(seal.merkle_root),
    )
    tamper("UPDATE ledger_seal SET at = %s, hash = %s WHERE id = 1", at, digest)
    assert [(found.what, found.seal_id) for found in verify()] == [("seal_altered", 2)]


def test_a_missing_seal(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_seal WHERE id = 1")
    findings = verify()
    assert ("seal_missing", 1, None) in {(found.what, found.seal_id, found.entry_id) for found in findings}


def test_a_missing_last_seal_is_named_by_its_members(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_seal WHERE id = 2")
    assert named(verify()) == [name("seal_missing", entry) for entry in ledger[6:12]]


def test_the_last_seal_gone_with_all_its_members(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_seal WHERE id = 2")
    tamper("DELETE FROM ledger_sealmember WHERE seal_id = 2")
    assert named(verify()) == [name("unsealed", entry) for entry in ledger[6:12]]


def test_a_tail_cut_off_without_a_trace_differs_from_the_head_noted_outside(
    ledger: list[Entry], tamper: Tamper
) -> None:
    head = Seal.objects.get(id=2)
    tamper("DELETE FROM ledger_seal WHERE id = 2")
    tamper("DELETE FROM ledger_sealmember WHERE seal_id = 2")
    tamper("DELETE FROM ledger_entry WHERE id > %s", ledger[5].id)
    tamper("DELETE FROM ledger_pendingseal")
    assert verify() == []
    assert [(found.what, found.seal_id) for found in verify(expect=(2, bytes(head.hash)))] == [("seal_missing", 2)]


def test_the_head_noted_outside(ledger: list[Entry]) -> None:
    head = Seal.objects.get(id=2)
    assert verify(expect=(2, bytes(head.hash))) == []
    assert [(found.what, found.seal_id) for found in verify(expect=(2, bytes(32)))] == [("seal_altered", 2)]


def test_a_missing_member(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("DELETE FROM ledger_sealmember WHERE number = 5")
    findings = verify()
    assert [found.what for found in findings] == ["seal_altered", "unsealed"]
    assert findings[0].seal_id == 1
    assert named(findings)[1] == name("unsealed", ledger[4])


@pytest.mark.parametrize("change", ["hash = sha256('x')", "seq = 9", "kind = 'plan'", "subject_id = 77", "seal_id = 2"])
def test_an_altered_member(ledger: list[Entry], tamper: Tamper, change: str) -> None:
    tamper(f"UPDATE ledger_sealmember SET {change} WHERE number = 5")
    findings = verify()
    assert len(findings) == 1
    expected = {"hash": "seal_altered", "seal_id": "seal_altered"}.get(change.split(" = ")[0], "reordered")
    assert (findings[0].what, findings[0].seal_id) == (expected, 1)
    if "seal_id" not in change:
        assert findings[0].entry_id == ledger[4].id


def test_findings_stop_at_the_limit_and_read_well(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("UPDATE ledger_entry SET act = 'x'")
    findings = verify(limit=3)
    assert len(findings) == 3
    assert str(findings[0]) == f"altered: thing 1 #1 id {ledger[0].id}: nội dung không khớp với mã băm"


def test_verify_leaves_running_work_alone(transactional_db: None) -> None:
    with transaction.atomic():
        services.record(kind="thing", subject_id=1, act="note", actor=CLERK, at=AT)
    services.seal(at=AT)
    assert verify() == []
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
    with transaction.atomic():
        services.record(kind="thing", subject_id=1, act="note", actor=CLERK, at=AT)
    assert Entry.objects.count() == 2


class _Undo(Exception):
    """Ends an example and takes back what it did."""


# Each example takes back what it did, so one database serves them all.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_ledger_verifies_and_any_single_change_is_found(db: None, data: st.DataObject) -> None:
    """Acts and seals in any order; then one row of one table is changed, by any one column."""
    try:
        with transaction.atomic():
            _any_ledger(data)
            assert verify() == []
            _any_change(data)
            assert verify() != []
            raise _Undo
    except _Undo:
        pass


def _any_ledger(data: st.DataObject) -> None:
    for number, step in enumerate(data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=25))):
        if step == 0:
            services.seal(at=AT + timedelta(minutes=number))
        else:
            kind, subject_id = ("thing", step) if step < 4 else ("plan", 1)
            services.record(kind=kind, subject_id=subject_id, act="note", actor=CLERK, at=AT, data={"n": number})
    services.record(kind="thing", subject_id=1, act="note", actor=CLERK, at=AT)
    services.seal(at=AT)


def _any_change(data: st.DataObject) -> None:
    table, key, columns = data.draw(
        st.sampled_from(
            [
                ("ledger_entry", "id", ["act", "role", "kind", "subject_id", "seq", "at", "data", "prev_hash", "hash"]),
                ("ledger_sealmember", "number", ["seal_id", "kind", "subject_id", "seq", "hash"]),
                ("ledger_seal", "id", ["at", "count", "first", "merkle_root", "prev_hash", "hash"]),
            ]
        )
    )
    column = data.draw(st.sampled_from([*columns, "*"]))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {table} ORDER BY 1")
        row = data.draw(st.sampled_from([values[0] for values in cursor.fetchall()]))
        change = {
            "at": "at + interval '1 minute'",
            "data": """'{"forged": true}'""",
            **dict.fromkeys(["act", "role", "kind"], "'forged'"),
            **dict.fromkeys(["subject_id", "seq", "seal_id", "count", "first"], f"{column} + 100"),
        }.get(column, "sha256('forged')")
        cursor.execute("SET session_replication_role = replica")
        statement = f"DELETE FROM {table}" if column == "*" else f"UPDATE {table} SET {column} = {change}"
        cursor.execute(f"{statement} WHERE {key} = %s", [row])
        assert cursor.rowcount == 1
        cursor.execute("SET session_replication_role = origin")


def test_members_keep_the_names_of_their_entries(ledger: list[Entry]) -> None:
    for member in SealMember.objects.all():
        entry = Entry.objects.get(id=member.entry_id)
        assert (member.kind, member.subject_id, member.seq) == (entry.kind, entry.subject_id, entry.seq)
        assert bytes(member.hash) == bytes(entry.hash)
