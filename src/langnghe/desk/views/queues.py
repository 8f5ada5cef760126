"""Lists of cases: what came in, what is mine, what is my agency's, what is late. Each costs a fixed number of
queries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from langnghe.cases import catalogue, selectors
from langnghe.cases.models import Case, Cooperation, Regime
from langnghe.cases.selectors import QueueFilter
from langnghe.cases.workflow import OPEN_STATES, TABLE, WORK_STATES
from langnghe.desk.access import ANY_STAFF, allow, roles_of_request
from langnghe.desk.rows import row_of, soon_until
from langnghe.desk.veil import needs_veil, sift_for, veil_titles
from langnghe.desk.views.bulk import buttons
from langnghe.texts import whole_number
from langnghe.ui.items import Link, Part, Row
from langnghe.worktime import clock
from langnghe.worktime.format import moment

AGENCY = ("focal_point", "handler", "approver", "head")
CASE_ROLES = tuple(sorted(ANY_STAFF - {"administrator"}))


@allow("coordinator")
def office(request: HttpRequest) -> HttpResponse:
    """What came in and waits for the city office."""
    states = {"": ("received",), "lam-ro": ("clarifying",), "chuyen": ("classified",)}
    labels = {"": _("Mới tiếp nhận"), "chuyen": _("Chờ chuyển, bị trả lại"), "lam-ro": _("Chờ làm rõ")}
    return _queue(
        request,
        title=_("Phản ánh mới"),
        states=states,
        labels=labels,
        wanted={},
        lead=_("Đọc, phân loại và chuyển đến đúng cơ quan; việc đến hạn trước nằm trên cùng."),
        bulk={"": ["classify"], "chuyen": ["transfer", "classify"]},
    )


@allow("coordinator")
def to_publish(request: HttpRequest) -> HttpResponse:
    """Answers that wait for publication."""
    return _queue(
        request,
        title=_("Chờ công khai"),
        states={"": ("answered",)},
        labels={},
        wanted={},
        target="desk:gate",
        lead=_("Che dữ liệu cá nhân, xem lại rồi công khai trong thời hạn."),
    )


@allow("handler", "focal_point")
def mine(request: HttpRequest) -> HttpResponse:
    """What I do first, and by when. A focal point also has what nobody has taken yet."""
    roles = roles_of_request(request)
    states: dict[str, tuple[str, ...]] = {
        "": ("handling",),
        "cho-bo-sung": ("awaiting_sender",),
        "da-trinh": ("awaiting_approval",),
    }
    labels = {"": _("Đang xử lý"), "cho-bo-sung": _("Chờ người gửi"), "da-trinh": _("Đã trình")}
    wanted: dict[str, Any] = {"handler_id": roles.person.pk if roles.person else 0}
    if "focal_point" in roles.codes:
        states = {"moi": ("transferred", "accepted", "reopened"), **states}
        labels = {"moi": _("Chờ nhận, chờ giao"), **labels}
        if request.GET.get("xem", "moi") == "moi":
            wanted = {"agency_id": roles.actor("focal_point").agency_id}
        return _queue(
            request,
            title=_("Việc của tôi"),
            states=states,
            labels=labels,
            wanted=wanted,
            first="moi",
            bulk={"moi": ["assign"], "": ["assign"]},
        )
    return _queue(request, title=_("Việc của tôi"), states=states, labels=labels, wanted=wanted)


@allow("approver", "head")
def approvals(request: HttpRequest) -> HttpResponse:
    """Answers and requests that wait for the leader."""
    agency = roles_of_request(request).actor("approver", "head").agency_id
    states: dict[str, Sequence[str]] = {"": ("awaiting_approval",), "gia-han": TABLE.group("agency")}
    labels = {"": _("Trả lời"), "gia-han": _("Đề nghị gia hạn")}
    wanted: dict[str, Any] = {"agency_id": agency}
    if request.GET.get("xem") == "gia-han":
        wanted["waiting"] = "extension"
    return _queue(
        request,
        title=_("Chờ duyệt"),
        states=states,
        labels=labels,
        wanted=wanted,
        lead=_("Đọc câu hỏi, trả lời và bằng chứng trên một trang."),
    )


@allow(*AGENCY)
def agency(request: HttpRequest) -> HttpResponse:
    """Everything open of my agency."""
    agency_id = roles_of_request(request).actor("head", "focal_point", "approver", "handler").agency_id
    done = ("answered", "published", "withheld")
    states = {"": WORK_STATES, "loi-hen": done, "da-tra-loi": done}
    labels = {"": _("Đang xử lý"), "loi-hen": _("Đã hẹn, chưa làm"), "da-tra-loi": _("Đã trả lời")}
    wanted: dict[str, Any] = {"agency_id": agency_id}
    if request.GET.get("xem") == "loi-hen":
        wanted["waiting"] = "promise"
    return _queue(
        request,
        title=_("Việc của cơ quan"),
        states=states,
        labels=labels,
        wanted=wanted,
        filters=("late", "regime", "field"),
        bulk={"": ["assign"]},
    )


@allow("protected_reader")
def restricted(request: HttpRequest) -> HttpResponse:
    """Suspected complaints and denunciations that wait for a decision."""
    roles = roles_of_request(request)
    few = [actor for actor in roles.actors if actor.role == "protected_reader"]
    return _queue(
        request,
        title=_("Hạn chế truy cập"),
        states={"": TABLE.group("open")},
        labels={},
        wanted={},
        actors=few,
        lead=_(
            "Nghi là khiếu nại, tố cáo. Quyết định: là phản ánh thông thường, "
            "hay chuyển sang giải quyết theo luật riêng."
        ),
    )


def _queue(
    request: HttpRequest,
    *,
    title: str,
    states: Mapping[str, Sequence[str]],
    labels: dict[str, str],
    wanted: dict[str, Any],
    lead: str = "",
    first: str = "",
    filters: Sequence[str] = ("late", "regime"),
    target: str = "desk:case",
    actors: Any = None,
    bulk: Mapping[str, Sequence[str]] | None = None,
) -> HttpResponse:
    at = clock.now()
    roles = roles_of_request(request)
    view = request.GET.get("xem", first)
    if view not in states:
        view = first if first in states else next(iter(states))
    narrowed = _filter(request, states=states[view], wanted=wanted)
    soon = soon_until(at)
    page = selectors.queue(
        actors or roles.actors, narrowed, at=at, soon=soon, key=request.GET.get("trang", ""),
        sift=sift_for(roles, narrowed.text),
    )  # fmt: skip
    if needs_veil(roles):
        veil_titles(page.rows)
    rows = [row_of(case, at=at, soon=soon, url=reverse(target, args=[case.code])) for case in page.rows]
    tabs = (
        [Link(labels[code], f"?{urlencode({'xem': code})}", active=code == view) for code in states]
        if len(states) > 1
        else []
    )
    late = sum(row.state == "overdue" for row in rows)
    context = {
        "title": title,
        "lead": lead,
        "rows": rows,
        "tabs": tabs,
        "parts": _parts(request, filters, at),
        "late": late,
        "keep": {"xem": view} if view else {},
        "bulk": buttons(roles, (bulk or {}).get(view, ())),
        "bulk_url": f"{reverse('desk:bulk')}?{urlencode({'next': request.get_full_path()})}",
        "first_late": next((row for row in rows if row.state == "overdue"), None),
        **_pages(request, page),
    }
    return render(request, "desk/queue.html", context)


def _filter(request: HttpRequest, *, states: Sequence[str] = (), wanted: dict[str, Any] | None = None) -> QueueFilter:
    def number(name: str) -> int | None:
        return whole_number(request.GET.get(name, ""))

    given: dict[str, Any] = {
        "states": tuple(states),
        "regime": request.GET.get("che-do", "") if request.GET.get("che-do", "") in Regime.values else "",
        "field_id": number("linh-vuc"),
        "agency_id": number("co-quan"),
        "commune_id": number("noi"),
        "late": {"qua-han": "late", "sap-han": "soon"}.get(request.GET.get("han", ""), ""),
        "text": request.GET.get("q", "")[:200].replace("\x00", ""),
    }
    return QueueFilter(**{**given, **(wanted or {})})


def _parts(request: HttpRequest, names: Sequence[str], at: datetime) -> list[Part]:
    day = at.date()
    made = {
        "late": lambda: Part(
            _("thời hạn"),
            "han",
            _("Thời hạn"),
            request.GET.get("han", ""),
            [("", _("mọi thời hạn")), ("qua-han", _("đã quá hạn")), ("sap-han", _("sắp đến hạn"))],
        ),
        "regime": lambda: Part(
            _("loại"),
            "che-do",
            _("Loại"),
            request.GET.get("che-do", ""),
            [("", _("mọi loại")), *((code, str(label)) for code, label in Regime.choices)],
        ),
        "field": lambda: Part(
            _("lĩnh vực"),
            "linh-vuc",
            _("Lĩnh vực"),
            request.GET.get("linh-vuc", ""),
            [("", _("mọi lĩnh vực")), *((str(row.pk), row.name) for row in catalogue.fields(day))],
        ),
        "agency": lambda: Part(
            _("cơ quan"),
            "co-quan",
            _("Cơ quan"),
            request.GET.get("co-quan", ""),
            [("", _("mọi cơ quan")), *((str(row.pk), row.short_name) for row in catalogue.active_agencies(day))],
        ),
        "state": lambda: Part(
            _("tình trạng"),
            "tinh-trang",
            _("Tình trạng"),
            request.GET.get("tinh-trang", ""),
            [("", _("mọi tình trạng")), *((code, str(state.label)) for code, state in TABLE.states.items())],
        ),
        "text": lambda: Part(
            _("có chứa"),
            "q",
            _("Từ cần tìm"),
            request.GET.get("q", ""),
            placeholder=_("mã, từ trong nội dung, nơi xảy ra"),
        ),
    }
    return [made[name]() for name in names]


def _pages(request: HttpRequest, page: selectors.Page) -> dict[str, str]:
    def address(key: str) -> str:
        if not key:
            return ""
        given = {name: value for name, value in request.GET.items() if name != "trang" and value}
        return f"?{urlencode({**given, 'trang': key})}"

    return {"older": address(page.after), "newer": address(page.before)}


def search_tabs(codes: Collection[str], text: str, *, tasks: bool) -> list[Link]:
    """The same words among feedback and among tasks."""
    if not set(codes) & {*AGENCY, "coordinator", "observer"}:
        return []
    query = f"?{urlencode({'q': text})}" if text else ""
    return [
        Link(_("Phản ánh"), reverse("desk:search") + query, active=not tasks),
        Link(_("Nhiệm vụ"), reverse("desk:plan_search") + query, active=tasks),
    ]


@allow(*CASE_ROLES)
def search(request: HttpRequest) -> HttpResponse:
    """All cases that the person may see, the newest first."""
    at = clock.now()
    state = request.GET.get("tinh-trang", "")
    wanted = _filter(request, states=(state,) if state in TABLE.states else ())
    roles = roles_of_request(request)
    page = selectors.archive(roles.actors, wanted, key=request.GET.get("trang", ""), sift=sift_for(roles, wanted.text))
    soon = soon_until(at)
    if needs_veil(roles):
        veil_titles(page.rows)
    context = {
        "title": _("Tất cả phản ánh"),
        "rows": [row_of(case, at=at, soon=soon) for case in page.rows],
        "searching": bool(request.GET),
        "tabs": search_tabs(roles.codes, wanted.text, tasks=False),
        "parts": _parts(request, ("text", "state", "agency", "field", "regime"), at),
        **_pages(request, page),
    }
    return render(request, "desk/queue.html", context)


@allow(*AGENCY)
def partner(request: HttpRequest) -> HttpResponse:
    """Questions of other agencies to mine that wait for a reply."""
    at = clock.now()
    agencies = roles_of_request(request).agency_ids
    asked = Cooperation.objects.filter(agency_id__in=agencies, replied_at=None, case__restricted=False)
    rows = []
    for row in asked.select_related("case", "case__agency", "case__commune").order_by("asked_at")[:100]:
        case: Case = row.case
        rows.append(
            Row(
                url=reverse("desk:case", args=[case.code]),
                code=case.code,
                title=row.question[:160],
                value=str(case.pk),
                meta=[case.title],
                where=case.commune.short_name if case.commune else "",
                agency=case.agency.short_name if case.agency else "",
                left=_("hỏi lúc %(at)s") % {"at": moment(row.asked_at)},
                state="none",
            )
        )
    return render(
        request,
        "desk/queue.html",
        {
            "title": _("Chờ phối hợp"),
            "rows": rows,
            "parts": [],
            "at": at,
            "lead": _("Cơ quan khác hỏi ý kiến; mỗi câu hỏi có thời hạn riêng."),
        },
    )


@allow("coordinator", "observer", "head")
def late(request: HttpRequest) -> HttpResponse:
    """Who is late and what will be late: by agency, and the cases themselves."""
    at = clock.now()
    soon = soon_until(at)
    roles = roles_of_request(request)
    wanted = _filter(request, states=OPEN_STATES)
    city_wide = roles.codes & {"coordinator", "observer"}
    if not city_wide:
        wanted = _filter(request, states=OPEN_STATES, wanted={"agency_id": roles.actor("head").agency_id})
    if not wanted.late:
        wanted = QueueFilter(**{**{name: getattr(wanted, name) for name in wanted.__slots__}, "late": "late"})
    page = selectors.queue(
        roles.actors, wanted, at=at, soon=soon, key=request.GET.get("trang", ""), sift=sift_for(roles, wanted.text)
    )
    if needs_veil(roles):
        veil_titles(page.rows)
    agencies = selectors.late_by_agency(at=at, soon=soon) if city_wide else []
    total = sum(int(str(row["late"])) for row in agencies)
    lead = ngettext("%(n)s phản ánh quá hạn.", "%(n)s phản ánh quá hạn.", total) % {"n": total} if city_wide else ""
    context = {
        "title": _("Quá hạn, sắp đến hạn"),
        "lead": lead,
        "rows": [row_of(case, at=at, soon=soon) for case in page.rows],
        "parts": _parts(request, ("late", "agency", "regime") if city_wide else ("late", "regime"), at),
        "agencies": agencies,
        **_pages(request, page),
    }
    return render(request, "desk/late.html", context)
