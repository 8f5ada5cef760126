"""Plans in a list, and entering one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request, signed_in
from langnghe.desk.forms.register import EnterForm, SingleForm
from langnghe.desk.views.plans.common import attempt
from langnghe.files.conf import document_limits
from langnghe.files.handlers import takes
from langnghe.plans.models import PlanDocument
from langnghe.plans.models.documents import PlanKind
from langnghe.plans.selectors import documents as selectors
from langnghe.plans.selectors.documents import Filter
from langnghe.plans.services import documents
from langnghe.plans.services.bodies import Directory
from langnghe.plans.workflow import ACTIVE, PLAN_STATES, REVIEW
from langnghe.texts import whole_number
from langnghe.ui.items import Badge, Part
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

ENTER = ("coordinator", "focal_point", "head")
"""Who enters plans: the city office the city's, an agency its own."""


# --- the list ---------------------------------------------------------------------------------------------------------


@signed_in
def plans(request: HttpRequest) -> HttpResponse:
    """All plans, the last entered first."""
    at = clock.now()
    state = request.GET.get("tinh-trang", "")
    wanted = Filter(
        text=request.GET.get("q", "")[:200].replace("\x00", ""),
        state=state if state in PLAN_STATES else "",
        kind=request.GET.get("loai", "") if request.GET.get("loai", "") in PlanKind.values else "",
        agency_id=whole_number(request.GET.get("co-quan", "")),
    )
    page = selectors.list_plans(wanted, at=at, key=request.GET.get("trang", ""))
    older = ""
    if page.after:
        kept = {name: value for name, value in request.GET.items() if name != "trang" and value}
        older = f"?{urlencode({**kept, 'trang': page.after})}"
    agencies = [(str(row.pk), row.short_name) for row in catalogue.active_agencies(at.date())]
    parts = [
        Part(_("có chứa"), "q", _("Từ cần tìm"), wanted.text, placeholder=_("số, từ trong tên")),
        Part(
            _("tình trạng"), "tinh-trang", _("Tình trạng"), wanted.state,
            [("", _("mọi tình trạng")), *((code, str(one.label)) for code, one in PLAN_STATES.items())],
        ),
        Part(_("loại"), "loai", _("Loại"), wanted.kind, [("", _("mọi loại")), *PlanKind.choices]),
        Part(
            _("của"), "co-quan", _("Cơ quan"), str(wanted.agency_id or ""), [("", _("mọi cơ quan")), *agencies]
        ),
    ]  # fmt: skip
    context = {
        "page": page,
        "lines": [
            {"line": line, "url": address(line.document), "badges": _badges(line.document)} for line in page.rows
        ],
        "parts": parts,
        "older": older,
        "searching": bool(request.GET),
        "may_enter": bool(roles_of_request(request).codes & set(ENTER)),
        "may_bodies": bool(roles_of_request(request).codes & {"coordinator", "administrator"}),
    }
    return render(request, "desk/plans/plans.html", context)


def address(document: PlanDocument) -> str:
    """Where a plan is looked at: its register while it waits, its tree afterwards."""
    if document.state == REVIEW:
        return reverse("desk:plan_review", args=[document.pk])
    try:
        return reverse("desk:plan", args=[document.pk])
    except NoReverseMatch:
        return reverse("desk:plan_review", args=[document.pk])


def _badges(document: PlanDocument) -> list[Badge]:
    kind = "accent" if document.state == ACTIVE else "outline" if document.state == REVIEW else "neutral"
    return [Badge(PLAN_STATES[document.state].label, kind), Badge(document.get_kind_display())]


# --- entering ---------------------------------------------------------------------------------------------------------


def _enterer(request: HttpRequest) -> Actor:
    return roles_of_request(request).actor(*ENTER)


def _agencies(request: HttpRequest) -> list[tuple[int, str]]:
    """For which agencies the person may enter plans: the city office for itself and the city, others for their own."""
    roles, day = roles_of_request(request), clock.today()
    active = catalogue.active_agencies(day)
    if "coordinator" in roles.codes:
        first = [row for row in active if row.is_city_office or row.kind == "city"]
        first.sort(key=lambda row: not row.is_city_office)
        rest = [row for row in active if row not in first]
        return [(row.pk, row.name) for row in [*first, *rest]]
    mine = {actor.agency_id for actor in roles.actors if actor.role in ENTER}
    return [(row.pk, row.name) for row in active if row.pk in mine]


def _actor_for(request: HttpRequest, agency_id: int) -> Actor:
    """The role in which the person enters for an agency."""
    for role in ENTER:
        for actor in roles_of_request(request).actors:
            if actor.role == role and (role == "coordinator" or actor.agency_id == agency_id):
                return actor
    raise PermissionDenied


@allow(*ENTER)
@takes(document_limits)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a plan by its file or its text, or give a single task by form."""
    at = clock.now()
    agencies = _agencies(request)
    mode = request.POST.get("act") or ("giao-viec" if request.GET.get("cach") == "giao-viec" else "van-ban")
    office = "coordinator" in roles_of_request(request).codes
    own = agencies[0][0] if agencies and not office else None
    options: dict[str, Any] = {
        "agencies": agencies,
        "parents": selectors.parents(own) if own else [],
        "earlier": selectors.replaceable(agencies[0][0]) if agencies else [],
    }
    posted = request.method == "POST"
    form = EnterForm(
        request.POST if posted and mode == "van-ban" else None,
        request.FILES if posted and mode == "van-ban" else None,
        **options,
        initial={"supersedes": whole_number(request.GET.get("thay", ""))},
    )
    single = SingleForm(
        request.POST if posted and mode == "giao-viec" else None,
        agencies=agencies,
        auto_id="id_single_%s",
        initial={"issued_on": at.date(), "deadline_type": "date"},
    )
    if posted and mode == "giao-viec" and single.is_valid():
        agency_id = single.cleaned_data["agency"]
        done = attempt(
            single,
            lambda: documents.assign_single(
                agency_id=agency_id, kind=single.cleaned_data["kind"], values=single.values_of(),
                fields=single.fields_of(), actor=_actor_for(request, agency_id), at=at,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Đã giao việc."))
            return redirect(address(done))
    if posted and mode == "van-ban" and form.is_valid():
        made = attempt(form, lambda: _enter(request, form, at), names={"agency": "agency"})
        if made is not None:
            return redirect("desk:plan_review", pk=made.pk)
    bodies = Directory().names
    status = 422 if posted else 200
    context = {
        "form": form, "single": single, "mode": mode, "bodies": bodies, "most_bytes": document_limits().max_bytes,
    }  # fmt: skip
    return render(request, "desk/plans/enter.html", context, status=status)


def _enter(request: HttpRequest, form: EnterForm, at: Any) -> PlanDocument:
    given = form.cleaned_data
    if given.get("file") is None and not given["text"].strip() and not given["title"].strip():
        raise ActError(_("Hãy chọn tệp, dán toàn văn, hoặc ít nhất ghi trích yếu để nhập tay."), field="file")
    return documents.enter(
        agency_id=given["agency"],
        actor=_actor_for(request, given["agency"]),
        at=at,
        content=given.get("file"),
        name=given["file"].name if given.get("file") else "",
        text=given["text"],
        kind=given["kind"],
        values={name: given[name] for name in ("number", "issued_on", "title")},
        parent_id=given.get("parent"),
        supersedes_id=given.get("supersedes"),
    )
