"""How far a plan has been handed out that was confirmed with many shares; taking it up again where it stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.desk.access import signed_in
from langnghe.desk.views.plans.register import actor_of
from langnghe.desk.views.plans.register_enter import address
from langnghe.plans.models import PlanDocument
from langnghe.plans.selectors import documents as selectors
from langnghe.plans.services import documents
from langnghe.ui import words
from langnghe.worktime import clock

QUIET = timedelta(minutes=2)
"""Without a step for so long, the page says whom to ask."""


@signed_in
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress, drawn anew every few seconds until all is handed out. Two queries."""
    document = selectors.plan(pk)
    if document is None:
        raise Http404
    giving = document.head.get("giving") or {}
    may_go_on = actor_of(request, document, "add_task") is not None
    if request.method == "POST":
        return _again(request, document)
    if giving.get("state") not in ("waiting", "failed"):
        if request.headers.get("X-Part"):
            return HttpResponse(status=204)  # for the script, which then asks for the page itself
        if giving.get("state") == "done":
            total = words.number(giving["total"])
            messages.success(request, _("Đã giao xong %(n)s phần việc đến các cơ quan.") % {"n": total})
        return redirect(address(document))
    context = {
        "document": document,
        "giving": giving,
        "failed": giving["state"] == "failed",
        "phase": _phase_words(giving),
        "percent": min(99, 100 * giving["done"] // max(giving["total"], 1)),
        "quiet": clock.now() - datetime.fromisoformat(giving["moved"]) > QUIET,
        "may_go_on": may_go_on,
        "plan_url": address(document),
    }
    return render(request, "desk/plans/giving.html", context)


def _phase_words(giving: dict[str, Any]) -> str:
    return {
        "move": _("Đang chuyển phần đã làm của bản trước sang bản này."),
        "give": _("Đang giao từng phần việc."),
        "take_back": _("Đang thu lại việc mà bản này không còn giao."),
        "tell": _("Đã giao đủ; đang gửi thông báo đến từng cơ quan."),
    }.get(giving["phase"], "")


def _again(request: HttpRequest, document: PlanDocument) -> HttpResponse:
    actor = actor_of(request, document, "add_task")
    try:
        if actor is None:
            raise ActError(_("Ông/bà không có quyền làm việc này."))
        documents.give_again(document_id=document.pk, actor=actor, at=clock.now())
    except ActError as error:
        messages.error(request, error.message)
        return redirect(address(document))
    return redirect("desk:plan_giving", pk=document.pk)
