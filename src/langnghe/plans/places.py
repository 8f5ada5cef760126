"""Where something stands in a plan, in words: "mục II, dòng 4" for the path `II/r4`. The one place that words paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _

_COUNTED: Final = re.compile(r"([rp]|[-–+•*])(\d+)")
_WORDS: Final[Mapping[str, Callable[[], str]]] = {
    "r": lambda: _("dòng %(n)s"),
    "p": lambda: _("đoạn %(n)s"),
    "-": lambda: _("gạch đầu dòng %(n)s"),
    "–": lambda: _("gạch đầu dòng %(n)s"),
    "+": lambda: _("dấu cộng %(n)s"),
    "•": lambda: _("chấm đầu dòng %(n)s"),
    "*": lambda: _("dấu sao %(n)s"),
}


def place_words(path: str) -> str:
    """The path of a task or another item, as the reader prints it, in words; '' for none. Labels that were put back
    (`[II]`) read like printed ones, and what has no words of its own (the name of a body) stays."""
    place, _sep, part = path.strip().partition("#")
    pieces = [_piece(one, first=not at) for at, one in enumerate(place.split("/")) if one.strip()]
    if part:
        pieces.append(_("ý %(n)s") % {"n": part})
    return ", ".join(pieces)


def _piece(piece: str, *, first: bool) -> str:
    counted = _COUNTED.fullmatch(piece)
    if counted:
        return _WORDS[counted[1]]() % {"n": counted[2]}
    if not first:
        return piece
    if piece == "kết":
        return _("phần kết")
    label = re.sub(r"[\[\]]", "", piece)
    return label if label.startswith(("Điều", "Phần", "Chương")) else _("mục %(label)s") % {"label": label}
