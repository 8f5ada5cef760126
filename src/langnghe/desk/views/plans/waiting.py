"""What waits for a decision of the person: completions to accept, obstacles to answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.plan_rows import share_due, share_row
from langnghe.desk.views.plans.common import person_id
from langnghe.plans.selectors import today
from langnghe.worktime import clock

PRINTED = 300


@allow("coordinator", "approver", "head")
def accept(request: HttpRequest) -> HttpResponse:
    """Completions that wait for this person, what is due first on top. Six queries."""
    at = clock.now()
    printing = "in" in request.GET
    page = today.accept_page(
        roles_of_request(request).actors, person_id=person_id(request), key=request.GET.get("trang", ""),
        size=PRINTED if printing else 30,
    )  # fmt: skip
    context: dict[str, Any] = {
        "title": _("Chờ tôi nghiệm thu"),
        "lead": _("Đọc kết quả và minh chứng rồi nghiệm thu, hoặc trả lại kèm điều còn thiếu."),
        "rows": [share_row(share, at=at) for share in page.rows], "who": True, "print_url": "?in=1",
        "empty_title": _("Không còn việc nào chờ nghiệm thu"),
        "empty_text": _("Việc được báo cáo hoàn thành hiện ở đây."),
        "older": "?" + urlencode({"trang": page.after}) if page.after else "",
        "newer": "?" + urlencode({"trang": page.before}) if page.before else "",
    }  # fmt: skip
    return render(request, "desk/plans/queue_print.html" if printing else "desk/plans/queue.html", context)


@allow("coordinator", "approver", "head")
def obstacles(request: HttpRequest) -> HttpResponse:
    """Obstacles that wait for this person's answer, the oldest first. Six queries."""
    at = clock.now()
    actors = roles_of_request(request).actors
    found = today.obstacles(actors)
    total = len(found) if len(found) < today.MOST_OBSTACLES else today.to_answer(actors).count()
    rows = [
        {
            "one": one, "share": one.share, "plan": one.share.task.document, "chip": share_due(one.share, at=at),
            "url": reverse("desk:share", args=[one.share_id]),
            "agency": one.share.agency.short_name if one.share.agency is not None else one.share.body_name,
        }
        for one in found
    ]  # fmt: skip
    context = {"title": _("Vướng mắc chờ trả lời"), "rows": rows, "total": total, "more": total - len(rows)}
    template = "desk/plans/obstacles_print.html" if "in" in request.GET else "desk/plans/obstacles.html"
    return render(request, template, context)
