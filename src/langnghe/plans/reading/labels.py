"""The labels of Vietnamese official documents: Phần, Chương, Mục, Điều, I., A., 1., 1.1., a), (1), -, +, *."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ROMAN: Final = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})$")
_ORDINALS: Final = ["nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười"]
LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
_NAMED: Final = re.compile(
    r"(?:\*{2})?(?P<word>PHẦN|Phần|CHƯƠNG|Chương|MỤC|Mục|ĐIỀU|Điều|KHOẢN|Khoản|NHIỆM VỤ|Nhiệm vụ)\s+"
    r"(?:(?:thứ|THỨ)\s+(?P<ordinal>[^\W\d_]{2,4})|(?P<roman>[IVX]{1,5})|(?P<number>\d{1,3}))\b(?P<stop>\s*[.:)\-–]?)\s*"
)
_NUMBER: Final = re.compile(r"(?P<label>\d{1,2}(?:\s?\.\s?\d{1,2}){0,4})\s?(?P<stop>[.)/]|\s-)(?!\d)\s*(?=\S|$)")
_DOTTED: Final = re.compile(r"(?P<label>\d{1,2}(?:\.\d{1,2}){1,4})\s+(?=[^\W\d])")
_PARENS: Final = re.compile(r"\((?P<label>\d{1,2}|[a-zđ]|[ivx]{1,5})\)\s*(?=\S)")
_LETTER: Final = re.compile(r"(?P<label>[a-zđ]\d?(?:\.\d{1,2})?)\s?(?P<stop>[).])\s*(?=\S)")
_CAPITAL: Final = re.compile(r"(?P<label>[IVX]{1,5}|[A-HĐ])\s?(?P<stop>[.)]|\s?[-–/](?=\s))\s*(?=\S|$)")
_BULLET: Final = re.compile(
    r"(?P<mark>[-–—−•●○▪■◦·+*✓➢►\uf0b7\uf0a7\uf02d\uf0d8\uf0fc])\s*(?P<inner>\d{1,2}\s?[-–])?\s*(?=\S)"
)
_MARKS: Final = {"-": "dash", "+": "plus", "*": "star"}
# Rank from the outside in, for what has not been seen in the document yet.
ORDER: Final = (
    "part chapter division capital roman article clause number dotted2 dotted3 dotted4 dotted5 job "
    "letter letter2 paren dash star plus dot"
).split()


@dataclass(frozen=True, slots=True)
class Label:
    """A label: as printed, its kind, its place in the sequence (0 where there is none), and its length in the line."""

    text: str
    kind: str
    number: int
    length: int


def roman(text: str) -> int:
    """The value of a Roman number up to 39; 0 if it is none."""
    if not _ROMAN.match(text) or not text:
        return 0
    values = [{"I": 1, "V": 5, "X": 10}[char] for char in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _named(line: str) -> Label | None:
    found = _NAMED.match(line)
    if not found:
        return None
    word = found["word"].lower()
    if word == "nhiệm vụ" and (not found["number"] or not found["stop"].strip()):
        return None
    if found["ordinal"]:
        ordinal = found["ordinal"].lower()
        number = _ORDINALS.index(ordinal) + 1 if ordinal in _ORDINALS else 0
    else:
        number = roman(found["roman"]) if found["roman"] else int(found["number"])
    if not number or (word in ("khoản", "mục", "điều") and not _ends_label(line, found)):
        return None
    kind = {"phần": "part", "chương": "chapter", "mục": "division", "điều": "article", "khoản": "clause"}.get(
        word, "job"
    )
    return Label(found.group().strip(" .:*-–"), kind, number, found.end())


def _ends_label(line: str, found: re.Match[str]) -> bool:
    """ "Điều 5 của Nghị định" is no label: after the number stands a mark, or a capital."""
    rest = line[found.end() :]
    return bool(found["stop"].strip()) or not rest or rest[0].isupper()


def _numbered(line: str) -> Label | None:
    found = _NUMBER.match(line) or _DOTTED.match(line)
    if not found:
        return None
    rest = line[found.end() :]
    if rest and rest[0].islower() and found.re is _DOTTED:
        return None
    parts = [part.strip() for part in found["label"].split(".")]
    kind = "number" if len(parts) == 1 else f"dotted{len(parts)}"
    if (
        len(parts) == 1
        and found.re is _NUMBER
        and found["stop"] == "/"
        and not (rest[:1].isupper() and line[found.end() - 1].isspace())
    ):
        return None
    return Label(".".join(parts), kind, int(parts[-1]), found.end())


def label_of(line: str) -> Label | None:
    """The label at the beginning of a line; None if it begins with words."""
    stars = len(line) - len(line.lstrip("*_"))
    if stars and not line[stars : stars + 1].isspace():
        inner = label_of(line[stars:])
        return Label(inner.text, inner.kind, inner.number, inner.length + stars) if inner else None
    named = _named(line)
    if named:
        return named
    found = _CAPITAL.match(line)
    if found:
        number = roman(found["label"])
        if number:
            return Label(found["label"], "roman", number, found.end())
        return Label(found["label"], "capital", "ABCDĐEGH".find(found["label"]) + 1, found.end())
    numbered = _numbered(line)
    if numbered:
        return numbered
    found = _PARENS.match(line)
    if found:
        text = found["label"]
        number = int(text) if text.isdigit() else roman(text.upper()) or LETTERS.find(text) + 1
        return Label(text, "paren", number, found.end())
    found = _LETTER.match(line)
    if found:
        letter = found["label"]
        if len(letter) == 1 or letter[1:].replace(".", "").isdigit():
            return Label(letter, "letter" if len(letter) == 1 else "letter2", LETTERS.find(letter[0]) + 1, found.end())
    return _bullet(line)


def _bullet(line: str) -> Label | None:
    found = _BULLET.match(line)
    if not found:
        return None
    mark = "-" if found["mark"] in "-–—−" else found["mark"]
    if mark == "*" and line.startswith("**"):
        return None
    kind = _MARKS.get(mark, "dot")
    return Label(mark if kind != "dot" else "•", kind, 0, found.end())
