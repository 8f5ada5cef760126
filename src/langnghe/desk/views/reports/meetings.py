"""Meetings: the pack for each, what it concludes, and where that stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.reports import ConcludeForm, MeetingForm, NoteForm
from langnghe.desk.views.reports.common import READERS, attempt, served
from langnghe.desk.views.reports.report import _shown
from langnghe.reports import frozen, pack, papers, selectors
from langnghe.reports.models import Conclusion, Meeting
from langnghe.reports.services import meetings as services
from langnghe.reports.services import packs
from langnghe.ui.items import Badge, Link, Row
from langnghe.ui.words import short_date
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

CALLERS = ("coordinator", "focal_point", "head")


def _agencies(request: HttpRequest) -> list[int] | None:
    roles = roles_of_request(request)
    if roles.codes & {"coordinator", "observer"}:
        return None
    return selectors.agencies_of(roles.actors, clock.today())


def _caller(request: HttpRequest) -> tuple[Actor | None, int | None]:
    """The role in which the person calls meetings, and of which agency."""
    today = clock.today()
    for actor in roles_of_request(request).actors:
        if actor.role == "coordinator":
            office = next((one for one in catalogue.active_agencies(today) if one.is_city_office), None)
            return actor, office.pk if office else None
        if actor.role in CALLERS and actor.agency_id is not None:
            return actor, actor.agency_id
    return None, None


@allow(*READERS)
def page(request: HttpRequest) -> HttpResponse:
    """Meetings of the city and of my agency, and a form to call one. Five queries."""
    actor, agency_id = _caller(request)
    form = MeetingForm(request.POST or None, initial={"rhythm": "month", "on": clock.today()}) if actor else None
    if (
        request.method == "POST"
        and form is not None
        and actor is not None
        and agency_id is not None
        and form.is_valid()
    ):
        made, _refused = attempt(
            form, lambda: services.call_meeting(agency_id=agency_id, actor=actor, at=clock.now(), **form.cleaned_data)
        )
        if made is not None:
            return redirect("desk:meeting", pk=made.pk)
    rows = [
        Row(
            url=reverse("desk:meeting", args=[one.pk]), code=short_date(one.on),
            title=_("Giao ban %(name)s") % {"name": services.name_of(one)}, agency=one.agency.short_name,
            badges=[Badge(_("%(n)s kết luận") % {"n": one.total})],  # type: ignore[attr-defined]
        )
        for one in selectors.meetings(_agencies(request))
    ]  # fmt: skip
    bad = form is not None and form.is_bound and not form.is_valid()
    return render(request, "desk/reports/meetings.html", {"rows": rows, "form": form}, status=422 if bad else 200)


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    found = selectors.meeting_page(pk, _agencies(request))
    if found is None:
        raise Http404
    return found


def _look(request: HttpRequest, found: Meeting) -> frozen.Look:
    """The pack as it was asked for: `?ban=` a frozen version by its number, or `nay` for living figures."""
    wanted = request.GET.get("ban", "")
    return frozen.look(found, wanted, actors=roles_of_request(request).actors, at=clock.now())


def _of_figures(look: frozen.Look) -> dict[str, Any]:
    """What every page says of the figures it shows, and how links go on within the same version."""
    ban = "nay" if look.kept is None and look.versions else ""
    if look.kept is not None and look.kept.pk != look.versions[0].pk:
        ban = str(look.kept.number)
    return {"look": look, "ban": ban, "keep": f"&ban={ban}" if ban else "", "query": f"?ban={ban}" if ban else ""}


@allow(*READERS)
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: a part of its pack at a time, frozen or living, its conclusions, and forms for one more and for
    freezing. Twelve queries at most."""
    found = _meeting(request, pk)
    at = clock.now()
    actor, _agency_id = _caller(request)
    may = actor is not None and packs.may_call(actor, found.agency)
    form = ConcludeForm(request.POST or None, on=at.date()) if may else None
    if request.method == "POST" and form is not None and actor is not None and form.is_valid():
        data = form.cleaned_data
        made, _refused = attempt(
            form,
            lambda: services.conclude(
                meeting_id=pk, text=data["text"], agency_id=data["agency"], due_on=data["due"], actor=actor, at=at,
                as_task=data["agency"] is not None,
            ),
        )  # fmt: skip
        if made is not None:
            done = _("Đã ghi kết luận và giao nhiệm vụ.") if made.task_id else _("Đã ghi kết luận.")
            messages.success(request, done)
            return redirect(f"{reverse('desk:meeting', args=[pk])}#ket-luan")
    look = _look(request, found)
    shown = _of_figures(look)
    codes = [one["code"] for one in look.outline]
    chosen = request.GET.get("muc", "")
    chosen = chosen if chosen in codes else codes[0]
    context: dict[str, Any] = {
        **shown,
        "meeting": found,
        "name": services.name_of(found),
        "tabs": [
            Link(one["title"], f"?muc={one['code']}{shown['keep']}", active=one["code"] == chosen)
            for one in look.outline
        ],
        "section": next((_shown(one, 1) for one in look.sections(chosen)), None),
        "decided": pack.standings(selectors.conclusions(pk), at=at),
        "now": at,
        "form": form,
        "may": may,
        "may_freeze": may and not look.over,
        "settle_form": NoteForm(auto_id=False) if may else None,
        "crumbs": [Link(_("Tài liệu giao ban"), reverse("desk:meetings"))],
    }
    bad = form is not None and form.is_bound and not form.is_valid()
    return render(request, "desk/reports/meeting.html", context, status=422 if bad else 200)


@require_POST
@allow(*CALLERS)
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the pack of a meeting as it stands."""
    found = _meeting(request, pk)
    actor, _agency_id = _caller(request)
    if actor is not None:
        made, refused = attempt(None, lambda: packs.freeze(meeting_id=pk, actor=actor, at=clock.now()))
        if refused:
            messages.error(request, refused)
        elif made[1]:
            messages.success(request, _("Đã chốt số liệu của cuộc họp."))
        else:
            messages.success(request, _("Số liệu không đổi từ lần chốt trước nên vẫn dùng bản đó."))
    return redirect("desk:meeting", pk=found.pk)


@allow(*READERS)
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The pack for the room: one part at a time in large letters, the figures of all first. Fifteen queries at most
    on the first part of living figures, fewer on the others and of a frozen pack."""
    found = _meeting(request, pk)
    look = _look(request, found)
    shown = _of_figures(look)
    codes = ["", *(one["code"] for one in look.outline), "ket-luan-moi"]
    chosen = request.GET.get("muc", "")
    place = codes.index(chosen) if chosen in codes else 0
    titles = [_("Tổng quan"), *(one["title"] for one in look.outline), _("Kết luận của cuộc họp này")]
    here = codes[place]
    keep = shown["keep"]
    context: dict[str, Any] = {
        **shown,
        "meeting": found,
        "name": services.name_of(found),
        "title": titles[place],
        "tabs": [
            Link(title, f"?muc={code}{keep}", active=code == here) for code, title in zip(codes, titles, strict=True)
        ],
        "before": f"?muc={codes[place - 1]}{keep}" if place else "",
        "after": f"?muc={codes[place + 1]}{keep}" if place + 1 < len(codes) else "",
        "place": place + 1,
        "places": len(codes),
    }
    if not here:
        context["headlines"] = _headlines(look, keep)
    elif here == "ket-luan-moi":
        context["decided"] = selectors.conclusions(pk)
    else:
        context["section"] = _shown(look.sections(here)[0], 1)
    return render(request, "desk/reports/screen.html", context)


def _headlines(look: frozen.Look, keep: str) -> list[dict[str, Any]]:
    """The figures of the first part; each leads to the part that tells of it, where the template has one."""
    words = {
        "conclusions_done": _("Kết luận đã xong"), "conclusions_late": _("Kết luận quá hạn"),
        "late": _("Nhiệm vụ đang quá hạn"), "soon": _("Nhiệm vụ sắp đến hạn"),
        "in_time": _("Đến hạn trong kỳ, xong đúng hạn"), "obstacles": _("Vướng mắc chờ trả lời"),
        "missing": _("Báo cáo quá hạn chưa gửi"),
    }  # fmt: skip
    where = {one["fill"]: f"?muc={one['code']}{keep}" for one in look.outline}
    return [
        {
            "label": words[one.code], "value": one.value, "total": one.total, "url": where.get(one.fill, ""),
            "late": one.value and one.code in ("conclusions_late", "late", "missing"),
        }
        for one in look.headlines()
    ]  # fmt: skip


@allow(*READERS)
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole pack as a page to print: every part, then what this meeting has concluded."""
    found = _meeting(request, pk)
    look = _look(request, found)
    context = {
        **_of_figures(look),
        "meeting": found, "name": services.name_of(found), "layout": look.layout,
        "sections": [_shown(one, number) for number, one in enumerate(look.sections(), 1)],
        "decided": selectors.conclusions(pk),
    }  # fmt: skip
    return render(request, "desk/reports/meeting_print.html", context)


@allow(*READERS)
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The whole pack as DOCX, PDF or XLSX."""
    found = _meeting(request, pk)
    if kind not in papers.WRITERS:
        raise Http404
    look = _look(request, found)
    paper = papers.of_meeting(look, name=services.name_of(found), decided=selectors.conclusions(pk))
    return served(paper, kind)


@require_POST
@allow(*CALLERS)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a conclusion without a task is done."""
    row = Conclusion.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    found = _meeting(request, row.meeting_id)
    actor, _agency_id = _caller(request)
    form = NoteForm(request.POST, auto_id=False)
    if actor is not None and form.is_valid():
        note = form.cleaned_data["note"]
        _done, refused = attempt(
            form, lambda: services.settle(conclusion_id=pk, note=note, actor=actor, at=clock.now())
        )  # fmt: skip
        if refused:
            messages.error(request, refused)
        else:
            messages.success(request, _("Đã ghi kết quả."))
    return redirect(f"{reverse('desk:meeting', args=[found.pk])}#ket-luan")
