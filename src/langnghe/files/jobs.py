"""Work that the worker does for the attachments."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.files import conf, services


@app.periodic(cron="17 * * * *")
@app.task(queue="files", name="files.remove_leftovers", queueing_lock="files.remove_leftovers")
def remove_leftovers(timestamp: int) -> None:
    """Every hour, remove what belongs to nothing."""
    services.remove_leftovers(at=conf.now())
