"""Housekeeping of the job queue itself."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

_KEPT_HOURS = 72


@app.periodic(cron="* * * * *")
@app.task(queue="ops", name="ops.rescue", queueing_lock="ops.rescue", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Every minute, put back jobs whose worker died: every job of this program may run twice without harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queue="ops", name="ops.forget", queueing_lock="ops.forget", pass_context=True)
async def forget_old(context: JobContext, timestamp: int) -> None:
    """Every night, delete jobs that ended three days ago or earlier. What they did is in the ledger."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
