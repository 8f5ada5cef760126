"""Lists of reports: what my agency owes and has sent, what it receives, who has not reported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.reports import NoteForm
from langnghe.desk.rows import soon_until
from langnghe.desk.views.reports.common import READERS, STAFF, attempt, row_of, rows_of, tabs
from langnghe.reports import selectors
from langnghe.reports.models import OPEN_STATES, Report
from langnghe.reports.services import merging, writing
from langnghe.reports.services.merging import Group
from langnghe.texts import whole_number
from langnghe.ui.items import Badge, Link, Part, Row
from langnghe.worktime import clock

RECENT = timedelta(days=400)
"""How far back the list of what was received goes; older reports are among those that were sent."""

OWED_VIEWS = {"": OPEN_STATES, "cho-duyet": ("awaiting_approval",), "qua-han": OPEN_STATES}
RECEIVED_VIEWS = {"": "", "cho-tong-hop": "waiting", "con-thieu": "missing", "da-tong-hop": "merged"}
MOST_GROUPS = 300
PRINTED = 300
"""So many rows a print has."""


@allow(*READERS)
def home(request: HttpRequest) -> HttpResponse:
    """What my agency owes, what is due first on top; or what was sent. Seven queries at most."""
    at = clock.now()
    roles = roles_of_request(request)
    mine = selectors.agencies_of(roles.actors, at.date())
    if request.GET.get("xem") == "da-gui" or not mine:
        return _sent(request, None if roles.codes & {"coordinator", "observer"} else mine)
    view = request.GET.get("loc", "") if request.GET.get("loc", "") in OWED_VIEWS else ""
    page = selectors.owed(
        mine, states=OWED_VIEWS[view], late_at=at if view == "qua-han" else None, key=request.GET.get("trang", ""),
        size=_size(request, 100),
    )  # fmt: skip
    rows = page.rows
    late = [row for row in rows if row.due_at < at]
    parts = [
        Part(
            name="loc", label=_("Báo cáo"), value=view,
            options=[("", _("mọi báo cáo phải gửi")), ("qua-han", _("đã quá hạn gửi")), ("cho-duyet", _("chờ duyệt"))],
        )
    ]  # fmt: skip
    context = {
        "parts": parts,
        "filtered": bool(view),
        **_pages(page, {"loc": view} if view else {}),
        "title": _("Báo cáo định kỳ"),
        "lead": _("Báo cáo cơ quan phải gửi; số liệu được lập sẵn từ theo dõi nhiệm vụ."),
        "tabs": tabs(request, "reports"),
        "rows": rows_of(rows, at),
        "late": len(late),
        "first_late": reverse("desk:report", args=[late[0].pk]) if late else "",
        "first_name": f"{late[0].duty.name}, {late[0].period_name}" if late else "",
        "due_head": _("Hạn gửi"),
    }
    return _list(request, context)


def _size(request: HttpRequest, usual: int) -> int:
    return PRINTED if "in" in request.GET else usual


def _list(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A list on the screen, which leads to its print; or the print."""
    given = {name: value for name, value in request.GET.items() if value and name not in ("trang", "in")}
    context["print_url"] = "?" + urlencode({**given, "in": "1"})
    context["back_url"] = "?" + urlencode(given) if given else request.path
    return render(request, "desk/reports/list_print.html" if "in" in request.GET else "desk/reports/list.html", context)


def _sent(request: HttpRequest, agencies: list[int] | None) -> HttpResponse:
    page = selectors.archive(agencies, key=request.GET.get("trang", ""), size=_size(request, selectors.PAGE))
    context = {
        "title": _("Báo cáo đã gửi"),
        "tabs": tabs(request, "report_sent"),
        "rows": rows_of(page.rows, clock.now()),
        **_pages(page, {"xem": "da-gui"}),
        "due_head": _("Hạn gửi"),
    }
    return _list(request, context)


def _pages(page: selectors.Page, base: dict[str, str]) -> dict[str, str]:
    return {
        "older": f"?{urlencode({**base, 'trang': page.after})}" if page.after else "",
        "newer": f"?{urlencode({**base, 'trang': page.before})}" if page.before else "",
    }


@allow(*STAFF)
def received(request: HttpRequest) -> HttpResponse:
    """What goes to my agency, by kind and period: how many have arrived. Five queries."""
    at = clock.now()
    soon = soon_until(at)
    rows = []
    mine = selectors.receiving(roles_of_request(request).actors, at.date())
    view = request.GET.get("loc", "") if request.GET.get("loc", "") in RECEIVED_VIEWS else ""
    since = at.date() - RECENT
    found = selectors.received(
        mine, since=since, at=at, only=RECEIVED_VIEWS[view], limit=MOST_GROUPS if view else 60
    )  # fmt: skip
    for one in found:
        state = "overdue" if one.due_at < at else "soon" if one.due_at < soon else "intime"
        if not one.open:
            state = "metlate" if one.late else "met"
        badges = [Badge(_("Đã nhận %(n)s/%(all)s") % {"n": one.sent + one.merged, "all": one.total})]
        if one.sent:
            badges.append(Badge(_("%(n)s chờ tổng hợp") % {"n": one.sent}, "accent"))
        if one.open and one.due_at < at:
            badges.append(Badge(_("%(n)s chưa gửi") % {"n": one.open}, "outline"))
        rows.append(
            Row(
                url=reverse("desk:report_group", args=[one.key]), code=one.period, title=one.name, badges=badges,
                due=one.due_at, state=state, new=bool(one.sent),
            )
        )  # fmt: skip
    told = {
        "": _("Ai đã gửi, ai chưa gửi; đôn đốc và tổng hợp."),
        "cho-tong-hop": _("%(n)s báo cáo đã nhận, chưa tổng hợp.") % {"n": sum(one.sent for one in found)},
        "con-thieu": _("%(n)s báo cáo quá hạn chưa gửi.") % {"n": sum(one.open for one in found if one.due_at < at)},
        "da-tong-hop": _("%(n)s báo cáo đã tổng hợp.") % {"n": sum(one.merged for one in found)},
    }
    parts = [
        Part(
            name="loc", label=_("Báo cáo"), value=view,
            options=[
                ("", _("mọi kỳ báo cáo")), ("cho-tong-hop", _("có báo cáo chờ tổng hợp")),
                ("con-thieu", _("còn cơ quan quá hạn chưa gửi")), ("da-tong-hop", _("có báo cáo đã tổng hợp")),
            ],
        )
    ]  # fmt: skip
    context = {
        "title": _("Báo cáo nhận về"),
        "lead": told[view],
        "parts": parts,
        "filtered": bool(view),
        "tabs": tabs(request, "report_received"),
        "rows": rows,
        "no_who": True,
        "due_head": _("Hạn gửi"),
    }
    return _list(request, context)


def _group(request: HttpRequest, key: int) -> list[Report]:
    actors = roles_of_request(request).actors
    found = selectors.group_of(key, selectors.receiving(actors, clock.now().date()))
    if not found:
        raise Http404
    return found


def _key(rows: list[Report]) -> Group:
    one = rows[0]
    return Group(one.to_agency_id, one.duty.document_id, one.duty.name, one.due_on)


@allow(*STAFF)
def group(request: HttpRequest, key: int) -> HttpResponse:
    """Who has reported and who has not; urge all; merge what has arrived. Eight queries."""
    return _group_page(request, key)


def _group_page(
    request: HttpRequest, key: int, *, form: NoteForm | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    at = clock.now()
    soon = soon_until(at)
    rows = _group(request, key)
    roles = roles_of_request(request)
    own = merging.own_report(_key(rows))
    late = [row for row in rows if row.state in OPEN_STATES and row.due_at < at]
    arrived = [row for row in rows if row.state in ("sent", "merged")]
    context: dict[str, Any] = {
        "key": key,
        "first": rows[0],
        "rows": [
            {"report": row, "row": row_of(row, at=at, soon=soon), "open": row.state in OPEN_STATES} for row in rows
        ],
        "owing": sum(row.state in OPEN_STATES for row in rows),
        "arrived": len(arrived),
        "waiting": sum(row.state == "sent" for row in rows),
        "total": sum(row.state != "waived" for row in rows),
        "late": len(late),
        "own": own,
        "may": bool(roles.codes & {"coordinator", "focal_point", "head"}),
        "form": form or NoteForm(auto_id="id_urge_%s"),
        "crumbs": [Link(_("Báo cáo nhận về"), reverse("desk:report_received"))],
    }
    template = "desk/reports/group_print.html" if "in" in request.GET else "desk/reports/group.html"
    return render(request, template, context, status=status)


@require_POST
@allow("coordinator", "focal_point", "head")
def group_act(request: HttpRequest, key: int, act: str) -> HttpResponse:
    """Urge everybody who owes, begin the own report, or merge what was chosen."""
    at = clock.now()
    rows = _group(request, key)
    roles = roles_of_request(request)
    receivers = [one for one in roles.actors if one.role in ("coordinator", "focal_point", "head")]
    city = rows[0].to_agency.is_city_office or rows[0].to_agency.kind == "city"
    from langnghe.reports.facts import works_for

    actor = next((one for one in receivers if works_for(one, rows[0].to_agency_id, office=city)), receivers[0])
    if act == "don-doc":
        form = NoteForm(request.POST, auto_id="id_urge_%s")
        if not form.is_valid():
            return _group_page(request, key, form=form, status=422)
        owing = [row.pk for row in rows if row.state in OPEN_STATES]
        done = writing.urge_all(report_ids=owing, note=form.cleaned_data["note"], actor=actor, at=at)
        text = ngettext("Đã đôn đốc %(n)s cơ quan.", "Đã đôn đốc %(n)s cơ quan.", done) % {"n": done}
        if done < len(owing):
            text += " " + _("Cơ quan đã được đôn đốc hôm nay không nhắc lại.")
        messages.success(request, text)
        return redirect("desk:report_group", key=key)
    if act not in ("lap", "tong-hop"):
        raise Http404
    own, refused = attempt(None, lambda: merging.begin_summary(group=_key(rows), actor=actor, at=at))
    if act == "tong-hop" and own is not None:
        chosen = {whole_number(value) for value in request.POST.getlist("part")}
        parts = [row.pk for row in rows if row.pk in chosen]
        if not parts:
            messages.error(request, _("Hãy chọn ít nhất một báo cáo đã gửi."))
            return redirect("desk:report_group", key=key)
        own, refused = attempt(
            None, lambda: merging.merge(report_id=own.pk, part_ids=parts, actor=actor, at=at)
        )  # fmt: skip
        if own is not None:
            messages.success(
                request,
                ngettext("Đã đưa %(n)s báo cáo vào.", "Đã đưa %(n)s báo cáo vào.", len(parts)) % {"n": len(parts)},
            )
    if own is None:
        messages.error(request, refused)
        return redirect("desk:report_group", key=key)
    return redirect("desk:report", pk=own.pk)
