"""Counter, hotline, post: a case for somebody else, its receipt, and acts in the sender's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from langnghe.cases import catalogue, services
from langnghe.cases.models import Case, InformationRequest, Rating
from langnghe.cases.rules import derive_secret
from langnghe.cases.services.receive import key_bytes
from langnghe.intake import selectors as intake
from langnghe.ledger.models import Entry
from tests.cases.city import City, moment
from tests.cases.test_story import _answer, _classify_and_transfer
from tests.desk_admin.conftest import ROLES

AT = moment("2026-03-04 09:30")


@pytest.fixture(autouse=True)
def _day(clock: Any, db: None) -> Iterator[None]:
    catalogue.forget()
    intake.forget()
    with clock(AT), translation.override("vi"):
        yield
    catalogue.forget()
    intake.forget()


@pytest.fixture
def clerk(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("clerk")


def given(city: City, **changes: Any) -> dict[str, Any]:
    values = {
        "phone": "0912 345 678",
        "email": "",
        "name": "Lê Văn Quầy",
        "address": "Số 4 ngõ 2",
        "about": "field",
        "body": "Nắp cống trước cổng trường tiểu học bị mất, rất nguy hiểm cho trẻ em.",
        "title": "",
        "commune": "phuong thu",
        "place": "Cổng trường Thử",
        "channel": city.counter.pk,
        "received_at": "",
        "submission_key": str(uuid4()),
    }
    return {**values, **changes}


def post(client: Client, values: dict[str, Any], **extra: Any) -> Any:
    return client.post(reverse("desk:counter"), values, **extra)


def test_a_case_is_entered_for_somebody_else_and_the_receipt_printed(city: City, clerk: Client) -> None:
    assert clerk.get(reverse("desk:counter")).status_code == 200
    answer = post(clerk, given(city, received_at="2026-03-02T15:20"))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    case = Case.objects.get()
    assert case.entered_by == city.people["clerk"] and case.channel == city.counter and case.commune == city.commune
    assert case.received_at == moment("2026-03-02 15:20") and case.title.startswith("Nắp cống")
    entry = Entry.objects.get(kind="case", subject_id=case.pk, act="receive")
    assert entry.role == "clerk" and entry.actor_id == city.people["clerk"].pk
    page = clerk.get(answer.url).content.decode()
    said = re.sub(r"<[^>]+>", "", page)  # codes are shown in groups
    assert case.code in said and derive_secret(key_bytes(), str(case.submission_key)) in said
    assert "data:image/svg" in page and "Quầy" in page


def test_the_receipt_is_for_the_one_who_entered_the_case(
    city: City, sign_in: Callable[[str], Client], clerk: Client
) -> None:
    url = post(clerk, given(city)).url
    assert sign_in("coordinator").get(url).status_code == 404
    assert sign_in("handler").get(url).status_code == 403
    assert clerk.get(reverse("desk:counter_receipt", args=["falsch"])).status_code == 410


def test_a_double_click_makes_one_case(city: City, clerk: Client) -> None:
    values = given(city)
    post(clerk, values)
    post(clerk, values | {"seen": str(Case.objects.get().pk)})
    assert Case.objects.count() == 1


def test_the_channel_is_remembered_for_the_next_case(city: City, clerk: Client) -> None:
    post(clerk, given(city))
    page = clerk.get(reverse("desk:counter")).content.decode()
    assert f'<option value="{city.counter.pk}" selected>' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "ngắn"}, "body"),
        ({"body": "a" * 10_001}, "body"),
        ({"about": ""}, "about"),
        ({"about": "xyz"}, "about"),
        ({"channel": ""}, "channel"),
        ({"channel": "999999"}, "channel"),
        ({"channel": "abc"}, "channel"),
        ({"phone": "gọi sau"}, "phone"),
        ({"email": "khong-phai-thu"}, "email"),
        ({"commune": "Phường Không Có"}, "commune"),
        ({"commune": "", "place": ""}, "commune"),
        ({"received_at": "2026-03-05T09:00"}, "received_at"),
        ({"received_at": "2020-01-01T09:00"}, "received_at"),
        ({"received_at": "hôm qua"}, "received_at"),
        ({"about": "conduct", "name": ""}, "name"),
        ({"about": "conduct", "address": ""}, "address"),
        ({"about": "regulation", "phone": ""}, "phone"),
        ({"name": "x" * 200}, "name"),
    ],
)
def test_wrong_input_is_said_at_the_field_and_kept(
    city: City, clerk: Client, changes: dict[str, Any], field: str
) -> None:
    answer = post(clerk, given(city, **changes))
    assert answer.status_code == 200
    form = answer.context["form"]
    assert field in form.errors, form.errors
    assert "Cổng trường Thử" in answer.content.decode() or changes.get("place") == ""
    assert not Case.objects.exists()


def test_the_web_channel_is_not_for_staff(city: City, clerk: Client) -> None:
    assert "channel" in post(clerk, given(city, channel=city.web.pk)).context["form"].errors


def test_html_and_control_characters_stay_text(city: City, clerk: Client) -> None:
    post(clerk, given(city, body="<script>alert(1)</script> đèn hỏng \x00\x07 ở ngõ \u202e này", name="<b>An</b>"))
    case = Case.objects.get()
    assert "\x00" not in case.body and "\u202e" not in case.body
    assert "<script>alert" not in clerk.get(reverse("desk:counter")).content.decode()


def test_a_lost_key_is_mended(city: City, clerk: Client) -> None:
    answer = post(clerk, given(city, submission_key="hỏng"))
    assert answer.status_code == 200 and "submission_key" not in answer.context["form"].errors
    again = given(city, submission_key=answer.context["form"].data["submission_key"])
    assert post(clerk, again).status_code == 302


def test_a_file_that_is_not_taken_is_said_and_the_rest_kept(city: City, clerk: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("virus.exe", b"MZ\x00\x01" * 200)
    answer = post(clerk, given(city, files=[bad]))
    assert answer.status_code == 200 and "virus.exe" in str(answer.context["form"].errors["files"])


def test_open_cases_of_the_same_sender_and_place_are_shown_before_a_new_one_is_made(city: City, clerk: Client) -> None:
    first = post(clerk, given(city))
    assert first.status_code == 302
    case = Case.objects.get()
    shown = clerk.post(
        reverse("desk:counter_known"), {"phone": "+84 912 345 678"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert case.code in shown and "Cùng người gửi" in shown
    near = clerk.post(
        reverse("desk:counter_known"),
        {"commune": "Phường Thử", "body": "Mất nắp cống trước trường tiểu học, nguy hiểm"},
    ).content.decode()
    assert case.code in near and "Cùng nơi" in near
    asked = post(clerk, given(city))
    assert asked.status_code == 200 and case.code in asked.content.decode() and Case.objects.count() == 1
    assert f'name="seen" value="{case.pk}"' in asked.content.decode()
    assert post(clerk, given(city, seen=str(case.pk))).status_code == 302
    assert Case.objects.count() == 2


def test_typing_costs_few_queries(city: City, clerk: Client, django_assert_max_num_queries: Any) -> None:
    post(clerk, given(city))
    clerk.get(reverse("desk:counter"))
    with django_assert_max_num_queries(6):
        clerk.post(
            reverse("desk:counter_known"),
            {"phone": "0912345678", "commune": "Phường Thử", "body": "Nắp cống trước trường bị mất"},
        )
    with django_assert_max_num_queries(12):
        clerk.get(reverse("desk:counter"))


# --- in the sender's name ---------------------------------------------------------------------------------------------


def waiting(city: City) -> tuple[Case, str]:
    """A case that waits for its sender."""
    made = city.receive(AT - timedelta(days=2))
    at = AT - timedelta(days=1)
    case = services.classify(
        case_id=made.case.pk,
        actor=city.actor("coordinator"),
        at=at,
        regime="field",
        field_id=city.field.pk,
        urgency="normal",
    )
    services.clarify(case_id=case.pk, actor=city.actor("coordinator"), at=at, question="Ngõ 12 của phố nào?")
    return Case.objects.get(pk=case.pk), made.secret


def open_for(clerk: Client, case: Case, proof: str) -> Any:
    return clerk.post(reverse("desk:counter_for_sender"), {"code": case.code, "proof": proof})


@pytest.mark.parametrize("proof", ["secret", "0900 000 123", "+84900000123", "thu@nguoidan.example"])
def test_the_sender_proves_to_be_the_sender(city: City, clerk: Client, proof: str) -> None:
    case, secret = waiting(city)
    answer = open_for(clerk, case, secret if proof == "secret" else proof)
    assert answer.status_code == 302
    page = clerk.get(answer.url).content.decode()
    assert "Ngõ 12 của phố nào?" in page


@pytest.mark.parametrize("proof", ["", "0900000124", "AAAAA-AAAAA", "ai@do.vn"])
def test_who_cannot_prove_it_gets_no_further(city: City, clerk: Client, proof: str) -> None:
    case, _secret = waiting(city)
    assert open_for(clerk, case, proof).status_code == 200


def test_a_wrong_digit_of_the_code_is_noticed(city: City, clerk: Client) -> None:
    case, secret = waiting(city)
    wrong = case.code[:-1] + str((int(case.code[-1]) + 1) % 10)
    page = clerk.post(reverse("desk:counter_for_sender"), {"code": wrong, "proof": secret})
    assert "chữ số sai" in page.content.decode()


def test_a_reply_is_written_down_with_the_channel(city: City, clerk: Client) -> None:
    case, secret = waiting(city)
    url = open_for(clerk, case, secret).url
    bad = clerk.post(url, {"act": "clarified", "text": "", "via": ""})
    assert bad.status_code == 200 and "Hãy ghi nội dung bổ sung." in bad.content.decode()
    assert clerk.post(url, {"act": "clarified", "text": "Phố Thử Nghiệm", "via": city.counter.pk}).status_code == 302
    case.refresh_from_db()
    assert case.state == "received"
    assert InformationRequest.objects.get().reply == "Phố Thử Nghiệm\n[Cán bộ ghi hộ; người gửi nói qua: Quầy]"
    assert Entry.objects.filter(kind="case", subject_id=case.pk, act="clarified", role="clerk").count() == 1
    assert clerk.post(url, {"act": "clarified", "text": "Lần nữa", "via": city.counter.pk}).status_code == 302
    assert InformationRequest.objects.get().reply.startswith("Phố Thử Nghiệm")


def test_taking_it_back_needs_to_be_confirmed(city: City, clerk: Client) -> None:
    made = city.receive(AT - timedelta(hours=2))
    url = open_for(clerk, made.case, made.secret).url
    assert clerk.post(url, {"act": "withdraw", "via": city.counter.pk}).status_code == 200
    assert clerk.post(url, {"act": "withdraw", "via": city.counter.pk, "sure": "on"}).status_code == 302
    made.case.refresh_from_db()
    assert made.case.state == "withdrawn"


def answered(city: City) -> tuple[Case, str]:
    """A case that has its answer."""
    made = city.receive(AT - timedelta(days=2))
    _classify_and_transfer(city, made.case, "2026-03-02 10:00")
    leader = {"case_id": made.case.pk, "at": AT - timedelta(hours=20)}
    services.accept(actor=city.actor("focal"), **leader)
    services.assign(actor=city.actor("focal"), handler_id=city.people["handler"].pk, **leader)
    _answer(city, made.case, "2026-03-03 15:00", "handler")
    services.approve(actor=city.actor("approver"), case_id=made.case.pk, at=AT - timedelta(hours=2))
    return Case.objects.get(pk=made.case.pk), made.secret


def test_rating_for_the_sender(city: City, clerk: Client) -> None:
    case, secret = answered(city)
    url = open_for(clerk, case, secret).url
    levels = {
        "forms_": "4",
        "ease": "4",
        "handling": "5",
        "notice": "4",
        "overall": "5",
        "comment": "",
        "via": city.counter.pk,
    }
    assert clerk.post(url, {"act": "rate", **levels, "overall": ""}).status_code == 200
    assert clerk.post(url, {"act": "rate", **levels}).status_code == 302
    assert Rating.objects.get().overall == 5


def test_what_the_table_does_not_allow_is_not_done(city: City, clerk: Client) -> None:
    case, secret = waiting(city)
    url = open_for(clerk, case, secret).url
    assert clerk.post(url, {"act": "rate"}).status_code == 302
    assert clerk.post(url, {"act": "approve"}).status_code == 302
    assert not Rating.objects.exists()


def test_proof_is_for_one_clerk(city: City, clerk: Client, sign_in: Callable[[str], Client]) -> None:
    case, secret = waiting(city)
    url = open_for(clerk, case, secret).url
    other = city.people["observer"]
    from langnghe.agencies.models import RoleAssignment

    RoleAssignment.objects.create(person=other, role="clerk", valid_from=moment("2025-01-01 00:00").date())
    assert sign_in("observer").get(url).status_code == 404
    assert clerk.get(reverse("desk:counter_acts", args=["x"])).status_code == 302


@pytest.mark.parametrize("name", sorted(ROLES))
def test_only_the_counter_and_the_office_enter_cases(sign_in: Callable[[str], Client], name: str) -> None:
    client = sign_in(name)
    entry = 200 if ROLES[name] in ("clerk", "coordinator") else 403
    acting = 200 if ROLES[name] == "clerk" else 403
    assert client.get(reverse("desk:counter")).status_code == entry
    assert client.get(reverse("desk:counter_for_sender")).status_code == acting
    if entry == 403:
        assert client.post(reverse("desk:counter"), {}).status_code == 403
        assert client.post(reverse("desk:counter_known"), {}).status_code == 403
        assert client.get(reverse("desk:counter_receipt", args=["x"])).status_code == 403
    if acting == 403:
        assert client.get(reverse("desk:counter_acts", args=["x"])).status_code == 403


def test_visitors_are_sent_to_sign_in(db: None) -> None:
    for name in ("counter", "counter_for_sender"):
        answer = Client().get(reverse(f"desk:{name}"))
        assert answer.status_code == 302 and reverse("account_login") in answer.url
