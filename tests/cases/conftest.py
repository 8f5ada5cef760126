"""A small city for tests of cases: one office, two agencies, one commune, people in each role."""

from __future__ import annotations

import pytest

from tests.cases.city import City, build


@pytest.fixture
def city(db: None) -> City:
    """The small city."""
    return build()
