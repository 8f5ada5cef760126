"""What no address of ours holds is not found, before any page asks the database about it; and browsers are told which
form was taken, so that they forget what they kept of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url


class PlainAddress:
    """Refuses addresses with NUL: PostgreSQL cannot hold it in a text, so nothing can be found under one. What stands
    behind the question mark is read without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        if "\x00" in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query:
            query = request.META["QUERY_STRING"] = query.replace("%00", "")
        return self.get_response(request)


TAKEN = "form_taken"
"""The cookie that tells `keep.js` which form was taken. It says nothing of the person and ends by itself."""
_SIGN = re.compile("[0-9a-f]{16}")


def not_taken(request: HttpRequest) -> None:
    """The form was answered with another page, but not done: the browser goes on keeping what was typed."""
    request.not_taken = True  # type: ignore[attr-defined]


class Taken:
    """Acknowledges a form that carries a sign (`kept`) when its act was done: when it is answered with a redirect that
    leads elsewhere than to the page of signing in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        if request.method != "POST" or response.status_code not in (302, 303) or hasattr(request, "not_taken"):
            return response
        sign = request.POST.get("kept", "")
        login = str(resolve_url(settings.LOGIN_URL))
        if _SIGN.fullmatch(sign) and urlsplit(response["Location"]).path != login:
            # Readable by the script, for which it is meant.
            response.set_cookie(
                TAKEN, sign, max_age=600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=False
            )
        return response
