"""What comes out of the printer, and what stands before the room: A4, heads on each page, no menu; keys that turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from playwright.sync_api import expect

from langnghe.reports.services import meetings
from tests.browser.acts import sign_in
from tests.browser.conftest import PASSWORD
from tests.cases.city import City, moment
from tests.plans import builders
from tests.reports.builders import templates

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AT = moment("2026-03-02 08:30")


def sheets(page: Page, url: str) -> list[str]:
    """The words of each page that Chromium prints, all of them A4."""
    page.goto(url)
    data = page.pdf(prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(data)
    made = []
    for one in document:
        width, height = one.get_size()
        assert abs(width - 595) < 2 and abs(height - 842) < 2, "A4"
        made.append(" ".join(one.get_textpage().get_text_range().split()))
    document.close()
    return made


def test_a_long_list_prints_its_head_on_each_page(site: str, city: City, desk: Callable[[str], Page]) -> None:
    for number in range(60):
        builders.given(city, city.works, at=AT, title=f"Niêm yết thủ tục số {number}", due_on=date(2026, 3, 20))
    page = desk("head")
    made = sheets(page, f"{site}/can-bo/ke-hoach/viec-co-quan/?in=1")
    assert len(made) >= 2
    for number, words in enumerate(made, 1):
        assert "TT Nhiệm vụ Văn bản Người, cơ quan Hạn Tình trạng" in words, words[:200]
        assert f"{number}/{len(made)}" in words, "the number of the page"
        assert "Việc của cơ quan" not in words and "Danh mục" not in words and "Quay lại" not in words, "no menu"
    assert sum(words.count("Niêm yết thủ tục số") for words in made) == 60
    for path in ("qua-han/?han=sap-han&in=1", "bang/?in=1", "lich/?thang=2026-03&in=1", "tim/?q=niem+yet&in=1"):
        made = sheets(page, f"{site}/can-bo/ke-hoach/{path}")
        assert made and "Danh mục" not in " ".join(made), path


def test_the_pack_is_turned_by_keys_and_printed_whole(
    site: str, city: City, desk: Callable[[str], Page], new_context: Callable[..., BrowserContext]
) -> None:
    templates()
    builders.given(city, city.works, at=AT, title="Cắt tỉa cây", due_on=date(2026, 3, 3))
    made = meetings.call_meeting(
        agency_id=city.office.pk, rhythm="month", on=AT.date(), actor=city.actor("coordinator"), at=AT
    )
    page = desk("coordinator")
    page.goto(f"{site}/can-bo/giao-ban/{made.pk}/")
    page.get_by_role("link", name="Trình chiếu").click()
    expect(page.locator("h1")).to_have_text("Tổng quan")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_have_text("Kết luận kỳ trước và tình hình thực hiện")
    page.keyboard.press("PageDown")
    expect(page.locator("h1")).to_have_text("Nhiệm vụ quá hạn theo cơ quan")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h1")).to_have_text("Kết luận kỳ trước và tình hình thực hiện")
    page.get_by_role("link", name="Thôi trình chiếu").click()
    expect(page.locator("h1")).to_contain_text("Giao ban")
    whole = " ".join(sheets(page, f"{site}/can-bo/giao-ban/{made.pk}/in/"))
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TÀI LIỆU HỌP GIAO BAN", "Khó khăn, vướng mắc"):
        assert words in whole, whole[:400]
    tablet = new_context(phone=True).new_page()
    sign_in(tablet, site, "coordinator", password=PASSWORD)
    tablet.goto(f"{site}/can-bo/giao-ban/{made.pk}/trinh-chieu/")
    assert tablet.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tablet.get_by_role("link", name="Phần sau").click()
    expect(tablet.locator("h1")).to_have_text("Kết luận kỳ trước và tình hình thực hiện")
