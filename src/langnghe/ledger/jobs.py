"""Jobs of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from langnghe.ledger import services

__all__ = ["seal_ledger"]


@app.periodic(cron="* * * * *")
@app.task(queue="ledger", queueing_lock="ledger.seal", pass_context=False)
def seal_ledger(timestamp: int) -> None:
    """Seal every committed entry that waits; once a minute, by one worker at a time."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while (made := services.seal(at=at)) is not None and made.count == services.SEAL_LIMIT:
        pass
