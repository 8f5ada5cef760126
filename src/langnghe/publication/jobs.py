"""Jobs of the worker for what is public."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.worktime import clock


@app.periodic(cron="* * * * *")
@app.task(queue="cases", name="publication.tell_followers", queueing_lock="publication.tell_followers")
def tell_followers(timestamp: int) -> None:
    """Every minute: followers beyond the first batch, and those who confirmed late, are told of a public answer."""
    from langnghe.publication.services import tell_the_rest

    tell_the_rest(at=clock.now())
