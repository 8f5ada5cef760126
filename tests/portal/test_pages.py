"""Every public page answers, with the right headers."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cases.city import City

pytestmark = pytest.mark.django_db

PAGES = (
    "/", "/gui/", "/tra-cuu/", "/cong-khai/", "/gioi-thieu/", "/kenh-tiep-nhan/", "/kenh-tiep-nhan/to-niem-yet/",
    "/quyen-rieng-tu/", "/tro-nang/", "/cong-khai/feed.atom", "/robots.txt", "/sitemap.xml",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_page_answers(city: City, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    text = response.content.decode()
    assert "<script>" not in text and ' style="' not in text and " onclick=" not in text
