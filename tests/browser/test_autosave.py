"""A report keeps itself while it is written: on a page that is left without a word, beside another writer, and without
script by its buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from langnghe.ledger.models import Entry
from langnghe.reports.models import Report, ReportDraft
from langnghe.reports.sections import lines
from langnghe.reports.services import writing
from tests.browser.acts import sign_in
from tests.browser.conftest import PASSWORD
from tests.cases.city import City, moment
from tests.plans.builders import texts as plan_texts
from tests.reports.builders import owed, templates, texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "dang-lam"


@pytest.fixture
def report(city: City) -> Report:
    """A report that the focal point has begun."""
    plan_texts()
    texts()
    templates()
    made = owed(city, at=moment("2026-03-02 08:00"))
    return writing.refill(report_id=made.pk, actor=city.actor("focal"), at=moment("2026-03-02 08:10"))


def words(report: Report) -> str:
    """What the section says."""
    report.refresh_from_db()
    return "\n".join(lines(next(one for one in report.sections if one["code"] == CODE)))


def test_words_are_kept_while_they_are_typed(
    site: str, city: City, report: Report, desk: Callable[[str], Page]
) -> None:
    page = desk("focal")
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    url = f"{site}/can-bo/bao-cao/{report.pk}/muc/{CODE}/"
    entries = Entry.objects.count()
    page.goto(url)
    page.locator("#new").press_sequentially("Đã khảo sát xong", delay=5)
    status = page.locator("[data-autosave-line]")
    expect(status).to_have_text(re.compile(r"Đã lưu lúc \d\d:\d\d"))
    assert status.get_attribute("aria-live") == "polite"
    page.locator("#new").press_sequentially(" ba ngõ.", delay=5)
    page.goto(f"{site}/can-bo/bao-cao/{report.pk}/")  # left at once, without a button
    expect(page.locator("main")).to_contain_text("Có phần đang viết dở")
    assert Entry.objects.count() == entries and "khảo sát xong" not in words(report)
    page.goto(url)
    expect(page.locator("#new")).to_have_value("Đã khảo sát xong ba ngõ.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator("main")).to_contain_text("Đã khảo sát xong ba ngõ.")
    assert Entry.objects.count() == entries + 1
    page.goto(url)
    expect(page.locator("#new")).to_have_value("")  # not once more
    assert not ReportDraft.objects.exclude(fields={}).exists()
    assert problems == []


def test_two_writers_are_told_of_each_other_and_lose_nothing(
    site: str, city: City, report: Report, desk: Callable[[str], Page]
) -> None:
    one, two = desk("focal"), desk("handler")
    url = f"{site}/can-bo/bao-cao/{report.pk}/muc/{CODE}/"
    one.goto(url)
    two.goto(url)
    two.locator("#t-0").fill("Lời của chuyên viên.")
    two.get_by_role("button", name="Lưu", exact=True).click()
    two.wait_for_url(re.compile(r"/bao-cao/\d+/#"))
    one.locator("#t-0").fill("Lời của đầu mối.")
    expect(one.locator("[data-autosave-bad]")).to_contain_text("Người khác vừa sửa mục này")
    one.get_by_role("button", name="Lưu", exact=True).click()
    expect(one.locator("main")).to_contain_text("Người khác đã sửa mục này trong lúc ông/bà viết")
    expect(one.locator("#t-0")).to_have_value("Lời của đầu mối.")
    assert "chuyên viên" in words(report)
    one.get_by_role("button", name="Lưu bản của tôi thay bản hiện nay").click()
    expect(one.locator("main")).to_contain_text("Lời của đầu mối.")
    assert "đầu mối" in words(report)


def test_a_lost_connection_is_said_and_made_good(
    site: str, city: City, report: Report, desk: Callable[[str], Page]
) -> None:
    page = desk("focal")
    page.goto(f"{site}/can-bo/bao-cao/{report.pk}/muc/{CODE}/")
    page.context.set_offline(True)
    page.locator("#new").fill("Viết khi mất mạng")
    expect(page.locator("[data-autosave-bad]")).to_contain_text("mất kết nối")
    page.context.set_offline(False)
    expect(page.locator("[data-autosave-line]")).to_have_text(re.compile("Đã lưu lúc"), timeout=15000)
    expect(page.locator("[data-autosave-bad]")).to_be_hidden()
    assert ReportDraft.objects.get().fields["new"] == "Viết khi mất mạng"


def test_without_script_the_buttons_save(
    site: str, city: City, report: Report, new_context: Callable[..., Any]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, site, "focal", password=PASSWORD)
    page.goto(f"{site}/can-bo/bao-cao/{report.pk}/muc/{CODE}/")
    page.locator("#new").fill("Viết không có kịch bản.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    assert "Viết không có kịch bản." in words(report)
