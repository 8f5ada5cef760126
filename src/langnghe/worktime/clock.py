"""The one clock of the program. Nothing else asks for the time, so that tests and the demo can move it.

Where the settings allow it (`LANGNGHE_CLOCK_MOVABLE`), an offset in the database moves the clock of every process; it
is read again after two seconds at the latest. The moved clock goes on running.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from langnghe.worktime.rules import ZONE

__all__ = ["Frozen", "frozen", "movable", "move_by", "move_to", "now", "offset", "reset", "today"]

FRESH_SECONDS = 2.0
"""For how long a process goes by the offset that it read."""


@dataclass(slots=True, eq=False)
class Frozen:
    """A clock that stands still until it is moved."""

    at: datetime

    def move_to(self, at: datetime) -> None:
        """Set the standing clock."""
        self.at = at.astimezone(ZONE)

    def move_by(self, delta: timedelta) -> None:
        """Move the standing clock on (or back)."""
        self.at += delta


@dataclass(slots=True)
class _Seen:
    offset: timedelta
    until: float


_frozen: list[Frozen] = []
_seen: _Seen | None = None
_lock = threading.Lock()


def now() -> datetime:
    """The present moment, aware, in Asia/Ho_Chi_Minh."""
    if _frozen:
        return _frozen[-1].at
    real = datetime.now(UTC).astimezone(ZONE)
    return real + offset() if movable() else real


def today() -> date:
    """The present day in Việt Nam."""
    return now().date()


def movable() -> bool:
    """Whether the clock may be moved here."""
    return bool(getattr(settings, "LANGNGHE_CLOCK_MOVABLE", False))


def offset() -> timedelta:
    """By how much the clock is moved, read from the database every two seconds at most."""
    global _seen
    seen = _seen
    if seen is not None and time.monotonic() < seen.until:
        return seen.offset
    with _lock:
        if _seen is None or time.monotonic() >= _seen.until:
            _seen = _Seen(_read(), time.monotonic() + FRESH_SECONDS)
        return _seen.offset


def _read() -> timedelta:
    if connection.in_atomic_block and connection.needs_rollback:
        return timedelta()
    try:
        # The savepoint keeps the caller's transaction usable when the table is not there yet.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute('SELECT "offset" FROM worktime_clockoffset WHERE id = 1')
            row = cursor.fetchone()
    except DatabaseError:
        return timedelta()  # before the first migration, or without a database: the real time
    return row[0] if row else timedelta()


def move_to(at: datetime) -> None:
    """Move the clock of all processes, so that it is `at` now. Raises RuntimeError where the clock is not movable."""
    if at.tzinfo is None:
        raise ValueError("the clock moves to an aware moment")
    _write(at - datetime.now(UTC))


def move_by(delta: timedelta) -> None:
    """Move the clock of all processes on (or back) by a duration. Raises RuntimeError where it is not movable."""
    _write(offset() + delta)


def reset() -> None:
    """Let the clock show the real time again. Raises RuntimeError where the clock is not movable."""
    _write(timedelta())


def _write(value: timedelta) -> None:
    if not movable():
        raise RuntimeError("the clock is not movable here (LANGNGHE_CLOCK_MOVABLE)")
    # Imported here, so that whatever asks for the time may be imported before the models are ready.
    from langnghe.worktime.models import ClockOffset

    ClockOffset.objects.update_or_create(id=1, defaults={"offset": value})
    forget()
    transaction.on_commit(forget)


def forget() -> None:
    """Read the offset again the next time it is needed."""
    global _seen
    _seen = None


@contextmanager
def frozen(at: datetime) -> Iterator[Frozen]:
    """For tests: the clock of this process (all its threads) stands at a moment; the moment can be moved."""
    if at.tzinfo is None:
        raise ValueError("the clock stands at an aware moment")
    clock = Frozen(at.astimezone(ZONE))
    _frozen.append(clock)
    try:
        yield clock
    finally:
        _frozen.remove(clock)
