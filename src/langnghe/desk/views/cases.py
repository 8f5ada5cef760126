"""The page of one case: the story on the left, the acts that the table allows now on the right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langnghe.agencies.models import Person
from langnghe.cases import selectors
from langnghe.cases.models import Attachment, Case, Sender
from langnghe.cases.selectors import PERSONAL_READERS, Possible
from langnghe.cases.workflow import TABLE
from langnghe.desk.access import ANY_STAFF, Roles, allow, roles_of_request
from langnghe.desk.figures import accuracy_tables, chosen_tables
from langnghe.desk.forms.acts import ACTS, ActForm, AnswerForm, canned_for
from langnghe.desk.rows import act_words, row_of, soon_until, timeline_of
from langnghe.desk.veil import needs_veil, veil_case
from langnghe.files import http as file_http
from langnghe.ledger import selectors as ledger_selectors
from langnghe.ledger import services as ledger
from langnghe.texts import fold
from langnghe.triage import selectors as triage_selectors
from langnghe.ui.items import Act, Shot
from langnghe.ui.middleware import not_taken
from langnghe.ui.refusals import REFUSED, say, seen_version
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock
from langnghe.worktime import selectors as worktime
from langnghe.worktime.format import moment, step_label

READERS = tuple(sorted(ANY_STAFF - {"administrator"}))
FOR_SENDER_ACTS = frozenset({"clarified", "sender_reply", "withdraw", "rate", "reopen"})
GATE_ACTS = ("publish", "withhold", "show", "show_again", "hide")


def _case(request: HttpRequest, code: str) -> Case:
    case = selectors.case_page(code, roles_of_request(request).actors)
    if case is None:
        raise Http404
    return case


@allow(*READERS)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One case. Eleven queries at most, whatever happened to it."""
    return _render(request, _case(request, code))


def _render(
    request: HttpRequest, case: Case, *, failed: tuple[str, ActForm] | None = None, status: int = 200
) -> HttpResponse:
    at = clock.now()
    roles = roles_of_request(request)
    possible = _possible(case, roles, at)
    if needs_veil(roles):
        veil_case(case)
    entries = ledger_selectors.history("case", case.pk)
    people = Person.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    deadlines = worktime.deadlines_of("case", case.pk)
    soon = soon_until(at)
    answer = next((row for row in case.answers.all() if row.round == case.round and row.state != "replaced"), None)
    facts = selectors.facts_of(case, possible[0].actor if possible else roles.actors[0], at=at)
    gaps = list(facts.gaps.values()) if answer is not None and case.state in ("handling", "awaiting_approval") else []
    acts = _acts(case, possible, at=at, failed=failed)
    drafting = next((act.form for act in acts if act.name == "draft" and failed is None), None)
    canned = canned_for(case, at) if isinstance(drafting, AnswerForm) else []
    chosen = next((text for key, _name, text in canned if str(key) == request.GET.get("mau", "")), "")
    if chosen and isinstance(drafting, AnswerForm):
        drafting.insert(chosen)
    context: dict[str, Any] = {
        "canned": canned,
        "case": case,
        "row": row_of(case, at=at, soon=soon),
        "acts": [*acts, *_unfinished(case, roles.actors, gaps)],
        "timeline": timeline_of(entries, people),
        "deadlines": [
            {"row": row, "label": step_label(row.step, get_language() or "vi")}
            for row in deadlines
            if row.state != "cancelled"
        ],
        "info": _info(case),
        "gate_likely": case.state == "answered",
        "answers": [
            _answer(row, case, with_files=not needs_veil(roles))
            for row in case.answers.all()
            if row.state != "replaced"
        ],
        "files": [] if needs_veil(roles) else [_shot(row) for row in case.attachments.all() if row.role == "report"],
        "gaps": gaps,
        "suggestion": triage_selectors.describe(case)
        if case.state in ("received", "classified", "clarifying")
        else None,
        "gate_acts": [one.row for one in possible if one.row.act in GATE_ACTS],
        "may_read_sender": bool(roles.codes & PERSONAL_READERS),
        "open_question": next(
            (row for row in case.questions.all() if row.replied_at is None and row.lapsed_at is None), None
        ),
        "is_office": "coordinator" in roles.codes,
        "at": at,
    }
    return render(request, "desk/case.html", context, status=status)


def _possible(case: Case, roles: Roles, at: Any) -> list[Possible]:
    """What the person may do here. What a clerk does in the sender's name has a page of its own, behind the proof that
    it is the sender who asks; who is coordinator too acts as one."""
    actors = sorted(roles.actors, key=lambda actor: actor.role == "clerk")
    found = selectors.possible_acts(case, actors, at=at)
    return [one for one in found if one.actor.role != "clerk" or one.row.act not in FOR_SENDER_ACTS]


def _info(case: Case) -> list[tuple[str, str]]:
    place = ", ".join(part for part in (case.place, case.commune.short_name if case.commune else "") if part)
    regime = case.get_regime_display() + (f" · {case.get_subject_display()}" if case.subject else "")
    rows = [
        (_("Loại"), regime),
        (_("Lĩnh vực"), case.field.name if case.field else "–"),
        (_("Phân loại"), case.get_level_display() if case.level else ""),
        (_("Mức độ"), case.get_urgency_display() if case.urgency else ""),
        (_("Nơi xảy ra"), place or "–"),
        (_("Nhận lúc"), moment(case.received_at, get_language() or "vi")),
        (_("Cơ quan"), case.agency.name if case.agency else _("Chưa chuyển")),
        (_("Người xử lý"), case.handler.full_name if case.handler else _("Chưa giao")),
    ]
    return [(term, value) for term, value in rows if value]


def _acts(case: Case, possible: list[Possible], *, at: Any, failed: tuple[str, ActForm] | None) -> list[Act]:
    shown = []
    for index, one in enumerate(row for row in possible if row.row.act in ACTS):
        act = one.row.act
        spec = ACTS[act]
        form = (
            failed[1]
            if failed is not None and failed[0] == act
            else spec.form(case=case, actor=one.actor, at=at, needs=one.row.needs, auto_id=f"id_{act}_%s")
        )
        label = str(one.row.label)
        shown.append(
            Act(
                name=act,
                label=label,
                url=reverse("desk:act", args=[case.code, act]),
                form=form if form.fields else None,
                submit=label,
                likely=index == 0,
                other=one.row.weight < 50,
                danger=act in ("decline", "divert", "withdraw"),
                confirm=_("%(act)s phản ánh %(code)s?") % {"act": label, "code": case.code} if one.row.confirm else "",
                multipart=spec.multipart,
                hidden={"version": case.version},
            )
        )
    return shown


def _unfinished(case: Case, actors: Iterable[Actor], gaps: list[str]) -> list[Act]:
    """Sending a draft for approval that is not ready yet: said to whoever will send it, with what is missing."""
    row = TABLE.find(case.state, "submit")
    if row is None or not gaps or case.restricted:
        return []
    if not any(actor.role in row.roles and actor.agency_id == case.agency_id for actor in actors):
        return []
    return [Act(name="submit", label=str(row.label), url=reverse("desk:act", args=[case.code, "submit"]), missing=gaps)]


def _answer(row: Any, case: Case, *, with_files: bool) -> dict[str, Any]:
    proofs = [
        _shot(one) for one in case.attachments.all() if one.role == "proof" and one.round == row.round and with_files
    ]
    return {
        "outcome": row.get_outcome_display() if row.outcome else _("Chưa chọn kết quả"),
        "text": row.text,
        "done": row.done_what,
        "person": row.drafted_by.full_name if row.drafted_by else "",
        "agency": row.done_by,
        "at": row.decided_at or row.submitted_at or row.drafted_at,
        "done_on": row.done_on,
        "legal_basis": row.legal_basis,
        "promised": row.scheduled_on,
        "files": proofs,
        "state": row.get_state_display(),
        "round": row.round,
        "returned_note": row.returned_note,
        "approved_by": row.decided_by.full_name if row.decided_by and row.state == "approved" else "",
        "other_body": row.other_body,
        "fulfilled_at": row.fulfilled_at,
        "fulfilment": row.fulfilment,
    }


def _shot(row: Attachment) -> Shot:
    url = reverse("desk:file", args=[row.pk])
    image = row.file.category == "image"
    return Shot(
        url=url,
        name=row.file.name,
        thumb=f"{url}?nho=1" if image else "",
        alt=_("Ảnh đính kèm") if image else "",
        size=row.file.size,
    )


@require_POST
@allow(*READERS)
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Do one act. What was typed is kept when it cannot be done."""
    case = _case(request, code)
    spec = ACTS.get(act)
    at = clock.now()
    if spec is None:
        raise Http404
    possible = next(
        (one for one in _possible(case, roles_of_request(request), at) if one.row.act == act),
        None,
    )
    if possible is None:
        return _refuse(request, case, act)
    form = spec.form(
        request.POST,
        request.FILES,
        case=case,
        actor=possible.actor,
        at=at,
        needs=possible.row.needs,
        auto_id=f"id_{act}_%s",
    )
    if form.is_valid():
        try:
            common = {
                "case_id": case.pk,
                "actor": possible.actor,
                "at": at,
                "expected_version": seen_version(request),
            }
            with transaction.atomic():
                moved = spec.run(form.cleaned_data, common)
        except REFUSED as refused:
            say(form, refused, files="proof")
        else:
            messages.success(request, _("Đã xong: %(act)s.") % {"act": act_words(act).lower()})
            return redirect(_next(request, moved))
    return _render(request, case, failed=(act, form), status=422)


def _refuse(request: HttpRequest, case: Case, act: str) -> HttpResponse:
    not_taken(request)
    messages.error(
        request,
        _("Việc “%(act)s” không còn làm được ở bước này. Có thể ông/bà vừa bấm hai lần, hoặc người khác đã làm.")
        % {"act": act_words(act)},
    )
    return redirect("desk:case", code=case.code)


def _next(request: HttpRequest, case: Case) -> str:
    """The case again while the person still sees it; otherwise the first page."""
    if selectors.visible(roles_of_request(request).actors).filter(pk=case.pk).exists():
        return reverse("desk:case", args=[case.code])
    return reverse("desk:home")


@require_POST
@allow(*sorted(PERSONAL_READERS))
def sender(request: HttpRequest, code: str) -> HttpResponse:
    """The sender's data: shown on request, and the reading is recorded."""
    case = _case(request, code)
    roles = roles_of_request(request)
    actor = _reader(roles, case)
    found = Sender.objects.filter(case=case).first()
    if found is not None:
        ledger.log_read(
            kind="case",
            subject_id=case.pk,
            actor=actor,
            fields=["name", "address", "phone", "email"],
            purpose="desk",
            at=clock.now(),
        )
    info = []
    if found is not None:
        info = [
            (_("Họ tên"), found.name or "–"),
            (_("Đối tượng"), found.get_type_display()),
            (_("Địa chỉ"), found.address or "–"),
            (_("Điện thoại"), found.phone or "–"),
            (_("Thư điện tử"), found.email or "–"),
            (_("Công khai tên"), _("Đồng ý") if found.publish_name else _("Không")),
        ]
    return render(request, "desk/sender.html", {"case": case, "sender": found, "info": info})


def _reader(roles: Roles, case: Case) -> Any:
    for one in roles.actors:
        if one.role in PERSONAL_READERS and (one.agency_id is None or one.agency_id == case.agency_id):
            return one
    raise PermissionDenied


@allow(*READERS)
def file(request: HttpRequest, key: int) -> HttpResponseBase:
    """A file of a case that the person may see; the observer sees none, for pictures may show people."""
    roles = roles_of_request(request)
    found = Attachment.objects.select_related("file").filter(pk=key, case__in=selectors.visible(roles.actors)).first()
    if found is None or not roles.codes & PERSONAL_READERS:
        raise Http404
    try:
        return file_http.serve(found.file, inline=found.file.category == "image", thumbnail="nho" in request.GET)
    except FileNotFoundError:
        raise Http404 from None


@allow("coordinator")
def duplicates(request: HttpRequest, code: str) -> HttpResponse:
    """Likely repeats of a case side by side with it."""
    case = _case(request, code)
    at = clock.now()
    soon = soon_until(at)
    found = triage_selectors.duplicates_of(case, at=at)
    pairs = [
        {
            "case": one.case,
            "row": row_of(one.case, at=at, soon=soon),
            "score": one.score,
            "why": one.why,
            "form": ACTS["merge"].form(
                case=case,
                actor=roles_of_request(request).actor("coordinator"),
                at=at,
                initial={"into": one.case.code},
                auto_id=f"id_{one.case.pk}_%s",
            ),
        }
        for one in found
    ]
    return render(
        request,
        "desk/duplicates.html",
        {"case": case, "row": row_of(case, at=at, soon=soon), "pairs": pairs, "folded": fold(case.body)},
    )


@allow("coordinator", "observer", "administrator")
def accuracy(request: HttpRequest) -> HttpResponse:
    """How good the suggestions are: out of sample, and as people chose since."""
    at = clock.now()
    model = triage_selectors.active_model()
    tables = [*accuracy_tables(model), *chosen_tables(triage_selectors.chosen_by_month(since=at - timedelta(days=365)))]
    return render(request, "desk/accuracy.html", {"model": model, "tables": tables})
