"""One act on several cases of a queue: what can be done is done, what cannot is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.cases import services
from langnghe.cases.models import Case
from tests.cases.city import City, moment

pytestmark = pytest.mark.django_db
AT = "2026-03-03 08:00"


def _received(city: City, many: int) -> list[Case]:
    return [city.receive(moment(AT)).case for _one in range(many)]


def _classified(city: City, many: int) -> list[Case]:
    return [
        services.classify(
            case_id=case.pk, actor=city.actor("coordinator"), at=moment(AT), regime="field", field_id=city.field.pk,
            urgency="normal",
        )
        for case in _received(city, many)
    ]  # fmt: skip


def _do(client: Client, act: str, cases: list[Case], **given: Any) -> Any:
    url = reverse("desk:bulk") + "?next=" + reverse("desk:office")
    versions = {f"version-{case.pk}": case.version for case in cases}
    return client.post(url, {"act": act, "case": [case.pk for case in cases], "asked": "1", **versions, **given})


def _said(client: Client) -> str:
    return client.get(reverse("desk:home"), follow=True).content.decode()


def _states(cases: list[Case]) -> list[str]:
    found = dict(Case.objects.values_list("pk", "state"))
    return [found[case.pk] for case in cases]


def test_the_queue_offers_it_and_asks_first(city: City, sign_in: Callable[[str], Client]) -> None:
    cases, client = _received(city, 2), sign_in("coordinator")
    queue = client.get(reverse("desk:office")).content.decode()
    assert 'value="classify"' in queue and f'name="case" value="{cases[0].pk}"' in queue
    first = client.post(reverse("desk:bulk"), {"act": "classify", "case": [case.pk for case in cases]})
    page = first.content.decode()
    assert first.status_code == 200 and all(case.code in page for case in cases)
    assert _states(cases) == ["received", "received"], "nothing is done before the form is filled in"
    assert _do(client, "classify", cases).status_code == 422
    assert _states(cases) == ["received", "received"]
    done = _do(client, "classify", cases, field=city.field.pk, urgency="normal")
    assert done.status_code == 302 and done.url == reverse("desk:office")
    assert _states(cases) == ["classified", "classified"]
    assert "đã xong 2 phản ánh" in _said(client)


def test_what_is_refused_is_named_and_the_rest_is_done(city: City, sign_in: Callable[[str], Client]) -> None:
    cases, client = _classified(city, 3), sign_in("coordinator")
    services.note(case_id=cases[1].pk, actor=city.actor("coordinator"), at=moment(AT), text="Đã gọi người gửi")
    _do(client, "transfer", cases, agency=city.works.pk, reason="Đúng thẩm quyền")
    assert _states(cases) == ["transferred", "classified", "transferred"]
    page = _said(client)
    assert "đã xong 2 phản ánh" in page and "Không làm được 1 phản ánh" in page
    assert f"{cases[1].code}: Ông/bà vừa thay đổi mục này ở cửa sổ khác" in page


def test_a_focal_point_gives_several_to_one_person(city: City, sign_in: Callable[[str], Client]) -> None:
    cases = _classified(city, 2)
    for case in cases:
        services.transfer(
            case_id=case.pk, actor=city.actor("coordinator"), at=moment(AT), agency_id=city.works.pk, reason="Đúng"
        )
    services.accept(case_id=cases[0].pk, actor=city.actor("focal"), at=moment(AT))
    for case in cases:
        case.refresh_from_db()
    focal = sign_in("focal")
    assert 'value="assign"' in focal.get(reverse("desk:mine")).content.decode()
    assert 'value="assign"' not in sign_in("handler").get(reverse("desk:agency")).content.decode()
    _do(focal, "assign", cases, handler=city.people["handler"].pk)
    assert _states(cases) == ["handling", "handling"]
    assert set(Case.objects.values_list("handler", flat=True)) == {city.people["handler"].pk}


def test_nobody_does_to_many_what_they_may_not_do_to_one(city: City, sign_in: Callable[[str], Client]) -> None:
    cases = _classified(city, 1)
    assert _do(sign_in("focal"), "transfer", cases, agency=city.works.pk, reason="x").status_code == 403
    assert _do(sign_in("handler"), "assign", cases, handler=city.people["handler"].pk).status_code == 403
    assert _do(sign_in("coordinator"), "approve", cases).status_code == 404
    other = sign_in("commune_focal")
    _do(other, "assign", cases, handler=city.people["commune_focal"].pk)
    assert _states(cases) == ["classified"]
    assert "đánh dấu ít nhất một" in _said(other), "what one may not see is not chosen"
    empty = sign_in("coordinator").post(reverse("desk:bulk") + "?next=https://evil.example/", {"act": "transfer"})
    assert empty.status_code == 302 and empty.url == reverse("desk:home")
