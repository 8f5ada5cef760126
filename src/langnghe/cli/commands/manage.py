"""`langnghe manage …`: any of Django's management commands."""

from __future__ import annotations

import argparse

help = "run a management command of Django, such as `langnghe manage shell`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything after `manage` goes to Django as it is."""
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…", help="the command and its arguments")


def run(args: argparse.Namespace) -> None:
    """Hand over to Django."""
    from django.core.management import ManagementUtility

    ManagementUtility(["langnghe manage", *args.arguments]).execute()
