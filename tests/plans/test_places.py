"""Where something stands in a plan is said in words, the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.plans.models import RegisterItem
from langnghe.plans.places import place_words
from langnghe.worktime import clock
from tests.cases.city import City
from tests.plans import builders


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("II/r4", "mục II, dòng 4"),
        ("II.1.a", "mục II.1.a"),
        ("[II].[1].b", "mục II.1.b"),
        ("II.1.a/-3", "mục II.1.a, gạch đầu dòng 3"),
        ("II.8.b/Văn phòng UBND Thành phố/+2", "mục II.8.b, Văn phòng UBND Thành phố, dấu cộng 2"),
        ("II.3/p2#2", "mục II.3, đoạn 2, ý 2"),
        ("kết", "phần kết"),
        ("kết/p2#1", "phần kết, đoạn 2, ý 1"),
        ("p3", "đoạn 3"),
        ("r12", "dòng 12"),
        ("Điều 5", "Điều 5"),
        ("", ""),
    ],
)
def test_a_path_in_words(path: str, words: str) -> None:
    assert place_words(path) == words


@pytest.mark.django_db
def test_no_page_shows_a_raw_path(city: City, at: datetime, sign_in: Callable[[str], Client], settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(at):
        share = builders.given(city, city.works, at=at, path="II/r4", lead_names=["Sở Xây dựng"])
        task = share.task
        office = sign_in("coordinator")
        pages = [
            reverse("desk:plan", args=[task.document_id]),
            reverse("desk:plan", args=[task.document_id]) + "?in=1",
            reverse("desk:task", args=[task.pk]),
            reverse("desk:task", args=[task.pk]) + "?in=1",
            reverse("desk:share", args=[share.pk]),
            reverse("desk:share", args=[share.pk]) + "?in=1",
        ]
        for url in pages:
            words = office.get(url).content.decode()
            assert "II/r4" not in words, url
            assert "ục II, dòng 4" in words or url.startswith(reverse("desk:task", args=[task.pk])), url


@pytest.mark.django_db
def test_the_register_says_places_in_words(
    city: City, at: datetime, sign_in: Callable[[str], Client], settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(at):
        document = builders.plan(city.office, actor=city.actor("coordinator"), at=at, state="review")
        read = {"quote": "Lập danh mục."}
        RegisterItem.objects.create(document=document, kind="task", order=1, path="II/r4", current=read, extracted=read)
        words = sign_in("coordinator").get(reverse("desk:plan_review", args=[document.pk])).content.decode()
        assert "Mục II, dòng 4" in words and "II/r4" not in words
