"""Two more plans of a city, for which no register exists: who owes what by when was written down by hand from a reading
of their text, place by place, before the reader was ever run on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.source import plain

EXPECTED: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "expected_facts.json").read_text("utf-8")
)


def _term(task: dict[str, Any]) -> tuple[Any, ...]:
    term = task.get("deadline") or {}
    rule = frozenset((term.get("rrule") or "").split(";"))
    return (term.get("type") or "none", term.get("value"), bool(term.get("before")), rule)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_who_owes_what_by_when(name: str, shared_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (shared_dir / "plans" / "documents" / f"{name}.txt").read_text("utf-8")
    found = {
        task["path"].replace("[", "").replace("]", ""): task
        for task in read(plain(text, name=f"{name}.txt")).to_json()["tasks"]
    }
    wanted = {task["path"]: task for task in EXPECTED[name]}
    both = wanted.keys() & found.keys()
    right = {
        "lead": sum(set(found[path]["lead"]) == set(wanted[path]["lead"]) for path in both),
        "cooperate": sum(set(found[path]["cooperate"]) == set(wanted[path].get("cooperate", ())) for path in both),
        "deadline": sum(_term(found[path]) == _term(wanted[path]) for path in both),
        "report_to": sum(found[path]["report_to"] == wanted[path].get("report_to") for path in both),
    }
    with capsys.disabled():
        print(f"\n{name}: {len(both)} of {len(wanted)} places found, {len(found) - len(both)} others; right: {right}")
    assert len(both) >= 0.95 * len(wanted)
    assert len(found) <= 1.1 * len(wanted)
    assert right["lead"] >= 0.93 * len(wanted)
    assert min(right["deadline"], right["report_to"]) >= 0.93 * len(wanted)
    assert right["cooperate"] >= 0.9 * len(wanted)
