"""Strange input to every page of the desk and the portal: no address and no form ends in an error of the server.

Parameters are read out of the views' own source and fields out of the forms that the pages show, so that a new page is
tried too. Each request is undone, so that one can't hide what another would find.
"""

from __future__ import annotations

import inspect
import logging
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from langnghe.plans.models import Indicator, OwnItem, RegisterItem, Share
from langnghe.plans.services import feeds, indicators, shares, steps
from langnghe.reports.services import meetings, writing
from langnghe.reports.services.templates import MEETING
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.desk.test_access import NAMES, own_routes
from tests.plans import builders
from tests.plans.registers import entered
from tests.reports.builders import city_of_plans, owed

pytestmark = [pytest.mark.long, pytest.mark.django_db]

STRANGE = (
    "", " ", "\x00", "a\x00b", "0", "-1", "9" * 30, "9" * 5000, "1e999", "nan", "-inf", "٣", "²", "1,5.2", "=1+1",
    "0001-01", "0001-01-01", "9999-12", "9999-12-31", "2026-02-30", "0000-00-00", "31/12/9999", "99/99/9999",
    "<script>alert(1)</script>", "'\"--;", "%", "%s%(n)s{0}{x}", "../../etc/passwd", "//evil.example/", "\r\nX-Evil: 1",
    "\u202e\ufeff\U0001f600", "e\u0301" * 300, "x" * 20000, "a|b", "1.2.3", "1_000", "True", "null", "[]", "{}",
    "eyJhIjoxfQ==", "00000000-0000-0000-0000-000000000000", "-", "_", ".", "&|!():*", "\\", "FREQ=SECONDLY",
)  # fmt: skip
KEYS = ("1", "0", "9223372036854775807", "9223372036854775808", "9" * 40)
SEED = int(os.environ.get("LANGNGHE_STRANGE_SEED", "4"))
FULL = "LANGNGHE_STRANGE_FULL" in os.environ
"""Every value for every parameter takes an hour; a run tries some of them, by seed."""
NOT_OURS = ("healthz",)
"""Says 503 where no worker runs."""
READS = re.compile(r"(?:GET|POST|given|data)(?:\.get|\.getlist)?[\[(]\s*\"([\w-]+)\"")


@pytest.fixture
def city(db: None) -> City:
    return city_of_plans()


@pytest.fixture(autouse=True)
def _time(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    settings.LANGNGHE_MAIL = "mailbox"
    settings.DEMO = settings.LANGNGHE_CLOCK_MOVABLE = True
    logging.disable(logging.CRITICAL)
    with clock.frozen(moment("2026-03-12 09:00")):
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def things(city: City) -> dict[str, list[Any]]:
    """What addresses name, by the name of their route: arguments that lead somewhere."""
    at, office = moment("2026-03-03 09:00"), city.actor("coordinator")
    report = owed(city, at=at)
    writing.refill(report_id=report.pk, actor=city.actor("focal"), at=at)
    share = Share.objects.select_related("task").get(agency=city.works)
    focal = city.actor("focal")
    shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=focal, at=at)
    steps.add(share_id=share.pk, title="Khảo sát", due_on=date(2026, 4, 1), person_id=None, actor=focal, at=at)
    waiting = entered(agency_id=city.office.pk, actor=office, at=at)
    plan = share.task.document
    indicator = Indicator.objects.create(document=plan, name="Tỷ lệ", unit="%", op=">=", value=98.0, agency=city.works)
    indicators.add_reading(indicator_id=indicator.pk, on=date(2026, 3, 1), value=90.0, source="Đo", actor=office, at=at)
    meeting = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=at.date(), actor=office, at=at)
    note = meetings.conclude(
        meeting_id=meeting.pk, agency_id=None, text="Ghi nhận.", due_on=None, as_task=False, actor=office, at=at
    )
    own = OwnItem.objects.create(
        person=city.people["head"], title="Họp", starts_on=at.date(), ends_on=at.date(), created_at=at
    )
    case = city.receive(at).case
    item = RegisterItem.objects.filter(document=waiting).first()
    assert item is not None
    secret = feeds.renew(person_id=city.people["head"].pk, agency_id=city.works.pk, at=at)
    picture = builders.picture(at)
    rhythm = RegisterItem.objects.filter(kind="report").first()
    assert rhythm is not None
    acts = [
        "accept", "report", "submit", "delegate", "extend", "hand_over", "return", "cancel", "raise_obstacle", "urge",
        "confirm", "head", "add", "sure", "withdraw", "supersede", "finish", "add_task", "heirs", "again", "repeats",
        "refill", "approve", "send_back", "reject", "waive", "attach", "restore", "take_new", "merge", "clarify",
        "assign", "accept_case", "answer", "note", "undo",
    ]  # fmt: skip
    return {
        "pk": [report.pk, share.pk, plan.pk, waiting.pk, indicator.pk, meeting.pk, note.pk, own.pk, *KEYS],
        "key": [item.pk, report.pk, picture, UUID(int=0), *KEYS],
        "code": [case.code, "de-xuat", "dang-lam", MEETING, "tn-1", "x" * 300, "a\x00", "received"],
        "act": acts, "kind": ["docx", "pdf", "xlsx", "exe"], "number": [1, 0, 9999999999],
        "secret": [secret, "x" * 43, "é" * 43, "x" * 2000], "token": ["x", "x" * 3000, "a:b:c", UUID(int=0)],
        "file_id": [picture], "slug": ["linh-vuc", "kenh", "khong-co"], "language": ["vi", "xx"],
        "day": ["2026-03-03", "9999-12-31", "x"], "year": [2026, 0, 99999], "agency": ["so-xay-dung", "x"],
        "field": ["chieu-sang", "x"], "filename": ["x"], "name": ["x"],
    }  # fmt: skip


class Boxes(HTMLParser):
    """The forms of a page: where they go, and the names of their fields with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", "") if given.get("method", "").lower() == "post" else "?", {}))
        elif tag in ("input", "textarea", "select", "button") and given.get("name") and self.forms:
            self.forms[-1][1].setdefault(given["name"], given.get("value", ""))


def addresses(things: dict[str, list[Any]]) -> Iterator[tuple[str, URLPattern]]:
    """Every route of ours with arguments of every kind."""
    for path, route in own_routes():
        names = re.findall(r"<(?:(\w+):)?(\w+)>", path)
        if not names:
            yield "/" + path.lstrip("^"), route
            continue
        lists = [[one for one in things[name] if _fits(kind or "str", one)] for kind, name in names]
        most = max(map(len, lists))
        for turn in range(most):
            made = path
            for (kind, name), values in zip(names, lists, strict=True):
                spelled = f"<{kind}:{name}>" if kind else f"<{name}>"
                made = made.replace(spelled, str(values[turn % len(values)]), 1)
            yield "/" + made.lstrip("^"), route


def _fits(kind: str, value: Any) -> bool:
    text = str(value)
    return {
        "int": text.isdigit(), "uuid": isinstance(value, UUID), "slug": bool(re.fullmatch(r"[-\w]+", text, re.A)),
        "str": "/" not in text,
    }[kind]  # fmt: skip


def module_of(route: URLPattern) -> ModuleType:
    return sys.modules[inspect.unwrap(route.callback).__module__]


def who(route: URLPattern) -> list[str]:
    """As whom a page is tried: the first two roles that may."""
    access = route.callback.access  # type: ignore[attr-defined]
    if access == "public":
        return [""]
    order = ("coordinator", "head", "focal_point", "handler", "administrator", "clerk", "protected_reader", "observer")
    return [NAMES[role] for role in order if role in access][:2]


class Prober:
    """Sends requests and undoes them; gathers what went wrong."""

    def __init__(self, sign_in: Callable[[str], Client]) -> None:
        self._clients: dict[str, Client] = {"": Client()}
        self._sign_in = sign_in
        self.wrong: dict[str, str] = {}
        self.sent = 0

    def send(self, name: str, method: str, path: str, data: dict[str, str], route: URLPattern) -> Any:
        if name not in self._clients:
            self._clients[name] = self._sign_in(name)
        client = self._clients[name]
        self.sent += 1
        answer: Any = None
        try:
            with transaction.atomic():
                answer = getattr(client, method)(path, data)
                transaction.set_rollback(True)
        except Exception as error:
            at = error.__traceback__
            last = ""
            while at is not None:
                if "/langnghe/" in at.tb_frame.f_code.co_filename:
                    last = f"{at.tb_frame.f_code.co_filename.split('/langnghe/')[-1]}:{at.tb_lineno}"
                at = at.tb_next
            shown = {key: value[:40] for key, value in data.items()} if len(data) < 4 else "…"
            self.wrong.setdefault(
                f"{type(error).__name__} at {last}", f"{name} {method} {path[:90]} {shown!r}: {str(error)[:140]}"
            )
            return None
        if answer.status_code >= 500 and route.name not in NOT_OURS:
            self.wrong.setdefault(f"{answer.status_code} {route.name} {method}", f"{name} {path[:90]}")
        if answer.get("Location", "").startswith("//"):
            self.wrong.setdefault(f"leads away {route.name}", answer["Location"])
        return answer


def test_no_address_and_no_parameter_ends_in_an_error(
    city: City, things: dict[str, list[Any]], sign_in: Callable[[str], Client]
) -> None:
    prober, dice, tried = Prober(sign_in), random.Random(SEED), Counter[str]()
    for path, route in addresses(things):
        names = sorted({*READS.findall(inspect.getsource(module_of(route))), "trang", "in", "next"})
        for name in who(route):
            answer = prober.send(name, "get", path, {}, route)
            if answer is None or answer.status_code in (403, 404, 405) or tried[f"{route.name} {name}"]:
                continue
            tried[f"{route.name} {name}"] += 1
            for value in STRANGE if FULL else dice.sample(STRANGE, 2):
                prober.send(name, "get", path, dict.fromkeys(names, value), route)
            for parameter in names if FULL else dice.sample(names, min(3, len(names))):
                for value in STRANGE if FULL else dice.sample(STRANGE, 1):
                    prober.send(name, "get", path, {parameter: value}, route)
    assert prober.wrong == {}
    assert len(tried) > 100, "most pages open"


def test_no_form_ends_in_an_error(city: City, things: dict[str, list[Any]], sign_in: Callable[[str], Client]) -> None:
    prober, dice = Prober(sign_in), random.Random(SEED)
    posts: dict[tuple[str, str], tuple[str, dict[str, str], URLPattern]] = {}
    for path, route in addresses(things):
        for name in who(route):
            answer = prober.send(name, "get", path, {}, route)
            if answer is None or answer.status_code in (403, 404):
                continue
            if "html" not in answer.get("Content-Type", "") or answer.status_code != 200:
                fields = dict.fromkeys(READS.findall(inspect.getsource(module_of(route))), "")
                posts.setdefault((name, _kind(path)), (path, fields, route))
                continue
            boxes = Boxes()
            boxes.feed(answer.content.decode())
            for action, given in boxes.forms:
                if action == "?" or "dang-xuat" in action or not (action or path).startswith("/"):
                    continue
                known = posts.setdefault((name, _kind(action or path)), (action or path, {}, route))
                for field, value in given.items():
                    known[1].setdefault(field, value)
    for (name, _path), (path, fields, route) in posts.items():
        fields.pop("csrfmiddlewaretoken", None)
        for value in STRANGE if FULL else dice.sample(STRANGE, 1):
            prober.send(name, "post", path, dict.fromkeys(fields, value), route)
        for field in fields if FULL else dice.sample(sorted(fields), min(2, len(fields))):
            for value in STRANGE if FULL else dice.sample(STRANGE, 1):
                prober.send(name, "post", path, {**fields, field: value}, route)
    assert prober.wrong == {}
    assert len(posts) > 100, "most forms are there"


def _kind(path: str) -> str:
    """Addresses that differ in a number only are of one kind."""
    return re.sub(r"\d+", "N", path.partition("?")[0])
