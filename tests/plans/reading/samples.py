"""The project's own sample plans.

The registers beside them guard against what was right being lost; those of `samples/annotated` were made by hand, by
the rules alone, and say how much is right (test_annotated.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from langnghe.plans.reading.source import Line, Source, source_of

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def names() -> list[str]:
    """The samples that have a register."""
    return sorted(path.stem for path in SAMPLES.glob("*.json") if path.with_suffix(".txt").exists())


def reference(name: str) -> dict[str, Any]:
    """The register of a sample."""
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return data


def sample(name: str) -> Source:
    """A sample as a document."""
    return source((SAMPLES / f"{name}.txt").read_text(encoding="utf-8"))


def source(text: str) -> Source:
    """Plain text as a document; lines that begin with "|" are rows of a table, whose first row is its header."""
    lines: list[Line] = []
    header: tuple[str, ...] = ()
    table = 0
    for row in (row.strip() for row in text.splitlines()):
        if row.startswith("|"):
            cells = tuple(cell.strip() for cell in row.strip("|").split("|"))
            if not header:
                header, table = cells, table + 1
            lines.append(Line(" | ".join(cells), 0, None, cells, header, table))
        elif row:
            header = ()
            lines.append(Line(" ".join(row.split()), 0))
    return source_of(lines)
