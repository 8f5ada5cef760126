"""The first page: each figure equals what the list behind it shows, for each role, at a fixed number of queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from langnghe.plans.models import Share
from langnghe.plans.services import shares
from langnghe.reports.services import writing
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.plans import builders
from tests.reports import builders as report_builders

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
NOW = moment("2026-03-20 10:00")


@pytest.fixture(autouse=True)
def _now(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(NOW):
        yield


@pytest.fixture
def busy(city: City, at: datetime) -> City:
    """A city in which everybody has something of everything to do."""
    focal, handler, head = city.actor("focal"), city.actor("handler"), city.actor("head")
    for number, due in enumerate((10, 10, 20, 20, 20, 23, 25, None)):
        on = date(2026, 3, due) if due else None
        share = builders.given(
            city, city.works, at=at, title=f"Việc {number}", due_on=on, due_kind="date" if on else "none"
        )
        if number % 2:
            shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=focal, at=at)
        if number in (1, 3, 5):
            shares.report(
                share_id=share.pk, percent=90, text="x", file_ids=[builders.picture(at)], actor=handler, at=at
            )
            by = head if number == 5 else handler
            shares.submit(share_id=share.pk, text="Xong", actor=by, at=at)
        if number in (0, 7):
            shares.raise_obstacle(share_id=share.pk, text=f"Thiếu kinh phí {number}", actor=focal, at=at)
    builders.given(city, city.partner, at=at, title="Việc của nơi khác", due_on=date(2026, 3, 12))
    outside = builders.task(Share.objects.first().task.document, at=at, title="Việc của tập đoàn")  # type: ignore[union-attr]
    shares.assign(task=outside, agency_id=None, body_name="Tập đoàn Điện lực", actor=city.actor("coordinator"), at=at)
    city.receive(at)
    report_builders.templates()
    report = report_builders.owed(city, at=at)
    writing.refill(report_id=report.pk, actor=focal, at=at)
    writing.submit(report_id=report.pk, actor=focal, at=at)
    return city


_FIGURE = re.compile(
    r'<a class="today-figure[^"]*" href="([^"]+)"><span class="today-value">([\d.]+)</span>'
    r'<span class="today-label">(?:<svg.*?</svg>)?([^<]+)', re.DOTALL,
)  # fmt: skip
_SAID = {"cho-tong-hop", "con-thieu", "da-tong-hop"}


def figures(page: str) -> dict[tuple[str, str], int]:
    """What the page says: (address, label) → number."""
    return {
        (url.replace("&amp;", "&"), label): int(value.replace(".", "")) for url, value, label in _FIGURE.findall(page)
    }


def listed(client: Client, url: str) -> int:
    """How many rows the list behind a figure has, over all its pages."""
    rows = 0
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = answer.content.decode()
        if any(f"loc={one}" in url for one in _SAID):
            return int(re.search(r'<p class="lead">(\d+)', page).group(1))  # type: ignore[union-attr]
        main = page.split("<main", 1)[1]
        rows += len(re.findall(r"<(?:tr|li)[^>]* data-row>", main))
        older = answer.context.get("older", "")
        url = url.split("?")[0] + older if older else ""
    return rows


@pytest.mark.parametrize("name", ["coordinator", "focal", "handler", "approver", "head", "observer", "partner_head"])
def test_each_figure_equals_its_list(busy: City, sign_in: Callable[[str], Client], name: str) -> None:
    client = sign_in(name)
    page = client.get(reverse("desk:home")).content.decode()
    found = figures(page)
    assert len(found) >= (3 if name == "observer" else 6), page
    assert sum(found.values()) > 0
    for (url, label), value in found.items():
        assert listed(client, url) == value, (label, url, value)


def labelled(client: Client) -> dict[str, int]:
    """The figures of a person by their labels."""
    page = client.get(reverse("desk:home")).content.decode()
    return {label: value for (_url, label), value in figures(page).items()}


def test_what_the_figures_count(busy: City, sign_in: Callable[[str], Client]) -> None:
    said = labelled(sign_in("head"))
    assert said["Đến hạn hôm nay"] == 3 and said["Sắp đến hạn"] == 5 and said["Chưa giao cho người nào"] == 5
    assert said["Chờ nghiệm thu"] == 2, "not what the head reported"
    assert said["Vướng mắc chờ trả lời"] == 2
    said = {
        label: value for (_url, label), value in figures(sign_in("approver").get("/can-bo/").content.decode()).items()
    }
    assert said["Chờ nghiệm thu"] == 3
    other = sign_in("partner_head").get(reverse("desk:plan_obstacles")).content.decode()
    assert "Thiếu kinh phí" not in other, "the obstacles of another agency"


@pytest.mark.parametrize("name", ["coordinator", "focal", "handler", "approver", "head", "observer"])
def test_the_number_of_queries_is_fixed(busy: City, sign_in: Callable[[str], Client], at: datetime, name: str) -> None:
    client = sign_in(name)
    client.get(reverse("desk:home"))
    counted = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("desk:home")).status_code == 200
        assert len(asked) <= MOST_QUERIES
        # Whether calendar and catalogues are still those that the process holds is asked now and then.
        kept = ("worktime_version", "worktime_clockoffset", "cases_setting", "agencies_agency")
        counted.append(sum(one["sql"].split(" FROM ")[-1].split()[0].strip('"') not in kept for one in asked))
        for _number in range(12):
            builders.given(busy, busy.works, at=at, due_on=(at + timedelta(days=3)).date())
            busy.receive(at)
    assert counted[0] == counted[1]


def test_lists_of_what_waits_stay_within_their_queries(busy: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("head")
    for name in ("plan_accept", "plan_obstacles"):
        for query in ("", "?in=1"):
            with CaptureQueriesContext(connection) as asked:
                page = client.get(reverse(f"desk:{name}") + query)
            assert page.status_code == 200 and len(asked) <= MOST_QUERIES
    empty = sign_in("partner_head")
    assert "Không có vướng mắc nào chờ trả lời" in empty.get(reverse("desk:plan_obstacles")).content.decode()
    assert "Không còn việc nào chờ nghiệm thu" in empty.get(reverse("desk:plan_accept")).content.decode()


def test_nothing_to_do_says_what_comes_next(city: City, sign_in: Callable[[str], Client]) -> None:
    page = sign_in("handler").get(reverse("desk:home")).content.decode()
    assert "Hôm nay không còn việc nào chờ ông/bà" in page and reverse("desk:plans") in page


@pytest.mark.parametrize(
    ("name", "page"),
    [("clerk", "desk:counter"), ("protected", "desk:restricted"), ("administrator", "desk:admin_home")],
)
def test_who_has_one_kind_of_work_goes_straight_to_it(
    city: City, sign_in: Callable[[str], Client], name: str, page: str
) -> None:
    answer = sign_in(name).get(reverse("desk:home"))
    assert answer.status_code == 302 and answer["Location"] == reverse(page)


def test_the_menu_leads_to_calendar_and_board_and_one_search_finds_both(
    busy: City, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("handler")
    board = client.get(reverse("desk:plan_board")).content.decode()
    assert f'href="{reverse("desk:plan_calendar")}" aria-current="page"' in board
    assert f'action="{reverse("desk:plan_search")}" role="search"' in board
    home = client.get(reverse("desk:home")).content.decode()
    assert f'action="{reverse("desk:search")}" role="search"' in home
    cases = client.get(reverse("desk:search") + "?q=viec").content.decode()
    assert f"{reverse('desk:plan_search')}?q=viec" in cases
    tasks = client.get(reverse("desk:plan_search") + "?q=viec").content.decode()
    assert f"{reverse('desk:search')}?q=viec" in tasks and "Việc 3" in tasks
    clerk = sign_in("clerk").get(reverse("desk:search") + "?q=viec").content.decode()
    assert reverse("desk:plan_search") not in clerk
