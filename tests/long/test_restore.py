"""A dump of the whole demo city put into a new server is the same city, just as well guarded, and goes on working;
from PostgreSQL 15 to 18 too. The service story runs on 15."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from langnghe.cli.embedded import BinariesMissing, EmbeddedPostgres, find_binaries
from tests.long import harness

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

ACT = """
import uuid
import django; django.setup()
from langnghe.agencies.models import RoleAssignment
from langnghe.cases import services
from langnghe.cases.models import Case, Field
from langnghe.ledger import services as ledger
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock
held = RoleAssignment.objects.filter(role="coordinator")[0]
actor = Actor("person", "coordinator", held.person_id, held.agency_id)
case = Case.objects.filter(state="received", restricted=False, regime="field")[0]
field = Field.objects.filter(regime="field")[0]
before = case.version
moved = services.classify(
    case_id=case.pk, actor=actor, at=clock.now(), regime="field", field_id=field.pk, urgency="normal"
)
assert (moved.state, moved.version) == ("classified", before + 1)
made = services.receive(
    new=services.NewCase(
        regime="field", title="Sau khi khôi phục", body="Vẫn nhận được phản ánh.", channel_id=case.channel_id,
        submission_key=uuid.uuid4(),
    ),
    actor=Actor("sender", "sender"), at=clock.now(),
)
assert made.case.pk > case.pk
ledger.seal(at=clock.now())
print(made.case.code)
"""


def _server(folder: Path, major: int) -> EmbeddedPostgres:
    try:
        return EmbeddedPostgres(folder / f"postgres-{major}", settings=QUICK, binaries=find_binaries(major))
    except BinariesMissing as missing:
        pytest.skip(f"PostgreSQL {major} is not installed here: {missing}")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = harness.open_folder("langnghe-restore-")
    yield made
    harness.remove(made)


def _counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        tables = [row[0] for row in connection.execute("SELECT relname FROM pg_stat_user_tables ORDER BY 1").fetchall()]
        return {
            table: (connection.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchone() or (0,))[0]
            for table in tables
            if not table.startswith("procrastinate")
        }


@pytest.mark.parametrize("source", [18, 15])
def test_a_restored_city_is_the_same_and_goes_on(folder: Path, source: int) -> None:
    old, new = _server(folder, source), _server(folder / "new", 18)
    try:
        env = harness.environment(old.start(), folder, LANGNGHE_DEMO="1")
        harness.run_command(["demo", "--no-start"], env)
        harness.run_command(["ledger", "seal"], env)
        new.start()
        with psycopg.connect(new.url_of("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
        restored = new.url_of("restored")
        programs = find_binaries(18)
        dump = folder / "city.dump"
        # As docs/operator tells it: the programs of the newer server write and read the dump.
        subprocess.run([programs / "pg_dump", "--format=custom", f"--file={dump}", old.url], check=True)
        subprocess.run(
            [programs / "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={restored}", dump], check=True
        )

        before = _counts(old.url)
        assert before["cases_case"] > 100
        assert _counts(restored) == before
        env = env | {"DATABASE_URL": restored}
        assert json.loads(harness.run_command(["ledger", "verify", "--json"], env))["findings"] == []
        _guards_hold(restored)
        harness.run_python(ACT, env)
        assert json.loads(harness.run_command(["ledger", "verify", "--json"], env))["findings"] == []
        assert _counts(restored)["cases_case"] == before["cases_case"] + 1
    finally:
        for server in (old, new):
            server.stop()
            server.remove()


def _guards_hold(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        close = "UPDATE cases_case SET state = 'closed', version = version + 1, last_act = 'close'"
        refused = {
            f"{close} WHERE state = 'received'": psycopg.errors.CheckViolation,
            f"{close} WHERE state = 'published'": psycopg.errors.CheckViolation,
            "UPDATE cases_case SET version = version + 1, last_act = 'note'": psycopg.errors.CheckViolation,
            "DELETE FROM ledger_entry": psycopg.errors.RestrictViolation,
            "UPDATE ledger_seal SET count = 1": psycopg.errors.RestrictViolation,
        }
        for statement, error in refused.items():
            with pytest.raises(error):
                connection.execute(statement.encode())


def test_the_services_work_on_postgresql_15(folder: Path) -> None:
    server = _server(folder, 15)
    try:
        env = harness.environment(server.start(), folder)
        del env["DJANGO_SETTINGS_MODULE"]
        tests = ["tests/cases", "tests/ledger", "tests/workflow", "tests/outbox", "tests/worktime/test_services.py"]
        here = [path for path in tests if (ROOT / path).exists()]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not long and not browser", *here],
            cwd=ROOT,
            env=env | {"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        assert " passed" in done.stdout
        assert harness.rows(server.url_of("postgres"), "SHOW server_version_num")[0][0].startswith("15")
    finally:
        server.stop()
        server.remove()
