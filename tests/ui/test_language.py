"""Vietnamese first, English for whoever switches."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["en-US,en;q=0.9", "fr", "vi", ""])
def test_the_browser_does_not_choose(client: Client, wanted: str) -> None:
    page = client.get("/tra-cuu/", headers={"accept-language": wanted})
    assert page.headers["Content-Language"] == "vi"
    assert '<html lang="vi"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("cookie", "language"), [("en", "en"), ("vi", "vi"), ("xx", "vi"), ("../../etc", "vi")])
def test_the_switch_chooses(client: Client, cookie: str, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert client.get("/tra-cuu/").headers["Content-Language"] == language
