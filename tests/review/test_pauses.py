"""The clock stands still while nobody may work on a case, and says why; it goes on where it should, and only there."""

from __future__ import annotations

import pytest

from langnghe.cases import services
from langnghe.cases.models import Case, Cooperation
from langnghe.cases.services import watching
from langnghe.outbox.models import Message
from langnghe.workflow.actor import SENDER, SYSTEM
from langnghe.worktime.models import Deadline, DeadlineRule
from tests.cases.city import City, moment
from tests.review.steps import at, handling, running

pytestmark = pytest.mark.django_db


def _restrict(case: Case, when: str) -> Case:
    return services.restrict(case_id=case.pk, actor=SYSTEM, at=moment(when), reason="Nghi là tố cáo")


def _lift(city: City, case: Case, when: str) -> Case:
    return services.lift(case_id=case.pk, actor=city.actor("protected"), at=moment(when), reason="Là phản ánh")


def _states(case: Case) -> dict[str, str]:
    found = Deadline.objects.filter(kind="case", subject_id=case.pk, state__in=["open", "paused"])
    return dict(found.values_list("step", "state"))


def test_deadlines_stand_still_while_a_suspicion_waits_for_its_decision(city: City) -> None:
    case = handling(city)
    before = running(case, "answer")
    assert before is not None
    case = _restrict(case, "2026-03-03 09:00")
    assert _states(case) == {"answer": "paused", "decide": "open"}
    assert case.due_at == Deadline.objects.get(subject_id=case.pk, step="decide", state="open").due_at
    standing = running(case, "answer")
    assert standing is not None and "xem xét loại việc" in standing.explain() and "tố cáo" not in standing.explain()
    case = _lift(city, case, "2026-03-05 15:00")
    assert _states(case) == {"answer": "open"}
    after = running(case, "answer")
    assert after is not None and after.due_at > before.due_at and case.due_at == after.due_at
    assert "em xét loại việc" in after.explain()
    decided = Deadline.objects.get(subject_id=case.pk, step="decide")
    assert decided.state == "met"


def test_a_question_to_the_sender_keeps_its_pause_through_a_suspicion(city: City) -> None:
    case = handling(city)
    services.ask_sender(case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), question="Cột số mấy?")
    _restrict(case, "2026-03-03 09:00")
    _lift(city, case, "2026-03-04 09:00")
    assert _states(case) == {"answer": "paused", "reply": "open"}
    services.reply(case_id=case.pk, actor=SENDER, at=moment("2026-03-05 09:00"), text="Cột số 7.")
    assert _states(case) == {"answer": "open"}


def test_a_reply_that_comes_while_the_case_is_kept_does_not_start_the_clock(city: City) -> None:
    case = handling(city)
    services.ask_sender(case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), question="Cột số mấy?")
    _restrict(case, "2026-03-03 09:00")
    services.reply(case_id=case.pk, actor=SENDER, at=moment("2026-03-03 10:00"), text="Cột số 7.")
    assert _states(case) == {"answer": "paused", "decide": "open"}
    _lift(city, case, "2026-03-04 09:00")
    assert _states(case) == {"answer": "open"}


def test_partners_stand_still_too(city: City) -> None:
    case = handling(city)
    services.ask_partner(
        case_id=case.pk, actor=city.actor("handler"), at=at("11:00"), partner_id=city.partner.pk, question="Ai làm?"
    )
    asked = Deadline.objects.get(kind="cooperation", subject_id=Cooperation.objects.get(case=case).pk)
    _restrict(case, "2026-03-03 09:00")
    asked.refresh_from_db()
    assert asked.state == "paused"
    _lift(city, case, "2026-03-04 09:00")
    asked.refresh_from_db()
    assert asked.state == "open"


def test_the_named_few_are_reminded_to_decide_and_nobody_else(city: City) -> None:
    case = _restrict(handling(city), "2026-03-03 09:00")
    Message.objects.all().delete()
    watching.remind(at=moment("2026-03-05 16:00"))
    told = Message.objects.filter(subject_id=case.pk, template__startswith="reminder")
    assert set(told.values_list("recipient", flat=True)) == {"protected@city.example"}


def test_a_clarification_between_two_classifications_keeps_its_pause(city: City) -> None:
    case = city.receive(at("09:00"), regime="admin", subject="regulation").case
    office = city.actor("coordinator")

    def classify(when: str, urgency: str) -> None:
        services.classify(
            case_id=case.pk, actor=office, at=moment(when), regime="admin", field_id=city.rule_field.pk,
            urgency=urgency, subject="regulation", level="c",
        )  # fmt: skip

    rule = DeadlineRule.objects.filter(step="answer", regime="admin", valid_to=None).first()
    assert rule is not None
    DeadlineRule.objects.create(
        code="admin-answer-complex", step="answer", regime="admin", urgency="complex", amount=rule.amount + 5,
        unit=rule.unit, valid_from=rule.valid_from, source="thử",
    )  # fmt: skip
    from langnghe.worktime import selectors as worktime

    worktime.forget()
    classify("2026-03-02 10:00", "normal")
    services.clarify(case_id=case.pk, actor=office, at=moment("2026-03-03 09:00"), question="Quy định nào?")
    services.reply(case_id=case.pk, actor=SENDER, at=moment("2026-03-06 09:00"), text="Quyết định số 1.")
    classify("2026-03-06 10:00", "complex")
    answer = running(case, "answer")
    assert answer is not None and answer.rule is not None and answer.rule.code == "admin-answer-complex"
    assert len(answer.pauses) == 1 and "chờ người gửi làm rõ" in answer.explain().lower()
