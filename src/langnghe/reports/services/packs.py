"""Freezing the pack of a meeting: what it said that day is kept, whatever becomes of the tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies.models import Agency
from langnghe.ledger import services as ledger
from langnghe.reports import frozen
from langnghe.reports.errors import refusal
from langnghe.reports.facts import works_for
from langnghe.reports.models import Meeting, MeetingPack
from langnghe.workflow.actor import SYSTEM, Actor
from langnghe.worktime import rules as time_rules

KIND = "meeting"
CALLERS = frozenset({"coordinator", "focal_point", "head"})
AFTER = timedelta(days=1)
"""How long after the day of a meeting its pack may still be frozen without anybody asking; later it would keep the
state of another day."""


def may_call(actor: Actor, agency: Agency) -> bool:
    """The actor may call meetings of the agency, write down what they conclude and freeze their packs."""
    return actor.role in CALLERS and works_for(actor, agency.pk, office=agency.is_city_office)


def check_caller(actor: Actor, agency: Agency) -> None:
    """NotAllowed unless the actor `may_call`."""
    if not may_call(actor, agency):
        raise refusal("role" if actor.role not in CALLERS else "agency")


def freeze(*, meeting_id: int, actor: Actor, at: datetime) -> tuple[MeetingPack, bool]:
    """Freeze the pack as it stands; and whether this is a new version: the same contents again give back the last
    one. NotAllowed for others than those who call the meeting, and when its day is over."""
    with transaction.atomic():
        meeting = locked(meeting_id)
        check_caller(actor, meeting.agency)
        if frozen.is_over(meeting, at):
            raise NotAllowed("state", _("Ngày họp đã qua; chốt bây giờ sẽ ghi tình trạng của hôm nay cho ngày họp."))
        return _keep(meeting, actor=actor, at=at)


def freeze_before_conclusions(meeting: Meeting, *, actor: Actor, at: datetime) -> None:
    """The meeting concludes, so it is held: what lay before it is kept, unless it was frozen already or is not of
    these days. `meeting` is locked, in the caller's transaction."""
    day = time_rules.local(at).date()
    if meeting.on <= day <= meeting.on + AFTER and not meeting.packs.exists():
        _keep(meeting, actor=actor, at=at)


def freeze_past(*, at: datetime) -> int:
    """Freeze the packs of yesterday's meetings that nobody froze. Returns how many. One query when there are none."""
    day = time_rules.local(at).date() - AFTER
    made = 0
    for key in Meeting.objects.filter(on=day, packs=None).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            meeting = locked(key)
            if meeting.packs.exists():
                continue
            try:
                _keep(meeting, actor=SYSTEM, at=at)
            except ActError:
                continue  # the city has no template for packs; the page says that nothing was frozen
            made += 1
    return made


def locked(meeting_id: int) -> Meeting:
    """The meeting with its agency, its row locked until the transaction ends."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("agency").get(pk=meeting_id)


def _keep(meeting: Meeting, *, actor: Actor, at: datetime) -> tuple[MeetingPack, bool]:
    kept = frozen.contents(meeting, at=at)
    digest = frozen.digest_of(kept)
    last = meeting.packs.defer("contents").order_by("-number").first()
    if last is not None and last.digest == digest:
        return last, False
    made = MeetingPack.objects.create(
        meeting=meeting, number=last.number + 1 if last is not None else 1, at=at, person_id=actor.person_id,
        contents=kept, digest=digest,
    )  # fmt: skip
    ledger.record(
        kind=KIND, subject_id=meeting.pk, act="freeze", actor=actor, at=at,
        data={"number": made.number, "digest": digest},
    )  # fmt: skip
    return made, True
