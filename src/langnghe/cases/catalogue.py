"""The city's catalogues, read once every half minute by each process: pages name fields and agencies on every row."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model

from langnghe.agencies.models import Agency
from langnghe.cases.models import CannedText, Channel, DeclineReason, Field, Procedure

M = TypeVar("M", bound=Model)
D = TypeVar("D", Field, Procedure, Channel, DeclineReason, CannedText)

SECONDS = 30.0
_kept: dict[type[Model], tuple[float, dict[int, Any]]] = {}


def _all(model: type[M]) -> dict[int, M]:
    known = _kept.get(model)
    if known is None or time.monotonic() - known[0] > SECONDS:
        known = (time.monotonic(), {row.pk: row for row in model._default_manager.all()})
        _kept[model] = known
    return known[1]


def forget() -> None:
    """Read anew at the next call (after a change, and in tests)."""
    _kept.clear()


def agencies() -> dict[int, Agency]:
    """All agencies, ended ones too, by key, in Vietnamese order."""
    return _all(Agency)


def agency(pk: int | None) -> Agency | None:
    """One agency by key; one that was made a moment ago is read anew."""
    return _one(Agency, pk)


def _one(model: type[M], pk: int | None) -> M | None:
    if pk is None:
        return None
    if pk not in _all(model):
        _kept.pop(model, None)
    return _all(model).get(pk)


def active_agencies(on: date, *, keep: Callable[[Agency], bool] = lambda _agency: True) -> list[Agency]:
    """Agencies that exist on that day, in Vietnamese order."""
    return [agency for agency in agencies().values() if agency.is_active(on) and keep(agency)]


def communes(on: date) -> list[Agency]:
    """The communes and wards of that day."""
    return active_agencies(on, keep=lambda agency: agency.kind == "commune")


def _valid(rows: dict[int, D], on: date) -> list[D]:
    return [
        row
        for row in rows.values()
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
    ]


def fields(on: date, regime: str = "") -> list[Field]:
    """The fields of that day, of one regime or of both."""
    return [row for row in _valid(_all(Field), on) if not regime or row.regime == regime]


def field(pk: int | None) -> Field | None:
    """One field by key, ended ones too."""
    return _one(Field, pk)


def procedures(on: date) -> list[Procedure]:
    """The administrative procedures of that day."""
    return _valid(_all(Procedure), on)


def channels(on: date) -> list[Channel]:
    """The channels of that day."""
    return _valid(_all(Channel), on)


def channel(code: str) -> Channel | None:
    """A channel by its code."""
    return next((row for row in _all(Channel).values() if row.code == code), None)


def decline_reasons(on: date) -> list[DeclineReason]:
    """The reasons for not accepting, of that day."""
    return _valid(_all(DeclineReason), on)


def canned_texts(on: date) -> list[CannedText]:
    """The paragraphs for answers, of that day."""
    return _valid(_all(CannedText), on)
