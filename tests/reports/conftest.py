"""Reports are tested in the small city of the cases' tests, with a plan that orders reports."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cases.city import City, build, moment
from tests.plans.builders import texts as plan_texts
from tests.reports.builders import templates, texts


@pytest.fixture
def city(db: None) -> City:
    """The small city, with the texts of messages and the templates of reports."""
    made = build()
    plan_texts()
    texts()
    templates()
    return made


@pytest.fixture
def at() -> datetime:
    """A Tuesday morning at work."""
    return moment("2026-03-03 09:00")
