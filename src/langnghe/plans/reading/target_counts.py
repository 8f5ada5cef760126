"""Counts that a plan sets: things to be made, amounts, frequencies, places at which something is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from langnghe.plans.reading.clauses import MOST
from langnghe.plans.reading.quantities import AT_LEAST, AT_MOST, number, word_number
from langnghe.plans.reading.register import Indicator, Target
from langnghe.plans.reading.target_making import clause_end, comma, make, order_start
from langnghe.plans.reading.target_sights import Sight
from langnghe.plans.reading.target_things import OFTEN, PLACE_NOUN, begin_near, things
from langnghe.plans.reading.target_words import (
    ALL_OF,
    AMOUNT,
    AT_PLACES,
    COUNTED_AFTER,
    EACH_PERIOD,
    FREQUENCY,
    MADE,
    MINUTES,
    MORE_MADE,
    NO_UNIT,
    NOT_COUNTED,
    NOT_THINGS,
    OF_SO_MANY,
    RATIO,
    THING,
    WORK_TIME,
)


def counts(sight: Sight, clause: str, taken: list[tuple[int, int]]) -> Iterator[Indicator]:
    """Things to be made, amounts, frequencies with a threshold, and so many of so many."""

    def clear(start: int, end: int) -> bool:
        return not any(start < stop and begin < end for begin, stop in taken)

    for found in islice(FREQUENCY.finditer(clause), MOST):
        first = found["n"] is not None
        limit, value, noun, period, rest = (
            (found["limit"], found["n"], found["noun"], found["period"], "rest")
            if first
            else (found["limit2"], found["n2"], found["noun2"], found["period2"], "rest2")
        )
        taken.append(found.span())
        target = Target("<=" if re.fullmatch(AT_MOST, limit) else ">=", word_number(value))
        named = found.span(rest) if found[rest].strip() else found.span()
        begin = found.start() if first else order_start(clause, found.start())
        if begin == found.start() and not first:
            begin = begin_near(clause, found.start())
        if not first and begin < found.start():
            named = begin, found.start()
        yield make(sight, begin, found.end(), *named, target, f"{noun}/{period}", 0.75)
    for found in islice(EACH_PERIOD.finditer(clause), MOST):
        if clear(*found.span("n")):
            taken.append(found.span())
            target = Target("<=" if re.fullmatch(AT_MOST, found["limit"]) else ">=", word_number(found["n"]))
            begin = order_start(clause, found.start())
            named = (begin, found.start()) if begin < found.start() else found.span()
            yield make(sight, begin, found.end(), *named, target, f"{found['noun']}/{found['period']}", 0.75)
    for pattern in (WORK_TIME, RATIO):
        for found in islice(pattern.finditer(clause), MOST):
            if clear(*found.span("n")):
                taken.append(found.span("n"))
                op = ">=" if re.fullmatch(AT_LEAST, found["limit"]) else "<="
                begin = order_start(clause, found.start())
                named = (found.start(), found.start("limit")) if pattern is WORK_TIME else found.span("unit")
                target = Target(op, number(found["n"]))
                yield make(sight, begin, found.end(), *named, target, " ".join(found["unit"].split()), 0.72)
    for found in islice(NO_UNIT.finditer(clause), MOST):
        if clear(*found.span("n")):
            taken.append(found.span("n"))
            target = Target("<=" if re.fullmatch(AT_MOST, found["limit"]) else ">=", number(found["n"]))
            yield make(sight, found.start(), found.end(), found.start(), found.start("limit"), target, "", 0.7)
    for found in islice(AMOUNT.finditer(clause), MOST):
        if clear(*found.span("n")):
            taken.append(found.span())
            limit = found["limit"] or ""
            op = "<=" if limit and re.fullmatch(AT_MOST, limit) else ">=" if limit else "="
            unit = found["unit"].replace("m3", "m³")
            yield make(
                sight,
                found.start(),
                found.end(),
                found.start(),
                found.end("what"),
                Target(op, number(found["n"])),
                unit,
                0.75,
            )
    for found in islice(MINUTES.finditer(clause), MOST):
        if clear(*found.span()):
            taken.append(found.span())
            no_more = re.search(r"\bkhông (?:để|có|được)\b", clause[: found.start()])
            op = "<=" if no_more or re.fullmatch(AT_MOST, found["limit"]) else ">="
            begin = comma(clause[: found.start()])
            begin += len(clause[begin:]) - len(clause[begin:].lstrip())
            yield make(sight, begin, found.end(), begin, found.start(), Target(op, number(found["n"])), "phút", 0.7)
    for found in islice(ALL_OF.finditer(clause), MOST):
        if clear(*found.span("n")) and not NOT_COUNTED.match(found["noun"]):
            taken.append(found.span("n"))
            unit = f"{found['noun'].strip()} {found['verb']}"
            yield make(
                sight, found.start(), found.end(), *found.span("noun"), Target("=", number(found["n"])), unit, 0.7
            )
    for found in islice(OF_SO_MANY.finditer(clause), MOST):
        if clear(*found.span("n")):
            taken.append(found.span("n"))
            end = clause_end(clause, found.start("noun"))
            yield make(
                sight,
                found.start(),
                end,
                found.start("noun"),
                end,
                Target("=", number(found["n"])),
                thing(found["noun"]),
                0.7,
            )
    for found in islice(each_made(clause), MOST):
        if clear(*found.span("n")) and not NOT_THINGS.match(found["noun"]):
            taken.append(found.span("n"))
            many: float | list[float] = number(found["n"])
            if found["m"]:
                many = [number(found["n"]), number(found["m"])]
            words = clause[found.end("verb") : found.start("n")]
            if not re.search(AT_LEAST, words) and OFTEN.search(clause[: found.start("n")][-110:]):
                continue
            where = words.strip() == "trên" and PLACE_NOUN.match(found["noun"])
            floor = re.search(AT_LEAST, words) and not (found["m"] and words.strip() == "từ")
            op = ">=" if floor and not where else "range" if found["m"] else "="
            end = noun_end(clause, found.start("noun"), min(found.end("noun"), clause_end(clause, found.start("noun"))))
            begin = made_start(clause, found.start())
            if clause.startswith(("với quy mô", "quy mô"), begin):
                begin = begin_near(clause, found.start())
            stop = min(clause_end(clause, found.start("noun")), begin + 170)
            yield make(
                sight, begin, max(end, stop), found.start("noun"), end, Target(op, many), thing(found["noun"]), 0.75
            )
            while (more := MORE_MADE.match(clause, end)) and not NOT_THINGS.match(more["noun"]):
                if not clear(*more.span("n")):
                    break
                taken.append(more.span("n"))
                end = noun_end(clause, more.start("noun"), more.end("noun"))
                target = Target("=", number(more["n"]))
                yield make(sight, begin, end, more.start("noun"), end, target, thing(more["noun"]), 0.7)
    yield from _behind(sight, clause, taken)
    yield from things(sight, clause, taken)


def _behind(sight: Sight, clause: str, taken: list[tuple[int, int]]) -> Iterator[Indicator]:
    """Counts that stand behind what is done: "… 02 đợt", "số lượng: 03 lớp", "tại 06 huyện"."""
    if sight.block.section == "purpose" or sight.block.zone == "head":
        return
    for found in islice(COUNTED_AFTER.finditer(clause), MOST):
        if any(found.start("n") < stop and begin < found.end("n") for begin, stop in taken):
            continue
        before = clause[: found.start()]
        if re.search(r"\b(?:mô hình|loại|cấp)\s*$", before):
            continue
        aside = found["amount"] or before.endswith("(")
        if not _DOING.search(before if aside else before[comma(before) :]):
            continue
        taken.append(found.span())
        begin = 0 if aside and found.start() < 260 else order_start(clause, found.start())
        target = Target(">=" if found["limit"] and found["limit"] != "khoảng" else "=", number(found["n"]))
        yield make(sight, begin, found.end(), *found.span("noun"), target, found["noun"], 0.7)
    for found in islice(AT_PLACES.finditer(clause), MOST):
        before = clause[: found.start()]
        if not _DOING.search(before[comma(before) :]) or _NO_PLACES.match(found["noun"]):
            continue
        for figure, noun in (("n", "noun"), ("m", "more")):
            if not found[figure] or any(
                found.start(figure) < stop and begin < found.end(figure) for begin, stop in taken
            ):
                continue
            taken.append(found.span(figure))
            begin = order_start(clause, found.start())
            target = Target(">=" if found["limit"] and found["limit"] != "khoảng" else "=", number(found[figure]))
            unit = " ".join(found[noun].split()[:4])
            yield make(sight, begin, found.end(), *found.span(noun), target, unit, 0.7)


_DOING: Final = re.compile(
    r"\b(?:kiểm tra|thanh tra|khảo sát|giám sát|thí điểm|triển khai|tập huấn|bồi dưỡng|tổ chức|"
    r"lắp đặt|xây dựng|thành lập|"
    r"duy trì|phun|lấy mẫu|mở|tuyên truyền|thực hiện|đối thoại|sửa chữa|cải tạo|hỗ trợ|dạy|trồng|phát|đăng|tiến hành|"
    r"kiểm nghiệm|biên soạn)\b"
)
_NO_PLACES: Final = re.compile(r"(?:điều|khoản|mục|phụ lục|điểm [a-zđ]\b|địa điểm cụ thể|giờ)\b")


def each_made(clause: str) -> Iterator[re.Match[str]]:
    """Every verb with a count; the noun of one may hold the next."""
    found = MADE.search(clause)
    while found:
        yield found
        found = MADE.search(clause, found.start("noun"))


def thing(noun: str) -> str:
    if measure := re.match(r"(?:km|ha|m2|m²|m³|tấn|mw|giường bệnh|giường)(?!\w)", noun.strip()):
        return measure[0]
    found = THING.match(noun.strip())
    return found["thing"] if found else noun.split()[0]


def noun_end(clause: str, start: int, end: int) -> int:
    """Where the name of a thing ends: before where, for whom and by when."""
    stop = re.search(
        r"\s(?:trên|tại|để|cho|nhằm|theo|đến|trước|trong|với|từ|phục vụ|của các|do)\s|\svà (?=\d)|"
        r"\s\(",
        clause[start:end],
    )
    cut = start + stop.start() if stop and stop.start() > 3 else end
    return cut - (len(clause[start:cut]) - len(clause[start:cut].rstrip(" .")))


def made_start(clause: str, at: int) -> int:
    """The clause's beginning where the thing stands near it, else the verb."""
    return 0 if at < 60 and not re.search(r"[,:]", clause[:at]) else at
