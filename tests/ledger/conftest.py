"""A ledger with something in it, and the hand of somebody who may do anything to the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from langnghe.ledger import services
from langnghe.ledger.models import Entry
from langnghe.workflow.actor import Actor

AT = datetime(2026, 8, 21, 9, 45, tzinfo=UTC)
CLERK = Actor("person", "clerk", person_id=3, agency_id=11)

Tamper = Callable[..., None]
Write = Callable[..., Entry]


@pytest.fixture
def write(db: None) -> Write:
    """Writes one act: `write(subject_id, act)`."""

    def act(subject_id: int = 1, act: str = "note", **more: Any) -> Entry:
        given = {"kind": "thing", "actor": CLERK, "at": AT, "data": {"n": subject_id, "lời": "ghi chú"}, **more}
        return services.record(subject_id=subject_id, act=act, **given)

    return act


@pytest.fixture
def tamper(db: None) -> Tamper:
    """Runs SQL with all triggers off, as a superuser may."""

    def run(sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                cursor.execute(sql, values or None)
                assert cursor.rowcount != 0, "nothing was tampered with"
            finally:
                cursor.execute("SET session_replication_role = origin")

    return run


@pytest.fixture
def ledger(write: Write) -> list[Entry]:
    """Two seals over three subjects with four acts each, and a fourth subject that waits."""
    entries = []
    for turn in range(4):
        entries += [write(subject_id, f"act_{turn}", at=AT + timedelta(minutes=turn)) for subject_id in (1, 2, 3)]
        if turn == 1:
            assert services.seal(at=AT) is not None
    assert services.seal(at=AT + timedelta(minutes=5)) is not None
    return [*entries, write(4, "act_0"), write(4, "act_1")]
