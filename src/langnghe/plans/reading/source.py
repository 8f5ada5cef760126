"""What a document is once its file format is gone: lines of text in their order, with their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from unicodedata import normalize


class ReadingError(Exception):
    """A document cannot be read; `message` says in Vietnamese why, and what to do; `code` names the cause."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading or table row as it stands in the document.

    text    its words; runs of white space as found, no line break. A table row joins its cells by " | "
    start   where it begins in `Source.text`
    page    page on which it stands, from 1; None where the format has no pages
    cells   the cells of a table row; () for running text
    header  the headings of the table's columns, as many as cells; () for running text
    table   number of the table, from 1; 0 for running text
    heading the format marks it as a heading, or the whole line is bold
    """

    text: str
    start: int
    page: int | None = None
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    table: int = 0
    heading: bool = False

    @property
    def end(self) -> int:
        """Where it ends in `Source.text`."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Source:
    """A document as lines. `text` is all lines joined by line breaks, and what every place refers to."""

    name: str
    format: str
    text: str
    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = field(default=())


def source_of(lines: Sequence[Line], *, name: str = "", format: str = "txt", warnings: Sequence[str] = ()) -> Source:
    """Put lines together into a document; their places are counted anew, their letters composed (NFC)."""
    placed: list[Line] = []
    at = 0
    for line in lines:
        text = normalize("NFC", line.text)
        placed.append(Line(text, at, line.page, line.cells, line.header, line.table, line.heading))
        at += len(text) + 1
    return Source(name, format, "\n".join(line.text for line in placed), tuple(placed), tuple(warnings))


def plain(text: str, *, name: str = "") -> Source:
    """A document of plain text: each line of the file is a line, empty ones left out; tabs part the cells of tables."""
    from langnghe.plans.reading.formats.tabbed import lines_of_text

    return source_of(lines_of_text(text.splitlines()), name=name)
