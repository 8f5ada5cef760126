"""`langnghe migrate`: brings the database up to the program's version."""

from __future__ import annotations

import argparse

help = "bring the database up to this version of the program (safe to run on several machines at once)"
# Any number, the same on every machine: who holds it migrates, the others wait and then find nothing to do.
_LOCK = 5_403_220


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only whether to look instead of doing."""
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when migrations are missing")


def run(args: argparse.Namespace) -> int:
    """Apply what is missing, or say what is."""
    if args.check:
        from langnghe.ops.selectors import pending_migrations

        pending = pending_migrations()
        print("\n".join(pending) or "The database is up to date.")
        return 1 if pending else 0
    migrate(verbosity=1)
    return 0


def migrate(*, verbosity: int) -> None:
    """Apply all migrations, one process at a time."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=verbosity)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
