"""Code and secret: what is told when one is wrong, and how often one may try."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from langnghe.texts import parse_code
from langnghe.worktime import clock
from tests.cases.city import City, moment

pytestmark = pytest.mark.django_db
NO_MATCH = "không khớp nhau"


def words(response: Any) -> str:
    """The page as people read it."""
    return html.unescape(response.content.decode())


def test_wrong_code_tells_which(city: City) -> None:
    client = Client()
    good = city.receive(clock.now())
    wrong_digit = good.case.code[:-1] + str((int(good.case.code[-1]) + 1) % 10)
    assert "một chữ số sai" in words(client.post("/tra-cuu/", {"code": wrong_digit, "secret": good.secret}))
    assert "9 chữ số" in words(client.post("/tra-cuu/", {"code": "HN-12", "secret": good.secret}))
    assert "10 chữ và số" in words(client.post("/tra-cuu/", {"code": good.case.code, "secret": "abc"}))
    assert "Hãy nhập mã phản ánh" in words(client.post("/tra-cuu/", {}))


def test_unknown_code_and_wrong_secret_say_the_same(city: City) -> None:
    client = Client()
    good = city.receive(clock.now())
    unknown = parse_code("TN-0000-0000-0")
    for code in (good.case.code, unknown):
        response = client.post("/tra-cuu/", {"code": code, "secret": "00000-00000"})
        assert response.status_code == 200
        assert NO_MATCH in words(response)
        assert not [name for name in response.cookies if "pa-" in name]
    asked = [
        re.sub(rf'{code}|value="\w{{64}}"', "", words(client.get(f"/theo-doi/{code}")))
        for code in (good.case.code, unknown)
    ]
    assert asked[0] == asked[1]


def test_too_many_wrong_tries(city: City, settings: LazySettings) -> None:
    settings.LOOKUPS_PER_HOUR = 3
    client = Client()
    good = city.receive(clock.now())
    for _ in range(3):
        assert NO_MATCH in words(client.post("/tra-cuu/", {"code": good.case.code, "secret": "00000-00000"}))
    right = client.post("/tra-cuu/", {"code": good.case.code, "secret": good.secret})
    assert "quá nhiều lần" in words(right)
    elsewhere = client.post("/tra-cuu/", {"code": good.case.code, "secret": good.secret}, REMOTE_ADDR="203.0.113.7")
    assert elsewhere.status_code == 302


def test_right_tries_are_not_counted(city: City, settings: LazySettings) -> None:
    settings.LOOKUPS_PER_HOUR = 1
    good = city.receive(clock.now())
    for _ in range(3):
        assert Client().post("/tra-cuu/", {"code": good.case.code, "secret": good.secret}).status_code == 302


def test_the_cookie_opens_one_case_only(city: City) -> None:
    client = Client()
    one, other = city.receive(clock.now()), city.receive(clock.now())
    client.post("/tra-cuu/", {"code": one.case.code, "secret": one.secret})
    assert "Diễn biến" in words(client.get(f"/theo-doi/{one.case.code}"))
    mine = next(name for name in client.cookies if "pa-" in name)
    stolen = client.cookies[mine].value
    client.cookies[mine.partition("pa-")[0] + "pa-" + other.case.code.lower().replace("-", "")] = stolen
    assert "Diễn biến" not in words(client.get(f"/theo-doi/{other.case.code}"))
    client.post(f"/theo-doi/{one.case.code}/thoat")
    assert "Diễn biến" not in words(client.get(f"/theo-doi/{one.case.code}"))


def test_acts_need_the_cookie(city: City) -> None:
    good = city.receive(clock.now())
    response = Client().post(f"/theo-doi/{good.case.code}/viec/rut", {"sure": "on"})
    assert response.status_code == 302
    good.case.refresh_from_db()
    assert good.case.state == "received"
    assert Client().post(f"/theo-doi/{good.case.code}/viec/khac").status_code == 404


def test_an_address_that_is_no_code(city: City) -> None:
    assert Client().get("/theo-doi/khong-phai-ma").status_code == 404


def test_price_of_the_page(city: City, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = Client()
    good = city.receive(moment("2026-03-02 09:00"))
    client.post("/tra-cuu/", {"code": good.case.code, "secret": good.secret})
    client.get(f"/theo-doi/{good.case.code}")
    with django_assert_max_num_queries(12):
        client.get(f"/theo-doi/{good.case.code}")
