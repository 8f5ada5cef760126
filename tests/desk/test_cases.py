"""The case page and its acts over HTTP: who may do what, what is kept when it fails, what a page costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.cases import catalogue, services
from langnghe.cases.models import CannedText, Case
from langnghe.cases.workflow import TABLE
from langnghe.desk.forms.acts import ACTS
from langnghe.ledger.models import ReadLog
from langnghe.triage.models import Choice
from tests.cases.city import City, moment

pytestmark = pytest.mark.django_db

BUDGET = 12


def _act(client: Client, case: Case, act: str, **given: Any) -> Any:
    case.refresh_from_db()
    return client.post(reverse("desk:act", args=[case.code, act]), {"version": case.version, **given})


def _transferred(city: City) -> Case:
    case = city.receive(moment("2026-03-02 09:00")).case
    office = city.actor("coordinator")
    services.classify(
        case_id=case.pk,
        actor=office,
        at=moment("2026-03-02 10:00"),
        regime="field",
        field_id=city.field.pk,
        urgency="normal",
    )
    return services.transfer(
        case_id=case.pk, actor=office, at=moment("2026-03-02 10:05"), agency_id=city.works.pk, reason="Đúng thẩm quyền"
    )


def test_a_case_goes_its_way_at_the_desk(city: City, sign_in: Callable[[str], Client]) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    office, focal, handler, approver = (sign_in(name) for name in ("coordinator", "focal", "handler", "approver"))
    assert _act(office, case, "classify", regime="field", field=city.field.pk, urgency="normal").status_code == 302
    assert _act(office, case, "transfer", agency=city.works.pk, reason="Đúng thẩm quyền").status_code == 302
    assert set(Choice.objects.values_list("question", flat=True)) == {"regime", "field", "urgency", "agency"}
    assert _act(focal, case, "accept").status_code == 302
    assert _act(focal, case, "assign", handler=city.people["handler"].pk).status_code == 302
    assert (
        _act(
            handler,
            case,
            "draft",
            outcome="explained",
            text="Tổ điện đã kiểm tra và sẽ thay bóng trong tuần này.",
            done_what="Kiểm tra tuyến",
            done_by="Tổ điện",
            done_on="2026-03-02",
        ).status_code
        == 302
    )
    assert _act(handler, case, "submit").status_code == 302
    page = approver.get(reverse("desk:case", args=[case.code]))
    assert "Tổ điện đã kiểm tra" in page.content.decode()
    assert _act(approver, case, "approve").status_code == 302
    gate = office.get(reverse("desk:gate", args=[case.code]))
    assert gate.status_code == 200
    case.refresh_from_db()
    done = office.post(reverse("desk:gate", args=[case.code]), {"act": "publish", "version": case.version})
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.state == "published"


def test_what_was_typed_is_kept_when_something_is_missing(city: City, sign_in: Callable[[str], Client]) -> None:
    case = _transferred(city)
    answer = _act(sign_in("focal"), case, "return_to_office", reason="")
    assert answer.status_code == 422
    assert "Hãy ghi lý do" in answer.content.decode()


def test_a_double_click_is_told_so(city: City, sign_in: Callable[[str], Client]) -> None:
    case = _transferred(city)
    focal = sign_in("focal")
    assert _act(focal, case, "accept").status_code == 302
    again = _act(focal, case, "accept")
    assert again.status_code == 302
    assert "không còn làm được" in focal.get(again["Location"]).content.decode()


def test_other_agencies_find_nothing(city: City, sign_in: Callable[[str], Client]) -> None:
    case = _transferred(city)
    partner = sign_in("partner_focal")
    assert partner.get(reverse("desk:case", args=[case.code])).status_code == 404
    assert _act(partner, case, "accept").status_code == 404


def test_reading_the_sender_is_recorded(city: City, sign_in: Callable[[str], Client]) -> None:
    case = _transferred(city)
    focal = sign_in("focal")
    page = focal.get(reverse("desk:case", args=[case.code])).content.decode()
    assert "Nguyễn Thị Thử" not in page
    assert ReadLog.objects.count() == 0
    shown = focal.post(reverse("desk:sender", args=[case.code])).content.decode()
    assert "Nguyễn Thị Thử" in shown
    assert ReadLog.objects.get().actor_id == city.people["focal"].pk
    assert sign_in("observer").post(reverse("desk:sender", args=[case.code])).status_code == 403


@pytest.mark.parametrize(
    "name", ["coordinator", "focal", "handler", "approver", "head", "observer", "protected", "clerk", "administrator"]
)
def test_each_act_of_the_table_is_refused_to_whom_it_does_not_belong(
    city: City, sign_in: Callable[[str], Client], name: str
) -> None:
    case = _transferred(city)
    client = sign_in(name)
    role = city.actor(name).role
    for act in ACTS:
        row = TABLE.find("transferred", act)
        if row is not None and role in row.roles:
            continue
        answer = _act(client, case, act)
        case.refresh_from_db()
        assert case.state == "transferred", act
        assert answer.status_code in (302, 403, 404), act


def test_pages_stay_within_their_budget(
    city: City, sign_in: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    for _n in range(5):
        case = _transferred(city)
    waiting = city.receive(moment("2026-03-02 09:00")).case
    office, focal = sign_in("coordinator"), sign_in("focal")
    pages = [
        (office, reverse("desk:office")),
        (office, reverse("desk:late")),
        (office, reverse("desk:search") + "?q=den+duong"),
        (office, reverse("desk:case", args=[waiting.code])),
        (office, reverse("desk:duplicates", args=[waiting.code])),
        (focal, reverse("desk:mine")),
        (focal, reverse("desk:agency")),
        (focal, reverse("desk:case", args=[case.code])),
    ]
    for client, address in pages:
        client.get(address)
        with django_assert_max_num_queries(BUDGET):
            assert client.get(address).status_code == 200, address


def test_classify_and_transfer_in_one_go(city: City, sign_in: Callable[[str], Client]) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    office = sign_in("coordinator")
    given = {"regime": "field", "field": city.field.pk, "urgency": "normal", "agency": city.works.pk}
    missing = _act(office, case, "classify", **given)
    assert missing.status_code == 422 and "Hãy ghi lý do" in missing.content.decode()
    case.refresh_from_db()
    assert case.state == "received", "both acts or none"
    assert _act(office, case, "classify", reason="Đúng thẩm quyền", **given).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.agency_id) == ("transferred", city.works.pk)


def test_the_observer_sees_no_personal_data(city: City, sign_in: Callable[[str], Client]) -> None:
    body = "Tôi là Nguyễn Thị Thử, số máy 0900000123, xe 29A-123.45 đỗ chắn cửa nhà tôi cả tuần nay."
    case = city.receive(moment("2026-03-02 09:00"), title="Xe của bà Thử bị chắn, gọi 0900000123", body=body).case
    observer = sign_in("observer")
    for address in (reverse("desk:case", args=[case.code]), reverse("desk:search")):
        page = observer.get(address).content.decode()
        assert "0900000123" not in page and "29A-123.45" not in page and "Nguyễn Thị Thử" not in page
    assert "29A-123.45" in sign_in("coordinator").get(reverse("desk:case", args=[case.code])).content.decode()


def test_a_canned_text_goes_to_the_end_of_the_draft(city: City, sign_in: Callable[[str], Client]) -> None:
    case = _transferred(city)
    focal, handler = sign_in("focal"), sign_in("handler")
    _act(focal, case, "accept")
    _act(focal, case, "assign", handler=city.people["handler"].pk)
    canned = CannedText.objects.create(code="cam-on", name="Cảm ơn", text="{agency} cảm ơn ông/bà đã báo {code}.")
    CannedText.objects.create(code="khac", name="Chế độ khác", regime="admin", text="Không dùng ở đây.")
    _act(handler, case, "draft", text="Tổ điện đã kiểm tra.")
    catalogue.forget()
    page = handler.get(reverse("desk:case", args=[case.code]), {"mau": canned.pk}).content.decode()
    assert f"Tổ điện đã kiểm tra.\n\nSở Xây dựng cảm ơn ông/bà đã báo {case.code}." in page
    assert "Chế độ khác" not in page


def _found(client: Client, text: str, **more: str) -> list[str]:
    """The codes that a search gives, over all pages."""
    codes: list[str] = []
    given = {"q": text, **more}
    address = reverse("desk:search")
    for _page in range(20):
        answer = client.get(address, given)
        codes += [row.code for row in answer.context["rows"]]
        if not answer.context["older"]:
            return codes
        address, given = reverse("desk:search") + answer.context["older"], {}
    raise AssertionError("no end")


def test_the_observer_finds_nobody_by_searching(
    city: City, at: datetime, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from langnghe.cases import selectors

    monkeypatch.setattr(selectors, "PAGE", 3)
    monkeypatch.setattr(selectors.archive, "__kwdefaults__", {**selectors.archive.__kwdefaults__, "size": 3})
    mine = city.receive(
        at, title="Đèn hỏng", body="Tôi là Nguyễn Thị Thử, số máy 0900000123, nhờ thay bóng đèn ở cuối ngõ."
    ).case
    others = [
        city.receive(at + timedelta(minutes=n), title="Đèn hỏng", body=f"Bóng đèn thứ {n} ở đầu phố bị cháy.").case
        for n in range(7)
    ]
    observer, office = sign_in("observer"), sign_in("coordinator")
    for text in ("nguyen thi thu", "0900000123", "Nguyễn Thị Thử bóng đèn"):
        assert mine.code in _found(office, text)
        assert _found(observer, text) == []
    assert _found(observer, "nho thay bong") == [mine.code]
    newest_first = [case.code for case in [*others[::-1], mine]]
    assert _found(observer, "bong den") == newest_first == _found(office, "bong den")
    assert _found(observer, mine.code) == [mine.code]
    late = observer.get(reverse("desk:late"), {"q": "nguyen thi thu", "han": "sap-han"})
    assert [row.code for row in late.context["rows"]] == []
