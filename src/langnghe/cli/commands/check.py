"""`langnghe check`: everything about the sources that a program can judge without running the tests."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

help = "check style, types, layers, migrations, texts and the list of settings (in a checkout)"
needs = "django"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which checks; all by default."""
    parser.add_argument("names", nargs="*", metavar="CHECK", help=f"only these: {', '.join(CHECKS)} (default: all)")


def run(args: argparse.Namespace) -> int:
    """Run the checks one after the other; 1 when any failed, 2 for a name that is none."""
    if unknown := [name for name in args.names if name not in CHECKS]:
        print(f"No such check: {', '.join(unknown)}. There are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    failed = []
    for name in args.names or CHECKS:
        print(f"--- {name}", flush=True)
        if problems := CHECKS[name]():
            print("\n".join(problems), flush=True)
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All well.")
    return 1 if failed else 0


def root() -> Path:
    """The checkout that the package is installed from."""
    import langnghe

    return Path(langnghe.__file__).resolve().parents[2]


def _program(*command: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, *command], cwd=root(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return [] if done.returncode == 0 else [done.stdout.strip()]


def style() -> list[str]:
    """ruff's findings."""
    return _program("-m", "ruff", "check", "--quiet", ".")


def types() -> list[str]:
    """mypy's findings."""
    return _program("-m", "mypy")


def layers() -> list[str]:
    """Imports against the floors of the house."""
    return _program("-c", "import sys; from importlinter.cli import lint_imports as run; sys.exit(run(no_cache=True))")


def migrations() -> list[str]:
    """Changes of models that no migration makes."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    own = {config.label for config in apps.get_app_configs() if config.name.startswith("langnghe.")}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    with translation.override(None):  # labels are compared as they stand in the sources
        detector = MigrationAutodetector(
            loader.project_state(),
            ProjectState.from_apps(apps),
            NonInteractiveMigrationQuestioner(specified_apps=own, dry_run=True),
        )
        changes = detector.changes(graph=loader.graph, trim_to_apps=own, convert_apps=own)
    return [
        f"{app}: {operation.describe()}"
        for app, found in sorted(changes.items())
        if app in own
        for migration in found
        for operation in migration.operations
    ]


def texts() -> list[str]:
    """Texts that the English catalogue lacks or has in vain."""
    from langnghe.cli import catalogue

    return catalogue.problems()


def settings() -> list[str]:
    """Environment variables that the operator's documentation does not name."""
    from langnghe.cli.commands.settings import variables

    page = root() / "docs" / "operator" / "settings.md"
    if not page.is_file():
        return [f"{page.relative_to(root())} is missing"]
    text = page.read_text(encoding="utf-8")
    return [f"not documented: {name}" for name, _default, _help in variables() if f"`{name}`" not in text]


CHECKS: dict[str, Callable[[], list[str]]] = {
    "style": style,
    "types": types,
    "layers": layers,
    "migrations": migrations,
    "texts": texts,
    "settings": settings,
}
