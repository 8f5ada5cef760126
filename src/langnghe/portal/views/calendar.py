"""Calendar feeds: what a person or an agency has to do by when, behind an address that nobody can guess."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from langnghe.intake import services as intake
from langnghe.plans import ics
from langnghe.plans.selectors import feeds
from langnghe.plans.services.feeds import open_feed
from langnghe.portal.views.common import address_of
from langnghe.ui.access import public
from langnghe.worktime import clock

READS_PER_HOUR = 120
"""Reads from one network address an hour: an office's calendars behind one address, and no room for guessing."""


@public
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed as text/calendar; 404 for a wrong or revoked address, 429 for too many reads. Seven queries."""
    at = clock.now()
    if not intake.throttle(purpose="calendar", address=address_of(request), limit=READS_PER_HOUR, at=at):
        words = _("Lịch được đọc quá nhiều lần. Thử lại vào giờ sau.")
        answer = HttpResponse(words, status=429, content_type="text/plain; charset=utf-8")
        answer["Retry-After"] = "3600"
        return answer
    found = open_feed(secret, at=at)
    if found is None:
        raise Http404
    with override(found.person.language or "vi"):
        name = _("Hạn nhiệm vụ: %(who)s") % {"who": found.agency.short_name if found.agency else _("việc của tôi")}
        body = ics.calendar_file(feeds.terms(found, today=at.date()), name=name, base=settings.BASE_URL.rstrip("/"))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match", "") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="lang-nghe.ics"'
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, max-age=900"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
