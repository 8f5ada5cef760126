"""Every route says who may use it; every page is tried with every role; every act of the table is offered somewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from langnghe.agencies.models import Role
from langnghe.cases.workflow import TABLE
from langnghe.desk.forms.acts import ACTS, ELSEWHERE
from tests.cases.city import City

OWN = "langnghe."

NAMES = {
    "coordinator": "coordinator",
    "protected_reader": "protected",
    "observer": "observer",
    "administrator": "administrator",
    "clerk": "clerk",
    "focal_point": "focal",
    "handler": "handler",
    "approver": "approver",
    "head": "head",
}


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def own_routes() -> list[tuple[str, URLPattern]]:
    """Every route whose view is ours."""
    return [
        (path, route)
        for path, route in _routes(get_resolver())
        if getattr(route.callback, "__module__", "").startswith(OWN)
    ]


def test_every_route_of_ours_says_who_may_use_it() -> None:
    unsaid = [path for path, route in own_routes() if not hasattr(route.callback, "access")]
    assert unsaid == []
    assert len(own_routes()) > 30


def test_names_cover_every_role() -> None:
    assert set(NAMES) == set(Role.values)


def test_every_act_has_a_form_or_a_page_of_its_own() -> None:
    assert set(TABLE.acts) == set(ACTS) | ELSEWHERE
    assert not set(ACTS) & ELSEWHERE


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(Role.values))
def test_each_page_opens_for_its_roles_only(
    city: City, sign_in: Callable[[str], Client], role: str, settings: Any
) -> None:
    settings.LANGNGHE_MAIL = "mailbox"
    settings.DEMO = settings.LANGNGHE_CLOCK_MOVABLE = True  # so that the demo's own pages are tried too
    client = sign_in(NAMES[role])
    tried = 0
    for path, route in own_routes():
        access = route.callback.access  # type: ignore[attr-defined]
        if access == "public" or "<" in path or not route.name or getattr(route.callback, "post_only", False):
            continue
        answer = client.get("/" + path.lstrip("^"))
        if answer.status_code == 405:
            continue
        tried += 1
        if role in access:
            assert answer.status_code in (200, 302), f"{path}: {answer.status_code}"
        else:
            assert answer.status_code == 403, f"{path}: {answer.status_code}"
    assert tried > 10


@pytest.mark.django_db
def test_visitors_are_sent_to_sign_in(client: Client, city: City) -> None:
    answer = client.get(reverse("desk:office"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_no_model_in_a_web_process() -> None:
    """Everything that the server loads, loads neither numpy nor scikit-learn: models run in the worker only."""
    code = (
        "import langnghe.config.wsgi, sys; import langnghe.config.urls;"
        "print(sorted({'numpy', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]"), done.stdout


def test_a_form_that_came_too_late_leads_back_to_its_page(city: City) -> None:
    client = Client()
    address = "/can-bo/nhiem-vu/1/viec/report/"
    answer = client.post(address, headers={"Referer": "http://testserver/can-bo/nhiem-vu/1/?in=0"})
    assert answer.status_code == 302 and answer["Location"].endswith("?next=/can-bo/nhiem-vu/1/")
    for referer in ("", "https://elsewhere.example/can-bo/x/", f"http://testserver{address}"):
        assert client.post(address, headers={"Referer": referer})["Location"].endswith("?next=/can-bo/nhiem-vu/1/")
