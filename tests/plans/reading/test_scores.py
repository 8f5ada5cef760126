"""How much of a plan is read right: on the project's own samples always, on the reference plans where they are."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.source import plain
from tests.plans.reading.samples import names, reference, sample

FIELDS = ("tasks", "lead", "cooperate", "deadline", "report_to", "strict")
TARGETS = {"tasks": 0.95, "lead": 0.93, "deadline": 0.95, "strict": 0.85}
TARGETS |= dict.fromkeys(("indicators", "recurring_reports", "channels", "public_disclosures"), 0.80)
TARGETS["citations"] = 0.95
DOCUMENTS = {
    "69-KH-UBND-2017": "69-KH-UBND-2017",
    "181-KH-UBND-2022": "181-KH-UBND-2022",
    "181-KH-UBND-2022-web-copy": "181-KH-UBND-2022",
}


def key(task: dict[str, Any]) -> tuple[object, ...]:
    """What must be right in a task: its words, who, by when, to whom."""
    term = task["deadline"]
    rule = frozenset((term["rrule"] or "").split(";"))
    deadline = (term["type"], term["value"], term["before"], rule)
    return task["quote"], frozenset(task["lead"]), frozenset(task["cooperate"]), deadline, task["report_to"]


@pytest.mark.parametrize("name", names())
def test_own_samples(name: str) -> None:
    wanted = {key(task) for task in reference(name)["tasks"]}
    found = {key(task) for task in read(sample(name)).to_json()["tasks"]}
    right = len(wanted & found)
    assert len(wanted) >= 6
    assert 2 * right / (len(wanted) + len(found)) >= 0.9, sorted(str(one[0]) for one in wanted ^ found)


def scorer(shared: Path) -> ModuleType:
    path = shared / "plans" / "score.py"
    if not path.exists():
        pytest.skip("the scorer is not in the folder of reference material")
    spec = importlib.util.spec_from_file_location("plan_scorer", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_reference_plans(name: str, shared_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = scorer(shared_dir)
    text = (shared_dir / "plans" / "documents" / f"{name}.txt").read_text(encoding="utf-8")
    wanted = json.loads((shared_dir / "plans" / "register" / f"{DOCUMENTS[name]}.json").read_text(encoding="utf-8"))
    figures, misses = module.score(wanted, read(plain(text)).to_json())
    with capsys.disabled():
        print(f"\n{name}")
        for field, figure in figures.items():
            print(f"  {field:20}", figure if isinstance(figure, float) else f"F1 {figure['f1']:.3f}")
    for field, least in TARGETS.items():
        figure = figures[field]
        assert (figure if isinstance(figure, float) else figure["f1"]) >= least, (field, misses)
