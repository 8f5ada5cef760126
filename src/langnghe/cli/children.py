"""Child processes that end with their parent, however it ends, and come back when they alone die."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from langnghe.cli.embedded.server import die_with_parent

_STOP_SECONDS = 20
_PAUSES = (0.5, 1, 2, 5, 10)


class Child:
    """One subcommand of `langnghe` that runs beside this process, in a session of its own.

    Ctrl-C therefore reaches this process only, which then stops its children in order.
    """

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._arguments = [sys.executable, "-m", "langnghe.cli", *arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._next_start = 0.0
        self._started = 0.0

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start it. Call from the main thread: the kernel ties the child to the thread that started it."""
        self._process = subprocess.Popen(
            self._arguments,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # The database dies with the parent too, so there is nothing left to finish.
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self._started = time.monotonic()

    def keep_alive(self) -> bool:
        """Start it again when it has died, with growing pauses; True when it was started now."""
        if self.pid is not None:
            return False
        now = time.monotonic()
        if self._process is not None:  # it has just died
            self._process = None
            self._deaths = 0 if now - self._started > 60 else self._deaths + 1
            self._next_start = now + _PAUSES[min(self._deaths, len(_PAUSES) - 1)]
        if now < self._next_start:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Tell it to finish what it does and end."""
        if self.pid is not None and self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until it has ended; kill it, with all it started, when it does not end in time."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
