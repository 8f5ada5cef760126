"""`langnghe bench`: how fast the program is with many cases, measured over real HTTP beside plain SQL."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langnghe.bench import measure

help = "measure performance on a database of its own, over HTTP and in plain SQL"
needs = "nothing"


def _numbers(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",") if part.strip()]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many cases and clients, for how long, and where the figures go."""
    parser.add_argument("--cases", type=_numbers, default=[10_000, 100_000, 1_000_000], help="sizes, parted by commas")
    parser.add_argument("--plans", type=int, metavar="N", help="measure the pages of so many plans instead of cases")
    parser.add_argument("--clients", type=_numbers, default=[1, 8], help="clients at once, parted by commas")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="with --plans: so often is each page measured (default: %(default)s)"
    )
    parser.add_argument("--only", default="", help="only these kinds of work, parted by commas (queue,case,submit …)")
    parser.add_argument("--workers", type=int, default=4, help="server processes (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port of the measured server (default: a free one)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to this file")
    parser.add_argument("--docs", metavar="FILE", help="put the tables into this page, between its marks")
    parser.add_argument("--keep", action="store_true", help="keep the database in LANGNGHE_HOME/bench")


def run(args: argparse.Namespace) -> int:
    """Measure each size in a process of its own, print a table, write JSON."""
    from langnghe.bench import report
    from langnghe.cli import environment

    home = environment.home() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    if args.plans:
        return _plans(args, home)
    if len(args.cases) == 1:
        sizes = {str(args.cases[0]): _measure(args, home)}
    else:
        sizes = {str(size): _in_process(args, size) for size in args.cases}
    result: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": report.machine(),
        "postgres": next(iter(sizes.values()))["postgres"],
        "workers": args.workers,
        "threads": args.threads,
        "clients": args.clients,
        "seconds": args.seconds,
        "sizes": sizes,
        "targets": report.targets(sizes),
    }
    if args.json:
        Path(args.json).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    table = report.markdown(result)
    if args.docs:
        page = Path(args.docs)
        page.write_text(report.put_into(page.read_text("utf-8"), table), encoding="utf-8")
    print(table)
    if not args.keep:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _plans(args: argparse.Namespace, home: Path) -> int:
    """The pages of plans: a database of their own, a table, JSON, a page of the documents."""
    from langnghe.bench import plans

    result = plans.measure_plans(_wanted(args), args.plans, home, say=_say)
    if args.json:
        Path(args.json).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    table = plans.markdown(result, clients=args.clients)
    if args.docs:
        page = Path(args.docs)
        page.write_text(plans.put_into(page.read_text("utf-8"), table), encoding="utf-8")
    print(table)
    if not args.keep:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _measure(args: argparse.Namespace, home: Path) -> dict[str, Any]:
    from langnghe.bench import measure

    return measure.measure(_wanted(args), home, say=_say)


def _wanted(args: argparse.Namespace) -> measure.Wanted:
    from langnghe.bench import measure

    return measure.Wanted(
        cases=args.cases[0],
        clients=args.clients,
        seconds=args.seconds,
        plain_seconds=max(args.seconds / 2, 0.5),
        rounds=max(1, args.rounds),
        only=[name for name in args.only.split(",") if name],
        port=args.port,
        workers=args.workers,
        threads=args.threads,
        keep=args.keep,
    )


def _in_process(args: argparse.Namespace, size: int) -> dict[str, Any]:
    """One size in a process of its own: no memory, cache or setting of one size reaches the next."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "langnghe.cli", "bench", "--cases", str(size), "--json", str(path)]
        command += ["--clients", ",".join(map(str, args.clients)), "--seconds", str(args.seconds)]
        command += ["--only", args.only, "--workers", str(args.workers), "--threads", str(args.threads)]
        command += ["--port", str(args.port), *(["--keep"] if args.keep else [])]
        subprocess.run(command, check=True, env=os.environ, stdout=subprocess.DEVNULL)
        loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    measured: dict[str, Any] = loaded["sizes"][str(size)]
    return measured
