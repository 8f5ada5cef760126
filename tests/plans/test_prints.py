"""Every page of plans has a print: a sheet without menu, with who printed it and when, and what it was narrowed to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.plans.models import Share
from langnghe.plans.services import shares
from langnghe.worktime import clock
from tests.cases.city import City
from tests.plans import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(settings: Any, at: datetime) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(at):
        yield


@pytest.fixture
def held(city: City, at: datetime) -> Share:
    """A task that the handler of Sở Xây dựng holds, with an obstacle, due this month."""
    share = builders.given(city, city.works, at=at, due_on=date(2026, 3, 6), lead_names=["Sở Xây dựng"], path="II.1")
    shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)
    return shares.raise_obstacle(share_id=share.pk, text="Thiếu xe thang.", actor=city.actor("handler"), at=at)


@pytest.fixture
def sign_in(city: City) -> Callable[[str], Client]:
    """A browser in which the person of that name is signed in."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


def pages(share: Share) -> dict[str, tuple[str, str]]:
    """Each page: who looks, its address."""
    task = share.task
    return {
        "tree": ("head", reverse("desk:plan", args=[task.document_id])),
        "task": ("head", reverse("desk:task", args=[task.pk])),
        "share": ("handler", reverse("desk:share", args=[share.pk])),
        "mine": ("handler", reverse("desk:plan_mine")),
        "agency": ("head", reverse("desk:plan_agency")),
        "late": ("coordinator", reverse("desk:plan_late") + "?han=sap-han"),
        "calendar": ("handler", reverse("desk:plan_calendar") + "?cua=toi"),
        "board": ("head", reverse("desk:plan_board")),
        "search": ("observer", reverse("desk:plan_search") + "?q=niem+yet"),
        "obstacles": ("coordinator", reverse("desk:plan_obstacles")),
        "work_plan": ("handler", reverse("desk:work_plan") + "?ky=month"),
    }


@pytest.mark.parametrize(
    "name",
    ["tree", "task", "share", "mine", "agency", "late", "calendar", "board", "search", "obstacles", "work_plan"],
)
def test_each_page_leads_to_its_print(held: Share, sign_in: Callable[[str], Client], name: str) -> None:
    who, url = pages(held)[name]
    client = sign_in(who)
    screen = client.get(url).content.decode()
    links = [one.replace("&amp;", "&") for one in re.findall(r'href="(\?[^"]*\bin=1[^"]*)"', screen)]
    assert links, "the page leads to its print"
    print_page = client.get(url.split("?")[0] + links[0])
    assert print_page.status_code == 200
    sheet = print_page.content.decode()
    main = sheet.split("<main", 1)[1].split("</main>")[0]
    assert 'class="desk-side' not in sheet and "<form" not in main and 'class="menu' not in sheet
    assert 'class="paper listing"' in sheet and "Niêm yết thủ tục hành chính" in main
    for table in re.findall(r"<table.*?</table>", main, re.DOTALL):
        assert "<thead" in table or name == "share", "a head that is repeated on each page"


def test_a_print_says_who_when_and_what_it_was_narrowed_to(held: Share, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("head")
    page = client.get(reverse("desk:plan_agency") + "?han=vuong-mac&q=niem&in=1").content.decode()
    assert "in lúc 09:00 thứ Ba, 03/03/2026" in page and "Sở Xây dựng" in page
    assert "đang vướng mắc" in page and "“niem”" in page
    month = client.get(reverse("desk:plan_calendar") + "?thang=2026-03&in=1").content.decode()
    assert "Tháng 3 năm 2026" in month and "thứ Sáu, 06/03/2026 (1)" in month
    empty = client.get(reverse("desk:plan_calendar") + "?thang=2027-03&in=1").content.decode()
    assert "Tháng này không có nhiệm vụ nào đến hạn" in empty
