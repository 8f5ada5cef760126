"""How staff sign in: accounts are made by the administrator, never by signing up."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.agencies.models import Person
from langnghe.intake.rules import client_address

_UNKNOWN = "0.0.0.0"


def client_ip(request: HttpRequest) -> str:
    """The address that asks, as the outermost trusted proxy saw it (LANGNGHE_PROXIES); what a client claims beyond
    those proxies counts for nothing."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    given = client_address(str(request.META.get("REMOTE_ADDR", "")), forwarded, settings.TRUSTED_PROXIES)
    try:
        return str(ip_address(given))
    except ValueError:
        return _UNKNOWN


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up; nobody learns which names exist."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the administrator."""
        return False

    def clean_password(self, password: str, user: Any = None) -> str:
        """A password that somebody gave is not kept by choosing it again."""
        chosen: str = super().clean_password(password, user)
        if user is not None and user.must_change_password and user.check_password(chosen):
            raise ValidationError(_("Hãy đặt mật khẩu khác với mật khẩu được cấp."), code="password_given")
        return chosen

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To work."""
        return reverse("desk:home")

    def get_client_ip(self, request: HttpRequest) -> str:
        """For throttling."""
        return client_ip(request)


class StaffSocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """OpenID Connect opens an account that exists: matched by the verified e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Accounts are made by the administrator."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect a first sign-in to the person whose e-mail the provider has verified."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo", claims)
        email = str(claims.get("email", "")).strip().lower()
        if not email or not claims.get("email_verified"):
            return
        found = list(Person.objects.filter(email__iexact=email, is_active=True)[:2])
        if len(found) == 1:
            sociallogin.connect(request, found[0])
