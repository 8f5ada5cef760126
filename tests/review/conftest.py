"""The small city of the cases' tests, and signed-in people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from langnghe.worktime import clock
from tests.cases.city import City, build, moment


@pytest.fixture
def city(db: None) -> City:
    """The small city."""
    return build()


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def noon() -> Iterator[None]:
    """A Tuesday morning at work, for pages."""
    with clock.frozen(moment("2026-03-03 09:00")):
        yield


@pytest.fixture
def sign_in(city: City, noon: None) -> Callable[[str], Client]:
    """A browser in which the person of that name is signed in."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
