"""`langnghe workflow`: prints the tables, and runs without a database."""

from __future__ import annotations

import pytest

from langnghe.cli.main import build_parser
from langnghe.cli.registry import find_commands, needs_of
from langnghe.workflow import table as tables
from langnghe.workflow.table import TransitionTable


def run(*words: str) -> int:
    args = build_parser("workflow").parse_args(["workflow", *words])
    code: int = args.module.run(args)
    return code


@pytest.fixture
def table() -> TransitionTable:
    assert tables.tables(), "the rooms register their tables when Django starts"
    return tables.tables()[0]


def test_no_database_is_needed() -> None:
    assert needs_of(find_commands()["workflow"].load()) == "django"


def test_all_tables_or_one(table: TransitionTable, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    everything = capsys.readouterr().out
    assert all(entry.as_text() in everything for entry in tables.tables())
    assert run(table.kind) == 0
    assert capsys.readouterr().out == table.as_text() + "\n"


def test_as_a_diagram(table: TransitionTable, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--mermaid", table.kind) == 0
    assert capsys.readouterr().out == table.as_mermaid() + "\n"
    assert run("--mermaid", "--no-loops", table.kind) == 0
    assert capsys.readouterr().out == table.as_mermaid(loops=False) + "\n"


def test_an_unknown_kind_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nonsense") == 2
    assert "'nonsense'" in capsys.readouterr().err
