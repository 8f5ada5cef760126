"""The keyboard alone is enough: nothing here clicks. Whoever goes through a page sees where the focus is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from langnghe.cases.models import Case
from langnghe.worktime.clock import Frozen
from tests.browser.acts import code_and_secret
from tests.browser.cases import Cases, settle
from tests.browser.conftest import PASSWORD
from tests.cases.city import City

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const box = one.closest('.choice, .level, .check, .file-drop') || one;
    const place = one.getBoundingClientRect();
    const at = (x, y) => document.elementFromPoint(
        Math.min(Math.max(x, 0), innerWidth - 1), Math.min(Math.max(y, 0), innerHeight - 1));
    const bars = '.acts-bar, nav, header';
    const mine = (other) => other && (box.contains(other) || (other.contains(one) && !other.matches(bars)));
    const points = [[0.5, 0.5], [0.1, 0.15], [0.9, 0.85]].map(([x, y]) =>
        at(place.left + place.width * x, place.top + place.height * y));
    const ringed = (what) => { const look = getComputedStyle(what);
        return look.outlineStyle !== 'none' || look.boxShadow !== 'none'; };
    return { html: one.outerHTML.slice(0, 120), seen: points.some(mine), ring: ringed(one) || ringed(box) };
}"""
"""What has the focus, whether any of it can be seen (WCAG 2.4.11), and whether it is marked (2.4.7)."""


class Hand:
    """Only keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def tab(self, *, back: bool = False) -> dict[str, Any] | None:
        """One step; what is wrong with the focus is kept."""
        self.page.keyboard.press("Shift+Tab" if back else "Tab")
        focus: dict[str, Any] | None = self.page.evaluate(FOCUS)
        if focus is not None and not (focus["seen"] and focus["ring"]):
            self.wrong.append(f"{self.page.url}: {focus}")
        return focus

    def tab_to(self, selector: str, *, most: int = 120) -> None:
        """On to the element that the selector names."""
        for _step in range(most):
            self.tab()
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by Tab on {self.page.url}")

    def press(self, *keys: str) -> None:
        """Keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.page.keyboard.insert_text(text)

    def choose(self, value: str, *, most: int = 60) -> None:
        """Go down a list of choices that has the focus."""
        for _step in range(most):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{value} is not among the choices")

    def skip(self) -> None:
        """The skip link is the first stop and leads into the content."""
        self.tab()
        link = self.page.locator("a.skip")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        self.press("Enter")
        expect(self.page.locator("#main")).to_be_focused()
        self.tab()
        assert self.page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_a_report_is_sent_and_tracked_by_keyboard(
    city: City, site: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(phone=True).new_page()
    hand = Hand(page)
    page.goto(site)
    hand.skip()
    page.goto(f"{site}/gui/")
    hand.tab_to('input[name="about"]')
    hand.press("Space")
    assert page.evaluate("document.activeElement.checked")
    hand.tab_to("#id_body")
    hand.write("Ba bóng đèn cuối ngõ tắt đã một tuần, buổi tối rất tối.")
    hand.tab_to("#id_commune")
    hand.write("Phường Thử")
    hand.tab_to("#id_place")
    hand.write("Cuối ngõ 12 phố Thử Nghiệm")
    hand.tab_to("#id_email")
    hand.tab_to('button[value="preview"]')
    hand.press("Enter")
    expect(page.get_by_role("heading", name="Xem lại trước khi gửi")).to_be_visible()
    hand.tab_to('button[value="send"]')
    hand.press("Enter")
    page.wait_for_url(lambda address: "/bien-nhan/" in address)
    code, secret = code_and_secret(page)
    assert Case.objects.get().code == code
    page.goto(f"{site}/tra-cuu/")
    hand.tab_to("#id_code")
    hand.write(code)
    hand.tab()
    hand.write(secret)
    hand.press("Enter")
    page.wait_for_url(lambda address: "/theo-doi/" in address)
    expect(page.get_by_text("Ba bóng đèn cuối ngõ tắt").first).to_be_visible()
    assert hand.wrong == []


def test_mistakes_lead_to_their_fields_by_keyboard(
    city: City, site: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(phone=True).new_page()
    hand = Hand(page)
    page.goto(f"{site}/gui/")
    hand.tab_to('button[value="preview"]')
    hand.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    hand.tab_to('.error-summary a[href="#id_body"]')
    hand.press("Enter")
    expect(page.locator("#id_body")).to_be_focused()
    assert hand.wrong == []


def test_staff_work_by_keyboard(
    city: City, site: str, time: Frozen, new_context: Callable[..., BrowserContext]
) -> None:
    first = city.receive(time.at).case
    second = city.receive(time.at, title="Phản ánh thử không rõ việc gì").case
    page = new_context().new_page()
    hand = Hand(page)
    page.goto(f"{site}/can-bo/van-phong/")
    hand.tab_to('[name="login"]')
    hand.write("coordinator")
    hand.tab()
    hand.write(PASSWORD)
    hand.press("Enter")
    page.wait_for_url(lambda address: "/dang-nhap/" not in address)
    hand.skip()
    hand.tab_to(f'a[href*="{first.code}"]')
    hand.press("Enter")
    page.wait_for_url(lambda address: first.code in address)
    # The letter goes to the acts, as the table of shortcuts says; Tab goes on in the likeliest one.
    hand.press("a")
    hand.tab_to('#act-classify [name="field"]')
    hand.choose(str(city.field.pk))
    hand.tab_to("#act-classify form button")
    hand.press("Enter")
    expect(page.locator("#flashes")).to_contain_text("Đã xong")
    first.refresh_from_db()
    assert first.state == "classified"

    # A grave act asks first. No: nothing has happened, and the focus is where it was. Yes: it is done.
    page.goto(f"{site}/can-bo/phan-anh/{second.code}/")
    hand.tab_to(".acts-other > summary")
    hand.press("Enter")
    hand.tab_to("#act-decline > summary")
    hand.press("Enter")
    hand.tab_to('#act-decline [name="decline_reason"]')
    hand.choose(str(city.reason.pk))
    hand.tab_to("#act-decline form button")
    hand.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    hand.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#act-decline form button")).to_be_focused()
    hand.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    hand.press("Enter")
    expect(page.locator("#flashes")).to_contain_text("Đã xong")
    second.refresh_from_db()
    assert second.state == "declined"
    assert hand.wrong == []


@pytest.mark.parametrize("size", [(360, 740), (1280, 900)])
def test_the_focus_is_seen_wherever_it_goes(
    city: City, site: str, time: Frozen, new_context: Callable[..., BrowserContext], size: tuple[int, int]
) -> None:
    """Through a whole page forwards and backwards: no bar that sticks to an edge hides the focus."""
    made: Cases = settle(city, time)
    page = new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    hand = Hand(page)
    page.goto(f"{site}/can-bo/phan-anh/{made['handling'].code}/")
    hand.tab_to('[name="login"]')
    hand.write("handler")
    hand.tab()
    hand.write(PASSWORD)
    hand.press("Enter")
    page.wait_for_url(lambda address: "/dang-nhap/" not in address)
    for address in (page.url, f"{site}/gui/", f"{site}/cong-khai/"):
        page.goto(address)
        for back in (False, True):
            stops = 0
            while hand.tab(back=back) is not None and stops < 150:
                stops += 1
            assert 8 < stops < 150, address
    assert hand.wrong == []
