"""What the guards of the transition table ask about one case and one actor, read only when asked."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from langnghe.acts.facts import Asked
from langnghe.cases import rules
from langnghe.cases.models import Answer, AnswerState, Attachment, Case, Rating
from langnghe.workflow.actor import Actor


class CaseFacts(Asked):
    """Facts about a case for an actor at a time. Related rows are read once, through prefetched sets where present."""

    def __init__(
        self,
        case: Case,
        actor: Actor,
        *,
        at: datetime,
        reopen_until: datetime | None = None,
        rate_until: datetime | None = None,
    ) -> None:
        self.case = case
        self.actor = actor
        self.at = at
        self._reopen_until = reopen_until
        self._rate_until = rate_until
        self._ask = {
            "same_agency": lambda: self.same_agency,
            "restricted": lambda: self.case.restricted,
            "not_own_draft": lambda: self.answer is not None and self.actor.person_id not in self.answer.written_by,
            "fresh_approver": lambda: self.fresh_approver,
            "answer_complete": lambda: self.answer is not None and not self.gaps,
            "no_open_partner": lambda: not any(row.replied_at is None for row in self.case.cooperations.all()),
            "partner_open": lambda: any(
                row.replied_at is None and row.agency_id == self.actor.agency_id for row in self.case.cooperations.all()
            ),
            "extension_waiting": lambda: any(row.decided_at is None for row in self.case.extensions.all()),
            "may_rate": lambda: self.case.answered_at is not None and self.rating is None,
            "unrated": lambda: self.rating is None,
            "sender_done": lambda: self.sender_done,
            "may_reopen": lambda: self.may_reopen,
            "promise_open": lambda: self.promise_open,
            "was_merged": lambda: self.case.merged_into_id is not None,
        }

    @property
    def same_agency(self) -> bool:
        """The actor works for the case's agency; a handler only on the cases assigned to this very person."""
        if self.actor.agency_id is None or self.actor.agency_id != self.case.agency_id:
            return False
        return self.actor.role != "handler" or self.is_handler

    @property
    def is_handler(self) -> bool:
        """The case is assigned to the actor."""
        return self.actor.person_id is not None and self.case.handler_id == self.actor.person_id

    @cached_property
    def answer(self) -> Answer | None:
        """The living answer of the present round."""
        return next(
            (
                row
                for row in self.case.answers.all()
                if row.round == self.case.round and row.state != AnswerState.REPLACED
            ),
            None,
        )

    @cached_property
    def rating(self) -> Rating | None:
        """The rating of the present round."""
        return next((row for row in self.case.ratings.all() if row.round == self.case.round), None)

    @property
    def fresh_approver(self) -> bool:
        """The actor has not approved an answer of an earlier round."""
        return not any(
            row.decided_by_id == self.actor.person_id
            and row.state == AnswerState.APPROVED
            and row.round < self.case.round
            for row in self.case.answers.all()
        )

    @cached_property
    def gaps(self) -> dict[str, str]:
        """What the answer lacks: field → message."""
        answer = self.answer
        if answer is None:
            return {"text": ""}
        return rules.answer_gaps(answer_facts(self.case, answer), today=self.at.date())

    @property
    def may_reopen(self) -> bool:
        """First round, rated as dissatisfied, within the term."""
        if self.case.round != 1 or self._reopen_until is None or self.at > self._reopen_until:
            return False
        return self.dissatisfied

    @property
    def dissatisfied(self) -> bool:
        """The answer of the present round was rated, and not well."""
        rating = self.rating
        if rating is None:
            return False
        return rules.is_dissatisfied([rating.forms, rating.ease, rating.handling, rating.notice, rating.overall])

    @property
    def sender_done(self) -> bool:
        """The sender has nothing left to do: rated so that nothing can follow, or the time for it is over."""
        if self.rating is not None and (self.case.round > 1 or not self.dissatisfied):
            return True
        limits = [limit for limit in (self._rate_until, self._reopen_until) if limit is not None]
        return all(self.at > limit for limit in limits)

    @property
    def promise_open(self) -> bool:
        """The answer of this round promised something for a day, and nobody has reported it done. A reopening ends
        the promise of the answer that did not satisfy."""
        return any(
            row.round == self.case.round
            and row.state == AnswerState.APPROVED
            and row.outcome == "scheduled"
            and row.fulfilled_at is None
            for row in self.case.answers.all()
        )


def answer_facts(case: Case, answer: Answer) -> rules.AnswerFacts:
    """The facts on which an answer's completeness depends."""
    proofs = sum(1 for row in case.attachments.all() if row.role == Attachment.Role.PROOF and row.round == answer.round)
    return rules.AnswerFacts(
        outcome=answer.outcome,
        text=answer.text,
        done_what=answer.done_what,
        done_by=answer.done_by,
        done_on=answer.done_on,
        legal_basis=answer.legal_basis,
        scheduled_on=answer.scheduled_on,
        other_body=answer.other_body or ("x" if answer.other_agency_id else ""),
        proofs=proofs,
        regime=case.regime,
        subject=case.subject,
    )
