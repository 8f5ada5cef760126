"""The database's guard: whatever the SQL, a state changes by the table and with proof, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from langnghe.ledger.services import record
from langnghe.workflow import services
from langnghe.workflow import table as tables
from langnghe.workflow.actor import SYSTEM
from langnghe.workflow.guard import guard_operation, guard_sql, unguard_sql
from langnghe.workflow.models import WorkflowEdge
from langnghe.workflow.table import START, State, Transition, TransitionTable

AT = datetime(2026, 8, 21, 9, 45, tzinfo=UTC)
ROLES = frozenset({"system"})

TABLE = TransitionTable(
    kind="probe",
    states={"new": State("Mới"), "busy": State("Đang làm"), "done": State("Xong", final=True)},
    initial="new",
    transitions=(
        Transition(act="create", sources=(START,), target="new", roles=ROLES, label="Tạo"),
        Transition(act="take", sources=("new",), target="busy", roles=ROLES, label="Nhận"),
        Transition(act="note", sources=("busy",), target=None, roles=ROLES, label="Ghi"),
        Transition(act="finish", sources=("busy",), target="done", roles=ROLES, label="Xong"),
    ),
)


@pytest.fixture
def probe(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A guarded table of its own; gone with the transaction of the test."""
    monkeypatch.setattr(tables, "_tables", {"probe": TABLE})
    services.sync()
    run(
        "CREATE TABLE probe (id bigint PRIMARY KEY, state text NOT NULL, last_act text NOT NULL, version int NOT NULL,"
        " note text NOT NULL DEFAULT '')"
    )
    run(guard_sql("probe", "probe"))
    yield
    # Proofs that are missing still would break the end of the transaction, not this test.
    connection.needs_rollback = True


def run(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def prove(act: str, subject_id: int = 1) -> None:
    record(kind="probe", subject_id=subject_id, act=act, actor=SYSTEM, at=AT)


def commit() -> None:
    """What the end of the transaction does: run the deferred triggers."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def create(subject_id: int = 1) -> None:
    run("INSERT INTO probe VALUES (%s, 'new', 'create', 1)", subject_id)
    prove("create", subject_id)
    commit()


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def no_edge() -> AbstractContextManager[None]:
    return refused("probe_guard_edge")


def test_the_way_of_the_table_is_open(probe: None) -> None:
    create()
    for state, act, version in [("busy", "take", 2), ("busy", "note", 3), ("busy", "note", 4), ("done", "finish", 5)]:
        run("UPDATE probe SET state = %s, last_act = %s, version = %s", state, act, version)
        prove(act)
        commit()
    assert run("SELECT state, last_act, version FROM probe") == [("done", "finish", 5)]


@pytest.mark.parametrize(("state", "act"), [("busy", "take"), ("done", "create"), ("new", "take"), ("new", "")])
def test_birth_only_in_an_initial_state_by_its_act(probe: None, state: str, act: str) -> None:
    with no_edge():
        run("INSERT INTO probe VALUES (1, %s, %s, 1)", state, act)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'busy', version = version + 1",
        "state = 'done', last_act = 'finish', version = version + 1",
        "state = 'new', last_act = 'take', version = version + 1",
        "last_act = 'note', version = version + 1",
        "version = version + 1",
    ],
)
def test_no_change_past_the_table(probe: None, change: str) -> None:
    create()
    with no_edge():
        run(f"UPDATE probe SET {change}")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'busy'",
        "state = 'busy', last_act = 'take'",
        "state = 'busy', last_act = 'take', version = version + 2",
        "state = 'busy', last_act = 'take', version = version - 1",
        "last_act = 'take'",
        "version = 7",
    ],
)
def test_state_act_and_version_change_together(probe: None, change: str) -> None:
    create()
    with refused("probe_guard_version"):
        run(f"UPDATE probe SET {change}")


def test_other_columns_are_free(probe: None) -> None:
    create()
    run("UPDATE probe SET note = 'x', state = state, last_act = last_act, version = version")
    commit()
    assert run("SELECT note FROM probe") == [("x",)]


@pytest.mark.parametrize("proved", [None, "take", "note"])
def test_without_its_proof_nothing_is_born(probe: None, proved: str | None) -> None:
    with refused("probe_guard_proof"):
        run("INSERT INTO probe VALUES (1, 'new', 'create', 1)")
        if proved is not None:
            prove(proved)
        prove("create", subject_id=2)
        commit()


def test_without_its_proof_nothing_changes(probe: None) -> None:
    create()
    with refused("probe_guard_proof"):
        run("UPDATE probe SET state = 'busy', last_act = 'take', version = 2")
        commit()


def test_each_of_several_acts_needs_its_proof(probe: None) -> None:
    create()
    with refused("probe_guard_proof"):
        run("UPDATE probe SET state = 'busy', last_act = 'take', version = 2")
        run("UPDATE probe SET state = 'done', last_act = 'finish', version = 3")
        prove("finish")
        commit()


def test_a_temporary_table_deceives_nobody(probe: None) -> None:
    create()
    run("CREATE TEMPORARY TABLE workflow_workflowedge AS SELECT * FROM workflow_workflowedge LIMIT 0")
    run("INSERT INTO workflow_workflowedge (kind, source, act, target) VALUES ('probe', 'new', 'cheat', 'done')")
    run("CREATE TEMPORARY TABLE ledger_entry AS SELECT * FROM ledger_entry")
    with no_edge():
        run("UPDATE probe SET state = 'done', last_act = 'cheat', version = 2")


def test_the_guard_can_be_taken_off_and_put_back(probe: None) -> None:
    run(unguard_sql("probe"))
    run("INSERT INTO probe VALUES (1, 'done', 'anything', 1)")
    run(guard_sql("probe", "probe"))
    with no_edge():
        run("INSERT INTO probe VALUES (2, 'done', 'anything', 1)")
    operation = guard_operation("probe", "probe", state="condition")
    assert "NEW.condition" in operation.sql
    assert operation.reverse_sql == unguard_sql("probe")


@pytest.mark.parametrize("name", ["Probe", "probe; DROP TABLE x", "", "p" * 41])
def test_odd_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"plain name|too long"):
        guard_sql(name, "probe")


class TestCommitted:
    """The same at a real commit, and the proof of an earlier transaction."""

    @pytest.fixture
    def committed_probe(self, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(tables, "_tables", {"probe": TABLE})
        services.sync()
        run("CREATE TABLE probe (id bigint PRIMARY KEY, state text, last_act text, version int, note text)")
        run(guard_sql("probe", "probe"))
        with transaction.atomic():
            create()
            run("UPDATE probe SET state = 'busy', last_act = 'take', version = 2")
            prove("take")
            run("UPDATE probe SET last_act = 'note', version = 3")
            prove("note")
        yield
        run(unguard_sql("probe"))
        run("DROP TABLE probe")

    def test_yesterdays_proof_does_not_count(self, committed_probe: None) -> None:
        with refused("probe_guard_proof"):
            run("UPDATE probe SET version = 4")
        assert run("SELECT version FROM probe") == [(3,)]

    def test_a_proof_within_a_savepoint_counts(self, committed_probe: None) -> None:
        with transaction.atomic():
            with transaction.atomic():
                prove("note")
            with transaction.atomic():
                run("UPDATE probe SET version = 4")
        assert run("SELECT version FROM probe") == [(4,)]


def test_sync_makes_the_edges_those_of_the_tables(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_tables", {"probe": TABLE})
    services.sync()
    assert services.sync() == (0, 0)
    rows = set(WorkflowEdge.objects.values_list("kind", "source", "act", "target"))
    assert rows == {("probe", *edge) for edge in TABLE.edges()}
    WorkflowEdge.objects.filter(act="take").delete()
    WorkflowEdge.objects.create(kind="probe", source="new", act="cheat", target="done")
    WorkflowEdge.objects.create(kind="gone", source="", act="create", target="new")
    assert services.sync() == (1, 2)
    assert set(WorkflowEdge.objects.values_list("kind", "source", "act", "target")) == rows
