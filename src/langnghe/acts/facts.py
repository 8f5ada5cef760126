"""What the guards of a transition table ask, each fact read only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping


class Asked(Mapping[str, bool]):
    """Facts about one subject for one actor. `_ask` says for each name how it is found out."""

    _ask: Mapping[str, Callable[[], bool]]

    def __getitem__(self, name: str) -> bool:
        return self._ask[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._ask)

    def __len__(self) -> int:
        return len(self._ask)
