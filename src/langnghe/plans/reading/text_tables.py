"""Tables that came as plain text: rows with "|" between their cells, or one cell a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from langnghe.plans.reading.forms import columns
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.source import Line
from langnghe.plans.reading.terms import Calendar, phrases

_FIRST: Final = re.compile(r"(?i)\W*(?:stt|tt|số tt|số thứ tự|#)\W*$")
_NUMBER: Final = re.compile(r"[\s*(]*(?P<number>\d{1,3}(?:\.\d{1,2})?|[IVX]{1,5}|[A-HĐ]|[a-zđ](?=[.)]))[.)\s*]*$")
_GROUP: Final = re.compile(r"(?P<number>[IVX]{1,5}|\d{1,2}|[A-HĐ])[.)]?\s+(?P<words>\S.*)")
_WHO: Final = re.compile(
    r"(?i)\W*(?:các |sở|ubnd|ủy ban|uỷ ban|hđnd|văn phòng|vp |công an|ban |cục|chi cục|đài|báo |hội|hiệp hội|"
    r"liên đoàn|liên minh|đoàn|"
    r"tỉnh đoàn|thành đoàn|phòng|trung tâm|thanh tra|bộ |cơ quan|đơn vị|ngân hàng|kho bạc|bảo hiểm|trường|tổ |"
    r"mttq|mặt trận|cổng|thành ủy|tỉnh ủy|viện|tòa án|bưu điện|công ty|công chức|trạm|đội)"
)
_WHEN: Final = re.compile(r"(?i)thường xuyên|khi có|theo |sau khi|ngay|định kỳ|đột xuất")
_ENDS: Final = re.compile(r"(?i)\W*(?:nơi nhận|phụ lục|biểu (?:số|mẫu)|(?:[IVX]{1,5}|\d{1,2})\.\s+\S)")
_DASHES: Final = re.compile(r"[|\s:]*-{2,}[|\s:-]*")
_ORNAMENT: Final = re.compile(r"[*_~=|\s]{2,}")
_LONGEST_ROW: Final = 40
_HEADER: Final = 9


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a document, or the row of a table that several lines are; `pieces` as a block has them."""

    line: Line
    pieces: list[tuple[int, int]] = field(default_factory=list)


def rows(lines: Sequence[Line]) -> list[Row]:
    """The lines of a document, with the rows of tables put together."""
    out: list[Row] = []
    header: tuple[str, ...] = ()
    number = max((line.table for line in lines), default=0)
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.cells:
            out.append(Row(line, [(0, line.start)]))
            at += 1
            continue
        cells = _cells(line)
        if _ORNAMENT.fullmatch(line.text) or cells and all(_DASHES.fullmatch(text) for text, _ in cells):
            at += 1
            continue
        if _heads(cells):
            header = tuple(text for text, _ in cells)
            number += 1
            # The headings may stand in one row, and every cell below on a line of its own.
            begin = next((row for row in range(at + 1, len(lines)) if not _DASHES.fullmatch(lines[row].text)), at)
            found, after = _by_lines(lines, begin, number, cells)
            if found:
                out.extend(found)
                at, header = after, ()
                continue
        if header and len(cells) > 1:
            out.append(_row(cells, header, number))
            at += 1
            continue
        group = _GROUP.match(line.text) if header and len(line.text) < 150 else None
        if group and at + 1 < len(lines) and len(_cells(lines[at + 1])) > 1:
            # A line between rows names the group that follows.
            begin = line.start + group.start("words")
            out.append(_row([(group["number"], line.start), (group["words"], begin)], header, number))
            at += 1
            continue
        header = ()
        if _FIRST.match(line.text):
            number += 1
            found, after = _by_lines(lines, at, number)
            if found:
                out.extend(found)
                at = after
                continue
        out.append(Row(line, [(0, line.start)]))
        at += 1
    return out


def _cells(line: Line) -> list[tuple[str, int]]:
    """The cells of a row whose cells "|" parts, with their places."""
    if line.text.count("|") < 2:
        return []
    cells: list[tuple[str, int]] = []
    at = 0
    for part in line.text.split("|"):
        cells.append((part.strip(), line.start + at + len(part) - len(part.lstrip())))
        at += len(part) + 1
    if not cells[0][0] and line.text.startswith("|"):
        cells = cells[1:]
    return cells[:-1] if cells and not cells[-1][0] and line.text.startswith("|") else cells


def _heads(cells: Sequence[tuple[str, int]]) -> bool:
    """Whether cells are the headings of columns."""
    texts = [text for text, _ in cells]
    if len(texts) < 3 or _NUMBER.match(texts[0]) or any(len(text) > 60 for text in texts):
        return False
    return bool(_FIRST.match(texts[0]) or columns(texts) and not any(text.endswith((".", ";")) for text in texts))


def _row(cells: Sequence[tuple[str, int]], header: tuple[str, ...], table: int) -> Row:
    """A row as tables of other formats have it: as many cells as headings."""
    whole = list(cells[: len(header)])
    whole += [("", whole[-1][1])] * (len(header) - len(whole))
    at, pieces = 0, []
    for text, start in whole:
        pieces.append((at, start))
        at += len(text) + 3
    texts = tuple(text for text, _ in whole)
    line = Line(" | ".join(texts), whole[0][1], None, texts, header, table)
    return Row(line, pieces)


def _by_lines(
    lines: Sequence[Line], at: int, table: int, before: Sequence[tuple[str, int]] = ()
) -> tuple[list[Row], int]:
    """The rows of a table that has every cell on a line of its own; the headings begin at `at`, or go on there."""
    end = at if before else at + 1
    while end < len(lines) and end - at <= _HEADER and not _NUMBER.match(lines[end].text):
        end += 1
    headings = [*before, *((line.text.strip(" *"), line.start) for line in lines[at:end])]
    header = tuple(text for text, _ in headings)
    if not 3 <= len(header) <= _HEADER or end >= len(lines) or not columns(header):
        return [], at
    found = [_row(headings, header, table)]
    # "(1) (2) (3)" under the headings numbers the columns.
    while end < len(lines) and re.fullmatch(r"\(\d\)", lines[end].text.strip()):
        end += 1
    keys = {place: key for key, place in columns(header).items()}
    expected = 1
    while end < len(lines) and (begins := _NUMBER.match(lines[end].text)):
        figure = begins["number"]
        if figure.isdigit() and int(figure) not in (expected, 1):
            break
        expected = int(figure) + 1 if figure.isdigit() else expected
        stop = end + 1
        while stop < len(lines) and not _begins_row(lines[stop], expected) and stop - end < _LONGEST_ROW:
            if _ENDS.match(lines[stop].text) or lines[stop].cells:
                break
            stop += 1
        if stop - end < 2:
            break
        found.append(_row(_aligned(lines[end:stop], keys, len(header)), header, table))
        end = stop
    return (found, end) if len(found) > 1 else ([], at)


def _begins_row(line: Line, expected: int) -> bool:
    found = _NUMBER.match(line.text)
    if not found:
        return False
    return not found["number"].isdigit() or int(found["number"]) in (expected, 1)


def _aligned(lines: Sequence[Line], keys: dict[int, str], width: int) -> list[tuple[str, int]]:
    """The lines of one row given to its columns in their order, so that each fits its column best."""
    texts = [line.text.strip(" *") for line in lines[1:]]
    if len(texts) == width - 1:
        return [
            (lines[0].text.strip(" *"), lines[0].start),
            *((line.text.strip(" *"), line.start) for line in lines[1:]),
        ]
    worst = float("-inf")
    # best[c]: the best way to place the lines so far with the last one in column c, and how.
    best: list[tuple[float, tuple[int, ...]]] = [(worst, ())] * width
    best[0] = (0.0, ())
    for at, text in enumerate(texts):
        new: list[tuple[float, tuple[int, ...]]] = [(worst, ())] * width
        for column in range(1, width):
            fit = _fits(text, keys.get(column, ""), at)
            for before in range(0 if at == 0 else 1, column + 1):
                value, way = best[before]
                value += fit - (0.4 if before == column and at else 0.0) - 0.1 * max(0, column - before - 1)
                if value > new[column][0]:
                    new[column] = (value, (*way, column))
        best = new
    _, way = max(best, key=lambda one: one[0])
    cells: list[tuple[str, int]] = [(lines[0].text.strip(" *"), lines[0].start)]
    for column in range(1, width):
        own = [at for at, place in enumerate(way) if place == column]
        start = lines[own[0] + 1].start if own else cells[-1][1]
        cells.append((" ".join(texts[at] for at in own), start))
    return cells


def _fits(text: str, key: str, at: int) -> float:
    """How well a line fits a column."""
    if at == 0:
        return 2.0 if key == "content" else 0.0
    who = bool(_WHO.match(text))
    when = len(text) < 60 and bool(phrases(View(text), Calendar(2000), field=True) or _WHEN.match(text))
    if key in ("lead", "coop"):
        return 1.5 if who and not when else -1.0
    if key == "time":
        return 1.5 if when and not who else -1.0
    if key == "content":
        return 0.3 if not who and not when else -0.5
    return 0.2 if not when else -0.3
