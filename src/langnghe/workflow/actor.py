"""Who acts: a person of the city, the sender of a case, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["person", "sender", "system"]

__all__ = ["SENDER", "SYSTEM", "Actor", "ActorKind"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who does an act, in one role, for one agency.

    `kind` says what sort of actor it is, `role` in which role the act is done (a role of the transition table),
    `person_id` and `agency_id` name the person and the agency on whose behalf the act is done. A sender and the
    system have neither.
    """

    kind: ActorKind
    role: str
    person_id: int | None = None
    agency_id: int | None = None

    @property
    def person(self) -> int:
        """The key of the person; ValueError for a sender or the system, who write no such rows."""
        if self.person_id is None:
            raise ValueError("this act is done by a person")
        return self.person_id


SYSTEM = Actor("system", "system")
SENDER = Actor("sender", "sender")
