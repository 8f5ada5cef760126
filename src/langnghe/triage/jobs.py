"""Jobs of triage. Models are trained and used here only, never in a web process."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.triage.selectors import active_model
from langnghe.worktime import clock


@app.periodic(cron="* * * * * */5")
@app.task(queue="triage", name="triage.suggest", queueing_lock="triage.suggest")
def suggest(timestamp: int) -> None:
    """Every five seconds: suggestions for what is new."""
    from langnghe.triage.services.suggesting import suggest_waiting

    suggest_waiting(at=clock.now())


@app.periodic(cron="30 2 * * *")
@app.task(queue="triage", name="triage.train", queueing_lock="triage.train", lock="triage.train")
def train(timestamp: int) -> None:
    """Every night: learn from what people confirmed."""
    from langnghe.triage.services.training import train_anew

    train_anew(at=clock.now())


@app.periodic(cron="* * * * * */20")
@app.task(queue="triage", name="triage.first_model", queueing_lock="triage.first_model", lock="triage.train")
def first_model(timestamp: int) -> None:
    """Where there is no model yet (a new city), train one."""
    if active_model() is None:
        from langnghe.triage.services.training import train_anew

        train_anew(at=clock.now())
