"""The few numbers and texts that the city sets (table `Setting`), read once a minute by each process."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.db.models import Q

from langnghe.cases.models import Setting

_CACHE_SECONDS = 30.0
_cache: dict[date, tuple[float, dict[str, Any]]] = {}


def city(on: date) -> dict[str, Any]:
    """All settings that hold on that day: code → value. One query at most every half minute a process."""
    known = _cache.get(on)
    if known is not None and time.monotonic() - known[0] < _CACHE_SECONDS:
        return known[1]
    rows = Setting.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on).order_by("valid_from")
    values = {row.code: row.value for row in rows}
    if len(_cache) > 8:
        _cache.clear()
    _cache[on] = (time.monotonic(), values)
    return values


def text(code: str, on: date, default: str = "") -> str:
    """One setting as text."""
    return str(city(on).get(code, default))


def forget() -> None:
    """Read anew at the next call (after a change, and in tests)."""
    _cache.clear()
