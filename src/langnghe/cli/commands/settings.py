"""`langnghe settings`: the environment variables that the program reads, with their defaults."""

from __future__ import annotations

import argparse
import importlib
import pkgutil

help = "list the environment variables that the program reads"
needs = "django"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only how to print them."""
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/operator/settings.md")


def run(args: argparse.Namespace) -> None:
    """Print them by name."""
    for name, default, meaning in variables():
        if args.markdown:
            print(f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |")
        else:
            print(f"{name}={default}\n    {meaning}")


def variables() -> list[tuple[str, str, str]]:
    """Name, default and meaning of every variable of every room, by name."""
    from django.conf import settings

    import langnghe
    from langnghe.config import env

    for room in pkgutil.iter_modules(langnghe.__path__, "langnghe."):
        if room.ispkg and any(module.name == "conf" for module in pkgutil.iter_modules([_folder(room.name)])):
            importlib.import_module(f"{room.name}.conf")
    home, known = str(settings.HOME), env.VARIABLES.values()
    return sorted((each.name, each.default.replace(home, "LANGNGHE_HOME"), each.help) for each in known)


def _folder(package: str) -> str:
    return importlib.import_module(package).__path__[0]
