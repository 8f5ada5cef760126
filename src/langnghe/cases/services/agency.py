"""Acts of the agency before the answer: accept, return, assign, ask a partner or the sender, extend."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Agency, Person
from langnghe.agencies.selectors import people_with
from langnghe.cases.models import Answer, Case, Cooperation, ExtensionRequest, InformationRequest
from langnghe.cases.services.engine import COOPERATION, KIND, Change, drop_questions, perform
from langnghe.workflow.actor import Actor
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime


def accept(*, case_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Case:
    """The agency takes the case on."""
    return perform(
        case_id,
        act="accept",
        actor=actor,
        at=at,
        apply=lambda _case: Change(),
        expected_version=expected_version,
    )


def return_to_office(
    *, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None
) -> Case:
    """Send a case that is not the agency's back to the city office, with the reason."""

    def apply(case: Case) -> Change:
        before = case.agency_id
        case.agency, case.handler = None, None
        return Change(
            data={"agency_before": before}, personal={"reason": reason}, words={"reason": reason, "note": reason},
            columns={"agency", "handler"},
        )  # fmt: skip

    return perform(
        case_id, act="return_to_office", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def assign(
    *, case_id: int, actor: Actor, at: datetime, handler_id: int | None, expected_version: int | None = None
) -> Case:
    """Give the case to one clear person. A reopened case goes to somebody who did not draft the first answer."""

    def apply(case: Case) -> Change:
        handler = next((p for p in _workers(case, at) if p.pk == handler_id), None)
        if handler is None:
            raise ActError(_("Người này không còn là chuyên viên của cơ quan. Hãy chọn người khác."), field="handler")
        earlier = Answer.objects.filter(case=case, round__lt=case.round) if case.round > 1 else ()
        if any(handler.pk in answer.written_by for answer in earlier):
            raise ActError(
                _("Phản ánh mở lại phải giao cho người khác, không phải người đã soạn trả lời lần trước."),
                field="handler",
            )
        before, case.handler = case.handler_id, handler
        return Change(data={"handler_before": before, "handler": handler.pk}, columns={"handler"})

    return perform(
        case_id, act="assign", actor=actor, at=at, apply=apply, given={"handler": handler_id},
        expected_version=expected_version,
    )  # fmt: skip


def _workers(case: Case, at: datetime) -> list[Person]:
    found = [*people_with("handler", agency_id=case.agency_id, on=at.date())]
    return [*found, *people_with("focal_point", agency_id=case.agency_id, on=at.date())]


def ask_partner(
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    partner_id: int | None,
    question: str,
    expected_version: int | None = None,
) -> Case:
    """Ask another agency, which gets a deadline of its own."""

    def apply(case: Case) -> Change:
        partner = Agency.objects.filter(pk=partner_id or 0).first()
        if partner is None or not partner.is_active(at.date()) or partner.pk == case.agency_id:
            raise ActError(_("Hãy chọn một cơ quan khác đang hoạt động."), field="partner")
        if Cooperation.objects.filter(case=case, agency=partner, replied_at=None).exists():
            raise ActError(_("Cơ quan này đang có yêu cầu phối hợp chưa trả lời."), field="partner")
        asked = Cooperation.objects.create(
            case=case, agency=partner, question=question, asked_by_id=actor.person, asked_at=at
        )
        rule = worktime_selectors.rule_for(step="cooperate", regime=case.regime, urgency=case.urgency, on=at.date())
        if rule is not None:
            worktime.open_deadline(
                kind=COOPERATION, subject_id=asked.pk, step="cooperate", rule=rule, start=at, agency_id=partner.pk
            )
        return Change(
            data={"partner": partner.pk, "cooperation": asked.pk},
            personal={"question": question},
            words={"question": question, "agency": partner.name},
            partner_id=partner.pk,
        )

    return perform(
        case_id, act="ask_partner", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"partner": partner_id, "question": question},
    )  # fmt: skip


def drop_partner(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Go on without the replies of partners that have not come: nobody is bound by a partner's silence."""

    def apply(case: Case) -> Change:
        return Change(data={"cooperations": drop_questions(case, at=at)}, personal={"reason": reason})

    return perform(
        case_id, act="drop_partner", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def partner_answer(
    *, case_id: int, actor: Actor, at: datetime, reply: str, expected_version: int | None = None
) -> Case:
    """The partner agency replies."""

    def apply(case: Case) -> Change:
        asked = Cooperation.objects.get(case=case, agency_id=actor.agency_id or 0, replied_at=None)
        asked.reply, asked.replied_at, asked.replied_by_id = reply, at, actor.person_id
        asked.save(update_fields=["reply", "replied_at", "replied_by"])
        worktime.meet(kind=COOPERATION, subject_id=asked.pk, steps=["cooperate"], at=at)
        return Change(data={"cooperation": asked.pk}, personal={"reply": reply}, words={"note": reply})

    return perform(
        case_id, act="partner_answer", actor=actor, at=at, apply=apply, given={"reply": reply},
        expected_version=expected_version,
    )  # fmt: skip


def ask_sender(*, case_id: int, actor: Actor, at: datetime, question: str, expected_version: int | None = None) -> Case:
    """Ask the sender for more: the clock of the answer pauses until the reply, or until the term of the reply ends."""

    def apply(case: Case) -> Change:
        InformationRequest.objects.create(case=case, question=question, asked_by_id=actor.person, asked_at=at)
        return Change(personal={"question": question}, words={"question": question})

    return perform(
        case_id, act="ask_sender", actor=actor, at=at, apply=apply, given={"question": question},
        expected_version=expected_version,
    )  # fmt: skip


def continue_without(*, case_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Case:
    """Go on although the sender has not replied; from the office's desk it is `clarify_lapsed`."""
    state = Case.objects.values_list("state", flat=True).get(pk=case_id)

    def apply(case: Case) -> Change:
        InformationRequest.objects.filter(case=case, replied_at=None, lapsed_at=None).update(lapsed_at=at)
        return Change()

    act = "clarify_lapsed" if state == "clarifying" else "continue_without"
    return perform(case_id, act=act, actor=actor, at=at, apply=apply, expected_version=expected_version)


def request_extension(
    *, case_id: int, actor: Actor, at: datetime, days: int | None, reason: str, expected_version: int | None = None
) -> Case:
    """Ask the agency's leader for more working days."""

    def apply(case: Case) -> Change:
        if days is None or not 1 <= days <= 60:
            raise ActError(_("Số ngày gia hạn từ 1 đến 60."), field="days")
        answer = worktime_selectors.running(KIND, case.pk, "answer")
        if answer is None:
            raise ActError(_("Phản ánh không có hạn trả lời đang chạy nên không cần gia hạn."))
        if answer.overdue(at):
            raise ActError(_("Phản ánh đã quá hạn nên không gia hạn được nữa; hãy trả lời sớm nhất có thể."))
        ExtensionRequest.objects.create(
            case=case, days=days, reason=reason, requested_by_id=actor.person, requested_at=at
        )
        return Change(data={"days": days}, personal={"reason": reason}, words={"days": str(days), "reason": reason})

    return perform(
        case_id, act="request_extension", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"days": days, "reason": reason},
    )  # fmt: skip


def decide_extension(
    *, case_id: int, actor: Actor, at: datetime, grant: bool, note: str, expected_version: int | None = None
) -> Case:
    """Grant or refuse the request that waits. Nobody decides on the own request. What was asked for in time may be
    granted after the due date, and the deadline's explanation says so (docs/decisions/0006)."""

    def apply(case: Case) -> Change:
        request = ExtensionRequest.objects.select_for_update().get(case=case, decided_at=None)
        if request.requested_by_id == actor.person_id:
            raise ActError(_("Người đề nghị không được tự duyệt gia hạn."))
        request.granted, request.note = grant, note
        request.decided_by_id, request.decided_at = actor.person_id, at
        request.save(update_fields=["granted", "note", "decided_by", "decided_at"])
        words = {"days": str(request.days), "reason": request.reason, "note": note}
        words["outcome"] = _("được gia hạn") if grant else _("không được gia hạn")
        data = {"days": request.days, "granted": grant, "asked_at": request.requested_at.isoformat()}
        return Change(data=data, personal={"note": note}, words=words)

    return perform(
        case_id, act="grant_extension" if grant else "refuse_extension", actor=actor, at=at, apply=apply,
        given={"note": note}, expected_version=expected_version,
    )  # fmt: skip
