"""The bench fills a true city and measures what it says; how fast that goes is no matter here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from langnghe.bench import load, report, rows, story
from langnghe.bench.words import vocabulary
from langnghe.cli.embedded import EmbeddedPostgres
from tests.long import harness

CASES = 500


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What `langnghe bench` says about a small city; its database is kept for the tests below."""
    home = harness.open_folder("langnghe-bench-")
    try:
        env = harness.environment("", home)
        del env["DATABASE_URL"], env["DJANGO_SETTINGS_MODULE"]
        path = tmp_path_factory.mktemp("bench") / "figures.json"
        command = [sys.executable, "-m", "langnghe.cli", "bench", "--cases", str(CASES), "--clients", "1,2"]
        command += ["--seconds", "0.3", "--json", str(path)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        found: dict[str, object] = json.loads(path.read_text("utf-8"))
        assert not (home / "bench").exists(), "the database of the bench is removed at the end"
        return found | {"table": done.stdout}
    finally:
        harness.remove(home)


FILL = """
import datetime, django, os; django.setup()
from langnghe.bench import fill
from langnghe.cli.commands.migrate import migrate
from langnghe.demo import facts
from langnghe.worktime import clock
migrate(verbosity=0)
facts.load(at=clock.now())
plan = fill.make_plan(url=os.environ["DATABASE_URL"], total=CASES, now=clock.now().astimezone(datetime.UTC))
fill.fill(plan, processes=1)
from langnghe.ledger.services import verify
print(sorted({finding.what for finding in verify()}))
"""


@pytest.fixture(scope="module")
def filled() -> Iterator[tuple[str, str]]:
    """The address of a filled database, and what is wrong with its ledger."""
    home = harness.open_folder("langnghe-fill-")
    server = EmbeddedPostgres(home / "postgres", settings={"fsync": "off"})
    try:
        env = harness.environment(server.start(), home)
        yield server.url, harness.run_python(FILL.replace("CASES", str(CASES)), env).strip()
    finally:
        server.stop()
        server.remove()
        harness.remove(home)


def test_every_kind_of_work_is_measured(measured: dict[str, object]) -> None:
    figures = measured["sizes"][str(CASES)]  # type: ignore[index]
    for kind in ("http", "plain"):
        assert set(figures[kind]) == set(report.WORK)
        for name, by_clients in figures[kind].items():
            assert set(by_clients) == {"1", "2"}, name
            for one in by_clients.values():
                assert one["count"] > 0 and not one["failed"], (kind, name, one)
                assert 0 < one["p50"] <= one["p95"] <= one["worst"]
    assert set(figures["queries"]) == set(report.WORK)
    assert all(count > 0 for count in figures["queries"].values())
    assert len(figures["memory"]) == 5  # the parent and its four processes
    assert {one["target"] for one in measured["targets"]} >= {"queries of the page with the most"}  # type: ignore[attr-defined]
    assert "| work | queries |" in str(measured["table"])


def test_pages_keep_to_twelve_queries(measured: dict[str, object]) -> None:
    queries = measured["sizes"][str(CASES)]["queries"]  # type: ignore[index]
    pages = {name: count for name, count in queries.items() if name not in report.ACTS}
    assert max(pages.values()) <= report.MOST_QUERIES, pages


def test_the_fill_is_a_true_city(filled: tuple[str, str]) -> None:
    """Chains of the ledger hold, every text can be searched, what is answered has its answer, indexes and guards are
    back."""
    url, findings = filled
    assert findings == "['unsealed']"

    def one(statement: str, *values: object) -> object:
        return harness.rows(url, statement, values)[0][0]

    assert one("SELECT count(*) FROM cases_case") == CASES
    assert one("SELECT min(cardinality(tsvector_to_array(search))) > 40 FROM cases_case") is True
    unanswered = (
        "SELECT count(*) FROM cases_case c WHERE state = ANY(%s) "
        "AND NOT EXISTS (SELECT FROM cases_answer a WHERE a.case_id = c.id AND a.state = 'approved')"
    )
    assert one(unanswered, sorted(story.ANSWERED)) == 0
    assert one("SELECT count(*) FROM pg_indexes WHERE tablename = 'cases_case'") > 10  # type: ignore[operator]
    guards = (
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'cases_case'::regclass AND tgname LIKE %s AND tgenabled = 'O'"
    )
    assert one(guards, "%guard%") == 4
    due = (
        "SELECT count(*) FROM cases_case c WHERE due_at < '9999-01-01' AND NOT EXISTS (SELECT FROM worktime_deadline d "
    )
    assert one(due + "WHERE d.kind = 'case' AND d.subject_id = c.id AND d.state = 'open')") == 0


@pytest.mark.django_db
def test_the_search_column_is_what_the_program_writes() -> None:
    from django.db import connection

    from langnghe.cases.rules import search_text

    quoted = [f"'{word}" for pair in vocabulary().folded[:60] for word in pair]
    text = " ".join(vocabulary().written[:60])
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector = to_tsvector('simple', %s)", [rows._vector(quoted), search_text(text)])
        assert cursor.fetchone() == (True,)


def test_shares_add_up() -> None:
    for states in (story.OPEN, story.DONE):
        assert abs(sum(share for share, _steps in states.values()) - 1) < 1e-9
        assert all(steps[-1].target == state for state, (_share, steps) in states.items())


def test_rare_and_common_words_are_what_they_are_called() -> None:
    known = vocabulary()
    assert abs(sum(known.shares) - 1) < 1e-9
    for wanted in (0.4, 0.006):
        for word in known.pair_near(wanted, rows.PAIRS).split():
            from langnghe.texts import fold

            assert wanted / 2 < known.document_share(fold(word), rows.PAIRS) < wanted * 2


def test_figures_of_durations() -> None:
    found = load.figures([0.001 * number for number in range(1, 101)], passed=2.0)
    assert (found.count, found.per_second, found.p50, found.p95, found.worst) == (100, 50.0, 51.0, 96.0, 100.0)
    assert load.figures([], passed=0).count == 0


def test_figures_go_between_the_marks_of_a_page() -> None:
    page = "# Speed\n\n<!-- figures -->\nold\n<!-- end of figures -->\n\nWhy\n"
    made = report.put_into(page, "| new |\n")
    assert "old" not in made and made.count("| new |") == 1 and made.endswith("\n\nWhy\n")
    assert report.put_into(made, "| new |\n") == made
    with pytest.raises(ValueError, match="marks"):
        report.put_into("# Speed\n", "| new |")
