"""Past levels of what a plan sets out to improve: "đạt 87,11/100 điểm", "xếp vị trí thứ 30/63"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from langnghe.plans.reading.clauses import quote_of
from langnghe.plans.reading.quantities import number
from langnghe.plans.reading.register import Indicator, Reason
from langnghe.plans.reading.target_sights import Sight
from langnghe.plans.reading.target_words import CRITERION, RANK, YEAR


def past_levels(sight: Sight) -> Iterator[Indicator]:
    """The levels a clause tells of its criterion; none where it tells of something else."""
    clause = sight.text[sight.start : sight.end]
    year = YEAR.search(sight.view.low, sight.start, sight.end)
    first: int | None = None
    for found in re.finditer(r"\bđạt (?:mức )?(?P<n>\d+(?:[.,]\d+)?)\s*(?P<unit>/\s?100 điểm|/\s?100|điểm|%)", clause):
        begin = _subject(clause, found.start())
        if begin is None:
            continue
        if first is None:
            first = begin
        unit = "điểm/100" if "100" in found["unit"] else found["unit"]
        yield _past(sight, begin, found.start(), found.end(), number(found["n"]), year, unit)
    for found in RANK.finditer(clause):
        begin = _subject(clause, found.start()) if first is None else first
        if begin is None:
            continue
        stop = re.search(r"\s*(?:,\s|\s(?:đạt|tăng|giảm|xếp)\b)", clause[begin : found.end()])
        name_end = begin + stop.start() if stop else found.start()
        yield _past(sight, begin, name_end, found.end(), number(found["n"]), year, f"hạng/{int(found['of'])}")


def _past(
    sight: Sight, begin: int, name_end: int, end: int, value: float, year: re.Match[str] | None, unit: str
) -> Indicator:
    view, at = sight.view, sight.start
    start, stop = view.raw(at + begin), view.raw(at + end)
    span = sight.block.place(start, stop)
    return Indicator(
        quote=quote_of(view.text, start, stop),
        span=span,
        name=view.words(at + begin, at + name_end).strip(" ,"),
        unit=unit,
        baseline=value,
        baseline_year=int(year["year"]) if year else None,
        reasons={"baseline": Reason("past level of a criterion", view.words(at + name_end, at + end), span)},
        confidence={"baseline": 0.8, "name": 0.7},
    )


def _subject(clause: str, at: int) -> int | None:
    """Where the noun phrase that a level is told of begins; None if it is no criterion."""
    before = clause[:at]
    cut = max((found.end() for found in re.finditer(r"[:;(]\s|\btrong đó\s", before)), default=0)
    named = [found.start() for found in CRITERION.finditer(before, cut)]
    if not named:
        return None
    # The first criterion after the last comma that one follows; a comma may stand within a name.
    commas = [found.end() for found in re.finditer(r",\s", before[cut:])]
    last = max((cut + comma for comma in commas if any(cut + comma <= one for one in named)), default=cut)
    return next(one for one in named if one >= last)
