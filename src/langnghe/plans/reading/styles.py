"""What a document calls the bodies of each level, and the short names it introduces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from langnghe.plans.reading import levels
from langnghe.plans.reading.bodies import Bodies
from langnghe.plans.reading.gazetteer import Gazetteer, tokens
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.terms import Calendar

WITHOUT_DISTRICTS: Final = date(2025, 7, 1)
"""From this day Vietnam has two levels of local government (Law 72/2025/QH15): no districts, no townships."""

_LIST: Final = re.compile(
    r"(?:ubnd|uy ban nhan dan|chinh quyen)\s+(?:cac\s+)?((?:quan|huyen|thi xa|thanh pho|xa|phuong|thi tran|dac khu)"
    r"(?:\s*[,/-]?\s*(?:va\s+)?(?:quan|huyen|thi xa|thanh pho|xa|phuong|thi tran|dac khu)\b)+)"
)
_UNIT: Final = re.compile(r"quan|huyen|thi xa|thanh pho|xa|phuong|thi tran|dac khu")
_NAMES: Final = {
    "quan": "quận", "huyen": "huyện", "thi xa": "thị xã", "thanh pho": "thành phố", "xa": "xã", "phuong": "phường",
    "thi tran": "thị trấn", "dac khu": "đặc khu",
}  # fmt: skip
_DISTRICT: Final = frozenset(("quận", "huyện", "thị xã", "thành phố"))
_PROVINCE: Final = re.compile(r"(?:ubnd|uy ban nhan dan|cong an|tren dia ban)\s+tinh\b|\btinh uy\b|\bsmaller\b")
_CITY: Final = re.compile(r"(?:ubnd|uy ban nhan dan|cong an|tren dia ban)\s+(?:thanh pho|tp)\b|\bthanh uy\b")
_SEAT: Final = re.compile(
    r"^(?:uy ban nhan dan|ubnd)\s+(huyen|quan|thi xa|phuong|xa|thi tran|dac khu)\s|"
    r"\b(?:uy ban nhan dan|ubnd)\s+(?:huyen|quan|thi xa|phuong|xa|thi tran|dac khu)\b[^.;]{0,40}(?:ban hanh|"
    r"xay dung) ke hoach"
)
_SHORT: Final = re.compile(
    r"\((?:sau đây |dưới đây )?(?:gọi tắt|gọi chung|viết tắt|gọi)(?: tắt| chung)?(?: là)?:?\s+([^()]{3,60})\)"
)


def style_of(found: Sequence[Block], gazetteer: Gazetteer, calendar: Calendar) -> Bodies:
    """The bodies of a document under its own style."""
    forms: Counter[tuple[str, ...]] = Counter()
    provinces = cities = 0
    for block in found:
        text = block.view.bare
        provinces += len(_PROVINCE.findall(text))
        cities += len(_CITY.findall(text))
        for listed in _LIST.finditer(text):
            forms[tuple(dict.fromkeys(_NAMES[unit] for unit in _UNIT.findall(listed[1])))] += 1
    own = cities >= provinces
    place = View(gazetteer.home.place).bare
    if own and place:
        own = any(place in block.view.bare for block in found) or not found
    style = levels.Style(
        home=gazetteer.home,
        own=own,
        districts=_longest(forms, district=True),
        communes=_longest(forms, district=False),
        seat=_seat(found),
        central=_central(found),
        without_districts=bool(calendar.issued and calendar.issued >= WITHOUT_DISTRICTS),
    )
    return Bodies(gazetteer, style, _short_names(found, Bodies(gazetteer, style)))


def _seat(found: Sequence[Block]) -> str:
    """The kind of place below the province that issued the document; "" for a province or city."""
    head = " ".join(block.view.bare for block in found[:12] if block.zone == "head")
    issuing = _SEAT.search(head[:1200])
    return _NAMES[next(unit for unit in _UNIT.findall(issuing.group()) if unit)] if issuing else ""


def _central(found: Sequence[Block]) -> bool:
    """Whether the head names a ministry or the Government before any committee of a place."""
    head = [block.text.lstrip(" |*") for block in found[:4] if block.zone == "head"]
    return any(re.match(r"BỘ (?!CHỈ HUY|TƯ LỆNH)|CHÍNH PHỦ|THỦ TƯỚNG", text) for text in head)


def _longest(forms: Counter[tuple[str, ...]], *, district: bool) -> tuple[str, ...]:
    """The fullest list of one level, and of several the commonest."""
    candidates: Counter[tuple[str, ...]] = Counter()
    for names, count in forms.items():
        part = tuple(name for name in names if (name in _DISTRICT) is district)
        if len(part) > 1:
            candidates[part] += count
    return max(candidates, key=lambda one: (len(one), candidates[one]), default=())


def _short_names(found: Sequence[Block], bodies: Bodies) -> dict[tuple[str, ...], tuple[str, ...]]:
    """ "… (sau đây gọi tắt là Ban Chỉ đạo)": the short name stands for the body named before the bracket."""
    short_names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for block in found:
        if "(" not in block.text or block.zone == "foot":
            continue
        for short in _SHORT.finditer(block.view.low):
            name = tuple(token.key for token in tokens(View(block.view.words(*short.span(1)))))
            reading = bodies.reading(View(block.view.words(max(0, short.start() - 200), short.start())))
            before = [group for group in reading.groups if reading.view.low[group.end :].strip() == ""]
            if before and name and name[0] not in levels.HEADS:
                short_names.setdefault(name, before[-1].names)
    return short_names
