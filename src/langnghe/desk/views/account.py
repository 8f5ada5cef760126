"""The few pages of signing in that are not allauth's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from langnghe.ui.access import public


@public
@never_cache
@require_safe
def no_password(request: HttpRequest) -> HttpResponse:
    """For people who sign in through the single sign-on only: they have no password to change."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    return render(request, "account/password_set.html")


@public
@never_cache
@require_safe
def no_account(request: HttpRequest) -> HttpResponse:
    """The single sign-on knows the person, but no account here has that verified e-mail address."""
    return render(request, "account/signup_closed.html", status=403)


@public
@require_safe
def connected(request: HttpRequest) -> HttpResponse:
    """After the first sign-in through the single sign-on: straight to work."""
    return redirect("desk:home" if request.user.is_authenticated else "account_login")
