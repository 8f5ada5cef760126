"""The style guide, the error pages, the weight of what a page loads."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.urls("tests.ui.urls")

BUDGET = 60 * 1024
PAGES = ["style", "style/desk", "style/case", "style/paper"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_the_style_guide_answers_where_pages_are_built(client: Client, settings: Any, page: str) -> None:
    settings.DEMO, settings.DEBUG = True, False
    assert client.get(f"/_/{page}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_the_style_guide_is_not_there_in_production(client: Client, settings: Any, page: str) -> None:
    settings.DEMO = settings.DEBUG = False
    assert client.get(f"/_/{page}").status_code == 404


@pytest.mark.django_db
def test_the_theme_chosen_here_is_in_the_page_itself(client: Client, settings: Any) -> None:
    settings.DEMO = True
    assert b"data-theme" not in client.get("/_/style").content.partition(b"<head>")[0]
    client.cookies["theme"] = "dark"
    assert b'<html lang="vi" data-theme="dark">' in client.get("/_/style").content
    client.cookies["theme"] = '"><b>'
    assert b"data-theme" not in client.get("/_/style").content.partition(b"<head>")[0]


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_error_pages_need_nothing(name: str) -> None:
    """The 500 page is drawn without a request, perhaps without a database."""
    page = render_to_string(f"{name}.html")
    assert "<h1>" in page
    assert "Về trang đầu" in page
    assert name[:3] in page


@pytest.mark.django_db
def test_a_missing_page_says_what_to_do(client: Client, settings: Any) -> None:
    settings.DEBUG = False
    answer: HttpResponse = client.get("/khong-co-trang-nay")
    assert answer.status_code == 404
    assert "Không tìm thấy trang này" in answer.content.decode()


def test_style_and_script_together_stay_light() -> None:
    weights = {}
    for name in ("build/app.css", "build/app.js", "build/fonts.css", "django_htmx/htmx-2.min.js"):
        path = finders.find(name)
        assert path, f"{name} is missing: run `langnghe assets`"
        weights[name] = len(gzip.compress(Path(path).read_bytes(), 9))
    assert sum(weights.values()) <= BUDGET, weights
    assert min(weights["build/app.css"], weights["build/app.js"]) > 1000, "the build is empty"
