"""The city's calendar and rules, loaded from the files that come with the program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from langnghe.worktime import packaged, selectors, services
from langnghe.worktime.models import Deadline, DeadlineRule
from langnghe.worktime.rules import ZONE

LOADED_AT = dt.datetime(2026, 1, 5, 9, tzinfo=ZONE)


def at(text: str) -> dt.datetime:
    """A moment in Việt Nam."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What a process keeps of calendar and rules does not outlive the test that loaded them."""
    selectors.forget()
    yield
    selectors.forget()


@pytest.fixture
def city(db: None) -> None:
    """Calendar and rules of the demo city."""
    load()


def load() -> None:
    services.load_calendar(packaged.calendar_data(), LOADED_AT)
    services.load_rules(packaged.rules_data(), LOADED_AT)


def rule(code: str, on: str = "2026-03-02") -> DeadlineRule:
    found = selectors.rule_by_code(code, dt.date.fromisoformat(on))
    assert found is not None
    return found


@pytest.fixture
def open_one(city: None) -> Callable[..., Deadline]:
    """Opens a deadline: `open_one("admin-answer", "2026-03-02T09:00", subject=1)`."""

    def opener(code: str, start: str, *, subject: int = 1, step: str = "", agency: int = 7) -> Deadline:
        by = rule(code, start[:10])
        return services.open_deadline(
            kind="case", subject_id=subject, step=step or by.step, rule=by, start=at(start), agency_id=agency
        )

    return opener
