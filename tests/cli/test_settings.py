"""Settings that hang together: what proxies say is believed where there are any; cookies of HTTPS have prefixes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

_SHOW = """
import json, django
from django.conf import settings
django.setup()
from django.test import RequestFactory
asked = RequestFactory().get("/", headers={"x-forwarded-proto": "https"})
print(json.dumps({"secure": asked.is_secure(), "session": settings.SESSION_COOKIE_NAME,
                  "csrf": settings.CSRF_COOKIE_NAME, "flag": settings.SESSION_COOKIE_SECURE}))
"""


def shown(tmp_path: Any, **given: str) -> dict[str, Any]:
    """What the settings come to in a process with these variables."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("LANGNGHE_", "DATABASE_URL"))}
    known = {"DJANGO_SETTINGS_MODULE": "langnghe.config.settings", "LANGNGHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _SHOW], env=bare | known | given, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(("https", "proxies", "believed"), [("1", "0", False), ("1", "1", True), ("0", "1", False)])
def test_the_scheme_that_a_proxy_names_counts_only_where_there_is_a_proxy(
    tmp_path: Any, https: str, proxies: str, believed: bool
) -> None:
    assert shown(tmp_path, LANGNGHE_HTTPS=https, LANGNGHE_PROXIES=proxies)["secure"] is believed


def test_cookies_of_https_can_be_set_by_this_host_only(tmp_path: Any) -> None:
    secure = shown(tmp_path, LANGNGHE_HTTPS="1")
    assert secure["session"].startswith("__Host-") and secure["csrf"].startswith("__Host-") and secure["flag"]
    assert not shown(tmp_path, LANGNGHE_HTTPS="0")["session"].startswith("__")


@pytest.mark.django_db
def test_a_cookie_with_the_prefix_keeps_its_conditions(settings: Any) -> None:
    settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE = "__Host-csrf", True
    cookie = Client().get(reverse("account_login")).cookies["__Host-csrf"]
    assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]
