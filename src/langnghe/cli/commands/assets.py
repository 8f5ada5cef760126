"""`langnghe assets`: builds again what the installation built, after a change of style, script, icons or texts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import langnghe

help = "build style, script, fonts, icons and message catalogues again (in a checkout)"
needs = "nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Build everything; 1 outside a checkout or when a step fails."""
    from langnghe.cli.assets import AssetsFailed, build_all

    root = Path(langnghe.__file__).resolve().parents[2]
    if not (root / "package.json").is_file():
        print("This is not a checkout: an installed package carries its assets already.", file=sys.stderr)
        return 1
    try:
        build_all(root)
    except AssetsFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0
