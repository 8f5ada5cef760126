"""`langnghe ledger`: what it prints, and what it exits with."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.ledger.conftest import AT, Tamper

from langnghe.cli.main import build_parser
from langnghe.ledger.models import Entry, Seal

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `langnghe ledger …` and gives exit code, output and errors."""

    def command(*words: str) -> tuple[int, str, str]:
        args = build_parser("ledger").parse_args(["ledger", *words])
        capsys.readouterr()
        code = args.module.run(args)
        return (code, *capsys.readouterr())

    return command


def test_verify_is_content_with_an_untouched_ledger(ledger: list[Entry], run: Run) -> None:
    assert run("verify") == (0, "28 rows read, 0 findings\n", "")
    code, out, _ = run("verify", "--json")
    assert (code, json.loads(out)) == (0, {"rows": 28, "findings": []})


def test_verify_names_what_is_wrong_and_fails(ledger: list[Entry], tamper: Tamper, run: Run) -> None:
    entry = ledger[4]
    tamper("UPDATE ledger_entry SET act = 'x' WHERE id = %s", entry.id)
    code, out, _ = run("verify")
    assert code == 1
    assert out.startswith(f"altered: thing 2 #2 id {entry.id}: ")
    code, out, _ = run("verify", "--json")
    assert code == 1
    found = json.loads(out)["findings"][0]
    assert (found["what"], found["kind"], found["subject_id"], found["seq"]) == ("altered", "thing", 2, 2)
    assert found["entry_id"] == entry.id


def test_seal_prints_the_head_that_verify_takes(
    ledger: list[Entry], run: Run, clock: Callable[..., AbstractContextManager[object]]
) -> None:
    with clock(AT):
        code, out, _ = run("seal")
    head = Seal.objects.get(id=3)
    assert (code, out) == (0, f"2 rows sealed; head: 3:{bytes(head.hash).hex()}\n")
    assert head.at == AT
    assert run("verify", "--head", f"3:{bytes(head.hash).hex()}")[0] == 0
    assert run("verify", "--head", f"3:{bytes(32).hex()}")[0] == 1
    assert run("verify", "--head", f"4:{bytes(head.hash).hex()}")[0] == 1


def test_seal_of_an_empty_ledger(db: None, run: Run) -> None:
    assert run("seal") == (0, "0 rows sealed; head: none\n", "")


def test_a_head_that_is_none_is_refused(run: Run) -> None:
    with pytest.raises(SystemExit) as end:
        run("verify", "--head", "three")
    assert end.value.code == 2


def test_a_printed_proof_can_be_checked(ledger: list[Entry], run: Run, tmp_path: Path) -> None:
    code, out, _ = run("proof", "thing", "2")
    assert code == 0
    file = tmp_path / "proof.json"
    file.write_text(out, encoding="utf-8")
    assert run("proof", "--check", str(file)) == (0, "The proof holds.\n", "")
    file.write_text(out.replace("act_1", "act_9"), encoding="utf-8")
    code, out, _ = run("proof", "--check", str(file))
    assert (code, out) == (1, "#2: its hash does not fit its content\n")
    assert run("proof", "--check", str(tmp_path / "none.json"))[0] == 1


def test_a_proof_of_nothing(ledger: list[Entry], run: Run) -> None:
    assert run("proof", "thing", "99")[0] == 1
    assert run("proof")[0] == 2
