"""What was typed is not lost with the session: it is there again after signing in, for this person only, until the
server has taken it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from langnghe.plans.models import Obstacle, Progress, Share
from langnghe.plans.services import shares
from langnghe.reports.sections import lines
from langnghe.reports.services import writing
from tests.browser.acts import open_act
from tests.browser.cases import settle
from tests.browser.conftest import PASSWORD
from tests.cases.city import City, moment
from tests.plans.builders import given
from tests.plans.builders import texts as plan_texts
from tests.plans.registers import entered, item
from tests.reports.builders import owed, templates, texts

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from langnghe.worktime.clock import Frozen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Đã khảo sát 214 ngõ, còn 12 ngõ chờ mặt bằng.\nTuần tới lắp đèn ngõ 17."

KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('keep:')).length"


@pytest.fixture
def share(city: City, time: Frozen) -> Share:
    """A task that the handler is doing."""
    plan_texts()
    made = given(city, city.works, at=time.at)
    return shares.delegate(
        share_id=made.pk, person_id=city.people["handler"].pk, unit="Phòng Hạ tầng", actor=city.actor("focal"),
        at=time.at,
    )  # fmt: skip


def again(page: Page, username: str = "handler") -> None:
    """Sign in on the page to which the form was sent, told that nothing is lost."""
    page.wait_for_url(re.compile("/dang-nhap/"))
    expect(page.locator("[data-kept-waiting]")).to_contain_text("vẫn được giữ trong cửa sổ này")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(lambda address: "/dang-nhap/" not in address)


def kept(page: Page, count: int) -> None:
    """Wait until so many forms are kept in the tab."""
    for _again in range(40):
        if page.evaluate(KEPT) == count:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(KEPT) == count


def send(box: Locator) -> None:
    """Press the button of an act."""
    box.locator("button:not([type=button])").last.click()


@pytest.mark.parametrize("phone", [False, True])
def test_a_report_on_a_task_outlives_the_session(
    site: str, city: City, share: Share, desk: Callable[[str], Page], phone: bool
) -> None:
    page = desk("handler")
    if phone:
        page.set_viewport_size({"width": 360, "height": 740})
    url = f"{site}/can-bo/nhiem-vu/{share.pk}/"
    page.goto(url)
    form = open_act(page, "report")
    form.locator("[name=percent]").fill("65")
    form.locator("[name=text]").fill(WORDS)
    Session.objects.all().delete()
    send(form)
    again(page)
    assert page.url.split("#")[0] == url and not Progress.objects.exists()
    form = page.locator("#act-report form")
    expect(form.locator("[name=text]")).to_have_value(WORDS)  # unfolded, and in view
    expect(form.locator("[name=text]")).to_be_in_viewport()
    expect(form.locator("[name=percent]")).to_have_value("65")
    expect(form.locator("[data-kept]")).to_contain_text("đã được khôi phục")
    send(form)
    expect(page.locator("#flashes")).to_contain_text("Đã xong")
    made = Progress.objects.get()
    assert (made.percent, made.text.replace("\r\n", "\n")) == (65, WORDS)
    page.goto(url)
    expect(page.locator("#act-report [name=text]")).to_have_value("")  # the server has it: kept no longer
    expect(page.locator("#act-report [data-kept]")).to_have_count(0)
    kept(page, 0)


def test_an_obstacle_outlives_the_session_and_what_is_wrong_in_it(
    site: str, city: City, share: Share, desk: Callable[[str], Page]
) -> None:
    page = desk("handler")
    url = f"{site}/can-bo/nhiem-vu/{share.pk}/"
    page.goto(url)
    form = open_act(page, "raise_obstacle")
    form.locator("[name=text]").fill("dài" * 1700)  # longer than is taken
    send(form)
    expect(page.locator("#act-raise_obstacle .error").first).to_be_visible()
    form = page.locator("#act-raise_obstacle form")
    form.locator("[name=text]").fill(WORDS)
    Session.objects.all().delete()
    send(form)
    again(page)
    expect(page.locator("#act-raise_obstacle [name=text]")).to_have_value(WORDS)
    assert page.url.split("#")[0] == url and not Obstacle.objects.exists()


def test_the_answer_to_a_case_outlives_the_session(
    site: str, city: City, time: Frozen, desk: Callable[[str], Page]
) -> None:
    cases = settle(city, time)
    cases.handling("den")
    case = cases["den"]
    page = desk("handler")
    page.goto(f"{site}/can-bo/phan-anh/{case.code}/")
    form = open_act(page, "draft")
    form.locator("textarea[name=text]").fill(WORDS)
    Session.objects.all().delete()
    send(form)
    again(page)
    expect(page.locator("#act-draft textarea[name=text]")).to_have_value(WORDS)


def test_a_section_of_a_report_outlives_the_session(site: str, city: City, desk: Callable[[str], Page]) -> None:
    plan_texts()
    texts()
    templates()
    made = owed(city, at=moment("2026-03-02 08:00"))
    report = writing.refill(report_id=made.pk, actor=city.actor("focal"), at=moment("2026-03-02 08:10"))
    page = desk("focal")
    page.goto(f"{site}/can-bo/bao-cao/{report.pk}/muc/dang-lam/")
    Session.objects.all().delete()
    page.locator("#new").fill(WORDS)
    expect(page.locator("[data-autosave-bad]")).to_contain_text("phiên làm việc đã hết")
    page.get_by_role("button", name="Lưu", exact=True).click()
    again(page, "focal")
    expect(page.locator("#new")).to_have_value(WORDS)
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_url(re.compile(r"/bao-cao/\d+/#"))
    report.refresh_from_db()
    section = next(one for one in report.sections if one["code"] == "dang-lam")
    assert "chờ mặt bằng" in "\n".join(lines(section))
    page.goto(f"{site}/can-bo/bao-cao/{report.pk}/muc/dang-lam/")
    expect(page.locator("#new")).to_have_value("")


def test_somebody_else_at_the_same_computer_reads_nothing_of_it(
    site: str, city: City, share: Share, desk: Callable[[str], Page]
) -> None:
    page = desk("handler")
    url = f"{site}/can-bo/nhiem-vu/{share.pk}/"
    page.goto(url)
    form = open_act(page, "report")
    form.locator("[name=text]").fill(WORDS)
    Session.objects.all().delete()
    send(form)
    again(page, "focal")  # a colleague who may report on the same task
    expect(page.locator("#act-report [name=text]")).to_have_value("")
    kept(page, 0)


def test_signing_out_forgets_it_in_every_tab(site: str, city: City, share: Share, desk: Callable[[str], Page]) -> None:
    page = desk("handler")
    other = page.context.new_page()
    for one in (page, other):
        one.goto(f"{site}/can-bo/nhiem-vu/{share.pk}/")
        open_act(one, "report").locator("[name=text]").fill(WORDS)
        kept(one, 1)
    page.locator("details.menu-user summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(lambda address: "/nhiem-vu/" not in address)
    kept(page, 0)
    kept(other, 0)


def test_what_was_mended_in_a_register_outlives_the_session(
    site: str, city: City, time: Frozen, desk: Callable[[str], Page]
) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=time.at)
    row = item(plan, "1")
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/ke-hoach/{plan.pk}/xac-nhan/")
    card = page.locator(f"#i-{row.pk}")
    card.get_by_role("link", name="Sửa").click()
    card.locator("[name=quote]").fill(WORDS)
    kept(page, 1)
    Session.objects.all().delete()
    card.get_by_role("button", name="Lưu").click()
    again(page, "coordinator")
    expect(card.locator("[name=quote]")).to_have_value(WORDS)
    expect(card.locator("[data-kept]")).to_be_visible()
    expect(card.locator("[name=quote]")).to_be_in_viewport()
    card.get_by_role("button", name="Lưu").click()
    expect(card).to_contain_text("Đã sửa")
    kept(page, 0)
    row.refresh_from_db()
    assert row.current["quote"].startswith("Đã khảo sát 214 ngõ")
    card.get_by_role("link", name="Sửa").click()
    card.locator("[name=quote]").fill("Thôi không sửa nữa")
    kept(page, 1)
    card.locator("[data-close]").click()
    kept(page, 0)
