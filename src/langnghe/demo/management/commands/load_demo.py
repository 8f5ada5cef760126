"""`langnghe manage load_demo`: the demo city with its facts and its cases, once."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from langnghe.cases.models import Case
from langnghe.demo import cases, facts
from langnghe.ledger import services as ledger
from langnghe.worktime import clock


class Command(BaseCommand):
    """Loads the demo city unless it is there."""

    help = "Load the demo city: bodies, people, calendar, rules, texts and cases."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, seal, say how long it took."""
        begun = time.monotonic()
        at = clock.now()
        facts.load(at=at)
        if Case.objects.exists():
            self.stdout.write("The demo city is there already.")
            return
        made = cases.load(at=at)
        while ledger.seal(at=at) is not None:
            pass
        self.stdout.write(f"{made} cases in {time.monotonic() - begun:.1f} s.")
