"""/healthz and /metrics tell the truth about database, migrations, workers and queues."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from langnghe.ops import conf

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def live_worker() -> None:
    sql("DELETE FROM procrastinate_workers")
    sql("INSERT INTO procrastinate_workers DEFAULT VALUES")


def job(status: str = "todo", *, due_seconds_ago: int = 0, queue: str = "outbox") -> None:
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) "
        "VALUES (%s, 'x', %s::procrastinate_job_status, clock_timestamp() - make_interval(secs => %s))",
        queue,
        status,
        due_seconds_ago,
    )


def checks(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json()["checks"]


@pytest.mark.usefixtures("live_worker")
def test_well(client: Client) -> None:
    status, found = checks(client)
    assert status == 200
    assert [name for name, check in found.items() if check["ok"]] == ["database", "migrations", "worker", "queue"]


def test_no_worker(client: Client) -> None:
    sql("DELETE FROM procrastinate_workers")
    status, found = checks(client)
    assert status == 503
    assert found["worker"] == {"ok": False, "seconds_since_heartbeat": None}


@pytest.mark.usefixtures("live_worker")
def test_silent_worker(client: Client) -> None:
    sql("UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() - interval '10 minutes'")
    status, found = checks(client)
    assert status == 503
    assert found["worker"]["seconds_since_heartbeat"] >= 600


@pytest.mark.usefixtures("live_worker")
def test_late_queue(client: Client) -> None:
    job(due_seconds_ago=-3600)
    assert checks(client)[0] == 200, "a job for later is not late"
    job(due_seconds_ago=conf.QUEUE_LATE_SECONDS + 5)
    status, found = checks(client)
    assert status == 503
    assert found["queue"]["oldest_seconds"] >= conf.QUEUE_LATE_SECONDS


@pytest.mark.usefixtures("live_worker")
def test_missing_migration(client: Client) -> None:
    sql("DELETE FROM django_migrations WHERE app = 'sessions'")
    status, found = checks(client)
    assert status == 503
    assert found["migrations"]["pending"] == ["sessions.0001_initial"]


@pytest.mark.usefixtures("live_worker")
def test_metrics(client: Client) -> None:
    job(due_seconds_ago=30)
    job("failed")
    job(queue="ledger", due_seconds_ago=-60)
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    lines = answer.content.decode().splitlines()
    assert "langnghe_database_up 1.0" in lines
    assert "langnghe_migrations_pending 0.0" in lines
    assert "langnghe_workers 1.0" in lines
    assert 'langnghe_queue_waiting{queue="outbox"} 1.0' in lines
    assert 'langnghe_queue_failed{queue="outbox"} 1.0' in lines
    assert 'langnghe_queue_waiting{queue="ledger"} 0.0' in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_metrics_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "METRICS_TOKEN", "bí mật")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
    monkeypatch.setattr(conf, "METRICS_TOKEN", "secret")
    assert client.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_posts_are_refused(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.post("/metrics").status_code == 405
