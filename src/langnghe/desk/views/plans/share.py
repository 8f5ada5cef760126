"""The page of one share: the five clears, the story with its evidence, and the acts that the table allows now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Person
from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.plan_acts import SHARE_ACTS, People, ShareForm, StepForm
from langnghe.desk.plan_rows import share_badges, share_due
from langnghe.desk.views.plans.common import PLANNERS, READERS, attempt, planner
from langnghe.files import http as file_http
from langnghe.files import selectors as file_selectors
from langnghe.files.http import carried
from langnghe.files.models import StoredFile
from langnghe.ledger.models import Entry
from langnghe.plans.models import Progress, Share
from langnghe.plans.selectors import shares as selectors
from langnghe.plans.services import steps as step_services
from langnghe.plans.workflow import SHARE_TABLE
from langnghe.ui.items import Act, Event, Link, Shot
from langnghe.ui.middleware import not_taken
from langnghe.ui.refusals import seen_version
from langnghe.ui.words import short_date
from langnghe.worktime import clock

NOTED = {"accept": "check2-square", "return": "reply", "submit": "send", "report": "graph-up"}
ICONS = {
    **NOTED, "assign": "flag", "delegate": "person-check", "extend": "hourglass-split", "urge": "megaphone",
    "raise_obstacle": "exclamation-triangle", "answer_obstacle": "chat-left-text", "reopen": "arrow-counterclockwise",
    "hand_over": "arrow-left-right", "carry_on": "arrow-left-right", "cancel": "x-lg", "renew": "calendar-event",
}  # fmt: skip


@allow(*READERS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One share. Twelve queries at most."""
    return _render(request, pk)


def _open(request: HttpRequest, pk: int, at: datetime) -> selectors.SharePage:
    actors, language = roles_of_request(request).actors, get_language() or "vi"
    shown = selectors.share_page(pk, actors, at=at, language=language, with_deadline=False)
    if shown is None:
        raise Http404
    return shown


def _render(
    request: HttpRequest,
    pk: int,
    *,
    failed: tuple[str, ShareForm] | None = None,
    step: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    shown = _open(request, pk, at)
    share, task = shown.share, shown.share.task
    plan = task.document
    printing = "in" in request.GET
    possible = [] if printing else selectors.possible_acts(share, planner(request), at=at)
    people = People(share.agency_id or plan.agency_id, at)
    acts = _acts(share, possible, at=at, failed=failed, people=people)
    working = any(one.row.act == "report" for one in possible)
    if working and step is None:
        step = StepForm(people=people, auto_id="id_step_%s")
    waiting = [row for row in shown.obstacles if row.answered_at is None]
    context: dict[str, Any] = {
        "page": shown, "share": share, "task": task, "plan": plan, "badges": share_badges(share),
        "chip": share_due(share, at=at), "acts": acts, "crumbs": _crumbs(share),
        "agency": share.agency.name if share.agency is not None else share.body_name,
        "leads": [one for one in task.lead_names if one], "partners": [one for one in task.partner_names if one],
        "story": _story(shown), "steps": shown.steps, "step_form": step if working else None,
        "steps_done": sum(one.done_at is not None for one in shown.steps),
        "waiting": waiting, "answered": [row for row in shown.obstacles if row.answered_at is not None],
        "others": _others(shown, at=at), "version": share.version, "today": at.date(),
        "told": shown.told,
    }  # fmt: skip
    template = "desk/plans/share_print.html" if printing else "desk/plans/share.html"
    return render(request, template, context, status=status)


def _crumbs(share: Share) -> list[Link]:
    plan = share.task.document
    return [Link(plan.number or plan.title[:60], reverse("desk:plan", args=[plan.pk]))]


def _others(shown: selectors.SharePage, *, at: datetime) -> list[dict[str, Any]]:
    """The other agencies of the task, in short; the page of the task has all."""
    return [
        {
            "url": reverse("desk:share", args=[one.pk]), "percent": one.percent, "lead": one.lead,
            "agency": one.agency.short_name if one.agency is not None else one.body_name,
            "state": SHARE_TABLE.states[one.state].label,
        }
        for one in shown.siblings[:6]
    ]  # fmt: skip


def _acts(
    share: Share,
    possible: Sequence[selectors.Possible],
    *,
    at: datetime,
    failed: tuple[str, ShareForm] | None,
    people: People,
) -> list[Act]:
    acts = []
    for index, one in enumerate(row for row in possible if row.row.act in SHARE_ACTS):
        act = one.row.act
        spec = SHARE_ACTS[act]
        form = (
            failed[1]
            if failed is not None and failed[0] == act
            else spec.form(
                share=share, actor=one.actor, at=at, people=people, needs=one.row.needs, auto_id=f"id_{act}_%s"
            )
        )
        label = str(one.row.label)
        acts.append(
            Act(
                name=act, label=label, url=reverse("desk:share_act", args=[share.pk, act]),
                form=form if form.fields or form.is_bound else None, submit=label, likely=index == 0,
                other=one.row.weight < 40,
                danger=act in ("cancel", "hand_over"), multipart=spec.multipart, hidden={"version": share.version},
                confirm=_("%(act)s: %(task)s?") % {"act": label, "task": share.task.title[:80]}
                if one.row.confirm else "",
            )
        )  # fmt: skip
    return acts


def _story(shown: selectors.SharePage) -> list[Event]:
    """The ledger's acts with what was said at each, the newest first; words and files only for who may read them."""
    progress = {row.pk: row for row in shown.progress}
    obstacles = {row.pk: row for row in shown.obstacles}
    events = []
    for entry in shown.acts:
        data = entry.data or {}
        row = progress.get(data.get("progress") or 0)
        text, files = "", []
        if row is not None and entry.act in ("report", "submit"):
            text, files = row.text, _shots(row, shown.files)
        elif row is not None and entry.act in ("accept", "return"):
            text = row.decision_note
        if not text and shown.details:
            text = shown.share.notes.get(str(data.get("version")), "")
        obstacle = obstacles.get(data.get("obstacle") or 0)
        if obstacle is not None:
            text = obstacle.answer if entry.act == "answer_obstacle" else obstacle.text
        events.append(
            Event(
                title=_title(entry), at=entry.at, person=_who(entry, shown.people), agency=_agency(entry),
                text=text, note=_note(entry, row), icon=ICONS.get(entry.act, "dot"), files=files,
            )
        )  # fmt: skip
    return events


def _title(entry: Entry) -> str:
    row = next((row for row in SHARE_TABLE.transitions if row.act == entry.act), None)
    label = (
        str(row.label) if row is not None else {"moved": _("Chuyển sang bản kế hoạch mới")}.get(entry.act, entry.act)
    )
    percent = (entry.data or {}).get("percent")
    return f"{label}: {percent}%" if entry.act == "report" and percent is not None else label


def _who(entry: Entry, people: Mapping[int, Person]) -> str:
    person = people.get(entry.actor_id or 0)
    if person is not None:
        return person.full_name
    return _("Hệ thống") if entry.actor_kind == "system" else ""


def _agency(entry: Entry) -> str:
    agency = catalogue.agency(entry.agency_id)
    return agency.short_name if agency is not None else ""


def _note(entry: Entry, row: Progress | None) -> str:
    data, parts = entry.data or {}, []
    if entry.act in ("extend", "reopen", "renew") and data.get("due"):
        parts.append(_("hạn mới %(day)s") % {"day": _day(data["due"])})
    if entry.act in ("hand_over", "carry_on") and data.get("agency"):
        agency = catalogue.agency(data["agency"])
        parts.append(_("đến %(agency)s") % {"agency": agency.short_name if agency else ""})
    if row is not None and entry.act == "submit" and row.document and not row.link:
        parts.append(_("Văn bản số %(number)s") % {"number": row.document})
    if row is not None and row.period_due is not None and entry.act in ("report", "submit"):
        parts.append(_("kỳ hạn %(day)s") % {"day": short_date(row.period_due)})
    return ", ".join(parts)


def _day(text: str) -> str:
    try:
        return short_date(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _shots(row: Progress, files: Mapping[int, Sequence[StoredFile]]) -> list[Shot]:
    shots = []
    if row.link:
        number = _("Văn bản số %(number)s") % {"number": row.document} if row.document else row.link
        shots.append(Shot(url=row.link, name=number))
    for stored in files.get(row.pk, ()):
        url = reverse("desk:evidence", args=[stored.pk])
        image = stored.category == "image"
        shots.append(
            Shot(
                url=url, name=stored.name, thumb=f"{url}?nho=1" if image else "",
                alt=_("Ảnh minh chứng") if image else "", size=stored.size,
            )
        )  # fmt: skip
    return shots


@require_POST
@allow(*PLANNERS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act. What was typed, and the files that were sent, are kept when it cannot be done."""
    spec = SHARE_ACTS.get(act)
    if spec is None:
        raise Http404
    at = clock.now()
    share = _open(request, pk, at).share
    possible = next(
        (one for one in selectors.possible_acts(share, planner(request), at=at) if one.row.act == act), None
    )
    if possible is None:
        not_taken(request)
        messages.error(
            request,
            _("Việc “%(act)s” không còn làm được ở bước này, hoặc không thuộc quyền của ông/bà.")
            % {"act": _act_words(act)},
        )
        return redirect("desk:share", pk=pk)
    form = spec.form(
        request.POST, request.FILES, share=share, actor=possible.actor, at=at, needs=possible.row.needs,
        people=People(share.agency_id or share.task.document.agency_id, at), auto_id=f"id_{act}_%s",
    )  # fmt: skip
    valid = form.is_valid()
    file_ids = []
    if spec.multipart:
        kept = carried(request, form.cleaned_data.get("evidence") or [], at=at)
        form.uploaded, file_ids = kept.shown, kept.ids
        for error in kept.errors:
            form.add_error("evidence", error)
        valid = valid and not kept.errors
    common = {"share_id": pk, "actor": possible.actor, "at": at}
    if valid and attempt(
        form, lambda: spec.run(form.cleaned_data, file_ids, {**common, "expected_version": seen_version(request)})
    ):
        messages.success(request, _("Đã xong: %(act)s.") % {"act": _act_words(act).lower()})
        return redirect("desk:share", pk=pk)
    return _render(request, pk, failed=(act, form), status=422)


def _act_words(act: str) -> str:
    row = next((row for row in SHARE_TABLE.transitions if row.act == act), None)
    return str(row.label) if row is not None else act


@require_POST
@allow(*PLANNERS)
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, tick, untick, move up or remove a step."""
    at = clock.now()
    shown = _open(request, pk, at)
    share = shown.share
    possible = next(
        (one for one in selectors.possible_acts(share, planner(request), at=at) if one.row.act == "report"), None
    )
    if possible is None:
        raise PermissionDenied
    actor, what = possible.actor, request.POST.get("act", "add")
    form = StepForm(
        request.POST, people=People(share.agency_id or share.task.document.agency_id, at), auto_id="id_step_%s"
    )
    if what == "add":
        if form.is_valid():
            given = form.cleaned_data
            if attempt(
                form,
                lambda: step_services.add(
                    share_id=pk, title=given["title"], due_on=given["due_on"], person_id=given["person"],
                    actor=actor, at=at,
                ),
                names={"person_id": "person"},
            ):  # fmt: skip
                return redirect(reverse("desk:share", args=[pk]) + "#steps")
        return _render(request, pk, step=form, status=422)
    wanted = next((one for one in shown.steps if str(one.pk) == request.POST.get("step", "")), None)
    if wanted is None:
        raise Http404
    key, order = wanted.pk, [one.pk for one in shown.steps]
    at_place = order.index(key)
    order[max(0, at_place - 1) : at_place + 1] = reversed(order[max(0, at_place - 1) : at_place + 1])
    runs: dict[str, Any] = {
        "done": lambda: step_services.set_done(step_id=key, done=True, actor=actor, at=at),
        "undone": lambda: step_services.set_done(step_id=key, done=False, actor=actor, at=at),
        "up": lambda: step_services.reorder(share_id=pk, step_ids=order, actor=actor, at=at),
        "remove": lambda: step_services.remove(step_id=key, actor=actor, at=at),
    }
    if what not in runs:
        raise Http404
    try:
        runs[what]()
    except ActError as error:
        messages.error(request, error.message)
    return redirect(reverse("desk:share", args=[pk]) + "#steps")


@allow(*READERS)
def evidence(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A file of evidence, for who may read the progress it belongs to; the observer opens none."""
    found = file_selectors.find(key)
    if found is None or not selectors.may_open_file(found, roles_of_request(request).actors):
        raise Http404
    try:
        return file_http.serve(found, inline=found.category == "image", thumbnail="nho" in request.GET)
    except FileNotFoundError:
        raise Http404 from None
