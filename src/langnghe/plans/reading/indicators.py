"""Levels that a plan sets to be reached, and past levels of what it sets out to improve."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from langnghe.plans.reading.clauses import MOST, low_place, parts, quote_of
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.past_levels import past_levels
from langnghe.plans.reading.quantities import Level, levels, masked, number
from langnghe.plans.reading.register import Indicator, Target, Task
from langnghe.plans.reading.source import Source
from langnghe.plans.reading.target_counts import counts
from langnghe.plans.reading.target_making import clause_end, comma, make, order_start
from langnghe.plans.reading.target_sights import Done, Sight
from langnghe.plans.reading.target_tables import from_row, is_target_table
from langnghe.plans.reading.target_words import (
    AFTER_TARGET,
    AIMS,
    AMOUNT,
    BASE_RANK,
    BASELINE,
    CRITERION,
    ENDS_NAME,
    FROM,
    FULL_MARKS,
    LEAD_IN,
    PAST,
    RANK,
    RANKS_UP,
    RISE,
    STANDS_AFTER,
    TO_LEVEL,
    TOP,
    WAS,
    WHICH,
)


def indicators(source: Source, blocks: Sequence[Block], tasks: Sequence[Task]) -> list[Indicator]:
    """The levels a plan sets, and past levels of what it sets out to improve, in the order of the text."""
    found: list[Indicator] = []
    past: list[Indicator] = []
    issued = _issued(blocks)
    for block in blocks:
        if block.zone == "foot" or block.section == "funding":
            continue
        if block.kind == "row" and block.line.header:
            found += from_row(block)
            if is_target_table(block):
                continue
        if not any(sign.isdigit() for sign in block.text) and not re.search(
            r"(?i)tối đa|tuyệt đối|hạng|bậc|ít nhất", block.text
        ):
            continue
        text = masked(block.view.low)
        for start, end in _clauses(block):
            sight = Sight(block, block.view, text, low_place(block.view, start), low_place(block.view, end))
            if block.zone == "head" or _is_past(sight) or _of_year_before(block, issued):
                past += past_levels(sight)
            elif block.zone == "body" or block.zone == "closing":
                found += _from_was(sight) or _targets(sight)
    _lost_headings(found)
    found = _without_repeats(found)
    known = {one.baseline for one in found if one.baseline is not None}
    past = [one for one in _without_repeats(past) if one.baseline not in known]
    return sorted([*past, *found], key=lambda one: one.span)


def _clauses(block: Block) -> Iterator[tuple[int, int]]:
    """The clauses of a block; in a row of a table none goes on from one cell into the next."""
    for part in parts(block.text):
        if block.kind != "row":
            yield part.start, part.end
            continue
        at = part.start
        for cell in block.text[part.start : part.end].split(" | "):
            if cell.strip():
                yield at, at + len(cell)
            at += len(cell) + 3


def _from_was(sight: Sight) -> list[Indicator]:
    """ "Năm 2023 tỷ lệ … đạt 83%, phấn đấu … trên 90%": the wish is for the criterion whose past level is told."""
    was = WAS.match(sight.view.low, sight.start, sight.end)
    if not was:
        return []
    rest = Sight(sight.block, sight.view, sight.text, was.end(), sight.end)
    start, end = sight.view.raw(sight.start), sight.view.raw(sight.end)
    found = list(_targets(rest))[:1]
    for one in found:
        one.name = sight.view.words(was.start("name"), was.end("name"))
        one.baseline, one.baseline_year = number(was["n"]), int(was["year"])
        one.quote, one.span = quote_of(sight.view.text, start, end), sight.block.place(start, end)
        one.confidence["baseline"] = 0.75
    return found


def _issued(blocks: Sequence[Block]) -> int:
    """The year in which the plan was issued; 0 if its head does not tell."""
    for block in blocks:
        if block.zone == "head" and (found := re.search(r"tháng \d{1,2} năm (20\d\d)", block.view.low[:120])):
            return int(found[1])
    return 0


def _of_year_before(block: Block, issued: int) -> bool:
    """ "Năm 2023, …" in a plan of 2024 tells what has been."""
    found = re.match(r"\W*(?:trong |hết |cuối |kết quả )?năm (20\d\d)\b", block.view.low)
    return found is not None and int(found[1]) < issued


def _lost_headings(found: Sequence[Indicator]) -> None:
    """A heading names one criterion: if it would name that of another item too, that item's own heading was lost."""
    used: dict[str, tuple[int, int]] = {}
    for one in found:
        reason = one.reasons.get("name")
        if reason is None or reason.rule != "criterion of the heading":
            continue
        if reason.words in used and used[reason.words] != one.span:
            one.name = one.quote[: one.quote.lower().find("tiêu chí") + len("tiêu chí")] or one.name
            one.doubts.append("Không rõ tiêu chí nào: đề mục của mục này có thể bị mất.")
        used.setdefault(reason.words, one.span)


def _is_past(sight: Sight) -> bool:
    """Whether a clause tells what has been, not what is to be."""
    clause = sight.text[sight.start : sight.end]
    figure = re.search(r"\d", clause)
    if PAST.search(clause[: figure.start() if figure else len(clause)]) and not re.search(
        r"\b(?:phấn đấu|đảm bảo|bảo đảm|phải|mục tiêu)\b", clause
    ):
        return True
    if re.search(r"\btrên địa bàn (?:tỉnh|thành phố|huyện|xã|phường|cả nước)(?: [^\W\d]+){0,3} có (?:\w+ )?\d", clause):
        return not re.search(r"\b(?:phấn đấu|đảm bảo|bảo đảm|mục tiêu)\b", clause)
    if re.search(
        r"\b(?:thấp|cao) hơn (?:mức )?(?:bình quân|trung bình)|\b(?:mới|(?<!chứng )(?<!địa )chỉ|(?<!quy )ước) đạt\b",
        clause,
    ):
        return True
    if re.search(r"\b(?:huyện|thành phố|đơn vị|xã|phường|sở, ngành|cơ quan|địa phương) có tỷ lệ\b", clause):
        return True
    heads = [one.view.bare for one in sight.block.above()]
    return any(
        re.match(
            r"\W*(?:thuc trang|danh gia (?:chung|tinh hinh|ket qua)|ket qua (?:dat duoc|thuc hien)|"
            r"tinh hinh|ton tai|han che)\b",
            head,
        )
        for head in heads
    )


# --- what is to be ---------


def _targets(sight: Sight) -> Iterator[Indicator]:
    clause = sight.text[sight.start : sight.end]
    taken: list[tuple[int, int]] = []
    aside = [found.span() for found in BASELINE.finditer(sight.view.low[sight.start : sight.end])]
    aside += [found.span() for found in BASE_RANK.finditer(sight.view.low[sight.start : sight.end])]
    aside += [found.span("n") for found in FROM.finditer(sight.view.low[sight.start : sight.end])]

    def free(start: int, end: int) -> bool:
        return not any(start < stop and begin < end for begin, stop in (*taken, *aside))

    for level in levels(clause)[:MOST]:
        if not free(level.figure, level.end):
            continue
        one = _of_level(sight, clause, level)
        if one is not None:
            # What a share is of may hold figures of its own: "100% bếp ăn trên 500 suất".
            share = one.confidence["target"] == 0.9 and level.unit == "%" and one.target and not _changes(one.target)
            taken.append((level.start, clause_end(clause, level.end) if share else level.end))
            yield one
    for found in islice(FULL_MARKS.finditer(clause), MOST):
        if free(*found.span()):
            taken.append(found.span())
            yield _full_marks(sight, clause, found)
    for found in islice(TOP.finditer(clause), MOST):
        value = found["n"] or found["m"]
        if value and free(*found.span()):
            taken.append(found.span())
            yield _named(sight, clause, found.start(), found.end(), Target("<=", number(value)), "hạng", 0.7)
    for found in islice(RANK.finditer(clause), MOST):
        if free(*found.span()):
            taken.append(found.span())
            target = Target("<=", number(found["n"]))
            yield _named(sight, clause, found.start(), found.end(), target, f"hạng/{int(found['of'])}", 0.7)
    for found in islice(RANKS_UP.finditer(clause), MOST):
        if free(*found.span()):
            taken.append(found.span())
            yield _named(sight, clause, found.start(), found.end(), Target("increase_rank", None), "hạng", 0.75)
    yield from counts(sight, clause, taken)


def _changes(target: Target) -> bool:
    return target.op.endswith("_pct")


def _of_level(sight: Sight, clause: str, level: Level) -> Indicator | None:
    """A level with a unit of measure: per cent, points, ranks, amounts."""
    before = clause[: level.start]
    if level.limit == "<=" and WHICH.search(before) or re.search(r"\btăng(?:,| hoặc|/| hay) ?giảm\s*$", before):
        return None
    rise = RISE.search(before)
    values: float | list[float] = level.low if level.high is None else [level.low, level.high]
    if (
        rise
        and not TO_LEVEL.search(rise["between"])
        and not re.search(r"\b(?:tại|ở|cho|với|trong|đối với)\s*$", rise["between"])
        and not re.search(r"\b(?:lên|xuống|còn|đạt)\b", clause[level.start : level.figure])
    ):
        up = rise["way"] in ("tăng", "nâng", "cao hơn")
        if level.unit == "hạng":
            # By how many ranks is not scored by the plans themselves: only that the rank is to rise.
            target = Target("increase_rank" if up else "decrease_rank", None)
        elif level.unit.startswith("%"):
            span = "range_" if level.high is not None else ""
            target = Target(f"{span}{'increase' if up else 'decrease'}_pct", values)
        else:
            target = Target("increase" if up else "decrease", values)
        return _named(sight, clause, rise.start(), level.end, target, level.unit, 0.9)
    if level.unit == "hạng":
        return None
    if level.high is not None:
        target = Target("range", values)
    else:
        target = Target(level.limit or "=", level.low)
    after = clause[level.end :].lstrip()
    ahead = re.search(
        r"\b(?:đạt|lên|là|xuống|còn|mức|được|tới|đến|"
        r"chiếm)\s*(?:mức\s*)?$",
        before,
    ) or CRITERION.search(before[comma(before) :])
    ahead = ahead or re.search(r"\b(?:lên|xuống|còn|đạt)\b", clause[level.start : level.figure])
    if level.unit == "%" and (not after or after[0] in ",;."):
        # "Tỷ lệ …: đô thị 98%, nông thôn 90%": the kind of level was said before.
        ahead = ahead or re.search(r"\b(?:tỷ lệ|tỉ lệ|mức độ)\b", before)
    if (
        level.unit == "%"
        and after
        and not after.startswith((",", ";", ".", ")", "(", "trở lên", "so với", "và", "vào", "trong năm"))
        and not ahead
    ):
        return _share(sight, clause, level, target)
    if level.unit == "%" and after.startswith(
        (
            "các ",
            "số ",
            "hồ sơ",
            "cán bộ",
            "thủ tục",
            "tthc",
            "cơ quan",
            "người",
            "doanh nghiệp",
            "phản ánh",
            "xã",
            "sở",
        )
    ):
        return _share(sight, clause, level, target)
    if level.unit in ("điểm", "%") or level.unit.startswith(("điểm/", "%")):
        return _named(sight, clause, level.start, level.end, target, level.unit, 0.85) if ahead or level.limit else None
    amount = AMOUNT.search(clause)
    if amount and amount.start() < level.figure < amount.end():
        return None
    # "xe tải trên 3,5 tấn" tells which; "… diện tích trên 3,5 ha" a level.
    told = ahead or level.limit and (level.start < 4 or CRITERION.search(before) or AIMS.search(before))
    return _named(sight, clause, level.start, level.end, target, level.unit, 0.7) if told else None


def _share(sight: Sight, clause: str, level: Level, target: Target) -> Indicator:
    """ "100% hồ sơ được giải quyết đúng hạn": the criterion stands after the figure."""
    end = clause_end(clause, level.end)
    begin = order_start(clause, level.start)
    term = re.search(r"\s(?:trước|trong|đến|vào)\s(?:hết\s)?(?:ngày|tháng|quý|năm)\b", clause[level.end : end])
    return make(sight, begin, end, level.end, level.end + term.start() if term else end, target, level.unit, 0.9)


def _full_marks(sight: Sight, clause: str, found: re.Match[str]) -> Indicator:
    name = re.compile(
        r"\s*(?:(?:về|của|ở|đối với|"
        r"cho)\s+)?(?:(?:các\s+)?tiêu chí(?: thành phần)?\s*)?(?P<name>[^;.]{5,160}?)(?=\s+trong (?:chỉ số|bộ|"
        r"năm)|[;.]|$)"
    )
    after = name.match(clause, found.end())
    end = len(clause.rstrip(" ;"))
    begin = order_start(clause, found.start())
    if after:
        return make(sight, begin, end, after.start("name"), after.end("name"), Target("=", None), "điểm", 0.8)
    return _named(sight, clause, found.start(), found.end(), Target("=", None), "điểm", 0.7)


def _named(sight: Sight, clause: str, at: int, end: int, target: Target, unit: str, sure: float) -> Indicator:
    """A target whose criterion stands before the figure; a further figure of one clause may share the criterion."""
    before = [one for one in sight.done if one.end <= at]
    last = before[-1] if before else None
    cut = last.end if last else 0
    if last and (aside := re.match(r"[^,;()]{0,30}\([^()]*\)", clause[cut:at])):
        cut += aside.end()  # what a bracket tells of the target before
    for found in re.finditer(r", (?:và )?(?=(?:phấn đấu|bảo đảm|đảm bảo) [^,;]{12,}$)", clause[cut:at]):
        cut += found.end()
    for found in re.finditer(r", |; |: ", clause[cut:at]):
        rest = clause[cut + found.end() : at]
        if len(rest) > 12 and CRITERION.search(rest) and not re.search(r"\d", rest.split("tiêu chí")[0]):
            if not _inside_name(clause, cut + found.start()):
                cut += found.end()
                break
    begin = _after_lead_in(clause, cut, at)
    ended = ENDS_NAME.search(clause, begin, at)
    name = begin, max(ended.start() if ended else at, begin)
    if since := re.search(r"\s(?:tăng |giảm |nâng )?từ (?:mức )?\d", clause[slice(*name)]):
        name = begin, begin + since.start()
    if last is not None and not _names_something(clause[begin : name[1]]):
        begin, name = last.begin, last.name
    tail = AFTER_TARGET.match(clause[end:])
    stop = end + (len(tail[0].rstrip()) if tail else 0)
    reduced = target.op.endswith("_pct") and STANDS_AFTER.match(clause, stop)
    if reduced or not clause[name[0] : name[1]].strip(" ,:"):
        # "Tăng 3 bậc trên bảng xếp hạng …": the criterion stands after the figure.
        stop = clause_end(clause, stop)
        begin, name = order_start(clause, at), (end, stop)
    sight.done.append(Done(begin, name, end))
    return make(sight, begin, stop, *name, target, unit, sure)


def _after_lead_in(clause: str, cut: int, at: int) -> int:
    lead = LEAD_IN.match(clause, cut, at)
    begin = lead.end() if lead and lead.end() < at else cut
    while begin < at and not clause[begin].isalnum() and clause[begin] not in '"“':
        begin += 1
    return begin


def _names_something(words: str) -> bool:
    """Whether the words between two figures name a criterion of their own."""
    listed = re.findall(r"[^\W\d]+", words)
    return len(listed) >= 2 and not re.match(
        r"\W*(?:nằm|xếp|đứng|lên|xuống|thuộc|vào|tăng|giảm|so với|"
        r"phấn đấu)\b",
        words,
    )


def _inside_name(clause: str, at: int) -> bool:
    """Whether a comma stands inside the quoted name of a criterion."""
    return clause.count('"', 0, at) % 2 == 1


def _without_repeats(found: Sequence[Indicator]) -> list[Indicator]:
    """The same target stated twice is one entry."""
    kept: list[Indicator] = []
    for one in found:
        words = set(re.findall(r"\w+", one.name.lower()))
        same = any(
            (one.target, one.unit) == (other.target, other.unit)
            and one.baseline == other.baseline
            and _alike(words, set(re.findall(r"\w+", other.name.lower())))
            for other in kept
        )
        if not same:
            kept.append(one)
    return kept


def _alike(words: set[str], others: set[str]) -> bool:
    common = len(words & others)
    return common >= 0.6 * max(1, len(words), len(others)) or common >= max(4, min(len(words), len(others)))
