"""Sections of a report as data, and what may happen to them; pure.

A section is {"code", "title", "fill", "blocks"}. A block is
  {"type": "text", "key", "text", "made"}                           a paragraph
  {"type": "table", "key", "caption", "head", "rows", "numbers", "sum"}   rows are {"key", "cells", "made"}
  {"type": "heading", "text", "part"}                               the name of an agency whose words follow
A section that took in others names them in `parts`.
`made` is what the program wrote (None: a person added it); what differs from it is a person's and is never
overwritten: a refill puts the new content beside it as `now`, or marks it `gone`. `part` is the key of the report from
which a block or row was taken in. Rows with `ratio` = [part, wholes] are percentages of other rows of their table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

Section = dict[str, Any]
Block = dict[str, Any]
Row = dict[str, Any]


def text(key: str, words: str, *, filler: bool = False) -> Block:
    """A paragraph that the program wrote. filler: it only introduces a table, or says that there is nothing to say; a
    merged report says such a thing once for all agencies."""
    made = {"type": "text", "key": key, "text": words, "made": words}
    return {**made, "filler": True} if filler else made


def table(
    key: str, caption: str, head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], *,
    numbers: Sequence[int] = (), ratios: Mapping[str, Sequence[Any]] | None = None, total: bool = False,
) -> Block:  # fmt: skip
    """A table that the program wrote. numbers: columns set to the right. total: of several agencies the cells are
    added up, row by row, unless it is `whole`. ratios: row key → [part, [wholes]]."""
    made = []
    for row_key, cells in rows:
        row: Row = {"key": row_key, "cells": list(cells), "made": list(cells)}
        if ratios and row_key in ratios:
            row["ratio"] = list(ratios[row_key])
        made.append(row)
    return {
        "type": "table", "key": key, "caption": caption, "head": list(head), "rows": made,
        "numbers": list(numbers), "sum": total,
    }  # fmt: skip


def written(block: Block) -> bool:
    """A person wrote the block, or changed it."""
    if block["type"] == "text":
        return bool(block.get("made") != block["text"])
    return any(row.get("made") != row["cells"] for row in block.get("rows", ()))


# --- filling again ----------------------------------------------------------------------------------------------------


def refill(old: Sequence[Section], new: Sequence[Section]) -> list[Section]:
    """The sections with the program's newest content; a person's words and what was taken in from others stay."""
    before = {section["code"]: section for section in old}
    result = []
    for fresh in new:
        known = before.pop(fresh["code"], None)
        section = {**deepcopy(dict(fresh))}
        if known is not None:
            section["title"] = known["title"]
            if known.get("parts"):
                section["parts"] = list(known["parts"])
            section["blocks"] = _refill_blocks(known["blocks"], section["blocks"])
        result.append(section)
    kept = [section for section in before.values() if any(map(written, section["blocks"])) or _parts(section)]
    return _retell(result + deepcopy(kept))


def _parts(section: Section) -> bool:
    return bool(section.get("parts"))


def _refill_blocks(old: Sequence[Block], new: Sequence[Block]) -> list[Block]:
    fresh = {(block["type"], block["key"]): block for block in new}
    result: list[Block] = []
    for block in old:
        if block.get("part") or block["type"] == "heading":
            result.append(deepcopy(block))
            continue
        found = fresh.pop((block["type"], block["key"]), None)
        if found is None and (block.get("joined") or block.get("parts")):
            found = {**deepcopy(block), "rows": []}  # nothing of its own any more; what others sent stays
            if block.get("joined"):
                found["head"] = block["head"][1:]
            else:
                found["rows"] = [
                    {
                        **deepcopy(row),
                        "cells": (zero := [row["cells"][0], *("0" for _n in row["cells"][1:])]),
                        "made": zero,
                    }
                    for row in block["rows"]
                ]
        if found is None:
            if written(block) or (block.get("made") is None and block["type"] == "text"):
                result.append({**deepcopy(block), **({"gone": True} if block.get("made") is not None else {})})
            continue
        result.append(_refill_text(block, found) if block["type"] == "text" else _refill_table(block, found))
    own = next((n for n, block in enumerate(result) if block.get("part") or block["type"] == "heading"), len(result))
    return result[:own] + list(fresh.values()) + result[own:]


def _refill_text(old: Block, new: Block) -> Block:
    if old["text"] == old.get("made"):
        return deepcopy(new)
    kept = {**deepcopy(old), "made": new["made"]}
    kept.pop("now", None)
    kept.pop("gone", None)
    if new["text"] != old.get("made"):
        kept["now"] = new["text"]
    elif "now" in old:
        kept["now"] = old["now"]
    return kept


def _refill_table(old: Block, new: Block) -> Block:
    fresh = {row["key"]: row for row in new["rows"]}
    rows: list[Row] = []
    for row in old["rows"]:
        if row.get("part"):
            rows.append(deepcopy(row))
            continue
        found = fresh.pop(row["key"], None)
        changed = row.get("made") != row["cells"]
        if found is None:
            if changed:
                rows.append({**deepcopy(row), **({"gone": True} if row.get("made") is not None else {})})
            continue
        cells = found["cells"]
        if old.get("joined"):
            cells = _widen(cells, old)
            found = {**found, "cells": cells, "made": cells}
        if not changed:
            rows.append(deepcopy(found))
            continue
        kept = {**deepcopy(row), "made": found["made"]}
        kept.pop("gone", None)
        if cells != row.get("made"):
            kept["now"] = cells
        rows.append(kept)
    at = next((n for n, row in enumerate(rows) if row.get("part")), len(rows))
    late = [{**row, "cells": _widen(row["cells"], old), "made": _widen(row["cells"], old)} for row in fresh.values()]
    table_now = {**deepcopy(new), "rows": rows[:at] + (late if old.get("joined") else list(fresh.values())) + rows[at:]}
    if old.get("joined"):
        table_now["head"], table_now["joined"], table_now["own"] = list(old["head"]), True, old.get("own", "")
        table_now["numbers"] = list(old["numbers"])
    if old.get("parts"):
        table_now["parts"] = deepcopy(old["parts"])
        _add_up(table_now)
    return table_now


def _widen(cells: Sequence[str], joined: Block) -> list[str]:
    """Cells of the own table in a joined one, whose first column names the agency."""
    return [joined.get("own", ""), *cells] if joined.get("joined") else list(cells)


def take_new(sections: Sequence[Section], code: str, key: str) -> list[Section]:
    """The sections with the program's newest words in place of a person's, in one block."""
    result = deepcopy(list(sections))
    for section in result:
        for block in section["blocks"]:
            if section["code"] != code or block.get("key") != key:
                continue
            if "now" in block:
                block["text"] = block["made"] = block.pop("now")
            for row in block.get("rows", ()):
                if "now" in row:
                    row["cells"] = row["made"] = row.pop("now")
    return result


# --- merging ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A report that is taken in: its key, its agency's name, the agency's place in the order of names, what it says."""

    key: int
    agency: str
    order: str
    sections: Sequence[Section]


def merge(own: Sequence[Section], own_agency: str, parts: Sequence[Part]) -> list[Section]:
    """The own sections with each part taken in: the words of an agency under its name in the section where they
    stood, tables of one form joined with a column for the agency, tables of figures added up. A part that is in
    already is left as it is, with all that was mended in it since."""
    result = deepcopy(list(own))
    there = parts_in(result)
    for part in sorted(parts, key=lambda one: (one.order, one.key)):
        if part.key in there:
            continue
        by_code = {section["code"]: section for section in result}
        for section in part.sections:
            target = by_code.get(section["code"])
            if target is None:
                target = {**{name: section[name] for name in ("code", "title", "fill")}, "blocks": []}
                result.append(target)
                by_code[section["code"]] = target
            _take_in(target, section, part, own_agency)
            target["parts"] = sorted({*target.get("parts", ()), part.key})
    return _retell(result)


WHAT = {
    "done": "nhiệm vụ đã hoàn thành", "doing": "nhiệm vụ đang thực hiện", "late": "nhiệm vụ quá hạn",
    "indicators": "chỉ tiêu", "obstacles": "vướng mắc",
}  # fmt: skip


def _retell(sections: list[Section]) -> list[Section]:
    """What introduces the tables of one agency would be wrong of the tables of many: it is said anew of all of them.
    What a person wrote stays."""
    count = len(parts_in(sections))
    if not count:
        return sections
    for section in sections:
        told = {
            block["key"]: len(block["rows"])
            for block in section["blocks"]
            if block["type"] == "table" and (block.get("joined") or block.get("parts"))
        }
        summed = {block["key"] for block in section["blocks"] if block.get("parts")}
        kept = []
        for block in section["blocks"]:
            own = block["type"] == "text" and block.get("filler") and not block.get("part") and not written(block)
            if own and block["key"] in summed:
                continue
            if own and block["key"] in told:
                words = f"Tổng hợp từ {count} báo cáo: {told[block['key']]} {WHAT.get(block['key'], 'mục')}."
                block["text"] = block["made"] = words
            kept.append(block)
        section["blocks"] = kept
    return sections


def parts_in(sections: Sequence[Section]) -> set[int]:
    """The keys of the reports that were taken in."""
    found: set[int] = set()
    for section in sections:
        found.update(map(int, section.get("parts", ())))
        for block in section["blocks"]:
            if block.get("part"):
                found.add(int(block["part"]))
            found.update(int(row["part"]) for row in block.get("rows", ()) if row.get("part"))
            found.update(int(key) for key in block.get("parts", {}))
    return found


def _take_in(target: Section, section: Section, part: Part, own_agency: str) -> None:
    words: list[Block] = []
    for block in section["blocks"]:
        if block["type"] == "heading":
            words.append({**deepcopy(block), "part": part.key, "order": part.order})
        elif block["type"] == "text":
            if block["text"].strip() and not (block.get("filler") and not written(block)):
                words.append(
                    {"type": "text", "key": f"{part.key}:{block['key']}", "text": block["text"], "made": block["text"],
                     "part": part.key}
                )  # fmt: skip
        elif block.get("sum"):
            _sum_in(target, block, part)
        else:
            _join(target, block, part, own_agency)
    if words:
        heading = {"type": "heading", "text": part.agency, "part": part.key, "order": part.order}
        blocks = target["blocks"]
        at = next(
            (n for n, one in enumerate(blocks) if one["type"] == "heading" and one.get("order", "") > part.order),
            len(blocks),
        )
        target["blocks"] = [*blocks[:at], heading, *words, *blocks[at:]]


def _join(target: Section, block: Block, part: Part, own_agency: str) -> None:
    """Rows of a part's table into the table of the same key."""
    head = block["head"] if block.get("joined") else [AGENCY, *block["head"]]
    found = next(
        (
            one
            for one in target["blocks"]
            if one["type"] == "table"
            and one.get("key") == block["key"]
            and (one["head"] if one.get("joined") else [AGENCY, *one["head"]]) == head
        ),
        None,
    )
    if found is None:
        found = {
            **{name: deepcopy(block[name]) for name in ("type", "key", "caption")},
            "head": head, "rows": [], "sum": False,
            "numbers": list(block["numbers"]) if block.get("joined") else [n + 1 for n in block["numbers"]],
            "joined": True, "own": own_agency,
        }  # fmt: skip
        at = next((n for n, one in enumerate(target["blocks"]) if one["type"] == "heading"), len(target["blocks"]))
        target["blocks"].insert(at, found)
    elif not found.get("joined"):
        found["head"], found["joined"], found["own"] = head, True, own_agency
        found["numbers"] = [n + 1 for n in found["numbers"]]
        for row in found["rows"]:
            row["cells"] = [own_agency, *row["cells"]]
            for name in ("made", "now"):
                if row.get(name) is not None:
                    row[name] = [own_agency, *row[name]]
    width = len(found["head"])
    for row in block["rows"]:
        cells = list(row["cells"]) if block.get("joined") else [part.agency, *row["cells"]]
        cells = (cells + [""] * width)[:width]
        taken = {"key": f"{part.key}:{row['key']}", "cells": cells, "made": list(cells), "part": part.key}
        found["rows"].append({**taken, "order": part.order})
    own = [row for row in found["rows"] if not row.get("part")]
    found["rows"] = own + sorted(
        (row for row in found["rows"] if row.get("part")), key=lambda row: str(row.get("order", ""))
    )


def _sum_in(target: Section, block: Block, part: Part) -> None:
    """A part's figures into the table of the same key: the own figures and every part's are kept, and added up."""
    found = next((one for one in target["blocks"] if one.get("key") == block["key"] and one.get("sum")), None)
    if found is not None and found.get("whole"):  # the city's figures hold every agency's already
        return
    if found is None:
        found = {**deepcopy(block), "parts": {}}
        for row in found["rows"]:
            row["cells"] = [row["cells"][0], *("0" for _cell in row["cells"][1:])]
            row["made"] = list(row["cells"])
        found["from"] = {row["key"]: list(row["cells"]) for row in found["rows"]}
        target["blocks"].append(found)
    found.setdefault("parts", {})
    found.setdefault("from", {row["key"]: list(row["cells"]) for row in found["rows"]})
    found["parts"][str(part.key)] = {row["key"]: list(row["cells"]) for row in block["rows"]}
    known = {row["key"] for row in found["rows"]}
    for row in block["rows"]:
        if row["key"] not in known:
            blank = [row["cells"][0], *("0" for _cell in row["cells"][1:])]
            found["rows"].append({**deepcopy(row), "cells": blank, "made": list(blank)})
            found["from"][row["key"]] = list(blank)
    _add_up(found)


def _add_up(block: Block) -> None:
    """Write the sums of a table of figures; cells that a person changed stay, with the sum beside them."""
    own = block.setdefault("from", {row["key"]: list(row["made"] or row["cells"]) for row in block["rows"]})
    totals: dict[str, list[int]] = {}
    for row in block["rows"]:
        width = len(row["cells"])
        sources = [own.get(row["key"], ()), *(part.get(row["key"], ()) for part in block["parts"].values())]
        totals[row["key"]] = [sum(number(cells[n]) for cells in sources if n < len(cells)) for n in range(1, width)]
    for row in block["rows"]:
        cells = [row["cells"][0], *(figure(value) for value in totals[row["key"]])]
        if row.get("ratio"):
            part, wholes = row["ratio"]
            cells[1:] = [
                ratio(totals[part][n], sum(totals[key][n] for key in wholes)) for n in range(len(totals[row["key"]]))
            ]
        if row["cells"] == row.get("made"):
            row["cells"] = list(cells)
        elif row["cells"] != cells:
            row["now"] = list(cells)
        row["made"] = list(cells)


def number(words: str) -> int:
    """The whole number that a cell holds; 0 for anything else."""
    plain = words.strip().replace(".", "").replace("\u00a0", "")
    return int(plain) if re.fullmatch(r"-?\d{1,12}", plain) else 0


def figure(value: int) -> str:
    """1.795"""
    return f"{value:,}".replace(",", ".")


def ratio(part: int, whole: int) -> str:
    """79,73%; a dash of nothing."""
    return "–" if whole == 0 else f"{100 * part / whole:.2f}%".replace(".", ",")


AGENCY = "Cơ quan"


# --- editing and comparing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one section between two versions: old and new lines side by side."""

    title: str
    pairs: list[tuple[str, str]]


def lines(section: Section) -> list[str]:
    """What a section says, a line for each paragraph and row."""
    found = []
    for block in section["blocks"]:
        if block["type"] in ("text", "heading"):
            found += [line for line in block["text"].splitlines() if line.strip()]
        else:
            found += [" · ".join(cell for cell in row["cells"] if cell) for row in block["rows"]]
    return found


def differences(old: Sequence[Section], new: Sequence[Section]) -> list[Difference]:
    """What changed between two versions, by section; sections that say the same are left out."""
    before = {section["code"]: section for section in old}
    after = {section["code"]: section for section in new}
    result = []
    for code in dict.fromkeys([*before, *after]):
        a = lines(before[code]) if code in before else []
        b = lines(after[code]) if code in after else []
        pairs: list[tuple[str, str]] = []
        for tag, a1, a2, b1, b2 in SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            pairs.extend(zip_longest(a[a1:a2], b[b1:b2], fillvalue=""))
        if pairs:
            result.append(Difference(str((after.get(code) or before[code])["title"]), pairs))
    return result


def clean(sections: Any) -> list[Section]:
    """Sections of the known form, everything else left out; what the file writers and pages rely on."""
    result: list[Section] = []
    for section in sections if isinstance(sections, list) else []:
        if not isinstance(section, dict) or "code" not in section:
            continue
        blocks = []
        for block in section.get("blocks", ()):
            if block.get("type") in ("text", "heading"):
                blocks.append({**block, "text": str(block.get("text", ""))})
            elif block.get("type") == "table":
                width = len(block.get("head", ()))
                rows = [
                    {**row, "cells": ([str(cell) for cell in row.get("cells", ())] + [""] * width)[:width]}
                    for row in block.get("rows", ())
                ]
                blocks.append({**block, "rows": rows})
        result.append({**section, "title": str(section.get("title", "")), "blocks": blocks})
    return result
