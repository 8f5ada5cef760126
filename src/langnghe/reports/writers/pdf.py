"""A document as PDF, set by Typst in the layout of Decree 30/2020. What people wrote is data, never markup."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import typst

from langnghe.reports.writers.docx import COUNT_WIDTH, column_widths
from langnghe.reports.writers.paper import MOTTO, NATION, ROMAN, Paper, tidy


def write(paper: Paper) -> bytes:
    """The document as the bytes of a PDF file. Some 30 ms for a report of ten pages."""
    source = (files("langnghe.reports") / "writers" / "paper.typ").read_bytes()
    return bytes(typst.compile(source, format="pdf", sys_inputs={"data": json.dumps(_data(paper), ensure_ascii=False)}))


def _data(paper: Paper) -> dict[str, Any]:
    layout = paper.layout
    width = 210 - layout.left - layout.right
    sections = []
    for number, section in enumerate(tidy(paper.sections)):
        sign = ROMAN[number] if number < len(ROMAN) else str(number + 1)
        blocks: list[dict[str, Any]] = []
        for block in section["blocks"]:
            if block["type"] == "table":
                blocks.append(
                    {
                        "type": "table", "caption": block["caption"], "head": block["head"],
                        "rows": [row["cells"] for row in block["rows"]], "numbers": block["numbers"],
                        "widths": column_widths(block, width - COUNT_WIDTH),
                    }
                )  # fmt: skip
            else:
                lines = [line.strip() for line in block["text"].splitlines() if line.strip()]
                blocks.append({"type": block["type"], "lines": lines})
        sections.append({"title": f"{sign}. {section['title'].upper()}", "blocks": blocks})
    return {
        "layout": {
            name: getattr(layout, name)
            for name in ("top", "bottom", "left", "right", "font", "size", "line", "gap", "indent")
        },
        "count": COUNT_WIDTH, "nation": NATION, "motto": MOTTO, "above": list(paper.above),
        "issuer": list(paper.issuer),
        "number": paper.numbered, "dated": paper.dated, "title": paper.title, "about": paper.about,
        "draft": paper.draft, "opening": paper.opening, "sections": sections, "closing": paper.closing.rstrip("."),
        "signature": list(paper.signature.lines), "name": paper.signature.name,
        "recipients": [one.rstrip(".;") for one in paper.recipients],
    }  # fmt: skip
