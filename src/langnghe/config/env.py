"""Typed reading of environment variables, and the list of them for the documentation.

Every setting of an operator is read through one of these functions, so that `langnghe check` can hold the list
against docs/operator/settings.md.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, its default as text, and what it does."""

    name: str
    default: str
    help: str


VARIABLES: dict[str, Variable] = {}


def text(name: str, default: str, help: str) -> str:
    """The variable as text."""
    VARIABLES[name] = Variable(name, default, help)
    return os.environ.get(name, default)


def flag(name: str, default: bool, help: str) -> bool:
    """The variable as yes or no: 1, true, yes and on count as yes."""
    VARIABLES[name] = Variable(name, "1" if default else "0", help)
    raw = os.environ.get(name)
    return default if raw is None else raw.strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int, help: str) -> int:
    """The variable as a whole number; ValueError names the variable when it is none."""
    VARIABLES[name] = Variable(name, str(default), help)
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise ValueError(f"{name} must be a whole number, not {raw!r}") from error


def names(name: str, default: str, help: str) -> list[str]:
    """The variable as a list, parted by commas."""
    return [part.strip() for part in text(name, default, help).split(",") if part.strip()]
