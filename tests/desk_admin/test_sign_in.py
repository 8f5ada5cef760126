"""Signing in: what staff can reach, what is throttled, the second step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import NoReverseMatch, get_resolver, reverse

from langnghe.agencies.models import Person
from langnghe.desk import adapters
from tests.cases.city import City
from tests.desk_admin.conftest import PASSWORD

UNWANTED = (
    "account_signup", "account_email", "account_email_verification_sent", "account_reset_password",
    "account_reset_password_done", "account_confirm_email", "account_confirm_login_code",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_cache(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, name: str, password: str, **extra: Any) -> Any:
    return client.post(reverse("account_login"), {"login": name, "password": password}, **extra)


def confirm(client: Client) -> None:
    """Give the password once more, as changes of the sign-in ask for."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def code_of(person: Person) -> str:
    """The code that an authenticator app shows now."""
    secret = Authenticator.objects.get(user=person, type="totp").wrap().instance.data["secret"]
    return code_from(secret)


def code_from(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_a_page_of_allauth_that_nobody_needs_does_not_exist(db: None) -> None:
    for name in UNWANTED:
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in (
        "/tai-khoan/signup/",
        "/tai-khoan/email/",
        "/tai-khoan/password/reset/",
        "/tai-khoan/login/",
        "/tai-khoan/3rdparty/",
    ):
        assert Client().get(path).status_code == 404, path


def test_every_page_of_an_account_asks_for_a_sign_in(db: None) -> None:
    open_ones = {"account_login", "account_logout", "account_inactive", "mfa_login_webauthn", "socialaccount_signup"}
    patterns = next(p for p in get_resolver().url_patterns if "tai-khoan" in str(p.pattern)).url_patterns
    names = {pattern.name: pattern for pattern in patterns}
    assert len(names) >= 20
    for name, pattern in names.items():
        if name in open_ones or "socialaccount" in name or "openid" in name:
            continue
        args = [1] if "<int:pk>" in str(pattern.pattern) else []
        answer = Client().get(reverse(name, args=args))
        assert answer.status_code == 302 and reverse("account_login") in answer.url, name


def test_the_sign_in_page_is_vietnamese_and_has_no_inline_script(city: City) -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert "Tên đăng nhập" in page and "Mật khẩu" in page and "Password" not in page
    for script in page.split("<script")[1:]:
        head = script.split(">")[0]
        assert "src=" in head or "application/json" in head
    assert " style=" not in page and "onclick" not in page


def test_a_password_opens_the_account_until_the_browser_closes(handler: Person, settings: Any) -> None:
    client = Client()
    answer = sign_in(client, "handler", PASSWORD)
    assert answer.status_code == 302 and answer.url == reverse("desk:home")
    assert not answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"]


def test_a_wrong_password_is_said_in_vietnamese_and_keeps_the_name(handler: Person) -> None:
    page = sign_in(Client(), "handler", "sai").content.decode()
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in page and 'value="handler"' in page


@pytest.mark.parametrize("name", ["", "a" * 500, "<b>x</b>", "ha\x00ndler", "🙂"])
def test_any_name_gets_an_answer(handler: Person, name: str) -> None:
    answer = sign_in(Client(), name, "sai")
    assert answer.status_code == 200 and "<b>x</b>" not in answer.content.decode()


def test_eight_wrong_passwords_lock_the_account_from_this_machine(handler: Person) -> None:
    client = Client()
    for _try in range(7):
        assert sign_in(client, "handler", "sai").status_code == 200
    locked = sign_in(client, "handler", "sai")
    assert (
        locked.status_code == 429 and "Tạm dừng đăng nhập" in locked.content.decode() and "8" in locked.content.decode()
    )
    again = sign_in(Client(), "handler", PASSWORD)
    assert again.status_code == 429, "the right password does not help while it is locked"
    assert sign_in(Client(), "handler", PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 302, "elsewhere it does"


def test_guessing_from_many_machines_is_throttled_too(handler: Person) -> None:
    for number in range(10):
        assert sign_in(Client(), "handler", "sai", REMOTE_ADDR=f"203.0.113.{number}").status_code == 200
    page = sign_in(Client(), "handler", PASSWORD, REMOTE_ADDR="203.0.113.200").content.decode()
    assert "quá nhiều lần" in page


def test_what_is_counted_lies_in_the_database(handler: Person) -> None:
    from django.db import connection

    sign_in(Client(), "handler", "sai")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM langnghe_cache")
        assert cursor.fetchone()[0] >= 1


def test_a_locked_account_is_told_so(handler: Person) -> None:
    handler.is_active = False
    handler.save()
    answer = sign_in(Client(), "handler", PASSWORD)
    assert answer.status_code in (200, 302)
    assert "_auth_user_id" not in Client().session


def test_only_the_address_that_the_trusted_proxy_saw_counts(rf: Any) -> None:
    asked = rf.get("/", headers={"x-forwarded-for": "1.1.1.1, 2.2.2.2, 3.3.3.3"}, REMOTE_ADDR="9.9.9.9")
    for proxies, expected in ((0, "9.9.9.9"), (1, "3.3.3.3"), (2, "2.2.2.2"), (7, "9.9.9.9")):
        with override_settings(TRUSTED_PROXIES=proxies):
            assert adapters.client_ip(asked) == expected
    with override_settings(TRUSTED_PROXIES=1):
        assert adapters.client_ip(rf.get("/", headers={"x-forwarded-for": "not an address"})) == "0.0.0.0"


def test_signing_out(handler: Person) -> None:
    client = Client()
    sign_in(client, "handler", PASSWORD)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_changing_the_password(handler: Person) -> None:
    client = Client()
    sign_in(client, "handler", PASSWORD)
    url = reverse("account_change_password")
    short = client.post(url, {"oldpassword": PASSWORD, "password1": "ngan", "password2": "ngan"}).content.decode()
    assert "Mật khẩu" in short and "This password" not in short
    new = "cau-khac-cung-dai-2027"
    client.post(url, {"oldpassword": "sai", "password1": new, "password2": new})
    handler.refresh_from_db()
    assert handler.check_password(PASSWORD)
    client.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    handler.refresh_from_db()
    assert handler.check_password(new)


def test_the_authenticator_app_from_setting_it_up_to_giving_it_up(handler: Person, clock: Any) -> None:
    client = Client()
    sign_in(client, "handler", PASSWORD)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Mã không đúng." in wrong.content.decode()
    done = client.post(reverse("mfa_activate_totp"), {"code": code_from(secret)})
    assert done.status_code == 302 and done.url == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert codes.status_code == 200 and codes.content.decode().count('class="code"') == 10
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200
    backup = codes.context["unused_codes"][0]

    second = Client()
    assert sign_in(second, "handler", PASSWORD).url == reverse("mfa_authenticate")
    assert second.get(reverse("desk:home")).status_code == 302, "the password alone opens nothing"
    assert second.get(reverse("mfa_authenticate")).status_code == 200
    assert "Mã không đúng." in second.post(reverse("mfa_authenticate"), {"code": "123"}).content.decode()
    cache.clear()  # the app's code was used a moment ago; a person would wait for the next one
    assert second.post(reverse("mfa_authenticate"), {"code": code_of(handler)}).url == reverse("desk:home")

    third = Client()
    sign_in(third, "handler", PASSWORD)
    assert third.post(reverse("mfa_authenticate"), {"code": backup}).url == reverse("desk:home")
    fourth = Client()
    sign_in(fourth, "handler", PASSWORD)
    assert fourth.post(reverse("mfa_authenticate"), {"code": backup}).status_code == 200, "a backup code works once"

    assert second.get(reverse("mfa_deactivate_totp")).url.startswith(reverse("account_reauthenticate"))
    confirm(second)
    assert second.get(reverse("mfa_deactivate_totp")).status_code == 200
    second.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=handler).exists()


def test_wrong_codes_are_throttled(handler: Person) -> None:
    client = Client()
    sign_in(client, "handler", PASSWORD)
    confirm(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_from(secret)})
    guesser = Client()
    sign_in(guesser, "handler", PASSWORD)
    for _try in range(10):
        guesser.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = guesser.post(reverse("mfa_authenticate"), {"code": code_from(secret)})
    assert page.status_code == 200 and "quá nhiều lần" in page.content.decode()


def test_old_sessions_confirm_themselves_before_they_change_the_sign_in(handler: Person) -> None:
    client = Client()
    client.force_login(handler, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))
    page = client.get(answer.url)
    assert page.status_code == 200 and "Xác nhận chính là ông/bà" in page.content.decode()
    assert client.post(answer.url, {"password": PASSWORD}).status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_has_no_password_is_told_where_it_is(city: City, sign_in: Any) -> None:
    city.people["observer"].set_unusable_password()
    city.people["observer"].save()
    client = sign_in("observer")
    page = client.get(reverse("account_change_password"), follow=True)
    assert page.status_code == 200 and "không dùng mật khẩu" in page.content.decode()


@override_settings(REQUIRE_SECOND_FACTOR=True)
def test_where_the_city_asks_for_it_the_second_step_comes_first(handler: Person) -> None:
    client = Client()
    sign_in(client, "handler", PASSWORD)
    answer = client.get(reverse("desk:home"))
    assert answer.status_code == 302 and answer.url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_no_single_sign_on_without_a_provider(city: City) -> None:
    assert "mot-lan" not in Client().get(reverse("account_login")).content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["staff"])


def second_factor(client: Client) -> None:
    confirm(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code_from(secret)}).status_code == 302


@override_settings(REQUIRE_SECOND_FACTOR=True)
def test_who_gives_the_second_factor_up_is_asked_for_it_again_at_once(handler: Person) -> None:
    client, other = Client(), Client()
    sign_in(client, "handler", PASSWORD)
    sign_in(other, "handler", PASSWORD)
    second_factor(client)
    home = reverse("desk:mine")
    assert client.get(home).status_code == 200 and other.get(home).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=handler).exists()
    assert client.get(home).url == reverse("mfa_index"), "the session remembers no factor that is gone"
    assert reverse("account_login") in other.get(home).url, "sessions elsewhere end"


@override_settings(REQUIRE_SECOND_FACTOR=True)
def test_an_administrator_removes_a_lost_second_factor(handler: Person, city: City) -> None:
    from langnghe.ledger.models import Entry

    lost = Client()
    sign_in(lost, "handler", PASSWORD)
    second_factor(lost)
    assert lost.get(reverse("desk:mine")).status_code == 200
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        admin = Client()
        admin.force_login(city.people["administrator"], backend="allauth.account.auth_backends.AuthenticationBackend")
        page = reverse("desk:admin_person", args=[handler.pk])
        assert "Bỏ bước xác nhận thứ hai" in admin.get(page).content.decode()
        act = reverse("desk:admin_person_act", args=[handler.pk])
        assert admin.post(act, {"act": "second"}).status_code == 302
        assert 'value="second"' not in admin.get(page).content.decode()
        admin.post(act, {"act": "second"})
        assert "chưa đặt" in admin.get(page).content.decode()
    assert not Authenticator.objects.filter(user=handler).exists()
    assert reverse("account_login") in lost.get(reverse("desk:mine")).url, "what is open on the lost telephone ends"
    assert Entry.objects.filter(kind="person", subject_id=handler.pk, act="remove_second_factor").count() == 1


def test_a_password_that_somebody_gave_is_changed_before_any_work(city: City, handler: Person) -> None:
    from langnghe.agencies import services
    from langnghe.workflow.actor import SYSTEM
    from langnghe.worktime import clock as worktime_clock

    services.set_password(person_id=handler.pk, password="cho-muon-mot-cau", actor=SYSTEM, at=worktime_clock.now())
    client = Client()
    sign_in(client, "handler", "cho-muon-mot-cau")
    url = reverse("account_change_password")
    assert client.get(reverse("desk:mine")).url == url
    assert client.get("/").status_code == 200, "the public pages are nobody's work"
    assert "do người khác cấp" in client.get(url).content.decode()
    given = {"oldpassword": "cho-muon-mot-cau", "password1": "cho-muon-mot-cau", "password2": "cho-muon-mot-cau"}
    assert "khác với mật khẩu được cấp" in client.post(url, given).content.decode()
    assert client.get(reverse("desk:mine")).url == url
    done = client.post(url, {**given, "password1": "cua-rieng-toi-2027", "password2": "cua-rieng-toi-2027"})
    assert done.status_code == 302 and done.url == reverse("desk:home")
    assert client.get(reverse("desk:mine")).status_code == 200
    assert sign_in(Client(), "handler", "cua-rieng-toi-2027").url == reverse("desk:home")
