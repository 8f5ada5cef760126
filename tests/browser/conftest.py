"""A running server with the small city behind it, people who sign in through the real page, a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password

from langnghe.agencies import selectors as agencies
from langnghe.agencies.models import Person
from langnghe.intake import selectors as intake
from langnghe.worktime import clock as program_clock
from tests.browser.acts import sign_in
from tests.cases.city import City, build, moment

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PASSWORD = "mot-cau-dai-de-nho-1802"

NewContext = Callable[..., "BrowserContext"]


@pytest.fixture(autouse=True)
def _plain_settings(settings: Any) -> None:
    """The second step of the sign-in has tests of its own; mail is caught; pages of one machine are not throttled."""
    settings.REQUIRE_SECOND_FACTOR = False
    settings.LANGNGHE_MAIL = "mailbox"
    settings.SUBMISSIONS_PER_HOUR = 0
    settings.LOOKUPS_PER_HOUR = 0


@pytest.fixture
def time() -> Iterator[program_clock.Frozen]:
    """The program's clock, standing still on a Monday morning until a step moves it."""
    with program_clock.frozen(moment("2026-03-02 08:30")) as standing:
        yield standing


@pytest.fixture
def city(transactional_db: None, time: program_clock.Frozen) -> Iterator[City]:
    """The small city, committed, with a password for everybody."""
    _forget()
    built = build()
    Person.objects.update(password=make_password(PASSWORD))
    for person in built.people.values():
        person.refresh_from_db()
    yield built
    _forget()


def _forget() -> None:
    intake.forget()
    agencies.forget()


@pytest.fixture
def site(live_server: Any, city: City, settings: Any) -> str:
    """The address of a running server, without a slash at the end; messages lead to it."""
    settings.BASE_URL = str(live_server.url)
    return str(live_server.url)


@pytest.fixture
def desk(site: str, new_context: NewContext) -> Callable[[str], Page]:
    """`desk("handler")`: a browser of that person's own, signed in at a desk."""

    def open_desk(username: str) -> Page:
        page = new_context().new_page()
        sign_in(page, site, username, password=PASSWORD)
        return page

    return open_desk
