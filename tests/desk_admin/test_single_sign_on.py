"""Signing in through an OpenID Connect provider, over real HTTP with a provider of the test's own."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import clear_url_caches, reverse

from langnghe.config import urls
from langnghe.desk import urls_account
from tests.cases.city import City


class Provider(ThreadingHTTPServer):
    """Discovery, tokens and the claims of whoever signs in."""

    claims: dict[str, Any]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def _say(self, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        base = self.server.address
        if self.path.endswith("/userinfo"):
            self._say(self.server.claims)
        else:
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
            self._say({"issuer": base, **{name: f"{base}/{path}" for name, path in names.items()}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._say({"access_token": "token", "token_type": "Bearer", "expires_in": 300})

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """A provider that runs, and a program that is set up for it."""
    server = Provider(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {
        "provider_id": "staff", "name": "Đăng nhập một lần", "client_id": "langnghe", "secret": "secret",
        "settings": {"server_url": server.address},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    _read_again()
    yield server
    settings.SOCIALACCOUNT_PROVIDERS = {}
    _read_again()
    server.shutdown()
    server.server_close()


def _read_again() -> None:
    importlib.reload(urls_account)
    importlib.reload(urls)
    clear_url_caches()


def come_back(client: Client, provider: Provider, **claims: Any) -> Any:
    """Go to the provider, be known there as `claims`, and come back."""
    provider.claims = {"sub": "42", "name": "Cán bộ", **claims}
    leave = client.get(reverse("openid_connect_login", args=["staff"]))
    assert leave.status_code == 302 and leave.url.startswith(provider.address + "/authorize")
    asked = parse_qs(urlsplit(leave.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = reverse("openid_connect_callback", args=["staff"])
    return client.get(back, {"code": "abc", "state": asked["state"][0]}, follow=True)


def test_the_button_is_there_and_is_a_link(city: City, provider: Provider) -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert "Đăng nhập một lần" in page and f'href="{reverse("openid_connect_login", args=["staff"])}' in page


def test_a_verified_address_opens_the_one_account_that_has_it(city: City, provider: Provider) -> None:
    client = Client()
    come_back(client, provider, email="HANDLER@city.example", email_verified=True)
    assert client.session["_auth_user_id"] == str(city.people["handler"].pk)
    again = Client()
    come_back(again, provider, email="moi@city.example", email_verified=True)
    assert again.session["_auth_user_id"] == str(city.people["handler"].pk), "known by the provider's own number now"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "handler@city.example", "email_verified": False},
        {"email": "handler@city.example"},
        {"email": "nguoi.la@city.example", "email_verified": True},
        {},
    ],
)
def test_nobody_else_gets_in_or_gets_an_account(city: City, provider: Provider, claims: dict[str, Any]) -> None:
    from langnghe.agencies.models import Person

    before = Person.objects.count()
    client = Client()
    page = come_back(client, provider, **claims)
    assert page.status_code in (200, 403) and "chưa có tài khoản" in page.content.decode()
    assert "_auth_user_id" not in client.session and Person.objects.count() == before


def test_a_locked_account_stays_locked(city: City, provider: Provider) -> None:
    person = city.people["handler"]
    person.is_active = False
    person.save()
    client = Client()
    come_back(client, provider, email="handler@city.example", email_verified=True)
    assert "_auth_user_id" not in client.session


def test_a_forged_state_is_refused(city: City, provider: Provider) -> None:
    provider.claims = {"sub": "42", "email": "handler@city.example", "email_verified": True}
    client = Client()
    page = client.get(reverse("openid_connect_callback", args=["staff"]), {"code": "abc", "state": "forged"})
    assert "_auth_user_id" not in client.session and page.status_code in (200, 302, 401)


def test_who_stops_at_the_provider_is_told_so(city: City, provider: Provider) -> None:
    client = Client()
    leave = client.get(reverse("openid_connect_login", args=["staff"]))
    state = parse_qs(urlsplit(leave.url).query)["state"][0]
    page = client.get(
        reverse("openid_connect_callback", args=["staff"]), {"error": "access_denied", "state": state}, follow=True
    )
    assert "đã dừng đăng nhập" in page.content.decode().lower()


def test_a_provider_that_is_down_is_said_in_plain_words(city: City, provider: Provider, settings: Any) -> None:
    provider.shutdown()
    provider.server_close()
    page = Client().get(reverse("openid_connect_login", args=["staff"]))
    assert page.status_code in (200, 401, 503) and "Chưa đăng nhập được" in page.content.decode()
    assert Client().get(reverse("openid_connect_login", args=["khac"])).status_code == 404
