"""The life of a deadline: opened, paused, resumed, extended, met, cancelled, handed over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.database import copy_in, insert
from langnghe.worktime import reminding, rules, selectors
from langnghe.worktime.errors import WorktimeError
from langnghe.worktime.models import RUNNING, Deadline, DeadlineRule, DeadlineState
from langnghe.worktime.rules import Due, Pause, StandsStillError, Term, TermError


def open_deadline(
    *,
    kind: str,
    subject_id: int,
    step: str,
    rule: DeadlineRule,
    start: datetime,
    agency_id: int,
    person_id: int | None = None,
) -> Deadline:
    """Open the deadline of a step by a rule, counted from `start`. One INSERT.

    Raises IntegrityError when the step already runs for the subject; the caller holds the subject's lock and knows.
    """
    due = selectors.due_of(rule=rule, start=start)
    return _insert(_made(due, _explained(due, rule), kind, subject_id, step, rule, agency_id, person_id))


def open_deadlines(
    *, kind: str, subject_id: int, steps: Sequence[tuple[str, DeadlineRule]], start: datetime, agency_id: int
) -> list[Deadline]:
    """Open the deadlines of several steps of a new subject, counted from `start`. One INSERT; the keys of the rows
    stay unknown. Raises as `open_deadline` does."""
    opened = []
    for step, rule in steps:
        due = selectors.due_of(rule=rule, start=start)
        opened.append(_made(due, _explained(due, rule), kind, subject_id, step, rule, agency_id, None))
    insert(opened)
    return opened


def _explained(due: Due, rule: DeadlineRule) -> dict[str, Any]:
    return {
        "term": {"amount": rule.amount, "unit": str(rule.unit)},
        "rule": {"code": rule.code, "source": rule.source, "assumed": rule.assumed},
        "extension": 0,
        **due.to_json(),
    }


def open_on_date(
    *,
    kind: str,
    subject_id: int,
    step: str,
    day: date,
    start: datetime,
    agency_id: int,
    person_id: int | None = None,
    past: bool = False,
) -> Deadline:
    """Watch a promised date like a deadline: until 24:00 of that day, without a rule. One INSERT.

    A day before the start raises TermError, or (`past`) is overdue from the start and reminded of from the next working
    hour on. Raises IntegrityError when the step already runs for the subject.
    """
    due = rules.on_date(day, start, selectors.calendar(), past=past)
    explanation = {"term": None, "rule": None, "extension": 0, **due.to_json()}
    return _insert(_made(due, explanation, kind, subject_id, step, None, agency_id, person_id))


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised date of one subject, for `open_on_dates`."""

    subject_id: int
    day: date
    agency_id: int
    person_id: int | None = None


def open_on_dates(*, kind: str, step: str, promises: Sequence[Promise], start: datetime, past: bool = False) -> int:
    """What `open_on_date` does, for many subjects at once; returns how many. Two statements."""
    calendar = selectors.calendar()
    dues: dict[date, Due] = {}
    rows = []
    for promise in promises:
        due = dues.get(promise.day)
        if due is None:
            due = dues[promise.day] = rules.on_date(promise.day, start, calendar, past=past)
        explanation = {"term": None, "rule": None, "extension": 0, **due.to_json()}
        rows.append(_made(due, explanation, kind, promise.subject_id, step, None, promise.agency_id, promise.person_id))
    copy_in(rows)
    return len(rows)


def _insert(deadline: Deadline) -> Deadline:
    deadline.save(force_insert=True)
    return deadline


def _made(
    due: Due,
    explanation: dict[str, Any],
    kind: str,
    subject_id: int,
    step: str,
    rule: DeadlineRule | None,
    agency_id: int,
    person_id: int | None,
) -> Deadline:
    return Deadline(
        kind=kind,
        subject_id=subject_id,
        step=step,
        rule=rule,
        started_at=due.start,
        due_at=due.due_at,
        due_date=due.due_date,
        target_at=due.target_at,
        half_at=due.half_at,
        eighty_at=due.eighty_at,
        explanation=explanation,
        agency_id=agency_id,
        person_id=person_id,
        remind_from=due.start,
        next_reminder_at=due.half_at if due.half_at >= due.start else selectors.next_opening(due.start),
    )


def replace(
    *, deadline: Deadline, rule: DeadlineRule, start: datetime, at: datetime, agency_id: int, person_id: int | None
) -> Deadline:
    """Another rule holds for a step that runs: its deadline is cancelled and counted anew from `start`, with the pauses
    since then, and with what it was extended by where the unit is the same."""
    with transaction.atomic(savepoint=False):
        cancel(kind=deadline.kind, subject_id=deadline.subject_id, at=at, steps=[deadline.step])
        made = open_deadline(
            kind=deadline.kind, subject_id=deadline.subject_id, step=deadline.step, rule=rule, start=start,
            agency_id=agency_id, person_id=person_id,
        )  # fmt: skip
        made.pauses = [item for item in deadline.pauses if datetime.fromisoformat(item["from"]) >= start]
        if (deadline.explanation["term"] or {}).get("unit") == str(rule.unit):
            made.extension = deadline.extension
        if made.pauses or made.extension:
            _recount(made)
    return made


def pause(
    *, kind: str, subject_id: int, at: datetime, reason: str, reason_en: str = "", but: Collection[str] = ()
) -> list[Deadline]:
    """Stop the clock of everything that runs for a subject, but for the steps in `but`. Returns what was touched.

    A deadline whose last day has begun is not stopped by a pause (see `rules`): it stays open, and its pause is noted.
    Promised dates are not paused. What is paused already is left as it is.
    """
    with transaction.atomic(savepoint=False):
        touched = []
        for deadline in _running(kind, subject_id):
            if deadline.step in but or deadline.explanation["term"] is None or _open_pause(deadline) is not None:
                continue
            deadline.pauses.append(
                {"from": rules.local(at).isoformat(), "to": None, "reason": reason, "reason_en": reason_en or reason}
            )
            _recount(deadline)
            touched.append(deadline)
    return touched


def resume(*, kind: str, subject_id: int, at: datetime) -> list[Deadline]:
    """Let the clock of a subject go on; what was paused gets its new due moment. Returns what was touched."""
    with transaction.atomic(savepoint=False):
        touched = []
        for deadline in _running(kind, subject_id):
            if _end_pause(deadline, at):
                _recount(deadline)
                touched.append(deadline)
    return touched


def extend(*, deadline_id: int, amount: int, at: datetime, asked_at: datetime | None = None) -> Deadline:
    """Give a running deadline more time, in the unit of its rule. The reminders of the old term are not made up for.

    `asked_at` says when the time was asked for. What was asked for in time may be granted after the due moment; the
    explanation then says so for good. What was asked for too late is refused.

    Raises WorktimeError when the deadline is closed or a promised date, TermError when the amount is out of range.
    """
    if not 1 <= amount <= rules.MAX_AMOUNT:
        raise TermError(f"an extension is between 1 and {rules.MAX_AMOUNT}")
    refused: Exception | None = None
    with transaction.atomic(savepoint=False):
        deadline = Deadline.objects.select_for_update().get(pk=deadline_id)
        if not deadline.running:
            refused = WorktimeError("closed", _("Thời hạn này đã kết thúc nên không gia hạn được."))
        elif deadline.explanation["term"] is None:
            refused = WorktimeError("promise", _("Ngày đã hẹn không gia hạn được; hãy hẹn ngày khác."))
        elif asked_at is not None and rules.is_late(deadline.due_at, asked_at):
            refused = WorktimeError("late", _("Đề nghị gia hạn gửi sau khi đã hết hạn nên không gia hạn được."))
        elif deadline.extension + amount > rules.MAX_AMOUNT:
            refused = TermError(f"all extensions together are at most {rules.MAX_AMOUNT}")
        else:
            if asked_at is not None and deadline.overdue(at):
                late = {"due": deadline.due_at, "asked": asked_at, "granted": at}
                said = {name: rules.local(value).isoformat() for name, value in late.items()}
                deadline.explanation["granted_late"] = [*deadline.explanation.get("granted_late", []), said]
            deadline.extension += amount
            deadline.remind_from = at
            _recount(deadline)
    if refused is not None:  # raised out here, so that a caller's transaction stays usable: nothing was written
        raise refused
    return deadline


def meet(*, kind: str, subject_id: int, steps: Sequence[str], at: datetime) -> list[Deadline]:
    """Close what runs for these steps as done: `met` when in time, else `late`. Returns what was closed."""
    with transaction.atomic(savepoint=False):
        closed = _running(kind, subject_id, steps)
        for deadline in closed:
            if _end_pause(deadline, at):
                _recount(deadline, save=False)
            late = rules.is_late(deadline.due_at, at)
            _close(deadline, DeadlineState.LATE if late else DeadlineState.MET, at)
    return closed


def cancel(*, kind: str, subject_id: int, at: datetime, steps: Sequence[str] | None = None) -> list[Deadline]:
    """Close what runs for a subject (or for these steps of it) because nothing is owed any more."""
    with transaction.atomic(savepoint=False):
        closed = _running(kind, subject_id, steps)
        for deadline in closed:
            _close(deadline, DeadlineState.CANCELLED, at)
    return closed


def hand_over(
    *, kind: str, subject_id: int, steps: Sequence[str] | None = None, agency_id: int, person_id: int | None
) -> int:
    """Another agency or person owes what runs for a subject (or for these steps of it). Returns how many."""
    found = Deadline.objects.filter(kind=kind, subject_id=subject_id, state__in=RUNNING)
    if steps is not None:
        found = found.filter(step__in=steps)
    return found.update(agency_id=agency_id, person_id=person_id)


def _running(kind: str, subject_id: int, steps: Sequence[str] | None = None) -> list[Deadline]:
    """What runs for a subject, locked."""
    found = Deadline.objects.select_for_update().filter(kind=kind, subject_id=subject_id, state__in=RUNNING)
    if steps is not None:
        found = found.filter(step__in=steps)
    return list(found.order_by("id"))


def _open_pause(deadline: Deadline) -> dict[str, Any] | None:
    last: dict[str, Any] | None = deadline.pauses[-1] if deadline.pauses else None
    return last if last is not None and last["to"] is None else None


def _end_pause(deadline: Deadline, at: datetime) -> bool:
    last = _open_pause(deadline)
    if last is None:
        return False
    begun = datetime.fromisoformat(last["from"])
    last["to"] = max(rules.local(at), rules.local(begun)).isoformat()
    return True


def _recount(deadline: Deadline, *, save: bool = True) -> None:
    """Count a deadline anew after a pause, a resumption or an extension, and write the new explanation."""
    explanation = deadline.explanation
    term = Term(explanation["term"]["amount"], rules.Unit(explanation["term"]["unit"]))
    pauses = [
        Pause(
            datetime.fromisoformat(item["from"]),
            None if item["to"] is None else datetime.fromisoformat(item["to"]),
            item["reason"],
            item["reason_en"],
        )
        for item in deadline.pauses
    ]
    calendar = selectors.calendar()
    try:
        due = rules.compute(term, deadline.started_at, calendar, pauses, deadline.extension)
    except StandsStillError as still:
        deadline.state, deadline.paused_at = DeadlineState.PAUSED, still.since
        why = _open_pause(deadline) or {}
        deadline.explanation = {
            **explanation,
            "stands_still_since": still.since.isoformat(),
            "stands_still_why": [why.get("reason", ""), why.get("reason_en", "")],
        }
    else:
        deadline.state, deadline.paused_at = DeadlineState.OPEN, None
        deadline.due_at, deadline.due_date, deadline.target_at = due.due_at, due.due_date, due.target_at
        deadline.half_at, deadline.eighty_at = due.half_at, due.eighty_at
        deadline.explanation = {
            "term": explanation["term"],
            "rule": explanation["rule"],
            "extension": deadline.extension,
            **due.to_json(),
            **{name: explanation[name] for name in ("granted_late",) if name in explanation},
        }
        # The planner goes on from here: what is owed already was planned before, or is planned at once.
        deadline.next_reminder_at = reminding.next_mark(
            marks_of(deadline), max(deadline.remind_from, deadline.started_at), calendar
        )
    if save:
        deadline.save()


def _close(deadline: Deadline, state: DeadlineState, at: datetime) -> None:
    deadline.state, deadline.closed_at, deadline.paused_at = state, at, None
    deadline.next_reminder_at = None
    deadline.save()


def marks_of(deadline: Deadline) -> reminding.Marks:
    return reminding.Marks(
        half_at=rules.local(deadline.half_at),
        eighty_at=rules.local(deadline.eighty_at),
        target_at=rules.local(deadline.target_at),
        due_date=deadline.due_date,
        remind_from=rules.local(deadline.remind_from),
    )
