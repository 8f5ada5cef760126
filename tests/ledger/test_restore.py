"""A dump put into another database is the same ledger, and just as well guarded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection, transaction
from tests.ledger.conftest import AT

from langnghe.cli.embedded import find_binaries
from langnghe.ledger import services
from langnghe.workflow.actor import SYSTEM
from langnghe.workflow.guard import guard_sql, unguard_sql
from langnghe.workflow.models import WorkflowEdge

TABLES = ["ledger_entry", "ledger_salt", "ledger_pendingseal", "ledger_seal", "ledger_sealmember", "ledger_readlog"]


def url_of(database: str) -> str:
    given = connection.settings_dict
    who = f"{quote(str(given['USER']))}:{quote(str(given['PASSWORD']), safe='')}"
    return f"postgres://{who}@{given['HOST']}:{given['PORT'] or 5432}/{quote(database)}"


@pytest.fixture
def filled(transactional_db: None) -> Iterator[None]:
    """A guarded table with one subject, acts that are sealed and one that waits."""
    WorkflowEdge.objects.create(kind="probe", source="", act="create", target="new")
    WorkflowEdge.objects.create(kind="probe", source="new", act="note", target="new")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (id bigint PRIMARY KEY, state text, last_act text, version int)")
        cursor.execute(guard_sql("probe", "probe"))
        cursor.execute("INSERT INTO probe VALUES (1, 'new', 'create', 1)")
        for act in ("create", "note", "note"):
            services.record(kind="probe", subject_id=1, act=act, actor=SYSTEM, at=AT, personal={"name": "An"})
    services.log_read(kind="probe", subject_id=1, actor=SYSTEM, fields=["name"], purpose="Trả lời", at=AT)
    services.seal(at=AT)
    with transaction.atomic():
        services.record(kind="probe", subject_id=1, act="note", actor=SYSTEM, at=AT)
    yield
    with connection.cursor() as cursor:
        cursor.execute(unguard_sql("probe"))
        cursor.execute("DROP TABLE probe")


@pytest.fixture
def restored(filled: None, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with what a dump of the test's database holds."""
    assert connection.connection is not None
    programs = find_binaries(connection.connection.info.server_version // 10_000)
    name = f"{connection.settings_dict['NAME']}_restored"
    dump = tmp_path / "dump"
    source = url_of(str(connection.settings_dict["NAME"]))
    subprocess.run([programs / "pg_dump", "--format=custom", f"--file={dump}", source], check=True)
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        subprocess.run([programs / "pg_restore", "--exit-on-error", f"--dbname={url_of(name)}", dump], check=True)
        yield url_of(name)
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_restored_ledger_is_the_same_and_still_guarded(restored: str) -> None:
    with psycopg.connect(restored, autocommit=True) as database, connection.cursor() as cursor:
        database.execute("SET TIME ZONE 'UTC'")  # as Django's connection, whatever the server's own zone is
        for table in [*TABLES, "probe"]:
            rows = f"SELECT {table}::text FROM {table} ORDER BY 1"
            cursor.execute(rows)
            assert database.execute(rows).fetchall() == cursor.fetchall() != [], table
        for statement in ("DELETE FROM ledger_entry", "TRUNCATE ledger_seal", "UPDATE ledger_readlog SET purpose = ''"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                database.execute(statement)
        # In the new cluster transaction numbers may begin anew: the proofs of old do not count there either.
        for statement, constraint in [
            ("UPDATE probe SET version = 3", "probe_guard_version"),
            ("UPDATE probe SET version = 2, last_act = 'cheat'", "probe_guard_edge"),
            ("UPDATE probe SET version = 2, last_act = 'note'", "probe_guard_proof"),
        ]:
            with pytest.raises(psycopg.errors.CheckViolation) as caught:
                database.execute(statement)
            assert caught.value.diag.constraint_name == constraint
    run = [sys.executable, "-m", "langnghe.cli", "ledger"]
    env = {**os.environ, "DATABASE_URL": restored}
    sealed = subprocess.run([*run, "seal"], env=env, capture_output=True, text=True, check=True)
    assert sealed.stdout.startswith("1 rows sealed; head: 2:")
    verified = subprocess.run([*run, "verify", "--json"], env=env, capture_output=True, text=True, check=True)
    assert json.loads(verified.stdout)["findings"] == []
