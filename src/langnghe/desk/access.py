"""Who may open which page: every view states it, and a test holds every route to it.

@allow("coordinator", "observer")      staff with one of these roles
@signed_in                             any member of staff
@public                                everybody (pages of the portal use it too)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from langnghe.agencies.models import Person, RoleAssignment
from langnghe.workflow.actor import Actor

View = Callable[..., HttpResponseBase]

ANY_STAFF = frozenset(
    {
        "coordinator",
        "focal_point",
        "handler",
        "approver",
        "head",
        "clerk",
        "protected_reader",
        "observer",
        "administrator",
    }
)
PUBLIC = "public"


@dataclass(frozen=True)
class Roles:
    """The roles that the person of a request holds today."""

    person: Person | None
    assignments: tuple[RoleAssignment, ...]

    @cached_property
    def actors(self) -> list[Actor]:
        """One actor for each role."""
        if self.person is None:
            return []
        return [Actor("person", held.role, self.person.pk, held.agency_id) for held in self.assignments]

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of the roles."""
        return frozenset(held.role for held in self.assignments)

    def actor(self, *roles: str) -> Actor:
        """The first actor with one of the roles, in the order given; PermissionDenied when there is none."""
        for role in roles:
            for actor in self.actors:
                if actor.role == role:
                    return actor
        raise PermissionDenied

    @property
    def agency_ids(self) -> list[int]:
        """Agencies in which any role is held."""
        return sorted({held.agency_id for held in self.assignments if held.agency_id is not None})


def allow(*roles: str) -> Callable[[View], View]:
    """The view is for staff with one of these roles; others get a sign-in page or an error in plain words."""
    allowed = frozenset(roles)
    unknown = allowed - ANY_STAFF
    if unknown:
        raise ValueError(f"unknown roles: {sorted(unknown)}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                from urllib.parse import quote

                from django.conf import settings
                from django.shortcuts import resolve_url

                return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(_back_to(request))}")
            if not roles_of_request(request).codes & allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = allowed  # type: ignore[attr-defined]
        return guarded

    return decorate


def _back_to(request: HttpRequest) -> str:
    """Where to go on after signing in: this page; for a form that came too late the page that it stood on, since the
    address of an act cannot be opened."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    path = came.path if came.netloc == request.get_host() else request.path
    return f"{path.split('/viec/')[0].rstrip('/')}/"


def signed_in(view: View) -> View:
    """The view is for any member of staff."""
    return allow(*ANY_STAFF)(view)


def roles_of_request(request: HttpRequest) -> Roles:
    """The roles of the person who asks (put there by `ActorMiddleware`)."""
    roles: Roles = request.roles  # type: ignore[attr-defined]
    return roles
