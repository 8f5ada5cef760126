"""Acts on shares: given to agencies and people, reported, accepted, extended, handed over. Each goes through
`engine.perform`; `assign` brings a share into being."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.engine import Change
from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies.models import Agency
from langnghe.agencies.selectors import holder, in_charge_of_each
from langnghe.database import copy_in
from langnghe.files import services as files
from langnghe.files.models import StoredFile
from langnghe.ledger import services as ledger
from langnghe.plans import rules
from langnghe.plans.facts import ShareFacts, owner_id
from langnghe.plans.models import Obstacle, Period, Progress, Share, Task
from langnghe.plans.services import engine
from langnghe.plans.services.engine import CARRIERS, KIND, PROGRESS, STEP, perform
from langnghe.plans.workflow import ASSIGNED, CANCELLED, HANDED_OVER
from langnghe.workflow.actor import SYSTEM, Actor
from langnghe.workflow.table import START
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.rules import end_of_day, local

GONE = (CANCELLED, HANDED_OVER)


# --- giving -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One agency's (or, without an agency, one outside body's) part of a task, to be given."""

    task: Task
    agency_id: int | None
    body_name: str = ""
    lead: bool = True
    via: str = ""


def assign(
    *,
    task: Task,
    agency_id: int | None,
    body_name: str = "",
    lead: bool = True,
    via: str = "",
    actor: Actor,
    at: datetime,
) -> Share:
    """Give an agency (or name an outside body for) a part of a task. An agency that has one already keeps it; it
    becomes a lead when it is named as one. Raises NotAllowed, ActError."""
    part = Part(task, agency_id, body_name, lead, via)
    return assign_many(parts=[part], actor=actor, at=at)[0]


def assign_many(*, parts: Sequence[Part], actor: Actor, at: datetime, tell: bool = True) -> list[Share]:
    """Give many parts at once: a handful of statements, and one message for each agency and plan, unless the caller
    tells them (`tell_given`). Returns one share for each part, in order; parts of the same agency and task come to one
    share, and so does a part that is given again."""
    row = engine.allowed_row(START, "assign", actor, {})
    with transaction.atomic():
        known = _living({part.task.pk for part in parts})
        fresh: dict[tuple[int, int | None, str], Share] = {}
        given: list[Share] = []
        for part in parts:
            if part.agency_id is None and not part.body_name.strip():
                raise ActError(_("Hãy chọn cơ quan thực hiện."), field="agency")
            key = (part.task.pk, part.agency_id, "" if part.agency_id else part.body_name.strip()[:200])
            share = known.get(key) or fresh.get(key)
            if share is None:
                share = fresh[key] = _new(part, at=at)
            elif part.lead and not share.lead:
                share.lead = True
                if share.pk is not None:
                    share.save(update_fields=["lead"])
            given.append(share)
        _write(list(fresh.values()), row.message if tell else "", actor=actor, at=at)
    return given


def tell_given(*, rows: Sequence[tuple[Share, int]], key: str, actor: Actor, at: datetime) -> None:
    """One message to each agency that was given shares of a plan: `rows` are the first share of each, with its task,
    plan and agency, and how many there are. Telling again by the same key tells nobody twice."""
    row = engine.allowed_row(START, "assign", actor, {})
    template = row.message.partition(":")[2]
    told = [(share, count) for share, count in rows if share.agency is not None and share.agency.is_active(at.date())]
    focal = in_charge_of_each("focal_point", agency_ids={owner_id(share) for share, _n in told}, on=at.date())
    for share, count in told:
        for person in focal[owner_id(share)]:
            if person.pk != actor.person_id and person.email:
                words = {"count": str(count)}
                engine.to_person(share, person, template, at=at, words=words, key=f"{key}:{share.agency_id}")


def _living(tasks: set[int]) -> dict[tuple[int, int | None, str], Share]:
    rows = Share.objects.filter(task__in=tasks).exclude(state__in=GONE)
    return {(row.task_id, row.agency_id, "" if row.agency_id else row.body_name): row for row in rows}


def _new(part: Part, *, at: datetime) -> Share:
    share = Share(
        task=part.task, agency_id=part.agency_id, body_name=part.body_name.strip()[:200], lead=part.lead,
        via=part.via.strip()[:200], assigned_at=at, state_since=at,
    )  # fmt: skip
    engine.set_due(share, engine.due_of(part.task, on=at.date()))
    return share


def _write(
    shares: Sequence[Share],
    message: str,
    *,
    actor: Actor,
    at: datetime,
    note: dict[str, Any] | None = None,
    key: str = "",
) -> None:
    """New shares with their deadlines, ledger entries and messages."""
    if not shares:
        return
    copy_in(shares)
    ledger.record_many(
        ledger.Act(
            kind=KIND, subject_id=share.pk, act="assign", actor=actor, at=at,
            data={
                "to": ASSIGNED, "task": share.task_id, "agency": share.agency_id, "lead": share.lead,
                "due": share.due_at.isoformat() if share.due_at else None, **(note or {}),
            },
        )
        for share in shares
    )  # fmt: skip
    promises = [
        worktime.Promise(share.pk, share.due_at.astimezone(at.tzinfo).date(), owner_id(share), share.person_id)
        for share in shares
        if share.due_at is not None
    ]
    if promises:
        worktime.open_on_dates(kind=KIND, step=STEP, promises=promises, start=at, past=True)
    first: dict[tuple[int, int], list[Share]] = {}
    for share in shares if message else ():
        if share.agency_id is not None:
            first.setdefault((share.task.document_id, share.agency_id), []).append(share)
    for group in first.values():
        engine.send(group[0], message, actor=actor, at=at, change=Change(words={"count": str(len(group))}), key=key)


def delegate(
    *,
    share_id: int,
    person_id: int | None,
    unit: str = "",
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Share:
    """Give the share to one clear person (and the unit, in words). Raises ActError when the person does not work for
    the agency."""

    def apply(share: Share) -> Change:
        person = holder(person_id or 0, CARRIERS, agency_id=owner_id(share), on=at.date())
        if person is None:
            raise ActError(_("Người này không còn làm việc ở cơ quan. Hãy chọn người khác."), field="person")
        before, share.person, share.unit = share.person_id, person, unit.strip()[:160]
        return Change(data={"person_before": before, "person": person.pk}, columns={"person", "unit"})

    return perform(
        share_id, act="delegate", actor=actor, at=at, apply=apply, given={"person": person_id},
        expected_version=expected_version,
    )  # fmt: skip


# --- reporting and accepting ------------------------------------------------------------------------------------------


def report(
    *,
    share_id: int,
    percent: int | None,
    text: str,
    file_ids: Sequence[UUID] = (),
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Share:
    """Say how far the share is: per cent of 100, words, and files where there are some."""

    def apply(share: Share) -> Change:
        row = _progress(share, "report", percent=percent or 0, text=text, actor=actor, at=at, file_ids=file_ids)
        return Change(data={"percent": row.percent, "progress": row.pk}, columns={"percent"})

    _check_percent(percent)
    return perform(
        share_id, act="report", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"percent": percent, "text": text.strip()},
    )  # fmt: skip


def submit(
    *,
    share_id: int,
    text: str,
    file_ids: Sequence[UUID] = (),
    document: str = "",
    link: str = "",
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Share:
    """Report the share as done. Evidence is needed: a file attached now or earlier in the same period, or the number
    of a document together with its address."""
    document, link = document.strip()[:120], link.strip()[:500]
    _check_link(link)

    def apply(share: Share) -> Change:
        row = _progress(
            share, "submit", percent=100, text=text, actor=actor, at=at, file_ids=file_ids, document=document, link=link
        )
        return Change(data={"percent": 100, "progress": row.pk}, columns={"percent"}, words={"note": text})

    evidence = bool(file_ids) or bool(document and link) or evidence_of(share_id)
    return perform(
        share_id, act="submit", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"text": text.strip(), "evidence": evidence},
    )  # fmt: skip


def evidence_of(share_id: int) -> bool:
    """Whether a file, or a document with its address, was attached to the share in its present period. One query."""
    period = Share.objects.filter(pk=share_id).values("period_due")
    rows = Progress.objects.filter(share_id=share_id)
    due = period.first()
    rows = rows.filter(period_due=due["period_due"] if due else None)
    attached = StoredFile.objects.filter(
        kind=PROGRESS, subject_id__in=rows.values("pk"), state=StoredFile.State.READY
    ).exists()
    return attached or rows.exclude(document="").exclude(link="").exists()


def _check_percent(percent: int | None) -> None:
    if percent is not None and not 0 <= percent <= 100:
        raise ActError(_("Tiến độ là một số từ 0 đến 100."), field="percent")


def _check_link(link: str) -> None:
    if not link:
        return
    try:
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in link)
    except ValueError:
        good = False
    if not good:
        raise ActError(_("Địa chỉ văn bản phải bắt đầu bằng http:// hoặc https://."), field="link")


def _progress(
    share: Share,
    act: str,
    *,
    percent: int,
    text: str,
    actor: Actor,
    at: datetime,
    file_ids: Sequence[UUID],
    document: str = "",
    link: str = "",
) -> Progress:
    if len(text) > 10000:
        raise ActError(_("Nội dung dài quá 10.000 ký tự."), field="text")
    row = Progress.objects.create(
        share=share, act=act, percent=percent, text=text.strip(), period_due=share.period_due, at=at,
        person_id=actor.person_id, document=document, link=link,
    )  # fmt: skip
    if file_ids:
        files.attach(file_ids=file_ids, kind=PROGRESS, subject_id=row.pk, at=at)
    share.percent = percent
    return row


def accept(*, share_id: int, note: str = "", actor: Actor, at: datetime, expected_version: int | None = None) -> Share:
    """The superior takes the work as done: its term is met."""

    def apply(share: Share) -> Change:
        row = _decide(share, "accept", note, actor=actor, at=at)
        share.done_at, share.percent = at, 100
        return Change(data={"progress": row}, columns={"done_at", "percent"}, words={"note": note})

    return perform(share_id, act="accept", actor=actor, at=at, apply=apply, expected_version=expected_version)


def return_(*, share_id: int, note: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Share:
    """The superior gives the work back, and says what is missing. The progress before the submission holds again."""

    def apply(share: Share) -> Change:
        row = _decide(share, "return", note, actor=actor, at=at)
        before = Progress.objects.filter(share=share, act="report", period_due=share.period_due).first()
        share.percent = min(before.percent if before is not None else 0, 99)
        return Change(data={"progress": row, "percent": share.percent}, columns={"percent"}, words={"note": note})

    return perform(
        share_id, act="return", actor=actor, at=at, apply=apply, given={"note": note.strip()},
        expected_version=expected_version,
    )  # fmt: skip


def _decide(share: Share, decision: str, note: str, *, actor: Actor, at: datetime) -> int | None:
    row = ShareFacts(share, actor, at=at).submission
    if row is None:
        return None
    row.decided, row.decided_by_id, row.decided_at, row.decision_note = decision, actor.person_id, at, note.strip()
    row.save(update_fields=["decided", "decided_by", "decided_at", "decision_note"])
    return row.pk


# --- periods ----------------------------------------------------------------------------------------------------------


def renew(*, share_id: int, actor: Actor = SYSTEM, at: datetime, expected_version: int | None = None) -> Share:
    """Open the next period of a recurring task whose last one is done. Periods that passed in the meantime are written
    down as done late, with what was accepted last: a late report must not make the ones that were never sent vanish
    from the figures."""

    def apply(share: Share) -> Change:
        task, document = share.task, share.task.document
        back = rules.DAY if task.due_before and not engine.before_counts(at.date()) else timedelta(0)
        started = (share.period_due or at.date()) + rules.DAY
        stated = rules.dues_between(
            task.rrule, first=started, last=min(at.date() - rules.DAY + back, document.ends_on or date.max),
            anchor=document.issued_on, limit=60,
        )  # fmt: skip
        missed = [day - back for day in stated]
        if stated:
            started = stated[-1] + rules.DAY
        due = engine.due_of(task, on=max(at.date(), started))
        if due is None:
            raise NotAllowed("recurs", _("Nhiệm vụ này không còn kỳ nào tiếp theo."))
        _keep_periods(share, missed, back=back, at=at)
        columns = engine.set_due(share, due)
        share.percent, share.done_at, share.extensions = 0, None, 0
        data = {"due": due.last.isoformat(), "missed": [day.isoformat() for day in missed]}
        return Change(data=data, columns={*columns, "percent", "done_at", "extensions"})

    return perform(share_id, act="renew", actor=actor, at=at, apply=apply, expected_version=expected_version)


def _keep_periods(share: Share, missed: Sequence[date], *, back: timedelta, at: datetime) -> None:
    """Write down the period that is over, and those that passed unsent after it."""
    over = []
    if share.period_due is not None and share.due_at is not None:
        over.append(
            Period(
                share=share, agency_id=share.agency_id, due_on=share.period_due, due_at=share.due_at,
                done_at=share.done_at or at, extensions=share.extensions,
            )
        )  # fmt: skip
    over += [
        Period(
            share=share, agency_id=share.agency_id, due_on=last + back, due_at=end_of_day(last), done_at=at, missed=True
        )
        for last in missed
    ]
    Period.objects.bulk_create(over)


def _keep_lapse(share: Share, *, at: datetime) -> None:
    """Write down a term that has passed undone, before the share gets another one or nobody owes it any more: neither
    more time nor taking it back makes it as if it had been kept."""
    if share.due_at is not None and share.due_at < (share.done_at or at):
        Period.objects.create(
            share=share, agency_id=share.agency_id, due_on=share.period_due or local(share.due_at).date(),
            due_at=share.due_at, done_at=None, extensions=share.extensions,
        )  # fmt: skip


def reopen(
    *,
    share_id: int,
    note: str,
    due: date | None = None,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Share:
    """Take up again what was accepted, with the reason; `due` gives it a new last day, else the old one holds."""

    def apply(share: Share) -> Change:
        columns = {"done_at", "percent"}
        if due is not None:
            _check_due(due, at)
            _keep_lapse(share, at=at)
            share.due_at = end_of_day(due)
            columns.add("due_at")
        share.done_at, share.percent = None, min(share.percent, 99)
        data = {"due": due.isoformat() if due else None}
        return Change(data=data, personal={"note": note}, words={"note": note}, columns=columns)

    return perform(
        share_id, act="reopen", actor=actor, at=at, apply=apply, given={"note": note.strip()},
        expected_version=expected_version,
    )  # fmt: skip


def extend(
    *, share_id: int, due: date | None, note: str, actor: Actor, at: datetime, expected_version: int | None = None
) -> Share:
    """Give the share another last day, later than the one it has. The old one stays in the ledger."""

    def apply(share: Share) -> Change:
        assert due is not None
        _check_due(due, at)
        before = share.due_at
        if before is not None and end_of_day(due) <= before:
            raise ActError(_("Hạn mới phải sau hạn hiện nay."), field="due")
        _keep_lapse(share, at=at)
        share.due_at = end_of_day(due)
        share.extensions += 1
        data = {"due_before": before.isoformat() if before else None, "due": due.isoformat()}
        return Change(data=data, personal={"note": note}, words={"note": note}, columns={"due_at", "extensions"})

    return perform(
        share_id, act="extend", actor=actor, at=at, apply=apply, given={"due": due, "note": note.strip()},
        expected_version=expected_version,
    )  # fmt: skip


def _check_due(due: date, at: datetime) -> None:
    if due < at.date():
        raise ActError(_("Hạn mới không thể là ngày đã qua."), field="due")
    if due > at.date() + timedelta(days=3660):
        raise ActError(_("Hạn mới xa quá mười năm."), field="due")


# --- obstacles and urging ---------------------------------------------------------------------------------------------


def raise_obstacle(
    *, share_id: int, text: str, actor: Actor, at: datetime, expected_version: int | None = None
) -> Share:
    """Say what stands in the way; it goes up to the city office, and into the next report."""

    def apply(share: Share) -> Change:
        if len(text) > 5000:
            raise ActError(_("Nội dung dài quá 5.000 ký tự."), field="text")
        row = Obstacle.objects.create(share=share, text=text.strip(), raised_by_id=actor.person_id, raised_at=at)
        return Change(data={"obstacle": row.pk}, personal={"text": text}, words={"note": text})

    return perform(
        share_id, act="raise_obstacle", actor=actor, at=at, apply=apply, given={"text": text.strip()},
        expected_version=expected_version,
    )  # fmt: skip


def answer_obstacle(
    *,
    share_id: int,
    obstacle_id: int | None = None,
    answer: str,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Share:
    """Answer an obstacle; without a key the one that has waited longest."""

    def apply(share: Share) -> Change:
        if len(answer) > 5000:
            raise ActError(_("Nội dung dài quá 5.000 ký tự."), field="answer")
        waiting = Obstacle.objects.filter(share=share, answered_at=None).order_by("raised_at", "pk")
        row = waiting.filter(pk=obstacle_id).first() if obstacle_id is not None else waiting.first()
        if row is None:
            raise ActError(_("Vướng mắc này đã được trả lời."), field="answer")
        row.answer, row.answered_by_id, row.answered_at = answer.strip(), actor.person_id, at
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        return Change(data={"obstacle": row.pk}, personal={"answer": answer}, words={"note": answer})

    return perform(
        share_id, act="answer_obstacle", actor=actor, at=at, apply=apply, given={"answer": answer.strip()},
        expected_version=expected_version,
    )  # fmt: skip


def urge(*, share_id: int, note: str = "", actor: Actor, at: datetime, expected_version: int | None = None) -> Share:
    """Urge whoever carries the share; once a working day, whoever does it."""

    def apply(share: Share) -> Change:
        if share.urged_at is not None and not urging_allowed(share, at):
            raise NotAllowed("urged", _("Nhiệm vụ này vừa được đôn đốc; mỗi ngày làm việc chỉ đôn đốc một lần."))
        share.urged_at = at
        return Change(personal={"note": note} if note else {}, words={"note": note}, columns={"urged_at"})

    return perform(share_id, act="urge", actor=actor, at=at, apply=apply, expected_version=expected_version)


def urging_allowed(share: Share, at: datetime) -> bool:
    """Whether a working day has begun since the share was urged last."""
    if share.urged_at is None:
        return True
    last = share.urged_at.astimezone(at.tzinfo).date()
    return worktime_selectors.calendar().working_days_between(last, at.date()) > 0


# --- ending otherwise -------------------------------------------------------------------------------------------------


def hand_over(
    *,
    share_id: int,
    agency_id: int | None,
    actor: Actor,
    at: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Share:
    """Let another agency carry on what is open. The old share keeps its name, its progress and its evidence; the new
    one starts where it stood, with the same last day. Returns the old share; `carried_on_by` leads to the new one.

    An agency that has a share of the task already simply keeps it, and leads when the old one led."""
    return _pass_on("hand_over", share_id, agency_id, actor, at, note, expected_version)


def carry_on(
    *,
    share_id: int,
    agency_id: int | None,
    actor: Actor,
    at: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Share:
    """Name who carries on a share that ended because its agency did (such as a district's)."""
    return _pass_on("carry_on", share_id, agency_id, actor, at, note, expected_version)


def _pass_on(
    act: str, share_id: int, agency_id: int | None, actor: Actor, at: datetime, note: str, expected: int | None
) -> Share:
    def apply(share: Share) -> Change:
        heir = Agency.objects.filter(pk=agency_id or 0).first()
        if heir is None or not heir.is_active(at.date()) or heir.pk == share.agency_id:
            raise ActError(_("Hãy chọn một cơ quan khác đang hoạt động."), field="agency")
        if act == "hand_over":
            _keep_lapse(share, at=at)
        there = Share.objects.select_for_update().filter(task=share.task, agency=heir).exclude(state__in=GONE).first()
        if there is not None:
            if share.lead and not there.lead:
                there.lead = True
                there.save(update_fields=["lead"])
            return Change(data={"agency": heir.pk, "into": there.pk}, personal={"note": note} if note else {})
        new = Share(
            task=share.task, agency=heir, lead=share.lead, via=share.via, assigned_at=at, state_since=at,
            percent=min(share.percent, 99), due_at=share.due_at, period_due=share.period_due, carries_on=share,
        )  # fmt: skip
        # What the program hands over, it hands over all at once: one message a day tells the heir of it.
        key = f"handed:{share.agency_id}:{heir.pk}:{at.date()}" if actor.kind == "system" else ""
        _write([new], "focal:task_handed_over", actor=actor, at=at, note={"carries_on": share.pk}, key=key)
        return Change(data={"agency": heir.pk, "into": new.pk}, personal={"note": note} if note else {})

    return perform(
        share_id, act=act, actor=actor, at=at, apply=apply, given={"agency": agency_id},
        expected_version=expected,
    )  # fmt: skip


def cancel(*, share_id: int, note: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Share:
    """Take the share back: nothing is owed any more."""

    def apply(share: Share) -> Change:
        _keep_lapse(share, at=at)
        return Change(personal={"note": note}, words={"note": note})

    return perform(
        share_id, act="cancel", actor=actor, at=at, apply=apply, given={"note": note.strip()},
        expected_version=expected_version,
    )  # fmt: skip
