"""What a document shows, whatever kind of file it becomes (Decree 30/2020, article 8 and annex I): issuing body, number
and sign, place and date, kind and abstract, body, signature, recipients. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from langnghe.reports import rules
from langnghe.reports.sections import Section, clean

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
END = "./."
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


@dataclass(frozen=True, slots=True)
class Layout:
    """Measures of the page: margins and indent in millimetres, sizes and gaps in points."""

    top: float = 20
    bottom: float = 20
    left: float = 30
    right: float = 20
    font: str = "Times New Roman"
    size: float = 14
    line: float = 1.15
    gap: float = 6
    indent: float = 10

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Layout:
        """From a template, held to the bounds of the decree: top and bottom 20-25 mm, left 30-35, right 15-20; letters
        13-14; single to one and a half lines."""
        margins = data.get("margins") or {}

        def bound(value: Any, low: float, high: float, default: float) -> float:
            try:
                return min(max(float(value), low), high)
            except (TypeError, ValueError):
                return default

        return cls(
            top=bound(margins.get("top"), 20, 25, 20),
            bottom=bound(margins.get("bottom"), 20, 25, 20),
            left=bound(margins.get("left"), 30, 35, 30),
            right=bound(margins.get("right"), 15, 20, 20),
            font=str(data.get("font") or "Times New Roman"),
            size=bound(data.get("size"), 13, 14, 14),
            line=bound(data.get("line"), 1, 1.5, 1.15),
            gap=bound(data.get("gap"), 6, 12, 6),
            indent=bound(data.get("indent"), 10, 12.7, 10),
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """One document, ready to be set."""

    above: tuple[str, ...]
    issuer: tuple[str, ...]
    number: str
    place: str
    on: date | None
    title: str
    about: str
    opening: str
    sections: Sequence[Section]
    closing: str
    signature: rules.Signature
    recipients: Sequence[str]
    draft: bool = False
    layout: Layout = field(default_factory=Layout)

    @property
    def dated(self) -> str:
        """`Hà Nội, ngày 05 tháng 02 năm 2026`; room for the day while there is none."""
        if self.on is None:
            return f"{self.place}, ngày      tháng      năm"
        month = f"{self.on.month:02}" if self.on.month < 3 else str(self.on.month)
        return f"{self.place}, ngày {self.on.day:02} tháng {month} năm {self.on.year}"

    @property
    def numbered(self) -> str:
        """`Số: 12/BC-SXD`, with room while it has no number."""
        return f"Số: {self.number}"


COMMITTEE = "ỦY BAN NHÂN DÂN"


def issuer_of(*, kind: str, name: str, parent: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of the body above, and of the issuing body, in capitals. A people's committee stands alone."""
    if kind in ("commune", "district", "city"):
        return (), _parted(name.upper())
    return _parted(parent.upper()) if parent else (), (name.upper(),)


def _parted(name: str) -> tuple[str, ...]:
    if name.startswith(COMMITTEE + " "):
        return COMMITTEE, name.removeprefix(COMMITTEE + " ")
    return (name,)


def number_of(number: str, sign: str, letters: str) -> str:
    """The number as given; `     /BC-SXD` while there is none; a bare number gets its sign."""
    plain = number.strip()
    if not plain:
        return f"        /{sign}-{letters}"
    return f"{plain}/{sign}-{letters}" if plain.isdigit() else plain


def fill_words(text: str, values: Mapping[str, str]) -> str:
    """The words of a template with `{name}` replaced; names that nobody knows stay as they are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def tidy(sections: Sequence[Mapping[str, Any]]) -> list[Section]:
    """The sections that have something to say, with what a register marks for editors left out."""
    kept = []
    for section in clean([dict(one) for one in sections]):
        blocks = [
            block
            for block in section["blocks"]
            if (block["type"] == "table" and block["rows"]) or (block["type"] != "table" and block["text"].strip())
        ]
        if blocks:
            kept.append({**section, "blocks": blocks})
    return kept
