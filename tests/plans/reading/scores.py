"""How well a register agrees with one made by hand: the same comparison as by the scorer of the reference plans."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

LISTS = ("indicators", "recurring_reports", "channels", "public_disclosures")


@dataclass
class Tally:
    """Hits, what was found and what was wanted, for each field; tallies of several plans may be added up."""

    counts: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, name: str, hits: int, found: int, wanted: int) -> None:
        """Add the figures of one plan."""
        before = self.counts.get(name, (0, 0, 0))
        self.counts[name] = before[0] + hits, before[1] + found, before[2] + wanted

    def f1(self, name: str) -> float:
        """F1 of a field over all plans; 1 where there was nothing to find and nothing was found."""
        hits, found, wanted = self.counts[name]
        return 2 * hits / (found + wanted) if found + wanted else 1.0


def fold(text: str | None) -> str:
    """A text without emphasis, spaces and case."""
    return " ".join(unicodedata.normalize("NFC", text or "").replace("*", "").split()).casefold()


def pairs(
    wanted: Sequence[dict[str, Any]],
    found: Sequence[dict[str, Any]],
    least: float,
    agree: Callable[[dict[str, Any], dict[str, Any]], bool] = lambda one, other: True,
) -> list[tuple[int, int]]:
    """Entries matched one to one by the words of their quotes, the best pairs first."""
    ours = [Counter(re.findall(r"\w+", fold(one["quote"]))) for one in wanted]
    theirs = [Counter(re.findall(r"\w+", fold(one["quote"]))) for one in found]
    close = sorted(
        (-2 * (a & b).total() / max(1, a.total() + b.total()), i, j)
        for i, a in enumerate(ours)
        for j, b in enumerate(theirs)
        if agree(wanted[i], found[j])
    )
    out: list[tuple[int, int]] = []
    for likeness, i, j in close:
        if -likeness >= least and all(i != a and j != b for a, b in out):
            out.append((i, j))
    return out


def names(entry: dict[str, Any], key: str) -> set[str]:
    """The bodies of a task."""
    return {fold(name) for name in entry[key]}


def term(entry: dict[str, Any]) -> tuple[object, ...]:
    """What must be right in a term."""
    one = entry["deadline"]
    return one["type"], one["value"], bool(one["before"]), frozenset((one["rrule"] or "").split(";"))


def _alike(key: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    if key == "indicators":
        return (one["target"], one["baseline"]) == (other["target"], other["baseline"])
    if key == "recurring_reports":
        rules = [frozenset((entry["rrule"] or "").split(";")) for entry in (one, other)]
        return rules[0] == rules[1]
    return True


def compare(wanted: dict[str, Any], found: dict[str, Any], tally: Tally) -> None:
    """Add to a tally how far a register agrees with the one wanted."""
    tasks, got = wanted["tasks"], found["tasks"]
    same = pairs(tasks, got, 0.5)
    tally.add("tasks", len(same), len(got), len(tasks))
    for key in ("lead", "cooperate"):
        hits = sum(len(names(tasks[i], key) & names(got[j], key)) for i, j in same)
        tally.add(key, hits, sum(len(names(one, key)) for one in got), sum(len(names(one, key)) for one in tasks))
    timely = [(i, j) for i, j in same if term(tasks[i]) == term(got[j])]
    told = [(i, j) for i, j in same if fold(tasks[i]["report_to"]) == fold(got[j]["report_to"])]
    # A share of the tasks wanted, so that tasks too many do not count twice.
    tally.add("deadline", len(timely), len(tasks), len(tasks))
    tally.add("report_to", len(told), len(tasks), len(tasks))
    right = [one for one in timely if one in told and names(tasks[one[0]], "lead") == names(got[one[1]], "lead")]
    tally.add("strict", len(right), len(got), len(tasks))
    for key in LISTS:
        ours, theirs = wanted[key], found[key]
        agreed = pairs(ours, theirs, 0.4, lambda one, other, key=key: _alike(key, one, other))  # type: ignore[misc]
        tally.add(key, len(agreed), len(theirs), len(ours))
    cited = [{fold(one["number"]) for one in data["document"]["based_on"]} for data in (wanted, found)]
    tally.add("citations", len(cited[0] & cited[1]), len(cited[1]), len(cited[0]))
