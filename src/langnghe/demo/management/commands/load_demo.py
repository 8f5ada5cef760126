"""`langnghe manage load_demo`: the demo city with its facts and its cases, once."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from langnghe.cases.models import Case
from langnghe.demo import cases, facts, plans, reports
from langnghe.ledger import services as ledger
from langnghe.plans.models import PlanDocument
from langnghe.worktime import clock

PARTS = 2
"""Cases are played by so many processes side by side."""

PLANS = "plans"
"""The part that one more process plays: plans are read, confirmed and given out."""


class Command(BaseCommand):
    """Loads the demo city unless it is there."""

    help = "Load the demo city: bodies, people, calendar, rules, texts and cases."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """A part is what one of several processes plays; the command starts them by itself."""
        parser.add_argument("--part", help=argparse.SUPPRESS)
        parser.add_argument("--at", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, seal, say how long it took."""
        with connection.cursor() as cursor:
            # The whole load is repeatable, so its thousands of small transactions need not wait for the disk.
            cursor.execute("SET synchronous_commit = off")
            if options["part"] is not None:
                self._play(options["part"], datetime.fromisoformat(options["at"]))
            else:
                self._load()
            cursor.execute("RESET synchronous_commit")

    def _load(self) -> None:
        begun = time.monotonic()
        at = clock.now()
        facts.load(at=at)
        if Case.objects.exists():
            self.stdout.write("The demo city is there already.")
            return
        others = [_start(part, at) for part in (PLANS, *map(str, range(1, PARTS)))]
        self._play("0", at)
        if any(other.wait() for other in others):
            raise CommandError("A part of the demo could not be loaded; the reason stands above.")
        reports.load(at=at)  # its packs speak of the cases, so these are there before
        while ledger.seal(at=at) is not None:
            pass
        made = f"{Case.objects.count()} cases, {PlanDocument.objects.count()} plans"
        self.stdout.write(f"{made} in {time.monotonic() - begun:.1f} s.")

    def _play(self, part: str, at: datetime) -> None:
        if part == PLANS:
            made = plans.load(at=at)
        else:
            made = cases.load(at=at, part=int(part), of=PARTS)
        self.stdout.write(f"{made}")


def _start(part: str, at: datetime) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "langnghe.cli", "manage", "load_demo", "--part", part, "--at", at.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)
