"""The colours keep their contrast in both themes, and no other file writes a colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import langnghe.ui

ASSETS = Path(langnghe.ui.__file__).parent / "assets"
TOKENS = (ASSETS / "tokens.css").read_text(encoding="utf-8")


def _block(selector: str) -> dict[str, str]:
    """The custom properties of the first rule with this selector."""
    start = TOKENS.index(selector)
    body = TOKENS[TOKENS.index("{", start) + 1 : TOKENS.index("}", start)]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


LIGHT = _block(":root {")
DARK = _block(':root[data-theme="dark"]')
DARK_BY_WISH = _block(':root:not([data-theme="light"])')


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2 between two colours written #rrggbb."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_formula_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


GROUNDS = ["page", "surface", "sunken", "raised", "hover"]
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "accent-hover", "alert") for ground in GROUNDS] + [
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("accent-soft-ink", "accent-soft"),
    ("accent-soft-ink", "surface"),
    ("accent-hover", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink", "alert-soft"),
    ("ink", "private-soft"),
    ("ink", "mark"),
    ("ink-3", "accent-soft"),
    ("alert", "alert-soft"),
    ("alert-hover", "alert-soft"),
    ("private", "private-soft"),
    ("late", "late-soft"),
    ("late", "surface"),
    ("near", "near-soft"),
    ("good", "good-soft"),
    ("surface", "ink"),
]
# Borders of controls, signs and the focus ring need 3 to 1.
SHAPES = [("line-strong", ground) for ground in ("page", "surface", "sunken", "accent-soft")] + [
    ("accent", "surface"),
    ("focus", "page"),
    ("focus", "surface"),
    ("focus", "focus-gap"),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), SHAPES)
def test_shapes_are_seen(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 3


def test_dark_by_wish_and_dark_by_choice_are_the_same() -> None:
    assert DARK == DARK_BY_WISH


def test_dark_gives_every_colour_anew() -> None:
    colours = {name for name, value in LIGHT.items() if "#" in value or "rgb(" in value}
    assert colours == set(DARK)


def test_no_other_file_writes_a_colour() -> None:
    for path in ASSETS.rglob("*.css"):
        if path.name == "tokens.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        # Paper is black on white whatever the theme, and so is a QR picture.
        found = [c for c in re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(", text) if c != "#fff"]
        if path.name not in {"document.css", "print.css"}:
            assert not found, f"{path.name} writes {found}"


def test_every_variable_used_is_a_token() -> None:
    known = set(LIGHT) | {"s1", "tabbar"} | set(re.findall(r"--([\w-]+):", TOKENS))
    for path in ASSETS.rglob("*.css"):
        used = set(re.findall(r"var\(--([\w-]+)", path.read_text(encoding="utf-8")))
        assert used <= known, f"{path.name} uses {used - known}"
