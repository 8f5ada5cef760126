"""Acts, reads, seals and erasing, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.ledger.conftest import AT, CLERK, Tamper, Write

from langnghe.ledger import chain, merkle, selectors, services
from langnghe.ledger.models import Entry, PendingSeal, ReadLog, Salt, Seal, SealMember
from langnghe.workflow.actor import SYSTEM


def sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def test_an_act_comes_back_as_it_stands_in_the_database(write: Write) -> None:
    write()
    given = write(act="send", data={"to": [4, None], "why": "Đúng thẩm quyền", "date": AT.date()})
    stored = Entry.objects.get(pk=given.pk)
    for name in [field.attname for field in Entry._meta.fields]:
        value = getattr(stored, name)
        assert (bytes(value) if isinstance(value, memoryview) else value) == getattr(given, name), name
    assert stored.data["date"] == "2026-08-21"
    assert stored.seq == 2
    assert stored.txid == sql("SELECT pg_current_xact_id()::text")[0][0]


def test_the_hash_in_the_database_is_the_documented_one(write: Write) -> None:
    prev = chain.ZERO
    for entry in [write(first=True), write(personal={"name": "Nguyễn Văn An"}), write(actor=SYSTEM)]:
        body = chain.body(
            kind="thing",
            subject_id=1,
            act="note",
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            role=entry.role,
            agency_id=entry.agency_id,
            at=chain.moment(AT),
            data=entry.data,
            commitments=entry.commitments,
        )
        assert entry.prev_hash == prev
        assert entry.hash == chain.entry_hash(prev_hash=prev, seq=entry.seq, body=body)
        prev = entry.hash


@pytest.mark.parametrize("more", [{}, {"first": True}, {"personal": {"name": "An", "phone": "0912345678"}}])
def test_an_act_is_one_statement(write: Write, more: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        write(**more)
    assert len(queries) == 1


def test_an_act_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(services.LedgerError):
        services.record(kind="thing", subject_id=1, act="note", actor=SYSTEM, at=AT)
    with pytest.raises(services.LedgerError):
        services.record_many([services.Act(kind="thing", subject_id=1, act="note", actor=SYSTEM, at=AT)])


def test_personal_values_stay_outside(write: Write) -> None:
    entry = write(personal={"name": "Trần Thị Bình", "phone": "0912345678"})
    again = write(personal={"name": "Trần Thị Bình"})
    stored = sql("SELECT ledger_entry::text FROM ledger_entry WHERE id = %s", entry.id)[0][0]
    assert "Bình" not in stored
    assert "0912345678" not in stored
    salt = selectors.salt_of(entry.id, "name")
    assert salt is not None
    assert entry.commitments["name"] == chain.commitment(salt, "Trần Thị Bình")
    assert entry.commitments["name"] != again.commitments["name"], "each entry has salts of its own"


def test_erasing_takes_the_salts_and_leaves_the_proof(write: Write) -> None:
    entry = write(personal={"name": "An", "phone": "0912345678"})
    other = write(2, personal={"name": "Bình"})
    services.seal(at=AT)
    assert services.erase(kind="thing", subject_id=1, fields=["phone"]) == 1
    assert selectors.salt_of(entry.id, "phone") is None
    assert selectors.salt_of(entry.id, "name") is not None
    assert services.erase(kind="thing", subject_id=1) == 1
    assert services.erase(kind="thing", subject_id=1) == 0
    assert list(Salt.objects.values_list("entry_id", flat=True)) == [other.id]
    assert services.verify() == []


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_seal", "ledger_sealmember", "ledger_readlog"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET hash = hash", "DELETE FROM {}", "DELETE FROM {} WHERE false", "TRUNCATE {}", "TRUNCATE {} CASCADE"],
)
def test_the_database_refuses_to_change_the_ledger(ledger: list[Entry], table: str, statement: str) -> None:
    if table == "ledger_readlog":
        statement = statement.replace("hash = hash", "purpose = ''")
        services.log_read(kind="thing", subject_id=1, actor=CLERK, fields=["name"], purpose="Trả lời", at=AT)
    before = sql(f"SELECT {table}::text FROM {table} ORDER BY 1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(statement.format(table))
    assert sql(f"SELECT {table}::text FROM {table} ORDER BY 1") == before != []


@pytest.mark.parametrize("statement", ["UPDATE ledger_salt SET salt = salt", "TRUNCATE ledger_salt"])
def test_salts_can_be_deleted_but_not_changed(write: Write, statement: str) -> None:
    write(personal={"name": "An"})
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(statement)


def test_models_cannot_change_the_ledger_either(write: Write) -> None:
    entry = write()
    entry.act = "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.delete()


def test_many_acts_at_once_are_the_same_as_one_by_one(write: Write) -> None:
    write(1), write(2)
    acts = [
        services.Act(
            kind="thing",
            subject_id=subject_id,
            act=f"act_{turn}",
            actor=CLERK,
            at=AT + timedelta(minutes=turn),
            data={"turn": turn, "chữ": 'a\tb\\N"'},
            personal={"name": "An"} if turn == 1 else {},
        )
        for turn in range(3)
        for subject_id in (1, 2, 3)
    ]
    assert services.record_many(acts) == 9
    assert services.record_many([]) == 0
    assert [entry.act for entry in selectors.history("thing", 1)] == ["note", "act_0", "act_1", "act_2"]
    assert [entry.seq for entry in selectors.history("thing", 3)] == [1, 2, 3]
    third = selectors.history("thing", 3)[1]
    salt = selectors.salt_of(third.id, "name")
    assert salt is not None
    assert third.commitments == {"name": chain.commitment(salt, "An")}
    write(3)
    assert PendingSeal.objects.count() == 12
    services.seal(at=AT)
    assert services.verify() == []


def test_reads_of_personal_data_are_noted(db: None) -> None:
    for number in range(3):
        services.log_read(
            kind="thing", subject_id=1, actor=CLERK, fields=["name", "phone"], purpose=f"Việc {number}", at=AT
        )
    services.log_read(kind="thing", subject_id=2, actor=CLERK, fields=["name"], purpose="Khác", at=AT)
    rows = selectors.reads("thing", 1, limit=2)
    assert [row.purpose for row in rows] == ["Việc 2", "Việc 1"]
    assert rows[0].fields == ["name", "phone"]
    assert (rows[0].actor_kind, rows[0].actor_id, rows[0].role, rows[0].agency_id) == ("person", 3, "clerk", 11)
    assert [row.purpose for row in selectors.reads("thing", 1, before=rows[-1].id)] == ["Việc 0"]
    assert ReadLog.objects.count() == 4


def test_a_seal_covers_what_waits_and_is_chained(ledger: list[Entry]) -> None:
    first, second = Seal.objects.order_by("id")
    assert (first.id, first.first, first.count, bytes(first.prev_hash)) == (1, 1, 6, chain.ZERO)
    assert (second.id, second.first, second.count) == (2, 7, 6)
    assert bytes(second.prev_hash) == bytes(first.hash)
    assert bytes(first.merkle_root) == merkle.root(entry.hash for entry in ledger[:6])
    assert list(SealMember.objects.order_by("number").values_list("entry_id", flat=True)) == [
        entry.id for entry in ledger[:12]
    ]
    assert list(PendingSeal.objects.order_by("entry_id").values_list("entry_id", flat=True)) == [
        entry.id for entry in ledger[12:]
    ]
    state = selectors.seal_state()
    assert (state.last, state.waiting, state.waiting_since) == (second, 2, AT)


def test_a_seal_takes_no_more_than_its_limit(ledger: list[Entry]) -> None:
    sizes = []
    while (made := services.seal(at=AT, limit=1)) is not None:
        sizes.append(made.count)
    assert sizes == [1, 1]
    assert services.seal(at=AT) is None
    assert services.verify() == []
    assert selectors.seal_state().waiting_since is None


def test_the_sealer_is_not_confused_by_a_number_that_waits_wrongly(ledger: list[Entry], tamper: Tamper) -> None:
    tamper("INSERT INTO ledger_pendingseal VALUES (%s), (%s)", ledger[0].id, 10**9)
    made = services.seal(at=AT)
    assert made is not None
    assert made.count == 2
    assert list(PendingSeal.objects.values_list("entry_id", flat=True)) == [10**9]
    tamper("INSERT INTO ledger_pendingseal VALUES (%s)", ledger[0].id)
    assert services.seal(at=AT) is None


def test_followers_see_the_sealed_order_and_nothing_else(ledger: list[Entry], write: Write) -> None:
    assert selectors.last_number() == 12
    followed = selectors.entries_after(0, limit=5)
    assert [item.number for item in followed] == [1, 2, 3, 4, 5]
    assert [item.entry for item in followed] == ledger[:5]
    assert [item.entry for item in selectors.entries_after(5)] == ledger[5:12]
    write(9, kind="plan")
    services.seal(at=AT)
    assert [(item.number, item.entry.kind) for item in selectors.entries_after(12, kinds=["plan"])] == [(15, "plan")]
    assert selectors.entries_after(15) == []


class Crowd:
    """Threads with connections and transactions of their own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=6)

    def start(self, work: Callable[[], Any]) -> Any:
        def run() -> Any:
            try:
                return work()
            finally:
                connection.close()

        return self._pool.submit(run)

    def close(self) -> None:
        self._pool.shutdown()


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Crowd]:
    people = Crowd()
    yield people
    people.close()


@contextmanager
def impatient() -> Iterator[None]:
    """A transaction in which waiting for a lock is an error."""
    with transaction.atomic():
        sql("SET LOCAL lock_timeout = '5s'")
        yield


def act(subject_id: int, **more: Any) -> Entry:
    return services.record(kind="thing", subject_id=subject_id, act="note", actor=CLERK, at=AT, **more)


def test_acts_on_different_subjects_never_wait_for_each_other(crowd: Crowd) -> None:
    written, sealed = threading.Barrier(6, timeout=30), threading.Barrier(6, timeout=30)

    def work(subject_id: int) -> None:
        with impatient():
            act(subject_id, personal={"name": "An"})
            # Nobody commits before all have written: whoever waited for another would never arrive.
            written.wait()
            sealed.wait()
            act(subject_id)

    jobs = [crowd.start(lambda own=number: work(own)) for number in range(5)]
    written.wait()
    assert services.seal(at=AT) is None, "nothing is committed yet, and the sealer does not wait for it"
    sealed.wait()
    for job in jobs:
        job.result()
    assert Entry.objects.count() == 10
    services.seal(at=AT)
    assert services.verify() == []


def test_a_row_that_commits_late_is_taken_by_the_next_seal(crowd: Crowd) -> None:
    written, sealed = threading.Event(), threading.Event()

    def late() -> int:
        with transaction.atomic():
            entry = act(1)
            written.set()
            assert sealed.wait(30)
        return entry.id

    job = crowd.start(late)
    assert written.wait(30)
    with transaction.atomic():
        early = act(2)
    first = services.seal(at=AT)
    assert first is not None
    assert list(SealMember.objects.values_list("entry_id", flat=True)) == [early.id]
    assert [item.entry for item in selectors.entries_after(0)] == [early]
    assert services.verify() == []
    sealed.set()
    late_id = job.result()
    assert late_id < early.id
    second = services.seal(at=AT)
    assert second is not None
    assert (second.first, second.count) == (2, 1)
    assert [item.entry.id for item in selectors.entries_after(1)] == [late_id]
    assert services.verify() == []


def test_of_two_acts_on_one_unlocked_subject_one_is_refused_clearly(crowd: Crowd) -> None:
    backend: list[int] = []

    def second() -> None:
        with transaction.atomic():
            backend.append(sql("SELECT pg_backend_pid()")[0][0])
            act(1)

    with transaction.atomic():
        act(1)
        other = crowd.start(second)
        # It has found the chain empty as we did, and waits to learn whether its place is taken.
        while not backend or not sql("SELECT pg_blocking_pids(%s) <> '{}'", backend[0])[0][0]:
            assert not other.done()
    with pytest.raises(services.LedgerConflict, match="thing 1"):
        other.result()
    assert [entry.seq for entry in selectors.history("thing", 1)] == [1]


def test_a_place_that_is_taken_is_a_conflict(write: Write) -> None:
    write()
    with pytest.raises(services.LedgerConflict, match="thing 1"), transaction.atomic():
        write(first=True)


def test_with_a_lock_acts_on_one_subject_queue_up(crowd: Crowd) -> None:
    def work() -> None:
        for _ in range(5):
            with transaction.atomic():
                act(1, lock=True)

    for job in [crowd.start(work) for _ in range(6)]:
        job.result()
    assert [entry.seq for entry in selectors.history("thing", 1)] == list(range(1, 31))
    services.seal(at=AT)
    assert services.verify() == []


def test_only_one_sealer_at_a_time(crowd: Crowd) -> None:
    with transaction.atomic():
        act(1)
    with transaction.atomic():
        assert services.seal(at=AT) is not None
        assert crowd.start(lambda: services.seal(at=AT)).result() is None
    with transaction.atomic():
        act(1)
    assert crowd.start(lambda: services.seal(at=AT)).result().id == 2


def test_seals_beside_acts_lose_nothing(crowd: Crowd) -> None:
    done = threading.Event()

    def work(own: int) -> None:
        for number in range(25):
            with transaction.atomic():
                act(own * 1000 + number % 3)

    def sealing() -> None:
        while not done.is_set():
            services.seal(at=AT)

    sealer = crowd.start(sealing)
    jobs = [crowd.start(lambda own=number: work(own)) for number in range(4)]
    for job in jobs:
        job.result()
    done.set()
    sealer.result()
    services.seal(at=AT)
    assert SealMember.objects.count() == Entry.objects.count() == 100
    assert PendingSeal.objects.count() == 0
    assert services.verify() == []


def test_a_rolled_back_act_leaves_nothing(transactional_db: None) -> None:
    with transaction.atomic():
        act(1, personal={"name": "An"})
        transaction.set_rollback(True)
    assert (Entry.objects.count(), Salt.objects.count(), PendingSeal.objects.count()) == (0, 0, 0)
    assert services.seal(at=AT) is None
