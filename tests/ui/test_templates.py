"""What every template of every room keeps: no inline style or script, only icons that exist, nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

import langnghe

PACKAGE = Path(langnghe.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
ICONS = set((PACKAGE / "ui" / "icons.txt").read_text(encoding="utf-8").split())
IDS = [str(path.relative_to(PACKAGE)) for path in TEMPLATES]


def _plain(path: Path) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_no_inline_style_script_or_handler(path: Path) -> None:
    text = _plain(path)
    assert not re.search(r"\sstyle\s*=", text), "style attributes are refused by the content security policy"
    assert "<style" not in text
    # A block of JSON is data, not script.
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))", text), (
        "inline scripts are refused by the content security policy"
    )
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", text), "inline handlers are refused by the content security policy"
    assert "hx-on" not in text, "hx-on evaluates text as code"
    assert "javascript:" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_nothing_is_loaded_from_outside(path: Path) -> None:
    assert not re.search(
        r"""<(?:script|link|img|iframe|source|use)[^>]+(?:src|href)=["']?(?:https?:)?//""", _plain(path)
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_icons_are_in_the_sprite(path: Path) -> None:
    text = _plain(path)
    named = re.findall(r'{% icon "([^"{]+)"', text) + re.findall(r'\bicon="([^"{]+)"', text)
    assert set(named) <= ICONS


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_the_template_compiles(path: Path) -> None:
    engines["django"].from_string(path.read_text(encoding="utf-8"))


def test_icons_named_in_code_are_in_the_sprite() -> None:
    for path in PACKAGE.glob("ui/**/*.py"):
        named = re.findall(r'icon(?:: str)? ?= ?"([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
        assert set(named) <= ICONS, path.name


def test_the_list_of_icons_names_each_once() -> None:
    lines = (PACKAGE / "ui" / "icons.txt").read_text(encoding="utf-8").split()
    assert len(lines) == len(set(lines))
