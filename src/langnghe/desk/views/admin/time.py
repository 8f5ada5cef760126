"""The working calendar and the deadline rules, by the day from which they hold."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langnghe.cases.models import Regime
from langnghe.cases.models.case import Urgency
from langnghe.desk.forms.admin import (
    STEPS,
    WEEKDAYS,
    CalculatorForm,
    ConfirmYearForm,
    DayForm,
    EndRuleForm,
    HoursForm,
    RuleForm,
)
from langnghe.desk.views.admin.common import actor_of, admin_only, attempt
from langnghe.desk.views.admin.history import events_of
from langnghe.texts import whole_number
from langnghe.ui import flash, words
from langnghe.ui.items import Link
from langnghe.worktime import clock, selectors, services
from langnghe.worktime.errors import WorktimeError
from langnghe.worktime.format import explain, term_words
from langnghe.worktime.models import CalendarYear, DeadlineRule, WorkHours
from langnghe.worktime.rules import ZONE

FIRST_YEAR, LAST_YEAR = 2017, 2100


# --- calendar ---------------------------------------------------------------------------------------------------------


def _year(text: str) -> int:
    year = whole_number(text) or 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year


@admin_only
def calendar(request: HttpRequest) -> HttpResponse:
    """One year: days off, days worked in exchange, and whether the year is confirmed. Seven queries."""
    year = _year(request.GET.get("nam", ""))
    edited = request.GET.get("sua", "")
    days = selectors.days_of(year)
    chosen = next((row for row in days if row.date.isoformat() == edited), None)
    start: dict[str, Any] = {"confirmed": True}
    if chosen is not None:
        columns = ("kind", "reason", "reason_en", "source", "confirmed")
        start = {"day": chosen.date, **{name: getattr(chosen, name) for name in columns}}
    form = DayForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        made = attempt(form, lambda: services.set_day(**form.cleaned_data, actor=actor_of(request), at=at))
        if made is not None:
            flash.done(request, _("Đã ghi ngày %(day)s.") % {"day": words.short_date(made.date)})
            return redirect(f"{reverse('desk:admin_calendar')}?nam={made.date.year}")
    return _calendar_page(request, year, form=form, days=days)


def _calendar_page(
    request: HttpRequest,
    year: int,
    *,
    form: DayForm | None = None,
    confirm: ConfirmYearForm | None = None,
    days: Any = None,
) -> HttpResponse:
    today = clock.today()
    known = {row.year: row for row in CalendarYear.objects.filter(calendar__code="city").order_by("year")}
    rows = selectors.days_of(year) if days is None else days
    weeks = WorkHours.objects.filter(calendar__code="city").order_by("-valid_from")
    context = {
        "year": year,
        "years": [
            Link(str(one), f"?nam={one}", active=one == year)
            for one in sorted({*known, today.year, today.year + 1, year})
        ][-12:],
        "days": rows,
        "known": known.get(year),
        "form": form or DayForm(initial={"confirmed": True}),
        "confirm": confirm or ConfirmYearForm(auto_id="id_confirm_%s"),
        "missing": selectors.missing_years(today),
        "waiting": sum(not row.confirmed for row in rows),
        "weeks": [(row, [str(dict(WEEKDAYS)[day]) for day in row.weekdays]) for row in weeks],
    }
    return render(request, "desk/admin/calendar.html", context)


@require_POST
@admin_only
def calendar_confirm(request: HttpRequest, year: int) -> HttpResponse:
    """Confirm the days of a year by the official notice."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    form = ConfirmYearForm(request.POST, auto_id="id_confirm_%s")
    if form.is_valid():
        at = clock.now()
        source = form.cleaned_data["source"]
        if (
            attempt(form, lambda: services.confirm_year(year=year, source=source, actor=actor_of(request), at=at))
            is not None
        ):
            flash.done(request, _("Đã xác nhận lịch năm %(year)s.") % {"year": year})
            return redirect(f"{reverse('desk:admin_calendar')}?nam={year}")
    return _calendar_page(request, year, confirm=form)


@require_POST
@admin_only
def calendar_clear(request: HttpRequest, day: str) -> HttpResponse:
    """Make a day an ordinary day of its week again."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    try:
        services.clear_day(day=wanted, actor=actor_of(request), at=clock.now())
    except WorktimeError as error:
        flash.failed(request, error.message)
    else:
        flash.done(request, _("Ngày %(day)s lại là ngày thường.") % {"day": words.short_date(wanted)})
    return redirect(f"{reverse('desk:admin_calendar')}?nam={wanted.year}")


@admin_only
def hours(request: HttpRequest) -> HttpResponse:
    """The working week from a day on."""
    form = HoursForm(request.POST or None, initial={"periods": "08:00-12:00,13:30-17:30", "weekdays": [1, 2, 3, 4, 5]})
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        if attempt(form, lambda: services.set_hours(**form.cleaned_data, actor=actor_of(request), at=at)) is not None:
            flash.done(request, _("Đã ghi giờ làm việc."))
            return redirect("desk:admin_calendar")
    crumbs = [Link(_("Lịch làm việc"), reverse("desk:admin_calendar"))]
    lead = _("Thời hạn đã hẹn với người gửi giữ nguyên; giờ mới tính cho thời hạn mở về sau.")
    context = {
        "form": form,
        "title": _("Giờ làm việc"),
        "lead": lead,
        "crumbs": crumbs,
        "submit": _("Lưu giờ làm việc"),
    }
    return render(request, "desk/admin/form.html", context)


# --- rules ------------------------------------------------------------------------------------------------------------


def _rule_row(rule: DeadlineRule, today: date) -> dict[str, Any]:
    state = "now" if rule.applies_on(today) else "later" if rule.valid_from > today else "past"
    return {
        "rule": rule,
        "state": state,
        "step": dict(STEPS).get(rule.step, rule.step),
        "term": term_words(rule.amount, rule.unit, words.language()),
        "regime": dict(Regime.choices).get(rule.regime, _("Mọi loại")),
        "urgency": dict(Urgency.choices).get(rule.urgency, rule.urgency) if rule.urgency else "",
    }


@admin_only
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, those to come and those of the past; a calculator with its explanation. Two queries."""
    today = clock.today()
    everything = selectors.all_rules()
    past = request.GET.get("xem", "") == "cu"
    rows = [_rule_row(rule, today) for rule in everything]
    shown = [row for row in rows if (row["state"] == "past") == past]
    codes = sorted({rule.code for rule in everything})
    asked = "start" in request.GET
    form = CalculatorForm(
        request.GET if asked else None,
        codes=[(code, code) for code in codes],
        initial={"start": clock.now().replace(second=0, microsecond=0)},
    )
    result = _calculate(form) if asked and form.is_valid() else None
    context = {
        "rows": shown,
        "past": past,
        "form": form,
        "result": result,
        "assumed": [row for row in rows if row["rule"].assumed and row["state"] == "now"],
    }
    return render(request, "desk/admin/rules.html", context)


def _calculate(form: CalculatorForm) -> dict[str, Any] | None:
    start = form.cleaned_data["start"].astimezone(ZONE)
    rule = selectors.rule_by_code(form.cleaned_data["rule"], start.date())
    if rule is None:
        form.add_error("rule", _("Ngày ấy chưa có quy tắc này."))
        return None
    try:
        due = selectors.due_of(rule=rule, start=start)
    except (ValueError, WorktimeError) as error:
        form.add_error("start", str(error))
        return None
    return {
        "due": words.due_moment(due.due_at),
        "target": words.moment(due.target_at),
        "how": explain(due, rule.term, words.language(), step=rule.step),
        "rule": rule,
    }


@admin_only
def rule_new(request: HttpRequest) -> HttpResponse:
    """A rule from a day on; with `tu` another rule is the model."""
    at = clock.now()
    start: dict[str, Any] = {"valid_from": at.date()}
    model = whole_number(request.GET.get("tu", ""))
    if model is not None:
        known = next((rule for rule in selectors.all_rules() if rule.pk == model), None)
        if known is not None:
            columns = ("code", "step", "regime", "urgency", "amount", "unit", "source", "assumed", "note")
            start |= {name: getattr(known, name) for name in columns}
    form = RuleForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.set_rule(**form.cleaned_data, actor=actor_of(request), at=at),
            names={"dates": "valid_to", "overlap": "valid_from"},
        )
        if made is not None:
            flash.done(
                request,
                _("Đã ghi quy tắc %(code)s, áp dụng từ %(day)s.")
                % {"code": made.code, "day": words.short_date(made.valid_from)},
            )
            return redirect("desk:admin_rules")
    crumbs = [Link(_("Quy tắc thời hạn"), reverse("desk:admin_rules"))]
    lead = _("Thời hạn đang chạy giữ quy tắc đã hẹn; quy tắc mới tính cho phản ánh mở về sau.")
    context = {
        "form": form,
        "title": _("Đặt quy tắc thời hạn"),
        "lead": lead,
        "crumbs": crumbs,
        "submit": _("Lưu quy tắc"),
    }
    return render(request, "desk/admin/form.html", context)


@admin_only
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule: its facts, its history, its end."""
    row = DeadlineRule.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    at = clock.now()
    form = EndRuleForm(
        request.POST if request.POST.get("act") == "end" else None, initial={"valid_to": row.valid_to or at.date()}
    )
    if request.method == "POST" and request.POST.get("act") == "withdraw":
        try:
            services.withdraw_rule(rule_id=pk, actor=actor_of(request), at=at)
        except WorktimeError as error:
            flash.failed(request, error.message)
            return redirect("desk:admin_rule", pk)
        flash.done(request, _("Đã rút quy tắc chưa áp dụng."))
        return redirect("desk:admin_rules")
    if request.method == "POST" and form.is_valid():
        ended = attempt(
            form,
            lambda: services.end_rule(
                rule_id=pk, valid_to=form.cleaned_data["valid_to"], actor=actor_of(request), at=at
            ),
            names={"dates": "valid_to"},
        )
        if ended is not None:
            flash.done(request, _("Đã ghi ngày kết thúc."))
            return redirect("desk:admin_rule", pk)
    context = {"row": _rule_row(row, at.date()), "rule": row, "form": form, "events": events_of("deadline_rule", pk)}
    return render(request, "desk/admin/rule.html", context)
