"""Reading a plan: a document goes in, its register comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, TypeVar

from langnghe.plans.reading.bodies import Bodies, Gazetteer, packaged
from langnghe.plans.reading.channels import channels
from langnghe.plans.reading.disclosures import disclosures
from langnghe.plans.reading.glyphs import bare
from langnghe.plans.reading.head import read_head
from langnghe.plans.reading.indicators import indicators
from langnghe.plans.reading.outline import Block, blocks
from langnghe.plans.reading.register import Document, Register
from langnghe.plans.reading.reports import recurring_reports
from langnghe.plans.reading.source import Source
from langnghe.plans.reading.styles import style_of
from langnghe.plans.reading.tasks import read_tasks
from langnghe.plans.reading.terms import Calendar

_ISSUED: Final = re.compile(r"ngay\s+\W*(\d{1,2})\W*\s+thang\s+\W*(\d{1,2})\W*\s+nam\s+\W*(\d{4})")
_PLAN_YEAR: Final = re.compile(r"\bnam\s+(20\d\d|19\d\d)\b")
_BASIS: Final = re.compile(r"(?:can cu|thuc hien|theo|xet|so\s*:)")
_ANY_YEAR: Final = re.compile(r"\b(20[0-4]\d|199\d)\b")

Found = TypeVar("Found")
UNREAD: Final = "Không đọc được phần"


def read(source: Source, *, gazetteer: Gazetteer | None = None) -> Register:
    """The register of a plan: what was found, where, why and how surely. Never fails on a text."""
    found = blocks(source)
    calendar = calendar_of(found)
    bodies = bodies_of(found, gazetteer or packaged(), calendar)
    register = Register(warnings=list(source.warnings))
    register.tasks = read_tasks(found, bodies, calendar)
    tasks, warnings = register.tasks, register.warnings
    register.document = _or_empty("phần đầu và phần ký", lambda: read_head(source), Document(), warnings)
    register.indicators = _or_empty("chỉ tiêu", lambda: indicators(source, found, tasks), [], warnings)
    register.recurring_reports = _or_empty(
        "báo cáo định kỳ", lambda: recurring_reports(source, found, tasks), [], warnings
    )
    register.channels = _or_empty("kênh tiếp nhận", lambda: channels(source, found, tasks), [], warnings)
    register.public_disclosures = _or_empty("công khai", lambda: disclosures(source, found, tasks), [], warnings)
    if not register.tasks:
        register.warnings.append("Không tìm thấy nhiệm vụ nào trong văn bản.")
    return register


def _or_empty(name: str, find: Callable[[], Found], empty: Found, warnings: list[str]) -> Found:
    """One part of the register; should finding it fail, the others stand and the reviewer is told."""
    try:
        return find()
    except Exception:
        warnings.append(f"{UNREAD} {name}; cần xem và nhập tay.")
        return empty


def calendar_of(found: Sequence[Block]) -> Calendar:
    """The day the document was issued, and the year its terms mean where they name none."""
    head = [bare(block.text) for block in found[:40] if block.zone == "head"]
    issued = None
    for text in head:
        day = _ISSUED.search(text)
        if day and len(text) < 120:
            issued = _date(int(day[3]), int(day[2]), int(day[1]))
            break
    titles = [text for text in head if len(text) < 400 and not _ISSUED.search(text) and not _BASIS.match(text)]
    year = next((int(named[-1]) for text in titles for named in [_PLAN_YEAR.findall(text)] if named), None)
    if issued and (year is None or not issued.year <= year <= issued.year + 1):
        year = issued.year
    if year is None:
        year = _commonest(found)
    return Calendar(year, issued)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _commonest(found: Sequence[Block]) -> int | None:
    """The latest of the years that the document's head names; None if it names none."""
    years = [int(one) for block in found[:12] for one in _ANY_YEAR.findall(block.text)]
    return max(years, default=None)


def bodies_of(found: Sequence[Block], gazetteer: Gazetteer, calendar: Calendar) -> Bodies:
    """The bodies of a document: the gazetteer, and what the document itself calls them."""
    return style_of(found, gazetteer, calendar)
