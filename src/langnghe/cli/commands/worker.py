"""`langnghe worker`: does what is in the queue and what is due by the clock. Any number of them may run."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import time

help = "do the jobs: send messages, remind, seal the ledger, learn, count"
_PAUSES = (1, 2, 5, 10, 20)
log = logging.getLogger("langnghe.worker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much at once, and of what."""
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at once (default: %(default)s)")
    parser.add_argument("--queue", action="append", dest="queues", help="only this queue (may be repeated)")
    parser.add_argument("--once", action="store_true", help="end when nothing is left to do")


def run(args: argparse.Namespace) -> None:
    """Work until SIGTERM or Ctrl-C, finish what is under way, and come back by itself when the database was away."""
    failures = 0
    while True:
        started = time.monotonic()
        try:
            if asyncio.run(_work(args)):
                return
            reason = "it lost the database"
        except Exception as error:
            if args.once:
                raise
            reason = str(error).strip() or type(error).__name__
        failures = 0 if time.monotonic() - started > 60 else failures + 1
        pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
        log.warning("The worker stopped (%s); it starts again in %s seconds.", reason, pause)
        time.sleep(pause)


async def _work(args: argparse.Namespace) -> bool:
    """Work until asked to stop. False when the worker stopped of itself, as it does when the database goes away."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    task, asked = asyncio.current_task(), args.once
    assert task is not None

    def stop() -> None:
        nonlocal asked
        if not asked:
            asked = True
            task.cancel()  # the worker takes this as: finish what is under way, begin nothing new

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    # Django's own connector is for enqueuing; the worker has a pool of its own.
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        try:
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    queues=args.queues,
                    concurrency=args.concurrency,
                    wait=not args.once,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=30,
                    fetch_job_polling_interval=2,
                    delete_jobs="successful",
                )
        except (asyncio.CancelledError, ConnectorException):
            # A database that is away already does not hinder the end: what was under way is put back by another worker.
            if not asked:
                raise
    return bool(asked)
