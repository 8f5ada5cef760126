"""Duties to report: who, to whom, how often; and those that a plan left without a rhythm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from langnghe.acts.errors import ActError
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.reports import RhythmForm
from langnghe.desk.views.reports.common import READERS, attempt, tabs
from langnghe.plans.models import RegisterItem
from langnghe.reports import rules, selectors
from langnghe.reports.facts import works_for
from langnghe.reports.models import ReportDuty
from langnghe.reports.services import duties
from langnghe.ui import words
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

OWNERS = ("coordinator", "focal_point", "head")


@allow(*READERS)
def page(request: HttpRequest) -> HttpResponse:
    """All duties for the city office and observers; an agency's own for its people. Six queries."""
    return _page(request)


def _page(
    request: HttpRequest, *, failed: tuple[int, RhythmForm] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    roles = roles_of_request(request)
    city = roles.codes & {"coordinator", "observer"}
    owners = [actor for actor in roles.actors if actor.role in OWNERS]
    groups = []
    for group in selectors.duties(None if city else selectors.agencies_of(roles.actors, clock.now().date())):
        first = group.duties[0]
        owner = first.document.agency if first.document is not None else first.to_agency
        groups.append(
            {
                "group": group, "document": first.document, "facts": _facts(group),
                "count": len(group.duties),
                "may": any(works_for(actor, owner.pk, office=owner.is_city_office) for actor in owners),
            }
        )  # fmt: skip
    waiting = []
    for item in selectors.without_rhythm(owners) if owners else ():
        given = failed[1] if failed is not None and failed[0] == item.pk else RhythmForm(auto_id=f"id_{item.pk}_%s")
        told = [
            (_("Ai báo cáo"), item.current.get("who") or "–"),
            (_("Nơi nhận"), item.current.get("to") or "–"),
            (_("Văn bản ghi"), item.current.get("due") or "–"),
        ]
        waiting.append({"item": item, "form": given, "facts": told})
    context: dict[str, Any] = {"groups": groups, "waiting": waiting, "tabs": tabs(request, "report_duties")}
    return render(request, "desk/reports/duties.html", context, status=status)


def _facts(group: selectors.DutyGroup) -> list[tuple[str, str]]:
    rhythm = rules.words(group.rrule)
    rows = [
        (_("Chu kỳ"), f"{rhythm} ({group.due_words})" if group.due_words else rhythm),
        (_("Nơi nhận"), group.to_name),
        (_("Đến hết ngày"), words.short_date(group.ends_on) if group.ends_on else ""),
    ]
    return [(term, value) for term, value in rows if value]


@require_POST
@allow(*OWNERS)
def rhythm(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a duty that a plan left open its rhythm."""
    item = RegisterItem.objects.filter(pk=pk, kind="report").select_related("document__agency").first()
    if item is None:
        raise Http404
    form = RhythmForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        actor = owner_of(request, item.document.agency_id, item.document.agency.is_city_office)
        made, _refused = attempt(
            form, lambda: duties.set_rhythm(item_id=pk, rule=form.rule, actor=actor, at=clock.now())
        )
        if made is not None:
            count = len(made.duties)
            text = ngettext("%(n)s cơ quan có chế độ báo cáo.", "%(n)s cơ quan có chế độ báo cáo.", count) % {
                "n": count
            }
            if made.unknown:
                text += " " + _("Không phải cơ quan của Thành phố: %(names)s.") % {"names": "; ".join(made.unknown)}
            messages.success(request, text)
            return redirect("desk:report_duties")
    return _page(request, failed=(pk, form), status=422)


def owner_of(request: HttpRequest, agency_id: int, office: bool) -> Actor:
    """The role in which the person works for the agency, else any that may own."""
    actors = [one for one in roles_of_request(request).actors if one.role in OWNERS]
    return next((one for one in actors if works_for(one, agency_id, office=office)), actors[0])


@require_POST
@allow(*OWNERS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a duty for every agency that has it."""
    one = ReportDuty.objects.select_related("document__agency", "to_agency").filter(pk=pk).first()
    if one is None:
        raise Http404
    owner = one.document.agency if one.document is not None else one.to_agency
    actor = owner_of(request, owner.pk, owner.is_city_office)
    same = ReportDuty.objects.filter(
        document_id=one.document_id, name=one.name, rrule=one.rrule, to_agency_id=one.to_agency_id, ends_on=one.ends_on
    )
    try:
        for key in list(same.values_list("pk", flat=True)):
            duties.end_duty(duty_id=key, actor=actor, at=clock.now())
    except ActError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Chế độ báo cáo này đã kết thúc; báo cáo đang lập vẫn phải gửi."))
    return redirect("desk:report_duties")
