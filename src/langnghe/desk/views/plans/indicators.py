"""Indicators of a plan: how each stands, its chart beside its figures, and a form for a reading."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.charts import indicator_chart, legend
from langnghe.desk.forms.plans import ReadingForm, TermsForm
from langnghe.desk.views.plans.common import READERS, attempt
from langnghe.plans.models import Indicator, PlanDocument, Reading
from langnghe.plans.rules_indicators import Assessment, Course, Goal, Point, Why, counts_increase
from langnghe.plans.selectors import indicators as selectors
from langnghe.plans.selectors.indicators import Measured
from langnghe.plans.services import indicators as services
from langnghe.texts import whole_number
from langnghe.ui import words
from langnghe.ui.items import Badge, Link
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock


def course_badge(standing: Assessment) -> Badge:
    """How an indicator stands, in a word. No colour of time: being behind a line is not being late."""
    return {
        Course.REACHED: Badge(_("Đã đạt"), "accent", "check-circle-fill"),
        Course.REACHED_LATE: Badge(
            _("Đã đạt, chậm: ngày %(day)s")
            % {"day": words.short_date(standing.reached_on) if standing.reached_on else "–"},
            "outline", "check-circle",
        ),
        Course.ON_COURSE: Badge(_("Đúng tiến độ"), "accent", "arrow-up-right"),
        Course.BEHIND: Badge(_("Chậm so với tiến độ"), "strong", "exclamation-triangle"),
        Course.MISSED: Badge(_("Không đạt khi đến hạn"), "strong", "exclamation-circle-fill"),
        Course.SHORT: Badge(_("Chưa đạt"), "outline", "dash-lg"),
        Course.UNKNOWN: Badge(_("Không đánh giá được"), "neutral", "question-circle"),
    }[standing.course]  # fmt: skip


def why_words(why: Why | None) -> str:
    """Why it can't be said how an indicator stands, and what to do."""
    if why is None:
        return ""
    return {
        Why.NO_TARGET: _("Kế hoạch chỉ nêu mức đã có, không đặt mức phải đạt."),
        Why.NO_LEVEL: _("Kế hoạch không ghi mức phải đạt bằng số."),
        Why.NO_BASELINE: _("Chưa có mức xuất phát để tính. Hãy ghi mức xuất phát."),
        Why.NO_READING: _("Chưa có số liệu nào. Hãy ghi số liệu đầu tiên."),
        Why.NO_START: _("Cần mức xuất phát, hoặc ít nhất hai lần đo, để biết có đúng tiến độ không."),
    }[why]


def number(value: float | None) -> str:
    """A level in the reader's figures, at most three decimals."""
    if value is None:
        return "–"
    return words.number(f"{value:.3f}".rstrip("0").rstrip(".") or "0")


def goal_words(goal: Goal | None, unit: str) -> str:
    """The level to reach: "ít nhất 84,73 đến 86,73 điểm"."""
    if goal is None:
        return "–"
    if goal.beyond:
        sign = _("dưới %(level)s") if goal.down else _("trên %(level)s")
    else:
        sign = _("nhiều nhất %(level)s") if goal.down else _("ít nhất %(level)s")
    level = number(goal.low)
    if goal.high is not None:
        level = _("%(low)s, phấn đấu %(high)s") % {"low": level, "high": number(goal.high)}
    return f"{sign % {'level': level}}{'' if unit.startswith('%') else ' '}{unit}".strip()


def step_words(row: Indicator) -> str:
    """The target in the plan's own words where no level follows from it: "tăng 5%" without a baseline."""
    if row.value is None or not counts_increase(row.op):
        return "–"
    amount = number(row.value) if row.value_high is None else f"{number(row.value)}–{number(row.value_high)}"
    sign = _(" điểm phần trăm") if row.increase == "points" else "%"
    return (_("giảm %(n)s") if "decrease" in row.op else _("tăng %(n)s")) % {"n": amount} + sign


def reading_words(goal: Goal, *, chosen: bool = False) -> str:
    """How the plan's "tăng 5%" is understood: as a person has chosen, or as it is assumed."""
    if not goal.reading:
        return ""
    what = {"points": _("điểm phần trăm"), "percent": _("phần trăm của mức xuất phát")}[goal.reading]
    said = _("tính theo %(what)s, do người phụ trách chọn") if chosen else _("tạm hiểu là %(what)s")
    return said % {"what": what}


def card(measured: Measured) -> dict[str, Any]:
    """One indicator as the templates show it."""
    row, standing = measured.indicator, measured.standing
    goal, other = standing.goal, standing.other
    points = [Point(one.on, one.value) for one in measured.readings]
    on_path = measured.start is not None and row.due_on is not None and goal is not None
    return {
        "row": row,
        "badge": course_badge(standing),
        "why": why_words(standing.why),
        "goal": goal_words(goal, row.unit) if goal is not None else step_words(row),
        "goal_reading": reading_words(goal, chosen=bool(row.increase)) if goal is not None else "",
        "other": goal_words(other, row.unit) if other is not None else "",
        "other_reading": reading_words(other) if other is not None else "",
        "latest": standing.latest,
        "latest_words": number(standing.latest.value) if standing.latest else "",
        "expected": number(standing.expected) if standing.expected is not None else "",
        "baseline": number(row.baseline) if row.baseline is not None else "",
        "chart": indicator_chart(
            points, goal=goal, other=other, start=measured.start, due=row.due_on,
            label=_("Biểu đồ %(name)s; số liệu ở bảng bên cạnh") % {"name": row.name},
        ),
        "legend": legend(goal=goal, other=other, path=on_path, high=goal is not None and goal.high is not None),
    }  # fmt: skip


def crumbs(plan: PlanDocument) -> list[Link]:
    """The way back to the plan."""
    from django.urls import reverse

    return [Link(plan.number or plan.title[:60], reverse("desk:plan", args=[plan.pk]))]


@allow(*READERS)
def of_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """All indicators of a plan. Six queries."""
    plan = get_object_or_404(PlanDocument.objects.select_related("agency"), pk=pk)
    found = [card(one) for one in selectors.of_plan(plan, today=clock.today())]
    counted = [one for one in found if one["badge"]]
    context = {"plan": plan, "found": found, "counted": counted, "crumbs": crumbs(plan)}
    template = "desk/plans/indicators_print.html" if "in" in request.GET else "desk/plans/indicators.html"
    return render(request, template, context)


@allow(*READERS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One indicator: chart, figures, how it was judged; forms for a reading, a correction, the open terms."""
    at = clock.now()
    measured = selectors.page(pk, today=at.date())
    if measured is None:
        raise Http404
    row = measured.indicator
    readers = [actor for actor in roles_of_request(request).actors if services.may_read(row, actor)]
    menders = [actor for actor in readers if services.may_mend(row, actor)]
    correcting = _correcting(request, measured)
    forms: dict[str, Any] = {
        "reading": ReadingForm(initial=_initial(correcting, at), auto_id="id_reading_%s"),
        "terms": TermsForm(indicator=row, agencies=catalogue.active_agencies(at.date()), auto_id="id_terms_%s"),
    }
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "reading" and readers:
            forms["reading"] = form = ReadingForm(request.POST, auto_id="id_reading_%s")
            if form.is_valid() and _read(form, row, correcting, readers[0], at):
                messages.success(request, _("Đã lưu số liệu."))
                return redirect("desk:indicator", pk=pk)
        elif act == "terms" and menders:
            forms["terms"] = terms = TermsForm(
                request.POST, indicator=row, agencies=catalogue.active_agencies(at.date()), auto_id="id_terms_%s"
            )
            if terms.is_valid() and attempt(
                terms,
                lambda: services.mend(indicator_id=pk, changes=terms.changes(), actor=menders[0], at=at),
                names={"agency_id": "agency"},
            ):
                messages.success(request, _("Đã lưu."))
                return redirect("desk:indicator", pk=pk)
        else:
            messages.error(request, _("Ông/bà không có quyền làm việc này."))
            return redirect("desk:indicator", pk=pk)
        status = 422
    context = {
        "one": card(measured), "plan": row.document, "crumbs": crumbs(row.document),
        "history": sorted(measured.history, key=lambda one: (one.on, one.pk), reverse=True),
        "correcting": correcting, "may_read": bool(readers), "may_mend": bool(menders), **forms,
    }  # fmt: skip
    return render(request, "desk/plans/indicator.html", context, status=status)


def _correcting(request: HttpRequest, measured: Measured) -> Reading | None:
    """The reading that is being corrected, by the address or by the form."""
    wanted = whole_number(request.POST.get("reading", "") or request.GET.get("sua", ""))
    return next((one for one in measured.readings if one.pk == wanted), None)


def _initial(reading: Reading | None, at: Any) -> dict[str, Any]:
    if reading is None:
        return {"on": at.date()}
    value = f"{reading.value:.10g}".replace(".", ",")
    return {"on": reading.on, "value": value, "source": reading.source}


def _read(form: ReadingForm, row: Indicator, correcting: Reading | None, actor: Actor, at: Any) -> Any:
    given = form.cleaned_data
    if correcting is not None:
        return attempt(form, lambda: services.correct_reading(reading_id=correcting.pk, **given, actor=actor, at=at))
    return attempt(form, lambda: services.add_reading(indicator_id=row.pk, **given, actor=actor, at=at))
