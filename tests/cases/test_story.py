"""One case from the first word to the second closing, through the services, on a real database."""

from __future__ import annotations

import pytest

from langnghe.acts.errors import Missing, NotAllowed, Stale
from langnghe.cases import selectors, services
from langnghe.cases.models import Attachment, Case
from langnghe.cases.services import watching
from langnghe.files import services as files
from langnghe.ledger import services as ledger
from langnghe.outbox.models import Message
from langnghe.workflow.actor import SENDER
from langnghe.worktime.models import Deadline
from tests.cases.city import City, moment

pytestmark = pytest.mark.django_db


def _pdf() -> object:
    import io

    return io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def _classify_and_transfer(city: City, case: Case, at: str) -> Case:
    office = city.actor("coordinator")
    services.classify(
        case_id=case.pk, actor=office, at=moment(at), regime="field", field_id=city.field.pk, urgency="normal"
    )
    return services.transfer(
        case_id=case.pk, actor=office, at=moment(at), agency_id=city.works.pk, reason="Đúng thẩm quyền"
    )


def _answer(city: City, case: Case, at: str, who: str) -> Case:
    proof = files.store(content=_pdf(), name="bien-ban.pdf", at=moment(at))  # type: ignore[arg-type]
    draft = services.Draft(
        outcome="solved",
        text="Tổ điện đã thay ba bóng đèn ở cuối ngõ và kiểm tra lại toàn tuyến.",
        done_what="Thay ba bóng đèn",
        done_by="Tổ quản lý chiếu sáng",
        done_on=moment(at).date(),
        proof_ids=[proof.pk],
    )
    services.draft(case_id=case.pk, actor=city.actor(who), at=moment(at), content=draft)
    return services.submit(case_id=case.pk, actor=city.actor(who), at=moment(at))


def test_whole_story(city: City) -> None:
    receipt = city.receive(moment("2026-03-02 09:00"))
    case = receipt.case
    assert selectors.by_code_and_secret(case.code, receipt.secret) == case
    assert selectors.by_code_and_secret(case.code, "00000-00000") is None
    _classify_and_transfer(city, case, "2026-03-02 10:00")
    services.accept(case_id=case.pk, actor=city.actor("focal"), at=moment("2026-03-02 10:30"))
    services.assign(
        case_id=case.pk, actor=city.actor("focal"), at=moment("2026-03-02 10:31"), handler_id=city.people["handler"].pk
    )
    services.ask_sender(
        case_id=case.pk, actor=city.actor("handler"), at=moment("2026-03-02 11:00"), question="Cột đèn số mấy?"
    )
    paused = Deadline.objects.get(kind="case", subject_id=case.pk, step="answer")
    assert paused.pauses and paused.pauses[-1]["to"] is None
    services.reply(case_id=case.pk, actor=SENDER, at=moment("2026-03-04 08:00"), text="Cột số 7, 8 và 9.")
    resumed = Deadline.objects.get(kind="case", subject_id=case.pk, step="answer")
    assert resumed.pauses[-1]["to"] is not None
    assert resumed.due_at > paused.due_at
    with pytest.raises(Missing):
        services.submit(case_id=case.pk, actor=city.actor("handler"), at=moment("2026-03-04 09:00"))
    _answer(city, case, "2026-03-04 09:30", "handler")
    services.send_back(
        case_id=case.pk, actor=city.actor("approver"), at=moment("2026-03-04 10:00"), note="Ghi rõ cột nào."
    )
    services.submit(case_id=case.pk, actor=city.actor("handler"), at=moment("2026-03-04 10:30"))
    answered = services.approve(case_id=case.pk, actor=city.actor("approver"), at=moment("2026-03-04 11:00"))
    assert answered.state == "answered"
    services.publish(
        case_id=case.pk, actor=city.actor("coordinator"), at=moment("2026-03-04 14:00"), public_id=1, digest="x"
    )
    levels = {"forms": 4, "ease": 4, "handling": 2, "notice": 4}
    rated = services.rate(case_id=case.pk, actor=SENDER, at=moment("2026-03-05 08:00"), levels=levels, overall=3)
    assert rated.state == "published"
    reopened = services.reopen(case_id=case.pk, actor=SENDER, at=moment("2026-03-05 08:05"), reason="Đèn lại tắt.")
    assert (reopened.state, reopened.round) == ("reopened", 2)
    with pytest.raises(Exception, match="người khác"):
        services.assign(
            case_id=case.pk,
            actor=city.actor("focal"),
            at=moment("2026-03-05 09:00"),
            handler_id=city.people["handler"].pk,
        )
    services.assign(
        case_id=case.pk, actor=city.actor("focal"), at=moment("2026-03-05 09:00"), handler_id=city.people["handler2"].pk
    )
    _answer(city, case, "2026-03-05 10:00", "handler2")
    with pytest.raises(NotAllowed) as refused:
        services.approve(case_id=case.pk, actor=city.actor("approver"), at=moment("2026-03-05 11:00"))
    assert refused.value.reason == "fresh_approver"
    services.approve(case_id=case.pk, actor=city.actor("approver2"), at=moment("2026-03-05 11:00"))
    services.publish(
        case_id=case.pk, actor=city.actor("coordinator"), at=moment("2026-03-05 14:00"), public_id=1, digest="y"
    )
    closed = services.rate(
        case_id=case.pk, actor=SENDER, at=moment("2026-03-06 08:00"), levels=dict.fromkeys(levels, 5), overall=5
    )
    assert closed.state == "closed"
    assert Attachment.objects.filter(case=case, role="proof").count() == 2
    keys = list(Message.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    assert Message.objects.filter(template="answered", recipient="thu@nguoidan.example").count() == 2
    ledger.seal(at=moment("2026-03-06 09:00"))
    assert ledger.verify() == []


def test_same_submission_is_one_case(city: City) -> None:
    import uuid

    key = uuid.uuid4()
    first = city.receive(moment("2026-03-02 09:00"), submission_key=key)
    again = city.receive(moment("2026-03-02 09:00"), submission_key=key)
    assert again.repeated and again.case == first.case and again.secret == first.secret
    assert Case.objects.count() == 1


def test_a_stale_page_is_refused(city: City) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    _classify_and_transfer(city, case, "2026-03-02 10:00")
    with pytest.raises(Stale):
        services.accept(case_id=case.pk, actor=city.actor("focal"), at=moment("2026-03-02 10:30"), expected_version=1)


def test_own_draft_is_not_approved(city: City) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    _classify_and_transfer(city, case, "2026-03-02 10:00")
    focal = city.actor("focal")
    services.accept(case_id=case.pk, actor=focal, at=moment("2026-03-02 10:30"))
    services.assign(case_id=case.pk, actor=focal, at=moment("2026-03-02 10:31"), handler_id=focal.person_id)
    _answer(city, case, "2026-03-02 11:00", "focal")
    from langnghe.agencies.models import RoleAssignment
    from langnghe.workflow.actor import Actor

    RoleAssignment.objects.create(
        person=city.people["focal"], role="approver", agency=city.works, valid_from=moment("2025-01-01 08:00").date()
    )
    own = Actor("person", "approver", focal.person_id, focal.agency_id)
    with pytest.raises(NotAllowed) as refused:
        services.approve(case_id=case.pk, actor=own, at=moment("2026-03-02 11:30"))
    assert refused.value.reason == "not_own_draft"


def test_restricted_case_is_for_the_named_few(city: City) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    services.restrict(
        case_id=case.pk, actor=city.actor("coordinator"), at=moment("2026-03-02 09:30"), reason="Nghi tố cáo cán bộ"
    )
    assert not selectors.visible([city.actor("coordinator")]).filter(pk=case.pk).exists()
    assert selectors.visible([city.actor("protected")]).filter(pk=case.pk).exists()
    with pytest.raises(NotAllowed):
        services.classify(
            case_id=case.pk,
            actor=city.actor("coordinator"),
            at=moment("2026-03-02 10:00"),
            regime="field",
            field_id=city.field.pk,
            urgency="normal",
        )
    diverted = services.divert(
        case_id=case.pk,
        actor=city.actor("protected"),
        at=moment("2026-03-02 11:00"),
        diversion="denunciation",
        guidance="Gửi đơn tố cáo đến Thanh tra.",
    )
    assert diverted.state == "diverted"


def test_reminders_once_each(city: City) -> None:
    case = city.receive(moment("2026-03-02 09:00")).case
    _classify_and_transfer(city, case, "2026-03-02 10:00")
    watching.remind(at=moment("2026-03-20 09:00"))
    overdue = Message.objects.filter(template="reminder_overdue")
    first = set(overdue.values_list("recipient", "key"))
    assert len(first) == 2  # the focal point, of receiving and of answering
    for at in ("2026-03-20 09:00", "2026-03-20 16:00"):
        watching.remind(at=moment(at))
    assert set(overdue.values_list("recipient", "key")) == first


def test_merge_and_unmerge(city: City) -> None:
    first = city.receive(moment("2026-03-02 09:00")).case
    second = city.receive(moment("2026-03-02 09:30")).case
    office = city.actor("coordinator")
    merged = services.merge(case_id=second.pk, into_id=first.pk, actor=office, at=moment("2026-03-02 10:00"))
    assert merged.state == "merged"
    parted = services.unmerge(case_id=second.pk, actor=office, at=moment("2026-03-02 11:00"), reason="Khác địa điểm")
    assert parted.state == "received" and parted.merged_into_id is None
