"""What the program does by itself as time passes: reminders, lapsed questions, closings, successors."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from langnghe.acts.reminders import BATCH, Reminders, each
from langnghe.agencies.models import Agency, Person
from langnghe.agencies.selectors import coordinators, people_with, successor_of
from langnghe.cases.models import Case, Cooperation, Follower
from langnghe.cases.services import after, agency, engine, office, sender
from langnghe.cases.workflow import OPEN_STATES
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime.models import Deadline


class CaseReminders(Reminders[Case]):
    """Reminders of cases and of questions to partners. What gives the sender time reminds nobody."""

    kinds = (engine.KIND, engine.COOPERATION)
    engine = engine.CASES
    daily = False

    def subject(self, deadline: Deadline) -> Case | None:
        if deadline.step in engine.WINDOWS:
            return None
        case_id = deadline.subject_id
        if deadline.kind == engine.COOPERATION:
            case_id = Cooperation.objects.values_list("case_id", flat=True).get(pk=case_id)
        return self.engine.rows.get(pk=case_id)

    def key(self, subject: Case, deadline: Deadline) -> str:
        return f"{subject.pk}:{deadline.step}"

    def words(self, deadline: Deadline, person: Person, *, at: datetime) -> dict[str, str]:
        said = deadline.explain(person.language)
        return {"due": said, "due_explained": said}

    def recipients(self, deadline: Deadline, audience: str, *, at: datetime) -> list[Person]:
        if audience == "handler" and deadline.step == "decide":
            readers = list(people_with("protected_reader", agency_id=None, on=at.date()))
            return readers or list(coordinators(at.date()))
        return super().recipients(deadline, audience, at=at)


remind = CaseReminders().run


def lapse_questions(*, at: datetime) -> int:
    """Go on with cases whose sender did not reply within the term. Returns how many."""
    return each(_passed("reply", at), lambda pk: agency.continue_without(case_id=pk, actor=SYSTEM, at=at))


def close_rated(*, at: datetime) -> int:
    """Close cases whose term for rating has passed. What was promised and not yet reported done stays open."""
    return each(_passed("close", at), lambda pk: sender.close(case_id=pk, actor=SYSTEM, at=at))


def _passed(step: str, at: datetime) -> list[int]:
    found = Deadline.objects.filter(kind=engine.KIND, step=step, state="open", due_at__lt=at).order_by("due_at")
    return list(found.values_list("subject_id", flat=True)[:BATCH])


FOLLOWED_AFTER = timedelta(days=30)
"""So long after a case has ended the addresses of those who followed it are kept."""


def forget_followers(*, at: datetime) -> int:
    """Delete addresses that are of no use: not confirmed within the term, or of a case that ended long ago; with them
    the messages to them. Returns how many."""
    asked_before = at - timedelta(days=settings.FOLLOW_CONFIRM_DAYS)
    unconfirmed = Follower.objects.filter(confirmed_at=None, asked_at__lt=asked_before)
    ended = Follower.objects.filter(case__closed_at__lt=at - FOLLOWED_AFTER)
    tokens = {row.token for found in (unconfirmed, ended) for row in found.order_by("pk")[:BATCH]}
    return sum(sender.unfollow(token=token, at=at) for token in sorted(tokens))


def part_orphans(*, at: datetime) -> int:
    """A case that was merged into one which then came to nothing goes its own way again. Returns how many."""
    ended = ("withdrawn", "declined", "diverted")
    keys = Case.objects.filter(merged_into__isnull=False, state="merged", merged_into__state__in=ended)
    reason = _("Phản ánh được gộp vào đã kết thúc mà không có trả lời.")
    return each(
        list(keys.values_list("pk", flat=True)[:BATCH]),
        lambda pk: office.unmerge(case_id=pk, actor=SYSTEM, at=at, reason=reason),
    )


def hand_to_successors(*, at: datetime) -> int:
    """Open work of agencies that have ended, and questions to them that wait, go to their successors. Returns how many
    moved."""
    moved = 0
    for ended in Agency.objects.filter(valid_to__lt=at.date(), successions__main=True).distinct():
        heir = successor_of(ended)
        if heir.pk == ended.pk:
            continue
        keys = Case.objects.filter(agency=ended, state__in=OPEN_STATES).values_list("pk", flat=True)[:BATCH]
        moved += each(list(keys), partial(_succeed, agency_id=heir.pk, at=at))
        asked = Cooperation.objects.filter(agency=ended, replied_at=None).values_list("case_id", flat=True)[:BATCH]
        moved += each(list(asked), partial(_succeed_partner, before_id=ended.pk, agency_id=heir.pk, at=at))
    return moved


def _succeed(case_id: int, *, agency_id: int, at: datetime) -> None:
    after.succeed(case_id=case_id, actor=SYSTEM, at=at, agency_id=agency_id)


def _succeed_partner(case_id: int, *, before_id: int, agency_id: int, at: datetime) -> None:
    after.succeed_partner(case_id=case_id, actor=SYSTEM, at=at, before_id=before_id, agency_id=agency_id)
