"""Every public page answers in both languages, with the right headers; errors have pages of their own."""

from __future__ import annotations

import html

import pytest
from django.test import Client, RequestFactory

from langnghe.portal import urls
from langnghe.portal.views import errors
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
    assert response["Referrer-Policy"] == "same-origin"
    text = response.content.decode()
    assert "<script>" not in text and ' style="' not in text and " onclick=" not in text
    assert "http://" not in text.replace("http://127.0.0.1:8000", "").replace("http://www.w3.org", "").replace(
        "http://www.sitemaps.org", ""
    ), "nothing is loaded from outside"


def test_nothing_is_kept_in_sessions(city: City) -> None:
    client = Client()
    for path in PAGES:
        client.get(path)
    assert not [name for name in client.cookies if "session" in name]


def test_language_switch(city: City) -> None:
    client = Client()
    assert '<html lang="vi"' in client.get("/").content.decode()
    moved = client.post("/i18n/setlang/", {"language": "en", "next": "/gui/"})
    assert moved["Location"] == "/gui/"
    page = client.get("/gui/").content.decode()
    assert '<html lang="en"' in page


def test_every_view_says_who_may_open_it() -> None:
    for pattern in urls.urlpatterns:
        assert pattern.callback.access == "public", pattern


def test_unknown_address_has_a_page(city: City) -> None:
    response = Client().get("/khong-co-trang-nay/")
    assert response.status_code == 404
    assert "Về trang đầu" in html.unescape(response.content.decode())


def test_error_pages_need_no_database() -> None:
    request = RequestFactory().get("/")
    for view, status in (
        (errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ):  # fmt: skip
        response = view(request)
        assert response.status_code == status
        assert "<h1>" in response.content.decode()


def test_methods_that_are_not_meant(city: City) -> None:
    client = Client()
    assert client.post("/").status_code == 405
    assert client.put("/gui/").status_code == 405
    assert client.delete("/cong-khai/").status_code == 405


def test_robots_keep_out_of_private_pages(city: City) -> None:
    text = Client().get("/robots.txt").content.decode()
    for path in ("/bien-nhan/", "/theo-doi/", "/can-bo/"):
        assert f"Disallow: {path}" in text


def test_deadlines_come_from_the_rules(city: City) -> None:
    page = html.unescape(Client().get("/gioi-thieu/").content.decode())
    assert "15 ngày làm việc" in page
    assert "Quyết định 766/QĐ-TTg" in page
    assert "Thành phố tạm đặt" in page
