"""Personal work plans: periods, own items, and the tasks and steps that a person holds beside them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from langnghe.acts.errors import ActError
from langnghe.plans.models import OwnItem, PlanStep, Share
from langnghe.plans.rules_periods import KINDS, day_of, period_of
from langnghe.plans.selectors import personal as selectors
from langnghe.plans.services import personal as services
from langnghe.plans.services import shares
from tests.cases.city import City
from tests.plans.builders import given

DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@generated(DAYS, st.sampled_from(KINDS))
def test_periods_follow_each_other_without_a_gap(day: date, kind: str) -> None:
    period = period_of(kind, day)  # type: ignore[arg-type]
    assert day in period
    assert period.before.last + timedelta(days=1) == period.first
    assert period.after.first - timedelta(days=1) == period.last
    assert period_of(kind, period.first) == period_of(kind, period.last) == period  # type: ignore[arg-type]
    lengths = {"week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
    least, most = lengths[kind]
    assert least <= (period.last - period.first).days + 1 <= most


@generated(st.text(max_size=30))
def test_any_text_in_an_address_gives_a_day(text: str) -> None:
    assert 2000 <= day_of(text, date(2026, 3, 3)).year <= 2100


def _held(city: City, at: datetime, name: str = "handler", **more: object) -> Share:
    share = given(city, city.works, at=at, **more)
    return shares.delegate(share_id=share.pk, person_id=city.people[name].pk, actor=city.actor("focal"), at=at)


def test_tasks_steps_and_own_items_stand_together(city: City, at: datetime, django_assert_num_queries: object) -> None:
    me = city.people["handler"].pk
    due = _held(city, at, due_on=date(2026, 3, 6))
    _held(city, at, title="Tháng sau", due_on=date(2026, 4, 6))
    late = _held(city, at, title="Đã quá hạn", due_on=date(2026, 2, 27))
    ongoing = _held(city, at, title="Thường xuyên", due_kind="ongoing", due_on=None)
    _held(city, at, "handler2", title="Của người khác", due_on=date(2026, 3, 6))
    step = PlanStep.objects.create(share=due, order=1, title="Dự thảo", person_id=me, due_on=date(2026, 3, 4))
    own = services.add_item(
        person_id=me, title="Họp phòng", starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 5), at=at
    )
    week = period_of("week", at.date())
    with django_assert_num_queries(3):  # type: ignore[operator]
        plan = selectors.work_plan(me, week, today=at.date())
    assert plan.late == [late]
    assert plan.due == [step, own, due]
    assert plan.ongoing == [ongoing]
    services.set_done(item_id=own.pk, person_id=me, done=True, at=at)
    again = selectors.work_plan(me, week, today=at.date())
    assert again.done == [own] and own not in again.due
    past = selectors.work_plan(me, week.before, today=at.date())
    assert late in past.due and not past.late and not past.ongoing
    quarter = selectors.work_plan(me, period_of("quarter", at.date()), today=at.date())
    assert {due, late, step} <= set(quarter.due)


def test_own_items_are_the_persons_alone(city: City, at: datetime) -> None:
    me, other = city.people["handler"].pk, city.people["handler2"].pk
    item = services.add_item(person_id=me, title="Đọc tài liệu", starts_on=at.date(), ends_on=at.date(), at=at)
    for attempt in (
        lambda: services.set_done(item_id=item.pk, person_id=other, done=True, at=at),
        lambda: services.remove_item(item_id=item.pk, person_id=other),
        lambda: services.change_item(
            item_id=item.pk, person_id=other, title="x", starts_on=at.date(), ends_on=at.date()
        ),
    ):
        with pytest.raises(OwnItem.DoesNotExist):
            attempt()
    share = _held(city, at, "handler2")
    with pytest.raises(ActError) as refused:
        services.add_item(
            person_id=me, title="Theo việc người khác", starts_on=at.date(), ends_on=at.date(), at=at,
            share_id=share.pk,
        )  # fmt: skip
    assert refused.value.field == "share"
    with pytest.raises(ActError) as backwards:
        services.change_item(
            item_id=item.pk, person_id=me, title="x", starts_on=at.date(), ends_on=at.date() - timedelta(days=1)
        )
    assert backwards.value.field == "ends_on"
    services.remove_item(item_id=item.pk, person_id=me)
    assert not OwnItem.objects.exists()
