"""Queries whose statement is put together once say what Django's own way says, whatever their values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import BooleanField, Count, Q
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from langnghe.agencies.models import RoleAssignment
from langnghe.agencies.selectors import roles_of
from langnghe.database import Rows, Statement
from langnghe.plans.models import Share, Task
from tests.cases.city import City, moment
from tests.plans import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(city: City) -> list[Share]:
    """Twelve shares of two agencies, due day after day."""
    at = moment("2026-03-02 09:00")
    agencies = (city.works, city.partner)
    return [
        builders.given(city, agencies[day % 2], at=at, title=f"Việc {day}", due_on=date(2026, 3, 10 + day))
        for day in range(12)
    ]


def tally(agency_id: int | None, at: datetime, states: tuple[str, ...]) -> dict[str, int]:
    """An aggregate whose shape its arguments decide."""
    found = Share.objects.filter(state__in=states)
    if agency_id is not None:
        found = found.filter(agency=agency_id)
    return found.aggregate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))


def listed(keys: list[int], agency_id: int | None, at: datetime) -> Any:
    """Instances with what is joined, left out and added."""
    found = Share.objects.filter(RawSQL("plans_share.id = ANY(%s)", [keys], BooleanField()), due_at__gte=at)
    if agency_id is not None:
        found = found.exclude(agency=agency_id)
    return found.select_related("task__document", "person").defer("notes").annotate(n=Count("steps")).order_by("-pk")


def test_figures_are_those_of_the_query_itself(city: City, given: list[Share]) -> None:
    statement = Statement(tally)
    for day in range(8, 24):
        at = datetime(2026, 3, day, 9, tzinfo=moment("2026-03-02 09:00").tzinfo)
        for agency in (None, city.works.pk, city.partner.pk, 0):
            for states in (("assigned",), ("assigned", "doing"), ("done",)):
                with CaptureQueriesContext(connection) as asked:
                    rows = statement.rows(agency, at, states)
                assert len(asked) == 1 and rows == [tuple(tally(agency, at, states).values())]
    assert len(statement._known) == 6, "one for each shape"
    assert statement.rows(None, at, ()) == [], "nothing can be found, so nothing is asked"


def test_instances_are_those_of_the_query_itself(city: City, given: list[Share]) -> None:
    rows = Rows(listed)
    start = moment("2026-03-10 00:00")
    for turn in range(12):
        keys, at = [share.pk for share in given[turn:]], start + timedelta(days=turn // 2)
        for agency in (None, city.works.pk):
            with CaptureQueriesContext(connection) as asked:
                found = rows.rows(keys, agency, at)
                told = [(one.task.document.title, one.n, one.get_deferred_fields()) for one in found]  # type: ignore[attr-defined]
            own = list(listed(keys, agency, at))
            assert found == own and len(asked) == 1
            assert told == [(one.task.document.title, one.n, one.get_deferred_fields()) for one in own]
    assert rows.rows([], None, start) == []
    assert Rows(lambda: Task.objects.none()).rows() == []


def test_a_value_that_is_worked_out_is_refused(given: list[Share]) -> None:
    at = moment("2026-03-02 09:00")
    with pytest.raises(ValueError, match="worked out"):
        Statement(lambda when: Share.objects.filter(due_at__lt=when + timedelta(days=7)).count()).rows(at)
    with pytest.raises(ValueError, match="worked out"):
        Rows(lambda pk: Share.objects.filter(pk=pk + 1)).rows(1)
    with pytest.raises(ValueError, match="in the statement itself"):
        Rows(lambda most: Share.objects.all()[:most]).rows(3)


def test_many_values_before_a_moment(given: list[Share]) -> None:
    keys, at = [share.pk for share in given], moment("2026-03-15 00:00")
    statement = Statement(lambda *all_: Share.objects.filter(pk__in=all_[:-1], due_at__lt=all_[-1]).count())
    many = [*keys, *range(10_000, 10_100)]
    assert statement.rows(*many, at) == [(Share.objects.filter(pk__in=keys, due_at__lt=at).count(),)]


def test_each_thread_has_its_own(city: City) -> None:
    rows = Rows(lambda person_id: RoleAssignment.objects.filter(person=person_id).select_related("agency"))
    head = city.people["head"]
    mine = rows.rows(head.pk)
    assert mine == list(RoleAssignment.objects.filter(person=head)) and rows.rows(head.pk) == mine

    def elsewhere() -> int:
        try:
            return len(rows.rows(head.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result() == 0, "another connection, which does not see this test's city"


def test_roles_are_those_of_the_day(city: City) -> None:
    head = city.people["head"]
    today = date(2026, 3, 2)
    held = roles_of(head, today)
    assert [one.role for one in held] == ["head"] and held[0].person is head
    RoleAssignment.objects.filter(person=head).update(valid_to=today)
    assert roles_of(head, today) and not roles_of(head, today + timedelta(days=1))
