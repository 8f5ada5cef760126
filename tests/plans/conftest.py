"""Plans are tested in the small city of the cases' tests."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cases.city import City, build, moment
from tests.plans.builders import texts


@pytest.fixture
def city(db: None) -> City:
    """The small city, with a text for every message of plans."""
    made = build()
    texts()
    return made


@pytest.fixture
def at() -> datetime:
    """A Tuesday morning at work."""
    return moment("2026-03-03 09:00")
