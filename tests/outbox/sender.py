"""A sender in a process of its own, for tests that kill it. Run with the settings in the environment."""

from __future__ import annotations

import sys
from datetime import datetime

import django


def main() -> None:
    """Deliver once, at the moment given as the first argument."""
    django.setup()
    from langnghe.outbox import services

    run = services.deliver(at=datetime.fromisoformat(sys.argv[1]))
    print(run.sent, run.put_back, run.failed, run.parked)


if __name__ == "__main__":
    main()
