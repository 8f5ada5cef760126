"""Passkeys, the authenticator app and the counter in a real browser: scripts run under the content policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse

from langnghe.cases import catalogue
from langnghe.cases.models import Case
from langnghe.intake import selectors as intake
from tests.cases.city import build
from tests.desk_admin.conftest import PASSWORD
from tests.desk_admin.test_sign_in import code_from

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: Any, transactional_db: None, settings: Any) -> Iterator[str]:
    """A running server with the small city; the clerk and the handler have a password."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "session", "csrf"
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    catalogue.forget()
    intake.forget()
    cache.clear()
    city = build()
    for name in ("handler", "clerk"):
        city.people[name].set_password(PASSWORD)
        city.people[name].save()
    yield str(live_server.url)
    catalogue.forget()
    intake.forget()


@pytest.fixture
def handler(site: str) -> Any:
    from langnghe.agencies.models import Person

    return Person.objects.get(username="handler")


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(site + reverse("account_login"))
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.click("form.form button")


def with_key(page: Page) -> None:
    """Give the browser a key that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def complaints(page: Page) -> list[str]:
    """What the browser's console complains about from now on."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def test_a_passkey_is_added_used_and_removed(site: str, page: Page, handler: Any) -> None:
    heard = complaints(page)
    with_key(page)
    sign_in(page, site, "handler")
    page.goto(site + reverse("mfa_add_webauthn"))
    page.fill("#id_password", PASSWORD)
    page.click("form.form button")
    page.fill("#id_name", "Máy ở cơ quan")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))
    assert Authenticator.objects.filter(user=handler, type="webauthn").count() == 1

    page.context.clear_cookies()
    page.goto(site + reverse("account_login"))
    page.click("#passkey_login")
    page.wait_for_url(re.compile(re.escape(reverse("desk:home"))))

    page.context.clear_cookies()
    sign_in(page, site, "handler")
    page.wait_for_url("**" + reverse("mfa_authenticate"))
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(re.compile(re.escape(reverse("desk:home"))))

    page.goto(site + reverse("mfa_list_webauthn"))
    assert "Máy ở cơ quan" in page.inner_text("main")
    page.click("text=Đổi tên")
    page.click("#mfa_webauthn_reauthenticate, form.form button")
    if page.locator("#id_password").count():
        page.fill("#id_password", PASSWORD)
        page.click("form.form button")
    page.fill("#id_name", "Máy mới")
    page.click("form.form button")
    page.click("text=Bỏ")
    page.click("form .button-danger")
    page.wait_for_url("**" + reverse("mfa_list_webauthn"))
    assert not Authenticator.objects.filter(user=handler).exists()
    assert heard == []


def test_a_key_that_says_no_is_said_on_the_page(site: str, page: Page) -> None:
    page.goto(site + reverse("account_login"))
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    page.click("#passkey_login")
    page.wait_for_selector("[data-passkey-error]:not([hidden])")
    assert "đã dừng" in page.inner_text("[data-passkey-error]")


def test_the_authenticator_app_is_set_up_on_a_phone(site: str, phone_page: Page, handler: Any) -> None:
    page, heard = phone_page, complaints(phone_page)
    sign_in(page, site, "handler")
    page.goto(site + reverse("mfa_activate_totp"))
    page.fill("#id_password", PASSWORD)
    page.click("form.form button")
    assert page.locator("main img").count() == 1
    secret = re.sub(r"\s", "", page.locator(".code-big").inner_text())
    page.fill("#id_code", code_from(secret))
    page.click("form.form button:has-text('Bắt đầu dùng')")
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))
    assert page.locator("main .code").count() == 10
    assert heard == []


def test_the_counter_is_told_of_open_cases_while_typing(
    site: str, new_context: Callable[..., BrowserContext], axe_script: str
) -> None:
    page = new_context().new_page()
    heard = complaints(page)
    sign_in(page, site, "clerk")

    def enter(text: str) -> None:
        page.goto(site + reverse("desk:counter"))
        page.wait_for_selector("input:focus")
        page.keyboard.type("0912 345 678")
        page.fill("#id_name", "Lê Văn Quầy")
        page.check("#id_about_0")
        page.fill("#id_body", text)
        page.fill("#id_place", "Cổng trường Thử")
        page.select_option("#id_channel", label="Quầy")

    enter("Nắp cống trước cổng trường tiểu học bị mất, rất nguy hiểm.")
    page.click("#entry button.button:not(.button-secondary)")
    page.wait_for_url("**/quay/giay/**")
    code = Case.objects.get().code
    assert code in re.sub(r"\s", "", page.inner_text("main"))
    enter("Vẫn chưa thấy ai lắp lại nắp cống ở cổng trường.")
    page.wait_for_selector(f"#known >> text={code}")
    page.click("#entry button.button:not(.button-secondary)")
    page.wait_for_url("**/quay/giay/**")
    assert Case.objects.count() == 2, "what was shown beside the form need not be confirmed again"
    page.evaluate(axe_script)
    assert page.evaluate("axe.run().then((found) => found.violations.map((one) => one.id))") == []
    assert heard == []


def test_without_scripts_the_open_case_is_shown_after_sending(
    site: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, site, "clerk")
    for turn in range(2):
        page.goto(site + reverse("desk:counter"))
        page.fill("#id_phone", "0912345678")
        page.check("#id_about_0")
        page.fill("#id_body", "Nắp cống trước cổng trường tiểu học bị mất, rất nguy hiểm.")
        page.fill("#id_place", "Cổng trường Thử")
        page.select_option("#id_channel", label="Quầy")
        page.click("#entry button:has-text('Lập phản ánh')")
        if turn:
            assert "Đã có phản ánh đang mở" in page.inner_text("main .notice")
            page.click("#entry button:has-text('Lập phản ánh')")
        page.wait_for_url("**/quay/giay/**")
    assert Case.objects.count() == 2
