"""The first page: what waits for the person today, each figure a way to its list, and what to do first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.cases import selectors as cases
from langnghe.cases.selectors import QueueFilter
from langnghe.desk.access import Roles, roles_of_request, signed_in
from langnghe.desk.plan_rows import share_row
from langnghe.desk.rows import row_of, soon_until
from langnghe.desk.views.plans.common import AGENCY, PLANNERS, READERS
from langnghe.desk.views.reports.lists import RECENT
from langnghe.plans.selectors import queues, today
from langnghe.plans.workflow import REVIEW
from langnghe.reports import selectors as reports
from langnghe.ui.items import Row
from langnghe.ui.words import long_date
from langnghe.worktime import clock

FIRST = 8
"""Rows of what to do first."""

ELSEWHERE = {
    "protected_reader": "desk:restricted",
    "clerk": "desk:counter",
    "administrator": "desk:admin_home",
}
"""The first pages of roles that have nothing to do with plans."""

Figure = dict[str, Any]
Group = tuple[str, list[Figure]]


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person today. Twelve queries at most, whatever the size of the city. Who has one kind of work
    only goes straight to it."""
    roles = roles_of_request(request)
    if not roles.codes & set(READERS):
        for role, page in ELSEWHERE.items():
            if role in roles.codes:
                return redirect(page)
        return render(request, "desk/no_role.html", {})
    at = clock.now()
    groups = [
        *_plans(roles, at),
        (_("Báo cáo định kỳ"), _reports(roles, at)),
        (_("Phản ánh"), _cases(roles, at)),
    ]
    first = _first(roles, at)
    context = {
        "title": _("Hôm nay, %(day)s") % {"day": long_date(at)},
        "groups": [(name, figures) for name, figures in groups if figures],
        "rows": first,
        "waiting": sum(one["value"] for _name, figures in groups for one in figures),
        "late_first": first[0] if first and first[0].state == "overdue" else None,
        "first_title": _("Làm trước") if roles.codes & set(PLANNERS) else _("Quá hạn lâu nhất"),
        **_all(roles),
    }
    return render(request, "desk/home.html", context)


def _all(roles: Roles) -> dict[str, str]:
    """The list that goes on where the first rows end."""
    if roles.codes & {"handler", "focal_point"}:
        return {"all_url": reverse("desk:plan_mine"), "all_label": _("Xem mọi việc kế hoạch của tôi")}
    if roles.codes & {"approver", "head"}:
        return {"all_url": reverse("desk:plan_agency"), "all_label": _("Xem mọi việc kế hoạch của cơ quan")}
    return {"all_url": reverse("desk:plan_late"), "all_label": _("Xem mọi nhiệm vụ quá hạn")}


def _figure(label: str, value: int, name: str, query: str = "", **more: Any) -> Figure:
    return {"label": label, "value": value, "url": reverse(f"desk:{name}") + query, **more}


def _agency_of(roles: Roles) -> int | None:
    """The agency whose lists the person sees: as those choose it."""
    for role in ("head", "focal_point", "approver", "handler"):
        for actor in roles.actors:
            if actor.role == role and actor.agency_id is not None:
                return actor.agency_id
    return None


def _terms(tally: dict[str, int], whose: str, page: str) -> list[Figure]:
    """Late, due today, due soon: of a person, an agency, the city."""
    return [
        _figure(_("Quá hạn"), tally[f"{whose}_late"], page, "?han=qua-han", late=True),
        _figure(_("Đến hạn hôm nay"), tally[f"{whose}_today"], page, "?han=hom-nay"),
        _figure(_("Sắp đến hạn"), tally[f"{whose}_soon"], page, "?han=sap-han", of=_in_days()),
    ]


def _plans(roles: Roles, at: datetime) -> list[Group]:
    codes = roles.codes
    person = roles.person.pk if roles.person is not None else 0
    made: list[Group] = []
    decide: list[Figure] = []
    if codes & {"coordinator", "focal_point", "approver", "head"}:
        agency_id = None if "coordinator" in codes else _agency_of(roles)
        waiting = today.decisions(roles.actors, person_id=person, agency_id=agency_id)
        decide += _to_confirm(roles, waiting["confirm"], agency_id)
        if codes & {"coordinator", "approver", "head"}:
            decide += [
                _figure(_("Chờ nghiệm thu"), waiting["accept"], "plan_accept"),
                _figure(_("Vướng mắc chờ trả lời"), waiting["answer"], "plan_obstacles"),
            ]
    if decide:
        made.append((_("Chờ tôi quyết định"), decide))
    if codes & set(PLANNERS):
        tally = today.open_work(at=at, person_id=person, agency_id=_agency_of(roles))
        if tally["mine_open"] or not codes & {"approver", "head", "coordinator"}:
            made.append((_("Việc kế hoạch của tôi"), _terms(tally, "mine", "plan_mine")))
        if codes & {"focal_point", "head", "approver"}:
            agency = _terms(tally, "agency", "plan_agency")
            if codes & {"focal_point", "head"}:
                nobody = tally["agency_unassigned"]
                agency.append(_figure(_("Chưa giao cho người nào"), nobody, "plan_agency", "?han=chua-giao"))
            made.append((_("Việc kế hoạch của cơ quan"), agency))
    if codes & {"coordinator", "observer"}:
        made.append((_("Kế hoạch toàn Thành phố"), _terms(today.city_work(at=at), "city", "plan_late")))
    return made


def _to_confirm(roles: Roles, count: int, agency_id: int | None) -> list[Figure]:
    """Plans that were read and wait for somebody to look through them: of the whole city for its office, else of the
    own agency, and there only while some do."""
    if not roles.codes & {"coordinator", "focal_point", "head"}:
        return []
    if not count and agency_id is not None:
        return []
    query = f"?tinh-trang={REVIEW}" + (f"&co-quan={agency_id}" if agency_id is not None else "")
    return [_figure(_("Kế hoạch chờ xác nhận"), count, "plans", query)]


def _in_days() -> str:
    return _("trong 7 ngày tới, kể cả hôm nay")


def _reports(roles: Roles, at: datetime) -> list[Figure]:
    if not roles.codes & set(PLANNERS):
        return []
    day = at.date()
    owed = reports.owed_today(reports.agencies_of(roles.actors, day), at=at)
    made = [
        _figure(_("Phải gửi"), owed["owed"], "reports"),
        _figure(_("Quá hạn gửi"), owed["late"], "reports", "?loc=qua-han", late=True),
        _figure(_("Chờ duyệt"), owed["approval"], "reports", "?loc=cho-duyet"),
    ]
    if roles.codes & {"coordinator", "focal_point", "head"}:
        to_us = reports.received_today(reports.receiving(roles.actors, day), since=day - RECENT, at=at)
        if any(to_us.values()):
            made += [
                _figure(_("Nơi khác quá hạn gửi"), to_us["missing"], "report_received", "?loc=con-thieu"),
                _figure(_("Đã nhận, chờ tổng hợp"), to_us["waiting"], "report_received", "?loc=cho-tong-hop"),
                _figure(_("Đã tổng hợp"), to_us["merged"], "report_received", "?loc=da-tong-hop", done=True),
            ]
    return made


def _cases(roles: Roles, at: datetime) -> list[Figure]:
    codes = roles.codes
    if not codes & set(PLANNERS):
        return []
    person = roles.person.pk if roles.person is not None else 0
    tally = cases.today(roles.actors, at=at, person_id=person, agency_id=_agency_of(roles))
    made: list[Figure] = []
    if "coordinator" in codes:
        made += [
            _figure(_("Mới tiếp nhận"), tally["received"], "office"),
            _figure(_("Chờ chuyển, bị trả lại"), tally["classified"], "office", "?xem=chuyen"),
            _figure(_("Chờ công khai"), tally["answered"], "to_publish"),
        ]
    if "focal_point" in codes:
        made.append(_figure(_("Chờ nhận, chờ giao"), tally["new"], "mine"))
    if codes & {"handler", "focal_point"}:
        made.append(_figure(_("Tôi đang xử lý"), tally["handling"], "mine", "?xem="))
    if codes & {"approver", "head"}:
        made.append(_figure(_("Trả lời chờ duyệt"), tally["approval"], "approvals"))
    if codes & set(AGENCY):
        made.append(_figure(_("Cơ quan quá hạn"), tally["late"], "agency", "?han=qua-han", late=True))
    return made


def _first(roles: Roles, at: datetime) -> list[Row]:
    """What is due first: tasks and feedback of the person; for leaders what waits for their decision, and what their
    agency is late with; for the city what is late longest. Three queries at most."""
    codes = roles.codes
    person = roles.person.pk if roles.person is not None else 0
    soon = soon_until(at)
    rows: list[Row] = []
    if codes & {"handler", "focal_point"}:
        rows += [share_row(one, at=at) for one in queues.mine(person, at=at, size=FIRST).rows]
        wanted = QueueFilter(states=("handling",), handler_id=person)
    elif codes & {"approver", "head"}:
        agency_id = _agency_of(roles)
        accept = today.accept_page(roles.actors, person_id=person, size=FIRST)
        late = queues.agency_work(agency_id, queues.WorkFilter(late="late"), at=at, size=FIRST)
        known = {one.pk: one for one in (*accept.rows, *late.rows)}
        rows += [share_row(one, at=at) for one in known.values()]
        wanted = QueueFilter(states=("awaiting_approval",), agency_id=agency_id)
    else:
        late = queues.agency_work(None, queues.WorkFilter(late="late"), at=at, size=FIRST)
        rows += [share_row(one, at=at) for one in late.rows]
        wanted = QueueFilter(states=("received",))
    if codes & set(PLANNERS):
        found = cases.queue(roles.actors, wanted, at=at, soon=soon, size=FIRST)
        rows += [row_of(one, at=at, soon=soon) for one in found.rows]
    return sorted(rows, key=lambda row: (row.due is None, row.due or at))[:FIRST]
