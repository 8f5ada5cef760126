"""Every page of every role in a real browser: nothing for axe to find, narrow enough, quiet, and nothing from outside.

Each page is looked at twice: on a phone of 360 pixels in light colours, and at a desk in dark ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from langnghe.agencies.models import Agency, Person, Role
from langnghe.cases.models import Field
from langnghe.cases.services import watching
from langnghe.desk.views.admin import catalogue
from langnghe.outbox import services as outbox
from langnghe.outbox.models import Message, MessageTemplate
from langnghe.worktime.clock import Frozen
from langnghe.worktime.models import DeadlineRule
from tests.browser.cases import Cases, settle
from tests.cases.city import City
from tests.desk.test_access import NAMES, own_routes

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = (({"width": 360, "height": 740}, "light"), ({"width": 1280, "height": 900}, "dark"))

NO_PAGES = {
    "healthz", "metrics", "robots", "sitemap", "feed", "feed_agency", "feed_field", "suggestions", "upload",
    "upload_part", "case_file", "public_file", "file", "counter_known",
}  # fmt: skip
"""Answers that are no pages of their own: figures, feeds, files, fragments."""

ONLY_POSTED = {
    "case_act", "case_leave", "act", "follow", "unfollow", "admin_agency_end", "admin_agency_rename",
    "admin_person_act", "admin_calendar_confirm", "admin_calendar_clear", "admin_message_act", "admin_hours",
}  # fmt: skip
"""Addresses that only take something and lead on to a page (which is looked at by its own address)."""

STYLE = {"style", "style-desk", "style-case", "style-paper"}
"""The style guide has tests of its own."""


class Eye:
    """Looks at pages of one person and keeps what is wrong, so that one run tells everything."""

    def __init__(self, page: Page, site: str, axe_script: str) -> None:
        self.page, self.site, self.axe_script = page, site, axe_script
        self.wrong: list[str] = []
        self.seen: list[str] = []
        self._expected = 0
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        page.context.on("request", lambda request: self._ask(request.url))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.wrong.append(f"{self.page.url}: console: {text}")

    def _ask(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.wrong.append(f"{self.page.url}: asks for {url}")

    def open(self, path: str, *, status: int = 200, looks: int = 2) -> None:
        """Go to an address and look."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        if answer.status != status:
            self.wrong.append(f"{path}: status {answer.status} instead of {status}")
            return
        self.look(path, looks=looks)

    def look(self, name: str, *, looks: int = 2) -> None:
        """Look at the page that is open."""
        page = self.page
        self.seen.append(name)
        page.evaluate(
            """() => document.querySelectorAll('main details').forEach((box) => { box.open = true })"""
        )
        facts = page.evaluate(
            """() => ({
                h1: document.querySelectorAll('h1').length,
                title: document.title.trim(),
                lang: document.documentElement.lang,
                twice: [...document.querySelectorAll('[id]')].map((one) => one.id)
                    .filter((id, at, all) => all.indexOf(id) !== at),
            })"""
        )
        if facts["h1"] != 1 or not facts["title"] or facts["lang"] not in ("vi", "en") or facts["twice"]:
            self.wrong.append(f"{name}: {facts}")
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(self.axe_script)
        for size, scheme in LOOKS[:looks]:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                self.wrong.append(f"{name}: {over} pixels too wide at {size['width']}")
            found = page.evaluate("(rules) => axe.run({ runOnly: rules }).then((all) => all.violations)", RULES)
            self.wrong += [
                f"{name} ({scheme}): {one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
                for one in found
                for node in one["nodes"][:2]
            ]

    def done(self) -> None:
        """Nothing may have been wrong."""
        assert self.wrong == [], "\n".join(self.wrong)
        assert self.seen


@pytest.fixture
def cases(city: City, time: Frozen, settings: Any) -> Cases:
    """The small city with a case in every state; the demo's own pages are there too."""
    settings.DEMO = True
    settings.LANGNGHE_CLOCK_MOVABLE = True
    made = settle(city, time)
    watching.remind(at=time.at)
    outbox.deliver(at=time.at)
    return made


@pytest.fixture
def eye(site: str, new_context: Callable[..., BrowserContext], axe_script: str) -> Callable[..., Eye]:
    """`eye(client)`: a browser with the cookies of a test client."""

    def make(client: Client | None = None) -> Eye:
        context = new_context(viewport=LOOKS[0][0], reduced_motion="reduce")
        if client is not None:
            host = urlsplit(site).hostname or ""
            context.add_cookies(
                [
                    {"name": name, "value": one.value, "domain": host, "path": one["path"] or "/"}
                    for name, one in client.cookies.items()
                ]
            )
        return Eye(context.new_page(), site, axe_script)

    return make


def _signed_in(city: City, name: str) -> Client:
    client = Client()
    client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _first(model: Any, **wanted: Any) -> Any:
    found = model.objects.filter(**wanted).order_by("pk").first()
    assert found is not None, model
    return found


def _parameters(name: str) -> list[list[Any]]:
    """How to open a route that takes parameters; cases and their papers have tests of their own below."""
    known: dict[str, Callable[[], list[list[Any]]]] = {
        "admin_agency": lambda: [[one.pk] for one in Agency.objects.order_by("pk")[:2]],
        "admin_person": lambda: [[one.pk] for one in Person.objects.order_by("pk")[:2]],
        "admin_rule": lambda: [[_first(DeadlineRule).pk]],
        "admin_rows": lambda: [[slug] for slug in _slugs()],
        "admin_row_new": lambda: [[slug] for slug in _slugs()],
        "admin_row": lambda: [[_slugs()[0], _first(Field).pk]],
        "admin_template": lambda: [[one.code, one.language] for one in MessageTemplate.objects.order_by("pk")[:1]],
        "admin_message": lambda: [[_first(Message).pk]],
    }
    return known[name]() if name in known else []


def _slugs() -> list[str]:
    return list(catalogue.SLUGS)


ELSEWHERE = {
    "receipt", "receipt_print", "case", "public_case", "follow_confirm", "sender", "duplicates", "gate",
    "counter_receipt", "counter_acts",
}  # fmt: skip
"""Routes with parameters that the tests below open by hand."""


def test_every_route_is_looked_at() -> None:
    """A new page has to be told here how it is opened."""
    unknown = [
        (path, route.name)
        for path, route in own_routes()
        if "<" in path
        and route.name not in NO_PAGES | ONLY_POSTED | STYLE | ELSEWHERE
        and route.name not in _WITH_PARAMETERS
    ]
    assert unknown == []


_WITH_PARAMETERS = {
    "admin_agency", "admin_person", "admin_rule", "admin_rows", "admin_row_new", "admin_row", "admin_template",
    "admin_message",
}  # fmt: skip


@pytest.mark.parametrize("role", [*sorted(Role.values), "visitor"])
def test_pages_without_a_case(cases: Cases, eye: Callable[..., Eye], role: str) -> None:
    """All routes that a role may open and that ask for no case. Where several may, the first one looks twice."""
    visitor = role == "visitor"
    looking = eye(None if visitor else _signed_in(cases.city, NAMES[role]))
    for path, route in own_routes():
        access = route.callback.access  # type: ignore[attr-defined]
        name = route.name or ""
        if name in NO_PAGES | ONLY_POSTED | STYLE | ELSEWHERE or (access == "public") != visitor:
            continue
        if not visitor and role not in access:
            continue
        looks = 2 if visitor or role == min(access) else 1
        if "<" not in path:
            looking.open("/" + path, looks=looks)
            continue
        for given in _parameters(name):
            looking.open(_address(name, given), looks=looks)
    looking.done()


def _address(name: str, given: list[Any]) -> str:
    for space in ("desk:", "portal:"):
        try:
            return reverse(space + name, args=given)
        except NoReverseMatch:
            continue
    raise AssertionError(name)
