"""What several public pages share: whose address, which files a form carries, the cookie of a sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from langnghe.cases.models import Case
from langnghe.files import http
from langnghe.files.http import Carried
from langnghe.intake import rules, services
from langnghe.texts import CodeError, parse_code

UPLOADS_PER_HOUR = 200
"""Files from one address an hour, whether they come in parts or with a form."""

TRACK_SECONDS = 12 * 3600
_TRACK_SALT = "langnghe.portal.track"


def address_of(request: HttpRequest) -> str:
    """The address of who asks, behind as many proxies as the operator trusts."""
    return rules.client_address(
        request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES
    )


def language() -> str:
    """vi or en."""
    return (get_language() or "vi")[:2]


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Mark a page that is for one person: not kept, not indexed. (Other sites never learn its address: the whole
    project sends its referrer to itself only.)"""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- files of a form ------------------------------------------------------------------------------------------------


def carried(request: HttpRequest, new: Sequence[Any], *, at: datetime) -> Carried:
    """The files of a public form; from one address only so many an hour."""

    def refusal() -> str:
        if services.throttle(purpose="upload", address=address_of(request), limit=UPLOADS_PER_HOUR, at=at):
            return ""
        return _("Từ mạng này vừa có quá nhiều tệp. Ông/bà thử lại vào giờ sau, hoặc gửi không kèm tệp.")

    return http.carried(request, new, at=at, refusal=refusal)


# --- the sender's cookie --------------------------------------------------------------------------------------------


def _cookie_name(code: str) -> str:
    # Bound to one path, so that the prefix cannot be __Host-.
    return ("__Secure-" if settings.HTTPS else "") + "pa-" + "".join(sign for sign in code.lower() if sign.isalnum())


def let_in(response: HttpResponseBase, case: Case) -> HttpResponseBase:
    """Remember, in this browser and for this case only, that the right secret was given."""
    value = signing.dumps([case.pk, bytes(case.secret_digest).hex()[:16]], salt=_TRACK_SALT)
    response.set_cookie(
        _cookie_name(case.code), value, max_age=TRACK_SECONDS, httponly=True, secure=settings.HTTPS, samesite="Lax",
        path="/theo-doi/",
    )  # fmt: skip
    return response


def forget_me(response: HttpResponseBase, code: str) -> HttpResponseBase:
    """Forget the secret in this browser."""
    response.delete_cookie(_cookie_name(code), path="/theo-doi/", samesite="Lax")
    return response


def may_open(request: HttpRequest, case: Case) -> bool:
    """Whether this browser has given the case's secret in the last twelve hours."""
    value = request.COOKIES.get(_cookie_name(case.code), "")
    try:
        known = signing.loads(value, salt=_TRACK_SALT, max_age=TRACK_SECONDS)
    except signing.BadSignature:
        return False
    return bool(known == [case.pk, bytes(case.secret_digest).hex()[:16]])


def has_cookie(request: HttpRequest, code: str) -> bool:
    """Whether there is any cookie for the code: without it no case is read."""
    return _cookie_name(code) in request.COOKIES


def canonical(code: str) -> str:
    """The canonical spelling of a code in an address; '' when it cannot be one."""
    try:
        return parse_code(code)
    except CodeError:
        return ""
