"""One citizen without JavaScript: submit, receipt, track, reply, rate, reopen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from langnghe.cases.models import Case
from tests.cases.city import City

pytestmark = pytest.mark.django_db


def test_submit_receipt_track(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client = Client()
    sent = client.post("/gui/", form())
    assert sent.status_code == 302, sent.content.decode()
    case = Case.objects.get()
    receipt = client.get(sent["Location"])
    page = html.unescape(receipt.content.decode())
    assert receipt.status_code == 200
    secret = re.search(r'name="secret" value="([^"]+)"', page)
    assert secret is not None
    opened = client.post("/tra-cuu/", {"code": case.code, "secret": secret.group(1)}, follow=True)
    assert opened.status_code == 200
    assert "Ba bóng đèn cuối ngõ tắt" in html.unescape(opened.content.decode())
