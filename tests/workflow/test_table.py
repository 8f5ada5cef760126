"""Transition tables: what they allow, what they refuse to be, how they print."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.workflow import table as tables
from langnghe.workflow.table import START, ActRefused, Edge, State, TableError, Transition, TransitionTable, fact

ANYBODY = frozenset({"clerk"})


def step(act: str, sources: Any, target: str | None, **more: Any) -> Transition:
    sources = (sources,) if isinstance(sources, str) else sources
    return Transition(
        **{"act": act, "sources": sources, "target": target, "roles": ANYBODY, "label": act.title(), **more}
    )


STATES = {
    "new": State("Mới", group="work"),
    "busy": State("Đang làm", group="work"),
    "done": State("Xong", final=True),
}
STEPS = (
    step("create", START, "new"),
    step("take", ("new",), "busy", same_agency=True, weight=5, roles={"clerk", "chief"}),
    step("note", ("@work",), None, needs=("text",)),
    step("finish", ("busy",), "done", guards=("proved",), deadline=(("meet", "answer"),), message="done", weight=9),
    step("reopen", ("@final",), "busy", roles={"chief"}),
)


def make(**changes: Any) -> TransitionTable:
    parts = {
        "kind": "thing",
        "states": STATES,
        "initial": "new",
        "transitions": STEPS,
        "guards": {"proved": fact("proof")},
        "city_roles": frozenset({"chief"}),
    }
    return TransitionTable(**{**parts, **changes})


def test_groups_become_states() -> None:
    table = make()
    assert table.edges() == [
        Edge("", "create", "new"),
        Edge("new", "take", "busy"),
        Edge("new", "note", "new"),
        Edge("busy", "note", "busy"),
        Edge("busy", "finish", "done"),
        Edge("done", "reopen", "busy"),
    ]
    assert table.group("open") == ["new", "busy"]
    assert table.group("final") == ["done"]
    assert table.group("any") == ["new", "busy", "done"]
    assert table.roles == {"clerk", "chief"}
    assert table.acts == ["create", "take", "note", "finish", "reopen"]


def test_allowed_asks_role_agency_and_guards_and_puts_the_likely_first() -> None:
    table = make()

    def acts(state: str, role: str, **facts: Any) -> list[str]:
        return [row.act for row in table.allowed(state, {role}, facts)]

    assert acts(START, "clerk") == ["create"]
    assert acts("new", "clerk") == ["note"]
    assert acts("new", "clerk", same_agency=True) == ["take", "note"]
    assert acts("new", "chief") == ["take"], "a role of the whole city is not bound to the agency"
    assert acts("busy", "clerk") == ["note"]
    assert acts("busy", "clerk", proof=True) == ["finish", "note"]
    assert acts("done", "clerk") == []
    assert acts("nowhere", "clerk") == []


@pytest.mark.parametrize(
    ("state", "act", "role", "reason", "guard"),
    [
        ("new", "finish", "clerk", "state", ""),
        ("new", "dance", "clerk", "state", ""),
        ("done", "reopen", "clerk", "role", ""),
        ("new", "take", "clerk", "agency", ""),
        ("busy", "finish", "clerk", "guard", "proved"),
    ],
)
def test_require_says_why_not(state: str, act: str, role: str, reason: str, guard: str) -> None:
    with pytest.raises(ActRefused) as caught:
        make().require(state, act, {role})
    assert (caught.value.reason, caught.value.guard) == (reason, guard)


def test_require_and_target() -> None:
    table = make()
    assert table.require("busy", "finish", {"clerk"}, {"proof": "a picture"}).target == "done"
    assert table.target("busy", "note") == "busy"
    assert table.target("busy", "finish") == "done"
    with pytest.raises(ActRefused):
        table.target("done", "finish")


def test_missing_fields_are_named_in_order() -> None:
    row = step("send", "new", None, needs=("reason", "agency", "files", "count"))
    assert row.missing({"reason": "", "files": [], "count": 0}) == ["reason", "agency", "files"]
    assert row.missing({"reason": "x", "agency": 1, "files": ["a"], "count": 0}) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"transitions": (*STEPS, step("take", "new", "done"))}, "act 'take' stands twice for source 'new'"),
        ({"transitions": (*STEPS, step("lose", "new", "nowhere"))}, "act 'lose': unknown target 'nowhere'"),
        ({"transitions": (*STEPS, step("lose", "nowhere", "done"))}, "act 'lose': unknown source 'nowhere'"),
        ({"transitions": (*STEPS, step("lose", "@nobody", "done"))}, "act 'lose': no state in group '@nobody'"),
        ({"transitions": (*STEPS, step("lose", (), "done"))}, "act 'lose' has no source"),
        ({"transitions": (*STEPS, step("lose", "new", "done", roles=()))}, "act 'lose' has no role"),
        ({"transitions": (*STEPS, step("lose", "new", "done", label=" "))}, "act 'lose' has no label"),
        ({"transitions": (*STEPS, step("Lose it", "new", "done"))}, "act 'Lose it' is not a code"),
        ({"transitions": (*STEPS, step("lose", "new", "done", guards=("x",)))}, "act 'lose': unknown guard 'x'"),
        (
            {"transitions": (*STEPS, step("lose", "new", "done", deadline=(("stop",),)))},
            "act 'lose': unknown deadline effect ('stop',)",
        ),
        ({"transitions": (*STEPS, step("lose", START, None))}, "act 'lose' creates the subject but names no state"),
        (
            {"transitions": (*STEPS, step("import", START, "busy"))},
            "state 'busy' is entered from the start but is not initial",
        ),
        (
            {"transitions": STEPS[1:]},
            "initial state 'new' is entered by no act: add a transition with sources=(START,)",
        ),
        ({"initial": "old"}, "initial state 'old' is unknown"),
        ({"initial": ()}, "there is no initial state"),
        ({"states": {**STATES, "lost": State("Lạc", final=True)}}, "state 'lost' is unreachable"),
        (
            {"states": {**STATES, "done": State("Xong")}, "transitions": STEPS[:4]},
            "state 'done' has no way out and is not final",
        ),
        ({"states": {**STATES, "done": State("")}}, "state 'done' has no label"),
        ({"kind": "A thing"}, "'A thing' is not a code"),
        (
            {
                "states": {**STATES, "trap": State("Bẫy")},
                "transitions": (*STEPS, step("fall", "new", "trap"), step("turn", "trap", None)),
            },
            "state 'trap' has no way out and is not final",
        ),
        (
            {
                "states": {**STATES, "left": State("Trái"), "right": State("Phải")},
                "transitions": (
                    *STEPS,
                    step("enter", "new", "left"),
                    step("go", "left", "right"),
                    step("back", "right", "left"),
                ),
            },
            "state 'left' can never reach a final state",
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(TableError) as caught:
        make(**changes)
    assert problem in caught.value.problems


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(TableError) as caught:
        make(transitions=(*STEPS, step("lose", "nowhere", "never", roles=())))
    assert len(caught.value.problems) == 3


def test_registry_knows_one_table_of_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_tables", {})
    table = make()
    assert tables.register(table) is table
    assert tables.register(table) is table
    assert tables.get("thing") is table
    assert tables.tables() == [table]
    with pytest.raises(TableError):
        tables.register(make())
    with pytest.raises(KeyError):
        tables.get("other")


def test_text_is_aligned_and_complete() -> None:
    text = make().as_text()
    lines = text.splitlines()
    assert lines[0] == "Bảng chuyển trạng thái: thing"
    column = lines[2].index("Đến")
    rows = lines[4:10]
    assert [row.split()[:2] for row in rows] == [[edge.source or "*", edge.act] for edge in make().edges()]
    assert all(row[column - 1] == " " and row[column] != " " for row in rows)
    assert "chief, clerk (=)" in text
    assert "?proved" in text
    assert "meet answer" in text


def test_mermaid_holds_every_state_and_edge() -> None:
    lines = [line.strip() for line in make().as_mermaid().splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert "busy : Đang làm" in lines
    assert "[*] --> new : Create" in lines
    assert "new --> new : Note" in lines
    assert "done --> [*]" in lines
    assert len(lines) == 1 + 3 + len(make().edges()) + 1
    assert not any("Note" in line for line in make().as_mermaid(loops=False).splitlines())


def test_mermaid_labels_lose_the_signs_that_mean_something() -> None:
    table = make(transitions=(*STEPS, step("odd", "new", None, label="Trả lại: lý do; khác\n#1")))
    assert "new --> new : Trả lại, lý do, khác, 1" in table.as_mermaid()


@given(st.data())
def test_walking_by_allowed_acts_stays_in_the_table(data: st.DataObject) -> None:
    table = make()
    state = START
    for _ in range(12):
        facts = {"proof": data.draw(st.booleans()), "same_agency": data.draw(st.booleans())}
        choices = table.allowed(state, {"clerk", "chief"}, facts)
        assert choices, f"no way on from {state!r}"
        row = data.draw(st.sampled_from(choices))
        target = table.target(state, row.act)
        assert Edge(state, row.act, target) in table.edges()
        assert table.require(state, row.act, {"clerk", "chief"}, facts) == row
        state = target
