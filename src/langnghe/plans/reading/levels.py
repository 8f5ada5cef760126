"""Bodies that every level has (UBND, HĐND, MTTQ, chính quyền), and how a document calls the levels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from langnghe.plans.reading.gazetteer import Home, Token

HEADS: Final = {"ubnd": "UBND", "hdnd": "HĐND", "ubmttq": "Ủy ban MTTQ Việt Nam"}
_UNITS: Final = (
    (("thi", "xa"), "thị xã", "district"),
    (("thi", "tran"), "thị trấn", "commune"),
    (("dac", "khu"), "đặc khu", "commune"),
    (("thanhpho",), "thành phố", "district"),
    (("quan",), "quận", "district"),
    (("huyen",), "huyện", "district"),
    (("phuong",), "phường", "commune"),
    (("xa",), "xã", "commune"),
)
# "các huyện, thành, thị": shortened after the first.
_CLIPPED: Final = ((("thanh",), "thành phố", "district"), (("thi",), "thị xã", "district"))
OFFICES: Final = (
    (("van", "phong"), "Văn phòng"),
    (("vp",), "Văn phòng"),
    (("dang", "uy"), "Đảng ủy"),
    (("ban", "can", "su", "dang"), "Ban Cán sự Đảng"),
    (("thuong", "truc"), "Thường trực"),
    (("ban", "thuong", "truc"), ""),
)
STARTS: Final = frozenset((*HEADS, "chinh", "cac", *(keys[0] for keys, _ in OFFICES)))
_DISTRICTS: Final = ("huyện", "thị xã", "thành phố")
_COMMUNES: Final = ("xã", "phường", "thị trấn")
_BETWEEN: Final = re.compile(r"[\s,;/\-.)]{1,3}")
_CLOSE: Final = re.compile(r"[\s.)]{1,3}")


@dataclass(slots=True)
class Style:
    """What a document calls the bodies below the city or province."""

    home: Home = field(default_factory=Home)
    own: bool = True
    districts: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    without_districts: bool = False
    central: bool = False
    """Whether a ministry or the Government issued the document."""
    seat: str = ""
    """The kind of place that issued the document, where it is below the province: "huyện", "phường"."""

    def district(self, members: Sequence[str] = ()) -> str:
        """ "các quận, huyện, thị xã" as the register has it: the home's own list, or what the document says."""
        if self.own and set(members) <= set(self.home.districts):
            # "các quận" alone, or "các huyện, thị xã", are not all of them.
            whole = not members or {"quận", "huyện"} <= set(members) or "quận" not in self.home.districts
            return _all_of(self.home.districts if whole else members)
        if members and not set(members) <= set(self.districts):
            return _all_of(members)
        return _all_of(self.districts or members or _DISTRICTS)

    def commune(self, members: Sequence[str] = ()) -> str:
        """ "các xã, phường, thị trấn" as the register has it; since July 2025 there are no townships."""
        if self.without_districts or "đặc khu" in members:
            special = "đặc khu" in (*members, *(self.communes if not members else ()))
            return _all_of(("xã", "phường", "đặc khu") if special else ("xã", "phường"))
        if self.own:
            whole = not members or len(members) > 1 and "phường" in members
            return _all_of(self.home.communes if whole else members)
        named = self.communes if len(self.communes) > len(members) else members
        if not named:
            return _all_of(_COMMUNES)
        return _all_of([one for one in _COMMUNES if one in named])


def _all_of(members: Sequence[str]) -> str:
    return "các " + ", ".join(members)


@dataclass(frozen=True, slots=True)
class Level:
    """A body of a level: its names, the word after it."""

    names: tuple[str, ...]
    last: int
    collective: bool = False


def read(tokens: Sequence[Token], at: int, bare: str, style: Style, place: Sequence[str]) -> Level | None:
    """The body of a level that begins at a word."""
    if at >= len(tokens):
        return None
    key = tokens[at].key
    heads, after = _heads(tokens, at)
    if heads:
        skip = after + (after < len(tokens) and tokens[after].key == "vietnam")
        found = _which(tokens, skip, bare, style, place)
        if found is None:
            if key == "ubmttq" and not _small(tokens, at):
                return Level((f"{heads[0]} {style.seat or (style.home.unit if style.own else 'tỉnh')}",), skip)
            return None
        parts, last, collective = found
        return Level(tuple(f"{head} {part}" for head in heads for part in parts), last, collective)
    if key == "chinh" and at + 2 < len(tokens) and tokens[at + 1].key == "quyen":
        found = _which(tokens, at + 2, bare, style, place)
        if found and found[2]:
            return Level(tuple(f"UBND {part}" for part in found[0]), found[1], True)
    if key == "cac":
        kinds, last = members(tokens, at + 1, bare)
        if len(kinds) > 1:
            return Level(tuple(f"UBND {part}" for part in levels_of(kinds, style)), last, True)
    return None


def _heads(tokens: Sequence[Token], at: int) -> tuple[list[str], int]:
    """ "HĐND và UBND" share their level."""
    heads: list[str] = []
    place = at
    while place < len(tokens) and tokens[place].key in HEADS:
        heads.append(HEADS[tokens[place].key])
        place += 1
        if place + 1 < len(tokens) and tokens[place].key == "va" and tokens[place + 1].key in HEADS:
            place += 1
    return heads, place


def _small(tokens: Sequence[Token], at: int) -> bool:
    return not tokens[at].capital


def _which(
    tokens: Sequence[Token], at: int, bare: str, style: Style, place: Sequence[str]
) -> tuple[list[str], int, bool] | None:
    """The level named from a word on: how the register writes it, the word after it, whether it means many bodies."""
    if at >= len(tokens) or (at and not _CLOSE.fullmatch(bare, tokens[at - 1].end, tokens[at].start)):
        return None
    if tokens[at].key == "cac" and at + 1 < len(tokens) and tokens[at + 1].key == "cap":
        return ["các cấp"], at + 2, True
    if tokens[at].key == "cap":
        return _and_more(_ranks(tokens, at, style), tokens, bare)
    if tokens[at].key == "cung" and at + 1 < len(tokens) and tokens[at + 1].key == "cap":
        return ["cùng cấp"], at + 2, True
    if tokens[at].key == "tinh":
        return ["tỉnh"], _skip_name(tokens, at + 1, bare, 4), False
    article = tokens[at].key == "cac"
    if article and at + 1 < len(tokens) and tokens[at + 1].key == "tinh":
        return _provinces(tokens, at + 2)
    kinds, last = members(tokens, at + article, bare)
    if not kinds:
        return None
    if len(kinds) == 1 and not article:
        return _single(tokens, at, last, bare, kinds[0], style, place)
    names = levels_of(kinds, style)
    rank = _ranks(tokens, last, style) if last < len(tokens) and tokens[last].key == "cap" else None
    return names, rank[1] if rank else last, True


def _provinces(tokens: Sequence[Token], at: int) -> tuple[list[str], int, bool]:
    """ "các tỉnh, thành phố trực thuộc trung ương", the words after "các tỉnh"."""
    place = at + (at < len(tokens) and tokens[at].key == "va")
    if place >= len(tokens) or tokens[place].key != "thanhpho":
        return ["các tỉnh"], at, True
    central = [token.key for token in tokens[place + 1 : place + 5]] == ["truc", "thuoc", "trung", "uong"]
    return ["các tỉnh, thành phố trực thuộc trung ương"], place + (5 if central else 1), True


def levels_of(members: Sequence[str], style: Style) -> list[str]:
    """The register's names for a list of kinds of places."""
    ranks = {name: rank for _, name, rank in _UNITS}
    districts = [one for one in members if ranks[one] == "district"]
    communes = [one for one in members if ranks[one] == "commune"]
    return [*([style.district(districts)] if districts else []), *([style.commune(communes)] if communes else [])]


def _ranks(tokens: Sequence[Token], at: int, style: Style) -> tuple[list[str], int, bool] | None:
    """ "cấp huyện", "cấp huyện, cấp xã", "cấp tỉnh"."""
    names: list[str] = []
    place = at
    while place + 1 < len(tokens) and (tokens[place].key in ("cap", "va") or names):
        rank = tokens[place + 1].key if tokens[place].key == "cap" else ""
        if tokens[place].key == "va" and place + 2 < len(tokens) and tokens[place + 1].key == "cap":
            place += 1
            continue
        if rank in ("huyen", "quan"):
            names.append(style.district())
        elif rank in ("xa", "phuong"):
            names.append(style.commune())
        elif rank == "tinh":
            names.append("cấp tỉnh" if style.central else "tỉnh")
        elif rank == "thanhpho":
            names.append("Thành phố")
        else:
            break
        place += 2
        if rank in ("tinh", "thanhpho"):
            break
    return (names, place, True) if names else None


def _and_more(
    found: tuple[list[str], int, bool] | None, tokens: Sequence[Token], bare: str
) -> tuple[list[str], int, bool] | None:
    """ "cấp xã, phường": another kind of place of the same level, named without "cấp" again."""
    if found is None or found[1] >= len(tokens) or bare[tokens[found[1] - 1].end : tokens[found[1]].start] != ", ":
        return found
    kinds, last = members(tokens, found[1], bare)
    ranks = {name: rank for _, name, rank in _UNITS}
    level = {"xa": "commune", "phuong": "commune", "huyen": "district", "quan": "district"}
    same = kinds and {ranks[one] for one in kinds} == {level.get(tokens[found[1] - 1].key)}
    return (found[0], last, True) if same and not tokens[found[1]].capital else found


def members(tokens: Sequence[Token], at: int, bare: str) -> tuple[list[str], int]:
    """Kinds of places one after another."""
    names: list[str] = []
    place = last = at
    while place < len(tokens):
        listed = names and "," in bare[tokens[place - 1].end : tokens[place].start]
        if place > at and not _BETWEEN.fullmatch(bare, tokens[place - 1].end, tokens[place].start):
            break
        step = int(bool(names) and tokens[place].key in ("va", "cac"))
        for words, name, _rank in (*_UNITS, *(_CLIPPED if listed else ())):
            part = tokens[place + step : place + step + len(words)]
            if tuple(token.key for token in part) == words and name not in names and _spelt(part):
                names.append(name)
                place = last = place + step + len(words)
                break
        else:
            break
    return names, last


def _spelt(part: Sequence[Token]) -> bool:
    """Short words without their marks are others: "phương án", "cơ quan", "xa"."""
    return part[0].key not in ("phuong", "xa", "quan") or len(part) > 1 or part[0].low in ("phường", "xã", "quận")


def _single(
    tokens: Sequence[Token], at: int, last: int, bare: str, unit: str, style: Style, place: Sequence[str]
) -> tuple[list[str], int, bool]:
    """One place: the city itself, or a named district or commune."""
    end = _skip_name(tokens, last, bare, 4)
    name = tuple(token.key for token in tokens[last:end])
    if unit == "thành phố":
        home = bool(place) and name[: len(place)] == tuple(place)
        if home or not name:
            return ["Thành phố"], last + (len(place) if home else 0), False
        words = " ".join(bare_name(tokens, last, end))
        return [f"thành phố {words}"], end, False
    if unit == style.seat:
        return [unit], end, False
    if not name:
        rank = style.district([unit]) if unit in ("quận", "huyện", "thị xã") else style.commune([unit])
        return [rank], last, True
    return [f"{unit} {' '.join(bare_name(tokens, last, end))}"], end, False


def bare_name(tokens: Sequence[Token], start: int, end: int) -> Iterable[str]:
    """A place's name with capitals."""
    return (token.low.capitalize() for token in tokens[start:end])


def _skip_name(tokens: Sequence[Token], at: int, bare: str, most: int) -> int:
    """The word after a place's name in capitals."""
    count = 0
    while at < len(tokens) and count < most and tokens[at].capital and tokens[at].key not in HEADS:
        gap = bare[tokens[at - 1].end : tokens[at].start]
        if gap not in (" ", "-", " - ", ".", ". "):
            break
        at, count = at + 1, count + 1
    return at


# --- posts ----------------------------------------------------------------------------------------------------------

_KEPT: Final = ("UBND Thành phố", "UBND tỉnh")


def headed(name: str, posts: Sequence[str], plural: bool = True) -> str:
    """The register's name for a post: a collective post stays one, the head of one agency is the agency."""
    deputy = "pho chu tich" in posts and "chu tich" not in posts
    chair = "Phó Chủ tịch" if deputy else "Chủ tịch"
    if name.startswith(("UBND các ", "HĐND các ", "UBND cùng cấp")):
        return name if "thu truong" in posts and "chu tich" not in posts else f"{chair} {name}"
    if name in _KEPT and any(post.endswith("chu tich") for post in posts):
        return f"{chair} {name}"
    if name in ("Các sở, ban, ngành", "Các sở, ban, ngành liên quan", "Các sở, cơ quan, địa phương"):
        return "Thủ trưởng các sở, ban, ngành"
    if name == "Các đơn vị sự nghiệp công lập":
        return "Thủ trưởng các đơn vị sự nghiệp công lập"
    if name.startswith("Các phòng"):
        return f"{'Thủ trưởng' if 'thu truong' in posts else 'Trưởng'} {_small_first(name)}"
    if name.startswith(("Các cơ quan, ", "Các đơn vị, ")):
        post = "Người đứng đầu" if "nguoi dung dau" in posts else "Thủ trưởng"
        if plural:
            return f"{post} {_small_first(name)}"
        return f"{post} {name.removeprefix('Các ')}" if "nguoi dung dau" in posts else "Thủ trưởng đơn vị"
    return name


def _small_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def tidy(name: str) -> str:
    """A name without the marks of emphasis, with "UBND" and "TP" as the register writes them."""
    name = unicodedata.normalize("NFC", re.sub(r"[*_]+", "", name))
    name = re.sub(r"[ỦUỷủ]y ban nhân dân", "UBND", name, flags=re.IGNORECASE)
    name = re.sub(r"\s-(?=\w)|(?<=\w)-\s", " - ", name)
    name = re.sub(r"(?<=Báo và )PT\s?[-&]?\s?TH\b", "Phát thanh, truyền hình", name)
    return re.sub(r"\b(?:TP|thành phố)\b\.?(?: Hà Nội)?$", "Thành phố", name)
