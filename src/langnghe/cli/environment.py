"""Makes ready what a command needs: settings, the database, the folder that everything local lives in."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from langnghe.cli.embedded import EmbeddedPostgres

SETTINGS = "langnghe.config.settings"


def home() -> Path:
    """The folder of the embedded database, the files and the keys: LANGNGHE_HOME, or `var` in the current folder."""
    return Path(os.environ.get("LANGNGHE_HOME", "var")).resolve()


def database_folder() -> Path:
    """Where the embedded database lives."""
    return home() / "postgres"


def provide_database() -> EmbeddedPostgres | None:
    """Set DATABASE_URL to an embedded server when the operator set none, and stop that server at the end.

    A server that another command started on the same folder is used as it is, and left alone.
    """
    if os.environ.get("DATABASE_URL"):
        return None
    server = EmbeddedPostgres(database_folder())
    os.environ["DATABASE_URL"] = server.start()
    atexit.register(server.stop)
    return server


def setup_django() -> None:
    """Read the settings and load the apps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    collect_seldom()
    django.setup()
    gc.freeze()


def collect_seldom() -> None:
    """Let Python's garbage collector look for circles more seldom than after each 700 new objects.

    Almost all that a request leaves behind is freed by counting references. The collector walks whatever it knows, and
    what was loaded before `gc.freeze` it need not know: it took 5 to 30 ms at a time in the middle of requests, which
    was most of what parted slow pages from usual ones, and a tenth of long work.
    """
    gc.set_threshold(20_000, 20, 100)


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the command as Ctrl-C does, so that what it started is stopped."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
