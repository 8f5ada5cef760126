"""Pages for what went wrong. They need no database, so that they stand when it does not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from langnghe.ui.access import public


def _page(request: HttpRequest, status: int, template: str) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"desk": _desk(request.path)}, request=None), status=status)


def _desk(path: str) -> str:
    """The officers' first page when the address is one of theirs: they are told other things than citizens."""
    try:
        home = reverse("desk:home")
    except NoReverseMatch:
        return ""
    return home if path.startswith(home) else ""


@public
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400."""
    return _page(request, 400, "400.html")


@public
def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    return _page(request, 403, "403.html")


@public
def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    return _page(request, 404, "404.html")


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, 500, "500.html")


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that has lost its token: go back, reload, send again; the browser has kept what was typed."""
    return _page(request, 403, "403_csrf.html")
