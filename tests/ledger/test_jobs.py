"""The job that seals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from langnghe.ledger import jobs, services
from langnghe.ledger.models import Entry, PendingSeal, Seal


def test_the_job_seals_all_that_waits(ledger: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SEAL_LIMIT", 1)
    at = datetime(2026, 8, 21, 9, 46, tzinfo=UTC)
    jobs.seal_ledger(timestamp=int(at.timestamp()))
    assert PendingSeal.objects.count() == 0
    assert Seal.objects.order_by("-id")[0].at == at
    assert services.verify() == []


def test_the_job_runs_every_minute_on_its_own_queue() -> None:
    assert jobs.seal_ledger.queue == "ledger"
    assert jobs.seal_ledger.queueing_lock == "ledger.seal"
    periodic = jobs.app.periodic_registry.periodic_tasks
    assert [task.cron for task in periodic.values() if task.task is jobs.seal_ledger] == ["* * * * *"]
