"""Finds ruled tables on a page: lines that cross make a grid; where a line is missing, cells are merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from langnghe.plans.reading.formats.layout import Box, Word, cell_of
from langnghe.plans.reading.formats.tables import Cell, Grid

NEAR = 3.0
MOST_RULES = 6_000
MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line: `at` is its y (or x), `low` to `high` its reach."""

    at: float
    low: float
    high: float


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces of one line put together: they are level with each other and meet."""
    done: list[Rule] = []
    level: list[Rule] = []

    def close() -> None:
        last: Rule | None = None
        for rule in sorted(level, key=lambda one: one.low):
            if last is not None and rule.low <= last.high + NEAR:
                last = Rule(last.at, last.low, max(last.high, rule.high))
                done[-1] = last
            else:
                last = rule
                done.append(rule)
        level.clear()

    for rule in sorted(rules, key=lambda one: one.at):
        if level and rule.at - level[0].at > NEAR:
            close()
        level.append(rule)
    close()
    return done


def _edges(values: Sequence[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > NEAR:
            edges.append(value)
    return edges


def _groups(flat: Sequence[Rule], upright: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that touch each other, as groups."""
    parent = list(range(len(flat) + len(upright)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    order = sorted(range(len(flat)), key=lambda index: flat[index].at)
    levels = [flat[index].at for index in order]
    for number, rule in enumerate(upright):
        first = bisect_right(levels, rule.low - NEAR)
        for index in order[first : bisect_right(levels, rule.high + NEAR)]:
            if flat[index].low - NEAR <= rule.at <= flat[index].high + NEAR:
                parent[root(index)] = root(len(flat) + number)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index in range(len(flat) + len(upright)):
        group = groups.setdefault(root(index), ([], []))
        if index < len(flat):
            group[0].append(flat[index])
        else:
            group[1].append(upright[index - len(flat)])
    return list(groups.values())


def _covers(rules: Sequence[Rule], at: float, middle: float) -> bool:
    return any(abs(rule.at - at) <= NEAR and rule.low - NEAR < middle < rule.high + NEAR for rule in rules)


def _grid(xs: list[float], ys: list[float], flat: Sequence[Rule], upright: Sequence[Rule]) -> list[list[int]]:
    """For each field of the grid the number of its cell; fields without a line between them share one."""
    columns, rows = len(xs) - 1, len(ys) - 1
    owner = [[row * columns + column for column in range(columns)] for row in range(rows)]
    for row in range(rows):
        middle = (ys[row] + ys[row + 1]) / 2
        near = [rule for rule in upright if rule.low - NEAR < middle < rule.high + NEAR]
        for column in range(1, columns):
            if not any(abs(rule.at - xs[column]) <= NEAR for rule in near):
                owner[row][column] = owner[row][column - 1]
    for row in range(1, rows):
        near = [rule for rule in flat if abs(rule.at - ys[row]) <= NEAR]
        for column in range(columns):
            middle = (xs[column] + xs[column + 1]) / 2
            if not _covers(near, ys[row], middle):
                owner[row][column] = owner[row - 1][column]
    return owner


def boxes_of(flat: Sequence[Rule], upright: Sequence[Rule], words: list[Word]) -> tuple[list[Box], list[Word]]:
    """The tables that the rules make, filled with the words inside them, and the words outside."""
    if not flat or not upright or len(flat) + len(upright) > MOST_RULES:
        return [], words
    boxes: list[Box] = []
    for across, down in _groups(_merged(flat), _merged(upright)):
        xs, ys = _edges([rule.at for rule in down]), _edges([rule.at for rule in across])
        if len(xs) < 3 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > MOST_CELLS or len(xs) > 40:
            continue
        inside = [
            word
            for word in words
            if xs[0] - NEAR < (word.x0 + word.x1) / 2 < xs[-1] + NEAR
            and ys[0] - NEAR < (word.top + word.bottom) / 2 < ys[-1] + NEAR
        ]
        if not inside:
            continue
        taken = {id(word) for word in inside}
        words = [word for word in words if id(word) not in taken]
        owner = _grid(xs, ys, across, down)
        content: dict[int, list[Word]] = {}
        right: dict[int, float] = {}
        for row in owner:
            for column, number in enumerate(row):
                right[number] = max(right.get(number, 0.0), xs[column + 1])
        for word in inside:
            row_at = min(max(bisect_right(ys, (word.top + word.bottom) / 2) - 1, 0), len(ys) - 2)
            column_at = min(max(bisect_right(xs, (word.x0 + word.x1) / 2) - 1, 0), len(xs) - 2)
            content.setdefault(owner[row_at][column_at], []).append(word)
        cells = {number: cell_of(content.get(number, ()), right[number]) for number in right}
        grid: Grid = [[cells.get(number, Cell()) for number in row] for row in owner]
        boxes.append(Box(grid, ys[0], ys[-1], tuple(round(x / 6) for x in xs)))
    return boxes, words
