"""Counters and submissions on a real database."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections

from langnghe.cases.models import Case
from langnghe.intake import services
from langnghe.intake.models import Throttle
from tests.cases.city import City, build, moment

pytestmark = pytest.mark.django_db
AT = moment("2026-03-02 09:15")


def test_throttle_counts_each_purpose_address_and_hour() -> None:
    def count(**changes: object) -> bool:
        values = {"purpose": "submit", "address": "1.2.3.4", "limit": 2, "at": AT, **changes}
        return services.throttle(**values)  # type: ignore[arg-type]

    assert [count() for _ in range(3)] == [True, True, False]
    assert count(purpose="lookup")
    assert count(address="1.2.3.5")
    assert count(at=AT + timedelta(hours=1))
    assert count(limit=0), "no limit"
    assert Throttle.objects.count() == 4


def test_throttled_looks_without_counting() -> None:
    asked = {"purpose": "lookup", "address": "1.2.3.4", "limit": 1, "at": AT}
    assert not services.throttled(**asked)  # type: ignore[arg-type]
    services.throttle(**asked)  # type: ignore[arg-type]
    assert services.throttled(**asked)  # type: ignore[arg-type]
    assert Throttle.objects.get().count == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_slips_through_at_once() -> None:
    allowed: list[bool] = []
    gate = threading.Barrier(8)

    def one() -> None:
        gate.wait()
        allowed.append(services.throttle(purpose="submit", address="1.2.3.4", limit=3, at=AT))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 5 + [True] * 3


def test_old_counters_go() -> None:
    for hours in (0, 1, 2, 5):
        services.throttle(purpose="submit", address="1.2.3.4", limit=9, at=AT - timedelta(hours=hours))
    assert services.forget_counters(at=AT) == 2
    assert Throttle.objects.count() == 2


def test_counters_do_not_wait_for_the_disk() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'intake_throttle'")
        assert cursor.fetchone() == ("u",)


@pytest.fixture
def city() -> City:
    """The small city."""
    return build()


def test_submit_is_idempotent(city: City) -> None:
    given = services.Submission(
        about="regulation",
        body="Thủ tục này nên bỏ bớt một giấy.",
        submission_key=uuid.uuid4(),
        channel_id=city.web.pk,
        name="Nguyễn Thị Thử",
        address="Phường Thử",
        phone="0900000123",
        proposal=True,
    )
    first, second = services.submit(given=given, at=AT), services.submit(given=given, at=AT)
    assert not first.repeated
    assert second.repeated
    assert (first.case.code, first.secret) == (second.case.code, second.secret)
    case = Case.objects.get()
    assert (case.regime, case.subject, case.kind, case.title) == (
        "admin",
        "regulation",
        "proposal",
        "Thủ tục này nên bỏ bớt một giấy",
    )


def test_a_name_that_is_not_given_is_not_published(city: City) -> None:
    given = services.Submission(
        about="field",
        body="Đèn hỏng cả tuần rồi.",
        submission_key=uuid.uuid4(),
        channel_id=city.web.pk,
        email="a@b.example",
        publish_name=True,
    )
    assert services.submit(given=given, at=AT).case.sender.publish_name is False
