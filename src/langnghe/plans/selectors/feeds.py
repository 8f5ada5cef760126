"""What stands in a calendar feed, and which feeds a person has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from langnghe.plans.models import CalendarFeed, OwnItem, PlanStep, Share
from langnghe.plans.selectors.personal import due_day
from langnghe.plans.workflow import OPEN_STATES

MOST = 1000
PAST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Term:
    """One day in a feed. `path`: the page at the desk, '' for own items' list."""

    uid: str
    day: date
    title: str
    kind: str
    changed: datetime
    plan: str = ""
    agency: str = ""
    person: str = ""
    state: str = ""
    share_id: int | None = None
    rrule: str = ""
    until: date | None = None
    first: date | None = None


def feeds_of(person_id: int) -> dict[int | None, CalendarFeed]:
    """The feeds that a person has, by agency (None: the person's own). One query."""
    return {feed.agency_id: feed for feed in CalendarFeed.objects.filter(person_id=person_id)}


def terms(feed: CalendarFeed, *, today: date) -> list[Term]:
    """The terms of a feed: open tasks with a day, open steps, and own items (a person's feed). At most three
    queries."""
    shares = Share.objects.filter(state__in=OPEN_STATES, due_at__isnull=False)
    steps = PlanStep.objects.filter(done_at=None, due_on__isnull=False, share__state__in=OPEN_STATES)
    if feed.agency_id is None:
        shares, steps = shares.filter(person_id=feed.person_id), steps.filter(person_id=feed.person_id)
    else:
        shares, steps = shares.filter(agency_id=feed.agency_id), steps.filter(share__agency_id=feed.agency_id)
    found = []
    for share in shares.select_related("task__document", "agency", "person").order_by("due_at", "id")[:MOST]:
        task = share.task
        found.append(
            Term(
                uid=f"share-{share.pk}",
                day=due_day(share) or today,
                title=task.title,
                kind="share",
                changed=share.state_since,
                plan=task.document.number or task.document.title,
                agency=share.agency.short_name if share.agency is not None else share.body_name,
                person=share.person.full_name if share.person is not None else "",
                state=share.state,
                share_id=share.pk,
                rrule=task.rrule if task.due_kind == "recurring" else "",
                until=task.document.ends_on,
            )
        )
    for step in steps.select_related("share__task__document", "share__agency", "person").order_by("due_on", "id")[
        :MOST
    ]:
        share = step.share
        found.append(
            Term(
                uid=f"step-{step.pk}",
                day=step.due_on or today,
                title=step.title,
                kind="step",
                changed=share.assigned_at,
                plan=share.task.title,
                agency=share.agency.short_name if share.agency is not None else share.body_name,
                person=step.person.full_name if step.person is not None else "",
                share_id=share.pk,
            )
        )
    if feed.agency_id is None:
        own = OwnItem.objects.filter(person_id=feed.person_id, done_at=None, ends_on__gte=today - PAST)
        found += [
            Term(uid=f"own-{item.pk}", day=item.ends_on, first=item.starts_on, title=item.title, kind="own",
                 changed=item.created_at)
            for item in own.order_by("ends_on", "id")[:MOST]
        ]  # fmt: skip
    return found
