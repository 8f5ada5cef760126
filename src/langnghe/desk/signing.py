"""What follows when people change their own sign-in: a password chosen, a second factor given up."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_set
from allauth.mfa.signals import authenticator_removed
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from langnghe.agencies import services
from langnghe.agencies.models import Person
from langnghe.desk.middleware import SECOND_FACTOR_SEEN
from langnghe.worktime import clock


def listen() -> None:
    """Connect the receivers."""
    password_changed.connect(_chosen, dispatch_uid="desk.password_changed")
    password_set.connect(_chosen, dispatch_uid="desk.password_set")
    authenticator_removed.connect(_given_up, dispatch_uid="desk.authenticator_removed")


def _chosen(sender: Any, request: HttpRequest, user: Person, **_more: Any) -> None:
    services.password_chosen(person_id=user.pk, at=clock.now())
    user.must_change_password = False


def _given_up(sender: Any, request: HttpRequest, user: Person, **_more: Any) -> None:
    """No session goes on as if there still were a second factor: this one is asked again, the others end."""
    with transaction.atomic():
        user.session_epoch = services.end_sessions(person_id=user.pk).session_epoch
    request.session.pop(SECOND_FACTOR_SEEN, None)
    update_session_auth_hash(request, user)
