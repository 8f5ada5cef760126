"""Putting a target together: the words of its criterion, its quote, the level it starts from."""

from __future__ import annotations

import re
from typing import Final

from langnghe.plans.reading.clauses import begins_order, quote_of
from langnghe.plans.reading.quantities import levels, number
from langnghe.plans.reading.register import Indicator, Reason, Target
from langnghe.plans.reading.target_sights import Sight
from langnghe.plans.reading.target_words import BASE_RANK, BASE_YEAR, BASELINE, FROM, QUOTED


def comma(before: str) -> int:
    """Where the last clause of a text before a figure begins."""
    return max(before.rfind(", "), before.rfind(": "), before.rfind("; ")) + 1


# "người dân, tổ chức": both are one.
_TOGETHER: Final = re.compile(
    r"(?:người dân|công dân|cá nhân|nhân dân|doanh nghiệp),\s*(?:tổ chức|doanh nghiệp|cá nhân)"
)


def clause_end(clause: str, at: int) -> int:
    """Where the criterion after a figure ends: before the next figure of its own or the next order."""
    for found in re.finditer(r"[,;](?=\s)|\s\((?=[^)]*\d)", clause[at:]):
        rest = clause[at + found.end() : at + found.end() + 60]
        words = re.findall(r"[^\W\d]+", rest)[:6]
        if _TOGETHER.search(f"{clause[max(0, at + found.start() - 20) : at + found.start()]},{rest[:14]}"):
            continue
        if re.match(
            r"\s*(?:\d|trên|ít nhất|tối thiểu|trong đó|phấn đấu|đảm bảo|bảo đảm|tỷ lệ|tỉ lệ|mức độ|"
            r"chỉ số|và \d|không để)",
            rest,
        ):
            return at + found.start()
        if begins_order(words) and "được" not in clause[max(at, at + found.start() - 45) : at + found.start()]:
            return at + found.start()
        if found[0].startswith(" ("):
            return at + found.start()
    more = re.search(
        r" (?:và|để) (?=(?:không (?:để )?)?(?:(?:quá|trên|dưới|ít nhất|tối thiểu) )?\d{1,3}(?:,\d+)?% )", clause[at:]
    )
    return at + more.start() if more else len(clause.rstrip(" .;"))


def order_start(clause: str, at: int) -> int:
    """Where the words that lead to a figure begin: at the clause's order if it is near, else at the figure."""
    cut = comma(clause[:at])
    lead = clause[cut:at]
    return cut + len(lead) - len(lead.lstrip()) if len(lead) < 80 else at


def make(
    sight: Sight, begin: int, end: int, name_from: int, name_to: int, target: Target, unit: str, sure: float
) -> Indicator:
    """A target from the places of its quote and of its criterion in the clause."""
    view, at = sight.view, sight.start
    start, stop = view.raw(at + begin), view.raw(at + end)
    span = sight.block.place(start, stop)
    clause = view.low[at : sight.end]
    name, heading = criterion(sight, view.words(at + name_from, at + name_to).strip(" ,.;:"))
    name = name.replace(" trở lên ", " ").removeprefix("số ")
    base, year, base_unit = baseline(clause, begin, end, rank=target.op.endswith("_rank"))
    if base_unit and (target.op not in ("increase_rank", "decrease_rank") or base_unit.startswith("hạng")):
        unit = base_unit
    reasons = {"target": Reason(f"target {target.op}", view.words(at + begin, at + end)[:160], span)}
    if heading:
        reasons["name"] = Reason("criterion of the heading", heading[:120])
    doubts = []
    if len(name) < 4 or sure < 0.72:
        doubts.append("Cần xem lại tên hoặc mức của chỉ tiêu.")
    return Indicator(
        quote=quote_of(view.text, start, stop),
        span=span,
        name=name,
        unit=unit,
        baseline=base,
        baseline_year=year,
        target=target,
        reasons=reasons,
        confidence={"target": sure, "name": 0.75 if name else 0.3, "baseline": 0.85},
        doubts=doubts,
    )


def criterion(sight: Sight, name: str) -> tuple[str, str]:
    """The name of a criterion; if the sentence says only "tiêu chí", the heading tells which."""
    quoted = QUOTED.search(name)
    if quoted and (quoted.start() < 2 or re.search(r"(?i)tiêu chí|chỉ số|chỉ tiêu|nội dung", name[: quoted.start()])):
        return re.sub(r"\s+(?:tăng|đạt|giảm)$", "", quoted["name"].strip()), ""
    if re.search(r"(?i)(?:tiêu chí|chỉ số|chỉ tiêu)(?: này)?$", name) and len(name) < 60:
        for above in sight.block.above():
            if quoted := QUOTED.search(above.text):
                return quoted["name"].strip(), above.text
    return name, ""


def baseline(clause: str, begin: int, end: int, *, rank: bool = False) -> tuple[float | None, int | None, str]:
    """The level the target starts from, its year, and its unit, as the target's own sentence tells them; a level
    told after another target is that one's."""
    if rank and (found := BASE_RANK.search(clause, begin)):
        return number(found["n"]), int(found["year"]), f"hạng/{int(found['of'])}"
    found = BASELINE.search(clause, begin)
    if found and not levels(clause[end : found.start()]):
        of = re.search(r"\d+", found["unit"])
        unit = f"điểm/{of[0]}" if of else found["unit"]
        return number(found["n"]), int(found["year"]), unit
    if found := FROM.search(clause, begin):
        return number(found["n"]), int(found["year"]) if found["year"] else None, found["unit"]
    year = BASE_YEAR.search(clause, begin)
    return None, int(year["year"]) if year else None, ""
