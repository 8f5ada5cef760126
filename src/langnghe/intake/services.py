"""Every write of intake: counters against abuse, and submissions that become cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import connection

from langnghe.cases import services as cases
from langnghe.cases.services import NewCase, NewSender, Receipt
from langnghe.intake import rules
from langnghe.intake.models import Throttle
from langnghe.workflow.actor import SENDER, Actor

_COUNT = """
INSERT INTO intake_throttle (key, hour, count) VALUES (%s, %s, 1)
ON CONFLICT (key, hour) DO UPDATE SET count = intake_throttle.count + 1
RETURNING count
"""


def throttle(*, purpose: str, address: str, limit: int, at: datetime) -> bool:
    """Count one act of a purpose from one address in this hour; False when it is more than `limit` (0: no limit).

    One statement of its own, outside of any case's transaction; the address is kept as a keyed digest only.
    """
    if limit <= 0:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(purpose, address), _hour(at)])
        (count,) = cursor.fetchone()
    return int(count) <= limit


def throttled(*, purpose: str, address: str, limit: int, at: datetime) -> bool:
    """Whether the limit is reached already, without counting. One query."""
    if limit <= 0:
        return False
    counted = (
        Throttle.objects.filter(key=_key(purpose, address), hour=_hour(at)).values_list("count", flat=True).first()
    )
    return (counted or 0) >= limit


def forget_counters(*, at: datetime) -> int:
    """Delete the counters of past hours. Returns how many."""
    return Throttle.objects.filter(hour__lt=_hour(at) - timedelta(hours=1)).delete()[0]


def _key(purpose: str, address: str) -> str:
    return rules.throttle_key(settings.SECRET_KEY.encode(), purpose, address)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Submission:
    """Whatever came in, over any channel, cleaned. `about`: field, regulation or conduct (see `rules.ABOUT`)."""

    about: str
    body: str
    submission_key: UUID
    channel_id: int
    title: str = ""
    proposal: bool = False
    language: str = "vi"
    commune_id: int | None = None
    place: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    business: bool = False
    publish_name: bool = False
    file_ids: Sequence[UUID] = ()


def submit(*, given: Submission, at: datetime, actor: Actor = SENDER) -> Receipt:
    """Make the case of a submission. The same `submission_key` again gives the receipt of the case that exists."""
    regime, subject = rules.regime_of(given.about)
    named = any((given.name, given.address, given.phone, given.email))
    sender = NewSender(
        name=given.name, address=given.address, phone=given.phone, email=given.email,
        type="business" if given.business else "citizen", publish_name=given.publish_name and bool(given.name),
    )  # fmt: skip
    new = NewCase(
        regime=regime, subject=subject, kind="proposal" if given.proposal else "report",
        title=rules.title_of(given.title, given.body), body=given.body, channel_id=given.channel_id,
        submission_key=given.submission_key, language=given.language, commune_id=given.commune_id, place=given.place,
        latitude=given.latitude, longitude=given.longitude, sender=sender if named else None,
        file_ids=tuple(given.file_ids),
    )  # fmt: skip
    return cases.receive(new=new, actor=actor, at=at)
