"""Jobs of the worker for reports. Each may run anywhere and as often as one likes."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.reports.services import digest, watching
from langnghe.worktime import clock


@app.periodic(cron="* * * * *")
@app.task(queue="cases", name="reports.remind", queueing_lock="reports.remind")
def remind(timestamp: int) -> None:
    """Every minute: reminders that are owed become messages."""
    watching.remind(at=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="cases", name="reports.digest", queueing_lock="reports.digest")
def send_digests(timestamp: int) -> None:
    """Every five minutes: on the morning of a working day, one mail a person with what is late, due, about to be."""
    digest.send(at=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="cases", name="reports.watch", queueing_lock="reports.watch")
def watch(timestamp: int) -> None:
    """Every five minutes: duties of plans that were confirmed, reports that come due."""
    watching.run(at=clock.now())
