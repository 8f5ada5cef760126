"""`langnghe manage load_demo`: the demo city with its facts and its cases, once."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from langnghe.cases.models import Case
from langnghe.demo import cases, facts
from langnghe.ledger import services as ledger
from langnghe.worktime import clock

PARTS = 2
"""Cases are played by so many processes side by side."""


class Command(BaseCommand):
    """Loads the demo city unless it is there."""

    help = "Load the demo city: bodies, people, calendar, rules, texts and cases."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """A part is what one of several processes plays; the command starts them by itself."""
        parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
        parser.add_argument("--at", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, seal, say how long it took."""
        if options["part"] is not None:
            made = cases.load(at=datetime.fromisoformat(options["at"]), part=options["part"], of=PARTS)
            self.stdout.write(f"{made}")
            return
        begun = time.monotonic()
        at = clock.now()
        facts.load(at=at)
        if Case.objects.exists():
            self.stdout.write("The demo city is there already.")
            return
        others = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "langnghe.cli",
                    "manage",
                    "load_demo",
                    "--part",
                    str(part),
                    "--at",
                    at.isoformat(),
                ],
                stdout=subprocess.DEVNULL,
            )
            for part in range(1, PARTS)
        ]
        cases.load(at=at, part=0, of=PARTS)
        if any(other.wait() for other in others):
            raise CommandError("A part of the demo's cases could not be loaded; the reason stands above.")
        while ledger.seal(at=at) is not None:
            pass
        self.stdout.write(f"{Case.objects.count()} cases in {time.monotonic() - begun:.1f} s.")
