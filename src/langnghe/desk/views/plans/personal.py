"""The personal work plan (B6), and the calendar's secret addresses."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langnghe.acts.errors import ActError
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.plans import OwnItemForm
from langnghe.desk.rows import soon_until
from langnghe.desk.views.plans.common import AGENCY, PLANNERS, READERS, attempt, period_words, person_id
from langnghe.plans.models import OwnItem, PlanStep, Share
from langnghe.plans.rules_periods import Kind, Period, day_of, period_of
from langnghe.plans.selectors import feeds as feed_selectors
from langnghe.plans.selectors import personal as selectors
from langnghe.plans.services import feeds as feed_services
from langnghe.plans.services import personal as services
from langnghe.texts import whole_number
from langnghe.ui.items import Link
from langnghe.worktime import clock

KINDS: dict[str, Kind] = {"tuan": "week", "thang": "month", "quy": "quarter", "nam": "year"}


@allow(*PLANNERS)
def work_plan(request: HttpRequest) -> HttpResponse:
    """What I do in a week, a month, a quarter or a year; own items are added here. Eight queries at most."""
    at = clock.now()
    person = person_id(request)
    code = request.GET.get("ky", "tuan")
    code = code if code in KINDS else "tuan"
    today = at.date()
    period = period_of(KINDS[code], day_of(request.GET.get("ngay", ""), today))
    held = selectors.held(person)
    initial = {"starts_on": max(today, period.first) if today in period else period.first, "ends_on": _ends(period)}
    form = OwnItemForm(held=held, initial=initial, auto_id="id_own_%s")
    status = 200
    if request.method == "POST":
        form = OwnItemForm(request.POST, held=held, auto_id="id_own_%s")
        if form.is_valid() and _add(form, person, at):
            messages.success(request, _("Đã thêm vào chương trình công tác."))
            return redirect(f"{reverse('desk:work_plan')}?{_address(code, period.first)}")
        status = 422
    plan = selectors.work_plan(person, period, today=today)
    soon = soon_until(at).date()
    groups = [
        (_("Quá hạn từ trước"), [_entry(row, today, soon) for row in plan.late]),
        (_("Trong kỳ"), [_entry(row, today, soon) for row in plan.due]),
        (_("Thường xuyên, không ghi hạn"), [_entry(row, today, soon) for row in plan.ongoing]),
        (_("Đã xong trong kỳ"), [_entry(row, today, soon) for row in plan.done]),
    ]
    names = {"tuan": _("Tuần"), "thang": _("Tháng"), "quy": _("Quý"), "nam": _("Năm")}
    inside = today if today in period else period.first
    context = {
        "period": period, "title": period_words(period), "code": code, "form": form,
        "groups": [(name, rows) for name, rows in groups if rows],
        "count": sum(len(rows) for _name, rows in groups), "open": len(plan.late) + len(plan.due) + len(plan.ongoing),
        "done": len(plan.done),
        "tabs": [Link(names[one], f"?{_address(one, inside)}", active=one == code) for one in KINDS],
        "newer": f"?{_address(code, period.before.first)}", "older": f"?{_address(code, period.after.first)}",
        "now": "" if today in period else f"?ky={code}", "here": _address(code, period.first),
        "who": str(request.user), "today": today,
    }  # fmt: skip
    template = "desk/plans/work_plan_print.html" if "in" in request.GET else "desk/plans/work_plan.html"
    return render(request, template, context, status=status)


def _ends(period: Period) -> date:
    return period.last


def _address(code: str, day: date) -> str:
    return f"ky={code}&ngay={day.isoformat()}"


def _add(form: OwnItemForm, person: int, at: Any) -> Any:
    given = dict(form.cleaned_data)
    share = given.pop("share")
    return attempt(form, lambda: services.add_item(person_id=person, share_id=share, **given, at=at))


def _entry(row: Share | PlanStep | OwnItem, today: date, soon: date) -> dict[str, Any]:
    """A row of the work plan: what, of which plan, by when, how far."""
    due = selectors.due_day(row)
    state = "none"
    if row.done_at is not None:
        state = "met" if due is None or row.done_at.astimezone(selectors.ZONE).date() <= due else "metlate"
    elif due is not None:
        state = "overdue" if due < today else "soon" if due <= soon else "intime"
    made: dict[str, Any] = {"due": due, "state": state, "done": row.done_at is not None, "percent": None, "own": False}
    if isinstance(row, Share):
        task = row.task
        return made | {
            "title": task.title, "url": reverse("desk:share", args=[row.pk]), "kind": _("Nhiệm vụ"),
            "plan": task.document.number or task.document.title[:80], "percent": row.percent,
        }  # fmt: skip
    if isinstance(row, PlanStep):
        return made | {
            "title": row.title, "url": reverse("desk:share", args=[row.share_id]) + "#steps", "kind": _("Bước"),
            "plan": row.share.task.title,
        }  # fmt: skip
    return made | {
        "title": row.title, "url": reverse("desk:own_item", args=[row.pk]), "kind": _("Việc riêng"), "own": True,
        "pk": row.pk, "note": row.note, "plan": row.share.task.title if row.share is not None else "",
        "starts": row.starts_on if row.starts_on != row.ends_on else None,
    }  # fmt: skip


@allow(*PLANNERS)
def own_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an own item."""
    person = person_id(request)
    item = selectors.own_item(pk, person)
    if item is None:
        raise Http404
    held = selectors.held(person)
    initial = {
        "title": item.title, "note": item.note, "starts_on": item.starts_on, "ends_on": item.ends_on,
        "share": item.share_id,
    }  # fmt: skip
    form = OwnItemForm(request.POST if request.method == "POST" else None, held=held, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            given = dict(form.cleaned_data)
            share = given.pop("share")
            if attempt(form, lambda: services.change_item(item_id=pk, person_id=person, share_id=share, **given)):
                messages.success(request, _("Đã lưu."))
                return redirect(f"{reverse('desk:work_plan')}?{_address('tuan', form.cleaned_data['ends_on'])}")
        status = 422
    return render(request, "desk/plans/own_item.html", {"item": item, "form": form}, status=status)


@require_POST
@allow(*PLANNERS)
def own_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick, untick or remove an own item."""
    person = person_id(request)
    act = request.POST.get("act", "")
    try:
        if act == "remove":
            services.remove_item(item_id=pk, person_id=person)
            messages.success(request, _("Đã bỏ việc này."))
        elif act in ("done", "undone"):
            services.set_done(item_id=pk, person_id=person, done=act == "done", at=clock.now())
        else:
            raise Http404
    except OwnItem.DoesNotExist:
        raise Http404 from None
    code = request.POST.get("ky", "tuan")
    day = day_of(request.POST.get("ngay", ""), clock.today())
    return redirect(f"{reverse('desk:work_plan')}?{_address(code if code in KINDS else 'tuan', day)}")


@allow(*READERS)
def calendar_feeds(request: HttpRequest) -> HttpResponse:
    """The addresses of the person's calendars: made, renewed, revoked. A new address is shown this once."""
    at = clock.now()
    person = person_id(request)
    agencies = {
        held.agency_id: held.agency.name
        for held in roles_of_request(request).assignments
        if held.agency is not None and held.role in AGENCY
    }
    made: dict[int | None, str] = {}
    error = ""
    if request.method == "POST":
        wanted = whole_number(request.POST.get("agency", ""))
        if request.POST.get("act") == "revoke":
            feed_services.revoke(person_id=person, agency_id=wanted)
            messages.success(request, _("Địa chỉ lịch đã bị hủy; không ai đọc được nữa."))
            return redirect("desk:calendar_feeds")
        try:
            secret = feed_services.renew(person_id=person, agency_id=wanted, at=at)
            made[wanted] = settings.BASE_URL.rstrip("/") + reverse("portal:calendar_feed", args=[secret])
        except ActError as refused:
            error = refused.message
    known = feed_selectors.feeds_of(person)
    wanted_feeds = [(None, _("Việc kế hoạch của tôi")), *((key, name) for key, name in agencies.items())]
    context = {
        "feeds": [
            {"key": key or "", "name": name, "feed": known.get(key), "address": made.get(key, "")}
            for key, name in wanted_feeds
        ],
        "error": error,
    }
    answer = render(request, "desk/plans/calendar_feeds.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
