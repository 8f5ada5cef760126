"""Confirming the register of a plan beside its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from langnghe.desk.access import roles_of_request, signed_in
from langnghe.desk.forms.register import HeadForm, HeirsForm, Item, item_form
from langnghe.desk.templatetags.register import act_words
from langnghe.desk.views.plans.common import attempt
from langnghe.desk.views.plans.register_enter import address
from langnghe.desk.views.plans.register_words import FIELD_WORDS, value_words
from langnghe.files import http as file_http
from langnghe.plans import rules_register as rules
from langnghe.plans.errors import PlanError
from langnghe.plans.models import ItemKind, ItemState, PlanDocument, RegisterItem
from langnghe.plans.selectors import documents as selectors
from langnghe.plans.selectors.documents import RegisterPage
from langnghe.plans.services import documents, items, registering
from langnghe.plans.workflow import PLAN_TABLE, REVIEW
from langnghe.texts import whole_number
from langnghe.ui.items import Link
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

SURE = 0.75
"""Below this confidence a field is shown as unsure."""


# --- confirming -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Reviewing:
    """A document on the page of confirming, and what this person may do with it."""

    document: PlanDocument
    actor: Actor | None

    @property
    def may_mend(self) -> bool:
        """Whether items may be changed now, by this person."""
        return self.actor is not None


def _reviewing(request: HttpRequest, pk: int) -> Reviewing:
    document = selectors.plan(pk)
    if document is None:
        raise Http404
    return Reviewing(document, _actor(request, document, "mend"))


def _actor(request: HttpRequest, document: PlanDocument, act: str) -> Actor | None:
    actors = sorted(roles_of_request(request).actors, key=lambda one: one.role != "coordinator")
    return next((one for one in actors if registering.may(document, act, one)), None)


@signed_in
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The text on the left, the register on the right. Twelve queries at most, whatever the size."""
    reviewing = _reviewing(request, pk)
    return _render(request, reviewing)


KIND_CODES = {
    "nhiem-vu": ItemKind.TASK, "chi-tieu": ItemKind.INDICATOR, "bao-cao": ItemKind.REPORT,
    "kenh": ItemKind.CHANNEL, "cong-khai": ItemKind.DISCLOSURE,
}  # fmt: skip
VIEWS: Mapping[str, Callable[[RegisterItem], bool]] = {
    "": lambda item: item.state != ItemState.REJECTED,
    "nghi-van": lambda item: bool(item.doubts) and item.state == ItemState.FOUND,
    "chua-xem": lambda item: item.state == ItemState.FOUND,
    "da-bo": lambda item: item.state == ItemState.REJECTED,
}


def _render(
    request: HttpRequest,
    reviewing: Reviewing,
    *,
    failed: tuple[int, str, Item] | None = None,
    head: HeadForm | None = None,
    add: tuple[str, Item] | None = None,
    file_form: forms.Form | None = None,
    heirs: HeirsForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    document = reviewing.document
    reading = document.head.get("reading") or {}
    if reading.get("state") == "waiting":
        return render(request, "desk/plans/reading.html", {"document": document})
    page = selectors.register_page(document, today=clock.today())
    view = request.GET.get("loc", "")
    kept = VIEWS.get(view, VIEWS[""])
    opened = failed[0] if failed else whole_number(request.GET.get("muc", ""))
    mode = failed[1] if failed else request.GET.get("cach", "")
    shown = [item for item in page.items if kept(item) or item.pk == opened]
    maker = Cards(page, reviewing.may_mend, view)
    cards = [
        maker.card(
            item,
            mode=mode if item.pk == opened and reviewing.may_mend else "",
            form=failed[2] if failed and item.pk == failed[0] else None,
        )
        for item in shown
    ]
    kind = add[0] if add else KIND_CODES.get(request.GET.get("them", ""), ItemKind.TASK)
    context = {
        "document": document,
        "cards": cards,
        "groups": [
            {"kind": code, "label": ItemKind(code).label, "cards": [card for card in cards if card["kind"] == code]}
            for code in ItemKind.values
            if any(card["kind"] == code for card in cards)
        ],
        "lines": rules.lines_with_passages(document.text, _places(page)),
        "marks": _marks(page),
        "bodies": page.directory.names,
        "views": _views(page, view),
        "view": view,
        "page": page,
        "may_mend": reviewing.may_mend,
        "head": head or HeadForm(document=document, auto_id="id_head_%s"),
        "head_open": head is not None or (document.issued_on is None and document.state == REVIEW),
        "add": add[1] if add else item_form(kind, above=page.above, auto_id="id_add_%s"),
        "add_kind": kind,
        "add_open": add is not None or bool(request.GET.get("them")),
        "kinds": [
            {"code": code, "label": ItemKind(value).label, "active": value == kind}
            for code, value in KIND_CODES.items()
        ],
        "reading": reading,
        "file_form": file_form or FileForm(),
        "changes": _changes(page),
        "error": error,
        "heirs": heirs or heirs_form(page),
        "heirs_open": heirs is not None,
        **summary_context(page, reviewing, request),
    }
    return render(request, "desk/plans/review.html", context, status=status)


def heirs_form(page: RegisterPage, data: Any = None) -> HeirsForm | None:
    """The bodies of the whole document that have ended, and who carries on for them; None where there are none."""
    names: dict[str, int] = {}
    for one in page.items:
        if one.state != ItemState.REJECTED:
            for name in ended_bodies(one, page):
                names[name] = names.get(name, 0) + 1
    if not names:
        return None
    return HeirsForm(data, names=names, said=page.document.head.get("carried_by") or {}, auto_id="id_heirs_%s")


class FileForm(forms.Form):
    """Another file for a document that could not be read."""

    file = forms.FileField(label=gettext_lazy("Tệp khác"), allow_empty_file=True)


def summary_context(page: RegisterPage, reviewing: Reviewing, request: HttpRequest) -> dict[str, Any]:
    """The bar with what confirming would make."""
    sure = sum(item.state == ItemState.FOUND and not item.doubts for item in page.items)
    actor = _actor(request, page.document, "confirm")
    return {
        "summary": page.summary,
        "sure": sure,
        "seen": sum(item.state != ItemState.FOUND for item in page.items),
        "all": len(page.items),
        "document": page.document,
        "may_confirm": actor is not None,
        "may_replace": _actor(request, page.document, "supersede") is not None,
        "may_withdraw": _actor(request, page.document, "withdraw") is not None,
        "ready": page.summary.waiting == 0 and page.document.issued_on is not None and page.summary.tasks > 0,
        "may_mend": reviewing.may_mend,
        "plan_url": address(page.document) if page.document.state != REVIEW else "",
    }


def _places(page: RegisterPage) -> list[tuple[int, int, int]]:
    return [
        (item.pk, item.start, item.end)
        for item in page.items
        if item.start is not None and item.end is not None and item.state != ItemState.REJECTED
    ]


def _marks(page: RegisterPage) -> dict[int, str]:
    """The class of each item's passage."""
    return {item.pk: f"{item.kind} {mark_state(item)}" for item in page.items}


def mark_state(item: RegisterItem) -> str:
    """How an item stands, as a class: doubt, found, settled."""
    if item.state == ItemState.FOUND:
        return "doubt" if item.doubts else "found"
    return "settled"


def _views(page: RegisterPage, view: str) -> list[Link]:
    labels = {"": _("Tất cả"), "nghi-van": _("Nghi vấn"), "chua-xem": _("Chưa xem"), "da-bo": _("Đã bỏ")}
    base = reverse("desk:plan_review", args=[page.document.pk])
    return [
        Link(
            labels[code], f"{base}?loc={code}" if code else base, active=code == view,
            count=sum(map(test, page.items)),
        )
        for code, test in VIEWS.items()
    ]  # fmt: skip


def _changes(page: RegisterPage) -> dict[str, Any] | None:
    """What a corrected version changes, for the reviewer."""
    if not page.pairs:
        return None
    rows: dict[str, list[dict[str, Any]]] = {"changed": [], "new": [], "gone": []}
    same = 0
    for pair in page.pairs:
        if pair.change == "same":
            same += 1
            continue
        old, new = pair.old, pair.new
        rows[pair.change].append(
            {
                "key": new.key if new else "",
                "path": (new or old).path if (new or old) else "",  # type: ignore[union-attr]
                "text": (new.quote if new else old.quote if old else ""),
                "fields": [
                    {
                        "label": FIELD_WORDS[name],
                        "old": value_words(name, old.values.get(name)) if old else "",
                        "new": value_words(name, new.values.get(name)) if new else "",
                    }
                    for name in pair.fields
                ],
            }
        )
    return {**rows, "same": same, "earlier": page.document.supersedes}


class Cards:
    """Draws items as cards."""

    def __init__(self, page: RegisterPage, may_mend: bool, view: str = "") -> None:
        self.page, self.may_mend, self.view = page, may_mend, view
        self.document = page.document
        self.above = {task.pk: task for task in page.above}
        # Words are looked up once a page, not once an item.
        self.labels = {name: str(words) for name, words in FIELD_WORDS.items()}
        self.kinds = {code: str(words) for code, words in ItemKind.choices}
        self.states = {code: str(words) for code, words in ItemState.choices}
        self.words = act_words()
        self.base = reverse("desk:plan_review", args=[page.document.pk])
        self._next: dict[int, int] = {}
        living = [item for item in page.items if item.state != ItemState.REJECTED]
        for kind in ItemKind.values:
            row = [item.pk for item in living if item.kind == kind]
            self._next.update(pairwise(row))

    def card(self, item: RegisterItem, *, mode: str = "", form: Item | None = None) -> dict[str, Any]:
        """What the template of one item needs. `mode` opens the form: "sua" or "tach"."""
        extracted = item.extracted or {}
        shown = {
            "item": item,
            "kind": item.kind,
            "kind_label": self.kinds[item.kind],
            "title": item.current.get("name") or item.current.get("what") or "",
            "quote": item.current.get("quote") or "",
            "fields": [row for name in _SHOWN[item.kind] if (row := self._field(item, name, extracted)) is not None],
            "state": mark_state(item),
            "state_label": self.states[item.state],
            "joins": self._next.get(item.pk),
            "undoable": bool(item.history) or (item.extracted is None and item.state == ItemState.ADDED),
            "mode": mode,
            "may_mend": self.may_mend,
            "view": self.view,
            "document": self.document,
            "url": f"{self.base}{item.pk}/",
            "words": self.words,
        }
        if mode == "sua":
            shown["form"] = form or item_form(
                item.kind, item=item, above=self.page.above, ended=self.ended(item), auto_id=f"i{item.pk}_%s"
            )
        if mode == "tach":
            shown["cuts"] = self._cuts(str(shown["quote"]))
        return shown

    def ended(self, item: RegisterItem) -> list[str]:
        """The bodies of an item that nobody carries on, or for whom a person has named heirs."""
        said = self.document.head.get("carried_by") or {}
        own = item.current.get("carried_by") or {}
        return [name for name in ended_bodies(item, self.page) if name not in said or own.get(name)]

    def _field(self, item: RegisterItem, name: str, extracted: Mapping[str, Any]) -> dict[str, Any] | None:
        value = item.current.get(name)
        if name == "weight" and value in (None, 1):
            return None
        if name in _QUIET and not value:
            return None
        reason = (extracted.get("reasons") or {}).get(name) or {}
        sure = (extracted.get("confidence") or {}).get(name)
        untouched = not extracted or rules.same_value(name, extracted.get(name), value)
        if name == "under":
            task = self.above.get(value or 0)
            words = f"{task.path} {task.title}".strip() if task else "–"
        elif name == "carried_by":
            words = "; ".join(f"{old}: {', '.join(new)}" for old, new in (value or {}).items())
        else:
            words = value_words(name, value)
        return {
            "name": name,
            "label": self.labels[name],
            "value": words,
            "why": str(reason.get("words") or "") if untouched else "",
            "read": value_words(name, extracted.get(name)) if extracted and not untouched else "",
            "percent": round(sure * 100) if isinstance(sure, int | float) and untouched else None,
            "unsure": isinstance(sure, int | float) and sure < SURE and untouched,
        }

    def _cuts(self, quote: str) -> list[dict[str, Any]]:
        points = rules.cut_points(quote) or [
            at + 1 for at, char in enumerate(quote) if char in ",:" and at + 2 < len(quote)
        ]
        ends = [*points[1:], len(quote)]
        return [
            {"position": at, "before": quote[:at].rstrip()[-60:], "after": quote[at:end].strip()[:110]}
            for at, end in zip(points, ends, strict=True)
        ][:60]


_SHOWN: Mapping[str, tuple[str, ...]] = {
    "task": ("lead", "cooperate", "deadline", "report_to", "deliverable", "weight", "under", "carried_by"),
    "indicator": ("target", "unit", "baseline", "baseline_year", "due_on"),
    "report": ("who", "to", "due", "rrule"),
    "channel": (),
    "disclosure": ("who", "where", "when"),
}
_QUIET = frozenset(
    "cooperate report_to deliverable under carried_by baseline baseline_year due_on where when rrule to".split()
)


def ended_bodies(item: RegisterItem, page: RegisterPage) -> list[str]:
    """The bodies named in an item that nobody carries on today, or for whom somebody was named."""
    if item.kind != ItemKind.TASK:
        return []
    today = clock.today()
    on = page.document.issued_on or today
    carried = item.current.get("carried_by") or {}
    found = []
    for name in (*item.current.get("lead", ()), *item.current.get("cooperate", ())):
        resolved = page.directory.resolve(str(name), on=on, today=today)
        empty = not resolved.carriers and (resolved.members or resolved.collective or not resolved.known)
        if empty or carried.get(name):
            found.append(str(name))
    return found


# --- acts -------------------------------------------------------------------------------------------------------------


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("X-Part") == "1"


@signed_in
def item(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """One item: its card (with its form open) for the script; an act on it."""
    reviewing = _reviewing(request, pk)
    found = RegisterItem.objects.filter(pk=key, document_id=pk).first()
    if request.method != "POST":
        if found is None:
            raise Http404
        if not _wants_part(request):
            return redirect(_back(request, pk, key, mode=request.GET.get("cach", "")))
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
    common: dict[str, Any] = {
        "item_id": found.pk,
        "actor": actor,
        "at": clock.now(),
        "expected_version": _version(request),
    }
    if act == "mend":
        return _mend(request, reviewing, found, common)
    runs: Mapping[str, Callable[[], Any]] = {
        "accept": lambda: items.accept(**common),
        "reject": lambda: items.reject(**common),
        "undo": lambda: items.undo(**common),
        "split": lambda: items.split(**common, position=whole_number(request.POST.get("position", "")) or 0),
        "join": lambda: items.join(**common, other_id=whole_number(request.POST.get("other", "")) or 0),
    }
    if act not in runs:
        raise Http404
    try:
        runs[act]()
    except PlanError as error:
        return _refused(request, reviewing, error.message, found.pk)
    return _answer(request, reviewing, found, act)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    known = whole_number(given)
    return -1 if given and known is None else known


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
            form, lambda: items.mend(**common, fields=form.fields_of()), names={"deadline_rrule": "deadline_rhythm"}
        ):
            return _answer(request, reviewing, found, "mend")
    if _wants_part(request):
        card = Cards(page, True, request.POST.get("loc", "")).card(found, mode="sua", form=form)
        return JsonResponse(
            {"cards": {str(found.pk): _card_html(request, card)}, "focus": found.pk, "open": True}, status=422
        )
    return _render(request, reviewing, failed=(found.pk, "sua", form), status=422)


def _answer(request: HttpRequest, reviewing: Reviewing, before: RegisterItem, act: str) -> HttpResponse:
    """What changed: parts for the script, or the page again at the item that comes next."""
    pk = reviewing.document.pk
    if not _wants_part(request):
        return redirect(_back(request, pk, before.pk, onwards=act in ("accept", "reject")))
    reviewing = _reviewing(request, pk)
    page = selectors.register_page(reviewing.document, today=clock.today())
    now = {one.pk: one for one in page.items}
    maker = Cards(page, reviewing.may_mend, request.POST.get("loc", ""))
    same = now.get(before.pk)
    moved = act in ("split", "join", "undo") or same is None or (same.start, same.end) != (before.start, before.end)
    data: dict[str, Any] = {
        "focus": before.pk,
        "act": act,
        "bar": render_to_string("desk/plans/review_bar.html", summary_context(page, reviewing, request), request),
        "marks": {str(key): words for key, words in _marks(page).items()},
        "cards": {},
        "order": [],
    }
    shown = page.items if moved else [one for one in page.items if one.pk == before.pk]
    data["cards"] = {str(one.pk): _card_html(request, maker.card(one)) for one in shown}
    if moved:
        lines = rules.lines_with_passages(page.document.text, _places(page))
        context = {"lines": lines, "marks": _marks(page)}
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


def _back(request: HttpRequest, pk: int, key: int, *, mode: str = "", onwards: bool = False) -> str:
    view = request.POST.get("loc", "") or request.GET.get("loc", "")
    kept = {"loc": view if view in VIEWS else "", "cach": mode, "muc": str(key) if mode else ""}
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
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """An act on the document as a whole."""
    reviewing = _reviewing(request, pk)
    runs: Mapping[str, Callable[[HttpRequest, Reviewing], HttpResponse]] = {
        "nhan-het": _accept_sure,
        "ke-thua": _heirs, "them": _add, "dau-van-ban": _head, "tep": _file,
        "xac-nhan": _confirm, "rut": _withdraw, "ket-thuc": _finish,
    }  # fmt: skip
    if act not in runs:
        raise Http404
    needed = {"xac-nhan": "confirm", "rut": "withdraw", "ket-thuc": "finish"}.get(act, "mend")
    reviewing.actor = _actor(request, reviewing.document, needed)
    if reviewing.actor is None:
        row = PLAN_TABLE.find(reviewing.document.state, needed)
        if row is None:
            messages.error(request, _("Việc này không còn làm được ở bước này. Có thể người khác vừa làm."))
            return redirect(address(reviewing.document))
        raise PermissionDenied
    return runs[act](request, reviewing)


def _actor_of(reviewing: Reviewing) -> Actor:
    assert reviewing.actor is not None
    return reviewing.actor


def _accept_sure(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    try:
        count = items.accept_sure(document_id=reviewing.document.pk, actor=_actor_of(reviewing), at=clock.now())
    except PlanError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã nhận %(n)s mục không có nghi vấn.") % {"n": count})
    return redirect("desk:plan_review", pk=reviewing.document.pk)


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
                document_id=document.pk, kind=kind, fields=form.fields_of(), actor=_actor_of(reviewing), at=clock.now(),
                place=(start, end) if start is not None and end is not None else None,
            ),
            names={"deadline_rrule": "deadline_rhythm"},
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Đã thêm mục."))
            return redirect(f"{reverse('desk:plan_review', args=[document.pk])}#i-{made.pk}")
    return _render(request, reviewing, add=(kind, form), status=422)


def _heirs(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    form = heirs_form(selectors.register_page(reviewing.document, today=clock.today()), request.POST)
    if form is None or not form.is_valid():
        return redirect("desk:plan_review", pk=pk)
    done = attempt(
        form,
        lambda: documents.carry(document_id=pk, heirs=form.heirs(), actor=_actor_of(reviewing), at=clock.now()),
    )
    if done is None:
        return _render(request, reviewing, heirs=form, status=422)
    messages.success(request, _("Đã lưu cơ quan làm tiếp."))
    return redirect("desk:plan_review", pk=pk)


def _head(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    document = reviewing.document
    form = HeadForm(request.POST, document=document, auto_id="id_head_%s")
    if form.is_valid():
        done = attempt(
            form,
            lambda: documents.mend_head(
                document_id=document.pk, values=form.cleaned_data, actor=_actor_of(reviewing), at=clock.now(),
                expected_version=_version(request),
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Đã lưu thông tin văn bản."))
            return redirect("desk:plan_review", pk=document.pk)
    return _render(request, reviewing, head=form, status=422)


def _file(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["file"]
        done = attempt(
            form,
            lambda: documents.read_again(
                document_id=reviewing.document.pk, content=given, name=given.name, actor=_actor_of(reviewing),
                at=clock.now(),
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("desk:plan_review", pk=reviewing.document.pk)
    return _render(request, reviewing, file_form=form, status=422)


def _confirm(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        done = documents.confirm(
            document_id=pk, actor=_actor_of(reviewing), at=clock.now(), expected_version=_version(request)
        )
    except PlanError as error:
        return _render(request, _reviewing(request, pk), error=error.message, status=422)
    messages.success(request, _("Đã xác nhận. Nhiệm vụ đã được giao đến từng cơ quan."))
    return redirect(address(done))


def _withdraw(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        documents.withdraw(
            document_id=pk, reason=request.POST.get("reason", ""), actor=_actor_of(reviewing), at=clock.now(),
        )  # fmt: skip
    except PlanError as error:
        return _render(request, _reviewing(request, pk), error=error.message, status=422)
    messages.success(request, _("Đã rút văn bản. Những gì đã đọc vẫn được giữ."))
    return redirect("desk:plans")


def _finish(request: HttpRequest, reviewing: Reviewing) -> HttpResponse:
    pk = reviewing.document.pk
    try:
        documents.finish(document_id=pk, actor=_actor_of(reviewing), at=clock.now())
    except PlanError as error:
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
