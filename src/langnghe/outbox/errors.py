"""Errors of the outbox that a person can act on."""


class OutboxError(Exception):
    """An act that is not possible now. `code` is for programs, `message` for people (Vietnamese)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
