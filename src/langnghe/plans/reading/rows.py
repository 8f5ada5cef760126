"""A row of a task table is a task."""

from __future__ import annotations

import re
from typing import Final

from langnghe.plans.reading import duties, terms
from langnghe.plans.reading.bodies import Bodies, Reading
from langnghe.plans.reading.drafts import Draft, Governor
from langnghe.plans.reading.forms import cell_places
from langnghe.plans.reading.glyphs import bare
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.terms import Calendar

_NUMBERING: Final = re.compile(r"[\s*]*(?:[IVX]+|[A-HĐ])[.)]?[\s*]*$")
_NOTHING: Final = re.compile(r"[\s\-–.*/]*$|(?:nt|như trên|\"|'')\s*$", re.IGNORECASE)


def row_draft(
    block: Block,
    columns: dict[str, int],
    bodies: Bodies,
    calendar: Calendar,
    above: Draft | None,
    governor: Governor | None,
) -> Draft | None:
    """The task of a row; None for a row that only names a group, or numbers the columns. An empty cell repeats the "
    "one above."""
    cells = block.line.cells
    content = _cell(cells, columns, "content")
    if not content or re.fullmatch(r"[\W\d]*", content) or _group(cells, columns):
        return None
    reading = bodies.reading(block.view)
    places = _places(block)
    start, end = places[columns["content"]]
    draft = Draft(block, reading, start, end, None, governor, None)
    draft.form = True
    _who(draft, columns, places, cells, above)
    _time(draft, columns, places, cells, calendar, above)
    if not draft.leads:
        own = duties.ordered(reading, start, end)
        draft.duty = own
    return draft


def _cell(cells: tuple[str, ...], columns: dict[str, int], key: str) -> str:
    at = columns.get(key, -1)
    return cells[at].strip() if 0 <= at < len(cells) else ""


def _group(cells: tuple[str, ...], columns: dict[str, int]) -> bool:
    """A row with one text alone, or with a Roman number and nobody named, is a heading within the table."""
    texts = {
        cell.strip() for cell in cells if cell.strip() and not re.fullmatch(r"[\dIVXivxa-hđ.()\s*]{1,6}", cell.strip())
    }
    others = [key for key in ("lead", "coop", "time", "product") if _cell(cells, columns, key)]
    if len(texts) <= 1:
        number = _cell(cells, columns, "number")
        same = len({cell.strip() for cell in cells}) == 1
        return (
            same
            or bool(_NUMBERING.fullmatch(number))
            or not re.search(r"\d", number)
            or not _closed(next(iter(texts), ""))
        )
    return not others and bool(_NUMBERING.fullmatch(_cell(cells, columns, "number")))


def _closed(text: str) -> bool:
    return text.rstrip(" *").endswith((".", ";"))


def _places(block: Block) -> list[tuple[int, int]]:
    """Where each cell stands in the row's view."""
    view = block.view
    raw = [view.raw(at) for at in range(len(view.low) + 1)]
    out: list[tuple[int, int]] = []
    for start, cell in zip(cell_places(block.line.cells), block.line.cells, strict=True):
        out.append((_first(raw, start), _first(raw, start + len(cell))))
    return out


def _first(raw: list[int], place: int) -> int:
    low, high = 0, len(raw) - 1
    while low < high:
        middle = (low + high) // 2
        if raw[middle] < place:
            low = middle + 1
        else:
            high = middle
    return low


def _who(
    draft: Draft, columns: dict[str, int], places: list[tuple[int, int]], cells: tuple[str, ...], above: Draft | None
) -> None:
    for key in ("lead", "coop"):
        text = _cell(cells, columns, key)
        if text and not _NOTHING.match(text):
            start, end = places[columns[key]]
            leads, helpers = duties.named(draft.reading, start, end)
            draft.fill_who(key, leads, helpers, draft.block, (start, end))
        elif key == "lead" and (other := _other_body(draft, columns, places, cells)):
            leads, _ = duties.named(draft.reading, *other)
            draft.fill_who(key, leads, [], draft.block, other)
            draft.sure = 0.75
        elif key == "lead" and "lead" in columns and above is not None and above.leads:
            draft.leads, draft.helpers = list(above.leads), []
            draft.who_block, draft.who_place = above.who_block, above.who_place
            draft.sure = 0.7
            draft.doubts.append("Ô cơ quan chủ trì để trống, lấy theo dòng trên.")


_OF_BODIES: Final = re.compile(r"\b(?:co quan|don vi|trach nhiem|thuc hien|phu trach)\b")


def _other_body(
    draft: Draft, columns: dict[str, int], places: list[tuple[int, int]], cells: tuple[str, ...]
) -> tuple[int, int] | None:
    """The place of the one body of a row whose cell for the lead is empty, in another column of bodies."""
    if "lead" not in columns or _cell(cells, columns, "coop"):
        return None
    for at, title in enumerate(draft.block.line.header[: len(cells)]):
        text = cells[at].strip()
        if at in columns.values() or not text or _NOTHING.match(text) or not _OF_BODIES.search(bare(title)):
            continue
        return places[at]
    return None


def _time(
    draft: Draft,
    columns: dict[str, int],
    places: list[tuple[int, int]],
    cells: tuple[str, ...],
    calendar: Calendar,
    above: Draft | None,
) -> None:
    text = _cell(cells, columns, "time")
    if "time" in columns and text and not _NOTHING.match(text):
        start, end = places[columns["time"]]
        found = terms.phrases(draft.reading.view, calendar, field=True)
        draft.phrase = terms.chosen(one for one in found if start <= one.start < end)
    if draft.phrase is None:
        draft.phrase = _own(draft, calendar, places[columns["content"]])
    if draft.phrase is not None:
        draft.term_block = draft.block
    elif not text and columns.get("time", 99) < columns["content"] and above is not None and above.phrase is not None:
        # A table ordered by its terms: what stands without one belongs to the term above.
        draft.phrase, draft.term_block = above.phrase, above.term_block
        draft.inherits = above.inherits or above.block
        draft.doubts.append("Ô thời gian để trống, lấy theo dòng trên.")


def _own(draft: Draft, calendar: Calendar, place: tuple[int, int]) -> terms.Phrase | None:
    """A term within the row's content."""
    reading: Reading = draft.reading
    found = terms.phrases(reading.view, calendar)
    return terms.chosen(one for one in found if one.explicit and place[0] <= one.start < place[1])
