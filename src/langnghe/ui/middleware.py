"""What no address of ours holds is not found, before any page asks the database about it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


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
