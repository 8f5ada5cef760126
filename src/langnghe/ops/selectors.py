"""What the operator's pages read. Ages are measured by the database's own clock, which nobody moves for a demo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs of one queue: how many are due and wait, for how long the first has (seconds), how many run or failed."""

    name: str
    waiting: int
    oldest_seconds: float
    running: int
    failed: int


def pending_migrations() -> list[str]:
    """Migrations of this program that the database has not had, as `app.name`. One query."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _migrations_on_disk() if (app, name) not in applied)


@lru_cache(maxsize=1)
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def worker_silence() -> float | None:
    """Seconds since the last sign of life of any worker; None when no worker is known. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat)) FROM procrastinate_workers")
        row = cursor.fetchone()
    return None if row is None or row[0] is None else max(0.0, float(row[0]))


def workers(*, within_seconds: int) -> int:
    """How many workers gave a sign of life within that time. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > clock_timestamp() - make_interval(secs => %s)",
            [within_seconds],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def queues() -> list[Queue]:
    """Queues that hold unfinished or failed jobs, by name. A job waits from the time it is due. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH job AS (
                SELECT queue_name, status, coalesce(
                    scheduled_at,
                    (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id AND j.status = 'todo'),
                    clock_timestamp()
                ) AS due
                FROM procrastinate_jobs j WHERE status IN ('todo', 'doing', 'failed')
            )
            SELECT queue_name,
                count(*) FILTER (WHERE status = 'todo' AND due <= clock_timestamp()),
                coalesce(extract(epoch FROM clock_timestamp() - min(due) FILTER (WHERE status = 'todo')), 0),
                count(*) FILTER (WHERE status = 'doing'),
                count(*) FILTER (WHERE status = 'failed')
            FROM job GROUP BY queue_name ORDER BY queue_name
            """
        )
        rows = cursor.fetchall()
    return [Queue(name, waiting, max(0.0, float(age)), running, failed) for name, waiting, age, running, failed in rows]


def messages_by_status() -> dict[str, int]:
    """How many messages are in each state. One query."""
    model = apps.get_model("outbox", "Message")
    counted = model._default_manager.order_by().values_list("status").annotate(n=Count("pk"))
    return {str(status): int(n) for status, n in counted}
