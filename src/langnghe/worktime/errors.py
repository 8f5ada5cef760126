"""What the services of working time refuse, each with a code for programs and a sentence for people."""

from __future__ import annotations


class WorktimeError(Exception):
    """An act that is not possible; `code` names the reason, `message` says it in the reader's language."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NoCalendarError(WorktimeError):
    """The calendar that was asked for is not loaded."""
