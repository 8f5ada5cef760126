"""Jobs that are to run every few seconds do so, and not in every third minute: the seconds of a crontab come last."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from croniter import croniter
from procrastinate.contrib.django import app

# Every module of jobs, as the worker loads them.
from langnghe.outbox import jobs as _outbox
from langnghe.plans import jobs as _plans
from langnghe.triage import jobs as _triage

BEGIN = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)


def test_what_has_seconds_runs_evenly_and_within_a_minute() -> None:
    assert _outbox and _plans and _triage
    quick = {
        one.task.name: one.cron for one in app.periodic_registry.periodic_tasks.values() if len(one.cron.split()) == 6
    }
    assert {"outbox.deliver", "triage.suggest", "plans.read_waiting", "plans.give_waiting"} <= set(quick)
    for name, cron in quick.items():
        times = croniter(cron, BEGIN)
        moments = [times.get_next(datetime) for _n in range(200)]
        gaps = {(after - before).total_seconds() for before, after in pairwise([BEGIN, *moments])}
        assert max(gaps) <= 20 and len(gaps) == 1, f"{name} ({cron}): {sorted(gaps)}"
