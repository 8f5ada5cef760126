"""How a case moves (see `acts.engine`): what its terms, its waiting and its sender ask for. Every act of the other
modules goes through `perform`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from langnghe.acts import engine as acts
from langnghe.acts.errors import ActError
from langnghe.agencies.models import Person
from langnghe.agencies.selectors import in_charge, office_id, people_with
from langnghe.cases import settings as city_settings
from langnghe.cases.errors import SAYS
from langnghe.cases.facts import CaseFacts
from langnghe.cases.models import Attachment, Case, Cooperation, ExtensionRequest, Sender
from langnghe.cases.models.case import NO_DUE
from langnghe.cases.workflow import AWAITING_SENDER, CLARIFYING, OPEN_STATES, TABLE, WORKERS
from langnghe.files import services as files
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import Transition
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.errors import WorktimeError
from langnghe.worktime.models import Deadline, DeadlineRule

KIND = "case"
COOPERATION = "cooperation"
"""The kinds of deadlines: of a case, and of a question to a partner agency."""


@dataclass(slots=True)
class Change(acts.Change):
    """What an act did. `partner_id`: whom the audience `partner` means."""

    partner_id: int | None = None
    again: bool = False
    """The act was done before: terms that run keep the moment from which they run."""


class CaseEngine(acts.WorkEngine[Case, Change]):
    """Cases: their terms stand still while they wait, their sender is told, little of a restricted one leaves."""

    kind = KIND
    table = TABLE
    says = SAYS
    rows = Case.objects.select_related("field", "agency", "handler")
    carriers = WORKERS

    def facts(self, subject: Case, actor: Actor, *, at: datetime, given: Mapping[str, Any]) -> CaseFacts:
        return CaseFacts(subject, actor, at=at, reopen_until=reopen_until(subject), rate_until=rate_until(subject))

    def owner(self, subject: Case) -> tuple[int | None, int | None]:
        return subject.agency_id, subject.handler_id

    # --- deadlines ----------------------------------------------------------------------------------------------------

    def effects(
        self, subject: Case, row: Transition, before: str, *, actor: Actor, at: datetime, change: Change
    ) -> None:
        if subject.state != before:
            subject.state_since = at
            change.columns.add("state_since")
            if subject.state in TABLE.group("final"):
                subject.closed_at = at
                change.columns.add("closed_at")
        if before in _AT_AGENCY and (subject.state not in _AT_AGENCY or row.act == "transfer"):
            end_side_work(subject, at=at)
        super().effects(subject, row, before, actor=actor, at=at, change=change)
        if any(verb in ("open", "resume") for verb, *_steps in row.deadline):
            _stand_still(subject, at=at)
        if row.deadline or row.act in ("approve", "partner_answer"):
            subject.due_at = next_due(subject.pk)
            change.columns.add("due_at")

    def deadline(
        self, subject: Case, verb: str, steps: Sequence[str], row: Transition, *, at: datetime, change: Change
    ) -> None:
        if verb == "pause":
            _stand_still(subject, at=at)
        elif verb == "resume":
            worktime.resume(kind=KIND, subject_id=subject.pk, at=at)
            _partners_go_on(subject, at=at)
        elif verb == "extend":
            for deadline in Deadline.objects.filter(
                kind=KIND, subject_id=subject.pk, step__in=steps, state__in=["open", "paused"]
            ):
                _extend(deadline, change.data, at=at)
        else:
            super().deadline(subject, verb, steps, row, at=at, change=change)

    def open_step(self, subject: Case, step: str, row: Transition, *, at: datetime, change: Change) -> Deadline | None:
        """Open the deadline of a step, if the city has a rule for it. The answer of feedback on regulations and conduct
        runs from its receipt; that of a field report from its classification; after a reopening both run anew. A case
        that is classified again keeps the moment from which its terms run."""
        start = subject.received_at if row.act == "unmerge" else at
        if step == "answer" and row.act == "classify" and subject.regime == "admin":
            start = subject.received_at
        rule = rule_of(subject, step, start)
        if rule is None:
            return None
        running = Deadline.objects.filter(kind=KIND, subject_id=subject.pk, step=step, state__in=["open", "paused"])
        open_now = running.select_related("rule").first()
        if open_now is not None:
            if open_now.rule_id == rule.pk:
                return None
            same_regime = open_now.rule is not None and open_now.rule.regime == rule.regime
            if row.act == "classify" and (step != "answer" or (change.again and same_regime)):
                start = open_now.started_at
                rule = rule_of(subject, step, start) or rule
        agency_id = subject.agency_id
        if agency_id is None or step in _OFFICE_STEPS:
            agency_id = office_id(at.date())
        person_id = None if step in _OFFICE_STEPS else subject.handler_id
        if open_now is not None:
            return worktime.replace(
                deadline=open_now, rule=rule, start=start, at=at, agency_id=agency_id, person_id=person_id
            )
        return worktime.open_deadline(
            kind=KIND, subject_id=subject.pk, step=step, rule=rule, start=start, agency_id=agency_id,
            person_id=person_id,
        )  # fmt: skip

    # --- messages -----------------------------------------------------------------------------------------------------

    def send(
        self, subject: Case, message: str, *, actor: Actor, at: datetime, change: Change | None = None, key: str = ""
    ) -> None:
        parts = message.split()
        for template in [part.removeprefix("sender:") for part in parts if part.startswith("sender:")]:
            _to_sender(subject, template, at=at, words=change.words if change is not None else {}, key=key)
        staff = " ".join(part for part in parts if not part.startswith("sender:"))
        super().send(subject, staff, actor=actor, at=at, change=change, key=key)

    def audience(self, subject: Case, name: str, *, at: datetime, change: Change | None = None) -> list[Person]:
        if name == "protected":
            return list(people_with("protected_reader", agency_id=None, on=at.date()))
        if name == "partner":
            partner_id = change.partner_id if change is not None else None
            return in_charge("focal_point", agency_id=partner_id, on=at.date()) if partner_id else []
        return super().audience(subject, name, at=at, change=change)

    def urgent(self, subject: Case) -> bool:
        return subject.urgency == "urgent"

    def values(self, subject: Case, *, at: datetime, language: str) -> dict[str, str]:
        return values_of(subject, at=at, language=language, public=False)

    def context(self, subject: Case, *, at: datetime, words: Mapping[str, str], language: str) -> dict[str, str]:
        if subject.restricted:
            words = {name: value for name, value in words.items() if name not in _INNER}
        return super().context(subject, at=at, words=words, language=language)


WINDOWS = frozenset({"close", "reply", "reopen"})
"""Steps that give the sender time: nobody of the staff owes them or is reminded of them."""


def next_due(case_id: int) -> datetime:
    """When the next thing that staff owe ends; `NO_DUE` when nothing is owed or all is paused. One query."""
    owed = Deadline.objects.filter(kind=KIND, subject_id=case_id, state="open").exclude(step__in=WINDOWS)
    return min(owed.values_list("due_at", flat=True), default=NO_DUE)


_AT_AGENCY = frozenset(TABLE.group("agency"))


def end_side_work(case: Case, *, at: datetime) -> None:
    """What an agency had asked its partners or its leader is moot when the case leaves it. Two queries."""
    drop_questions(case, at=at)
    ExtensionRequest.objects.filter(case=case, decided_at=None).update(
        granted=False, decided_at=at, note=_("Không còn cần: phản ánh đã rời cơ quan.")
    )


def drop_questions(case: Case, *, at: datetime) -> list[int]:
    """End the questions to partners that wait for a reply. Returns their keys."""
    waiting = list(Cooperation.objects.filter(case=case, replied_at=None).values_list("pk", flat=True))
    for key in waiting:
        worktime.cancel(kind=COOPERATION, subject_id=key, at=at)
    if waiting:
        Cooperation.objects.filter(pk__in=waiting).update(replied_at=at)
    return waiting


def reopen_until(case: Case) -> datetime | None:
    """Until when the sender may reopen: the rule `reopen` counted from the answer; None before an answer."""
    if case.answered_at is None or case.round > 1:
        return None
    rule = worktime_selectors.rule_for(
        step="reopen", regime=case.regime, urgency=case.urgency, on=case.answered_at.date()
    )
    if rule is None:
        return None
    return worktime_selectors.due_of(rule=rule, start=case.answered_at).due_at


def rate_until(case: Case) -> datetime | None:
    """Until when the sender may rate: the rule `close` counted from the end of the office's part; None before it."""
    if case.state not in ("published", "withheld"):
        return None
    rule = rule_of(case, "close", case.state_since)
    return None if rule is None else worktime_selectors.due_of(rule=rule, start=case.state_since).due_at


def attach(case: Case, file_ids: Sequence[UUID], *, role: str, actor: Actor, at: datetime) -> None:
    """Make stored files part of the case. FileRejected when one of them belongs to something else already."""
    if not file_ids:
        return
    files.attach(file_ids=file_ids, kind=KIND, subject_id=case.pk, at=at)
    Attachment.objects.bulk_create(
        Attachment(case=case, file_id=file_id, role=role, round=case.round, added_at=at, added_by_id=actor.person_id)
        for file_id in file_ids
    )


# --- deadlines ------------------------------------------------------------------------------------------------------

_OFFICE_STEPS = frozenset({"intake", "transfer", "publish", "close", "decide"})


def _extend(deadline: Deadline, data: Mapping[str, Any], *, at: datetime) -> None:
    asked_at = datetime.fromisoformat(data["asked_at"])
    try:
        worktime.extend(deadline_id=deadline.pk, amount=_in_unit(deadline, int(data["days"])), at=at, asked_at=asked_at)
    except WorktimeError as refused:
        raise ActError(refused.message) from None


_WAITING = (CLARIFYING, AWAITING_SENDER)


def _stand_still(case: Case, *, at: datetime) -> None:
    """Pause what runs while the case waits for its sender, or is kept for the named few; nothing otherwise. What was
    opened or went on in spite of it stands still again. The sender's own time runs, and the time to decide."""
    if case.restricted and case.state in OPEN_STATES:
        # Said to the sender too, who is not told of a suspicion before it is decided.
        reason: Any = gettext_lazy("Xem xét loại việc và nơi giải quyết")
        for key in Cooperation.objects.filter(case=case, replied_at=None).values_list("pk", flat=True):
            worktime.pause(kind=COOPERATION, subject_id=key, at=at, **_in_both(reason))
    elif case.state in _WAITING:
        reason = TABLE.states[case.state].label
    else:
        return
    worktime.pause(kind=KIND, subject_id=case.pk, at=at, but=WINDOWS | {"decide"}, **_in_both(reason))


def _in_both(reason: Any) -> dict[str, str]:
    with override("vi"):
        said = str(reason)
    with override("en"):
        return {"reason": said, "reason_en": str(reason)}


def _partners_go_on(case: Case, *, at: datetime) -> None:
    if not case.restricted:
        for key in Cooperation.objects.filter(case=case, replied_at=None).values_list("pk", flat=True):
            worktime.resume(kind=COOPERATION, subject_id=key, at=at)


def _in_unit(deadline: Deadline, days: int) -> int:
    """Working days of an extension in the unit of the deadline's rule."""
    if deadline.rule is None or deadline.rule.unit != "working_hours":
        return days
    periods = worktime_selectors.calendar().hours_on(deadline.due_date).periods
    return days * round(sum(end - start for start, end in periods) / 60)


def rule_of(case: Case, step: str, start: datetime) -> DeadlineRule | None:
    """The city's rule for a step of this case that begins at `start`."""
    return worktime_selectors.rule_for(step=step, regime=case.regime, urgency=case.urgency, on=start.date())


# --- messages to the sender -------------------------------------------------------------------------------------------


def _to_sender(case: Case, template: str, *, at: datetime, words: Mapping[str, str], key: str) -> None:
    sender = getattr(case, "new_sender", None) or Sender.objects.filter(case_id=case.pk).first()
    if sender is None or not sender.email or not sender.notify:
        return
    outbox.enqueue(
        key=key or f"case:{case.pk}:{case.version}:{template}:sender",
        channel="email",
        recipient=sender.email,
        template=template,
        language=case.language,
        context=context_of(case, at=at, words={"name": sender.name, **words}, language=case.language),
        at=at,
        urgent=template == "received",
        not_before=None if template == "received" else worktime_selectors.next_opening(at),
        kind=KIND,
        subject_id=case.pk,
    )


_INNER = frozenset({"reason", "guidance", "question", "note"})
"""Words of an act that say what a restricted case is about."""


def context_of(case: Case, *, at: datetime, words: Mapping[str, str], language: str) -> dict[str, str]:
    """The values of a message to the public."""
    values = values_of(case, at=at, language=language, public=True)
    return {name: words.get(name, value) for name, value in values.items()}


def values_of(case: Case, *, at: datetime, language: str, public: bool) -> dict[str, str]:
    """What a message may show, without the words of the act. Nothing of a restricted case leaves by e-mail but its
    code."""
    base = django_settings.BASE_URL.rstrip("/")
    path = f"/theo-doi/{case.code}" if public else f"/can-bo/phan-anh/{case.code}/"
    values = {
        "code": case.code,
        "title": case.title if not case.restricted else "",
        "agency": case.agency.name if case.agency is not None else "",
        "url": base + path,
        "person": case.handler.full_name if case.handler is not None and not public else "",
        "city": city_settings.text("city_name", at.date()),
        "hotline": city_settings.text("hotline", at.date()),
        "due": "",
        "due_explained": "",
        "reason": "",
        "guidance": "",
        "question": "",
        "note": "",
        "days": "",
        "outcome": "",
        "name": "",
    }
    answer = worktime_selectors.running(KIND, case.pk, "answer")
    if answer is not None:
        values["due"] = worktime_selectors.describe_due(answer.due_at, language=language)
        values["due_explained"] = answer.explain(language)
    elif case.due_at < NO_DUE:
        values["due"] = values["due_explained"] = worktime_selectors.describe_due(case.due_at, language=language)
    return values


CASES = CaseEngine()
lock, perform, send, to_person = CASES.lock, CASES.perform, CASES.send, CASES.to_person
