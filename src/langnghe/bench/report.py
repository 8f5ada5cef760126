"""Figures as JSON and as a table, and which targets they reach."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

WORK = {
    "submit": "submit a form (durable)",
    "queue": "agency queue, first page",
    "queue_deep": "agency queue, deep page",
    "case": "case page",
    "search_rare": "search, rare pair of words",
    "search_common": "search, common pair of words",
    "transition": "a transition (classify)",
    "track": "tracking page",
}

ACTS = frozenset({"submit", "transition"})
"""Work that changes something and shows no page of its own."""

MOST_QUERIES = 12
MOST_MEGABYTES = 250
MOST_P95 = {"queue": 40.0, "queue_deep": 40.0, "case": 40.0, "search_rare": 60.0, "search_common": 150.0}
"""Milliseconds with one client."""
MOST_GROWTH = 1.3
"""p95 of queue and case page with the most cases, against 10,000."""
LEAST_SUBMISSIONS = 300.0
"""A second, with eight clients."""
BASE_CASES = 10_000


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.platform()
    release = Path("/etc/os-release")
    if release.is_file():
        known = dict(line.split("=", 1) for line in release.read_text().splitlines() if "=" in line)
        system = known.get("PRETTY_NAME", system).strip('"')
    return {"cores": os.cpu_count(), "memory_gib": round(memory), "system": system, "python": platform.python_version()}


def targets(sizes: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each target with the figure that was measured, for the largest size; only those that were measured."""
    largest = max(sizes, key=int)
    most, base = sizes[largest], sizes.get(str(BASE_CASES))
    found: list[dict[str, Any]] = []

    def add(name: str, measured: float, wanted: float, *, least: bool = False, unit: str = "ms") -> None:
        reached = measured >= wanted if least else measured <= wanted
        found.append({"target": name, "measured": measured, "wanted": wanted, "unit": unit, "reached": reached})

    for name, wanted in MOST_P95.items():
        one = most["http"].get(name, {}).get("1")
        if one:
            add(f"{WORK[name]}, p95 with 1 client", one["p95"], wanted)
            before = base["http"].get(name, {}).get("1") if base else None
            if before and name in ("queue", "queue_deep", "case") and largest != str(BASE_CASES):
                growth = round(one["p95"] / before["p95"], 2)
                add(f"{WORK[name]}, p95 against {BASE_CASES} cases", growth, MOST_GROWTH, unit="times")
    eight = most["http"].get("submit", {}).get("8")
    if eight:
        add("submissions with 8 clients", eight["per_second"], LEAST_SUBMISSIONS, least=True, unit="a second")
    pages = [count for name, count in most.get("queries", {}).items() if name not in ACTS]
    if pages:
        add("queries of the page with the most", max(pages), MOST_QUERIES, unit="queries")
    if most.get("memory"):
        add("largest server process, PSS", max(one["pss_mb"] for one in most["memory"]), MOST_MEGABYTES, unit="MB")
    return found


def markdown(result: Mapping[str, Any]) -> str:
    """The whole result as a page of tables."""
    about = result["machine"]
    lines = [
        f"Measured {result['date']} on {about['cores']} cores, {about['memory_gib']} GiB, {about['system']}, "
        f"Python {about['python']}, PostgreSQL {result['postgres']}; {result['workers']} server processes of "
        f"{result['threads']} threads; the load generator runs on the same cores.",
        "",
    ]
    for size, figures in result["sizes"].items():
        lines += [f"### {int(size):,} cases", ""]
        lines += _table(figures, clients=result["clients"])
        lines += ["", *_notes(figures), ""]
    lines += ["### Targets", "", "| target | measured | wanted | |", "|---|---|---|---|"]
    for one in result["targets"]:
        sign = "reached" if one["reached"] else "**missed**"
        lines.append(f"| {one['target']} | {one['measured']:g} {one['unit']} | {one['wanted']:g} | {sign} |")
    return "\n".join(lines) + "\n"


_FROM, _TO = "<!-- figures -->\n", "<!-- end of figures -->"


def put_into(page: str, figures: str) -> str:
    """A page with the figures between its two marks. ValueError when it has no marks."""
    before, begin, rest = page.partition(_FROM)
    _old, end, after = rest.partition(_TO)
    if not begin or not end:
        raise ValueError(f"the page needs the marks {_FROM.strip()} and {_TO}")
    return f"{before}{begin}\n{figures}\n{end}{after}"


def _table(figures: Mapping[str, Any], *, clients: Iterable[int]) -> list[str]:
    numbers = [str(number) for number in clients]
    head = ["work", "queries"]
    for number in numbers:
        plural = "client" if number == "1" else "clients"
        head += [f"p50, {number} {plural}", "p95", "a second", "plain SQL p50", "p95", "a second", "p95 ratio"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, label in WORK.items():
        if name not in figures["http"]:
            continue
        cells = [label, str(figures.get("queries", {}).get(name, ""))]
        for number in numbers:
            one = figures["http"][name].get(number)
            plain = figures["plain"].get(name, {}).get(number)
            cells += [f"{one['p50']:g}", f"{one['p95']:g}", f"{one['per_second']:g}"] if one else ["", "", ""]
            cells += [f"{plain['p50']:g}", f"{plain['p95']:g}", f"{plain['per_second']:g}"] if plain else ["", "", ""]
            cells.append(f"{one['p95'] / plain['p95']:.1f}" if one and plain and plain["p95"] else "")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _notes(figures: Mapping[str, Any]) -> list[str]:
    hits = ", ".join(f"“{words}” {count:,}" for words, count in figures["hits"].items())
    memory = ", ".join(f"{one['pss_mb']:g} MB (RSS {one['rss_mb']:g} MB)" for one in figures["memory"])
    failed = {
        f"{name}, {clients} clients": one["failed"]
        for name, by_clients in figures["http"].items()
        for clients, one in by_clients.items()
        if one["failed"]
    }
    lines = [
        f"Filled in {figures['fill_seconds']:g} s; {figures['database_mb']:,} MB; hits of the searches: {hits}.",
        f"Server processes (PSS, the parent first): {memory}.",
    ]
    if failed:
        lines.append(f"Failed requests: {failed}.")
    return lines
