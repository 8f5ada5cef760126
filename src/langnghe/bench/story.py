"""What a synthetic case has behind it: the acts that lead to a state, who did them, and how far apart they lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One act: its role ("sender" and "system" are nobody of the staff), the state after it, hours since the last."""

    act: str
    role: str
    target: str
    hours: float


_RECEIVE = (Step("receive", "sender", "received", 0),)
_CLASSIFY = (*_RECEIVE, Step("classify", "coordinator", "classified", 4))
_TRANSFER = (*_CLASSIFY, Step("transfer", "coordinator", "transferred", 3))
_ACCEPT = (*_TRANSFER, Step("accept", "focal_point", "accepted", 5))
_ASSIGN = (*_ACCEPT, Step("assign", "focal_point", "handling", 2))
_SUBMIT = (*_ASSIGN, Step("draft", "handler", "handling", 60), Step("submit", "handler", "awaiting_approval", 1))
_APPROVE = (*_SUBMIT, Step("approve", "approver", "answered", 9))
_PUBLISH = (*_APPROVE, Step("publish", "coordinator", "published", 14))
_RATE = (*_PUBLISH, Step("rate", "sender", "published", 40))

OPEN: dict[str, tuple[float, tuple[Step, ...]]] = {
    "received": (0.12, _RECEIVE),
    "clarifying": (0.02, (*_RECEIVE, Step("clarify", "coordinator", "clarifying", 4))),
    "classified": (0.05, _CLASSIFY),
    "transferred": (0.10, _TRANSFER),
    "accepted": (0.08, _ACCEPT),
    "handling": (0.26, _ASSIGN),
    "awaiting_sender": (0.06, (*_ASSIGN, Step("ask_sender", "handler", "awaiting_sender", 12))),
    "awaiting_approval": (0.06, _SUBMIT),
    "answered": (0.06, _APPROVE),
    "published": (0.15, _PUBLISH),
    "withheld": (0.02, (*_APPROVE, Step("withhold", "coordinator", "withheld", 10))),
    "reopened": (0.02, (*_RATE, Step("reopen", "sender", "reopened", 1))),
}
"""Open states: the share of each among open cases, and the way there."""

DONE: dict[str, tuple[float, tuple[Step, ...]]] = {
    "closed": (0.86, (*_RATE, Step("close", "system", "closed", 300))),
    "declined": (0.07, (*_RECEIVE, Step("decline", "coordinator", "declined", 5))),
    "diverted": (
        0.01,
        (*_RECEIVE, Step("restrict", "coordinator", "received", 5), Step("divert", "protected_reader", "diverted", 20)),
    ),
    "withdrawn": (0.02, (*_CLASSIFY, Step("withdraw", "sender", "withdrawn", 20))),
    "merged": (0.04, (*_RECEIVE, Step("merge", "coordinator", "merged", 6))),
}
"""Ended states: the share of each among ended cases, and the way there."""

OPEN_SHARE = 0.05
"""Cases that somebody still has to do something about."""

NEWNESS = 0.055
"""Open cases are the newest ones: the chance to be open falls by e over this share of the whole time."""

ANSWERED = frozenset({"answered", "published", "withheld", "closed", "reopened"})
"""States whose cases have an approved answer."""

WITH_AGENCY = (
    frozenset({"transferred", "accepted", "handling", "awaiting_sender", "awaiting_approval", "reopened"}) | ANSWERED
)

PUBLIC_SHARE = 0.5
"""Closed cases that have a public copy."""
