"""The lists of reports have prints of their own, linked like those of plans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.reports.builders import owed, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _time(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(moment("2026-03-12 09:00")):
        yield


def sheet(client: Client, address: str) -> str:
    """The print to which a page leads."""
    screen = client.get(address).content.decode()
    links = [one.replace("&amp;", "&") for one in re.findall(r'href="(\?[^"]*\bin=1[^"]*)"', screen)]
    assert len(links) == 1, address
    answer = client.get(address.split("?")[0] + links[0])
    assert answer.status_code == 200
    words: str = answer.content.decode()
    assert 'class="paper listing"' in words and "in lúc 09:00 thứ Năm, 12/03/2026" in words and "<thead" in words
    assert "<form" not in words.split("<main", 1)[1] and 'class="desk-side' not in words
    return words


def test_what_is_owed_is_printed_as_it_was_narrowed(city: City, sign_in: Callable[[str], Client], at: Any) -> None:
    report = owed(city, at=at)
    focal = sign_in("focal")
    words = sheet(focal, reverse("desk:reports"))
    assert report.duty.name in words and report.period_name in words and "Sở Xây dựng" in words
    with clock.frozen(moment("2026-06-01 09:00")):
        late = focal.get(reverse("desk:reports") + "?loc=qua-han&in=1").content.decode()
    assert "đã quá hạn gửi" in late and "<b>quá hạn</b>" in late
    assert "Không có báo cáo nào" in focal.get(reverse("desk:reports") + "?loc=cho-duyet&in=1").content.decode()


def test_what_was_sent_and_received_is_printed(city: City, sign_in: Callable[[str], Client], at: Any) -> None:
    report = sent(city, owed(city, at=at), at=at)
    words = sheet(sign_in("focal"), reverse("desk:reports") + "?xem=da-gui")
    assert report.period_name in words and "Báo cáo đã gửi" in words
    office = sign_in("coordinator")
    assert report.duty.name in sheet(office, reverse("desk:report_received"))
    group = sheet(office, reverse("desk:report_group", args=[report.pk]))
    assert "Sở Xây dựng" in group and re.search(r"Đã gửi 1 trên \d+ cơ quan; 0 cơ quan quá hạn", group)
