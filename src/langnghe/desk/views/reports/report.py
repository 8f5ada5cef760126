"""One report: the document on the left, edited section by section; the acts that the table allows on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langnghe.agencies.models import Person
from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.reports import ApproveForm, AttachForm, NoteForm
from langnghe.desk.rows import soon_until
from langnghe.desk.views.reports.common import READERS, STAFF, attempt, row_of, served
from langnghe.files import http as file_http
from langnghe.files import services as files
from langnghe.files.models import StoredFile
from langnghe.ledger import selectors as ledger_selectors
from langnghe.plans.selectors import told
from langnghe.reports import papers, rules_drafts, selectors
from langnghe.reports import sections as parts
from langnghe.reports.models import Report, ReportDraft
from langnghe.reports.services import drafts, writing
from langnghe.reports.services.engine import KIND
from langnghe.reports.services.templates import template_for
from langnghe.reports.workflow import TABLE
from langnghe.texts import whole_number
from langnghe.ui import words
from langnghe.ui.items import Act, Event, Link, Shot
from langnghe.ui.middleware import not_taken
from langnghe.ui.refusals import seen_version
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock
from langnghe.worktime.rules import local

ROWS = 40
"""So many rows of a table are edited on one page."""

FORMS: dict[str, type[Any] | None] = {
    "refill": None, "submit": None, "approve": ApproveForm, "send_back": NoteForm, "withdraw": NoteForm,
    "reject": NoteForm, "urge": NoteForm, "waive": NoteForm,
}  # fmt: skip


def _report(request: HttpRequest, pk: int) -> Report:
    report = selectors.report_page(pk, roles_of_request(request).actors)
    if report is None:
        raise Http404
    return report


def _writer(request: HttpRequest, report: Report) -> Actor | None:
    """The role in which the person may write now."""
    possible = selectors.possible_acts(report, roles_of_request(request).actors)
    return next((one.actor for one in possible if one.row.act == "write"), None)


@allow(*READERS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One report. Eight queries."""
    return _render(request, _report(request, pk))


def _render(
    request: HttpRequest, report: Report, *, failed: tuple[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    at = clock.now()
    actors = roles_of_request(request).actors
    possible = selectors.possible_acts(report, actors)
    readable = selectors.reads_content(report, actors)
    entries = ledger_selectors.history(KIND, report.pk)
    people = Person.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    may_write = any(one.row.act == "write" for one in possible)
    inside = selectors.inside(report, actors)
    versions = selectors.versions(report.pk)
    sections = parts.clean(report.sections) if readable else []
    pk_drafts = selectors.drafts(report.pk) if may_write and report.version else []
    context: dict[str, Any] = {
        "report": report,
        "readable": readable,
        "may_write": may_write,
        "sections": [_shown(section, number) for number, section in enumerate(sections, 1)],
        "row": row_of(report, at=at, soon=soon_until(at)),
        "state": TABLE.states[report.state].label,
        "acts": _acts(report, possible, failed),
        "info_rows": _info(report),
        "versions": versions if inside else [],
        "told": told.read(report.reminded) if inside else [],  # type: ignore[attr-defined]
        "files": [_shot(one) for one in selectors.attachments(report.pk)] if readable else [],
        "attach_form": AttachForm(auto_id="id_attach_%s") if may_write and report.version else None,
        "timeline": _timeline(entries, people, {one.number: one.note for one in versions}, inside=inside),
        "group_url": reverse("desk:report_group", args=[report.pk])
        if any(one.row.act in ("merge", "urge", "reject") for one in possible)
        else "",
        "drafts": _drafts(pk_drafts, sections, actors) if may_write else [],
        "changes": sum(1 for section in sections for block in section["blocks"] if _has_new(block)),
        "crumbs": [Link(_("Báo cáo định kỳ"), reverse("desk:reports"))],
        "kinds": [("docx", "DOCX"), ("pdf", "PDF"), ("xlsx", "XLSX")],
    }
    return render(request, "desk/reports/report.html", context, status=status)


def _drafts(rows: list[ReportDraft], sections: list[dict[str, Any]], actors: list[Actor]) -> list[dict[str, Any]]:
    """What is being typed into sections and is not in the report yet: the own first."""
    titles = {one["code"]: one["title"] for one in sections}
    own = {actor.person_id for actor in actors}
    shown = [
        {"draft": one, "mine": one.person_id in own, "title": titles[one.section]}
        for one in rows
        if one.section in titles
    ]
    return sorted(shown, key=lambda one: not one["mine"])


def _info(report: Report) -> list[tuple[str, str]]:
    days = f"{words.short_date(report.period_from)} – {words.short_date(report.period_to)}"
    rows = [
        (_("Nơi nhận"), report.to_agency.name),
        (_("Kỳ báo cáo"), f"{report.period_name}: {days}"),
        (_("Số, ký hiệu"), report.number),
        (_("Người soạn"), report.writer.full_name if report.writer else ""),
        (_("Người duyệt"), report.approver.full_name if report.approver else ""),
        (_("Gửi lúc"), words.moment(report.sent_at) if report.sent_at else ""),
        (_("Số liệu đến"), words.moment(report.filled_at) if report.filled_at else ""),
    ]
    return [(term, value) for term, value in rows if value]


def _has_new(block: dict[str, Any]) -> bool:
    return "now" in block or bool(block.get("gone")) or any("now" in row for row in block.get("rows", ()))


def _shown(section: dict[str, Any], number: int) -> dict[str, Any]:
    """A section as the page draws it."""
    blocks = []
    for block in section["blocks"]:
        rows = [
            [(cell, index in block.get("numbers", ())) for index, cell in enumerate(row["cells"])]
            for row in block.get("rows", ())
        ]
        heads = [(head, index in block.get("numbers", ())) for index, head in enumerate(block.get("head", ()))]
        fresh = [row["now"] for row in block.get("rows", ()) if "now" in row]
        blocks.append({**block, "cells": rows, "heads": heads, "fresh": fresh, "mine": parts.written(block)})
    return {**section, "number": number, "blocks": blocks}


def _acts(report: Report, possible: list[selectors.Possible], failed: tuple[str, Any] | None) -> list[Act]:
    shown = []
    for one in possible:
        name = "refill" if one.row.act == "write" else one.row.act
        if name not in FORMS:
            continue
        make = FORMS[name]
        form = (
            failed[1] if failed is not None and failed[0] == name else make(auto_id=f"id_{name}_%s") if make else None
        )
        label = str(one.row.label)
        if name == "refill":
            label = _("Cập nhật số liệu") if report.version else _("Bắt đầu soạn")
        drafted = name == "refill" and report.version > 0
        shown.append(
            Act(
                name=name,
                label=label,
                url=reverse("desk:report_act", args=[report.pk, name]),
                form=form,
                submit=label,
                hint=_("Lấy số liệu mới nhất; phần ông/bà đã viết được giữ nguyên.") if name == "refill" else "",
                other=drafted or one.row.weight < 40,
                danger=name == "waive",
                confirm=_("%(act)s %(period)s?") % {"act": label, "period": report.period_name}
                if one.row.confirm
                else "",
                hidden={"version": report.version},
            )
        )
    return shown


OUTSIDE = frozenset({"owe", "approve", "withdraw", "reject", "merge", "urge", "waive"})
"""Acts that the receiver of a report is told of."""


def _timeline(entries: Any, people: dict[int, Person], notes: dict[int, str], *, inside: bool) -> list[Event]:
    labels = {row.act: str(row.label) for row in TABLE.transitions}
    events = []
    for entry in entries:
        if not inside and entry.act not in OUTSIDE:
            continue
        person, agency = people.get(entry.actor_id or 0), catalogue.agency(entry.agency_id)
        events.append(
            Event(
                title=labels.get(entry.act, entry.act), at=entry.at,
                person=person.full_name if person else _("Hệ thống"), agency=agency.short_name if agency else "",
                note=notes.get((entry.data or {}).get("version", -1), ""),
            )
        )  # fmt: skip
    # Saving section by section is one event.
    kept: list[Event] = []
    for event in events:
        if kept and kept[-1].title == event.title == labels["write"] and kept[-1].person == event.person:
            kept[-1] = event
        else:
            kept.append(event)
    return kept[::-1]


def _shot(stored: StoredFile) -> Shot:
    return Shot(url=reverse("desk:report_attachment", args=[stored.pk]), name=stored.name, size=stored.size)


@require_POST
@allow(*READERS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act. What was typed is kept when it cannot be done."""
    report = _report(request, pk)
    if act not in FORMS:
        raise Http404
    row_act = "write" if act == "refill" else act
    possible = selectors.possible_acts(report, roles_of_request(request).actors)
    one = next((found for found in possible if found.row.act == row_act), None)
    if one is None:
        not_taken(request)
        messages.error(
            request, _("Việc này không còn làm được ở bước này. Có thể ông/bà vừa bấm hai lần, hoặc người khác đã làm.")
        )
        return redirect("desk:report", pk=pk)
    make = FORMS[act]
    form = make(request.POST, auto_id=f"id_{act}_%s") if make else None
    if form is not None and not form.is_valid():
        return _render(request, report, failed=(act, form), status=422)
    given = dict(form.cleaned_data) if form is not None else {}
    run: Callable[..., Report] = drafts.submit if act == "submit" else getattr(writing, act)
    at = clock.now()
    done, refused = attempt(
        form, lambda: run(report_id=pk, actor=one.actor, at=at, expected_version=seen_version(request), **given)
    )  # fmt: skip
    if done is None:
        if form is None:
            messages.error(request, refused)
            return redirect("desk:report", pk=pk)
        return _render(request, report, failed=(act, form), status=422)
    label = _("Cập nhật số liệu") if act == "refill" else str(one.row.label)
    messages.success(request, _("Đã xong: %(act)s.") % {"act": label.lower()})
    return redirect("desk:report", pk=pk)


@allow(*STAFF)
def section(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Edit one section; what the person was typing when the page was left is there again. Five queries."""
    report = _report(request, pk)
    actor = _writer(request, report)
    if actor is None:
        raise PermissionDenied
    sections = parts.clean(report.sections)
    found = next((one for one in sections if one["code"] == code), None)
    if found is None:
        raise Http404
    now = rules_drafts.seen(found)
    rows = selectors.drafts(pk, code)
    draft = next((one for one in rows if one.person_id == actor.person_id), None)
    start = max(whole_number(request.GET.get("tu", "")) or 0, 0)
    refused, status = "", 200
    typed, seen = (draft.fields, draft.seen) if draft is not None else ({}, now)
    if request.method == "POST":
        if "drop" in request.POST:
            drafts.drop(report_id=pk, code=code, actor=actor)
            messages.success(request, _("Đã bỏ phần viết dở; mục này trở lại như trong báo cáo."))
            return redirect("desk:report_section", pk=pk, code=code)
        given = rules_drafts.fields_of(request.POST.dict())
        typed, seen = {**(typed if seen == request.POST.get("seen") else {}), **given}, request.POST.get("seen", "")
        start = max(whole_number(request.POST.get("tu", "")) or 0, 0)
        at, over = clock.now(), "over" in request.POST
        done, refused = attempt(
            None,
            lambda: drafts.save_section(
                report_id=pk, code=code, typed=typed, seen=seen, over=over, actor=actor, at=at
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Đã lưu mục “%(title)s”.") % {"title": found["title"]})
            if "next" in request.POST:
                following = sections[(sections.index(found) + 1) % len(sections)]
                return redirect("desk:report_section", pk=pk, code=following["code"])
            return redirect(f"{reverse('desk:report', args=[pk])}#muc-{code}")
        status = 422
    context = {
        "report": report,
        "section": found,
        "blocks": [_editable(block, index, start, typed) for index, block in enumerate(found["blocks"])],
        "title_value": typed.get("title", found["title"]),
        "new_value": typed.get("new", ""),
        "seen": seen,
        "stale": seen != now,
        "own": seen != now and ledger_selectors.last_person(KIND, pk) == actor.person_id,
        "over": seen != now and rules_drafts.same_shape(seen, now),
        "now": _shown(found, 0) if seen != now else None,
        "draft": draft,
        "others": [one for one in rows if one.person_id != actor.person_id],
        "start": start,
        "refused": refused if seen == now else "",
        "crumbs": [
            Link(_("Báo cáo định kỳ"), reverse("desk:reports")),
            Link(report.period_name, reverse("desk:report", args=[pk])),
        ],
    }
    return render(request, "desk/reports/section.html", context, status=status)


@require_POST
@allow(*STAFF)
def keep(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Keep what is being typed into a section, for the script; the words it is to show. Six queries."""
    report = _report(request, pk)
    actor = _writer(request, report)
    if actor is None:
        text = _("Báo cáo này không còn sửa được: có thể đã trình duyệt. Nội dung đang viết vẫn ở trang này.")
        return JsonResponse({"error": text}, status=403)
    at = clock.now()
    kept, refused = attempt(
        None,
        lambda: drafts.keep(
            report_id=pk, code=code, typed=request.POST.dict(), seen=request.POST.get("seen", ""), actor=actor, at=at
        ),
    )
    if kept is None:
        return JsonResponse({"error": refused}, status=409)
    said = {"saved": _("Đã lưu lúc %(time)s. Bấm “Lưu” khi viết xong mục này.") % {"time": f"{local(at):%H:%M}"}}
    if kept.stale:
        if ledger_selectors.last_person(KIND, pk) == actor.person_id:
            who = _("Ông/bà vừa sửa mục này ở cửa sổ khác.")
        else:
            who = _("Người khác vừa sửa mục này.")
        said["stale"] = who + " " + _("Phần ông/bà viết vẫn được giữ; bấm “Lưu” để xem hai bản và chọn.")
    elif kept.others:
        one = kept.others[0]
        given = {"name": one.person.full_name, "time": words.moment(one.at)}
        said["others"] = _("%(name)s cũng đang viết mục này, lưu lúc %(time)s.") % given
    return JsonResponse(said)


def _editable(block: dict[str, Any], index: int, start: int, typed: Any) -> dict[str, Any]:
    """A block with the fields of its form; what was typed wins."""

    def value(name: str, otherwise: str) -> str:
        return str(typed.get(name, otherwise))

    if block["type"] != "table":
        name = f"t-{index}"
        words = value(name, block["text"])
        return {
            **block, "index": index, "name": name, "value": words,
            "lines": min(max(3, len(words) // 70 + words.count("\n") + 1), 24),
        }  # fmt: skip
    numbers = block["numbers"]
    rows = []
    for number, row in list(enumerate(block["rows"]))[start : start + ROWS]:
        cells = [
            {
                "name": f"c-{index}-{number}-{column}", "value": value(f"c-{index}-{number}-{column}", cell),
                "label": block["head"][column], "short": column in numbers or len(cell) <= 12,
                "lines": min(max(2, len(cell) // 24 + 1), 8),
            }
            for column, cell in enumerate(row["cells"])
        ]  # fmt: skip
        rows.append({"number": number + 1, "cells": cells, "now": row.get("now"), "gone": row.get("gone")})
    added = [
        {"name": f"n-{index}-{column}", "value": value(f"n-{index}-{column}", ""), "label": head}
        for column, head in enumerate(block["head"])
    ]
    count = len(block["rows"])
    return {
        **block, "index": index, "shown": rows, "added": added, "count": count,
        "earlier": max(start - ROWS, 0) if start else None,
        "later": start + ROWS if start + ROWS < count else None,
    }  # fmt: skip


@require_POST
@allow(*STAFF)
def take_new(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The register's newest words in place of what a person wrote, in one block."""
    report = _report(request, pk)
    actor = _writer(request, report)
    if actor is None:
        raise PermissionDenied
    at = clock.now()
    key = request.POST.get("key", "")
    _done, refused = attempt(
        None,
        lambda: writing.take_new(
            report_id=pk, code=code, key=key, actor=actor, at=at, expected_version=seen_version(request)
        ),
    )  # fmt: skip
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("Đã lấy số liệu mới."))
    return redirect(f"{reverse('desk:report', args=[pk])}#muc-{code}")


@allow(*READERS)
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What one version changed since the one before, and what has changed since; its writer's people may take it
    back. Six queries."""
    report = _report(request, pk)
    if not selectors.inside(report, roles_of_request(request).actors):
        raise Http404
    found = selectors.version(pk, number)
    if found is None:
        raise Http404
    if request.method == "POST":
        actor = _writer(request, report)
        if actor is None:
            raise PermissionDenied
        at = clock.now()
        done, refused = attempt(
            None,
            lambda: writing.restore(
                report_id=pk, number=number, actor=actor, at=at, expected_version=seen_version(request)
            ),
        )
        if done is not None:
            messages.success(request, _("Đã lấy lại bản %(n)s; các bản sau vẫn được giữ.") % {"n": number})
        else:
            messages.error(request, refused)
        return redirect("desk:report", pk=pk)
    known = selectors.versions(pk)
    before = next((row.number for row in known if row.number < number), None)
    earlier = selectors.version(pk, before) if before is not None else None
    context = {
        "report": report,
        "version": found,
        "act": {row.act: row.label for row in TABLE.transitions}.get(found.act, found.act),
        "before": before,
        "changed": parts.differences(parts.clean(earlier.sections) if earlier else [], parts.clean(found.sections)),
        "since": parts.differences(parts.clean(found.sections), parts.clean(report.sections)),
        "may_restore": known and known[0].number != number and _writer(request, report) is not None,
        "versions": [
            Link(
                _("Bản %(n)s") % {"n": row.number}, reverse("desk:report_version", args=[pk, row.number]),
                active=row.number == number,
            )
            for row in known[:12]
        ],
        "crumbs": [
            Link(_("Báo cáo định kỳ"), reverse("desk:reports")),
            Link(report.period_name, reverse("desk:report", args=[pk])),
        ],
    }  # fmt: skip
    return render(request, "desk/reports/version.html", context)


@require_POST
@allow(*STAFF)
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add files to a report that is being written."""
    report = _report(request, pk)
    actor = _writer(request, report)
    if actor is None:
        raise PermissionDenied
    form = AttachForm(request.POST, request.FILES, auto_id="id_attach_%s")
    if not form.is_valid():
        messages.error(request, _("Hãy chọn tệp."))
        return redirect("desk:report", pk=pk)
    at = clock.now()

    def run() -> Report:
        stored = [files.store(content=one, name=one.name, at=at).pk for one in form.cleaned_data["attachment"]]
        return writing.attach(report_id=pk, file_ids=stored, actor=actor, at=at)

    _done, refused = attempt(form, run)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("Đã đính kèm."))
    return redirect("desk:report", pk=pk)


@allow(*READERS)
def attachment(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A file of a report that the person may read."""
    stored = StoredFile.objects.filter(pk=key, kind=KIND, state=StoredFile.State.READY).first()
    if stored is None or stored.subject_id is None:
        raise Http404
    report = _report(request, stored.subject_id)
    if not selectors.reads_content(report, roles_of_request(request).actors):
        raise Http404
    try:
        return file_http.serve(stored, inline=stored.is_image)
    except FileNotFoundError:
        raise Http404 from None


@allow(*READERS)
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The report as DOCX, PDF or XLSX."""
    report = _report(request, pk)
    if kind not in papers.WRITERS or not selectors.reads_content(report, roles_of_request(request).actors):
        raise Http404
    signer, is_head = selectors.signer_of(report, clock.today())
    template = template_for(report.duty.template.code, report.due_on)
    return served(papers.of_report(report, template, signer=signer, is_head=is_head), kind)
