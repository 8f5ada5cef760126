"""Collectives: "các sở, ban, ngành", "các cơ quan, đơn vị liên quan", "các đơn vị sự nghiệp công lập"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from langnghe.plans.reading.gazetteer import Token, near
from langnghe.plans.reading.verbs import begins_with_verb

_UNITS: Final = (
    (("don", "vi", "su", "nghiep", "cong", "lap"), "service"),
    (("don", "vi", "su", "nghiep", "cong"), "service"),
    (("don", "vi", "su", "nghiep"), "service"),
    (("co", "quan", "tuong", "duong", "so"), "equal"),
    (("don", "vi", "tuong", "duong", "so"), "equal"),
    (("co", "quan", "ngang", "so"), "equal"),
    (("co", "quan", "chuyen", "mon"), "expert"),
    (("co", "quan", "hanh", "chinh"), "office"),
    (("to", "chuc", "thanh", "vien"), "members"),
    (("don", "vi", "thanh", "vien"), "members"),
    (("co", "quan", "nha", "nuoc"), "state"),
    (("co", "quan", "don", "vi"), "both"),
    (("phong", "chuyen", "mon", "nghiep", "vu"), "expert room"),
    (("phong", "chuyen", "mon"), "expert room"),
    (("phong", "nghiep", "vu"), "room"),
    (("doan", "the"), "union"),
    (("hoi", "doan", "the"), "union"),
    (("co", "quan"), "office"),
    (("don", "vi"), "unit"),
    (("dia", "phuong"), "place"),
    (("to", "chuc"), "body"),
    (("ca", "nhan"), "person"),
    (("bo", "phan"), "body"),
    (("so",), "department"),
    (("phong",), "room"),
    (("ban",), "board"),
    (("nganh",), "sector"),
    (("hoi",), "union"),
)
_OF: Final = re.compile(r"\s*thuoc\b")
_RELATED: Final = re.compile(r"\s*(?:co )?lien quan\b")
# "các cấp, ngành", "các cấp, các ngành": whoever is responsible, at every level.
_LEVELS: Final = re.compile(r"cac cap(?:,| va) (?P<again>cac )?nganh\b")
# "các cục, vụ" of a ministry.
_OFFICES: Final = re.compile(r"cac (?P<first>cuc|vu)(?P<more>, (?:cuc|vu))\b(?!,? (?:vien|don|so)\b)")
_BY_FIRST: Final = {first: [one for one in _UNITS if one[0][0] == first] for first in {one[0][0] for one in _UNITS}}
STARTS: Final = frozenset(("cac", *_BY_FIRST))
_SEPARATOR: Final = re.compile(r"[ ,/\-;]{1,3}")
_FIRST: Final = {"so": "sở", "ban": "ban", "nganh": "ngành", "phong": "phòng"}
_ROOMS: Final = {
    "room": "phòng",
    "expert room": "phòng chuyên môn",
    "board": "ban",
    "sector": "ngành",
    "unit": "đơn vị",
    "both": "cơ quan, đơn vị",
}
SECTORS: Final = "Các sở, ban, ngành"
BODIES: Final = "Các cơ quan, đơn vị"


def read(tokens: Sequence[Token], at: int, bare: str, post: bool) -> tuple[list[str], int, int] | None:
    """A collective that begins at a word: its names, the word after it, and where it ends."""
    everyone = _LEVELS.match(bare, tokens[at].start)
    if everyone and everyone.end() in (ends := {token.end: number for number, token in enumerate(tokens[at : at + 5])}):
        last = at + ends[everyone.end()] + 1
        return ["Các cấp, các ngành" if everyone["again"] else "Các cấp, ngành"], last, everyone.end()
    offices = _OFFICES.match(bare, tokens[at].start)
    if offices:
        count = 1 + len(re.findall(r"\w+", offices["more"]))
        return (
            [f"Các {offices['first']}{offices['more']}".replace("cuc", "cục").replace("vu", "vụ")],
            at + count + 1,
            (offices.end()),
        )
    article = tokens[at].key == "cac"
    place = at + article
    found: list[str] = []
    last = place
    while place < len(tokens):
        if found and tokens[place].key in ("va", "cac", "hoac") and place + 1 < len(tokens):
            step = 1 + (tokens[place].key == "va" and tokens[place + 1].key == "cac")
            unit = _unit(tokens, place + step, bare)
            article_again = tokens[place + step - 1].key == "cac"
            apart = not _SEPARATOR.fullmatch(bare, tokens[place - 1].end, tokens[place].start)
            if (
                unit is None
                or apart
                or place + step > last + 2
                or (article_again and unit[0] in ("unit", "both", "office"))
            ):
                break
            place += step
        if place > at and not _SEPARATOR.fullmatch(bare, tokens[place - 1].end, tokens[place].start):
            break
        unit = _unit(tokens, place, bare) or _faulty(tokens, place, bare, found)
        if unit is None or (unit[0] == "service" and found and "department" in found):
            break
        if unit[0] in found and unit[0] != "union" or _alone(tokens, place, unit[0], found):
            break
        found.append(unit[0])
        place = last = place + unit[1]
    if not found or not _counts(found, article, post, tokens[at], bare[tokens[last - 1].end :][:16]):
        return None
    kind = _kind(tokens, last, bare) if article and found in (["unit"], ["office"]) else 0
    if kind:
        words = " ".join(token.low for token in tokens[at + 1 : kind])
        return [f"Các {words}"], kind, tokens[kind - 1].end
    return _names(found), last, tokens[last - 1].end


_OTHERWISE: Final = frozenset(
    "sẽ đều cũng luôn cùng nào khác này trên dưới nêu nói đó mình thuộc của liên trực cấp ngành chuyên hành báo quản "
    "tham có được đã đang không phải cần nên ở các những và với để theo trong ngoài tại về khi nếu từ là do qua "
    "sử dụng vũ quân công hữu đóng tương sau trước còn đến vào ra cho bằng nhằm hoặc".split()
)


def _kind(tokens: Sequence[Token], last: int, bare: str) -> int:
    """ "các đơn vị chủ rừng": two or three small words that tell which, before a verb or the end; the word after
    them, 0 if there are none."""
    place = last
    while place < len(tokens) and place - last < 4:
        token = tokens[place]
        apart = bare[tokens[place - 1].end : token.start] != " "
        lows = [one.low for one in tokens[place : place + 3]]
        if apart or begins_with_verb(lows):
            break
        if token.capital or token.low in _OTHERWISE or token.low.isdigit():
            return 0
        place += 1
    return place if 2 <= place - last <= 3 else 0


def _alone(tokens: Sequence[Token], place: int, unit: str, found: list[str]) -> bool:
    """ "Ban Dân tộc" after a list is a body of its own: the next word begins with a capital."""
    if unit not in ("board", "union", "department", "room") or place + 1 >= len(tokens):
        return False
    following = tokens[place + 1]
    known = {"so", "ban", "nganh", "doan", "va", "thanhpho", "don", "co", "tinh", "ubnd", "hdnd", "lien", "thuoc", "to"}
    gap = following.start - tokens[place].end
    return following.capital and following.key not in known and gap == 1 and unit != "sector"


def _faulty(tokens: Sequence[Token], at: int, bare: str, found: list[str]) -> tuple[str, int] | None:
    """ "Các sở, bon, ngành": one faulty letter within the usual list."""
    if found[-1:] not in (["department"], ["board"]) or bare[tokens[at - 1].end : tokens[at].start] != ", ":
        return None
    for key, name in (("nganh", "sector"), ("ban", "board")):
        if near(tokens[at].key, key) and not tokens[at].capital:
            return name, 1
    return None


def _unit(tokens: Sequence[Token], at: int, bare: str) -> tuple[str, int] | None:
    if at >= len(tokens):
        return None
    for words, name in _BY_FIRST.get(tokens[at].key, ()):
        part = tokens[at : at + len(words)]
        if tuple(token.key for token in part) != words:
            continue
        if any(not _SEPARATOR.fullmatch(bare, one.end, other.start) for one, other in pairwise(part)):
            continue
        if words[0] in _FIRST and len(words) == 1 and not _spelt(part[0], words[0]):
            continue
        return name, len(words)
    return None


def _spelt(token: Token, key: str) -> bool:
    return token.low == _FIRST[key] if key != "so" else token.low in ("sở", "sờ", "sơ", "sỡ")


def _counts(found: list[str], article: bool, post: bool, first: Token, rest: str) -> bool:
    """Without "các", only a list of several kinds with "sở", or what follows a post."""
    if found == ["board"] or set(found) <= {"body", "person"} or found == ["sector"] and not article:
        return False
    if found in (["department"], ["union"], ["room"], ["expert room"]):
        return article
    if "department" in found and len(found) > 1:
        return True
    if found[0] in ("office", "unit", "both") and _RELATED.match(rest) or found == ["expert"] and _OF.match(rest):
        return True
    return article or post or (found[0] == "service" and first.capital) or ("board" in found and "sector" in found)


def _names(found: list[str]) -> list[str]:
    kinds = set(found)
    names: list[str] = []
    if kinds & {"room", "expert room"}:
        names.append("Các " + ", ".join(_ROOMS[one] for one in found if one in _ROOMS))
    elif kinds == {"state"}:
        names.append("Các cơ quan nhà nước")
    elif kinds & {"department", "sector", "equal", "expert"}:
        if "place" in kinds and "office" in kinds:
            names.append("Các sở, cơ quan, địa phương")
        else:
            names.append(SECTORS)
            names += [BODIES] if kinds & {"unit", "both"} else []
            names += ["Các địa phương"] if "place" in kinds else []
    elif "place" in kinds:
        if kinds == {"place"}:
            names.append("Các địa phương")
        elif kinds & {"unit", "both"}:
            names.append("Các cơ quan, đơn vị, địa phương" if kinds & {"office", "both"} else "Các đơn vị, địa phương")
        else:
            names.append("Các cơ quan, địa phương")
    elif kinds & {"office", "unit", "both", "body"}:
        names.append(BODIES)
    if "service" in kinds:
        names.append("Các đơn vị sự nghiệp công lập")
    if "members" in kinds and not names:
        names.append("Các tổ chức thành viên")
    if "union" in kinds:
        names.append("Các tổ chức đoàn thể")
    return names


def related(name: str) -> str:
    """The name of a collective that has to do with the matter."""
    own = (SECTORS, "Các cơ quan", "Các đơn vị, ", "Các địa phương", "Các bộ")
    return f"{name} liên quan" if name.startswith(own) else name
