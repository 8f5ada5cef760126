"""The bodies a reader knows by name: a city's own list, or the packaged one. Found by their words, not by their "
"spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from langnghe.plans.reading.glyphs import View

_WORD: Final = re.compile(r"[^\W_]+")
# What counts as one word, and how it is written in the keys.
_JOINED: Final = {
    ("uy", "ban", "nhan", "dan"): "ubnd",
    ("hoi", "dong", "nhan", "dan"): "hdnd",
    ("mat", "tran", "to", "quoc"): "mttq",
    ("thanh", "pho"): "thanhpho",
    ("viet", "nam"): "vietnam",
    ("uy", "ban", "mttq"): "ubmttq",
}
# The level at the end of a name is never a mistyped place ("Đài … Bình Dương" is none of "tỉnh").
_LEVELS: Final = frozenset(("tinh", "thanhpho", "huyen", "quan"))
_SHORT: Final = {"tp": "thanhpho", "vn": "vietnam", "ubnn": "ubnd", "ubmt": "ubmttq"}
_LONGEST: Final = max(len(key) for key in _JOINED)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a view: its key for matching, its lower-case form, and its place; `first` is its first letter as "
    "found."""

    key: str
    low: str
    start: int
    end: int
    capital: bool
    upper: bool


def tokens(view: View) -> list[Token]:
    """The words of a text; what an abbreviation stands for is one word in both forms (UBND, Ủy ban nhân dân)."""
    bare, low, text = view.bare, view.low, view.text
    found: list[Token] = []
    for word in _WORD.finditer(bare):
        start, end = word.span()
        raw = text[view.raw(start) : view.raw(end - 1) + 1]
        key = word.group()
        found.append(Token(_SHORT.get(key, key), low[start:end], start, end, raw[:1].isupper(), raw.isupper()))
    return _join(found, bare, low)


def _join(found: list[Token], bare: str, low: str) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(found):
        for length in range(min(_LONGEST, len(found) - at), 1, -1):
            part = found[at : at + length]
            keys = tuple(one.key for one in part)
            name = _JOINED.get(keys) or _mistyped(keys)
            if name and bare[part[0].end : part[-1].start].strip(" ").count(" ") <= length:
                first, last = part[0], part[-1]
                out.append(Token(name, low[first.start : last.end], first.start, last.end, first.capital, first.upper))
                at += length
                break
        else:
            one = found[at]
            if out and one.key == "mttq" and out[-1].key in ("ub", "uyban"):
                before = out.pop()
                one = Token("ubmttq", before.low, before.start, one.end, before.capital, before.upper)
            out.append(one)
            at += 1
    return _fronts(out)


def _fronts(found: list[Token]) -> list[Token]:
    """ "Ủy ban MTTQ", "UB MTTQ" and "Ủy ban Mặt trận Tổ quốc" are one word."""
    out: list[Token] = []
    for one in found:
        if one.key == "mttq" and out:
            back = 2 if len(out) > 1 and (out[-2].key, out[-1].key) == ("uy", "ban") else int(out[-1].key == "ub")
            if back:
                first = out[-back]
                del out[-back:]
                out.append(Token("ubmttq", first.low, first.start, one.end, first.capital, first.upper))
                continue
            out.append(Token("ubmttq", one.low, one.start, one.end, one.capital, one.upper))
            continue
        out.append(one)
    return out


def _mistyped(keys: tuple[str, ...]) -> str | None:
    """A phrase with one faulty letter, as scans have it."""
    if len(keys) == 2 and keys[1] == "pho" and keys[0][:1] == "t" and near(keys[0], "thanh"):
        return "thanhpho"
    if len(keys) != 4 or keys[0] not in ("uy", "hoi", "mat"):
        return None
    for known, name in _JOINED.items():
        if len(known) == 4 and sum(a != b for a, b in zip(keys, known, strict=True)) == 1:
            if all(near(a, b) for a, b in zip(keys, known, strict=True)):
                return name
    return None


def near(one: str, other: str) -> bool:
    """Whether two words differ in at most one letter."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 3:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    cut = next((at for at, char in enumerate(short) if char != long[at]), len(short))
    return short[cut:] == long[cut + 1 :]


@dataclass(frozen=True, slots=True)
class Entry:
    """A body: the name the register uses, other spellings, and its kind (department, front, collective, …)."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class Home:
    """The city or province whose plans are read: its place name and the members of its levels."""

    place: str = ""
    unit: str = "Thành phố"
    districts: tuple[str, ...] = ("quận", "huyện", "thị xã")
    communes: tuple[str, ...] = ("xã", "phường", "thị trấn")


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    entry: Entry | None = None
    words: tuple[str, ...] = ()


class Gazetteer:
    """Bodies by name. `match` finds the longest name that begins at a word."""

    def __init__(self, entries: Iterable[Entry], *, home: Home | None = None) -> None:
        self.home = home or Home()
        self.entries = tuple(entries)
        self.names = frozenset(entry.name for entry in self.entries)
        self._root = _Node()
        self.short: dict[str, Entry] = {}
        self.portfolios: dict[str, Entry] = {}
        for entry in self.entries:
            for name in (entry.name, *entry.aliases):
                self._add(name, entry)
            if entry.kind in ("department", "ministry"):
                self._shorten(entry)

    @classmethod
    def from_json(cls, data: Any) -> Gazetteer:
        """From {"home": {…}, "entries": [{"name", "aliases", "kind"}]}; KeyError or TypeError where it is not that."""
        home = data.get("home") or {}
        return cls(
            [Entry(row["name"], tuple(row.get("aliases", ())), row.get("kind", "other")) for row in data["entries"]],
            home=Home(
                home.get("place", ""),
                home.get("unit", "Thành phố"),
                tuple(home.get("districts", Home().districts)),
                tuple(home.get("communes", Home().communes)),
            ),
        )

    def _add(self, name: str, entry: Entry) -> None:
        words = [token for token in tokens(View(name)) if token.key != "va"]
        if not words:
            return
        node = self._root
        for word in words:
            node = node.children.setdefault(word.key, _Node())
        if node.entry is None or node.entry.name != name:
            node.entry = entry
            node.words = tuple(word.low for word in words)

    def _shorten(self, entry: Entry) -> None:
        """ "TN&MT" and "TNMT" for the body's field; and the field without the kind of body."""
        head, _, rest = entry.name.partition(" ")
        words = [token for token in tokens(View(rest)) if token.key != "va"]
        short = "".join("".join(part[0] for part in _WORD.findall(token.key)) for token in words)
        if len(short) > 1:
            self.short.setdefault(f"{head.lower()} {short}", entry)
        self.portfolios.setdefault(" ".join((head.lower(), *(token.key for token in words))), entry)

    @property
    def starts(self) -> frozenset[str]:
        """The words with which a known name begins."""
        return frozenset(self._root.children)

    def match(self, found: Sequence[Token], at: int, gap: re.Pattern[str], bare: str) -> tuple[Entry, int] | None:
        """The longest name that begins at word `at`: the body and the number of words; one faulty word is forgiven."""
        exact = self._walk(found, at, gap, bare, 0)
        if exact is None and found[at].key in self._root.children and found[at].capital:
            return self._walk(found, at, gap, bare, 1)
        return exact

    def _walk(
        self, found: Sequence[Token], at: int, gap: re.Pattern[str], bare: str, faults: int
    ) -> tuple[Entry, int] | None:
        node, place, best = self._root, at, None
        depth = same = 0
        while place < len(found):
            token = found[place]
            if place > at and not gap.fullmatch(bare, found[place - 1].end, token.start):
                break
            after = node.children.get(token.key)
            if after is None and token.key == "va" and place > at:
                place += 1
                continue
            if after is None and faults and depth >= 1 and len(token.key) > 2:
                close = [key for key in node.children if key not in _LEVELS and len(key) > 2 and near(key, token.key)]
                after = node.children[close[0]] if len(close) == 1 else None
                faults -= 1
            if after is None:
                break
            node = after
            depth += 1
            same += 1
            place += 1
            if node.entry is not None and (depth > 1 or token.capital):
                if self._alike(node, found[at:place]):
                    best = node.entry, place - at
        return best

    def _alike(self, node: _Node, part: Sequence[Token]) -> bool:
        """Words without marks may agree by chance ("số tài chính"): half of them must agree with their marks."""
        words = [token.low for token in part if token.key != "va"]
        agree = sum(a == b for a, b in zip(words, node.words, strict=False))
        return agree * 2 >= len(node.words) and (words[0] == node.words[0] or part[0].capital)


@cache
def packaged() -> Gazetteer:
    """The list that comes with the program."""
    text = (files("langnghe.plans") / "data" / "bodies.json").read_text(encoding="utf-8")
    return Gazetteer.from_json(json.loads(text))
