"""Indicators: what a target means, whether readings are on course; entering and correcting them; their chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from langnghe.acts.errors import ActError
from langnghe.desk.charts import indicator_chart, ticks
from langnghe.ledger import selectors as ledger
from langnghe.plans.models import Indicator, RegisterItem
from langnghe.plans.rules_indicators import (
    Course,
    Goal,
    Level,
    Point,
    Why,
    assess,
    assumed_increase,
    expected,
    goals,
    start_of,
)
from langnghe.plans.selectors import indicators as selectors
from langnghe.plans.services import documents
from langnghe.plans.services import indicators as services
from langnghe.reports.filling import read_words
from langnghe.worktime.clock import frozen
from tests.cases.city import City
from tests.plans.builders import plan
from tests.plans.registers import entered, register, settle

OPS = ["", ">=", "<=", ">", "<", "=", "increase_pct", "range_increase_pct", "decrease_pct", "increase_rank", "odd"]
NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
LEVELS = st.builds(
    Level,
    op=st.sampled_from(OPS),
    value=st.none() | NUMBERS,
    value_high=st.none() | NUMBERS,
    baseline=st.none() | NUMBERS,
    baseline_year=st.none() | st.integers(2010, 2030),
    due_on=st.none() | DAYS,
    started_on=st.none() | DAYS,
    unit=st.sampled_from(["", "%", "điểm/100", "hạng", "chuyên mục"]),
    less_is_better=st.booleans(),
)
POINTS = st.lists(st.builds(Point, on=DAYS, value=NUMBERS), max_size=6)


@given(LEVELS, POINTS, DAYS)
def test_every_indicator_has_a_standing_and_a_reason_when_unknown(
    level: Level, points: list[Point], today: date
) -> None:
    found = assess(level, points, today=today)
    assert (found.course is Course.UNKNOWN) == (found.why is not None)
    if found.goal is not None and found.latest is not None:
        reached = found.course in (Course.REACHED, Course.REACHED_LATE)
        assert reached == found.goal.reached(found.latest.value)
    if found.course is Course.REACHED_LATE:
        assert level.due_on is not None and found.reached_on is not None and found.reached_on > level.due_on
    if found.course is Course.MISSED:
        assert level.due_on is not None and today > level.due_on
    if found.course in (Course.ON_COURSE, Course.BEHIND):
        assert level.due_on is not None and today <= level.due_on and found.expected is not None


@given(LEVELS, POINTS, DAYS, st.floats(0, 1e6))
def test_a_better_reading_never_makes_it_worse(level: Level, points: list[Point], today: date, more: float) -> None:
    order = [Course.MISSED, Course.BEHIND, Course.SHORT, Course.ON_COURSE, Course.REACHED_LATE, Course.REACHED]
    found = assess(level, points, today=today)
    if found.latest is None or found.goal is None or start_of(level, points) == found.latest:
        return
    better = Point(found.latest.on, found.latest.value + (-more if found.goal.down else more))
    later = [*(point for point in points if point != found.latest), better]
    if start_of(level, later) != start_of(level, points) or goals(level) != goals(level):
        return
    if found.course in order:
        after = assess(level, later, today=today)
        if after.latest == better:
            assert order.index(after.course) >= order.index(found.course)


@given(st.floats(1, 1000), st.floats(0.5, 100), DAYS, st.integers(2, 2000))
def test_the_line_runs_from_baseline_to_target(base: float, step: float, start: date, days: int) -> None:
    level = Level(">=", base + step, baseline=base, due_on=start + timedelta(days), started_on=start)
    begun, goal = Point(start, base), Goal(base + step)
    levels = [expected(level, goal, start + timedelta(n), start=begun) for n in range(-1, days + 2, max(1, days // 9))]
    known = [one for one in levels if one is not None]
    assert known == sorted(known) and known[0] == base
    assert expected(level, goal, start + timedelta(days + 9), start=begun) == base + step


def test_per_cent_and_points_are_both_said_and_one_is_assumed() -> None:
    of_a_hundred, why = goals(Level("increase_pct", 5, baseline=78.92, unit="điểm/100"))
    assert why is None
    assert [goal.reading for goal in of_a_hundred] == ["points", "percent"]
    assert [round(goal.low, 3) for goal in of_a_hundred] == [83.92, 82.866]
    counted, _why = goals(Level("increase_pct", 5, baseline=400, unit="hồ sơ"))
    assert [(goal.reading, goal.low) for goal in counted] == [("percent", 420.0), ("points", 405.0)]


@given(LEVELS, st.sampled_from(["points", "percent"]))
def test_what_a_person_chose_is_the_only_way_to_read_an_increase(level: Level, chosen: str) -> None:
    both, _why = goals(level)
    one, _none = goals(replace(level, increase=chosen))
    if len(both) > 1:
        assert one == [goal for goal in both if goal.reading == chosen]
        assert both[0].reading == assumed_increase(level.unit)
    else:
        assert one == both


def test_the_choice_decides_whether_it_is_on_course() -> None:
    level = Level("increase_pct", 5, baseline=80, baseline_year=2025, due_on=date(2026, 12, 31), unit="%")
    read = [Point(date(2026, 12, 1), 84.5)]
    assert assess(level, read, today=date(2026, 12, 2)).course is Course.BEHIND  # 85 as points
    percent = replace(level, increase="percent")  # 84 as per cent
    assert assess(percent, read, today=date(2026, 12, 2)).course is Course.REACHED
    assert assess(percent, read, today=date(2026, 12, 2)).other is None


@pytest.mark.django_db
def test_the_choice_is_made_when_confirming_and_changed_later_by_who_may(
    city: City, at: datetime, client: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    found = register()
    target = {"op": "increase_pct", "value": 5.0}
    found["indicators"][0] |= {"target": target, "baseline": 80.0, "baseline_year": 2025}
    office = city.actor("coordinator")
    document = entered(agency_id=city.office.pk, actor=office, at=at, found=found)
    row = RegisterItem.objects.get(document=document, kind="indicator")
    client.force_login(city.people["coordinator"], backend="allauth.account.auth_backends.AuthenticationBackend")
    with frozen(at):
        page = client.get(reverse("desk:plan_review", args=[document.pk])).content.decode()
        assert "tạm hiểu là điểm phần trăm" in page and "đơn vị tính là “%”" in page
        client.post(reverse("desk:plan_item", args=[document.pk, row.pk]), {"act": "percent", "version": row.version})
        row.refresh_from_db()
        assert (row.current["increase"], row.state) == ("percent", "accepted")
        assert "tạm hiểu" not in client.get(reverse("desk:plan_review", args=[document.pk])).content.decode()
        settle(document, actor=office, at=at)
        documents.confirm(document_id=document.pk, actor=office, at=at)
        made = Indicator.objects.get(document=document)
        assert made.increase == "percent"
        url = reverse("desk:indicator", args=[made.pk])
        shown = client.get(url).content.decode()
        assert "do người phụ trách chọn" in shown and "Cách hiểu khác" not in shown
        terms = {"act": "terms", "baseline": "80", "baseline_year": "2025", "increase": ""}
        assert client.post(url, terms).status_code == 302
        made.refresh_from_db()
        assert made.increase == ""
        shown = client.get(url).content.decode()
        assert "Cách hiểu khác" in shown and "tạm hiểu là điểm phần trăm" in shown
        assert client.post(url, {**terms, "increase": "both"}).status_code == 422
        assert client.post(url, {**terms, "increase": "points"}).status_code == 302
        assert ledger.history("indicator", made.pk)[-1].data == {"increase": "points"}
        client.force_login(city.people["handler"], backend="allauth.account.auth_backends.AuthenticationBackend")
        client.post(url, {**terms, "increase": "percent"})
    made.refresh_from_db()
    assert made.increase == "points"
    with pytest.raises(ActError):
        services.mend(indicator_id=made.pk, changes={"increase": "odd"}, actor=office, at=at)


def test_the_lower_end_of_a_range_has_to_be_reached() -> None:
    level = Level("range_increase_pct", 3, 5, baseline=79.73, baseline_year=2021, due_on=date(2022, 12, 31), unit="%")
    assert assess(level, [Point(date(2022, 12, 1), 82.73)], today=date(2022, 12, 2)).course is Course.REACHED
    half = assess(level, [Point(date(2022, 7, 1), 81.2)], today=date(2022, 7, 2))
    assert half.course is Course.BEHIND and half.expected is not None and 81.2 < half.expected < 81.3
    assert assess(level, [Point(date(2022, 7, 1), 81.3)], today=date(2022, 7, 2)).course is Course.ON_COURSE
    assert assess(level, [Point(date(2022, 7, 1), 81.3)], today=date(2023, 1, 1)).course is Course.MISSED


def test_what_was_reached_after_its_day_was_reached_late() -> None:
    level, today = Level(">=", 80, due_on=date(2025, 12, 31)), date(2026, 6, 1)

    def standing(*points: tuple[date, float]) -> tuple[Course, date | None]:
        found = assess(level, [Point(*one) for one in points], today=today)
        return found.course, found.reached_on

    before, after, later = date(2025, 12, 31), date(2026, 3, 5), date(2026, 5, 5)
    assert standing((before, 80)) == (Course.REACHED, None)
    assert standing((before, 70), (after, 80)) == (Course.REACHED_LATE, after)
    assert standing((after, 80), (later, 85)) == (Course.REACHED_LATE, after)
    assert standing((after, 80), (later, 79)) == (Course.MISSED, None)
    assert standing((before, 81), (after, 79), (later, 82)) == (Course.REACHED, None), "in time is in time"
    assert standing((before, 79), (after, 80), (date(2026, 4, 1), 70), (later, 80)) == (Course.REACHED_LATE, later)


def test_a_page_and_a_report_say_that_it_was_late(
    city: City, at: datetime, sign_in: Callable[[str], Client], settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    document = plan(city.office, actor=city.actor("coordinator"), at=at)
    row = Indicator.objects.create(
        document=document, agency=city.works, name="Tỷ lệ hài lòng", unit="%", op=">=", value=80,
        due_on=date(2026, 1, 31),
    )  # fmt: skip
    for on, value in ((date(2026, 1, 30), 70), (date(2026, 2, 20), 82)):
        services.add_reading(
            indicator_id=row.pk, on=on, value=value, source="Khảo sát", actor=city.actor("focal"), at=at
        )
    with frozen(at):
        for address in (reverse("desk:indicator", args=[row.pk]), reverse("desk:plan_indicators", args=[document.pk])):
            words = sign_in("coordinator").get(address).content.decode()
            assert "Đã đạt, chậm: ngày 20/02/2026" in words
    measured = selectors.of_plan(document, today=at.date())[0]
    assert read_words(row, measured.readings, at.date()) == "20/02/2026, Khảo sát; đã đạt, chậm: ngày 20/02/2026"
    assert read_words(row, measured.readings[:1], date(2026, 2, 1)).endswith("không đạt khi đến hạn")


def test_ranks_rise_by_getting_smaller() -> None:
    level = Level("increase_rank", baseline=30, baseline_year=2021, due_on=date(2022, 12, 31))
    assert assess(level, [Point(date(2022, 6, 1), 29)], today=date(2022, 6, 2)).course is Course.REACHED
    assert assess(level, [Point(date(2022, 6, 1), 30)], today=date(2022, 6, 2)).course is Course.SHORT
    five = Level("increase_rank", value=5, baseline=30, baseline_year=2021, due_on=date(2022, 12, 31))
    for rank, course in ((26.0, Course.SHORT), (25.0, Course.REACHED), (5.0, Course.REACHED)):
        assert assess(five, [Point(date(2022, 6, 1), rank)], today=date(2022, 7, 1)).course is course, rank
    no_base = Level("increase_rank")
    assert assess(no_base, [Point(date(2022, 6, 1), 3)], today=date(2022, 6, 2)).why is Why.NO_BASELINE


def test_what_has_no_number_is_not_judged() -> None:
    most = assess(Level("=", None), [Point(date(2022, 1, 1), 1)], today=date(2022, 2, 1))
    assert (most.course, most.why) == (Course.UNKNOWN, Why.NO_LEVEL)
    assert assess(Level(""), [], today=date(2022, 2, 1)).why is Why.NO_TARGET
    assert assess(Level(">=", 85), [], today=date(2022, 2, 1)).why is Why.NO_READING


# --- entering ---------------------------------------------------------------------------------------------------------


def _indicator(city: City, at: datetime, **given: Any) -> Indicator:
    document = plan(city.office, actor=city.actor("coordinator"), at=at)
    values = {
        "name": "Tỷ lệ hài lòng", "unit": "%", "op": "increase_pct", "value": 5.0, "baseline": 79.73,
        "baseline_year": 2025, "due_on": date(2026, 12, 31), "agency": city.works,
    } | given  # fmt: skip
    return Indicator.objects.create(document=document, **values)


def test_a_correction_takes_the_place_of_a_reading_which_stays_on_record(city: City, at: datetime) -> None:
    row = _indicator(city, at)
    actor = city.actor("handler")
    first = services.add_reading(
        indicator_id=row.pk, on=date(2026, 3, 1), value=81.0, source="Khảo sát quý I", actor=actor, at=at
    )
    with pytest.raises(ActError) as twice:
        services.add_reading(indicator_id=row.pk, on=date(2026, 3, 1), value=1, source="x", actor=actor, at=at)
    assert twice.value.field == "on"
    second = services.correct_reading(
        reading_id=first.pk, on=date(2026, 3, 1), value=81.5, source="Bản đính chính", actor=actor, at=at
    )
    shown = selectors.page(row.pk, today=at.date())
    assert shown is not None
    assert [one.value for one in shown.readings] == [81.5]
    assert [one.replaced_by_id for one in shown.history] == [second.pk, None]
    with pytest.raises(ActError):
        services.correct_reading(reading_id=first.pk, on=date(2026, 3, 1), value=9, source="x", actor=actor, at=at)
    acts = [entry.act for entry in ledger.history("indicator", row.pk)]
    assert acts == ["reading", "correct"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"on": date(2030, 1, 1)}, "on"),
        ({"on": date(1800, 1, 1)}, "on"),
        ({"value": float("nan")}, "value"),
        ({"value": 1e300}, "value"),
        ({"source": "  "}, "source"),
    ],
)
def test_what_is_no_reading_is_refused_at_its_field(
    city: City, at: datetime, given: dict[str, Any], field: str
) -> None:
    row = _indicator(city, at)
    values: dict[str, Any] = {"on": at.date(), "value": 1.0, "source": "Báo cáo"} | given
    with pytest.raises(ActError) as refused:
        services.add_reading(indicator_id=row.pk, **values, actor=city.actor("coordinator"), at=at)
    assert refused.value.field == field
    assert not row.readings.exists()


def test_readings_come_from_who_measures_and_terms_from_who_owns_the_plan(city: City, at: datetime) -> None:
    row = _indicator(city, at)
    for name in ("partner_focal", "approver", "observer"):
        with pytest.raises(ActError):
            services.add_reading(indicator_id=row.pk, on=at.date(), value=1, source="x", actor=city.actor(name), at=at)
    with pytest.raises(ActError):
        services.mend(indicator_id=row.pk, changes={"baseline": 1.0}, actor=city.actor("head"), at=at)
    with pytest.raises(ActError) as early:
        services.mend(indicator_id=row.pk, changes={"due_on": date(2025, 1, 1)}, actor=city.actor("coordinator"), at=at)
    assert early.value.field == "due_on"
    services.mend(
        indicator_id=row.pk, changes={"baseline": 80.0, "agency_id": city.partner.pk},
        actor=city.actor("coordinator"), at=at,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.baseline, row.agency) == (80.0, city.partner)


# --- the chart --------------------------------------------------------------------------------------------------------


@given(LEVELS, POINTS)
def test_the_chart_draws_anything_without_styles(level: Level, points: list[Point]) -> None:
    found, _why = goals(level)
    chart = indicator_chart(
        points, goal=found[0] if found else None, other=found[1] if len(found) > 1 else None,
        start=start_of(level, points), due=level.due_on, label="Biểu đồ <b>",
    )  # fmt: skip
    if chart:
        drawn = ElementTree.fromstring(f"<all>{chart}</all>")
        assert len(drawn) == 2
        for one in drawn.iter():
            assert "style" not in one.attrib
            for name in ("x", "y", "x1", "y1", "cx", "cy", "width", "height"):
                assert -1e4 < float(one.attrib.get(name, 0)) < 1e4


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e9))
def test_ticks_are_few_and_within(low: float, span: float) -> None:
    marks = ticks(low, low + span)
    assert 0 < len(marks) <= 6
    assert all(low - 1e-5 * span <= mark <= low + span * 1.00001 for mark in marks)
