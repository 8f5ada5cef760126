"""What the scanner says: marks, their kinds and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from langnghe.publication.scanner.view import View

Kind = Literal[
    "name",
    "phone",
    "email",
    "id",
    "tax",
    "account",
    "number",
    "plate",
    "address",
    "birth",
    "link",
    "gps",
    "land",
    "dossier",
]


def N_(text: str) -> str:
    """Mark a text for translation; pages translate it when they show it."""
    return text


# What takes the place of a mark in the public text.
LABELS: Final[dict[Kind, str]] = {
    "name": N_("[tên người]"),
    "phone": N_("[số điện thoại]"),
    "email": N_("[thư điện tử]"),
    "id": N_("[số giấy tờ tùy thân]"),
    "tax": N_("[mã số thuế]"),
    "account": N_("[số tài khoản]"),
    "number": N_("[dãy số]"),
    "plate": N_("[biển số xe]"),
    "address": N_("[số nhà]"),
    "birth": N_("[ngày sinh]"),
    "link": N_("[trang cá nhân]"),
    "gps": N_("[tọa độ]"),
    "land": N_("[số thửa đất]"),
    "dossier": N_("[mã hồ sơ]"),
}
# The same kinds as the desk names them.
KIND_NAMES: Final[dict[Kind, str]] = {
    "name": N_("Tên người"),
    "phone": N_("Số điện thoại"),
    "email": N_("Thư điện tử"),
    "id": N_("Số giấy tờ tùy thân"),
    "tax": N_("Mã số thuế"),
    "account": N_("Số tài khoản"),
    "number": N_("Dãy số"),
    "plate": N_("Biển số xe"),
    "address": N_("Số nhà, địa chỉ riêng"),
    "birth": N_("Ngày sinh, năm sinh"),
    "link": N_("Trang cá nhân"),
    "gps": N_("Tọa độ"),
    "land": N_("Số thửa đất, số sổ"),
    "dossier": N_("Mã hồ sơ"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One place of a text that looks personal: text[start:end].

    reason: Vietnamese, for the person who confirms. certainty: 0 to 1, an order and not a probability; from 0.7 on the
    desk ticks it beforehand.
    """

    start: int
    end: int
    kind: Kind
    reason: str
    certainty: float


def mark_at(view: View, start: int, end: int, kind: Kind, reason: str, certainty: float) -> Mark:
    """The mark of view[start:end], in positions of the original text."""
    first, last = view.span(start, end)
    return Mark(first, last, kind, reason, certainty)


def settle(marks: Iterable[Mark]) -> list[Mark]:
    """Marks in order of place, none sharing a character: overlapping ones become one, named after the surest."""
    settled: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end, -mark.certainty)):
        if settled and mark.start < settled[-1].end:
            last = settled[-1]
            # Of two equally sure marks the longer one gives its name.
            key, last_key = (mark.certainty, mark.end - mark.start), (last.certainty, last.end - last.start)
            surest = mark if key > last_key else last
            settled[-1] = replace(surest, start=last.start, end=max(last.end, mark.end))
        else:
            settled.append(mark)
    return settled
