"""What a confirmed plan orders is handed out: shares, deadlines, ledger entries, one message for each agency.

A plan with few shares hands them out as it is confirmed. One with many leaves them to the worker: the decision stands
at once, and `PlanDocument.head["giving"]` says how far the work is. It goes by steps of some hundred rows, each a
transaction that also writes down where the next one begins, so that it may be killed at any time and done again:
nothing is doubled, nothing is lost.

    move        what was done under the earlier version goes to the same tasks of this one
    give        a share for each agency and task; of a corrected version, what is no longer given is taken back
    take_back   what is still open under the earlier version is taken back
    tell        one message for each agency
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.ledger import services as ledger
from langnghe.plans.errors import refusal
from langnghe.plans.models import PlanDocument, Share, Task
from langnghe.plans.services import engine, registering, shares
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.documents.parts import parts_of
from langnghe.plans.workflow import ACTIVE, OPEN_STATES, SUPERSEDED
from langnghe.workflow.actor import SYSTEM, Actor

logger = logging.getLogger(__name__)

FEW_SHARES = 300
"""So many shares are handed out while the person waits."""

STEP_SHARES = 400
ALL = 1_000_000
STEP_MOVED = 60
STEP_TOLD = 60
_LOCK = 0x504C_414E
"""First half of the advisory lock that keeps two workers from handing out one plan."""

WAITING = "waiting"
FAILED = "failed"
DONE = "done"


def begin(document: PlanDocument, *, total: int, last: int, actor: Actor, at: datetime) -> None:
    """Write down that shares of the plan are to be handed out: `total` of them, of its tasks up to the place `last`.
    Called in the transaction that confirms it."""
    by = {"kind": actor.kind, "role": actor.role, "person_id": actor.person_id, "agency_id": actor.agency_id}
    document.head = {
        **document.head,
        "giving": {
            "state": WAITING, "since": at.isoformat(), "moved": at.isoformat(), "by": by, "total": total, "done": 0,
            "phase": "move" if document.supersedes_id else "give", "after": 0,
            "last": last,
        },
    }  # fmt: skip
    document.save(update_fields=["head"])


def hand_out(document: PlanDocument, *, at: datetime) -> None:
    """Hand out everything now, in the running transaction."""
    while _step(document, at=at, most=ALL):
        pass
    document.head = {name: value for name, value in document.head.items() if name != "giving"}
    document.save(update_fields=["head"])


def give_waiting(*, document_id: int, at: datetime) -> bool:
    """Hand out what waits of a plan (the worker's part), step by step. Whether nothing waits any more. Where another
    worker is at it, nothing is done; what fails is noted on the plan, and stays to be taken up again."""
    with _alone(document_id) as mine:
        if not mine:
            return False
        try:
            while step(document_id=document_id, at=at):
                pass
        except OperationalError:
            raise  # the database went away, or chose another transaction: the next run goes on
        except ActError as error:
            _fail(document_id, error.message)
            return False
        except Exception:
            logger.exception("plan %s: handing out stopped", document_id)
            _fail(document_id, _("Hệ thống gặp lỗi khi giao. Phần đã giao vẫn được giữ."))
            return False
    return True


def step(*, document_id: int, at: datetime) -> bool:
    """One step of handing out, whole or not at all. Whether another one is to follow."""
    with transaction.atomic():
        document = registering.lock(document_id)
        if document.head.get("giving", {}).get("state") != WAITING:
            return False
        return _step(document, at=at)


def give_again(*, document_id: int, actor: Actor, at: datetime) -> PlanDocument:
    """Take up again a handing out that stopped. Once more does nothing. NotAllowed for others than the planners."""
    with transaction.atomic():
        document = registering.lock(document_id)
        if not registering.may(document, "add_task", actor):
            raise refusal("agency")
        giving = document.head.get("giving", {})
        if giving.get("state") == FAILED:
            _note(document, {**giving, "state": WAITING, "moved": at.isoformat(), "message": ""})
    return document


def _fail(document_id: int, message: str) -> None:
    with transaction.atomic():
        document = registering.lock(document_id)
        giving = document.head.get("giving", {})
        if giving.get("state") == WAITING:
            _note(document, {**giving, "state": FAILED, "message": message})


def _note(document: PlanDocument, giving: dict[str, Any]) -> None:
    document.head = {**document.head, "giving": giving}
    document.save(update_fields=["head"])


@contextmanager
def _alone(document_id: int) -> Iterator[bool]:
    """Whether this session is the only one to hand out this plan. The lock goes with the session when it is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, document_id])
        row = cursor.fetchone()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine and not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, document_id])


# --- the steps --------------------------------------------------------------------------------------------------------


def _step(document: PlanDocument, *, at: datetime, most: int = 0) -> bool:
    giving = dict(document.head["giving"])
    if document.state not in (ACTIVE, SUPERSEDED):
        raise NotAllowed("state", _("Kế hoạch không còn hiệu lực nên không giao tiếp."))
    actor = Actor(**giving["by"])
    after = giving["after"]
    done = 0
    if giving["phase"] == "give":
        following, done = _give_some(document, after, actor, at, most or STEP_SHARES)
    else:
        run = {"move": _move_some, "take_back": _take_back_some, "tell": _tell_some}[giving["phase"]]
        following = run(document, after, actor, at)
    giving["done"] += done
    giving["moved"] = at.isoformat()
    if following is not None:
        giving["after"] = following
    else:
        phases = ["move", "give", "take_back", "tell"] if document.supersedes_id else ["give", "tell"]
        rest = phases[phases.index(giving["phase"]) + 1 :]
        giving = {**giving, "phase": rest[0], "after": 0} if rest else {"state": DONE, "total": giving["total"]}
    _note(document, giving)
    return bool(giving["state"] == WAITING)


def _tasks_after(document: PlanDocument, after: int, most: int) -> list[Task]:
    found = Task.objects.filter(document=document, order__gt=after, order__lte=document.head["giving"]["last"])
    found = found.filter(item__isnull=False).select_related("item")
    rows = list(found.order_by("order", "pk")[:most])
    for row in rows:
        row.document = document
    return rows


def _give_some(document: PlanDocument, after: int, actor: Actor, at: datetime, most: int) -> tuple[int | None, int]:
    """Shares of the next tasks. The place of the last task when others follow; how many parts were given."""
    directory = Directory()
    parts: list[shares.Part] = []
    taken: list[Task] = []
    waiting = _tasks_after(document, after, most)
    for task in waiting:
        assert task.item is not None
        found = parts_of(task.item, document, directory, at.date())
        if parts and len(parts) + len(found) > most:
            break
        taken.append(task)
        parts += [
            shares.Part(task, part.agency_id, "" if part.agency_id is not None else part.name, part.lead, part.via)
            for part in found
        ]
    given = shares.assign_many(parts=parts, actor=actor, at=at, tell=False)
    if document.supersedes_id:
        kept = {share.pk for share in given}
        dropped = Share.objects.filter(task__in=taken, state__in=OPEN_STATES).exclude(pk__in=kept)
        for share in dropped.order_by("pk"):
            note = _("Bản thay thế không còn giao việc này cho cơ quan.")
            shares.cancel(share_id=share.pk, note=note, actor=SYSTEM, at=at)
    following = taken[-1].order if len(taken) < len(waiting) or len(waiting) == most else None
    return following, len(parts)


def _tell_some(document: PlanDocument, after: int, actor: Actor, at: datetime) -> int | None:
    fresh = Share.objects.filter(
        task__document=document, task__order__lte=document.head["giving"]["last"], agency_id__gt=after,
        assigned_at__gte=document.confirmed_at,
    )  # fmt: skip
    counted = fresh.values("agency_id").annotate(n=Count("pk"), first=Min("pk")).order_by("agency_id")
    rows = list(counted[: STEP_TOLD + 1])
    keys = [row["first"] for row in rows[:STEP_TOLD]]
    first = {one.pk: one for one in Share.objects.filter(pk__in=keys).select_related("task", "agency")}
    for one in first.values():
        one.task.document = document
    shares.tell_given(
        rows=[(first[row["first"]], row["n"]) for row in rows[:STEP_TOLD]], key=f"given:{document.pk}", actor=actor,
        at=at,
    )  # fmt: skip
    return rows[STEP_TOLD - 1]["agency_id"] if len(rows) > STEP_TOLD else None


# --- a corrected version ----------------------------------------------------------------------------------------------


def _move_some(document: PlanDocument, after: int, actor: Actor, at: datetime) -> int | None:
    """What was done under the earlier version goes to the same tasks of this one, a few tasks at a time."""
    waiting = _tasks_after(document, after, 200)
    wanted = [task.item.same_as_id for task in waiting if task.item is not None and task.item.same_as_id]
    old_tasks = {
        task.item_id: task for task in Task.objects.filter(document_id=document.supersedes_id, item_id__in=wanted)
    }
    moved = 0
    for number, task in enumerate(waiting):
        old = old_tasks.get(task.item.same_as_id) if task.item is not None else None
        if old is not None:
            rows = list(Share.objects.select_for_update().filter(task=old).order_by("pk"))
            for share in rows:
                _move(share, task, actor=actor, at=at)
            moved += len(rows)
            Task.objects.filter(under=old).update(under=task)
        if moved >= STEP_MOVED and number + 1 < len(waiting):
            return task.order
    return waiting[-1].order if len(waiting) == 200 else None


def _move(share: Share, task: Task, *, actor: Actor, at: datetime) -> None:
    """A share stays what it is, with its progress; its task, and so perhaps its last day, is another."""
    before = share.due_at
    share.task = task
    columns = {"task"}
    if share.state in OPEN_STATES:
        columns |= engine.set_due(share, engine.due_of(task, on=at.date()))
    share.save(update_fields=columns)
    ledger.record(
        kind=engine.KIND,
        subject_id=share.pk,
        act="moved",
        actor=actor,
        at=at,
        data={"task": task.pk, "due": share.due_at.isoformat() if share.due_at else None},
    )
    if share.state in OPEN_STATES and share.due_at != before:
        engine.watch_due(share, at=at)


def _take_back_some(document: PlanDocument, after: int, actor: Actor, at: datetime) -> int | None:
    """What is open under the earlier version, and of no task of this one, is taken back."""
    living = Share.objects.filter(task__document_id=document.supersedes_id, state__in=OPEN_STATES, pk__gt=after)
    rows = list(living.order_by("pk")[: STEP_MOVED + 1])
    note = _("Bản thay thế số %(number)s không còn giao việc này.") % {"number": document.number or document.title}
    for share in rows[:STEP_MOVED]:
        shares.cancel(share_id=share.pk, note=note, actor=SYSTEM, at=at)
    return rows[STEP_MOVED - 1].pk if len(rows) > STEP_MOVED else None
