"""The few pages of signing in that are not allauth's."""

from __future__ import annotations

from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from langnghe.agencies import services
from langnghe.desk.access import roles_of_request, signed_in
from langnghe.desk.forms.account import RemindersForm
from langnghe.ui import flash
from langnghe.ui.access import public
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock


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


@public
@never_cache
def single_sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider of the single sign-on; a sentence instead of an error when it does not answer."""
    try:
        answer: HttpResponse = oidc.login(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=503)
    return answer


@signed_in
@never_cache
def reminders(request: HttpRequest) -> HttpResponse:
    """How the person is reminded of tasks and reports: one mail a morning, or one for each. Four queries."""
    person = roles_of_request(request).person
    assert person is not None  # @signed_in
    form = RemindersForm(request.POST or None, initial={"reminders": person.reminders})
    if request.method == "POST" and form.is_valid():
        role = min(roles_of_request(request).codes)
        services.choose_reminders(
            person_id=person.pk, reminders=form.cleaned_data["reminders"],
            actor=Actor("person", role, person.pk, None), at=clock.now(),
        )  # fmt: skip
        flash.done(request, _("Đã lưu cách nhắc việc."))
        return redirect("account_reminders")
    bad = form.is_bound and not form.is_valid()
    return render(request, "account/reminders.html", {"form": form}, status=422 if bad else 200)
