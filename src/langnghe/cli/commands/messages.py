"""`langnghe messages`: keeps the English catalogue in line with the Vietnamese texts of the sources."""

from __future__ import annotations

import argparse

help = "bring the English catalogue in line with the texts in the sources (in a checkout)"
needs = "django"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only whether to look instead of writing."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when something is missing")


def run(args: argparse.Namespace) -> int:
    """Update and compile the catalogue, and say what is left to translate."""
    from langnghe.cli import assets, catalogue

    if args.check:
        wrong = catalogue.problems()
        print("\n".join(wrong) or "The English catalogue is complete.")
        return 1 if wrong else 0
    left = catalogue.update_english()
    assets.compile_catalogues(catalogue.PACKAGE / "locale")
    print("\n".join(left))
    print(f"{len(left)} texts to translate in {catalogue.ENGLISH}.")
    return 0
