"""The one clock: it can stand still in tests, and be moved for all processes where the settings allow it."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from langnghe.worktime import clock
from langnghe.worktime.models import ClockOffset
from langnghe.worktime.rules import ZONE
from tests.worktime.conftest import at

SLACK = dt.timedelta(seconds=60)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> object:
    clock.forget()
    yield
    clock.forget()


def real() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_it_shows_the_real_time_in_viet_nam(settings: object) -> None:
    settings.LANGNGHE_CLOCK_MOVABLE = False  # type: ignore[attr-defined]
    now = clock.now()
    assert now.utcoffset() == dt.timedelta(hours=7)
    assert now.tzinfo is ZONE
    assert abs(now - real()) < SLACK
    assert clock.today() in {now.date(), clock.now().date()}


def test_it_stands_still_and_is_moved_in_tests() -> None:
    with clock.frozen(at("2026-08-21T16:45")) as standing:
        assert clock.now() == at("2026-08-21T16:45")
        standing.move_by(dt.timedelta(days=1))
        assert clock.today() == dt.date(2026, 8, 22)
        with clock.frozen(dt.datetime(2026, 1, 1, 20, tzinfo=dt.UTC)):
            assert clock.now() == at("2026-01-02T03:00")
            assert clock.today() == dt.date(2026, 1, 2)
        standing.move_to(at("2026-08-21T16:45"))
        seen: list[dt.datetime] = []
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        assert seen == [at("2026-08-21T16:45")]
    assert abs(clock.now() - real()) < dt.timedelta(days=3650)
    with pytest.raises(ValueError, match="aware"), clock.frozen(dt.datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


@pytest.mark.django_db
def test_it_is_moved_through_the_database(settings: object) -> None:
    settings.LANGNGHE_CLOCK_MOVABLE = True  # type: ignore[attr-defined]
    clock.move_to(at("2030-08-21T16:45"))
    assert at("2030-08-21T16:45") <= clock.now() < at("2030-08-21T16:45") + SLACK
    clock.move_by(dt.timedelta(days=-1))
    assert clock.today() == dt.date(2030, 8, 20)
    assert ClockOffset.objects.count() == 1
    with CaptureQueriesContext(connection) as queries:
        for _ in range(20):
            clock.now()
    assert len(queries) <= 3  # the offset is kept, not asked for each time
    # What another process wrote is seen after two seconds at the latest.
    ClockOffset.objects.update(offset=dt.timedelta(days=365))
    assert clock.FRESH_SECONDS <= 2
    clock._seen.until = 0  # type: ignore[union-attr]
    assert dt.timedelta(days=364) < clock.now() - real() < dt.timedelta(days=366)
    clock.reset()
    assert abs(clock.now() - real()) < SLACK


@pytest.mark.django_db
def test_it_is_not_moved_where_the_settings_do_not_allow_it(settings: object) -> None:
    settings.LANGNGHE_CLOCK_MOVABLE = False  # type: ignore[attr-defined]
    for move in (
        lambda: clock.move_to(at("2030-08-21T16:45")),
        lambda: clock.move_by(dt.timedelta(days=1)),
        clock.reset,
    ):
        with pytest.raises(RuntimeError):
            move()
    ClockOffset.objects.create(offset=dt.timedelta(days=400))
    assert abs(clock.now() - real()) < SLACK


@pytest.mark.django_db
def test_a_missing_table_leaves_the_real_time_and_the_transaction_alone(settings: object) -> None:
    settings.LANGNGHE_CLOCK_MOVABLE = True  # type: ignore[attr-defined]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE worktime_clockoffset RENAME TO elsewhere")
        assert abs(clock.now() - real()) < SLACK
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
        transaction.set_rollback(True)
