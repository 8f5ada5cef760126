"""Work that the worker does for the outbox. Both jobs are bounded, and any number of them may run at once."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.outbox import conf, services


@app.periodic(cron="* * * * * */5")
@app.task(queue="outbox", name="outbox.deliver", queueing_lock="outbox.deliver")
def deliver_due(timestamp: int) -> None:
    """Send what is due, every five seconds."""
    services.deliver(at=conf.now())


@app.periodic(cron="* * * * *")
@app.task(queue="outbox", name="outbox.park_lost", queueing_lock="outbox.park_lost")
def park_lost(timestamp: int) -> None:
    """Every minute, park what a dead worker left in doubt."""
    services.park_lost(at=conf.now())
