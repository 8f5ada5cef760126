"""Following one's own case by code and secret, and what the sender may do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langnghe.cases import selectors as case_selectors
from langnghe.cases import services as cases
from langnghe.cases.models import Attachment, Case, Decline
from langnghe.cases.services.engine import reopen_until
from langnghe.files.http import Carried, serve
from langnghe.intake import selectors, services
from langnghe.intake.selectors import catalogue
from langnghe.ledger import selectors as ledger
from langnghe.portal import story
from langnghe.portal.forms import RatingForm, ReopenForm, ReplyForm, SecretForm, TrackForm, Versioned, WithdrawForm
from langnghe.portal.views.common import (
    address_of,
    canonical,
    carried,
    forget_me,
    has_cookie,
    language,
    let_in,
    may_open,
    private,
)
from langnghe.publication import selectors as publication
from langnghe.ui import flash
from langnghe.ui.access import public
from langnghe.ui.items import Fact, Shot
from langnghe.ui.refusals import REFUSED, say
from langnghe.ui.words import long_date
from langnghe.workflow.actor import SENDER
from langnghe.worktime import clock
from langnghe.worktime import selectors as worktime

FORMS: dict[str, type[Versioned]] = {
    "tra-loi": ReplyForm,
    "rut": WithdrawForm,
    "danh-gia": RatingForm,
    "mo-lai": ReopenForm,
}
"""What the sender may do, by the word in the address."""

ACTS = {"clarified": "tra-loi", "sender_reply": "tra-loi", "withdraw": "rut", "rate": "danh-gia", "reopen": "mo-lai"}
"""Acts of the transition table → the word in the address."""


def _wrong(request: HttpRequest, form: TrackForm, code: str, secret: str, *, at: datetime) -> Case | None:
    """The case, or None with the reason in the form. Wrong ones are counted; what is wrong of two is not told."""
    address, limit = address_of(request), settings.LOOKUPS_PER_HOUR
    if services.throttled(purpose="lookup", address=address, limit=limit, at=at):
        form.add_error(
            None, _("Đã thử sai quá nhiều lần. Ông/bà chờ đến giờ sau, hoặc gọi đường dây nóng để được tra giúp.")
        )
        return None
    found = selectors.opens(code, secret)
    if found is None:
        services.throttle(purpose="lookup", address=address, limit=limit, at=at)
        form.add_error(None, _("Mã phản ánh và mã bí mật không khớp nhau. Ông/bà xem lại giấy tiếp nhận rồi nhập lại."))
    return found


@public
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponseBase:
    """Code and secret open the case."""
    if request.method != "POST":
        form = TrackForm(initial={"code": request.GET.get("ma", "")})
        return private(render(request, "portal/track.html", {"section": "track", "form": form}))
    form = TrackForm(request.POST)
    if form.is_valid():
        found = _wrong(request, form, form.cleaned_data["code"], form.cleaned_data["secret"], at=clock.now())
        if found is not None:
            return let_in(private(redirect("portal:case", found.code)), found)
    return private(render(request, "portal/track.html", {"section": "track", "form": form}))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, code: str) -> HttpResponseBase:
    """The sender's page of a case; without the cookie it asks for the secret."""
    wanted = canonical(code)
    if not wanted:
        raise Http404
    if wanted != code:
        return redirect("portal:case", wanted)
    if request.method == "POST":
        form = SecretForm(request.POST)
        if form.is_valid():
            found = _wrong(request, form, wanted, form.cleaned_data["secret"], at=clock.now())
            if found is not None:
                return let_in(private(redirect("portal:case", wanted)), found)
        return _ask(request, wanted, form)
    own = _own(request, wanted)
    return _ask(request, wanted, SecretForm()) if own is None else _page(request, own)


def _ask(request: HttpRequest, code: str, form: SecretForm) -> HttpResponseBase:
    return private(render(request, "portal/secret.html", {"section": "track", "form": form, "code": code}))


def _own(request: HttpRequest, code: str) -> Case | None:
    if not has_cookie(request, code):
        return None
    found = selectors.sender_case(code)
    return found if found is not None and may_open(request, found) else None


@public
@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponseBase:
    """Forget the secret in this browser (a computer that others use)."""
    return forget_me(private(redirect("portal:track")), canonical(code))


@public
@require_safe
def file(request: HttpRequest, code: str, file_id: UUID) -> HttpResponseBase:
    """A file of the sender's own case, or the proof of the answer."""
    own = _own(request, canonical(code))
    stored = selectors.sender_file(own, file_id) if own is not None else None
    if stored is None:
        raise Http404
    try:
        return serve(stored, inline="tai" not in request.GET, thumbnail="nho" in request.GET)
    except FileNotFoundError:
        raise Http404 from None


@public
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponseBase:
    """One act of the sender. What goes wrong is said at the field, and what was typed stays."""
    if act not in FORMS:
        raise Http404
    own = _own(request, canonical(code))
    if own is None:
        return redirect("portal:case", code)
    at = clock.now()
    form = FORMS[act](request.POST, request.FILES, auto_id=f"{act}_%s")
    sound = form.is_valid()
    kept = Carried()
    if act == "tra-loi":
        kept = carried(request, request.FILES.getlist("files"), at=at)
        for message in kept.errors:
            form.add_error("files", message)
    if sound and not kept.errors:
        try:
            _DO[act](own, form, kept, at)
        except REFUSED as refused:
            say(form, refused, files="")
        else:
            flash.done(request, _thanks(act, form))
            return private(redirect("portal:case", own.code))
    fresh = selectors.sender_case(own.code) or own
    return _page(request, fresh, bound={act: form}, kept=kept)


def _do_reply(own: Case, form: Versioned, kept: Carried, at: datetime) -> None:
    cases.reply(
        case_id=own.pk, actor=SENDER, at=at, text=form.cleaned_data["text"], file_ids=kept.ids,
        expected_version=form.cleaned_data["version"],
    )  # fmt: skip


def _with_reason(act: Callable[..., Case]) -> Callable[[Case, Versioned, Carried, datetime], None]:
    def do(own: Case, form: Versioned, kept: Carried, at: datetime) -> None:
        given = form.cleaned_data
        act(case_id=own.pk, actor=SENDER, at=at, reason=given["reason"], expected_version=given["version"])

    return do


def _do_rate(own: Case, form: Versioned, kept: Carried, at: datetime) -> None:
    if not isinstance(form, RatingForm):
        raise TypeError(form)
    cases.rate(
        case_id=own.pk, actor=SENDER, at=at, levels=form.levels(), overall=int(form.cleaned_data["overall"]),
        comment=form.cleaned_data["comment"], expected_version=form.cleaned_data["version"],
    )  # fmt: skip


_DO: dict[str, Callable[[Case, Versioned, Carried, datetime], None]] = {
    "tra-loi": _do_reply,
    "rut": _with_reason(cases.withdraw),
    "danh-gia": _do_rate,
    "mo-lai": _with_reason(cases.reopen),
}


def _thanks(act: str, form: Versioned) -> str:
    return {
        "tra-loi": _("Đã gửi nội dung bổ sung. Thời hạn trả lời được tính tiếp từ bây giờ."),
        "rut": _("Đã rút phản ánh."),
        "danh-gia": _("Cảm ơn ông/bà đã đánh giá."),
        "mo-lai": _("Đã mở lại. Người khác và lãnh đạo khác sẽ xử lý lần hai."),
    }[act]


# --- the page ---------------------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, own: Case, *, bound: dict[str, Versioned] | None = None, kept: Carried | None = None
) -> HttpResponse:
    """Everything the sender may know. Queries: the case (7), its history, deadlines, names of agencies; at most 12."""
    at, office = clock.now(), catalogue().office
    history = ledger.history("case", own.pk)
    deadlines = worktime.deadlines_of("case", own.pk)
    names = selectors.agency_names(story.agencies_in(history))
    possible = {ACTS[one.row.act] for one in case_selectors.possible_acts(own, [SENDER], at=at) if one.row.act in ACTS}
    forms = {
        word: (bound or {}).get(word) or kind(initial={"version": own.version}, auto_id=f"{word}_%s")
        for word, kind in FORMS.items()
        if word in possible or word in (bound or {})
    }
    for form in forms.values():
        _refresh(form, own.version)
    question = next((row for row in own.questions.all() if row.replied_at is None and row.lapsed_at is None), None)
    declined = _declined(own)
    agency = own.agency.name if own.agency is not None else office
    step = story.main_deadline(deadlines)
    is_public = not own.restricted and publication.is_shown(own.code)
    context = {
        "section": "track",
        "case": own,
        "state": story.state_name(own),
        "where": story.where(own, office),
        "chip": story.chip(step, at=at, language=language())
        if not own.restricted and own.state not in _NO_DUE
        else None,
        "reply_chip": story.chip(story.running(deadlines, "reply"), at=at, language=language()),
        "question": question if story.is_waiting_for_sender(own) else None,
        "events": story.events(own, history, names, office),
        "answers": [(told, [_shot(own, one) for one in told.proofs]) for told in story.answers(own, agency)],
        "own_files": [_shot(own, one) for one in own.attachments.all() if one.role != Attachment.Role.PROOF],
        "guidance": _guidance(own, declined, at),
        "facts": _facts(own),
        "rating": next((row for row in own.ratings.all() if row.round == own.round), None),
        "form_reply": forms.get("tra-loi"),
        "form_withdraw": forms.get("rut"),
        "form_rate": forms.get("danh-gia"),
        "form_reopen": forms.get("mo-lai"),
        "reopen_until": reopen_until(own) if "mo-lai" in forms else None,
        "errors": list((bound or {}).values()),
        "uploaded": kept.shown if kept is not None else [],
        "is_public": is_public,
        "was_public": own.state == "published" and not is_public,
        "shared": _shared(own),
    }
    return private(render(request, "portal/case.html", context))  # type: ignore[return-value]


def _shared(own: Case) -> dict[str, object] | None:
    """The report with which a merged one is answered: what of it has passed the gate. One query for merged ones."""
    into = own.merged_into
    if into is None:
        return None
    url = reverse("portal:public_case", args=[into.code]) if publication.is_shown(into.code) else ""
    return {"code": into.code, "url": url, "answered": into.answered_at is not None}


_NO_DUE = frozenset({"declined", "diverted", "withdrawn", "merged"})


def _refresh(form: django_forms.Form, version: int) -> None:
    """After a mistake the page shows the case as it is now; the next try is meant for that."""
    if form.is_bound:
        data = cast(QueryDict, form.data).copy()
        data["version"] = str(version)
        form.data = data


def _declined(own: Case) -> Decline | None:
    if own.state != "declined":
        return None
    return Decline.objects.select_related("reason").filter(case=own).first()


def _guidance(own: Case, declined: Decline | None, at: datetime) -> dict[str, str] | None:
    """Why it was not taken, and where to go."""
    if own.state == "diverted":
        row = next((one for one in own.diversions.all() if one.guidance), None)
        if row is not None:
            return {
                "title": _("Nội dung này là %(kind)s") % {"kind": row.get_kind_display().lower()},
                "text": row.guidance,
            }
    if declined is not None:
        return {"title": _("Vì sao không tiếp nhận"), "text": f"{declined.reason.text}\n\n{declined.guidance}"}
    return None


def _shot(own: Case, one: Attachment) -> Shot:
    url = reverse("portal:case_file", args=[own.code, one.file_id])
    thumb = f"{url}?nho=1" if one.file.is_image else ""
    return Shot(url, one.file.name, thumb=thumb, alt=one.file.name, size=one.file.size)


def _facts(own: Case) -> list[Fact]:
    where = ", ".join(part for part in (own.place, own.commune.short_name if own.commune else "") if part)
    found = [Fact(_("Gửi ngày"), long_date(own.received_at)), Fact(_("Loại"), own.get_regime_display())]
    if own.field is not None:
        found.append(
            Fact(_("Lĩnh vực"), own.field.name_en if language() == "en" and own.field.name_en else own.field.name)
        )
    if where:
        found.append(Fact(_("Nơi xảy ra"), where))
    if own.round > 1:
        found.append(Fact(_("Lần xử lý"), _("lần hai, sau khi ông/bà đề nghị mở lại")))
    return found
