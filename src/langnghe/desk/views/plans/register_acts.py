"""What is done on the page of confirming: to one item, or to the document as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langnghe.acts.errors import ActError
from langnghe.desk.access import signed_in
from langnghe.desk.forms.register import HeadForm, item_form
from langnghe.desk.views.plans.common import attempt
from langnghe.desk.views.plans.register import (
    KIND_CODES,
    VIEWS,
    FileForm,
    Reviewing,
    actor_of,
    heirs_form,
    render_page,
    reviewing_of,
    summary_context,
)
from langnghe.desk.views.plans.register_cards import Cards, marks_of, places_of
from langnghe.desk.views.plans.register_enter import address
from langnghe.files import http as file_http
from langnghe.files.conf import document_limits
from langnghe.files.handlers import takes
from langnghe.plans import rules_register as rules
from langnghe.plans.models import ItemKind, ItemState, RegisterItem
from langnghe.plans.selectors import documents as selectors
from langnghe.plans.services import documents, items
from langnghe.plans.workflow import PLAN_TABLE
from langnghe.texts import whole_number
from langnghe.ui.refusals import seen_version
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

# --- acts -------------------------------------------------------------------------------------------------------------


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("X-Part") == "1"


@signed_in
def item(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """One item: its card (with its form open) for the script; an act on it."""
    reviewing = reviewing_of(request, pk)
    found = RegisterItem.objects.filter(pk=key, document_id=pk).first()
    if request.method != "POST":
        if found is None:
            raise Http404
        if not _wants_part(request):
            return redirect(_back(request, pk, key, mode=request.GET.get("cach", "")[:20]))
        page = selectors.register_page(reviewing.document, today=clock.today())
        card = Cards(page, reviewing.may_mend, request.GET.get("loc", "")).card(found, mode=request.GET.get("cach", ""))
        return JsonResponse({"cards": {str(key): _card_html(request, card)}, "focus": key})
    if reviewing.actor is None:
        raise PermissionDenied
    if found is None:
        return _refused(request, reviewing, items.Gone().message, key)
    return _act(request, reviewing, found)


def _act(request: HttpRequest, reviewing: Reviewing, found: RegisterItem) -> HttpResponse:
    act = request.POST.get("act", "")
    actor = reviewing.actor
    assert actor is not None
    common: dict[str, Any] = {"item_id": found.pk, "actor": actor, "at": clock.now()}
    if act == "mend":
        return _mend(request, reviewing, found, common)
    runs: Mapping[str, Callable[[], Any]] = {
        "accept": lambda: items.accept(**common),
        "reject": lambda: items.reject(**common),
        "undo": lambda: items.undo(**common),
        "split": lambda: items.split(**common, position=whole_number(request.POST.get("position", "")) or 0),
        "points": lambda: items.mend(**common, fields={"increase": "points"}),
        "percent": lambda: items.mend(**common, fields={"increase": "percent"}),
        "join": lambda: items.join(**common, other_id=whole_number(request.POST.get("other", "")) or 0),
    }
    if act not in runs:
        raise Http404
    try:
        common["expected_version"] = seen_version(request)
        runs[act]()
    except ActError as error:
        return _refused(request, reviewing, error.message, found.pk)
    return _answer(request, reviewing, found, act)


def _mend(request: HttpRequest, reviewing: Reviewing, found: RegisterItem, common: dict[str, Any]) -> HttpResponse:
    page = selectors.register_page(reviewing.document, today=clock.today())
    form = item_form(
        found.kind,
        request.POST,
        item=found,
        above=page.above,
        ended=Cards(page, True).ended(found),
        auto_id=f"i{found.pk}_%s",
    )
    if form.is_valid():
        if attempt(
            form,
            lambda: items.mend(**common, fields=form.fields_of(), expected_version=seen_version(request)),
            names={"deadline_rrule": "deadline_rhythm"},
        ):
            return _answer(request, reviewing, found, "mend")
    if _wants_part(request):
        card = Cards(page, True, request.POST.get("loc", "")).card(found, mode="sua", form=form)
        return JsonResponse(
            {"cards": {str(found.pk): _card_html(request, card)}, "focus": found.pk, "open": True}, status=422
        )
    return render_page(request, reviewing, failed=(found.pk, "sua", form), status=422)


def _answer(request: HttpRequest, reviewing: Reviewing, before: RegisterItem, act: str) -> HttpResponse:
    """What changed: parts for the script, or the page again at the item that comes next."""
    pk = reviewing.document.pk
    if not _wants_part(request):
        return redirect(_back(request, pk, before.pk, onwards=act in ("accept", "reject")))
    reviewing = reviewing_of(request, pk)
    page = selectors.register_page(reviewing.document, today=clock.today())
    now = {one.pk: one for one in page.items}
    maker = Cards(page, reviewing.may_mend, request.POST.get("loc", ""))
    same = now.get(before.pk)
    moved = act in ("split", "join", "undo") or same is None or (same.start, same.end) != (before.start, before.end)
    totals = summary_context(page, reviewing, request)
    data: dict[str, Any] = {
        "focus": before.pk,
        "act": act,
        # Forms of the document that are open on the page go by the new version, unless somebody else acted between.
        "versions": [reviewing.document.version - 1, reviewing.document.version],
        "bar": render_to_string("desk/plans/review_bar.html", totals, request),
        "foot": render_to_string("desk/plans/review_foot.html", totals, request),
        "marks": {str(key): words for key, words in marks_of(page).items()},
        "cards": {},
        "order": [],
    }
    shown = page.items if moved else [one for one in page.items if one.pk == before.pk]
    data["cards"] = {str(one.pk): _card_html(request, maker.card(one)) for one in shown}
    if moved:
        lines = rules.lines_with_passages(page.document.text, places_of(page))
        context = {"lines": lines, "marks": marks_of(page)}
        data["text"] = render_to_string("desk/plans/review_text.html", context, request)
        data["order"] = [{"key": one.pk, "kind": one.kind} for one in page.items]
    return JsonResponse(data)


def _card_html(request: HttpRequest, card: dict[str, Any]) -> str:
    return render_to_string("desk/plans/review_item.html", {"card": card}, request)


def _refused(request: HttpRequest, reviewing: Reviewing, message: str, key: int) -> HttpResponse:
    if _wants_part(request):
        return JsonResponse({"error": message, "focus": key}, status=409)
    messages.error(request, message)
    return redirect(_back(request, reviewing.document.pk, key))


def _back(
    request: HttpRequest,
    pk: int,
    key: int,
    *,
    mode: str = "",
    onwards: bool = False,
    more: Mapping[str, str] | None = None,
) -> str:
    view = request.POST.get("loc", "") or request.GET.get("loc", "")
    kept = {"loc": view if view in VIEWS else "", "cach": mode, "muc": str(key) if mode else "", **(more or {})}
    query = urlencode({name: value for name, value in kept.items() if value})
    target = key
    if onwards:
        rows = list(
            RegisterItem.objects.filter(document_id=pk).exclude(state=ItemState.REJECTED).order_by("order", "pk")
            .values_list("pk", "state")
        )  # fmt: skip
        keys = [one for one, _state in rows]
        start = keys.index(key) + 1 if key in keys else 0
        target = next((one for one, state in rows[start:] if state == ItemState.FOUND), key)
    return f"{reverse('desk:plan_review', args=[pk])}{'?' + query if query else ''}#i-{target}"


@require_POST
@signed_in
@takes(document_limits)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """An act on the document as a whole."""
    reviewing = reviewing_of(request, pk)
    runs: Mapping[str, Callable[[HttpRequest, Reviewing], HttpResponse]] = {
        "nhan-het": _accept_sure, "bo-nhac-lai": _reject_repeats,
        "ke-thua": _heirs, "them": _add, "dau-van-ban": _head, "tep": _file,
        "xac-nhan": _confirm, "rut": _withdraw, "ket-thuc": _finish,
    }  # fmt: skip
    if act not in runs:
        raise Http404
    needed = {"xac-nhan": "confirm", "rut": "withdraw", "ket-thuc": "finish"}.get(act, "mend")
    reviewing.actor = actor_of(request, reviewing.document, needed)
    if reviewing.actor is None:
        row = PLAN_TABLE.find(reviewing.document.state, needed)
        if row is None:
            messages.error(request, _("Việc này không còn làm được ở bước này. Có thể người khác vừa làm."))
            return redirect(address(reviewing.document))
        raise PermissionDenied
    return runs[act](request, reviewing)


def _doer(reviewing: Reviewing) -> Actor:
    assert reviewing.actor is not None
    return reviewing.actor


def _accept_sure(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    try:
        count = items.accept_sure(
            document_id=reviewing.document.pk, actor=_doer(reviewing), at=clock.now(),
            expected_version=seen_version(request),
        )  # fmt: skip
    except ActError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã nhận %(n)s mục không có nghi vấn.") % {"n": count})
    return redirect(_back(request, reviewing.document.pk, 0).partition("#")[0])


def _reject_repeats(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        struck = items.reject_repeats(
            document_id=pk, actor=_doer(reviewing), at=clock.now(), expected_version=seen_version(request)
        )
    except ActError as error:
        messages.error(request, error.message)
        struck = []
    back = _back(request, pk, struck[0] if struck else 0, more={"vua-bo": str(struck[0])} if struck else {})
    return redirect(back.partition("#")[0])


def _add(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    document = reviewing.document
    kind = KIND_CODES.get(request.POST.get("kind", ""), ItemKind.TASK)
    page = selectors.register_page(document, today=clock.today())
    form = item_form(kind, request.POST, above=page.above, auto_id="id_add_%s")
    if form.is_valid():
        start, end = whole_number(request.POST.get("start", "")), whole_number(request.POST.get("end", ""))
        made = attempt(
            form,
            lambda: items.add(
                document_id=document.pk, kind=kind, fields=form.fields_of(), actor=_doer(reviewing), at=clock.now(),
                place=(start, end) if start is not None and end is not None else None,
            ),
            names={"deadline_rrule": "deadline_rhythm"},
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Đã thêm mục."))
            return redirect(f"{reverse('desk:plan_review', args=[document.pk])}#i-{made.pk}")
    return render_page(request, reviewing, add=(kind, form), status=422)


def _heirs(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    form = heirs_form(selectors.register_page(reviewing.document, today=clock.today()), request.POST)
    if form is None or not form.is_valid():
        return redirect("desk:plan_review", pk=pk)
    done = attempt(
        form,
        lambda: documents.carry(
            document_id=pk,
            heirs=form.heirs(),
            actor=_doer(reviewing),
            at=clock.now(),
            expected_version=seen_version(request),
        ),
    )  # fmt: skip
    if done is None:
        return render_page(request, reviewing, heirs=form, status=422)
    messages.success(request, _("Đã lưu cơ quan làm tiếp."))
    return redirect("desk:plan_review", pk=pk)


def _head(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    document = reviewing.document
    form = HeadForm(request.POST, document=document, auto_id="id_head_%s")
    if form.is_valid():
        done = attempt(
            form,
            lambda: documents.mend_head(
                document_id=document.pk, values=form.cleaned_data, actor=_doer(reviewing), at=clock.now(),
                expected_version=seen_version(request),
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Đã lưu thông tin văn bản."))
            return redirect("desk:plan_review", pk=document.pk)
    return render_page(request, reviewing, head=form, status=422)


def _file(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["file"]
        done = attempt(
            form,
            lambda: documents.read_again(
                document_id=reviewing.document.pk, content=given, name=given.name, actor=_doer(reviewing),
                at=clock.now(), expected_version=seen_version(request),
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("desk:plan_review", pk=reviewing.document.pk)
    return render_page(request, reviewing, file_form=form, status=422)


def _confirm(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        done = documents.confirm(
            document_id=pk, actor=_doer(reviewing), at=clock.now(), expected_version=seen_version(request), later=True
        )
    except ActError as error:
        return render_page(request, reviewing_of(request, pk), error=error.message, status=422)
    if documents.is_giving(done):
        return redirect("desk:plan_giving", pk=pk)
    messages.success(request, _("Đã xác nhận. Nhiệm vụ đã được giao đến từng cơ quan."))
    return redirect(address(done))


def _withdraw(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        documents.withdraw(
            document_id=pk, reason=request.POST.get("reason", ""), actor=_doer(reviewing), at=clock.now(),
            expected_version=seen_version(request),
        )  # fmt: skip
    except ActError as error:
        return render_page(request, reviewing_of(request, pk), error=error.message, status=422)
    messages.success(request, _("Đã rút văn bản. Những gì đã đọc vẫn được giữ."))
    return redirect("desk:plans")


def _finish(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        documents.finish(document_id=pk, actor=_doer(reviewing), at=clock.now(), expected_version=seen_version(request))
    except ActError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã kết thúc kế hoạch."))
    return redirect(address(reviewing.document))


@signed_in
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a plan, as it was entered."""
    document = selectors.plan(pk)
    if document is None or document.file is None:
        raise Http404
    try:
        return file_http.serve(document.file, inline=False)
    except FileNotFoundError:
        raise Http404 from None
