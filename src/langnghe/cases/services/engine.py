"""The one way in which a case moves: lock, ask the transition table, change, deadlines, ledger, messages; one
transaction. Every act of the other modules goes through `perform`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from langnghe.agencies.models import Person
from langnghe.agencies.selectors import city_office, coordinators, holder, people_with
from langnghe.cases import settings as city_settings
from langnghe.cases.errors import CaseError, Missing, Stale, needed, refusal
from langnghe.cases.facts import CaseFacts
from langnghe.cases.models import Attachment, Case, Cooperation, ExtensionRequest, Sender
from langnghe.cases.models.case import NO_DUE
from langnghe.cases.workflow import AWAITING_SENDER, CLARIFYING, OPEN_STATES, TABLE, WORKERS
from langnghe.files import services as files
from langnghe.ledger import services as ledger
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import ActRefused, Transition
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.errors import WorktimeError
from langnghe.worktime.models import Deadline, DeadlineRule

KIND = "case"
COOPERATION = "cooperation"
"""The kinds of deadlines: of a case, and of a question to a partner agency."""

STAFF_AUDIENCES = frozenset({"office", "focal", "handler", "approvers", "partner", "protected"})


@dataclass(slots=True)
class Change:
    """What an act did beside the state: for the ledger, for messages, and columns of the case that changed."""

    data: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    partner_id: int | None = None
    target: str | None = None
    again: bool = False
    """The act was done before: terms that run keep the moment from which they run."""


Apply = Callable[[Case], Change]


def lock(case_id: int) -> Case:
    """The case, locked until the transaction ends. Case.DoesNotExist when there is none."""
    return Case.objects.select_for_update(of=("self",)).select_related("field", "agency", "handler").get(pk=case_id)


def perform(
    *,
    case_id: int,
    act: str,
    actor: Actor,
    at: datetime,
    apply: Apply,
    given: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> Case:
    """Do one act on one case, whole or not at all.

    `given` holds the inputs that the table's row needs; `apply` changes the case and its related rows and says what
    changed. `expected_version` is the version that the person saw: `Stale` when somebody acted since. Raises
    `NotAllowed` when the table, the role, the agency or a guard says no, `Missing` for empty inputs.
    """
    with transaction.atomic():
        case = lock(case_id)
        if expected_version is not None and case.version != expected_version:
            raise Stale
        facts = CaseFacts(case, actor, at=at, reopen_until=reopen_until(case), rate_until=rate_until(case))
        row = allowed_row(case.state, act, actor, facts)
        empty = row.missing(given or {})
        if empty:
            raise Missing({name: needed(name) for name in empty})
        change = apply(case)
        finish(case, row, actor=actor, at=at, change=change)
    return case


def allowed_row(state: str, act: str, actor: Actor, facts: CaseFacts) -> Transition:
    """The table's row for the act; `NotAllowed` with a sentence when it is not possible."""
    try:
        return TABLE.require(state, act, {actor.role}, facts)
    except ActRefused as refused:
        raise refusal(refused.guard or refused.reason) from None


def finish(case: Case, row: Transition, *, actor: Actor, at: datetime, change: Change) -> None:
    """Write the new state, its deadlines, its ledger entry and its messages. Called within the transaction."""
    before = case.state
    case.state = row.target or case.state
    case.last_act = row.act
    case.version += 1
    if case.state != before:
        case.state_since = at
        if case.state in TABLE.group("final"):
            case.closed_at = at
    if before in _AT_AGENCY and (case.state not in _AT_AGENCY or row.act == "transfer"):
        end_side_work(case, at=at)
    _effects(case, row, at=at, change=change)
    if row.deadline or row.act in ("approve", "partner_answer"):
        case.due_at = next_due(case.pk)
    columns = {"state", "last_act", "version", "state_since", "closed_at", "due_at", *change.columns}
    case.save(update_fields=columns)
    data = {"from": before, "to": case.state, "version": case.version, **change.data}
    ledger.record(
        kind=KIND, subject_id=case.pk, act=row.act, actor=actor, at=at, data=data, personal=change.personal or None
    )
    send(case, row.message, actor=actor, at=at, words=change.words, partner_id=change.partner_id)


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

_FROM_RECEIPT = frozenset({"receive", "unmerge"})
_OFFICE_STEPS = frozenset({"intake", "transfer", "publish", "close", "decide"})


def _effects(case: Case, row: Transition, *, at: datetime, change: Change) -> None:
    for verb, *steps in row.deadline:
        if verb == "open":
            for step in steps:
                open_step(case, step, row.act, at, again=change.again)
        elif verb == "meet":
            worktime.meet(kind=KIND, subject_id=case.pk, steps=steps, at=at)
        elif verb == "pause":
            _stand_still(case, at=at)
        elif verb == "resume":
            worktime.resume(kind=KIND, subject_id=case.pk, at=at)
            _partners_go_on(case, at=at)
        elif verb == "cancel":
            worktime.cancel(kind=KIND, subject_id=case.pk, at=at, steps=steps or None)
        elif verb == "extend":
            for deadline in Deadline.objects.filter(
                kind=KIND, subject_id=case.pk, step__in=steps, state__in=["open", "paused"]
            ):
                _extend(deadline, change.data, at=at)
        elif verb == "hand_over":
            # Without an agency the city office has it, and owes it.
            worktime.hand_over(
                kind=KIND, subject_id=case.pk, steps=steps or None, agency_id=case.agency_id or office_id(at),
                person_id=case.handler_id,
            )  # fmt: skip
    if any(verb in ("open", "resume") for verb, *_steps in row.deadline):
        _stand_still(case, at=at)


def _extend(deadline: Deadline, data: Mapping[str, Any], *, at: datetime) -> None:
    asked_at = datetime.fromisoformat(data["asked_at"])
    try:
        worktime.extend(deadline_id=deadline.pk, amount=_in_unit(deadline, int(data["days"])), at=at, asked_at=asked_at)
    except WorktimeError as refused:
        raise CaseError(refused.message) from None


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


def open_step(case: Case, step: str, act: str, at: datetime, *, again: bool = False) -> Deadline | None:
    """Open the deadline of a step, if the city has a rule for it. The answer of feedback on regulations and conduct
    runs from its receipt; that of a field report from its classification; after a reopening both run anew. A case
    that is classified again keeps the moment from which its terms run."""
    start = case.received_at if act in _FROM_RECEIPT else at
    if step == "answer" and act == "classify" and case.regime == "admin":
        start = case.received_at
    rule = rule_of(case, step, start)
    if rule is None:
        return None
    open_now = None
    if act != "receive":
        open_now = (
            Deadline.objects.filter(kind=KIND, subject_id=case.pk, step=step, state__in=["open", "paused"])
            .select_related("rule")
            .first()
        )
        if open_now is not None:
            if open_now.rule_id == rule.pk:
                return None
            same_regime = open_now.rule is not None and open_now.rule.regime == rule.regime
            if act == "classify" and (step != "answer" or (again and same_regime)):
                start = open_now.started_at
                rule = rule_of(case, step, start) or rule
    agency_id = case.agency_id
    if agency_id is None or step in _OFFICE_STEPS:
        agency_id = office_id(at)
    person_id = None if step in _OFFICE_STEPS else case.handler_id
    if open_now is not None:
        return worktime.replace(
            deadline=open_now, rule=rule, start=start, at=at, agency_id=agency_id, person_id=person_id
        )
    return worktime.open_deadline(
        kind=KIND, subject_id=case.pk, step=step, rule=rule, start=start, agency_id=agency_id, person_id=person_id
    )


_office: dict[Any, int] = {}


def office_id(at: datetime) -> int:
    """The city office of that day. Kept a process: a new office gets a new row, and so a new day's answer."""
    day = at.date()
    if day not in _office:
        if len(_office) > 400:
            _office.clear()
        _office[day] = city_office(day).pk
    return _office[day]


def forget() -> None:
    """Ask for the city office anew (tests)."""
    _office.clear()


# --- messages -------------------------------------------------------------------------------------------------------


def send(
    case: Case,
    message: str,
    *,
    actor: Actor,
    at: datetime,
    words: Mapping[str, str] | None = None,
    partner_id: int | None = None,
    key: str = "",
) -> None:
    """Write the messages of an act: `audience:template` parted by spaces. One row a recipient, by a unique key."""
    for part in message.split():
        audience, _sep, template = part.partition(":")
        if audience == "sender":
            _to_sender(case, template, at=at, words=words or {}, key=key)
            continue
        for person in audience_of(case, audience, at=at, partner_id=partner_id):
            if person.pk != actor.person_id and person.email:
                to_person(case, person, template, at=at, words=words or {}, key=key)


def audience_of(case: Case, audience: str, *, at: datetime, partner_id: int | None = None) -> list[Person]:
    """The people behind the word for an audience: where an agency has nobody in that role, its head; where it has no
    head either, the city office. One query, unless somebody is missing."""
    day = at.date()
    if audience == "office":
        return list(coordinators(day))
    if audience == "protected":
        return list(people_with("protected_reader", agency_id=None, on=day))
    if audience == "partner":
        return in_charge("focal_point", agency_id=partner_id, on=day) if partner_id else []
    if audience == "handler" and case.handler_id is not None and case.agency_id is not None:
        handler = holder(case.handler_id, WORKERS, agency_id=case.agency_id, on=day)
        if handler is not None:
            return [handler]
    if case.agency_id is None:
        return list(coordinators(day))
    role = {"focal": "focal_point", "handler": "focal_point", "approvers": "approver", "head": "head"}[audience]
    return in_charge(role, agency_id=case.agency_id, on=day)


def in_charge(role: str, *, agency_id: int, on: date) -> list[Person]:
    """Who holds the role in the agency; its head where nobody does; else the city office, so that nothing is told to
    nobody."""
    found = list(people_with(role, agency_id=agency_id, on=on))
    if not found and role != "head":
        found = list(people_with("head", agency_id=agency_id, on=on))
    return found or list(coordinators(on))


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
        context=context_of(case, at=at, words={"name": sender.name, **words}, language=case.language, public=True),
        at=at,
        urgent=template == "received",
        not_before=None if template == "received" else worktime_selectors.next_opening(at),
        kind=KIND,
        subject_id=case.pk,
    )


def to_person(
    case: Case, person: Person, template: str, *, at: datetime, words: Mapping[str, str], key: str = ""
) -> None:
    """Write one message to a member of staff."""
    outbox.enqueue(
        key=f"{key or f'case:{case.pk}:{case.version}:{template}'}:{person.pk}",
        channel="email",
        recipient=person.email,
        template=template,
        language=person.language,
        context=context_of(
            case, at=at, words={"name": person.full_name, **words}, language=person.language, public=False
        ),
        at=at,
        urgent=case.urgency == "urgent",
        not_before=None if case.urgency == "urgent" else worktime_selectors.next_opening(at),
        kind=KIND,
        subject_id=case.pk,
    )


def context_of(case: Case, *, at: datetime, words: Mapping[str, str], language: str, public: bool) -> dict[str, str]:
    """The values of a message. Nothing of a restricted case leaves by e-mail but its code."""
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
    kept = words
    if case.restricted and not public:
        kept = {name: value for name, value in words.items() if name not in ("reason", "guidance", "question", "note")}
    values.update({name: value for name, value in kept.items() if name in values})
    return values
