"""Following an open public report instead of sending it again: an e-mail confirms, a link ends it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langnghe.cases import services as cases
from langnghe.intake import services
from langnghe.portal.forms import FollowForm
from langnghe.portal.views.common import address_of, canonical, language, private
from langnghe.portal.views.public import show_case
from langnghe.publication import selectors as publication
from langnghe.ui import flash
from langnghe.ui.access import public
from langnghe.worktime import clock

FOLLOWS_PER_HOUR = 20


@public
@require_POST
def follow(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask to be told; the address has to be confirmed first. Whether it follows already is not told."""
    wanted, at = canonical(code), clock.now()
    row = publication.public_case(wanted) if wanted else None
    if row is None or row.state != "open":
        raise Http404
    form = FollowForm(request.POST)
    if form.is_valid() and not services.throttle(
        purpose="follow", address=address_of(request), limit=FOLLOWS_PER_HOUR, at=at
    ):
        form.add_error("email", _("Đã yêu cầu quá nhiều lần. Ông/bà thử lại vào giờ sau."))
    if not form.is_valid():
        return show_case(request, wanted, form)
    cases.follow(case=row.case, email=form.cleaned_data["email"], language=language(), at=at, title=row.title)
    flash.done(request, _("Chúng tôi đã gửi thư để ông/bà xác nhận. Bấm vào đường dẫn trong thư để bắt đầu theo dõi."))
    return redirect("portal:public_case", wanted)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of the e-mail opens a page with one button, so that a mail scanner confirms nothing."""
    context = {"section": "public", "token": token, "done": ""}
    if request.method == "POST":
        found = cases.confirm_follow(token=token, at=clock.now())
        if found is None:
            raise Http404
        context |= {"done": "follow", "code": found.case.code}
    return private(render(request, "portal/follow.html", context))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponseBase:
    """Stop; the address is deleted."""
    context = {"section": "public", "token": token, "done": "", "leaving": True}
    if request.method == "POST":
        cases.unfollow(token=token, at=clock.now())
        context["done"] = "unfollow"
    return private(render(request, "portal/follow.html", context))
