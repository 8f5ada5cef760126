"""A text as the scanner sees it: folded, without tricks, and with the way back to every original position."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from langnghe.texts import is_invisible

_DASHES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc")
_DOTS: Final = frozenset("\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb\u3002\u0387")
_WORD: Final = re.compile(r"[a-z]+|[0-9]+|[^\W\d_]+")
SPACE: Final = " "
LINE: Final = "\n"
PARAGRAPH: Final = "\v"


@lru_cache(maxsize=4096)
def _pieces(char: str) -> tuple[tuple[str, str], ...]:
    """What one character stands for: pairs of a base letter and its marks. Full-width forms become ordinary ones."""
    if char in _DASHES:
        return (("-", ""),)
    if char in _DOTS:
        return ((".", ""),)
    pieces: list[tuple[str, str]] = []
    for part in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", char)):
        category = unicodedata.category(part)
        if category in ("Mn", "Me"):
            if pieces:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + part)
        elif category == "Nd":
            pieces.append((str(unicodedata.decimal(part)), ""))
        elif part.isspace() or category in ("Zs", "Cc"):
            pieces.append((SPACE, ""))
        elif not is_invisible(part):
            pieces.append((part, ""))
    return tuple(pieces)


@lru_cache(maxsize=16384)
def _letter(base: str, marks: str) -> tuple[str, str, str]:
    """Folded, marked (lower case) and cased form of one letter, each exactly one character."""
    composed = unicodedata.normalize("NFC", base + marks)
    cased = composed if len(composed) == 1 else base
    marked = cased.lower()
    if len(marked) != 1:
        marked = base.lower()[:1]
    plain = {"đ": "d", "Đ": "d"}.get(base) or base.lower()[:1]
    return plain, marked, cased


@dataclass(slots=True, frozen=True)
class Token:
    """A word or a number of the text: its place in the view and what it looks like."""

    start: int
    end: int
    folded: str
    marked: str
    cap: bool  # begins with a capital letter
    caps: bool  # capital letters only
    digits: bool
    bare: bool  # typed without any mark


@dataclass(frozen=True)
class View:
    """Three strings of one length (folded, marked in lower case, cased) and the original place of each character.

    A run of white space is one character: a space, LINE when it holds a line break, PARAGRAPH when it holds several.
    Characters that take no room belong to the character before them.
    """

    text: str
    folded: str
    marked: str
    cased: str
    starts: list[int] = field(repr=False)
    ends: list[int] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original positions of view[start:end]; start < end."""
        return self.starts[start], self.ends[end - 1]

    @cached_property
    def tokens(self) -> list[Token]:
        """Words (letters only) and numbers in order."""
        found: list[Token] = []
        for match in _WORD.finditer(self.folded):
            start, end = match.span()
            cased, folded, marked = self.cased[start:end], match.group(), self.marked[start:end]
            digits = "0" <= folded[0] <= "9"
            cap = cased[0].isupper()
            found.append(Token(start, end, folded, marked, cap, cap and cased.isupper(), digits, folded == marked))
        return found

    def gap(self, index: int) -> str:
        """What stands between token `index` and the next one."""
        return self.folded[self.tokens[index].end : self.tokens[index + 1].start]

    @cached_property
    def _marked_before(self) -> list[int]:
        counts = [0]
        for token in self.tokens:
            counts.append(counts[-1] + (not token.bare))
        return counts

    def bare_around(self, index: int, reach: int = 5) -> bool:
        """True when the words around a token were typed without marks, so that a word may stand for a marked one."""
        low, high = max(0, index - reach), min(len(self.tokens), index + reach + 1)
        return self._marked_before[high] == self._marked_before[low]

    @cached_property
    def caps_runs(self) -> list[int]:
        """For each token the length of the run of all-capital words (two letters or more) around it, 0 outside."""
        lengths = [0] * len(self.tokens)
        start = 0
        while start < len(self.tokens):
            end = start
            while end < len(self.tokens) and self.tokens[end].caps:
                end += 1
            for index in range(start, end):
                lengths[index] = end - start
            start = max(end, start + 1)
        return lengths

    @cached_property
    def caseless(self) -> bool:
        """True when the text has hardly any capital letter: its author does not use them."""
        letters = [token for token in self.tokens if not token.digits]
        return sum(token.cap for token in letters) * 40 <= len(letters)


def view_of(text: str) -> View:
    """Build the view of a text; never fails, whatever the text holds. Linear in its length."""
    folded: list[str] = []
    marked: list[str] = []
    cased: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last_base, last_marks, lines = "", "", 0
    for position, char in enumerate(text):
        category = unicodedata.category(char) if char > "\x7f" else ""
        if category in ("Mn", "Me") or (category and is_invisible(char)):
            if folded:
                ends[-1] = position + 1
                if category != "Cf" and folded[-1] not in " \n\v":
                    last_marks += char
                    folded[-1], marked[-1], cased[-1] = _letter(last_base, last_marks[:8])
            continue
        if char.isspace() or category == "Zs" or char < " ":
            breaks = char in "\n\r\v\f\x85\u2028\u2029"
            lines = lines + breaks if folded and folded[-1] in " \n\v" else int(breaks)
            if char == "\n" and position and text[position - 1] == "\r":
                lines -= 1
            sign = PARAGRAPH if lines > 1 else LINE if lines == 1 else SPACE
            if folded and folded[-1] in " \n\v":
                folded[-1] = marked[-1] = cased[-1] = sign
                ends[-1] = position + 1
            else:
                for target in (folded, marked, cased):
                    target.append(sign)
                starts.append(position)
                ends.append(position + 1)
            continue
        for base, marks in _pieces(char):
            if base == SPACE:
                continue
            last_base, last_marks = base, marks
            plain, low, own = _letter(base, marks)
            folded.append(plain)
            marked.append(low)
            cased.append(own)
            starts.append(position)
            ends.append(position + 1)
    return View(text, "".join(folded), "".join(marked), "".join(cased), starts, ends)
