"""Reads of cases: who sees what, pages by key, and what a case page costs."""

from __future__ import annotations

from typing import Any

import pytest

from langnghe.cases import selectors, services
from tests.cases.city import City, moment

pytestmark = pytest.mark.django_db


def test_case_page_costs_four_queries_whatever_happened(city: City, django_assert_max_num_queries: Any) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    office, focal = city.actor("coordinator"), city.actor("focal")
    services.classify(
        case_id=case.pk,
        actor=office,
        at=moment("2026-03-02 10:00"),
        regime="field",
        field_id=city.field.pk,
        urgency="normal",
    )
    services.transfer(
        case_id=case.pk, actor=office, at=moment("2026-03-02 10:05"), agency_id=city.works.pk, reason="Đúng thẩm quyền"
    )
    services.accept(case_id=case.pk, actor=focal, at=moment("2026-03-02 10:30"))
    services.assign(case_id=case.pk, actor=focal, at=moment("2026-03-02 10:31"), handler_id=city.people["handler"].pk)
    services.ask_partner(
        case_id=case.pk,
        actor=focal,
        at=moment("2026-03-02 10:40"),
        partner_id=city.partner.pk,
        question="Tuyến này ai cấp điện?",
    )
    services.note(case_id=case.pk, actor=focal, at=moment("2026-03-02 10:41"), text="Đã gọi tổ điện.")
    selectors.case_page(case.code, [office])  # the catalogues are read once
    with django_assert_max_num_queries(4):
        seen = selectors.case_page(case.code, [office])
        assert seen is not None
        acts = selectors.possible_acts(seen, [focal], at=moment("2026-03-02 11:00"))
        assert [row.question for row in seen.cooperations.all()] == ["Tuyến này ai cấp điện?"]
        assert seen.cooperations.all()[0].asked_at == moment("2026-03-02 10:40")
        assert seen.notes.all()[0].author.username == "focal"
        assert seen.handler is not None and seen.handler.username == "handler"
    assert "submit" not in {act.row.act for act in acts}


def test_an_agency_sees_only_its_own(city: City) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    assert selectors.case_page(case.code, [city.actor("focal")]) is None
    assert selectors.case_page(case.code, [city.actor("administrator")]) is None
    assert selectors.case_page(case.code, [city.actor("observer")]) is not None


def test_queue_pages_by_key_both_ways(city: City) -> None:
    cases = [city.receive(moment(f"2026-03-02 09:{minute:02d}")).case for minute in range(7)]
    office = [city.actor("coordinator")]
    wanted = selectors.QueueFilter()
    at = moment("2026-03-02 12:00")
    first = selectors.queue(office, wanted, at=at, soon=at, size=3)
    second = selectors.queue(office, wanted, at=at, soon=at, size=3, key=first.after)
    third = selectors.queue(office, wanted, at=at, soon=at, size=3, key=second.after)
    assert [row.pk for row in [*first.rows, *second.rows, *third.rows]] == [case.pk for case in cases]
    assert third.after == "" and first.before == ""
    back = selectors.queue(office, wanted, at=at, soon=at, size=3, key=third.before)
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]


@pytest.mark.parametrize("words", ["đèn đường", "den duong", "ĐÈN ĐƯỜNG", "ngõ 12"])
def test_search_with_or_without_marks(city: City, words: str) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    found = selectors.archive([city.actor("coordinator")], selectors.QueueFilter(text=words))
    assert [row.pk for row in found.rows] == [case.pk]


def test_search_by_code(city: City) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    found = selectors.archive(
        [city.actor("coordinator")], selectors.QueueFilter(text=case.code.lower().replace("-", " "))
    )
    assert [row.pk for row in found.rows] == [case.pk]
