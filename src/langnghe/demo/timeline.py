"""Plays many stories in the order of time, so that every act finds the city as it was then."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime

Story = Iterator[datetime]
"""Acts of some people. Before acts of another moment it yields that moment, and goes on when all that came before it
has happened."""


class Timeline:
    """Stories side by side. A story may add others while it is told."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._told = 0

    def add(self, story: Story) -> None:
        """Begin a story; it waits for its first moment."""
        moment = next(story, None)
        if moment is not None:
            self._told += 1
            heapq.heappush(self._waiting, (moment, self._told, story))

    def run(self, *, until: datetime) -> None:
        """Tell everything until a moment; what comes later is left out."""
        while self._waiting and self._waiting[0][0] <= until:
            _moment, _number, story = heapq.heappop(self._waiting)
            self.add(story)
