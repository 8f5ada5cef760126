"""Every read of the outbox: lists paged by key, bounded counts, the age of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from langnghe.outbox.models import CaughtMail, Message, MessageTemplate


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page of messages, newest first; `next` is the value of `before` for the page after it, None at the end."""

    rows: list[Message]
    next: int | None


@dataclass(frozen=True, slots=True)
class CaughtPage:
    """One page of the demo's mailbox, newest first."""

    rows: list[CaughtMail]
    next: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number that counting stopped at: `more` says that there are more."""

    number: int
    more: bool


def list_messages(*, status: str = "", key_prefix: str = "", before: int | None = None, limit: int = 50) -> MessagePage:
    """Messages of a status ('' for all), those whose key begins with `key_prefix`; one query."""
    rows: QuerySet[Message] = Message.objects.order_by("-id")
    if status:
        rows = rows.filter(status=status)
    if key_prefix:
        rows = rows.filter(key__startswith=key_prefix)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return MessagePage(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def messages_of(*, kind: str, subject_id: int, limit: int = 200) -> list[Message]:
    """The newest messages about one subject; one query."""
    return list(Message.objects.filter(kind=kind, subject_id=subject_id).order_by("-id")[:limit])


def count_of(*, kind: str, subject_id: int) -> int:
    """How many messages about a subject still have an address and a text. One query."""
    return Message.objects.filter(kind=kind, subject_id=subject_id, erased_at=None).count()


def counts(*, most: int = 1000) -> dict[str, Count]:
    """How many messages stand in each status, counted up to `most`; one query that never reads more."""
    parts = " UNION ALL ".join(
        "(SELECT %s::text, count(*) FROM (SELECT 1 FROM outbox_message WHERE status = %s LIMIT %s) AS part)"
        for _status in Message.Status.values
    )
    values = [value for status in Message.Status.values for value in (status, status, most + 1)]
    with connection.cursor() as cursor:
        cursor.execute(parts, values)
        found: dict[str, int] = dict(cursor.fetchall())
    return {status: Count(min(found[status], most), found[status] > most) for status in Message.Status.values}


def queue_age(*, at: datetime) -> timedelta:
    """How long the message that is due longest has been waiting; zero when none is due. For /healthz; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(first) FROM (
                (SELECT not_before AS first FROM outbox_message
                 WHERE status = 'queued' AND urgent AND not_before <= %s ORDER BY not_before LIMIT 1)
                UNION ALL
                (SELECT not_before FROM outbox_message
                 WHERE status = 'queued' AND NOT urgent AND not_before <= %s ORDER BY not_before LIMIT 1)
            ) AS due
            """,
            [at, at],
        )
        (first,) = cursor.fetchone() or (None,)
    return timedelta(0) if first is None else at - first


def list_caught(*, recipient: str = "", before: int | None = None, limit: int = 50) -> CaughtPage:
    """The demo's mailbox, of one recipient or of all; one query."""
    rows: QuerySet[CaughtMail] = CaughtMail.objects.order_by("-id")
    if recipient:
        rows = rows.filter(recipient=recipient)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return CaughtPage(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def list_templates() -> list[MessageTemplate]:
    """All templates, by code, channel and language; one query."""
    return list(MessageTemplate.objects.order_by("code", "channel", "language"))
