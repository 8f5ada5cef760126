"""A small city, and a browser without JavaScript."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from langnghe.agencies import selectors as agencies
from langnghe.agencies.models import Agency
from langnghe.intake import selectors
from langnghe.texts import vietnamese_sort_key
from tests.cases.city import City, build

FIELD = {
    "about": "field",
    "body": "Ba bóng đèn cuối ngõ tắt đã một tuần, buổi tối rất tối. Đề nghị thay bóng.",
    "commune": "Phường Thử",
    "place": "Cuối ngõ 12 phố Thử Nghiệm",
    "step": "send",
}
"""A whole field report without a name, as one form."""

ADMIN = {
    "about": "conduct",
    "body": "Tôi nộp hồ sơ sang tên đã quá hẹn 19 ngày, đi lại bốn lần vẫn chưa được trả kết quả.",
    "name": "Nguyễn Thị Thử",
    "address": "Số 8 ngõ 15 phố Thử Nghiệm",
    "phone": "0912 345 678",
    "step": "send",
}
"""Feedback under Decree 20/2008, with what article 7 asks for."""


@pytest.fixture
def city(db: None) -> Iterator[City]:
    """The small city, with a second commune."""
    selectors.forget()
    agencies.forget()
    built = build()
    Agency.objects.create(
        code="phuong-thu-hai", name="Ủy ban nhân dân phường Thứ Hai", short_name="Phường Thứ Hai", kind="commune",
        valid_from=built.commune.valid_from, sort_key=vietnamese_sort_key("Phường Thứ Hai"),
    )  # fmt: skip
    yield built
    selectors.forget()
    agencies.forget()


@pytest.fixture
def form() -> Callable[..., dict[str, Any]]:
    """A whole form with a key of its own: `form(body="")`, `form(ADMIN, name="")`."""

    def make(base: dict[str, Any] = FIELD, **changes: Any) -> dict[str, Any]:
        return {**base, "submission_key": str(uuid.uuid4()), **changes}

    return make


@pytest.fixture
def browser_without_js(city: City) -> Client:
    """Django's test client in a city."""
    return Client()
