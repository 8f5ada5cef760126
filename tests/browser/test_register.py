"""A plan is confirmed at a keyboard, beside its text, by two people, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from langnghe.plans.models import PlanDocument, RegisterItem, Task
from langnghe.plans.services import documents, items
from langnghe.plans.services.documents import handing
from langnghe.workflow.actor import Actor
from tests.browser.acts import sign_in
from tests.browser.conftest import PASSWORD
from tests.cases.city import City, moment
from tests.plans.builders import texts
from tests.plans.registers import TEXT, entered, item, settle
from tests.plans.test_repeats import twice

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AT = moment("2026-03-02 08:30")


@pytest.fixture
def plan(city: City) -> PlanDocument:
    texts()
    return entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)


def now(page: Page) -> str:
    """The words of the item on which the keyboard stands."""
    return page.locator(".item-now .item-quote").inner_text()


def test_a_register_is_confirmed_by_keyboard_alone(
    site: str, city: City, plan: PlanDocument, desk: Callable[[str], Page]
) -> None:
    page = desk("coordinator")
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    page.keyboard.press("j")
    assert now(page).startswith("Sở Xây dựng rà soát")
    expect(page.locator(".spot-now")).to_have_text(re.compile("Sở Xây dựng rà soát"))
    page.keyboard.press("a")  # right: on to the next
    expect(page.locator(".item-settled")).to_have_count(1)
    expect(page.locator(".item-now .item-quote")).to_have_text(re.compile("^Sở Công Thương chủ trì"))
    page.keyboard.press("e")
    lead = page.locator(".item-now input[name=lead]").first
    expect(lead).to_have_value("Sở Công Thương")
    lead.fill("Sở Xây dựng")
    lead.press("Enter")
    expect(page.locator(".item-now .item-quote")).to_have_text(re.compile("^UBND các xã"))
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("s")
    page.locator(".item-now input[name=position]").last.check()
    page.get_by_role("button", name="Tách", exact=True).click()
    expect(page.locator('[data-kind="task"]')).to_have_count(5)
    page.keyboard.press("g")
    expect(page.locator(".item-now .item-quote")).to_have_text(re.compile(r"Xong trước ngày 30/6/2026\.$"))
    page.keyboard.press("u")
    expect(page.locator(".item-now .item-quote")).to_have_text(re.compile(r"cần thay\.$"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt khi xác nhận")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.wait_for_url("**loc=nghi-van")
    expect(page.locator("[data-item]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-item] [data-act=undo]")).to_have_count(1)
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    page.get_by_role("button", name=re.compile("Nhận .* mục không nghi vấn")).click()
    page.get_by_role("button", name="Xác nhận và giao nhiệm vụ").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Đồng ý|Có|Tiếp tục|Xác nhận")).first.click()
    expect(page.get_by_text("Đã xác nhận. Nhiệm vụ đã được giao đến từng cơ quan.")).to_be_visible()
    plan.refresh_from_db()
    assert plan.state == "active"
    assert not problems
    paths = list(Task.objects.filter(document=plan).values_list("path", flat=True))
    assert "4" not in paths and {"1", "2", "3"} <= set(paths)
    assert Task.objects.get(document=plan, path="2").lead_names == ["Sở Xây dựng"]


def test_the_page_says_what_is_next_until_nothing_is_left(
    site: str, city: City, desk: Callable[[str], Page], new_context: Callable[..., Any]
) -> None:
    """Repeats are struck by one key and taken back by one button; doubts are gone through; then it is confirmed."""
    texts()
    plan = twice(city)
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    foot, bar = page.locator("#review-foot"), page.locator("#review-bar")
    expect(foot).to_contain_text("Còn 2 nghi vấn")
    expect(bar).to_contain_text("Việc tiếp theo: bỏ 1 nhiệm vụ chỉ nhắc lại chế độ báo cáo")
    page.keyboard.press("b")
    expect(page.get_by_text("Đã bỏ 1 mục chỉ nhắc lại chế độ báo cáo")).to_be_visible()
    expect(foot).to_contain_text("Còn 1 nghi vấn")
    page.get_by_role("button", name="Hoàn tác").first.click()
    expect(foot).to_contain_text("Còn 2 nghi vấn")
    page.keyboard.press("b")
    foot.get_by_role("button", name=re.compile("Nhận 4 mục không nghi vấn")).click()
    expect(bar).to_contain_text("Việc tiếp theo: xem từng mục nghi vấn")
    page.keyboard.press("v")
    expect(page.locator(".item-now .item-doubts")).to_contain_text("Chưa chắc là một nhiệm vụ")
    assert page.locator(".item-now").bounding_box()["y"] + 40 < foot.bounding_box()["y"]  # type: ignore[index]
    page.keyboard.press("a")
    expect(foot).to_contain_text("Đã xem hết các mục")
    expect(bar).to_contain_text("Việc tiếp theo: xác nhận")
    foot.get_by_role("button", name="Xác nhận và giao nhiệm vụ").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Đồng ý|Có|Tiếp tục|Xác nhận")).first.click()
    expect(page.get_by_text("Đã xác nhận. Nhiệm vụ đã được giao đến từng cơ quan.")).to_be_visible()


def test_without_script_the_next_doubt_is_a_link(
    site: str, city: City, plan: PlanDocument, new_context: Callable[..., Any]
) -> None:
    page = new_context(java_script_enabled=False, phone=True).new_page()
    sign_in(page, site, "coordinator", password=PASSWORD)
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    page.locator("#review-foot").get_by_role("link", name="Nghi vấn tiếp theo").click()
    assert page.url.endswith(f"#i-{item(plan, '4').pk}")
    target = page.locator(f"#i-{item(plan, '4').pk}")
    target.get_by_role("button", name="Bỏ", exact=True).click()
    page.locator("#review-foot").get_by_role("button", name=re.compile("Nhận 4 mục")).click()
    expect(page.locator("#review-foot")).to_contain_text("Đã xem hết các mục")


def test_a_large_plan_shows_how_far_it_is_handed_out(
    site: str,
    city: City,
    plan: PlanDocument,
    desk: Callable[[str], Page],
    monkeypatch: pytest.MonkeyPatch,
    axe_script: str,
) -> None:
    monkeypatch.setattr(handing, "FEW_SHARES", 2)
    monkeypatch.setattr(handing, "STEP_SHARES", 2)
    settle(plan, actor=city.actor("coordinator"), at=AT)
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    page.get_by_role("button", name="Xác nhận và giao nhiệm vụ").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Đồng ý|Có|Tiếp tục|Xác nhận")).first.click()
    expect(page.locator("main")).to_contain_text("0 trên 5 phần việc")
    page.evaluate(axe_script)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"]] == []
    handing.step(document_id=plan.pk, at=AT)
    expect(page.locator("main")).to_contain_text("1 trên 5 phần việc", timeout=10_000)
    documents.give_waiting(document_id=plan.pk, at=AT)
    expect(page.locator("main")).to_contain_text("Đã giao xong 5 phần việc", timeout=10_000)
    assert page.url.endswith(f"/ke-hoach/{plan.pk}/")


def test_what_was_missed_is_added_from_a_selection(
    site: str, city: City, plan: PlanDocument, desk: Callable[[str], Page]
) -> None:
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    page.evaluate(
        """() => {
            const lines = [...document.querySelectorAll("[data-start]")];
            const line = lines.find((one) => one.textContent.includes("danh mục"));
            const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf("lập danh mục cần thay");
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 21);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
        }"""
    )
    page.keyboard.press("n")
    form = page.locator("[data-add]")
    expect(form.locator("[name=quote]")).to_have_value("lập danh mục cần thay")
    form.locator("[name=lead]").first.fill("Sở Xây dựng")
    form.get_by_role("button", name="Thêm").click()
    expect(page.get_by_text("Đã thêm mục.")).to_be_visible()
    made = RegisterItem.objects.get(document=plan, extracted__isnull=True)
    assert TEXT[made.start : made.end] == "lập danh mục cần thay"


def test_two_reviewers_are_told_of_each_other(
    site: str, city: City, plan: PlanDocument, desk: Callable[[str], Page]
) -> None:
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    colleague = Actor("person", "coordinator", city.people["observer"].pk)
    items.mend(item_id=item(plan, "1").pk, fields={"report_to": "UBND Thành phố"}, actor=colleague, at=AT)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("alert").filter(has_text="Người khác vừa thay đổi mục này")).to_be_visible()
    assert item(plan, "1").state == "mended"


def test_the_register_is_usable_on_a_phone_and_sound(
    site: str, city: City, plan: PlanDocument, new_context: Callable[..., Any], axe_script: str
) -> None:
    for phone in (True, False):
        page = new_context(phone=phone).new_page()
        sign_in(page, site, "coordinator", password=PASSWORD)
        for address in (f"{plan.pk}/xac-nhan/?muc={item(plan, '1').pk}&cach=sua", "", "nhap/", "nhap/?cach=giao-viec"):
            page.goto(f"{site}/can-bo/ke-hoach/{address}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, address
            page.evaluate(axe_script)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found["violations"]] == []
        if phone:
            page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
            expect(page.locator(".pane-text")).to_be_hidden()
            page.get_by_role("button", name="Văn bản", exact=True).click()
            expect(page.locator(".pane-text")).to_be_visible()
            page.locator("a.spot").first.click()
            expect(page.locator(".item-now")).to_be_visible()


def test_a_button_stays_under_the_mouse_that_presses_it(
    site: str, city: City, plan: PlanDocument, desk: Callable[[str], Page]
) -> None:
    row = item(plan, "1")
    words = "Rà soát, lập danh mục các ngõ chưa có đèn chiếu sáng trên địa bàn từng phường. " * 12
    items.mend(item_id=row.pk, fields={"quote": words}, actor=city.actor("coordinator"), at=AT)
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    card = page.locator(f"#i-{row.pk}")
    link = card.get_by_role("link", name="Sửa")
    link.scroll_into_view_if_needed()
    before = link.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + 8, before["y"] + 8)
    page.mouse.down()
    assert link.bounding_box() == before, "the long words above do not unfold under the mouse"
    page.mouse.up()
    expect(card.locator("[name=quote]")).to_be_visible()
