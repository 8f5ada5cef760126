"""The receipt: shown after sending, through a signed address that ends soon; never indexed, nothing personal in it."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langnghe.cases import rules as case_rules
from langnghe.cases.models import Case
from langnghe.cases.services.receive import key_bytes
from langnghe.intake import selectors
from langnghe.intake.selectors import catalogue
from langnghe.portal import story
from langnghe.portal.views.common import language, private
from langnghe.ui.access import public
from langnghe.ui.items import Fact, Step
from langnghe.worktime import selectors as worktime

RECEIPT_SECONDS = 3600
_SALT = "langnghe.portal.receipt"


def token_of(case_id: int) -> str:
    """The signed word of a receipt's address."""
    return signing.dumps(case_id, salt=_SALT)


def _case(token: str) -> Case | None:
    try:
        return selectors.receipt_case(int(signing.loads(token, salt=_SALT, max_age=RECEIPT_SECONDS)))
    except (signing.BadSignature, TypeError, ValueError):
        return None


@public
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponseBase:
    """Code, secret, picture, what happens next and by when. Three queries at most."""
    return _show(request, token, "portal/receipt.html")


@public
@require_safe
def paper(request: HttpRequest, token: str) -> HttpResponseBase:
    """The same on paper."""
    return _show(request, token, "portal/receipt_print.html")


def _show(request: HttpRequest, token: str, template: str) -> HttpResponseBase:
    case = _case(token)
    if case is None or case.submission_key is None:
        return private(render(request, "portal/receipt_gone.html", {"section": "track"}, status=410))
    return private(render(request, template, {"token": token, **receipt_words(case), "again": "lai" in request.GET}))


def receipt_words(case: Case) -> dict[str, Any]:
    """What a receipt says. One query."""
    address = settings.BASE_URL.rstrip("/") + reverse("portal:case", args=[case.code])
    deadlines = worktime.deadlines_of("case", case.pk)
    return {
        "section": "submit",
        "case": case,
        "secret": case_rules.derive_secret(key_bytes(), str(case.submission_key)),
        "qr": picture(address),
        "address": address,
        "office": catalogue().office,
        "next": story.what_next(deadlines, catalogue().office, language()),
        "deadline": story.main_deadline(deadlines, step="answer"),
        "steps": [Step(_("Viết"), "done"), Step(_("Xem lại"), "done"), Step(_("Nhận mã"), "now")],
        "facts": [
            Fact(_("Nội dung"), case.title),
            Fact(_("Nơi xảy ra"), case.commune.short_name if case.commune else _("không ghi")),
            Fact(_("Loại"), case.get_regime_display()),
        ],
    }


def picture(address: str) -> str:
    """The QR code of an address as a data: URL of an SVG image, dark on white in any theme."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=3, dark="#000", light="#fff"))
