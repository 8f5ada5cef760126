"""Acts that follow each other in unusual order: nothing may break, get stuck, or count wrongly."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies import services as agencies
from langnghe.agencies.models import RoleAssignment
from langnghe.cases import selectors, services
from langnghe.cases.models import Case, Cooperation, ExtensionRequest
from langnghe.cases.models.case import NO_DUE
from langnghe.cases.services import watching
from langnghe.ledger.models import Entry
from langnghe.outbox.models import Message, MessageTemplate
from langnghe.publication import services as publication
from langnghe.workflow.actor import SENDER, SYSTEM, Actor
from langnghe.worktime.models import Deadline
from tests.cases.city import City, moment
from tests.review.steps import answered, at, handling, rated, running, submitted, transferred

pytestmark = pytest.mark.django_db


# --- promises ---------------------------------------------------------------------------------------------------------


def test_a_promise_may_be_made_again_after_redo(city: City) -> None:
    case = answered(city, handling(city), at("14:00"), outcome="scheduled", scheduled_on=date(2026, 4, 1))
    services.redo(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), note="Ghi ngày sớm hơn.")
    assert running(case, "promise") is None
    answered(city, case, at("16:00"), outcome="scheduled", scheduled_on=date(2026, 3, 20))
    promise = running(case, "promise")
    assert promise is not None and promise.due_date == date(2026, 3, 20)


def test_a_reopened_case_makes_its_own_promise(city: City) -> None:
    case = answered(city, handling(city), at("14:00"), outcome="scheduled", scheduled_on=date(2026, 4, 1))
    rated(case, at("15:00"), 1)
    services.reopen(case_id=case.pk, actor=SENDER, at=at("15:10"), reason="Lâu quá.")
    assert running(case, "promise") is None
    services.assign(case_id=case.pk, actor=city.actor("focal"), at=at("15:20"), handler_id=city.people["handler2"].pk)
    when = moment("2026-03-03 09:00")
    answered(
        city, case, when, who="handler2", approver="approver2", outcome="scheduled", scheduled_on=date(2026, 3, 10)
    )
    services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=when, public_id=1, digest="x")
    with pytest.raises(NotAllowed):
        services.close(case_id=case.pk, actor=SYSTEM, at=when + timedelta(days=40))
    services.fulfil(case_id=case.pk, actor=city.actor("handler2"), at=when + timedelta(days=2), report="Đã thay bóng.")
    assert running(case, "promise") is None
    assert case.answers.get(round=2).fulfilled_at is not None and case.answers.get(round=1).fulfilled_at is None
    assert services.close(case_id=case.pk, actor=SYSTEM, at=when + timedelta(days=40)).state == "closed"


# --- partners ---------------------------------------------------------------------------------------------------------


def _asked(city: City) -> Case:
    case = handling(city)
    return services.ask_partner(
        case_id=case.pk,
        actor=city.actor("handler"),
        at=at("10:30"),
        partner_id=city.partner.pk,
        question="Ai cấp điện?",
    )


def _partner_deadline(case: Case) -> str:
    asked = Cooperation.objects.get(case=case)
    return Deadline.objects.get(kind="cooperation", subject_id=asked.pk).state


def test_a_partner_who_never_replies_stops_nobody(city: City) -> None:
    case = _asked(city)
    with pytest.raises(NotAllowed):
        submitted(city, case, at("14:00"))
    services.drop_partner(case_id=case.pk, actor=city.actor("handler"), at=at("14:30"), reason="Đã rõ.")
    assert _partner_deadline(case) == "cancelled"
    assert submitted(city, case, at("15:00")).state == "awaiting_approval"
    with pytest.raises(NotAllowed):
        services.partner_answer(case_id=case.pk, actor=city.actor("partner_focal"), at=at("15:30"), reply="Muộn")


def test_questions_to_partners_end_with_the_work(city: City) -> None:
    case = _asked(city)
    services.withdraw(case_id=case.pk, actor=SENDER, at=at("11:00"))
    assert _partner_deadline(case) == "cancelled"
    assert not Cooperation.objects.filter(case=case, replied_at=None).exists()


def test_open_questions_to_partners_do_not_bind_the_next_agency(city: City) -> None:
    case = _asked(city)
    services.return_to_office(case_id=case.pk, actor=city.actor("focal"), at=at("11:00"), reason="Không thuộc Sở")
    assert _partner_deadline(case) == "cancelled"


def test_the_successor_of_a_partner_gets_the_question(city: City) -> None:
    case = _asked(city)
    admin = city.actor("administrator")
    agencies.end_agency(
        agency_id=city.partner.pk,
        kind="merge",
        successor_ids=[city.commune.pk],
        on=date(2026, 3, 3),
        actor=admin,
        at=at("12:00"),
    )
    watching.hand_to_successors(at=moment("2026-03-03 08:00"))
    asked = Cooperation.objects.get(case=case)
    assert asked.agency_id == city.commune.pk and asked.replied_at is None
    assert Deadline.objects.get(kind="cooperation", subject_id=asked.pk).agency_id == city.commune.pk
    services.partner_answer(
        case_id=case.pk, actor=city.actor("commune_focal"), at=moment("2026-03-03 09:00"), reply="Phường."
    )


# --- extension --------------------------------------------------------------------------------------------------------


def test_a_request_for_more_time_ends_with_the_agency(city: City) -> None:
    case = handling(city)
    services.request_extension(
        case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), days=3, reason="Cần vật tư"
    )
    services.return_to_office(case_id=case.pk, actor=city.actor("focal"), at=at("11:30"), reason="Không thuộc Sở")
    services.transfer(
        case_id=case.pk, actor=city.actor("coordinator"), at=at("13:30"), agency_id=city.partner.pk, reason="Đúng"
    )
    with pytest.raises(NotAllowed):
        services.decide_extension(
            case_id=case.pk, actor=city.actor("partner_head"), at=at("14:00"), grant=True, note="Được"
        )
    assert ExtensionRequest.objects.get(case=case).granted is False


def test_an_overdue_case_is_not_extended_into_time(city: City) -> None:
    case = handling(city)
    answer = running(case, "answer")
    assert answer is not None
    late = answer.due_at + timedelta(days=3)
    with pytest.raises(ActError):
        services.request_extension(case_id=case.pk, actor=city.actor("handler"), at=late, days=20, reason="Muộn rồi")


def test_leaders_find_the_requests_that_wait(city: City) -> None:
    case = handling(city)
    services.request_extension(
        case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), days=3, reason="Cần vật tư"
    )
    wanted = selectors.QueueFilter(agency_id=city.works.pk, waiting="extension")
    page = selectors.queue([city.actor("approver")], wanted, at=at("12:00"), soon=at("17:00"))
    assert [row.pk for row in page.rows] == [case.pk]
    services.decide_extension(case_id=case.pk, actor=city.actor("approver"), at=at("13:30"), grant=True, note="Được")
    assert not selectors.queue([city.actor("approver")], wanted, at=at("14:00"), soon=at("17:00")).rows


def test_a_broken_promise_is_found(city: City) -> None:
    case = answered(city, handling(city), at("14:00"), outcome="scheduled", scheduled_on=date(2026, 3, 10))
    services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    case.refresh_from_db()
    promise = running(case, "promise")
    assert promise is not None and case.due_at == promise.due_at
    wanted = selectors.QueueFilter(waiting="promise", late="late")
    later = moment("2026-03-12 09:00")
    assert [row.pk for row in selectors.queue([city.actor("coordinator")], wanted, at=later, soon=later).rows] == [
        case.pk
    ]


# --- the sender's rights ----------------------------------------------------------------------------------------------


def test_nobody_closes_a_case_before_the_sender_could_rate_it(city: City) -> None:
    case = answered(city, handling(city), at("14:00"))
    services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    with pytest.raises(NotAllowed):
        services.close(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:10"))
    rated(case, at("16:00"), 2)
    with pytest.raises(NotAllowed):
        services.close(case_id=case.pk, actor=city.actor("coordinator"), at=at("16:10"))
    services.reopen(case_id=case.pk, actor=SENDER, at=at("16:20"), reason="Chưa xong.")


def test_the_office_closes_when_the_time_of_the_sender_is_over(city: City) -> None:
    case = answered(city, handling(city), at("14:00"))
    services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    assert (
        services.close(case_id=case.pk, actor=city.actor("coordinator"), at=moment("2026-03-20 09:00")).state
        == "closed"
    )
    assert not Deadline.objects.filter(kind="case", subject_id=case.pk, state="late").exists()


def test_a_rated_answer_is_not_taken_back(city: City) -> None:
    case = answered(city, handling(city), at("14:00"))
    rated(case, at("15:00"), 1)
    with pytest.raises(NotAllowed):
        services.redo(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:30"), note="Viết lại")
    assert services.reopen(case_id=case.pk, actor=SENDER, at=at("16:00"), reason="Chưa xong.").state == "reopened"


# --- merged -----------------------------------------------------------------------------------------------------------


def test_the_senders_of_merged_cases_hear_of_the_answer(city: City) -> None:
    first, second = handling(city), city.receive(at("11:00")).case
    services.merge(case_id=second.pk, into_id=first.pk, actor=city.actor("coordinator"), at=at("11:30"))
    case = answered(city, first, at("14:00"))
    moved = services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    services.tell_merged(case=moved, at=at("15:00"))
    services.tell_merged(case=moved, at=at("15:00"))
    told = Message.objects.filter(kind="case", subject_id=second.pk, template="published")
    assert [message.recipient for message in told] == ["thu@nguoidan.example"]


def test_merged_cases_go_on_when_their_case_is_withdrawn(city: City) -> None:
    first, second = handling(city), city.receive(at("11:00")).case
    services.merge(case_id=second.pk, into_id=first.pk, actor=city.actor("coordinator"), at=at("11:30"))
    services.withdraw(case_id=first.pk, actor=SENDER, at=at("14:00"))
    assert watching.part_orphans(at=at("14:05")) == 1
    second.refresh_from_db()
    assert second.state == "received" and second.merged_into_id is None
    assert watching.part_orphans(at=at("14:10")) == 0
    assert Entry.objects.filter(kind="case", subject_id=second.pk, act="unmerge", role="system").count() == 1


def test_an_unmerged_case_belongs_to_the_office(city: City) -> None:
    first, second = handling(city), transferred(city)
    services.merge(case_id=second.pk, into_id=first.pk, actor=city.actor("coordinator"), at=at("11:30"))
    parted = services.unmerge(case_id=second.pk, actor=city.actor("coordinator"), at=at("11:40"), reason="Khác chỗ")
    assert parted.agency_id is None and parted.handler_id is None
    assert not selectors.visible([city.actor("focal")]).filter(pk=second.pk).exists()


# --- who owes what ----------------------------------------------------------------------------------------------------


def test_a_returned_case_is_owed_by_the_office(city: City) -> None:
    case = handling(city)
    services.return_to_office(case_id=case.pk, actor=city.actor("focal"), at=at("11:00"), reason="Không thuộc Sở")
    answer = running(case, "answer")
    assert answer is not None and (answer.agency_id, answer.person_id) == (city.office.pk, None)


def test_a_successor_does_not_owe_what_the_office_owes(city: City) -> None:
    case = answered(city, handling(city), at("14:00"), outcome="scheduled", scheduled_on=date(2026, 4, 1))
    services.succeed(case_id=case.pk, actor=SYSTEM, at=at("15:00"), agency_id=city.partner.pk)
    publish, promise = running(case, "publish"), running(case, "promise")
    assert publish is not None and publish.agency_id == city.office.pk
    assert promise is not None and promise.agency_id == city.partner.pk


def test_what_the_sender_owes_is_not_late_work(city: City) -> None:
    case = handling(city)
    case = services.ask_sender(case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), question="Cột số mấy?")
    assert running(case, "reply") is not None and case.due_at == NO_DUE


def _messages(case: Case, template: str) -> set[str]:
    return set(
        Message.objects.filter(kind="case", subject_id=case.pk, template=template).values_list("recipient", flat=True)
    )


def test_the_agency_is_told_when_the_handler_has_left(city: City) -> None:
    case = handling(city)
    services.ask_sender(case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), question="Cột số mấy?")
    RoleAssignment.objects.filter(person=city.people["handler"]).update(agency=city.partner)
    services.reply(case_id=case.pk, actor=SENDER, at=at("14:00"), text="Cột số 7.")
    assert _messages(case, "reply_received") == {"focal@city.example"}
    answer = running(case, "answer")
    assert answer is not None
    watching.remind(at=answer.due_at + timedelta(minutes=1))
    assert "focal@city.example" in _messages(case, "reminder_due")
    assert "handler@city.example" not in _messages(case, "reminder_due")


def test_somebody_is_told_where_an_agency_has_nobody(city: City) -> None:
    RoleAssignment.objects.filter(role__in=["approver", "head"], agency=city.works).delete()
    case = submitted(city, handling(city), at("14:00"))
    assert _messages(case, "approval_needed") == {"coordinator@city.example"}


def test_heads_approve_where_there_is_no_approver(city: City) -> None:
    RoleAssignment.objects.filter(role="approver", agency=city.works).delete()
    case = submitted(city, handling(city), at("14:00"))
    assert _messages(case, "approval_needed") == {"head@city.example"}


def test_reminders_of_two_steps_on_one_day_both_go_out(city: City) -> None:
    case = city.receive(at("09:00")).case
    assert running(case, "intake") is not None and running(case, "transfer") is not None
    watching.remind(at=moment("2026-03-05 08:30"))
    mails = Message.objects.filter(
        kind="case", subject_id=case.pk, template="reminder_overdue", recipient="coordinator@city.example"
    )
    assert mails.count() == 2


def test_a_case_under_way_can_go_back_to_the_office(city: City) -> None:
    """A reopened case that nobody in the agency may approve a second time must not be stuck."""
    case = submitted(city, handling(city), at("14:00"))
    services.send_back(case_id=case.pk, actor=city.actor("approver"), at=at("14:30"), note="Không thuộc Sở.")
    back = services.return_to_office(
        case_id=case.pk, actor=city.actor("focal"), at=at("15:00"), reason="Không thuộc Sở"
    )
    assert (back.state, back.agency_id) == ("classified", None)


# --- classification ---------------------------------------------------------------------------------------------------


def test_classifying_again_does_not_start_the_clock_anew(city: City) -> None:
    case = handling(city)
    office = city.actor("coordinator")
    services.return_to_office(case_id=case.pk, actor=city.actor("focal"), at=at("11:00"), reason="Không thuộc Sở")
    later = moment("2026-03-10 09:00")
    services.classify(
        case_id=case.pk, actor=office, at=later, regime="field", field_id=city.field.pk, urgency="complex"
    )
    answer = running(case, "answer")
    assert answer is not None and answer.started_at == at("09:00")


def test_the_other_regime_brings_its_own_terms(city: City) -> None:
    case = city.receive(at("09:00")).case
    before = running(case, "transfer")
    services.classify(
        case_id=case.pk, actor=city.actor("coordinator"), at=at("10:00"), regime="admin", field_id=city.rule_field.pk,
        urgency="normal", subject="conduct", level="b",
    )  # fmt: skip
    after = running(case, "transfer")
    assert before is not None and before.rule is not None and before.rule.code == "field-transfer"
    assert after is not None and after.rule is not None and after.rule.code == "admin-transfer"
    assert after.started_at == at("09:00")


def test_a_field_belongs_to_its_regime(city: City) -> None:
    case = city.receive(at("09:00")).case
    with pytest.raises(ActError) as refused:
        services.classify(
            case_id=case.pk, actor=city.actor("coordinator"), at=at("10:00"), regime="field",
            field_id=city.rule_field.pk, urgency="normal",
        )  # fmt: skip
    assert refused.value.field == "field"


# --- what must not leave ----------------------------------------------------------------------------------------------


def test_mail_about_a_restricted_case_holds_nothing_but_its_code(city: City) -> None:
    MessageTemplate.objects.filter(code="reopened_staff").update(body="{name}: {title} {reason}")
    case = answered(city, handling(city), at("14:00"))
    rated(case, at("15:00"), 1)
    services.restrict(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:10"), reason="Nghi tố cáo")
    services.reopen(case_id=case.pk, actor=SENDER, at=at("15:20"), reason="Tôi tố cáo ông Trần Văn Kín nhận tiền.")
    sent = list(Message.objects.filter(kind="case", subject_id=case.pk, template="reopened_staff"))
    assert sent
    for message in sent:
        assert "Kín" not in message.body and "Kín" not in str(message.context)


def test_why_a_public_copy_was_hidden_is_not_plain_in_the_ledger(city: City) -> None:
    case = handling(city)
    services.hide(case_id=case.pk, actor=city.actor("coordinator"), at=at("11:00"), reason="Còn tên ông Trần Văn Kín")
    entry = Entry.objects.get(kind="case", subject_id=case.pk, act="hide")
    assert "Kín" not in str(entry.data)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_late_figures_name_who_owes(city: City) -> None:
    kept = answered(city, handling(city), at("14:00"), outcome="scheduled", scheduled_on=date(2026, 3, 10))
    services.publish(case_id=kept.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    answered(city, handling(city), at("14:00"))  # waits for the office to publish it
    later = moment("2026-03-13 09:00")
    rows = selectors.late_by_agency(at=later, soon=later)
    assert {row["agency_id"]: row["late"] for row in rows} == {city.works.pk: 1, None: 1}


def test_a_suspected_denunciation_does_not_close_by_itself(city: City) -> None:
    case = answered(city, handling(city), at("14:00"))
    services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    services.restrict(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:10"), reason="Nghi tố cáo")
    assert rated(case, at("16:00"), 5).state == "published"
    watching.close_rated(at=moment("2026-04-20 09:00"))
    case.refresh_from_db()
    assert case.state == "published"
    services.lift(case_id=case.pk, actor=city.actor("protected"), at=moment("2026-04-20 10:00"), reason="Không phải")
    watching.close_rated(at=moment("2026-04-20 10:05"))
    case.refresh_from_db()
    assert case.state == "closed"


def test_an_answer_done_again_does_not_hide_that_it_was_late(city: City) -> None:
    case = handling(city)
    owed = running(case, "answer")
    assert owed is not None
    late = owed.due_at + timedelta(days=2)
    answered(city, case, late)
    services.redo(case_id=case.pk, actor=city.actor("coordinator"), at=late + timedelta(hours=1), note="Ghi rõ hơn.")
    answered(city, case, late + timedelta(hours=2))
    publication.prepare(case_id=case.pk, at=late + timedelta(hours=3))
    copy = publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=late + timedelta(hours=3))
    assert copy.on_time is False


def test_the_second_round_has_its_own_time(city: City) -> None:
    case = handling(city)
    owed = running(case, "answer")
    assert owed is not None
    late = owed.due_at + timedelta(days=2)
    answered(city, case, late)
    rated(case, late + timedelta(hours=1), 1)
    services.reopen(case_id=case.pk, actor=SENDER, at=late + timedelta(hours=2), reason="Chưa xong.")
    again = late + timedelta(hours=3)
    services.assign(case_id=case.pk, actor=city.actor("focal"), at=again, handler_id=city.people["handler2"].pk)
    answered(city, case, again, who="handler2", approver="approver2")
    publication.prepare(case_id=case.pk, at=again)
    assert publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=again).on_time is True


def test_a_partner_that_is_waited_for_no_more_sees_the_case_no_more(city: City) -> None:
    case = _asked(city)
    assert selectors.visible([city.actor("partner_focal")]).filter(pk=case.pk).exists()
    services.drop_partner(case_id=case.pk, actor=city.actor("handler"), at=at("14:30"), reason="Đã rõ.")
    assert not selectors.visible([city.actor("partner_focal")]).filter(pk=case.pk).exists()


# --- four eyes --------------------------------------------------------------------------------------------------------


def test_nobody_approves_what_the_own_hand_helped_to_write(city: City) -> None:
    """Not only the last hand counts, and not only until the answer is done again."""
    case = handling(city)
    approver = city.people["approver"]
    RoleAssignment.objects.create(person=approver, role="focal_point", agency=city.works, valid_from=at("08:00").date())
    both = Actor("person", "focal_point", approver.pk, city.works.pk)
    draft = services.Draft(
        outcome="explained", text="Tổ điện đã kiểm tra toàn tuyến và lên lịch.", done_what="Kiểm tra",
        done_by="Tổ điện", done_on=at("13:00").date(),
    )  # fmt: skip
    services.draft(case_id=case.pk, actor=both, at=at("13:00"), content=draft)
    submitted(city, case, at("14:00"))
    as_approver = Actor("person", "approver", approver.pk, city.works.pk)
    with pytest.raises(NotAllowed) as refused:
        services.approve(case_id=case.pk, actor=as_approver, at=at("14:10"))
    assert refused.value.reason == "not_own_draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        case.answers.filter(round=1).update(state="approved", decided_by=approver)
    services.approve(case_id=case.pk, actor=city.actor("approver2"), at=at("14:20"))
    services.redo(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), note="Ghi rõ hơn.")
    submitted(city, case, at("15:30"))
    with pytest.raises(NotAllowed):
        services.approve(case_id=case.pk, actor=as_approver, at=at("15:40"))
    assert services.approve(case_id=case.pk, actor=city.actor("approver2"), at=at("15:50")).state == "answered"


# --- extensions granted late ------------------------------------------------------------------------------------------


def _asked_for_more(city: City, when: datetime) -> Case:
    case = handling(city)
    return services.request_extension(
        case_id=case.pk, actor=city.actor("handler"), at=when, days=5, reason="Chờ vật tư"
    )


def test_more_time_that_was_asked_for_in_time_is_granted_late_for_all_to_see(city: City) -> None:
    owed = running(handling(city), "answer")  # of a case like the one that follows
    assert owed is not None
    case = _asked_for_more(city, owed.due_at - timedelta(days=1))
    late = owed.due_at + timedelta(days=1, hours=10)
    services.decide_extension(case_id=case.pk, actor=city.actor("approver"), at=late, grant=True, note="Đồng ý")
    given = running(case, "answer")
    assert given is not None and given.due_at > late
    assert "khi hạn cũ" in given.explain() and "đã qua" in given.explain()
    assert "after the old date" in given.explain("en")
    in_time = given.due_at - timedelta(days=1)
    services.ask_sender(case_id=case.pk, actor=city.actor("handler"), at=late, question="Cột số mấy?")
    services.reply(case_id=case.pk, actor=SENDER, at=late + timedelta(hours=1), text="Cột 7")
    answered(city, case, in_time)
    closed = Deadline.objects.get(kind="case", subject_id=case.pk, step="answer")
    assert closed.state == "met" and "khi hạn cũ" in closed.explain(), "said for good, whatever is counted anew"


def test_more_time_granted_in_time_says_nothing_of_lateness(city: City) -> None:
    case = _asked_for_more(city, at("14:00"))
    services.decide_extension(case_id=case.pk, actor=city.actor("approver"), at=at("15:00"), grant=True, note="Đồng ý")
    given = running(case, "answer")
    assert given is not None and "đã gia hạn" in given.explain() and "hạn cũ" not in given.explain()


def test_more_time_asked_for_too_late_is_not_granted(city: City) -> None:
    """The request was written before the pause ended; counted anew, it came after the due date."""
    case = _asked_for_more(city, at("14:00"))
    owed = running(case, "answer")
    assert owed is not None
    asked = ExtensionRequest.objects.get(case=case)
    asked.requested_at = owed.due_at + timedelta(days=1)
    asked.save()
    with pytest.raises(ActError):
        services.decide_extension(
            case_id=case.pk, actor=city.actor("approver"), at=owed.due_at + timedelta(days=2), grant=True, note="x"
        )
    asked.refresh_from_db()
    assert asked.decided_at is None
