"""`langnghe plans`: read a plan from a file and show its register; measure how long reading takes.

    langnghe plans extract FILE [--json] [--bodies FILE]    what the plan orders, as a table or as JSON
    langnghe plans measure [--sizes 10,30,60,140,500]       seconds and memory over sizes of text, as a table

Neither needs a database. FILE is .txt, .html, .docx, .pdf or a picture; "-" is the standard input.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langnghe.plans.reading.bodies import Gazetteer
    from langnghe.plans.reading.register import Found, Register, Term
    from langnghe.plans.reading.source import Source

help = "read a plan from a file and show what it orders (đọc kế hoạch thành danh mục nhiệm vụ)"
needs = "nothing"

WIDTH = 110
SURE = 0.7
"""Below this confidence a field is pointed out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two actions and their arguments."""
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    extract = actions.add_parser("extract", help="print the register of a plan")
    extract.add_argument("file", metavar="FILE", help='.txt, .html, .docx, .pdf or a scan; "-" reads standard input')
    extract.add_argument("--json", action="store_true", help="print JSON instead of a table")
    extract.add_argument(
        "--bodies", metavar="FILE", help="the city's own list of bodies (JSON) instead of the packaged one"
    )
    measure = actions.add_parser("measure", help="print seconds and memory over sizes of text")
    measure.add_argument("--sizes", metavar="KB", type=_sizes, default=[10, 30, 60, 140, 500], help="such as 10,30,140")
    measure.add_argument("--runs", metavar="N", type=int, default=3, help="of so many runs the quickest counts")


def run(args: argparse.Namespace) -> int:
    """Read and print; 2 when the file cannot be read."""
    if args.action == "measure":
        print(_measured(args.sizes, max(1, args.runs)))
        return 0
    from langnghe.plans.reading.source import ReadingError

    try:
        source = _load(args.file)
        register = _register(source, args.bodies)
    except ReadingError as error:
        print(f"langnghe plans: {error.message}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(register.to_json(), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_table(register)))
    return 0


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError("numbers of kilobytes with commas between them") from None
    if not sizes or min(sizes) < 1 or max(sizes) > 4000:
        raise argparse.ArgumentTypeError("between 1 and 4000 kilobytes")
    return sizes


def _load(name: str) -> Source:
    from langnghe.plans.reading.formats import load
    from langnghe.plans.reading.source import ReadingError

    if name == "-":
        return load(sys.stdin.buffer, "stdin")
    try:
        with open(name, "rb") as file:
            return load(file, name)
    except OSError as error:
        raise ReadingError("missing", f"Không mở được tệp {name} ({error.strerror}).") from error


def _register(source: Source, bodies: str | None) -> Register:
    from langnghe.plans.reading.reader import read

    return read(source, gazetteer=_gazetteer(bodies) if bodies else None)


def _gazetteer(name: str) -> Gazetteer:
    from langnghe.plans.reading.bodies import Gazetteer
    from langnghe.plans.reading.source import ReadingError

    try:
        with open(name, encoding="utf-8") as file:
            return Gazetteer.from_json(json.load(file))
    except OSError as error:
        raise ReadingError("missing", f"Không mở được danh sách cơ quan {name} ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReadingError(
            "bodies",
            f"Danh sách cơ quan {name} không đúng khuôn. Cần JSON dạng "
            '{"entries": [{"name": "Sở Y tế", "aliases": [], "kind": "department"}]}.',
        ) from error


# --- the table -------------------------------------------------------------------------------------------------------


def _table(register: Register) -> Iterator[str]:
    document = register.document
    yield " · ".join(
        part
        for part in (
            f"Số {document.number}" if document.number else "Không có số",
            f"ngày {document.date:%d/%m/%Y}" if document.date else "không có ngày ký",
            document.issuer or "",
            f"ký: {document.signer}" if document.signer else "",
        )
        if part
    )
    yield _short((document.title or "").replace("*", ""), WIDTH * 2)
    yield from (f"! {doubt}" for doubt in [*document.doubts, *register.warnings])
    yield from _section(
        "Nhiệm vụ",
        ("vị trí", "chủ trì", "phối hợp", "thời hạn", "báo cáo", "nội dung"),
        (18, 26, 20, 22, 16, 48),
        (
            (
                task,
                task.path,
                "; ".join(task.lead),
                "; ".join(task.cooperate),
                _term(task.deadline),
                task.report_to or "",
                task.quote,
            )
            for task in register.tasks
        ),
    )
    yield from _section(
        "Chỉ tiêu",
        ("tên", "mức", "đơn vị", "nền"),
        (70, 26, 22, 18),
        (
            (
                one,
                one.name,
                f"{one.target.op} {_figure(one.target.value)}".strip() if one.target else "",
                one.unit,
                " ".join(_figure(part) for part in (one.baseline, one.baseline_year) if part is not None),
            )
            for one in register.indicators
        ),
    )
    yield from _section(
        "Báo cáo định kỳ",
        ("ai", "gửi", "kỳ", "quy tắc"),
        (44, 30, 40, 42),
        ((one, one.who, one.to or "", one.due, one.rrule or "") for one in register.recurring_reports),
    )
    yield from _section(
        "Kênh tiếp nhận", ("tên", "trích"), (60, 80), ((one, one.name, one.quote) for one in register.channels)
    )
    yield from _section(
        "Công khai",
        ("nội dung", "ai", "ở đâu", "khi nào"),
        (56, 34, 34, 24),
        ((one, one.what, one.who, one.where or "", one.when or "") for one in register.public_disclosures),
    )
    if document.based_on:
        yield ""
        yield f"Văn bản được dẫn ({len(document.based_on)}): " + "; ".join(
            f"{one.kind} {one.number}" for one in document.based_on
        )


def _section(title: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """A table under a title; a row with doubts is marked with "?" and followed by them."""
    listed = list(rows)
    yield ""
    yield f"{title} ({len(listed)})"
    if not listed:
        return
    yield "    " + "  ".join(head.upper().ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip()
    for found, *cells in listed:
        mark = "  ? " if _doubtful(found) else "    "
        fields = (_short(cell, width).ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield mark + "  ".join(fields).rstrip()
        yield from (f"      ! {doubt}" for doubt in found.doubts)


def _doubtful(found: Found) -> bool:
    return bool(found.doubts) or any(sure < SURE for sure in found.confidence.values())


def _short(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _term(term: Term) -> str:
    if term.type == "none":
        return ""
    if term.value is not None:
        return f"{'trước ' if term.before else ''}{term.value:%d/%m/%Y}"
    return term.quote or term.rrule or term.type


def _figure(value: float | list[float] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " – ".join(_figure(one) for one in value)
    return f"{value:g}".replace(".", ",")


# --- seconds and memory ----------------------------------------------------------------------------------------------


def _measured(sizes: Sequence[int], runs: int) -> str:
    """A Markdown table: each size is read in a process of its own, so that its memory is its own."""
    rows = ["| Text | Tasks | Seconds | KB/s | Peak memory above an idle process |", "|---:|---:|---:|---:|---:|"]
    for size in sizes:
        took, peak, tasks = _in_own_process(size, runs)
        rows.append(f"| {size} KB | {tasks} | {took:.2f} | {size / took:.0f} | {peak / 1024:.1f} MB |")
    return "\n".join(rows)


def _in_own_process(size: int, runs: int) -> tuple[float, float, int]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_read_once, size, runs).result()


def _read_once(size: int, runs: int) -> tuple[float, float, int]:
    """Seconds of the quickest run, kilobytes of memory at the peak beyond those before reading, tasks found."""
    import resource
    from time import perf_counter

    from langnghe.plans.reading.formats import load
    from langnghe.plans.reading.reader import read

    content = text_of(size * 1000)
    read(load(content[:4000], "warm"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    best, tasks = float("inf"), 0
    for _ in range(runs):
        start = perf_counter()
        register = read(load(content, "measured"))
        best, tasks = min(best, perf_counter() - start), len(register.tasks)
    return best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, tasks


def text_of(size: int) -> bytes:
    """A plan of so many bytes: the program's own sample plans one after the other, under ever new headings."""
    from importlib.resources import files

    from langnghe.plans.reading.formats import load

    samples = [
        load(entry.read_bytes(), entry.name).text
        for entry in sorted((files("langnghe.demo") / "data" / "plans").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith((".txt", ".html"))
    ]
    parts: list[str] = []
    length = number = 0
    while length < size:
        part = f"PHẦN {number + 1}\n{samples[number % len(samples)]}\n"
        parts.append(part)
        length += len(part.encode())
        number += 1
    return "".join(parts).encode()[:size].decode("utf-8", "ignore").encode()
