"""A small city in which everybody can sign in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from langnghe.agencies.models import Person
from tests.cases.city import City, build

PASSWORD = "mot-cau-dai-de-nho-1802"
ROLES = {
    "coordinator": "coordinator",
    "focal": "focal_point",
    "handler": "handler",
    "approver": "approver",
    "head": "head",
    "clerk": "clerk",
    "protected": "protected_reader",
    "observer": "observer",
    "administrator": "administrator",
}
"""A person for each role."""


@pytest.fixture(autouse=True)
def _password_is_enough(settings: Any) -> None:
    """Most tests are about other things than the second step."""
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def city(db: None) -> City:
    """The city of the cases' tests."""
    return build()


@pytest.fixture
def admin(sign_in: Callable[[str], Client]) -> Client:
    """The administrator's browser."""
    return sign_in("administrator")


@pytest.fixture
def handler(city: City) -> Person:
    """A person with a password."""
    person = city.people["handler"]
    person.set_password(PASSWORD)
    person.save()
    return person
