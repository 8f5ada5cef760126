"""A form that acts on what others act on too says which version the person saw, and no view goes without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse

from langnghe.acts.errors import UNSEEN
from langnghe.ledger.models import Entry
from langnghe.plans.models import PlanDocument
from langnghe.plans.services import shares
from langnghe.reports.services import writing
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.plans import builders, registers
from tests.reports.builders import owed, templates
from tests.reports.builders import texts as report_texts

pytestmark = pytest.mark.django_db

AT = moment("2026-03-03 09:00")
VERSIONED = {"act", "gate", "share_act", "plan_do", "plan_act", "plan_item", "report_act", "report_take_new",
             "report_version", "erase"}  # fmt: skip
"""Views that act on a case, a share, a plan, an item of a register or a report."""
ADDS = {("plan_act", "them")}
"""Only adds something of its own beside what others do, and overwrites nothing: two people may review at once."""


NEED_MORE = {("act", "merge"), ("plan_item", "mend")}
"""Acts that want more than a filled form (another case, an agency of the city), and say that first."""


@dataclass
class Form:
    """A form of a page, filled in somehow."""

    action: str
    data: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The POST forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.path, self.found, self._open, self._choice = page, [], None, None
        self.found: list[Form]
        self._open: Form | None
        self._choice: str | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect names and values."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self._open = Form(given.get("action") or self.path)
            self.found.append(self._open)
        if self._open is None or not given.get("name") and tag != "option":
            return
        name, data = given.get("name", ""), self._open.data
        kind = given.get("type", "text")
        if tag == "textarea":
            data[name] = "Một đoạn viết để thử."
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and given.get("value"):
            data.setdefault(self._choice, given["value"])
        elif tag == "button":
            data.setdefault(name, given.get("value", ""))
        elif tag == "input" and kind == "hidden":
            data[name] = given.get("value", "")
        elif tag == "input" and kind not in ("file", "checkbox"):
            filled = {"date": f"{AT.date() + timedelta(days=60)}", "number": "50"}.get(kind, "Chữ để thử")
            data.setdefault(name, given.get("value") or filled)

    def handle_endtag(self, tag: str) -> None:
        """A form or a choice ends."""
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._choice = None


def forms(client: Client, url: str) -> Iterator[tuple[tuple[str, str], Form]]:
    """The forms of a page that act on something with versions: name of the view and of the act, and the form."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    parsed = Forms(url)
    parsed.feed(answer.content.decode())
    for form in parsed.found:
        found = resolve(urlsplit(form.action).path)
        if found.url_name in VERSIONED:
            yield (found.url_name, str(found.kwargs.get("act", form.data.get("act", "")))), form


@pytest.fixture
def pages(city: City) -> list[tuple[str, str]]:
    """Who looks at which page."""
    builders.texts()
    report_texts()
    templates()
    coordinator, focal = city.actor("coordinator"), city.actor("focal")
    share = builders.given(city, city.works, at=AT)
    shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=focal, at=AT)
    shares.raise_obstacle(share_id=share.pk, text="Thiếu xe thang.", actor=city.actor("handler"), at=AT)
    done = builders.given(city, city.works, at=AT)
    shares.delegate(share_id=done.pk, person_id=city.people["handler"].pk, actor=focal, at=AT)
    shares.submit(share_id=done.pk, text="Xong.", file_ids=[builders.picture(AT)], actor=city.actor("handler"), at=AT)
    report = writing.refill(report_id=owed(city, at=AT).pk, actor=focal, at=AT)
    register = registers.entered(agency_id=city.office.pk, actor=coordinator, at=AT)
    case = city.receive(AT).case
    return [
        ("handler", reverse("desk:share", args=[share.pk])),
        ("focal", reverse("desk:share", args=[share.pk])),
        ("coordinator", reverse("desk:share", args=[share.pk])),
        ("head", reverse("desk:share", args=[done.pk])),
        ("coordinator", reverse("desk:share", args=[done.pk])),
        ("coordinator", reverse("desk:plan", args=[share.task.document_id])),
        ("coordinator", reverse("desk:plan_review", args=[register.pk])),
        ("coordinator", reverse("desk:plan_review", args=[register.pk]) + f"?muc={register.items.first().pk}&cach=sua"),
        ("focal", reverse("desk:report", args=[report.pk])),
        ("coordinator", reverse("desk:report", args=[report.pk])),
        ("coordinator", reverse("desk:case", args=[case.code])),
    ]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(AT):
        yield


def test_each_form_says_which_version_was_seen_and_none_is_done_without(
    pages: list[tuple[str, str]], sign_in: Callable[[str], Client]
) -> None:
    seen: set[tuple[str, str]] = set()
    said: set[tuple[str, str]] = set()
    for who, url in pages:
        client = sign_in(who)
        for name, form in forms(client, url):
            if name in ADDS:
                continue
            seen.add(name)
            version = form.data.pop("version", "")
            assert version.isdigit(), (name, url)
            entries = Entry.objects.count()
            for wrong in ({}, {"version": ""}, {"version": "mới"}):
                answer: Any = client.post(form.action, {**form.data, **wrong}, follow=True)
                assert Entry.objects.count() == entries, (name, wrong)
                if str(UNSEEN) in answer.content.decode():
                    said.add(name)
    assert {view for view, _act in seen} >= {"act", "share_act", "plan_do", "plan_act", "plan_item", "report_act"}
    assert {act for view, act in seen if view == "plan_act"} >= {"nhan-het", "dau-van-ban", "rut"}
    assert seen - said <= NEED_MORE, "every one of them says what is missing"
    assert PlanDocument.objects.filter(state="review").count() == 1


def test_the_own_act_in_another_window_is_not_laid_to_others(
    city: City, pages: list[tuple[str, str]], sign_in: Callable[[str], Client]
) -> None:
    who, url = pages[0]
    client = sign_in(who)
    given = {"percent": "30", "text": "Viết ở cửa sổ thứ hai.", "version": "0"}
    answer = client.post(f"{url}viec/report/", given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Viết ở cửa sổ thứ hai." in page
    assert "Ông/bà vừa thay đổi mục này ở cửa sổ khác" in page, "the obstacle was the own last act"
    other = sign_in("coordinator").post(f"{url}viec/urge/", {"note": "Nhanh lên.", "version": "0"}).content.decode()
    assert "Ông/bà vừa thay đổi" not in other and "gười khác" in other
