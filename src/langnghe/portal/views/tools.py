"""For machines: robots.txt and a small sitemap."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from langnghe.publication import selectors as publication
from langnghe.publication.selectors import PublicFilter
from langnghe.ui.access import public

PAGES = ("home", "submit", "public_list", "about", "channels", "privacy", "accessibility")
PRIVATE = ("/bien-nhan/", "/theo-doi/", "/theo-doi-cung/", "/tra-cuu/", "/tai-len/", "/can-bo/", "/tai-khoan/")


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """What machines may read: what is public."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines.append(f"Sitemap: {settings.BASE_URL.rstrip('/')}{reverse('portal:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """The fixed pages and the newest published cases. One query."""
    base = settings.BASE_URL.rstrip("/")
    cases = publication.public_list(PublicFilter(), size=1000).rows
    context = {
        "pages": [base + reverse(f"portal:{name}") for name in PAGES],
        "cases": [(base + reverse("portal:public_case", args=[row.code]), row.published_at) for row in cases],
    }
    return HttpResponse(render_to_string("portal/sitemap.xml", context), content_type="application/xml; charset=utf-8")
