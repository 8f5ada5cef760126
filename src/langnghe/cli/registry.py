"""Finds the subcommands of `langnghe`: every module in `langnghe.cli.commands` is one.

A module `<name>.py` (`a_b.py` is the subcommand `a-b`) holds:
    help: str                         one line for the list of commands
    add_arguments(parser)             its arguments (argparse)
    run(args) -> int | None           does it; the number is the exit code, None means 0
    needs = "database"                optional: what is made ready before `run`, one of
        "database"  settings, apps and a database that runs (the default)
        "django"    settings and apps, but nobody has to run a database
        "nothing"   neither
Its imports at the top must be cheap, because `langnghe --help` reads all modules: import Django's models inside `run`.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from langnghe.cli import commands

Needs = Literal["database", "django", "nothing"]


class CommandModule(Protocol):
    """What a module in `langnghe.cli.commands` looks like."""

    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: its name as typed, and where it is."""

    name: str
    module_name: str

    def load(self) -> CommandModule:
        """The module itself, imported now."""
        return cast(CommandModule, importlib.import_module(self.module_name))


def needs_of(module: CommandModule) -> Needs:
    """What has to be made ready before the command runs."""
    return cast(Needs, getattr(module, "needs", "database"))


def find_commands() -> dict[str, Command]:
    """All subcommands by name, without importing any."""
    found = (info.name for info in pkgutil.iter_modules(commands.__path__) if not info.name.startswith("_"))
    return {
        name.replace("_", "-"): Command(name.replace("_", "-"), f"{commands.__name__}.{name}") for name in sorted(found)
    }
