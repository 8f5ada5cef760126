"""Boxes and choice lists written out in Python are those of Django's own templates."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from hypothesis import given
from hypothesis import strategies as st

from langnghe.ui.rendering import Renderer


class Tokens(HTMLParser):
    """The tags and texts of a piece of HTML, blanks between tags left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
OPTIONS = st.lists(st.tuples(WORDS, WORDS), max_size=6)


@given(OPTIONS, st.lists(st.tuples(WORDS.filter(str.strip), OPTIONS), max_size=2), WORDS, st.booleans())
def test_a_choice_list_is_django_s_own(
    options: list[tuple[str, str]], groups: list[tuple[str, list[tuple[str, str]]]], value: str, flag: bool
) -> None:
    widget = forms.Select(attrs={"class": "x<y", "disabled": flag}, choices=[*options, *groups])
    ours = widget.render("agency", value, {"id": "a&b"}, Renderer())
    django = widget.render("agency", value, {"id": "a&b"}, DjangoTemplates())
    assert Tokens(ours).found == Tokens(django).found


BOXES = [forms.TextInput, forms.NumberInput, forms.EmailInput, forms.DateInput, forms.TimeInput, forms.HiddenInput,
         forms.PasswordInput, forms.Textarea]  # fmt: skip


@given(st.sampled_from(BOXES), st.none() | WORDS | st.integers(), WORDS, st.booleans())
def test_a_box_is_django_s_own(kind: type[forms.Widget], value: Any, word: str, flag: bool) -> None:
    widget = kind(attrs={"class": word, "disabled": flag, "rows": 3})
    ours = widget.render("name<", value, {"id": "a&b"}, Renderer())
    django = widget.render("name<", value, {"id": "a&b"}, DjangoTemplates())
    assert ours == django.strip()
