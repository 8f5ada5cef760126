"""Tasks that only repeat a duty to report are told from those with work of their own, and struck in one step."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.ledger.models import Entry
from langnghe.plans.models import PlanDocument, RegisterItem
from langnghe.plans.rules_repeats import Row, only_reports, repeats
from langnghe.plans.selectors.documents import register_page
from langnghe.plans.services import documents, items
from tests.cases.city import City, moment
from tests.plans.registers import entered, register, settle, task

AT = moment("2026-03-02 09:00")
MONTHLY = {"type": "recurring", "value": None, "before": False, "rrule": "FREQ=MONTHLY", "quote": "hằng tháng"}

ONLY = [
    "Các trường nộp báo cáo kết quả về Phòng Giáo dục trước ngày 5 hằng tháng.",
    "Sở Xây dựng tổng hợp tình hình thực hiện, báo cáo Thành phố vào tuần đầu quý.",
    "Hằng tuần gửi báo cáo về Ban Chỉ đạo; cuối năm báo cáo tổng kết.",
    "Xây dựng báo cáo kết quả thực hiện, gửi Sở Tài chính hằng quý./.",
]
WORK = [
    "Sở Y tế kiểm tra các chợ; báo cáo kết quả hằng tháng.",
    "Theo dõi, đôn đốc các phường, báo cáo Thành phố hằng quý.",
    "Cập nhật sổ theo dõi, báo cáo vào ngày 3 hằng tháng.",
    "Báo cáo hằng tháng. Tổ chức trực ban ngày nghỉ lễ.",
    "Công khai kết quả hằng tháng.",
]


@pytest.mark.parametrize("quote", ONLY)
def test_an_order_to_report_is_nothing_else(quote: str) -> None:
    assert only_reports(quote)


@pytest.mark.parametrize("quote", WORK)
def test_work_beside_a_report_is_kept(quote: str) -> None:
    assert not only_reports(quote)


@given(st.text(max_size=200))
def test_any_text_has_an_answer(quote: str) -> None:
    assert only_reports(quote) in (True, False)


@given(st.integers(0, 100), st.integers(1, 100), st.integers(0, 100), st.integers(1, 100))
def test_the_duty_has_to_cover_the_task(start: int, size: int, duty: int, length: int) -> None:
    quote = {"quote": ONLY[0], "deadline": MONTHLY}
    rows = [
        Row(1, "task", start, start + size, quote),
        Row(2, "report", duty, duty + length, {"rrule": "FREQ=MONTHLY"}),
    ]
    common = max(0, min(start + size, duty + length) - max(start, duty))
    assert repeats(rows) == ({1} if common >= 0.8 * size else set())
    assert repeats([rows[0], Row(2, "report", duty, duty + length, {"rrule": None})]) == set()
    once = {**quote, "deadline": {"type": "date"}}
    assert repeats([Row(1, "task", start, start + size, once), rows[1]]) == set()


def twice(city: City) -> PlanDocument:
    """A plan of which one paragraph is a task and a duty to report."""
    found: dict[str, Any] = register()
    quote = "UBND các xã, phường tổ chức nhận phản ánh về đèn hỏng."
    place = found["tasks"][2]["place"]
    found["tasks"][2] = task(quote, ["UBND các xã, phường"], path="3", deadline=MONTHLY)
    found["tasks"][2]["quote"] = "UBND các xã, phường báo cáo kết quả hằng tháng."
    found["recurring_reports"] = [
        {
            "who": "UBND các xã, phường", "to": "UBND Thành phố", "due": "hằng tháng", "rrule": "FREQ=MONTHLY",
            "quote": quote, "doubts": [], "place": place, "reasons": {}, "confidence": {},
        }
    ]  # fmt: skip
    return entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found=found)


@pytest.mark.django_db
def test_a_repeat_is_doubted_and_struck_with_one_step_that_can_be_undone(city: City) -> None:
    office = city.actor("coordinator")
    plan = twice(city)
    row = RegisterItem.objects.get(document=plan, kind="task", path="3")
    assert row.doubts == [items.REPEATS]
    assert register_page(plan, today=AT.date()).summary.repeats == 1
    assert items.accept_sure(document_id=plan.pk, actor=office, at=AT) > 0
    row.refresh_from_db()
    assert row.state == "found"  # what is doubted is not accepted unseen
    before = Entry.objects.filter(kind="plan", subject_id=plan.pk).count()
    assert items.reject_repeats(document_id=plan.pk, actor=office, at=AT) == [row.pk]
    assert items.reject_repeats(document_id=plan.pk, actor=office, at=AT) == []
    assert Entry.objects.filter(kind="plan", subject_id=plan.pk).count() == before + 1
    row.refresh_from_db()
    assert row.state == "rejected" and register_page(plan, today=AT.date()).summary.repeats == 0
    items.undo(item_id=row.pk, actor=office, at=AT)
    row.refresh_from_db()
    assert (row.state, row.doubts) == ("found", [items.REPEATS])


@pytest.mark.django_db
def test_what_was_struck_as_a_repeat_says_nothing_against_the_reading(city: City) -> None:
    office = city.actor("coordinator")
    plan = twice(city)
    items.reject_repeats(document_id=plan.pk, actor=office, at=AT)
    settle(plan, actor=office, at=AT)
    plan = documents.confirm(document_id=plan.pk, actor=office, at=AT)
    assert (plan.accuracy["task"]["found"], plan.accuracy["task"]["rejected"]) == (3, 0)


@pytest.mark.django_db
def test_the_doubt_outlives_a_new_date_of_the_plan_and_the_duty_alone_makes_it(city: City) -> None:
    office = city.actor("coordinator")
    plan = twice(city)
    values = {"title": plan.title, "number": plan.number, "issued_on": moment("2026-01-05 00:00").date()}
    documents.mend_head(document_id=plan.pk, values=values, actor=office, at=AT)
    assert items.REPEATS in RegisterItem.objects.get(document=plan, kind="task", path="3").doubts
    items.reject(item_id=RegisterItem.objects.get(document=plan, kind="report").pk, actor=office, at=AT)
    assert items.reject_repeats(document_id=plan.pk, actor=office, at=AT) == []
