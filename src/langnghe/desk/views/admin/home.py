"""Is everything running, and what changes next month? And the demo's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from langnghe.cases import catalogue
from langnghe.desk.forms.admin import ClockForm
from langnghe.desk.views.admin.common import admin_only
from langnghe.ledger import selectors as ledger
from langnghe.ops import conf
from langnghe.ops import selectors as ops
from langnghe.outbox import selectors as outbox
from langnghe.ui import flash, words
from langnghe.worktime import clock
from langnghe.worktime import selectors as worktime
from langnghe.worktime.models import CalendarDay
from langnghe.worktime.rules import ZONE

LOOK_AHEAD = timedelta(days=45)
STEPS = {"gio": timedelta(hours=1), "ngay": timedelta(days=1), "tuan": timedelta(days=7)}


@admin_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what runs, what needs somebody, what changes soon. Twelve queries."""
    today = clock.today()
    checks = [_worker(), _queue(), _seal(), _messages()]
    days = worktime.days_between(today, date(today.year + 1, 12, 31))
    context = {
        "checks": checks,
        "bad": [one for one in checks if not one["well"]],
        "todo": _todo(today, days),
        "soon": _soon(today, days),
    }
    return render(request, "desk/admin/home.html", context)


def _check(name: str, well: bool, text: str, url: str = "") -> dict[str, object]:
    return {"name": name, "well": well, "text": text, "url": url}


def _worker() -> dict[str, object]:
    silence = ops.worker_silence()
    if silence is None:
        return _check(
            _("Tiến trình nền"),
            False,
            _("Chưa chạy. Thư không được gửi, thời hạn không được nhắc. Hãy chạy: langnghe worker"),
        )
    text = _("Dấu hiệu gần nhất cách đây %(n)s giây.") % {"n": words.number(round(silence))}
    return _check(_("Tiến trình nền"), silence <= conf.WORKER_SILENT_SECONDS, text)


def _queue() -> dict[str, object]:
    queues = ops.queues()
    oldest = max((queue.oldest_seconds for queue in queues), default=0.0)
    failed = sum(queue.failed for queue in queues)
    text = _("Việc chờ lâu nhất: %(n)s giây.") % {"n": words.number(round(oldest))}
    if failed:
        text += " " + ngettext("%(n)s việc hỏng.", "%(n)s việc hỏng.", failed) % {"n": words.number(failed)}
    return _check(_("Hàng đợi công việc"), oldest <= conf.QUEUE_LATE_SECONDS and not failed, text)


def _seal() -> dict[str, object]:
    state, url = ledger.seal_state(), reverse("desk:admin_ledger")
    if state.last is None:
        return _check(_("Niêm phong sổ ghi"), not state.waiting, _("Chưa có niêm phong nào."), url)
    text = _("Niêm phong số %(id)s, lúc %(at)s; %(n)s dòng chờ.") % {
        "id": words.number(state.last.pk),
        "at": words.moment(state.last.at),
        "n": words.number(state.waiting),
    }
    late = state.waiting_since is not None and clock.now() - state.waiting_since > timedelta(minutes=10)
    return _check(_("Niêm phong sổ ghi"), not late, text, url)


def _messages() -> dict[str, object]:
    counted = outbox.counts()
    age = outbox.queue_age(at=clock.now())
    bad = counted["failed"].number + counted["parked"].number
    text = _("%(failed)s không gửi được, %(parked)s chưa rõ, %(queued)s chờ gửi.") % {
        "failed": _about(counted["failed"]),
        "parked": _about(counted["parked"]),
        "queued": _about(counted["queued"]),
    }
    url = reverse("desk:admin_messages") + ("?tt=failed" if counted["failed"].number else "?tt=parked" if bad else "")
    return _check(_("Thông báo"), not bad and age < timedelta(hours=1), text, url)


def _about(count: outbox.Count) -> str:
    return words.number(count.number) + ("+" if count.more else "")


def _todo(today: date, ahead: Sequence[CalendarDay]) -> list[dict[str, str]]:
    """What an administrator should settle: year, days, rules, locked accounts."""
    found = [
        {
            "text": row.message,
            "url": f"{reverse('desk:admin_calendar')}?nam={row.year}",
            "label": _("Mở lịch năm %(year)s") % {"year": row.year},
        }
        for row in worktime.missing_years(today)
    ]
    days = [day for day in ahead if not day.confirmed]
    if days:
        text = ngettext(
            "%(n)s ngày nghỉ sắp tới chưa có thông báo chính thức.",
            "%(n)s ngày nghỉ sắp tới chưa có thông báo chính thức.",
            len(days),
        )
        found.append(
            {
                "text": text % {"n": len(days)},
                "url": f"{reverse('desk:admin_calendar')}?nam={days[0].date.year}",
                "label": _("Xem các ngày"),
            }
        )
    assumed = [rule for rule in worktime.all_rules() if rule.assumed and rule.applies_on(today)]
    if assumed:
        text = ngettext(
            "%(n)s quy tắc thời hạn dùng giá trị giả định.",
            "%(n)s quy tắc thời hạn dùng giá trị giả định.",
            len(assumed),
        )
        found.append(
            {"text": text % {"n": len(assumed)}, "url": reverse("desk:admin_rules"), "label": _("Xem quy tắc")}
        )
    for row in locked_accounts():
        text = _("Tài khoản %(name)s nhập sai mật khẩu %(n)s lần trong 15 phút qua.") % {
            "name": row["username"],
            "n": row["failures"],
        }
        found.append(
            {"text": text, "url": f"{reverse('desk:admin_people')}?q={row['username']}", "label": _("Xem tài khoản")}
        )
    return found


def locked_accounts() -> list[dict[str, object]]:
    """Names that are locked out from some address now. One query; the library counts by the machine's own clock."""
    since = Now() - timedelta(hours=float(settings.AXES_COOLOFF_TIME))
    return [
        {"username": row["username"], "failures": settings.AXES_FAILURE_LIMIT}
        for row in AccessAttempt.objects.filter(
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
        )
        .values("username")
        .annotate(n=Count("pk"))
        .order_by("username")[:20]
    ]


def _soon(today: date, ahead: Sequence[CalendarDay]) -> list[dict[str, object]]:
    """What changes within the next weeks: days off, rules, agencies."""
    until = today + LOOK_AHEAD
    calendar = reverse("desk:admin_calendar")
    found: list[dict[str, object]] = [
        {"day": day.date, "text": f"{day.get_kind_display()}: {day.reason}", "url": f"{calendar}?nam={day.date.year}"}
        for day in ahead
        if day.date <= until
    ]
    for rule in worktime.all_rules():
        if today < rule.valid_from <= until:
            found.append(
                {
                    "day": rule.valid_from,
                    "text": _("Quy tắc %(code)s bắt đầu") % {"code": rule.code},
                    "url": reverse("desk:admin_rule", args=[rule.pk]),
                }
            )
        if rule.valid_to is not None and today <= rule.valid_to <= until:
            found.append(
                {
                    "day": rule.valid_to,
                    "text": _("Quy tắc %(code)s áp dụng ngày cuối") % {"code": rule.code},
                    "url": reverse("desk:admin_rule", args=[rule.pk]),
                }
            )
    found += [
        {
            "day": agency.valid_to,
            "text": _("%(name)s làm việc ngày cuối") % {"name": agency.name},
            "url": reverse("desk:admin_agency", args=[agency.pk]),
        }
        for agency in catalogue.agencies().values()
        if agency.valid_to is not None and today <= agency.valid_to <= until
    ]
    return sorted(found, key=lambda one: str(one["day"]))


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def clock_page(request: HttpRequest) -> HttpResponse:
    """The program's clock; 404 where it cannot be moved."""
    if not clock.movable():
        raise Http404
    form = ClockForm(None, initial={"at": clock.now().replace(second=0, microsecond=0)})
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act in STEPS:
            clock.move_by(STEPS[act])
        elif act == "reset":
            clock.reset()
        elif act == "opening":
            clock.move_to(worktime.next_opening(clock.now() + timedelta(minutes=1)))
        else:
            form = ClockForm(request.POST)
            if not form.is_valid():
                return render(
                    request,
                    "desk/admin/clock.html",
                    {"form": form, "now": clock.now(), "moved": bool(clock.offset())},
                    status=200,
                )
            clock.move_to(form.cleaned_data["at"].astimezone(ZONE))
        flash.done(request, _("Đồng hồ đang ở %(moment)s.") % {"moment": words.moment(clock.now())})
        return redirect("desk:clock")
    return render(request, "desk/admin/clock.html", {"form": form, "now": clock.now(), "moved": bool(clock.offset())})
