"""Transition tables: every change of state is a row (from, act, to, who, what it needs, what it does).

Pure: no database, no clock, no request. A room declares one table for each kind of subject, in its `workflow.py`:

    TABLE = register(TransitionTable(
        kind="case",
        states={"new": State(_("Mới tiếp nhận")), "closed": State(_("Đã đóng"), final=True)},
        initial="new",
        transitions=(
            Transition(
                act="receive", sources=(START,), target="new", label=_("Gửi phản ánh"), roles=frozenset({"sender"}),
            ),
            Transition(
                act="close", sources=("@open",), target="closed", label=_("Đóng"), roles=frozenset({"coordinator"}),
            ),
        ),
    ))

The buttons of a page, the choices of the API, the diagram of the documents, the edges that the database's guard
allows and the tests all come from this one table.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.functional import Promise

__all__ = [
    "SAME_AGENCY",
    "START",
    "ActRefused",
    "Edge",
    "Effect",
    "Facts",
    "Guard",
    "Label",
    "State",
    "TableError",
    "Transition",
    "TransitionTable",
    "fact",
    "get",
    "register",
    "tables",
]

Label = str | Promise
Effect = tuple[str, ...]
Facts = Mapping[str, Any]
Guard = Callable[[Facts], bool]

START = ""
"""The source of the acts that bring a subject into being."""

SAME_AGENCY = "same_agency"
"""The fact that the actor's agency is the subject's agency; acts marked `same_agency` ask for it."""

EFFECTS = frozenset({"open", "meet", "pause", "resume", "extend", "cancel", "hand_over"})
"""What an act may do to deadlines: the verbs of `worktime.services`, each with the steps it concerns."""

_CODE = re.compile(r"[a-z][a-z0-9_]*\Z")


class TableError(ValueError):
    """A transition table contradicts itself; `problems` lists everything that is wrong with it."""

    def __init__(self, kind: str, problems: Collection[str]) -> None:
        self.kind = kind
        self.problems = tuple(problems)
        super().__init__(f"transition table {kind!r}: " + "; ".join(self.problems))


class ActRefused(Exception):
    """An act is not possible now, for this actor.

    `reason` is one of `state` (not from this state), `role`, `agency` (another agency's subject) or `guard`;
    `guard` then names the predicate that said no.
    """

    def __init__(self, kind: str, state: str, act: str, reason: str, guard: str = "") -> None:
        self.kind, self.state, self.act, self.reason, self.guard = kind, state, act, reason, guard
        detail = f"{reason} {guard}".strip()
        super().__init__(f"{kind}: act {act!r} in state {state!r} refused ({detail})")


def fact(name: str) -> Guard:
    """A guard that holds when the fact of this name is true; a fact that is not given is false."""

    def holds(facts: Facts) -> bool:
        return bool(facts.get(name, False))

    return holds


@dataclass(frozen=True, slots=True)
class State:
    """A state of a subject: the words for it, whether work may end there, and the group it is counted in."""

    label: Label
    final: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of a transition table.

    act         code of the act, as in the ledger
    sources     states from which it is possible; `START` for an act that creates the subject. `@group` stands for
                all states of that group, `@open` for all that are not final, `@final` and `@any` likewise; the table
                replaces such a word by the states
    target      state that it leads to; None leaves the state as it is
    roles       who may do it
    label       words on the button, in Vietnamese (lazy)
    needs       names of the fields that must be given
    deadline    what it does to deadlines: ('open', 'answer'), ('meet', 'transfer'), ('pause',), ('resume',), …
    message     code of the message template that tells the sender, or ''
    same_agency the actor's agency must be the subject's agency (city-wide roles of the table are exempt)
    weight      the higher, the likelier it is what comes next: pages put it first
    guards      names of predicates of the table that must hold
    confirm     pages ask once more before they do it
    """

    act: str
    sources: tuple[str, ...]
    target: str | None
    roles: AbstractSet[str]
    label: Label
    needs: tuple[str, ...] = ()
    deadline: tuple[Effect, ...] = ()
    message: str = ""
    same_agency: bool = False
    weight: int = 0
    guards: tuple[str, ...] = ()
    confirm: bool = False

    def __post_init__(self) -> None:
        # Written by hand in tables, so any collection is taken; kept immutable and hashable.
        object.__setattr__(self, "sources", tuple(self.sources))
        object.__setattr__(self, "roles", frozenset(self.roles))
        object.__setattr__(self, "needs", tuple(self.needs))
        object.__setattr__(self, "guards", tuple(self.guards))
        object.__setattr__(self, "deadline", tuple(tuple(effect) for effect in self.deadline))

    def missing(self, given: Mapping[str, Any]) -> list[str]:
        """The needed fields that are absent or empty in `given`, in the order of `needs`."""
        return [name for name in self.needs if given.get(name) in (None, "", [], (), {})]


class Edge(NamedTuple):
    """One possible change of state; `source` is '' where the subject comes into being."""

    source: str
    act: str
    target: str


@dataclass(frozen=True, eq=False)
class TransitionTable:
    """All states and acts of one kind of subject, checked when it is built (`TableError` lists what is wrong).

    `city_roles` are roles that act for the whole city: `same_agency` does not bind them. `guards` maps the names used
    in transitions to pure predicates on a mapping of facts.
    """

    kind: str
    states: Mapping[str, State]
    initial: str | tuple[str, ...]
    transitions: tuple[Transition, ...]
    guards: Mapping[str, Guard] = field(default_factory=dict)
    city_roles: AbstractSet[str] = frozenset({"system", "sender"})

    def __post_init__(self) -> None:
        initial = (self.initial,) if isinstance(self.initial, str) else tuple(self.initial)
        object.__setattr__(self, "initial", initial)
        object.__setattr__(self, "states", MappingProxyType(dict(self.states)))
        object.__setattr__(self, "guards", MappingProxyType(dict(self.guards)))
        object.__setattr__(self, "city_roles", frozenset(self.city_roles))
        problems: list[str] = []
        expanded = tuple(self._expand(transition, problems) for transition in self.transitions)
        object.__setattr__(self, "transitions", expanded)
        problems.extend(self._problems())
        if problems:
            raise TableError(self.kind, problems)
        by_source: dict[str, dict[str, Transition]] = {START: {}, **{state: {} for state in self.states}}
        for transition in expanded:
            for source in transition.sources:
                by_source[source][transition.act] = transition
        object.__setattr__(self, "_by_source", by_source)

    # -- questions ---------------------------------------------------------------------------------------------

    @property
    def acts(self) -> list[str]:
        """Codes of all acts, in the order of the table."""
        return list(dict.fromkeys(transition.act for transition in self.transitions))

    @property
    def roles(self) -> frozenset[str]:
        """Every role that may do anything."""
        return frozenset().union(*(transition.roles for transition in self.transitions))

    def group(self, name: str) -> list[str]:
        """The states of a group, or of `open`, `final` and `any`."""
        if name == "any":
            return list(self.states)
        if name in ("open", "final"):
            return [code for code, state in self.states.items() if state.final == (name == "final")]
        return [code for code, state in self.states.items() if state.group == name]

    def find(self, state: str, act: str) -> Transition | None:
        """The row for this act from this state (`START` before the subject exists); None when there is none."""
        return self._index.get(state, {}).get(act)

    def target(self, state: str, act: str) -> str:
        """The state after this act; `ActRefused` when the act is not possible from this state."""
        transition = self.find(state, act)
        if transition is None:
            raise ActRefused(self.kind, state, act, "state")
        return state if transition.target is None else transition.target

    def allowed(self, state: str, roles: Collection[str], facts: Facts | None = None) -> list[Transition]:
        """The acts that somebody with these roles may do now, the likeliest first."""
        known = facts or {}
        rows = [row for row in self._index.get(state, {}).values() if self._refusal(row, roles, known) is None]
        return sorted(rows, key=lambda row: -row.weight)

    def require(self, state: str, act: str, roles: Collection[str], facts: Facts | None = None) -> Transition:
        """The row for this act when it is allowed now; `ActRefused` with the reason otherwise."""
        transition = self.find(state, act)
        if transition is None:
            raise ActRefused(self.kind, state, act, "state")
        refusal = self._refusal(transition, roles, facts or {})
        if refusal is not None:
            raise ActRefused(self.kind, state, act, *refusal)
        return transition

    def edges(self) -> list[Edge]:
        """Every (from, act, to) that exists, in the order of the table; '' is the source of creation."""
        return [
            Edge(source, row.act, source if row.target is None else row.target)
            for row in self.transitions
            for source in row.sources
        ]

    # -- pictures ----------------------------------------------------------------------------------------------

    def as_text(self) -> str:
        """The table as aligned text: one line for each act and source."""
        from django.utils.translation import gettext as _

        head = (_("Từ"), _("Việc"), _("Đến"), _("Ai làm"), _("Cần có"), _("Thời hạn"), _("Tin nhắn"), _("Tên gọi"))
        lines = [head, *(self._cells(source, row) for row in self.transitions for source in row.sources)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        lines.insert(1, tuple("-" * width for width in widths))
        title = _("Bảng chuyển trạng thái: %(kind)s") % {"kind": self.kind}
        body = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
        names = [f"  {code.ljust(max(map(len, self.states)))}  {state.label}" for code, state in self.states.items()]
        return "\n".join([title, "", *body, "", _("Trạng thái:"), *names])

    def as_mermaid(self, *, loops: bool = True) -> str:
        """The table as a Mermaid state diagram; `loops=False` leaves out acts that do not change the state."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {code} : {_plain(state.label)}" for code, state in self.states.items()]
        for row in self.transitions:
            for source in row.sources:
                target = source if row.target is None else row.target
                if source == target and not loops:
                    continue
                lines.append(f"    {source or '[*]'} --> {target} : {_plain(row.label)}")
        lines += [f"    {code} --> [*]" for code, state in self.states.items() if state.final]
        return "\n".join(lines)

    # -- inside ------------------------------------------------------------------------------------------------

    @property
    def _index(self) -> Mapping[str, Mapping[str, Transition]]:
        index: Mapping[str, Mapping[str, Transition]] = self.__dict__["_by_source"]
        return index

    def _refusal(self, row: Transition, roles: Collection[str], facts: Facts) -> tuple[str, ...] | None:
        mine = row.roles & frozenset(roles)
        if not mine:
            return ("role",)
        if row.same_agency and not facts.get(SAME_AGENCY, False) and not mine & self.city_roles:
            return ("agency",)
        for name in row.guards:
            if not self.guards[name](facts):
                return ("guard", name)
        return None

    def _expand(self, row: Transition, problems: list[str]) -> Transition:
        sources: list[str] = []
        for source in row.sources:
            states = self.group(source[1:]) if source.startswith("@") else [source]
            if not states:
                problems.append(f"act {row.act!r}: no state in group {source!r}")
            sources.extend(states)
        return replace(row, sources=tuple(sources))

    def _cells(self, source: str, row: Transition) -> tuple[str, ...]:
        who = ", ".join(sorted(row.roles)) + (" (=)" if row.same_agency else "")
        needs = ", ".join([*row.needs, *(f"?{name}" for name in row.guards)])
        deadline = ", ".join(" ".join(effect) for effect in row.deadline)
        target = "=" if row.target is None else row.target
        return (source or "*", row.act, target, who, needs, deadline, row.message, str(row.label))

    def _problems(self) -> Iterator[str]:
        if not _CODE.match(self.kind):
            yield f"{self.kind!r} is not a code"
        for code, state in self.states.items():
            if not _CODE.match(code):
                yield f"state {code!r} is not a code"
            if _empty(state.label):
                yield f"state {code!r} has no label"
        seen: set[tuple[str, str]] = set()
        for row in self.transitions:
            yield from self._row_problems(row, seen)
        initial = self._initial
        if not initial:
            yield "there is no initial state"
        created = {row.target for row in self.transitions if START in row.sources and row.target is not None}
        for code in initial:
            if code not in self.states:
                yield f"initial state {code!r} is unknown"
            elif code not in created:
                yield f"initial state {code!r} is entered by no act: add a transition with sources=(START,)"
        for code in sorted((created & self.states.keys()) - set(initial)):
            yield f"state {code!r} is entered from the start but is not initial"
        yield from self._path_problems()

    def _row_problems(self, row: Transition, seen: set[tuple[str, str]]) -> Iterator[str]:
        name = f"act {row.act!r}"
        if not _CODE.match(row.act):
            yield f"{name} is not a code"
        if not row.roles:
            yield f"{name} has no role"
        if _empty(row.label):
            yield f"{name} has no label"
        if not row.sources:
            yield f"{name} has no source"
        if row.target is not None and row.target not in self.states:
            yield f"{name}: unknown target {row.target!r}"
        for source in row.sources:
            if source == START and row.target is None:
                yield f"{name} creates the subject but names no state"
            if source != START and source not in self.states:
                yield f"{name}: unknown source {source!r}"
            if (source, row.act) in seen:
                yield f"{name} stands twice for source {source!r}"
            seen.add((source, row.act))
        for guard in row.guards:
            if guard not in self.guards:
                yield f"{name}: unknown guard {guard!r}"
        for effect in row.deadline:
            if not effect or effect[0] not in EFFECTS:
                yield f"{name}: unknown deadline effect {effect!r}"

    def _path_problems(self) -> Iterator[str]:
        edges = [edge for edge in self.edges() if edge.source != edge.target]
        reached = _reach(self._initial, [(edge.source, edge.target) for edge in edges])
        for code in self.states:
            if code not in reached:
                yield f"state {code!r} is unreachable"
        final = self.group("final")
        ends = _reach(final, [(edge.target, edge.source) for edge in edges])
        exits = {edge.source for edge in edges}
        for code, state in self.states.items():
            if state.final:
                continue
            if code not in exits:
                yield f"state {code!r} has no way out and is not final"
            elif final and code not in ends:
                yield f"state {code!r} can never reach a final state"

    @property
    def _initial(self) -> tuple[str, ...]:
        return (self.initial,) if isinstance(self.initial, str) else self.initial


def _reach(start: Iterable[str], edges: Collection[tuple[str, str]]) -> set[str]:
    following: dict[str, list[str]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    reached = set(start)
    queue = deque(reached)
    while queue:
        for target in following.get(queue.popleft(), ()):
            if target not in reached:
                reached.add(target)
                queue.append(target)
    return reached


def _empty(label: Label) -> bool:
    # A lazy text must not be translated while modules are still being imported.
    return isinstance(label, str) and not label.strip()


def _plain(label: Label) -> str:
    """A label without the signs that have a meaning in Mermaid."""
    return re.sub(r"\s*[:;#\n]\s*", ", ", str(label)).strip()


_tables: dict[str, TransitionTable] = {}


def register(table: TransitionTable) -> TransitionTable:
    """Make a table known by its kind; another table of the same kind is an error. Returns the table."""
    known = _tables.get(table.kind)
    if known is not None and known is not table:
        raise TableError(table.kind, ["a table of this kind is registered already"])
    _tables[table.kind] = table
    return table


def get(kind: str) -> TransitionTable:
    """The table of this kind; KeyError when there is none."""
    return _tables[kind]


def tables() -> list[TransitionTable]:
    """All registered tables, by kind."""
    return [_tables[kind] for kind in sorted(_tables)]
