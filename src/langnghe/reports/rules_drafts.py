"""Pure rules of what is being typed into one section: the fields of its form, what they make of its blocks, and whether
the section is still the one that the person saw."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from langnghe.reports.sections import Section

MOST_LETTERS = 400_000
"""Most characters of one draft, names of fields included, as of a whole report."""

_NAME = re.compile(r"(?:title|new|[tx]-\d{1,4}|c-\d{1,4}-\d{1,6}-\d{1,3}|n-\d{1,4}-\d{1,3})\Z")
_CELL = re.compile(r"c-(\d{1,4})-(\d{1,6})-(\d{1,3})\Z")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Fields = dict[str, str]


def seen(section: Section) -> str:
    """A sign of a section as it stands: its shape and its words, each as a hash, parted by a colon."""
    blocks = section["blocks"]
    shape = [
        (block["type"], block.get("key", ""), len(block.get("head", ())), [row["key"] for row in block.get("rows", ())])
        for block in blocks
    ]
    return f"{_hash(shape)}:{_hash([section['title'], blocks])}"


def same_shape(one: str, other: str) -> bool:
    """Whether two signs are of sections with the same blocks and rows, so that the fields of the one fit the other."""
    return bool(one) and one.partition(":")[0] == other.partition(":")[0]


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:20]


def fields_of(typed: Mapping[str, str]) -> Fields:
    """The fields of a section's form, nothing else, without signs that a database cannot keep."""
    return {name: _UNSTORABLE.sub("", str(value)) for name, value in typed.items() if _NAME.match(name)}


def blocks_of(section: Section, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The blocks of a form, as `writing.write_section` takes them; a row of which a cell is missing stays."""
    cells: dict[int, dict[int, dict[int, str]]] = {}
    for name, value in typed.items():
        match = _CELL.match(name)
        if match is not None:
            block, row, column = (int(one) for one in match.groups())
            cells.setdefault(block, {}).setdefault(row, {})[column] = str(value)
    result: list[dict[str, Any]] = []
    for index, part in enumerate(section["blocks"]):
        change: dict[str, Any] = {"index": index}
        if f"x-{index}" in typed:
            change["drop"] = True
        if f"t-{index}" in typed:
            change["text"] = typed[f"t-{index}"]
        if part["type"] == "table":
            width = len(part["head"])
            rows = {
                row: [given[column] for column in range(width)]
                for row, given in cells.get(index, {}).items()
                if all(column in given for column in range(width))
            }
            added = [typed.get(f"n-{index}-{column}", "") for column in range(width)]
            change["cells"], change["added"] = rows, [added]
        result.append(change)
    result.append({"index": None, "text": typed.get("new", "")})
    return result
