"""What holds for every engine: each refusal and each empty field has words, each audience and each message is known."""

from __future__ import annotations

from typing import Any

import pytest

from langnghe.acts.engine import ROLES, Engine
from langnghe.acts.errors import ActError, Missing, NotAllowed, Sentences, Stale
from langnghe.acts.facts import Asked
from langnghe.acts.reminders import TEMPLATES, Reminders, each
from langnghe.cases.services.engine import CASES
from langnghe.cases.services.watching import CaseReminders
from langnghe.outbox.catalogue import find
from langnghe.plans.services.engine import SHARES
from langnghe.plans.services.registering import PLANS
from langnghe.plans.services.watching import ShareReminders
from langnghe.reports.services.engine import REPORTS
from langnghe.reports.services.watching import ReportReminders
from langnghe.workflow.table import tables

ENGINES: list[Engine[Any, Any]] = [CASES, PLANS, SHARES, REPORTS]
OF_ROOMS = {
    "case": {"office", "sender", "partner", "protected"},
    "share": {"office"},
    "report": {"receiver"},
    "plan": set(),
}
"""Audiences that a room knows beside those that are roles in an agency."""

each_engine = pytest.mark.parametrize("engine", ENGINES, ids=[engine.kind for engine in ENGINES])


def test_every_table_of_acts_has_an_engine() -> None:
    assert {engine.table.kind for engine in ENGINES} >= {table.kind for table in tables()} - {"message"}


@each_engine
def test_every_refusal_is_said_in_words_of_its_own(engine: Engine[Any, Any]) -> None:
    reasons = {"state", "role", "agency"} | set(engine.table.guards)
    said = {reason: engine.says.refusal(reason).message for reason in reasons}
    assert all(said.values()) and len(set(said.values())) == len(said)
    assert engine.says.refusal("something new").message == said["state"]


@each_engine
def test_every_empty_field_is_asked_for(engine: Engine[Any, Any]) -> None:
    missing = engine.says.missing({name for row in engine.table.transitions for name in row.needs})
    assert all(missing.fields.values())


@each_engine
def test_every_message_of_the_table_has_an_audience_and_a_text(engine: Engine[Any, Any]) -> None:
    parts = [part.partition(":") for row in engine.table.transitions for part in row.message.split()]
    assert {audience for audience, _sep, _code in parts} <= ROLES.keys() | OF_ROOMS[engine.kind]
    assert [code for _audience, _sep, code in parts if find(code) is None] == []


@pytest.mark.parametrize("reminders", [CaseReminders, ShareReminders, ReportReminders])
def test_every_reminder_has_a_text(reminders: type[Reminders[Any]]) -> None:
    assert [code for code in TEMPLATES.values() if find(reminders.prefix + code) is None] == []


def test_errors_say_where_and_what() -> None:
    says = Sentences(refusals={"late": "Muộn rồi."}, needs={"note": "Hãy ghi."}, stale="Cũ rồi.")
    refused = says.refusal("late")
    assert isinstance(refused, NotAllowed) and (refused.reason, refused.message) == ("late", "Muộn rồi.")
    missing = says.missing(["note", "other"])
    assert isinstance(missing, Missing) and missing.field == "note" and str(missing).startswith("Hãy ghi. ")
    assert Stale(says.stale).message == "Cũ rồi." and Stale().message


def test_one_refusal_stops_no_other() -> None:
    done: list[int] = []

    def act(key: int) -> None:
        if key == 2:
            raise ActError("không được")
        done.append(key)

    assert each([1, 2, 3], act) == 2 and done == [1, 3]


def test_facts_are_read_when_they_are_asked() -> None:
    asked: list[str] = []

    class Two(Asked):
        def __init__(self) -> None:
            self._ask = {"a": lambda: asked.append("a") is None, "b": lambda: asked.append("b") is None}

    facts = Two()
    assert list(facts) == ["a", "b"] and len(facts) == 2 and asked == []
    assert facts["b"] and asked == ["b"]
