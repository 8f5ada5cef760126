"""Jobs of the worker for tasks of plans. Each may run anywhere and as often as one likes."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.plans import jobs_giving, jobs_reading  # noqa: F401
from langnghe.plans.services import watching
from langnghe.worktime import clock


@app.periodic(cron="* * * * *")
@app.task(queue="plans", name="plans.remind", queueing_lock="plans.remind")
def remind(timestamp: int) -> None:
    """Every minute: reminders that are owed become messages."""
    watching.remind(at=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="plans", name="plans.watch", queueing_lock="plans.watch")
def watch(timestamp: int) -> None:
    """Every five minutes: next periods of recurring tasks, successors of ended agencies."""
    at = clock.now()
    watching.renew_periods(at=at)
    watching.hand_to_successors(at=at)
