"""Who is asking: the signed-in person's roles of today, read once a request and only when asked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from langnghe.agencies.selectors import roles_of
from langnghe.desk.access import Roles

SECOND_FACTOR_SEEN = "second_factor_seen"


class ActorMiddleware:
    """Puts `request.roles` on every request, and sends staff to change a password that somebody gave them, and to set
    up a second factor where the city asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        request.roles = SimpleLazyObject(lambda: _roles(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Ask for a password of the own and for a second factor before any staff page."""
        from django.conf import settings

        if not isinstance(getattr(view, "access", None), frozenset) or not request.user.is_authenticated:
            return None
        if request.user.must_change_password:
            return redirect(reverse("account_change_password"))
        if not settings.REQUIRE_SECOND_FACTOR:
            return None
        from allauth.mfa.utils import is_mfa_enabled

        if request.session.get(SECOND_FACTOR_SEEN):
            return None
        if not is_mfa_enabled(request.user):
            return redirect(reverse("mfa_index"))
        # Asked once a session, so that it costs no query on every page; see `signing` for a factor that is given up.
        request.session[SECOND_FACTOR_SEEN] = True
        return None


def _roles(request: HttpRequest) -> Roles:
    from langnghe.worktime import clock

    if not request.user.is_authenticated:
        return Roles(None, ())
    return Roles(request.user, tuple(roles_of(request.user, clock.today())))
