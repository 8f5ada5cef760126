"""What several public pages share: whose address, which files a form carries, the cookie of a sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from langnghe.cases.models import Case
from langnghe.files import conf
from langnghe.files import services as files
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile
from langnghe.intake import rules, services
from langnghe.texts import CodeError, parse_code

UPLOADS = "uploads"
"""Name of the hidden inputs that carry the claims of files which the form has already."""

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


@dataclass
class Carried:
    """The files of a form: kept ones with their claims, and what was wrong with others."""

    files: list[StoredFile] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[UUID]:
        """The keys of the kept files."""
        return [one.pk for one in self.files]


def carried(request: HttpRequest, new: Sequence[Any], *, at: datetime) -> Carried:
    """Keep the files that came with the form, and find those that it had. No query without files."""
    found = Carried()
    most = conf.limits().max_files
    for token in request.POST.getlist(UPLOADS)[:50]:
        for stored in files.claimed(token, at=at):
            if stored.pk not in found.ids:
                _add(found, stored, at)
    for upload in new:
        if len(found.files) >= most:
            found.errors.append(_("Mỗi lần gửi kèm nhiều nhất %(number)s tệp. Ông/bà bỏ bớt tệp.") % {"number": most})
            break
        if not services.throttle(purpose="upload", address=address_of(request), limit=UPLOADS_PER_HOUR, at=at):
            found.errors.append(
                _("Từ mạng này vừa có quá nhiều tệp. Ông/bà thử lại vào giờ sau, hoặc gửi không kèm tệp.")
            )
            break
        try:
            _add(found, files.store(content=upload, name=upload.name or "", at=at), at)
        except FileRejected as refused:
            found.errors.append(f"{upload.name[:60]}: {refused.message}" if upload.name else refused.message)
    return found


def _add(found: Carried, stored: StoredFile, at: datetime) -> None:
    found.files.append(stored)
    claim = files.claim_token([stored.pk], at=at)
    found.shown.append({"id": claim, "name": stored.name, "size": stored.size})


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
