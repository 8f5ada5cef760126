"""Calendar feeds behind a secret address: made, renewed, revoked, found by their secret.

The secret has 256 random bits and is shown once; the database keeps its digest only. Whoever has the address sees the
terms of one person or one agency, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.agencies.selectors import actors_of
from langnghe.plans.models import CalendarFeed

AGENCY_ROLES = frozenset({"focal_point", "handler", "approver", "head"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_SEEN_EVERY = timedelta(hours=1)


def renew(*, person_id: int, agency_id: int | None, at: datetime) -> str:
    """Make the feed's address, or a new one: the old one stops at once. Returns the secret, which nobody sees again.

    `agency_id` None: what the person has to do; otherwise what the agency has, for somebody who holds a role in it.
    Raises ActError.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        if agency_id is not None and not _belongs(person_id, agency_id, at):
            raise ActError(_("Ông/bà không thuộc cơ quan này."))
        CalendarFeed.objects.update_or_create(
            person_id=person_id,
            agency_id=agency_id,
            defaults={"digest": digest(secret), "created_at": at, "last_read_at": None},
        )
    return secret


def revoke(*, person_id: int, agency_id: int | None) -> None:
    """Stop the feed: its address leads nowhere from now on."""
    found = CalendarFeed.objects.filter(person_id=person_id)
    (found.filter(agency=None) if agency_id is None else found.filter(agency_id=agency_id)).delete()


def open_feed(secret: str, *, at: datetime) -> CalendarFeed | None:
    """The feed of a secret; None for a wrong or revoked one, for a person who left, or who left the agency.

    The digest is looked up, not the secret, and compared in constant time. At most four queries.
    """
    if not _SECRET.fullmatch(secret):
        return None
    wanted = digest(secret)
    feed = CalendarFeed.objects.select_related("person", "agency").filter(digest=wanted).first()
    if feed is None or not hmac.compare_digest(bytes(feed.digest), wanted):
        return None
    if not feed.person.is_active or (feed.agency_id is not None and not _belongs(feed.person_id, feed.agency_id, at)):
        return None
    if feed.last_read_at is None or at - feed.last_read_at >= _SEEN_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=at)
    return feed


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(b"langnghe.calendar.1" + secret.encode()).digest()


def _belongs(person_id: int, agency_id: int, at: datetime) -> bool:
    from langnghe.agencies.models import Person

    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return False
    return any(actor.agency_id == agency_id and actor.role in AGENCY_ROLES for actor in actors_of(person, at.date()))
