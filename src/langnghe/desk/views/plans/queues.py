"""Lists of shares: what I carry, what my agency carries, what is late; the month, the board, the search."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from langnghe.acts.errors import ActError, Unseen
from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.plan_acts import BulkForm, People
from langnghe.desk.plan_rows import share_badges, share_due, share_row, standing
from langnghe.desk.views.plans.common import AGENCY, PLANNERS, READERS, month_words, person_id
from langnghe.desk.views.queues import search_tabs
from langnghe.plans import rules
from langnghe.plans.models import PlanDocument, Share
from langnghe.plans.rules_periods import day_of
from langnghe.plans.selectors import boards, queues
from langnghe.plans.selectors import figures as plan_figures
from langnghe.plans.selectors import search as searching
from langnghe.plans.selectors.queues import WorkFilter
from langnghe.plans.selectors.trees import TaskRow
from langnghe.plans.services import shares as services
from langnghe.texts import whole_number
from langnghe.ui import words
from langnghe.ui.items import Badge, Link, Part, Row
from langnghe.worktime import clock

MOST_BULK = 100
WORST = 12
"""Agencies in the table of what is late; the others are a click away."""

PRINTED = 300
"""Rows of a printed list."""
VIEWS = {
    "": "",
    "qua-han": "late",
    "hom-nay": "today",
    "sap-han": "soon",
    "vuong-mac": "obstacle",
    "chua-giao": "unassigned",
}


def _ways(here: str, **kept: str) -> list[dict[str, str]]:
    """Ways to the other views of the same work: list, board, calendar; and to the search."""
    query = f"?{urlencode(kept)}" if kept else ""
    listed = {"toi": "plan_mine", "co-quan": "plan_agency"}.get(kept.get("cua", ""), "plan_late")
    ways = [
        {"label": _("Danh sách"), "url": reverse(f"desk:{listed}"), "icon": "list-task", "name": "list"},
        {"label": _("Bảng"), "url": reverse("desk:plan_board") + query, "icon": "kanban", "name": "board"},
        {"label": _("Lịch"), "url": reverse("desk:plan_calendar") + query, "icon": "calendar3", "name": "calendar"},
        {"label": _("Tìm"), "url": reverse("desk:plan_search"), "icon": "search", "name": "search"},
    ]
    return [way | {"kind": "quiet"} for way in ways if way["name"] != here]


def _wanted(request: HttpRequest) -> WorkFilter:
    role = request.GET.get("vai", "")
    state = request.GET.get("tinh-trang", "")
    return WorkFilter(
        states=(state,) if state in ("assigned", "doing", "submitted", "done") else (),
        document_id=whole_number(request.GET.get("ke-hoach", "")),
        late=VIEWS.get(request.GET.get("han", ""), ""),
        person_id=whole_number(request.GET.get("nguoi", "")),
        unit=request.GET.get("don-vi", "")[:160].replace("\x00", ""),
        lead={"chu-tri": True, "phoi-hop": False}.get(role),
        text=request.GET.get("q", "")[:200].replace("\x00", ""),
    )


def _parts(request: HttpRequest, *, people: list[tuple[str, Any]], units: list[tuple[str, int]]) -> list[Part]:
    parts = [
        Part(
            name="han", label=_("Thời hạn"), value=request.GET.get("han", ""),
            options=[
                ("", _("mọi thời hạn")), ("qua-han", _("đã quá hạn")), ("hom-nay", _("đến hạn hôm nay")),
                ("sap-han", _("sắp đến hạn")),
                ("vuong-mac", _("đang vướng mắc")), *([("chua-giao", _("chưa giao người"))] if people else []),
            ],
        ),
        Part(
            name="tinh-trang", label=_("Tình trạng"), value=request.GET.get("tinh-trang", ""),
            options=[
                ("", _("mọi tình trạng")), ("assigned", _("mới giao")), ("doing", _("đang thực hiện")),
                ("submitted", _("chờ duyệt")), ("done", _("đã hoàn thành")),
            ],
        ),
        Part(
            name="vai", label=_("Vai trò"), value=request.GET.get("vai", ""),
            options=[("", _("chủ trì và phối hợp")), ("chu-tri", _("chủ trì")), ("phoi-hop", _("phối hợp"))],
        ),
    ]  # fmt: skip
    if people:
        parts.append(
            Part(name="nguoi", label=_("Người thực hiện"), value=request.GET.get("nguoi", ""),
                 options=[("", _("mọi người")), *people])
        )  # fmt: skip
    named = [(unit, unit) for unit, _count in units if unit]
    if named:
        parts.append(
            Part(name="don-vi", label=_("Đơn vị"), value=request.GET.get("don-vi", ""),
                 options=[("", _("mọi đơn vị")), *named])
        )  # fmt: skip
    plan = PlanDocument.objects.only("number", "title").filter(pk=whole_number(request.GET.get("ke-hoach", "")) or 0)
    if request.GET.get("ke-hoach") and (found := plan.first()) is not None:
        parts.append(
            Part(name="ke-hoach", label=_("Kế hoạch"), value=str(found.pk),
                 options=[("", _("mọi kế hoạch")), (str(found.pk), found.number or found.title[:60])])
        )  # fmt: skip
    parts.append(
        Part(name="q", label=_("Từ cần tìm"), value=request.GET.get("q", ""), placeholder=_("từ trong nhiệm vụ"))
    )
    return parts


def _address(request: HttpRequest, **changes: str) -> str:
    given = {name: value for name, value in request.GET.items() if value and name not in ("trang", "in")}
    return "?" + urlencode({**given, **changes})


def _pages(request: HttpRequest, page: Any) -> dict[str, str]:
    return {
        "older": _address(request, trang=page.after) if page.after else "",
        "newer": _address(request, trang=page.before) if page.before else "",
    }


def _tally(counts: dict[str, int], *, base: str) -> list[dict[str, Any]]:
    """The figures above a queue; each leads to its rows."""
    total = counts["assigned"] + counts["doing"] + counts["submitted"]
    return [
        {"label": _("Đang phải làm"), "value": total, "url": base, "of": ""},
        {"label": _("Quá hạn"), "value": counts["late"], "url": f"{base}?han=qua-han", "total": total,
         "of": _("việc đang phải làm")},
        {"label": _("Sắp đến hạn"), "value": counts["soon"], "url": f"{base}?han=sap-han", "total": total,
         "of": _("việc đang phải làm")},
        {"label": _("Chờ lãnh đạo duyệt"), "value": counts["submitted"], "url": f"{base}?tinh-trang=submitted",
         "total": total, "of": _("việc đang phải làm")},
    ]  # fmt: skip


@allow(*PLANNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """What I carry, what is due first on top."""
    at = clock.now()
    person = person_id(request)
    printing = "in" in request.GET
    page = queues.mine(
        person, at=at, wanted=_wanted(request), key=request.GET.get("trang", ""), size=PRINTED if printing else 30
    )
    rows = [share_row(share, at=at, who=False) for share in page.rows]
    context = {
        "actions": _ways("list", cua="toi"), **_first_late(rows),
        "title": _("Việc kế hoạch của tôi"), "rows": rows,
        "lead": _("Nhiệm vụ giao cho ông/bà; việc đến hạn trước nằm trên cùng."),
        "figures": _tally(queues.counts(at=at, person_id=person), base=reverse("desk:plan_mine")),
        "parts": _parts(request, people=[], units=[]), "who": False, "filtered": _is_filtered(request),
        "print_url": _address(request, **{"in": "1"}), **_pages(request, page),
    }  # fmt: skip
    return render(request, "desk/plans/queue_print.html" if printing else "desk/plans/queue.html", context)


@allow(*AGENCY)
def agency(request: HttpRequest) -> HttpResponse:
    """What my agency carries; several rows at once can be given to one person."""
    return _agency(request)


def _agency(request: HttpRequest, *, bulk: BulkForm | None = None, status: int = 200) -> HttpResponse:
    at = clock.now()
    roles = roles_of_request(request)
    agency_id = roles.actor("head", "focal_point", "approver", "handler").agency_id
    printing = "in" in request.GET
    page = queues.agency_work(
        agency_id or 0, _wanted(request), at=at, key=request.GET.get("trang", ""), size=PRINTED if printing else 30
    )
    may_give = bool(roles.codes & {"focal_point", "head"}) and not printing
    form = bulk or BulkForm(people=People(agency_id, at))
    people = [one for one in form.fields["person"].choices if one[0]]  # type: ignore[attr-defined]
    own = catalogue.agency(agency_id)
    rows = [share_row(share, at=at, who=False) for share in page.rows]
    for row, share in zip(rows, page.rows, strict=True):
        row.value = f"{share.pk}-{share.version}"  # what is given to somebody is what was seen here
    context = {
        "actions": _ways("list", cua="co-quan"),
        "title": _("Việc kế hoạch của cơ quan"), "agency": own,
        "lead": own.name if own is not None else "",
        "rows": rows, **_first_late(rows),
        "figures": _tally(queues.counts(at=at, agency_id=agency_id), base=reverse("desk:plan_agency")),
        "parts": _parts(request, people=people, units=queues.units_of(agency_id or 0)), "who": True,
        "bulk": [{"label": _("Giao các việc đã chọn"), "name": "act", "value": "delegate", "kind": "secondary"}]
        if may_give else [],
        "bulk_url": reverse("desk:plan_delegate") + "?" + urlencode({"next": request.get_full_path()}),
        "bulk_form": form, "filtered": _is_filtered(request),
        "print_url": _address(request, **{"in": "1"}), **_pages(request, page),
    }  # fmt: skip
    template = "desk/plans/queue_print.html" if printing else "desk/plans/queue.html"
    return render(request, template, context, status=status)


def _first_late(rows: list[Row]) -> dict[str, Any]:
    """What to do first: the row that is late longest, and how many of the page are late."""
    late = [row for row in rows if row.state == "overdue"]
    return {"first_late": late[0], "late_rows": len(late)} if late else {}


def _is_filtered(request: HttpRequest) -> bool:
    return any(request.GET.get(name) for name in ("han", "tinh-trang", "vai", "nguoi", "don-vi", "ke-hoach", "q"))


@require_POST
@allow("focal_point", "head")
def delegate(request: HttpRequest) -> HttpResponse:
    """Give several shares of the own agency to one person. Each is an act of its own: what can't be given is said."""
    at = clock.now()
    actor = roles_of_request(request).actor("focal_point", "head")
    form = BulkForm(request.POST, people=People(actor.agency_id, at))
    ticked = [one.partition("-")[::2] for one in request.POST.getlist("share")[:MOST_BULK]]
    chosen = [(key, whole_number(seen)) for one, seen in ticked if (key := whole_number(one)) is not None]
    if not chosen:
        messages.error(request, _("Hãy đánh dấu ít nhất một việc."))
    elif not form.is_valid():
        messages.error(request, _("Hãy chọn người thực hiện."))
    else:
        given, refused = 0, []
        for key, seen in chosen:
            try:
                if seen is None:
                    raise Unseen
                services.delegate(
                    share_id=key, person_id=form.cleaned_data["person"], actor=actor, at=at, expected_version=seen
                )
                given += 1
            except ActError as error:
                refused.append(error.message)
            except Share.DoesNotExist:
                refused.append(_("Nhiệm vụ này không còn nữa."))
        if given:
            messages.success(request, ngettext("Đã giao %(n)s việc.", "Đã giao %(n)s việc.", given) % {"n": given})
        for message in dict.fromkeys(refused):
            count = refused.count(message)
            messages.error(
                request, ngettext("%(n)s việc chưa giao được: %(why)s", "%(n)s việc chưa giao được: %(why)s", count)
                % {"n": count, "why": message},
            )  # fmt: skip
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) and target.startswith("/can-bo/")
    return redirect(target if safe else reverse("desk:plan_agency"))


def _rate(figures: rules.OnTime) -> float:
    return figures.rate if figures.rate is not None else 101.0


def _year(at: Any) -> tuple[date, date]:
    return date(at.year, 1, 1), at.date()


@allow(*READERS)
def late(request: HttpRequest) -> HttpResponse:
    """Who is late, and who will be: by agency, with what was due since the year began and what became of it; then
    the shares themselves. What is open and late counts against an agency as much as what was done late."""
    at = clock.now()
    roles = roles_of_request(request)
    city = bool(roles.codes & {"coordinator", "observer"})
    own = None if city else roles.actor("head", "focal_point", "approver", "handler").agency_id
    wanted = whole_number(request.GET.get("co-quan", "")) if city else own
    view = request.GET.get("han", "") if request.GET.get("han", "") in ("sap-han", "hom-nay") else ""
    printing = "in" in request.GET
    page = queues.agency_work(
        wanted, WorkFilter(late=VIEWS[view] or "late"), at=at, key=request.GET.get("trang", ""),
        size=PRINTED if printing else 30,
    )  # fmt: skip
    first, last = _year(at)
    told = plan_figures.lately_on_time(first, last, at=at, agency_id=own)
    rated = {row.agency_id: row for row in told.rows}
    now = {row.agency_id: row for row in plan_figures.late_by_agency(at=at)}
    table: list[dict[str, Any]] = []
    for key in {**now, **rated}:
        if not city and key != own:
            continue
        standing_now, figures = now.get(key), rated.get(key)
        on_time = figures.figures if figures is not None else rules.OnTime()
        table.append(
            {
                "key": key, "name": (figures.name if figures else standing_now.name if standing_now else "")
                or _("Cơ quan ngoài Thành phố"),
                "head": figures.head if figures else "", "late": standing_now.late if standing_now else 0,
                "soon": standing_now.soon if standing_now else 0,
                "oldest": standing_now.oldest if standing_now else None,
                "on_time": on_time,
            }
        )  # fmt: skip
    table.sort(key=lambda row: (-row["late"], -row["soon"], _rate(row["on_time"])))
    everyone = printing or "tat-ca" in request.GET
    shown = table if everyone or not city else [row for row in table if row["late"] or row["soon"]][:WORST]
    total = sum((row.figures for row in rated.values() if city or row.agency_id == own), rules.OnTime())
    agencies = [(str(row["key"]), row["name"]) for row in table if row["key"] is not None]
    parts = [
        Part(name="han", label=_("Thời hạn"), value=view,
             options=[
                 ("", _("đã quá hạn")), ("hom-nay", _("đến hạn hôm nay")),
                 ("sap-han", _("sắp đến hạn, trong 7 ngày tới")),
             ]),
    ]  # fmt: skip
    if city:
        parts.append(
            Part(name="co-quan", label=_("Cơ quan"), value=str(wanted or ""),
                 options=[("", _("mọi cơ quan")), *sorted(agencies, key=lambda one: one[1])])
        )  # fmt: skip
    context = {
        "actions": _ways("list"),
        "title": _("Nhiệm vụ quá hạn, sắp đến hạn"), "table": table,
        "shown": shown, "others": len(table) - len(shown), "all_url": _address(request, **{"tat-ca": "1"}),
        "city": city, "first": first, "last": last,
        "late": sum(row["late"] for row in table), "soon": sum(row["soon"] for row in table),
        "total": total, "view": view, "told_at": words.clock_time(told.at),
        "rows": [share_row(share, at=at) for share in page.rows], "parts": parts,
        "print_url": _address(request, **{"in": "1"}), **_pages(request, page),
    }  # fmt: skip
    return render(request, "desk/plans/late_print.html" if printing else "desk/plans/late.html", context)


def _scope(request: HttpRequest) -> tuple[dict[str, int | None], list[Link], str]:
    """Whose work a calendar or a board shows: mine, my agency's, the city's; the choices; its code."""
    roles = roles_of_request(request)
    choices: dict[str, tuple[str, dict[str, int | None]]] = {}
    if roles.codes & set(PLANNERS):
        choices["toi"] = (_("Việc của tôi"), {"person_id": person_id(request)})
    for actor in roles.actors:
        if actor.role in AGENCY and actor.agency_id is not None:
            choices["co-quan"] = (_("Việc của cơ quan"), {"agency_id": actor.agency_id})
    if roles.codes & {"coordinator", "observer"}:
        choices["thanh-pho"] = (_("Toàn Thành phố"), {})
    code = request.GET.get("cua", "")
    if code not in choices:
        code = next((one for one in ("thanh-pho", "co-quan", "toi") if one in choices), "")
    links = [Link(label, _address(request, cua=one), active=one == code) for one, (label, _scope) in choices.items()]
    return choices[code][1] if code else {}, links, code


@allow(*READERS)
def calendar(request: HttpRequest) -> HttpResponse:
    """A month with what is due on each day: a table at a desk, a list on a phone."""
    at = clock.now()
    scope, tabs, code = _scope(request)
    shown = day_of(f"{request.GET.get('thang', '')}-01", at.date().replace(day=1)).replace(day=1)
    agency_id = scope.get("agency_id")
    days = boards.calendar(shown.year, shown.month, agency_id=agency_id, person_id=scope.get("person_id"))
    made = [
        {
            "day": one.day, "working": one.working, "today": one.day == at.date(), "count": one.count,
            "more": max(0, one.count - len(one.rows)),
            "rows": [
                {"share": share, "url": reverse("desk:share", args=[share.pk]), "badges": share_badges(share),
                 "agency": share.agency.short_name if share.agency is not None else share.body_name,
                 "chip": share_due(share, at=at)}
                for share in one.rows
            ],
        }
        for one in days
    ]  # fmt: skip
    before, after = shown - timedelta(days=1), shown + timedelta(days=32)
    blank = [None] * shown.weekday()
    cells: list[Any] = [*blank, *made]
    cells += [None] * (-len(cells) % 7)
    context = {
        "actions": _ways("calendar", cua=code),
        "title": _("Lịch hạn nhiệm vụ"), "month": month_words(shown), "tabs": tabs if len(tabs) > 1 else [],
        "scope_label": next((one.label for one in tabs if one.active), ""),
        "weeks": [cells[place : place + 7] for place in range(0, len(cells), 7)],
        "days": [one for one in made if one["count"]], "total": sum(one.count for one in days),
        "newer": _address(request, thang=f"{before:%Y-%m}", cua=code),
        "older": _address(request, thang=f"{after:%Y-%m}", cua=code),
        "now": "" if (shown.year, shown.month) == (at.year, at.month) else _address(request, thang="", cua=code),
        "names": [_("Hai"), _("Ba"), _("Tư"), pgettext("weekday", "Năm"), _("Sáu"), _("Bảy"), _("Chủ nhật")],
        "print_url": _address(request, **{"in": "1"}),
    }  # fmt: skip
    template = "desk/plans/calendar_print.html" if "in" in request.GET else "desk/plans/calendar.html"
    return render(request, template, context)


@allow(*READERS)
def board(request: HttpRequest) -> HttpResponse:
    """Columns by state, what is due first on top."""
    at = clock.now()
    scope, tabs, code = _scope(request)
    plan = whole_number(request.GET.get("ke-hoach", ""))
    found = boards.board(at=at, agency_id=scope.get("agency_id"), person_id=scope.get("person_id"), document_id=plan)
    columns = [
        {
            "label": one.label, "count": one.count, "more": max(0, one.count - len(one.rows)), "state": one.state,
            "url": _column(one.state, code, plan),
            "cards": [
                {
                    "share": share, "url": reverse("desk:share", args=[share.pk]),
                    "agency": share.agency.short_name if share.agency is not None else share.body_name,
                    "person": share.person.full_name if share.person is not None else "",
                    "plan": share.task.document.number or share.task.document.get_kind_display(),
                    "chip": share_due(share, at=at),
                }
                for share in one.rows
            ],
        }
        for one in found
    ]  # fmt: skip
    context = {
        "actions": _ways("board", cua=code),
        "title": _("Bảng nhiệm vụ"), "columns": columns, "tabs": tabs if len(tabs) > 1 else [],
        "scope_label": next((one.label for one in tabs if one.active), ""),
        "empty": not any(one["count"] for one in columns), "print_url": _address(request, **{"in": "1"}),
        "who": scope.get("person_id") is None,
    }  # fmt: skip
    template = "desk/plans/board_print.html" if "in" in request.GET else "desk/plans/board.html"
    return render(request, template, context)


def _column(state: str, code: str, plan: int | None) -> str:
    """Where all of a column of the board is listed: in one's own list, the agency's, the plan; of the whole city one
    chooses a plan first."""
    if code in ("toi", "co-quan"):
        query = {"tinh-trang": state, **({"ke-hoach": str(plan)} if plan else {})}
        return reverse("desk:plan_mine" if code == "toi" else "desk:plan_agency") + "?" + urlencode(query)
    if plan:
        return reverse("desk:plan", args=[plan]) + "?tinh-trang=" + ("done" if state == "done" else "open")
    return reverse("desk:plans")


def _shared(row: TaskRow) -> list[Badge]:
    """How many of several agencies are through with a task."""
    if row.shares < 2:
        return []
    return [Badge(_("%(done)s trên %(n)s cơ quan đã xong") % {"done": row.done, "n": row.shares}, "outline")]


@allow(*READERS)
def search(request: HttpRequest) -> HttpResponse:
    """Tasks of all plans, with marks or without."""
    at = clock.now()
    text = request.GET.get("q", "")[:200].replace("\x00", "").strip()
    printing = "in" in request.GET
    page = searching.search(
        text, at=at, key=request.GET.get("trang", ""), size=PRINTED if printing else 30
    ) if text else None  # fmt: skip
    rows = []
    for one in page.rows if page is not None else []:
        task, plan = one.task, one.task.document
        leads = ", ".join(task.lead_names[:2])
        more = len(task.lead_names) - 2
        chip = {"state": "met"} if one.state == "done" else standing(one.due_at, at=at)
        rows.append(
            Row(
                url=reverse("desk:share", args=[one.share_id]) if one.share_id
                else reverse("desk:task", args=[task.pk]),
                code=plan.number or plan.get_kind_display(), title=task.title, value=str(task.pk),
                meta=[_("%(n)s%%") % {"n": one.percent}], agency=leads + (f" +{more}" if more > 0 else ""),
                badges=_shared(one),
                due=None if one.state == "done" else one.due_at, state=str(chip["state"]),
                days=chip.get("days"),  # type: ignore[arg-type]
            )
        )  # fmt: skip
    context = {
        "tabs": search_tabs(roles_of_request(request).codes, text, tasks=True),
        "title": _("Tìm nhiệm vụ"), "rows": rows, "text": text,
        "parts": [Part(_("có chứa")), Part(name="q", label=_("Từ cần tìm"), value=text,
                                            placeholder=_("từ trong nhiệm vụ, gõ không dấu cũng được"))],
        "lead": _("Mọi nhiệm vụ của các kế hoạch đang thực hiện và đã kết thúc."), "searching": True,
        "print_url": _address(request, **{"in": "1"}), "who": True,
        **(_pages(request, page) if page is not None else {}),
    }  # fmt: skip
    return render(request, "desk/plans/queue_print.html" if printing else "desk/plans/queue.html", context)
