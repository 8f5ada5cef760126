"""Jobs of the worker for intake."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.intake import services
from langnghe.worktime import clock


@app.periodic(cron="17 * * * *")
@app.task(queue="cases", name="intake.forget_counters", queueing_lock="intake.forget_counters")
def forget_counters(timestamp: int) -> None:
    """Every hour: counters of past hours go."""
    services.forget_counters(at=clock.now())
