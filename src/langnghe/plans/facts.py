"""What the guards of the share's table ask about one share and one actor, read only when asked."""

from __future__ import annotations

from datetime import datetime

from langnghe.acts.facts import Asked
from langnghe.plans.models import Obstacle, Progress, Share
from langnghe.plans.rules import next_due
from langnghe.plans.workflow import LEADERS, LEADS
from langnghe.workflow.actor import Actor


def owner_id(share: Share) -> int:
    """The agency that answers for the share: its own, or the owner of the plan for a body outside the city's."""
    return share.agency_id or share.task.document.agency_id


class ShareFacts(Asked):
    """Facts about a share for an actor at a time. Rows of the share are read once, through prefetched sets where
    present. `evidence` says whether the act brings evidence along; None when that is not known yet (a page that
    offers the act)."""

    def __init__(self, share: Share, actor: Actor, *, at: datetime, evidence: bool | None = None) -> None:
        self.share = share
        self.actor = actor
        self.at = at
        self.evidence = evidence
        self._ask = {
            "same_agency": lambda: self.same_agency,
            "is_carrier": lambda: self.is_carrier,
            "is_superior": lambda: self.is_superior,
            "has_evidence": lambda: self.evidence is not False,
            "not_own_report": lambda: self.not_own_report,
            "obstacle_waiting": lambda: any(row.answered_at is None for row in self.obstacles),
            "recurs": lambda: self.next_period is not None,
            "agency_ended": lambda: self.agency_ended,
        }

    @property
    def same_agency(self) -> bool:
        """The actor works for the agency that answers for the share."""
        return self.actor.agency_id is not None and self.actor.agency_id == owner_id(self.share)

    @property
    def is_carrier(self) -> bool:
        """The person of the share, or who leads its agency; anybody in the role while nobody is named. The city
        office carries only what bodies outside the city's agencies have been asked for."""
        if self.actor.role == "coordinator":
            return self.share.agency_id is None
        if self.actor.role in LEADS or self.share.person_id is None:
            return True
        return self.actor.person_id is not None and self.actor.person_id == self.share.person_id

    @property
    def is_superior(self) -> bool:
        """A leader of the agency; the city office only for bodies outside the city's agencies."""
        return self.actor.role in LEADERS or (self.actor.role == "coordinator" and self.share.agency_id is None)

    @property
    def submission(self) -> Progress | None:
        """The report of completion that waits for a decision: the newest of the share."""
        waiting = [row for row in self.share.progress.all() if row.act == "submit" and not row.decided]
        return max(waiting, key=lambda row: (row.at, row.pk), default=None)

    @property
    def not_own_report(self) -> bool:
        """The actor is not who reported the completion."""
        submission = self.submission
        return submission is None or submission.person_id is None or submission.person_id != self.actor.person_id

    @property
    def obstacles(self) -> list[Obstacle]:
        """All obstacles of the share."""
        return list(self.share.obstacles.all())

    @property
    def next_period(self) -> object:
        """The due day of the next period of a recurring task, or None."""
        task = self.share.task
        if task.due_kind != "recurring":
            return None
        after = self.share.period_due or self.at.date()
        document = task.document
        return next_due(task.rrule, after=after, until=document.ends_on, anchor=document.issued_on)

    @property
    def agency_ended(self) -> bool:
        """The share's agency no longer exists."""
        agency = self.share.agency
        return agency is not None and agency.valid_to is not None and agency.valid_to < self.at.date()
