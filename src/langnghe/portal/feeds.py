"""The newest published cases as Atom feeds: of the city, of one agency, of one field."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.agencies.models import Agency
from langnghe.cases import settings as city_settings
from langnghe.cases.models import Field
from langnghe.publication import selectors as publication
from langnghe.publication.selectors import PublicFilter
from langnghe.worktime import clock

SIZE = 50


def respond(request: HttpRequest, *, agency: str, field: str) -> HttpResponse:
    """The feed; Http404 for an unknown agency or field. Two queries at most."""
    wanted, about = PublicFilter(), ""
    if agency:
        body = Agency.objects.filter(code=agency).only("pk", "name").first()
        if body is None:
            raise Http404
        wanted, about = PublicFilter(agency_id=body.pk), body.name
    elif field:
        kind = Field.objects.filter(code=field).only("pk", "name").first()
        if kind is None:
            raise Http404
        wanted, about = PublicFilter(field_id=kind.pk), kind.name
    base = settings.BASE_URL.rstrip("/")
    rows = publication.public_list(wanted, size=SIZE).rows
    newest: datetime = max((row.published_at for row in rows if row.published_at), default=clock.now())
    city = city_settings.text("city_name", clock.today())
    context = {
        "title": _("Phản ánh đã công khai"),
        "about": about,
        "city": city,
        "id": base + request.path,
        "home": base + reverse("portal:public_list"),
        "updated": newest.isoformat(),
        "entries": [
            {
                "url": base + reverse("portal:public_case", args=[row.code]),
                "row": row,
                "updated": row.published_at.isoformat() if row.published_at else newest.isoformat(),
            }
            for row in rows
        ],
    }
    text = render_to_string("portal/feed.atom", context)
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")
