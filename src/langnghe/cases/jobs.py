"""Jobs of the worker for cases. Each may run anywhere and as often as one likes."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.cases.services import watching
from langnghe.worktime import clock


@app.periodic(cron="* * * * *")
@app.task(queue="cases", name="cases.remind", queueing_lock="cases.remind")
def remind(timestamp: int) -> None:
    """Every minute: reminders that are owed become messages."""
    watching.remind(at=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="cases", name="cases.watch", queueing_lock="cases.watch")
def watch(timestamp: int) -> None:
    """Every five minutes: lapsed questions, closings, merged cases left alone, successors of dissolved agencies,
    addresses of followers that are of no use."""
    at = clock.now()
    watching.lapse_questions(at=at)
    watching.close_rated(at=at)
    watching.part_orphans(at=at)
    watching.hand_to_successors(at=at)
    watching.forget_followers(at=at)
