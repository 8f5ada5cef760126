"""Staff pages are tested in the small city of the cases' tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from langnghe.worktime import clock
from tests.cases.city import City, build, moment


@pytest.fixture
def city(db: None) -> City:
    """The small city."""
    return build()


@pytest.fixture
def at() -> datetime:
    """A Tuesday morning at work."""
    return moment("2026-03-03 09:00")


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    """The second factor has tests of its own."""
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture(autouse=True)
def _time(at: datetime) -> object:
    with clock.frozen(at):
        yield


@pytest.fixture
def sign_in(city: City) -> Callable[[str], Client]:
    """A browser in which the person of that name is signed in."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
