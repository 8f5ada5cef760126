"""Erasing a sender's personal data by law: nothing of it is left anywhere, and the proof still stands."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.cases import rules, services
from langnghe.cases.models import Attachment, Case, Note, Sender
from langnghe.files import services as files
from langnghe.files.models import StoredFile
from langnghe.ledger import services as ledger
from langnghe.ledger.models import Salt
from langnghe.outbox.models import Message
from langnghe.publication import services as publication
from langnghe.publication.models import PublicCase
from langnghe.workflow.actor import SENDER
from tests.cases.city import City, moment
from tests.review.steps import answered, at, handling, pdf

NAME, PHONE, MAIL = "Đoàn Thị Bích Hợp", "0901 234 567", "bich.hop@nguoidan.example"
PASSED = "tắt đã một tuần"
"""Of the report; without anything personal, so that it stays in the public copy that had passed the gate."""
NEEDLES = (
    "Bích Hợp",
    "bich hop",
    "0901234567",
    "0901 234 567",
    MAIL,
    "cột số 7",
    "cay dang",
    "Quá chậm",
)


def _picture() -> Any:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#336699").save(out, "JPEG")
    out.seek(0)
    return out


def _ended(city: City) -> Case:
    own = files.store(content=_picture(), name="bich-hop.jpg", at=at("08:50"))
    case = handling(
        city,
        title="Đèn ngõ nhà tôi, Bích Hợp",
        file_ids=[own.pk],
        sender=services.NewSender(
            name=NAME, address="Số 7/12 ngõ Cây Đắng, Phường Thử", phone=PHONE, email=MAIL, publish_name=True
        ),
    )
    worker, office = city.actor("handler"), city.actor("coordinator")
    services.ask_sender(case_id=case.pk, actor=worker, at=at("10:30"), question=f"Bà {NAME} cho biết cột đèn nào?")
    extra = files.store(content=pdf(), name="don.pdf", at=at("10:35"))
    services.reply(case_id=case.pk, actor=SENDER, at=at("10:40"), text="Bóng ở cột số 7.", file_ids=[extra.pk])
    services.note(
        case_id=case.pk,
        actor=worker,
        at=at("10:50"),
        text="Đã gọi 0901.234.567, bà đoàn thị bích hợp đồng ý. Chị Hợp hẹn mai.",
    )
    follower = services.follow(case=case, email="lang.gieng@nguoidan.example", language="vi", at=at("11:00"))
    services.confirm_follow(token=follower.token, at=at("11:01"))
    answered(city, case, at("14:00"))
    public = publication.prepare(case_id=case.pk, at=at("15:00"))
    publication.confirm(
        case_id=case.pk, actor=office, at=at("15:00"), file_ids=[own.pk],
        keep=[mark.pk for mark in public.marks.all() if mark.text == "title"],
    )  # fmt: skip
    services.rate(
        case_id=case.pk, actor=SENDER, at=at("16:00"), overall=5, comment="Quá chậm nhưng tốt.",
        levels=dict.fromkeys(("forms", "ease", "handling", "notice"), 5),
    )  # fmt: skip
    case.refresh_from_db()
    assert case.state == "closed"
    return case


def _everything(case: Case) -> str:
    """All that the database holds, as text."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("langnghe.") and model is not PublicCase:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {model._meta.db_table} t")
                found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_sender_is_left_and_the_ledger_verifies(city: City) -> None:
    case = _ended(city)
    before = _everything(case)
    assert all(needle in before for needle in ("Bích Hợp", MAIL, "tắt đã một tuần", "cột số 7", "Quá chậm"))
    proofs = Attachment.objects.filter(case=case, role="proof").count()
    publication.erase_sender(
        case_id=case.pk, reason="Theo yêu cầu ngày 03/03/2026", actor=city.actor("administrator"),
        at=moment("2026-03-03 09:00"),
    )  # fmt: skip
    public = PublicCase.objects.get(case=case)
    after = _everything(case)
    assert [needle for needle in (*NEEDLES, PASSED) if needle in after] == []
    shown = " ".join(str(value) for value in vars(public).values())
    assert [needle for needle in NEEDLES if needle in shown] == [] and PASSED in public.body
    case.refresh_from_db()
    assert "được xóa" in case.body and case.questions.get().reply == case.body
    assert case.questions.get().question == "Bà […] cho biết cột đèn nào?"
    assert Note.objects.get(case=case).text == "Đã gọi […], bà […] đồng ý. […] hẹn mai."
    assert Attachment.objects.filter(case=case).count() == proofs
    assert set(StoredFile.objects.filter(kind="case", subject_id=case.pk).values_list("state", flat=True)) == {
        "deleted"
    }
    assert not StoredFile.objects.filter(removed_at=None, kind="case", subject_id=case.pk).exists()
    assert (
        not Message.objects.filter(kind="case", subject_id=case.pk).exclude(recipient="", body="", context={}).exists()
    )
    assert Salt.objects.count() == 0
    assert public.state == "published" and public.sender_name == "" and public.answer and not public.files.exists()
    ledger.seal(at=moment("2026-03-03 09:01"))
    assert ledger.verify() == []
    # Again, as after a restore.
    again = moment("2026-03-04 09:00")
    publication.erase_sender(case_id=case.pk, reason="Sau khi phục hồi", actor=city.actor("administrator"), at=again)
    assert Sender.objects.get(case=case).erased_at == again


@pytest.mark.django_db
def test_an_open_case_is_not_erased_and_the_reason_names_nobody(city: City) -> None:
    admin = city.actor("administrator")
    case = city.receive(at("09:00")).case
    with pytest.raises(NotAllowed):
        publication.erase_sender(case_id=case.pk, reason="Theo yêu cầu", actor=admin, at=at("10:00"))
    services.withdraw(case_id=case.pk, actor=SENDER, at=at("10:00"))
    with pytest.raises(ActError) as refused:
        publication.erase_sender(case_id=case.pk, reason="Bà nguyễn thị thử yêu cầu", actor=admin, at=at("11:00"))
    assert refused.value.field == "reason"
    with pytest.raises(NotAllowed):
        publication.erase_sender(
            case_id=case.pk, reason="Theo yêu cầu", actor=city.actor("coordinator"), at=at("11:00")
        )
    assert Sender.objects.get(case=case).name == "Nguyễn Thị Thử"


@pytest.mark.django_db
def test_the_page_asks_twice_and_shows_nothing_personal(city: City, sign_in: Callable[[str], Client]) -> None:
    case = city.receive(at("09:00")).case
    client = sign_in("administrator")
    found = client.get(reverse("desk:erase_find"), {"ma": case.code.lower()})
    assert found.status_code == 302
    page = reverse("desk:erase", args=[case.code])
    assert found["Location"] == page
    assert "chưa kết thúc" in client.get(page).content.decode()
    services.withdraw(case_id=case.pk, actor=SENDER, at=at("10:00"))
    shown = client.get(page).content.decode()
    assert "Nguyễn Thị Thử" not in shown and "Ba bóng đèn" not in shown
    version = Case.objects.get(pk=case.pk).version
    refused = client.post(page, {"reason": "Theo yêu cầu", "version": version})
    assert refused.status_code == 422 and Sender.objects.get(case=case).name
    done = client.post(page, {"reason": "Theo yêu cầu ngày 03/03/2026", "sure": "on", "version": version})
    assert done.status_code == 302
    assert Sender.objects.get(case=case).erased_at is not None
    assert "Đã xóa ngày" in client.get(page).content.decode()
    assert sign_in("coordinator").get(page).status_code == 403
    assert client.get(reverse("desk:erase_find"), {"ma": "TN-1"}).status_code == 422


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_blot_leaves_no_value(before: str, after: str) -> None:
    for value in (NAME, MAIL):
        assert value not in rules.blot(f"{before} {value} {after}", [NAME, MAIL, PHONE])


@pytest.mark.parametrize("said", ["0901234567", "0901.234.567", "+84 901 234 567", "84901234567", "(0901) 234-567"])
def test_blot_knows_a_number_however_it_is_grouped(said: str) -> None:
    assert "234" not in rules.blot(f"Gọi {said} nhé", [PHONE])
    assert rules.blot("Số 10901234567 là số hợp đồng", [PHONE]) == "Số 10901234567 là số hợp đồng"
