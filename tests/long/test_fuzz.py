"""Whatever is typed into forms and addresses, no page breaks: never a server error, for nobody."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from langnghe.agencies.models import Person
from langnghe.cases import catalogue, services
from langnghe.cases.workflow import TABLE
from langnghe.desk.forms.acts import ACTS
from langnghe.intake import selectors as intake
from langnghe.portal import forms as portal_forms
from langnghe.ui.access import public
from langnghe.worktime import clock
from tests.cases.city import City, build, moment

pytestmark = [pytest.mark.long, pytest.mark.django_db]

AT = moment("2026-03-03 09:00")
EXAMPLES = 150


def budget(examples: int) -> settings:
    """So many examples, other ones at each run."""
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, derandomize=False, suppress_health_check=slow)


# --- what is typed ----------------------------------------------------------------------------------------------------

NASTY = [
    "", " ", "\x00", "a\x00b", "\r\n", "\x1b[31m", "\ufeff", "\u202egnp.exe", "\u0000\uffff", "😀" * 50, "đ" * 300,
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% debug %}", "%s%n%(x)s", "{code}",
    "'; DROP TABLE cases_case; --", "\\", "../../etc/passwd", "-1", "0", "1", "99999999999999999999", "1e999", "NaN",
    "inf", "0x10", "١٢٣", "²", "１２３", "2026-02-30", "31/02/2026", "9999-12-31", "0000-00-00", "2026-03-03T25:61",
    "true", "None", "null", "[]", "()", "a" * 5_000, "\n" * 5_000, "nguoi@vidu.vn", "a@" + "b" * 300 + ".vn", "@",
    "00000000-0000-0000-0000-000000000000", "HN-0000-0000-0", "TN-1234-5678-9", "AAAAA-AAAAA", "on", "admin", "field",
]  # fmt: skip
# A browser cannot send half a character, and NUL in an address is sent as %00: both are tried as raw bytes below.
TYPED = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=60), st.text(alphabet="\x00\r\n\t <>&'\"%{}\\/é\u0301", max_size=20)
)
NUMBERS = st.one_of(st.integers(0, 5), st.integers(0, 2**70)).map(str)


def _field_names() -> list[str]:
    """The name of every input of every form of the public and the staff pages, and some that no form has."""
    names = {
        "version",
        "step",
        "uploads",
        "files",
        "proof",
        "q",
        "trang",
        "xem",
        "han",
        "che-do",
        "linh-vuc",
        "co-quan",
    }
    names |= {"noi", "tinh-trang", "next", "ma", "ve", "lai", "nho", "tai", "website", "khong-co", "language", "login"}
    for known in vars(portal_forms).values():
        names |= set(getattr(known, "base_fields", {}))
    for spec in ACTS.values():
        names |= set(getattr(spec.form, "base_fields", {}))
    return sorted(names)


NAMES = _field_names()
GIVEN = st.dictionaries(st.sampled_from(NAMES), st.one_of(TYPED, NUMBERS, st.lists(TYPED, max_size=3)), max_size=8)


@pytest.fixture
def city() -> Iterator[City]:
    """The small city of the case tests, with everything that forms offer read anew."""
    made = build()
    catalogue.forget()
    intake.forget()
    yield made
    catalogue.forget()
    intake.forget()


def _client(city: City, who: str) -> Client:
    client = Client(raise_request_exception=True)
    if who:
        client.force_login(
            Person.objects.get(username=who), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return client


def _try(ask: Callable[[], Any]) -> None:
    """One request in a savepoint of its own; what a page raised is raised here."""
    with transaction.atomic():
        answer = ask()
        assert answer.status_code < 500, answer.content[:2000]
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)


# --- addresses --------------------------------------------------------------------------------------------------------


def _routes() -> list[str]:
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif "(?P" not in route and not route.startswith(("_/", "healthz")):  # which says 503 without a worker
                found.append(route)

    walk(get_resolver().url_patterns, "")
    return sorted(set(found))


ROUTES = _routes()
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """The address of any page, with anything in the places of its parts."""
    route = draw(st.sampled_from(ROUTES))

    def put(match: re.Match[str]) -> str:
        kind = match.group(1) or "str"
        if kind == "int":
            return draw(NUMBERS)
        if kind == "uuid":
            return str(draw(st.uuids()))
        if kind == "slug":
            return draw(st.one_of(st.sampled_from(sorted(ACTS)), st.from_regex(r"[-a-zA-Z0-9_]{1,40}", fullmatch=True)))
        return quote(draw(TYPED).replace("/", "") or "x", safe="")

    path = "/" + _PLACE.sub(put, route)
    query = draw(st.one_of(st.just(b""), st.binary(max_size=40).map(lambda raw: quote(raw, safe="=&").encode())))
    return path + ("?" + query.decode() if query else "")


WHO = ["", "coordinator", "focal", "approver", "administrator", "protected", "clerk", "observer"]


@pytest.mark.parametrize("who", WHO)
def test_no_address_breaks(city: City, who: str) -> None:
    client = _client(city, who)

    @budget(4 * EXAMPLES)
    @given(path=addresses(), query=GIVEN, post=st.booleans())
    def run(path: str, query: dict[str, Any], post: bool) -> None:
        with clock.frozen(AT):
            _try(lambda: client.post(path, query) if post else client.get(path, query))

    run()


@pytest.mark.parametrize("who", ["", "coordinator"])
def test_no_raw_bytes_break_a_form(city: City, who: str) -> None:
    client = _client(city, who)
    paths = ["/gui/", "/gui/goi-y", "/tra-cuu/", "/can-bo/tim/", "/cong-khai/", "/i18n/setlang/", "/tai-khoan/login/"]

    @budget(2 * EXAMPLES)
    @given(
        path=st.sampled_from(paths),
        body=st.binary(max_size=300),
        kind=st.sampled_from(
            [
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json",
                "text/plain",
                "",
            ]
        ),
    )
    @example(path="/gui/", body=b"body=%00%ff%fe&about=field", kind="application/x-www-form-urlencoded")
    @example(
        path="/gui/",
        body=b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n\xff\xfe\r\n--x--',
        kind="multipart/form-data; boundary=x",
    )
    def run(path: str, body: bytes, kind: str) -> None:
        with clock.frozen(AT):
            _try(lambda: client.generic("POST", path, body, content_type=kind))
            _try(lambda: client.generic("GET", path, QUERY_STRING=quote(body, safe="=&%")))

    run()


# --- the form of the public -------------------------------------------------------------------------------------------


@given(
    typed=st.fixed_dictionaries(
        {name: TYPED for name in portal_forms.SubmitForm.base_fields if name != "files"},
    ),
    kept=st.sets(st.sampled_from(["about", "body", "submission_key", "email", "phone", "commune", "name"])),
    step=st.sampled_from(["send", "preview", "edit", "x"]),
    upload=st.one_of(st.none(), st.tuples(TYPED, st.binary(max_size=200))),
)
@budget(2 * EXAMPLES)
def test_no_submission_breaks(city: City, typed: dict[str, str], kept: set[str], step: str, upload: Any) -> None:
    """Each input holds anything, or something sound: so that what lies behind the first check is reached too."""
    sound = {
        "about": "field", "body": "Đèn đường tắt đã một tuần, buổi tối rất tối.", "submission_key": str(uuid.uuid4()),
        "email": "thu@nguoidan.example", "phone": "0900 000 123", "commune": "Phường Thử", "name": "Nguyễn Thị Thử",
    }  # fmt: skip
    form: dict[str, Any] = {**typed, **{name: sound[name] for name in kept}, "step": step, "website": ""}
    if upload is not None:
        form["files"] = io.BytesIO(upload[1])
        form["files"].name = upload[0] or "x"  # as it is: SimpleUploadedFile would make it harmless
    client = Client()
    with clock.frozen(AT):
        _try(lambda: client.post("/gui/", form))


# --- the acts of staff ------------------------------------------------------------------------------------------------


def _cases(city: City) -> dict[str, tuple[str, str]]:
    """A case for each of some states: state → (code, who may act)."""
    office, focal, handler = city.actor("coordinator"), city.actor("focal"), city.people["handler"].pk
    made: dict[str, tuple[str, str]] = {}
    for last in ("received", "classified", "transferred", "accepted", "handling", "awaiting_approval"):
        case = city.receive(moment("2026-03-02 09:00")).case
        at = moment("2026-03-02 10:00")
        if last != "received":
            services.classify(
                case_id=case.pk, actor=office, at=at, regime="field", field_id=city.field.pk, urgency="normal"
            )
        if last not in ("received", "classified"):
            services.transfer(case_id=case.pk, actor=office, at=at, agency_id=city.works.pk, reason="Đúng thẩm quyền")
        if last in ("accepted", "handling", "awaiting_approval"):
            services.accept(case_id=case.pk, actor=focal, at=at)
        if last in ("handling", "awaiting_approval"):
            services.assign(case_id=case.pk, actor=focal, at=at, handler_id=handler)
        if last == "awaiting_approval":
            draft = services.Draft(
                outcome="explained", text="Tổ điện đã kiểm tra và sẽ thay bóng trong tuần này.", done_what="Kiểm tra",
                done_by="Tổ chiếu sáng", done_on=at.date(),
            )  # fmt: skip
            services.draft(case_id=case.pk, actor=city.actor("handler"), at=at, content=draft)
            services.submit(case_id=case.pk, actor=city.actor("handler"), at=at)
        office_work = last in ("received", "classified")
        made[last] = (
            case.code,
            "coordinator" if office_work else "approver" if last == "awaiting_approval" else "focal",
        )
    return made


def test_no_act_breaks(city: City) -> None:
    known = _cases(city)
    clients = {who: _client(city, who) for who in {who for _code, who in known.values()} | {"handler", "protected"}}
    acts = sorted({row.act for row in TABLE.transitions} | {"khong-co"})

    @budget(8 * EXAMPLES)
    @given(
        state=st.sampled_from(sorted(known)),
        act=st.sampled_from(acts),
        form=GIVEN,
        other=st.sampled_from(["", "", "handler", "protected"]),
        upload=st.booleans(),
    )
    def run(state: str, act: str, form: dict[str, Any], other: str, upload: bool) -> None:
        code, who = known[state]
        given = {**form, **({"proof": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff")} if upload else {})}
        with clock.frozen(AT):
            _try(lambda: clients[other or who].post(f"/can-bo/phan-anh/{code}/viec/{act}/", given))

    run()


def test_no_form_of_an_act_breaks(city: City) -> None:
    """Every act that is possible, with each of its own inputs filled with anything."""
    known = _cases(city)
    clients = {who: _client(city, who) for who in {who for _code, who in known.values()}}

    @budget(6 * EXAMPLES)
    @given(data=st.data(), state=st.sampled_from(sorted(known)), act=st.sampled_from(sorted(ACTS)))
    def run(data: st.DataObject, state: str, act: str) -> None:
        code, who = known[state]
        fields = [name for name in getattr(ACTS[act].form, "base_fields", {}) if name not in ("files", "proof")]
        form = {name: data.draw(st.one_of(TYPED, NUMBERS, st.just("normal"), st.just("field"))) for name in fields}
        with clock.frozen(AT):
            _try(lambda: clients[who].post(f"/can-bo/phan-anh/{code}/viec/{act}/", form))

    run()


def test_every_page_is_tried(city: City) -> None:
    """The walk over the addresses finds the pages; a change of the address book must not empty this test."""
    assert len(ROUTES) > 40
    assert {"tra-cuu/", "gui/", "can-bo/phan-anh/<str:code>/", "theo-doi/<str:code>"} <= set(ROUTES)
    assert callable(public)
