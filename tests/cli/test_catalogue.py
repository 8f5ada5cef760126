"""Texts are found wherever they stand, and a faulty English catalogue is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.cli import assets, catalogue

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
A = _("Xin chào")
B = ngettext("%(n)s ngày", "%(n)s ngày", 2)
C = pgettext("động từ", "Gửi")
"""
TEMPLATE = """{% load i18n %}<h1 title="{% translate 'Trang chủ' %}">
{% blocktranslate with name=x %}Chào {{ name }}{% endblocktranslate %}</h1>
{% include "x.html" with title=_("Hạn \\"cuối\\"") %}
{% blocktranslate count n=n trimmed %}
  {{ n }} hồ sơ
{% plural %}
  {{ n }} hồ sơ
{% endblocktranslate %}{% translate "Gửi" context "danh từ" %}"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "room" / "templates").mkdir(parents=True)
    (tmp_path / "room" / "views.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "room" / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(catalogue, "PACKAGE", tmp_path)
    monkeypatch.setattr(catalogue, "ENGLISH", tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po")
    return tmp_path


def test_all_kinds_of_texts_are_found(package: Path) -> None:
    found = {(message.id, message.context) for message in catalogue.collect() if message.id}
    assert found == {
        ("Xin chào", None),
        (("%(n)s ngày", "%(n)s ngày"), None),
        ("Gửi", "động từ"),
        ("Gửi", "danh từ"),
        ("Trang chủ", None),
        ("Chào %(name)s", None),
        ('Hạn "cuối"', None),
        (("%(n)s hồ sơ", "%(n)s hồ sơ"), None),
    }


def test_update_then_translate_then_complete(package: Path) -> None:
    left = catalogue.update_english()
    assert len(left) == 8
    text = catalogue.ENGLISH.read_text(encoding="utf-8")
    text = text.replace('msgid "Xin chào"\nmsgstr ""', 'msgid "Xin chào"\nmsgstr "Hello"')
    catalogue.ENGLISH.write_text(text, encoding="utf-8")
    assert catalogue.update_english() == [name for name in left if name != "'Xin chào'"]
    assert 'msgstr "Hello"' in catalogue.ENGLISH.read_text(encoding="utf-8")
    assert len(catalogue.problems()) == 7


def test_placeholders_and_unused_texts_are_named(package: Path) -> None:
    (package / "room" / "templates" / "page.html").unlink()
    (package / "room" / "views.py").write_text('A = _("Còn %(n)s ngày")', encoding="utf-8")
    catalogue.ENGLISH.parent.mkdir(parents=True)
    catalogue.ENGLISH.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Còn %(n)s ngày"\nmsgstr "%(days)s days left"\n\nmsgid "Cũ"\nmsgstr "Old"\n',
        encoding="utf-8",
    )
    assert catalogue.problems() == ["other placeholders: 'Còn %(n)s ngày'", "no longer used: 'Cũ'"]


def test_catalogues_are_compiled(package: Path) -> None:
    catalogue.update_english()
    assets.compile_catalogues(package / "locale")
    assert catalogue.ENGLISH.with_suffix(".mo").read_bytes()[:4] == b"\xde\x12\x04\x95"
