"""The public pages in a real browser at 360 pixels: axe, no sideways scrolling, submit with and without JavaScript."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from langnghe.cases import services
from langnghe.cases.models import Attachment, Case
from langnghe.publication import services as publication
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.portal.test_public import answered, publish, report

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NewContext = Callable[..., "BrowserContext"]


@pytest.fixture
def site(live_server: Any, city: City, settings: Any) -> str:
    """The address of a running server with a small city."""
    settings.BASE_URL = str(live_server.url)
    return str(live_server.url)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo on the person's phone."""
    path = tmp_path / "cot-den.jpg"
    out = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return path


def check(page: Page, axe_script: str) -> None:
    """No word from axe, nothing wider than the window."""
    page.evaluate("document.querySelectorAll('main details').forEach((box) => { box.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url
    page.evaluate(axe_script)
    found = page.evaluate("(rules) => axe.run({ runOnly: rules })", RULES)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], page.url


def write(page: Page, site: str) -> None:
    """Fill in a field report."""
    page.goto(f"{site}/gui/")
    page.get_by_label("Việc ngoài đường").check()
    page.get_by_label("Chuyện gì đã xảy ra?").fill("Ba bóng đèn cuối ngõ tắt đã một tuần, buổi tối rất tối.")
    page.get_by_label("Xã, phường nơi xảy ra").fill("phuong thu")
    page.get_by_label("Địa điểm", exact=True).fill("Cuối ngõ 12")


def submit(page: Page, site: str) -> None:
    """Send it, over the preview."""
    write(page, site)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_role("button", name="Gửi phản ánh").click()


def test_public_pages_are_accessible_on_a_phone(phone_page: Page, site: str, city: City, axe_script: str) -> None:
    done, waiting = report(city), report(city, title="Đèn ngõ 14 hỏng")
    proof = answered(city, done)
    publish(city, done, file_ids=(proof.pk,))
    publication.prepare(case_id=waiting.pk, at=moment("2026-03-03 09:30"))
    publication.show(case_id=waiting.pk, actor=city.actor("coordinator"), at=moment("2026-03-03 09:30"))
    for path in (
        "/",
        "/gui/",
        "/tra-cuu/",
        "/cong-khai/",
        f"/cong-khai/{done.code}/",
        f"/cong-khai/{waiting.code}/",
        "/cong-khai/?q=khongco",
        "/gioi-thieu/",
        "/kenh-tiep-nhan/",
        "/kenh-tiep-nhan/to-niem-yet/",
        "/quyen-rieng-tu/",
        "/tro-nang/",
        "/khong-co/",
        f"/theo-doi/{done.code}",
        "/bien-nhan/khong-con/",
    ):
        phone_page.goto(site + path)
        check(phone_page, axe_script)


def test_the_senders_pages_are_accessible_on_a_phone(phone_page: Page, site: str, city: City, axe_script: str) -> None:
    page = phone_page
    page.goto(f"{site}/gui/")
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_text("Nội dung đã nhập vẫn được giữ.").wait_for()
    check(page, axe_script)
    write(page, site)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    check(page, axe_script)
    page.get_by_role("button", name="Gửi phản ánh").click()
    check(page, axe_script)
    page.get_by_role("link", name="In giấy tiếp nhận").click()
    check(page, axe_script)
    page.go_back()
    page.get_by_role("button", name="Mở trang theo dõi").click()
    case = Case.objects.get()
    answered(city, case)
    page.reload()
    page.get_by_role("heading", name="Ông/bà đánh giá thế nào?").wait_for()
    check(page, axe_script)


def test_a_photo_goes_up_while_one_writes(phone_page: Page, site: str, photo: Path) -> None:
    page = phone_page
    write(page, site)
    page.get_by_label("Ảnh, giấy tờ").set_input_files(photo)
    page.get_by_text("Đã gửi", exact=True).wait_for()
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_text("cot-den.jpg").wait_for()
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.get_by_role("heading", name="Chúng tôi đã nhận").wait_for()
    assert Attachment.objects.get().file.name == "cot-den.jpg"


def test_the_way_works_without_javascript(new_context: NewContext, site: str, city: City, photo: Path) -> None:
    page = new_context(phone=True, java_script_enabled=False).new_page()
    write(page, site)
    page.get_by_label("Ảnh, giấy tờ").set_input_files(photo)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_role("button", name="Sửa lại").click()
    page.get_by_text("cot-den.jpg").wait_for()
    page.get_by_label("Địa điểm", exact=True).fill("Đầu ngõ 12")
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.get_by_role("button", name="Mở trang theo dõi").click()
    page.get_by_text("Đầu ngõ 12, Phường Thử").wait_for()
    case = Case.objects.get()
    at, office = clock.now(), city.actor("coordinator")
    services.clarify(case_id=case.pk, actor=office, at=at, question="Đèn nào tắt?")
    page.reload()
    page.get_by_label("Nội dung bổ sung").fill("Đèn thứ ba từ đầu ngõ.")
    page.get_by_role("button", name="Gửi bổ sung").click()
    page.get_by_text("Ông/bà đã làm rõ").wait_for()
    assert page.get_by_text("Đèn thứ ba từ đầu ngõ.").count() == 1


def test_what_was_typed_survives_a_closed_page(phone_page: Page, site: str) -> None:
    write(phone_page, site)
    phone_page.wait_for_timeout(600)
    phone_page.goto(f"{site}/")
    phone_page.goto(f"{site}/gui/")
    assert phone_page.get_by_label("Chuyện gì đã xảy ra?").input_value().startswith("Ba bóng đèn")
    submit(phone_page, site)
    phone_page.wait_for_load_state("networkidle")  # the receipt's page forgets what was kept
    phone_page.goto(f"{site}/gui/")
    assert phone_page.get_by_label("Chuyện gì đã xảy ra?").input_value() == ""
