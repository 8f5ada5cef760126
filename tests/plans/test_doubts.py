"""Doubts are kept without a language and said in that of who reads."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from langnghe.plans import doubts, reading
from langnghe.plans.models import RegisterItem
from langnghe.plans.services import items
from langnghe.plans.services.bodies import Directory
from langnghe.worktime import clock
from tests.cases.city import City
from tests.plans.builders import plan


def _said(tree: ast.AST) -> Iterator[str]:
    """The sentences that a module of the reader puts among doubts."""
    for node in ast.walk(tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            values = node.args if "doubts" in ast.unparse(node.func.value) else []
        elif isinstance(node, ast.keyword) and node.arg == "doubts":
            values = [node.value]
        elif isinstance(node, ast.Assign):
            values = [node.value] if "doubts" in ast.unparse(node.targets[0]) else []
        for value in values:
            yield from (
                one.value
                for one in ast.walk(value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.endswith(".")
            )


def test_every_sentence_of_the_reader_is_marked_for_the_catalogue() -> None:
    folder = Path(next(iter(reading.__path__)))
    said = {one for path in folder.glob("*.py") for one in _said(ast.parse(path.read_text("utf-8")))}
    assert len(said) > 15
    assert said <= set(doubts.READER)


def test_a_doubt_keeps_its_sentence_and_its_values_apart() -> None:
    kept = doubts.doubt("Hạn %(due)s trước ngày ban hành %(issued)s.", due="01/02/2026", issued="03/03/2026")
    assert doubts.doubt_words(kept) == "Hạn 01/02/2026 trước ngày ban hành 03/03/2026."
    with translation.override("en"):
        assert "01/02/2026" in doubts.doubt_words(kept) and "Hạn" not in doubts.doubt_words(kept)
    assert doubts.doubt_words("100% của ai?") == "100% của ai?", "a sentence without values is not formatted"
    assert doubts.unique([kept, "a", dict(kept) if isinstance(kept, dict) else kept, "a"]) == [kept, "a"]


@pytest.mark.django_db
def test_what_was_read_by_one_is_said_to_another_in_the_own_language(
    city: City, at: datetime, sign_in: Callable[[str], Client], settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    document = plan(city.office, actor=city.actor("coordinator"), at=at, state="review", issued_on=date(2026, 3, 1))
    found = {
        "quote": "Lập danh mục.", "lead": ["Cơ quan lạ"], "deadline": {"type": "date", "value": "2026-02-01"},
        "doubts": ["Không thấy cơ quan chủ trì."],
    }  # fmt: skip
    with clock.frozen(at):
        with translation.override("en"):
            items.from_register(document, {"tasks": [found]}, Directory(), at)
        row = RegisterItem.objects.get(document=document)
        assert row.doubts[0] == "Không thấy cơ quan chủ trì."
        assert {"say": "Hạn %(due)s trước ngày ban hành %(issued)s.",
                "with": {"due": "01/02/2026", "issued": "01/03/2026"}} in row.doubts  # fmt: skip
        page = sign_in("coordinator").get(reverse("desk:plan_review", args=[document.pk])).content.decode()
    assert "Hạn 01/02/2026 trước ngày ban hành 01/03/2026." in page
    assert "“Cơ quan lạ” chưa có trong danh mục cơ quan" in page and "%(" not in page
