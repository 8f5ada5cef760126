"""How staff sign in: accounts are made by the administrator, never by signing up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from langnghe.agencies.models import Person


class StaffAccountAdapter(DefaultAccountAdapter):
    """No sign-up; nobody learns which names exist."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the administrator."""
        return False


class StaffSocialAdapter(DefaultSocialAccountAdapter):
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
