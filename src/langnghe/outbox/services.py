"""Every write of the outbox: enqueue, deliver, park what a dead worker left, and the administrator's acts."""

from __future__ import annotations

import json
import logging
import random
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from langnghe.ledger.services import record
from langnghe.outbox import backends, conf, rules, templates
from langnghe.outbox.errors import OutboxError
from langnghe.outbox.models import CaughtMail, Channel, Message, MessageTemplate
from langnghe.outbox.workflow import TABLE
from langnghe.workflow.actor import SYSTEM, Actor
from langnghe.workflow.table import START

__all__ = [
    "Run",
    "cancel",
    "deliver",
    "enqueue",
    "erase",
    "load_templates",
    "park_lost",
    "requeue",
    "save_template",
]

logger = logging.getLogger(__name__)
Status, Trouble = Message.Status, Message.Trouble


# --- enqueue ---------------------------------------------------------------------------------------------------------

_INSERT = """
INSERT INTO outbox_message (
    key, channel, recipient, language, template, subject, body, context, status, urgent, not_before, attempts, trouble,
    last_error, created_at, kind, subject_id
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, 0, %s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING RETURNING id
"""


def enqueue(
    *,
    key: str,
    channel: str,
    recipient: str,
    template: str,
    language: str,
    context: Mapping[str, Any],
    at: datetime,
    urgent: bool = False,
    not_before: datetime | None = None,
    kind: str = "",
    subject_id: int | None = None,
) -> Message:
    """Put one message into the queue within the caller's transaction; nothing is sent here.

    The text is made now and kept as it is. `not_before` is the next office time, computed by the caller from the
    calendar; an urgent message ignores it. A key that exists already gives back the message it stands for, whatever
    the other arguments say: so a retry never sends twice.

    An act must not fail because of a message: a missing template, a value that the template asks for and the caller
    does not give, or an address that cannot be one makes a failed message that the administrator sees and can send
    again. ValueError for what only a programmer can get wrong: an unknown channel, an empty or too long key.
    """
    if channel not in Channel.values:
        raise ValueError(f"no such channel: {channel!r}")
    if not key or len(key) > 200:
        raise ValueError("a message needs a key of 1 to 200 characters")
    draft = _draft(channel, template, language, recipient, context)
    act = "reject" if draft.trouble else "enqueue"
    message = Message(
        key=key,
        channel=channel,
        recipient=draft.recipient,
        language=language,
        template=template,
        subject=draft.subject,
        body=draft.body,
        context=dict(draft.context or {}),
        status=TABLE.target(START, act),
        urgent=urgent,
        not_before=at if urgent or not_before is None else max(at, not_before),
        trouble=draft.trouble,
        last_error=draft.detail[:500],
        created_at=at,
        kind=kind,
        subject_id=subject_id,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                message.key,
                message.channel,
                message.recipient,
                message.language,
                message.template,
                message.subject,
                message.body,
                json.dumps(message.context, ensure_ascii=False),
                message.status,
                message.urgent,
                message.not_before,
                message.trouble,
                message.last_error,
                message.created_at,
                message.kind,
                message.subject_id,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return Message.objects.get(key=key)
    message.pk = row[0]
    message._state.adding = False
    message._state.db = connection.alias
    return message


@dataclass(frozen=True, slots=True)
class _Draft:
    recipient: str
    subject: str = ""
    body: str = ""
    context: Mapping[str, str] | None = None
    trouble: str = ""
    detail: str = ""


def _draft(channel: str, template: str, language: str, recipient: str, context: Mapping[str, Any]) -> _Draft:
    """Recipient and text of a message, or what keeps it from being one (then the values are kept for later)."""
    values = {name: rules.plain_body(str(value)) for name, value in context.items()}
    address = rules.one_line(recipient, 320)
    text = templates.find(template, channel, language)
    if text is None:
        missed = f"{template} ({channel}, {language})"
        return _Draft(address, context=values, trouble=Trouble.NO_TEMPLATE, detail=missed)
    try:
        subject = rules.one_line(rules.render(text.subject, values))
        body = rules.plain_body(rules.render(text.body, values))
    except KeyError as missing:
        return _Draft(address, context=values, trouble=Trouble.NO_VALUE, detail=f"{{{missing.args[0]}}}")
    try:
        validate_email(address)
        backends.ascii_address(address)
    except (ValidationError, ValueError):
        return _Draft(address, subject, body, trouble=Trouble.BAD_ADDRESS)
    return _Draft(address, subject, body)


# --- deliver ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """What one run did: messages taken by the server, put back for later, given up, and left in doubt."""

    sent: int = 0
    put_back: int = 0
    failed: int = 0
    parked: int = 0

    @property
    def taken(self) -> int:
        """Messages tried."""
        return self.sent + self.put_back + self.failed + self.parked


def deliver(*, at: datetime, limit: int | None = None) -> Run:
    """Send what is due at `at`, urgent first, until nothing is left, `limit` is reached or the run's time is up.

    Any number of workers may do this at once. "Sending" is committed before each attempt, one message at a time, so
    that a crash leaves at most one message in doubt per worker. Must not be called inside a transaction.
    """
    config = conf.delivery()
    most = config.batch if limit is None else limit
    started = time.monotonic()
    run = Run()
    with _claim() as claim, backends.mailer() as mailer:
        while run.taken < most:
            passed = timedelta(seconds=time.monotonic() - started)
            if passed > config.run:
                break
            moment = at + passed
            message = _take(claim, moment)
            if message is None or not _attempt(mailer, message, claim, moment, config, run):
                break
    return run


@contextmanager
def _claim() -> Iterator[int]:
    """A random advisory lock, held by this session for the run: while it is held, the sender is alive."""
    key = secrets.randbits(62) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield key
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
        except DatabaseError:
            # The session is gone and its locks with it; close, so that no pool hands it to anybody.
            connection.close()


def _take(claim: int, moment: datetime) -> Message | None:
    """Commit "sending" for the next due message and return it; None when nothing is due."""
    with transaction.atomic(durable=True):
        message = None
        # Two looks, each an index range that ends at the limit: one sorted by urgency would read all that is not due.
        for urgent in (True, False):
            message = (
                Message.objects.select_for_update(skip_locked=True)
                .filter(status=Status.QUEUED, urgent=urgent, not_before__lte=moment)
                .order_by("not_before", "id")
                .first()
            )
            if message is not None:
                break
        if message is None:
            return None
        message.status = TABLE.target(message.status, "take")
        message.claim, message.sending_since = claim, moment
        message.attempts += 1
        message.save(update_fields=["status", "claim", "sending_since", "attempts"])
    return message


def _attempt(
    mailer: backends.Mailer, message: Message, claim: int, moment: datetime, config: conf.Delivery, run: Run
) -> bool:
    """Try one message and commit what came of it. False when it is of no use to go on now."""
    try:
        mailer.send(message, at=moment)
    except DatabaseError:
        raise
    except backends.NotComposed as error:
        _settle(message, claim, "give_up", trouble=Trouble.NOT_COMPOSED, detail=str(error))
        run.failed += 1
    except backends.NotSent as error:
        trouble = Trouble.UNREACHABLE if error.unreachable else Trouble.REFUSED
        if message.attempts >= rules.tries(permanent=error.permanent, limit=config.attempts):
            _settle(message, claim, "give_up", trouble=trouble, detail=str(error))
            run.failed += 1
        else:
            wait = rules.backoff(message.attempts, base=config.backoff, cap=config.backoff_cap, spread=random.random())
            _settle(message, claim, "put_back", trouble=trouble, detail=str(error), not_before=moment + wait)
            run.put_back += 1
        return not error.unreachable
    except backends.InDoubt as error:
        _settle(message, claim, "park", trouble=Trouble.IN_DOUBT, detail=str(error))
        run.parked += 1
    except Exception as error:  # unknown, so in doubt; the queue goes on
        logger.exception("message %s: the attempt broke", message.pk)
        _settle(message, claim, "park", trouble=Trouble.IN_DOUBT, detail=f"{type(error).__name__}: {error}")
        run.parked += 1
    else:
        _settle(message, claim, "confirm", sent_at=moment)
        run.sent += 1
    return True


def _settle(
    message: Message,
    claim: int,
    act: str,
    *,
    trouble: str = "",
    detail: str = "",
    not_before: datetime | None = None,
    sent_at: datetime | None = None,
) -> None:
    """Commit the outcome of an attempt, as long as this run still holds the message."""
    with transaction.atomic(durable=True):
        row = Message.objects.select_for_update().get(pk=message.pk)
        if row.claim != claim or TABLE.find(row.status, act) is None:
            logger.warning("message %s: outcome %r came too late, it is %s now", row.pk, act, row.status)
            return
        if row.erased_at is not None:
            # Nobody to send to any more, and what a mail server said may name the recipient.
            act, trouble, detail = ("give_up" if act == "put_back" else act), trouble and Trouble.ERASED, ""
        row.status = TABLE.target(row.status, act)
        row.trouble, row.last_error = trouble, rules.one_line(detail, 500)
        row.claim = None
        if not_before is not None:
            row.not_before = not_before
        row.sent_at = sent_at
        row.save(update_fields=["status", "trouble", "last_error", "claim", "not_before", "sent_at"])


def park_lost(*, at: datetime) -> int:
    """Park messages that a dead worker left as "sending"; returns how many.

    A sender holds its advisory lock for as long as it lives, so a slow mail server is no reason to park. The grace
    period covers a sender whose database went away and took the lock with it.
    """
    lost = list(
        Message.objects.filter(status=Status.SENDING, sending_since__lt=at - conf.delivery().grace)
        .order_by("sending_since")
        .values_list("pk", flat=True)[:500]
    )
    parked = 0
    for pk in lost:
        with transaction.atomic():
            row = Message.objects.select_for_update(skip_locked=True).filter(pk=pk, status=Status.SENDING).first()
            if row is None:
                continue
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [row.claim])
                (free,) = cursor.fetchone() or (False,)
            if not free:
                continue
            row.status = TABLE.target(row.status, "park")
            row.trouble, row.last_error = Trouble.WORKER_LOST, ""
            # The claim stays: a sender that lives after all may still confirm.
            row.save(update_fields=["status", "trouble", "last_error"])
            parked += 1
    if parked:
        logger.warning("%s messages in doubt were parked", parked)
    return parked


# --- the administrator's acts ----------------------------------------------------------------------------------------


def requeue(*, message_id: int, actor: Actor, at: datetime, reason: str = "") -> Message:
    """Send a parked or failed message again. The administrator decides, because the receiver may get it twice.

    A message whose text could not be made is made now. ActRefused when the role or the status does not allow it;
    OutboxError when the text still cannot be made, the address is wrong or the personal data is erased.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        before = message.status
        TABLE.require(before, "requeue", {actor.role})
        if message.erased_at is not None:
            raise OutboxError("erased", _("Dữ liệu cá nhân của thông báo này đã xóa nên không gửi lại được."))
        if message.trouble in (Trouble.NO_TEMPLATE, Trouble.NO_VALUE):
            draft = _draft(message.channel, message.template, message.language, message.recipient, message.context)
            if draft.trouble:
                raise OutboxError(draft.trouble, f"{Trouble(draft.trouble).label} {draft.detail}".strip())
            message.subject, message.body, message.context = draft.subject, draft.body, {}
        elif message.trouble == Trouble.BAD_ADDRESS:
            raise OutboxError(Trouble.BAD_ADDRESS, str(Trouble.BAD_ADDRESS.label))
        message.status = TABLE.target(before, "requeue")
        message.attempts, message.claim, message.not_before = 0, None, at
        message.save(update_fields=["subject", "body", "context", "status", "attempts", "claim", "not_before"])
        _record(message, "requeue", actor, at, before, reason)
    return message


def cancel(*, message_id: int, actor: Actor, at: datetime, reason: str = "") -> Message:
    """Keep a queued, parked or failed message from being sent. ActRefused when role or status does not allow it."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        before = message.status
        TABLE.require(before, "cancel", {actor.role})
        message.status = TABLE.target(before, "cancel")
        message.claim = None
        message.save(update_fields=["status", "claim"])
        _record(message, "cancel", actor, at, before, reason)
    return message


def _record(message: Message, act: str, actor: Actor, at: datetime, before: str, reason: str) -> None:
    data = {"from": before, "to": message.status, "key": message.key, "reason": rules.one_line(reason)}
    record(kind="message", subject_id=message.pk, act=act, actor=actor, at=at, data=data)


def erase(*, kind: str, subject_id: int, at: datetime, key_prefix: str = "") -> int:
    """Blank recipient and text of every message about a subject (of those whose key begins so, when given); what was
    not sent yet is cancelled. Returns how many.

    Called where the subject's personal data is erased, in that transaction; the erasure stands in that ledger entry.
    """
    if not kind:
        raise ValueError("erase needs the kind of the subject")
    with transaction.atomic():
        rows = list(
            Message.objects.select_for_update()
            .filter(kind=kind, subject_id=subject_id, key__startswith=key_prefix, erased_at__isnull=True)
            .order_by("pk")
        )
        for row in rows:
            if TABLE.find(row.status, "cancel") is not None:
                row.status, row.trouble = TABLE.target(row.status, "cancel"), Trouble.ERASED
            row.recipient = row.subject = row.body = row.last_error = ""
            row.context, row.erased_at = {}, at
        fields = ["status", "trouble", "recipient", "subject", "body", "last_error", "context", "erased_at"]
        Message.objects.bulk_update(rows, fields, batch_size=500)
        caught = CaughtMail.objects.filter(message__kind=kind, message__subject_id=subject_id)
        caught.filter(message__key__startswith=key_prefix).update(recipient="", subject="", body="")
    return len(rows)


# --- templates -------------------------------------------------------------------------------------------------------


def save_template(
    *,
    code: str,
    language: str,
    subject: str,
    body: str,
    actor: Actor,
    at: datetime,
    channel: str = Channel.EMAIL,
) -> MessageTemplate:
    """Write the text of a message; the change stands in the ledger. ValidationError by field when it cannot be used."""
    _may_edit(actor)
    with transaction.atomic():
        template, changed = _write(code, channel, language, subject, body, actor, at)
        if changed:
            data = {
                "code": code,
                "channel": channel,
                "language": language,
                "subject": template.subject,
                "body": template.body,
            }
            record(kind="message_template", subject_id=template.pk, act="edit", actor=actor, at=at, data=data)
    return template


def load_templates(rows: Iterable[Mapping[str, str]], *, actor: Actor = SYSTEM, at: datetime) -> int:
    """Write templates given as code, language, subject, body and perhaps channel; returns how many changed.

    Those that an administrator has edited are left alone, so that loading again loses no work.
    """
    _may_edit(actor)
    changed = 0
    with transaction.atomic():
        edited = set(
            MessageTemplate.objects.filter(updated_by_id__isnull=False).values_list("code", "channel", "language")
        )
        for row in rows:
            channel = row.get("channel", Channel.EMAIL)
            if (row["code"], channel, row["language"]) in edited:
                continue
            _template, new = _write(row["code"], channel, row["language"], row["subject"], row["body"], actor, at)
            changed += new
    return changed


def _write(
    code: str, channel: str, language: str, subject: str, body: str, actor: Actor, at: datetime
) -> tuple[MessageTemplate, bool]:
    found = MessageTemplate.objects.select_for_update().filter(code=code, channel=channel, language=language).first()
    template = found or MessageTemplate(code=code, channel=channel, language=language)
    before = (template.subject, template.body)
    template.subject, template.body = rules.one_line(subject), rules.plain_body(body)
    if found is not None and before == (template.subject, template.body):
        return template, False
    template.updated_at, template.updated_by_id = at, actor.person_id
    template.full_clean()
    template.save()
    # Between the save and the commit another thread may have read the old text again.
    transaction.on_commit(templates.forget)
    return template, True


def _may_edit(actor: Actor, roles: Collection[str] = ("administrator", "system")) -> None:
    if actor.role not in roles:
        raise OutboxError("role", _("Chỉ quản trị hệ thống được sửa mẫu thông báo."))
