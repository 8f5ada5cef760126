"""Staff pages are tested in the small city of the cases' tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

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
