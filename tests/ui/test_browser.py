"""The components in a real browser: accessible, narrow enough, driven by keys, and only comfort in the script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.ui.urls")]

NewContext = Callable[..., "BrowserContext"]
PAGES = ["style", "style/desk", "style/case", "style/paper"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of a running server that shows the style guide."""
    settings.DEMO = True
    return f"{live_server.url}/_/"


def _listen(page: Page) -> list[str]:
    """What the browser complains about (refusals of the content security policy are among it)."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("path", PAGES)
def test_accessible_narrow_and_quiet(
    new_context: NewContext, site: str, axe_script: str, path: str, width: int, scheme: str
) -> None:
    context = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    heard = _listen(page)
    page.goto(site + path, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('main details').forEach((box) => { box.open = true })")
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, "the page scrolls sideways"
    assert heard == []
    # axe runs from the browser's side: the page's own policy stays as it is.
    page.evaluate(axe_script)
    found = page.evaluate("(rules) => axe.run({ runOnly: rules })", RULES)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


@pytest.mark.parametrize("path", PAGES)
def test_fits_the_narrowest_window(new_context: NewContext, site: str, path: str) -> None:
    """1.4.10 Reflow: 320 pixels, which is 1280 at 400 %."""
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_targets_are_large_enough_for_a_thumb(phone_page: Page, site: str) -> None:
    phone_page.goto(site + "style")
    small = phone_page.evaluate(
        """() => [...document.querySelectorAll('.button, .tool, .site-nav a, .choice, .level, .field select')]
            .concat([...document.querySelectorAll('.field input[type=text]')])
            .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_everything_is_reached_by_tab_and_seen(page: Page, site: str) -> None:
    page.goto(site + "style")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            """() => { const e = document.activeElement; const s = getComputedStyle(e);
                const box = e.closest('.choice, .level');
                if (e === document.body) return [null, true];
                const ring = s.outlineStyle !== 'none' || (box && getComputedStyle(box).outlineStyle !== 'none');
                return [e.outerHTML.slice(0, 60), ring] }"""
        )
        assert ring[1], f"no focus ring on {ring[0]}"
        seen.add(ring[0])
    assert len(seen) > 30


def test_works_without_script(new_context: NewContext, site: str) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(site + "style/desk")
    assert page.locator("[data-bulk] button").first.is_visible(), "bulk acts stay in sight"
    page.goto(site + "style")
    assert page.locator("input[type=file]").first.is_visible()
    assert not page.locator("[data-copy]").first.is_visible(), "what needs the script is not shown without it"
    page.get_by_text("Hạn này được tính thế nào?").click()
    assert page.get_by_text("Tính 15 ngày làm việc").is_visible()


def test_the_theme_is_remembered(page: Page, site: str) -> None:
    page.goto(site + "style")
    toggle = page.get_by_role("button", name="Nền tối")
    assert toggle.get_attribute("aria-pressed") == "false"
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "true"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_keys_drive_a_queue(page: Page, site: str) -> None:
    page.goto(site + "style/desk")
    code = "document.activeElement.closest('[data-row]').querySelector('.code').textContent"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(code) == "HN-0093-5514-2"
    page.keyboard.press("k")
    assert page.evaluate(code) == "HN-4827-1936-5"
    page.keyboard.press("x")
    assert page.locator("[data-bulk-count]").inner_text() == "Đã chọn 1"
    page.keyboard.press("Enter")
    assert page.url.endswith("#1")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Phím tắt").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    assert page.locator("#desk-search").input_value() == "jk?", "keys are letters where one writes"


def test_keys_can_be_switched_off(page: Page, site: str) -> None:
    page.goto(site + "style/desk")
    page.keyboard.press("?")
    page.get_by_label("Tắt phím tắt một chữ trên máy này").check()
    page.get_by_role("button", name="Đóng").click()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-row]')") is None
    page.reload()
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()


def test_all_rows_are_ticked_at_once(page: Page, site: str) -> None:
    page.goto(site + "style/desk")
    page.locator("[data-pick-all]").check()
    assert page.locator("[data-pick]:checked").count() == 5
    page.locator("[data-pick]").first.uncheck()
    assert page.locator("[data-pick-all]").evaluate("box => box.indeterminate")


def test_a_question_is_asked_before_a_grave_act(page: Page, site: str) -> None:
    page.goto(site + "style/case")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("#act-decline textarea").fill("Không thuộc phạm vi.")
    page.locator("#act-decline button").click()
    assert "Không tiếp nhận phản ánh này?" in page.get_by_role("dialog").inner_text()
    page.get_by_role("button", name="Thôi").click()
    assert sent == []
    page.locator("#act-decline button").click()
    with page.expect_request(lambda request: request.method == "POST") as sending:
        page.get_by_role("button", name="Đồng ý").click()
    assert "act=decline" in (sending.value.post_data or "")


def test_a_form_is_sent_once(page: Page, site: str) -> None:
    page.goto(site + "style")
    sent: list[str] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            route.fulfill(status=204)  # the page stays where it is
        else:
            route.continue_()

    page.route("**/_/style", hold)
    button = page.get_by_role("button", name="Tiếp tục")
    button.dblclick(no_wait_after=True)
    page.wait_for_function("document.querySelector('form[data-sent]')")
    assert button.get_attribute("aria-disabled") == "true"
    page.evaluate("document.querySelector('form[data-sent]').requestSubmit()")
    assert len(sent) == 1


def test_what_was_typed_is_kept_until_sent(page: Page, site: str) -> None:
    page.goto(site + "style")
    page.locator("#id_text").fill("Nắp hố ga vỡ đã ba tuần.")
    page.locator("#id_kind_1").check()
    page.locator("#id_kind_1").dispatch_event("change")
    page.reload()
    assert page.locator("#id_text").input_value() == "Nắp hố ga vỡ đã ba tuần."
    assert page.locator("#id_kind_1").is_checked()
    assert page.get_by_text("Nội dung nhập dở đã được khôi phục.").is_visible()
    page.get_by_role("button", name="Xóa, viết lại").click()
    page.reload()
    assert page.locator("#id_text").input_value() == ""


def test_the_counter_counts_down_and_over(page: Page, site: str) -> None:
    page.goto(site + "style")
    page.locator("#id_text").fill("đ" * 1900)
    assert page.locator("#id_text_counter").inner_text() == "Còn 100 ký tự"
    page.locator("#id_text").fill("đ" * 2001)
    assert page.locator("#id_text_counter").inner_text() == "Thừa 1 ký tự"


def test_a_field_is_checked_when_it_is_left(page: Page, site: str) -> None:
    page.goto(site + "style")
    place = page.locator("#id_place")
    place.focus()
    page.locator("#id_phone").focus()
    assert page.locator("#id_place_error").inner_text() == "Hãy ghi số nhà hoặc mốc dễ nhận biết."
    assert place.get_attribute("aria-invalid") == "true"
    assert "id_place_error" in (place.get_attribute("aria-describedby") or "")
    place.fill("Số 47")
    page.locator("#id_phone").focus()
    assert page.locator("#id_place_error").count() == 0
    assert place.get_attribute("aria-invalid") is None


def test_the_summary_has_the_focus(page: Page, site: str) -> None:
    page.goto(site + "style")
    assert page.evaluate("document.activeElement.className") == "error-summary"


def test_a_link_opens_what_is_folded_away(phone_page: Page, site: str) -> None:
    phone_page.goto(site + "style/case")
    phone_page.locator(".acts-bar .button").first.click()
    assert phone_page.locator("#act-transfer").get_attribute("open") is not None
    assert phone_page.evaluate("document.activeElement.id") == "transfer_agency"


def test_a_code_is_copied(new_context: NewContext, site: str) -> None:
    context = new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site + "style")
    page.locator(".code-box [data-copy]").first.click()
    page.locator(".code-box [data-copy]", has_text="Đã chép").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "HN-4827-1936-5"


class Store:
    """The server's side of an upload, as the protocol describes it; can lose the connection."""

    def __init__(self, *, lose: int = 0, refuse: str = "") -> None:
        self.lose, self.refuse = lose, refuse
        self.content = b""
        self.size = 0
        self.methods: list[str] = []

    def answer(self, route: Route) -> None:
        """One request of the script."""
        request = route.request
        self.methods.append(request.method)
        if request.method == "POST":
            if self.refuse:
                route.fulfill(status=422, json={"message": self.refuse})
                return
            size = re.search(rb'name="size"\r\n\r\n(\d+)', request.post_data_buffer or b"")
            assert size is not None
            self.size = int(size[1])
            route.fulfill(status=201, json={"url": "/khong-co/1/", "offset": 0})
        elif request.method == "HEAD":
            route.fulfill(status=200, headers={"Upload-Offset": str(len(self.content))})
        elif request.method == "PATCH":
            assert request.headers["upload-offset"] == str(len(self.content))
            piece = request.post_data_buffer or b""
            if self.lose and self.content:
                # The bytes arrived, the answer did not: only asking for the offset can tell.
                self.lose -= 1
                self.content += piece
                route.abort("connectionreset")
                return
            self.content += piece
            done = len(self.content) >= self.size
            route.fulfill(status=200, body=json.dumps({"offset": len(self.content), **({"id": "f1"} if done else {})}))
        else:
            route.fulfill(status=204)


def _choose(page: Page, store: Store, size: int) -> bytes:
    content = bytes(range(256)) * (size // 256)
    page.route("**/khong-co/**", store.answer)
    page.locator("#id_photos").set_input_files({"name": "don.pdf", "mimeType": "application/pdf", "buffer": content})
    return content


def test_an_upload_goes_on_after_a_lost_connection(page: Page, site: str) -> None:
    page.goto(site + "style")
    store = Store(lose=1)
    content = _choose(page, store, 1024 * 1024)
    page.locator('input[name="uploads"][value="f1"]').wait_for(state="attached")
    assert store.content == content
    assert "HEAD" in store.methods
    item = page.locator(".file-item", has_text="don.pdf")
    assert "Đã gửi" in item.inner_text()
    item.get_by_role("button", name="Bỏ tệp don.pdf").click()
    assert page.locator('input[value="f1"]').count() == 0
    page.wait_for_function("true")
    assert store.methods[-1] == "DELETE"


def test_a_refused_upload_says_why(page: Page, site: str) -> None:
    page.goto(site + "style")
    _choose(page, Store(refuse="Tệp này không phải ảnh hay văn bản."), 2048)
    page.get_by_text("Tệp này không phải ảnh hay văn bản.").wait_for()
    assert page.locator('input[name="uploads"]').count() == 1, "only the one from before"


def test_a_form_is_not_sent_without_a_file_refused_unseen(page: Page, site: str) -> None:
    page.goto(site + "style")
    _choose(page, Store(refuse="Tệp này không phải ảnh hay văn bản."), 2048)
    sent = """() => {
      const form = document.querySelector("#id_photos").form;
      form.noValidate = true;
      let passed = false;
      const seen = (event) => { passed = !event.defaultPrevented; event.preventDefault(); };
      form.addEventListener("submit", seen, { once: true });
      form.requestSubmit();
      form.removeEventListener("submit", seen);
      return passed;
    }"""
    page.locator(".file-bad").wait_for()
    assert not page.evaluate(sent), "the first try shows what was refused"
    assert page.evaluate("document.activeElement.textContent") == "Bỏ tệp"
    assert page.locator(".file-bad[data-seen]").count() == 1


def test_a_file_too_large_is_not_sent_at_all(page: Page, site: str) -> None:
    page.goto(site + "style")
    store = Store()
    _choose(page, store, 21 * 1024 * 1024)
    page.get_by_text("Tệp lớn hơn 20 MB.").wait_for()
    assert store.methods == []


def test_papers_print_on_a4(new_context: NewContext, site: str) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.goto(site + "style/paper")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="In trang này").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.paper')).boxShadow") == "none"
    page.goto(site + "style/case")
    page.emulate_media(media="print")
    assert not page.locator(".acts").is_visible()
    assert not page.locator(".desk-top").is_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)", "print is black on white in the dark theme too"
