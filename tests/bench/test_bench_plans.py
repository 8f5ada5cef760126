"""`langnghe bench --plans` fills a city with plans and measures their pages; how fast that goes is no matter here."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from langnghe.bench import plans
from tests.long import harness


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the bench says about three plans, two of them large."""
    home = harness.open_folder("langnghe-bench-plans-")
    try:
        env = harness.environment("", home)
        del env["DATABASE_URL"], env["DJANGO_SETTINGS_MODULE"]
        path = tmp_path_factory.mktemp("bench") / "figures.json"
        command = [sys.executable, "-m", "langnghe.cli", "bench", "--plans", "3", "--clients", "1"]
        command += ["--seconds", "0.3", "--rounds", "2", "--json", str(path)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        found: dict[str, object] = json.loads(path.read_text("utf-8"))
        return found | {"table": done.stdout}
    finally:
        harness.remove(home)


def test_every_page_is_measured_and_asks_little(measured: dict[str, object]) -> None:
    http, queries = measured["http"], measured["queries"]
    assert isinstance(http, dict) and isinstance(queries, dict)
    assert set(http) == set(queries) == set(plans.WORK)
    for name, by_clients in http.items():
        assert by_clients["1"]["count"] > 0 and not by_clients["1"]["failed"], (name, by_clients)
    assert max(queries.values()) <= plans.MOST_QUERIES, queries
    assert measured["plans"] == 3 and int(str(measured["tasks"])) > 2 * plans.LARGE
    assert all(label in str(measured["table"]) for label in plans.WORK.values())


def test_the_table_goes_between_its_marks() -> None:
    page = plans.put_into("# Performance\n", "first\n")
    assert plans.put_into(page, "second\n").count(plans.FROM) == 1
    assert "second" in plans.put_into(page, "second\n") and "first" not in plans.put_into(page, "second\n")
