"""Confirming the register of a plan beside its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langnghe.desk.access import roles_of_request, signed_in
from langnghe.desk.forms.register import DocumentField, HeadForm, HeirsForm, Item, item_form
from langnghe.desk.views.plans.register_cards import Cards, ended_bodies, marks_of, places_of
from langnghe.desk.views.plans.register_enter import address
from langnghe.desk.views.plans.register_words import FIELD_WORDS, value_words
from langnghe.plans import rules_register as rules
from langnghe.plans.models import ItemKind, ItemState, PlanDocument, RegisterItem
from langnghe.plans.selectors import documents as selectors
from langnghe.plans.selectors.documents import RegisterPage
from langnghe.plans.services import items, registering
from langnghe.plans.workflow import REVIEW
from langnghe.texts import whole_number
from langnghe.ui.items import Link
from langnghe.ui.words import number
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

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


def reviewing_of(request: HttpRequest, pk: int) -> Reviewing:
    document = selectors.plan(pk)
    if document is None:
        raise Http404
    return Reviewing(document, actor_of(request, document, "mend"))


def actor_of(request: HttpRequest, document: PlanDocument, act: str) -> Actor | None:
    actors = sorted(roles_of_request(request).actors, key=lambda one: one.role != "coordinator")
    return next((one for one in actors if registering.may(document, act, one)), None)


@signed_in
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The text on the left, the register on the right. Twelve queries at most, whatever the size."""
    reviewing = reviewing_of(request, pk)
    return render_page(request, reviewing)


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


def render_page(
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
        return render(request, "desk/plans/reading.html", {"document": document, "reading": reading})
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
        "lines": rules.lines_with_passages(document.text, places_of(page)),
        "marks": marks_of(page),
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
        "struck": _struck(page, whole_number(request.GET.get("vua-bo", ""))),
        **summary_context(page, reviewing, request),
    }
    return render(request, "desk/plans/review.html", context, status=status)


def _struck(page: RegisterPage, key: int | None) -> dict[str, Any] | None:
    """What was just struck at once, and the item whose undoing takes all of it back."""
    one = next((item for item in page.items if item.pk == key and item.history), None)
    if one is None or one.state != ItemState.REJECTED or one.history[-1]["act"] != items.REPEAT_ACT:
        return None
    group = one.history[-1]["group"]
    count = sum(bool(item.history) and item.history[-1]["group"] == group for item in page.items)
    return {"item": one, "count": count}


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

    file = DocumentField(label=gettext_lazy("Tệp khác"), allow_empty_file=True)


def summary_context(page: RegisterPage, reviewing: Reviewing, request: HttpRequest) -> dict[str, Any]:
    """The bar with what confirming would make."""
    document, summary = page.document, page.summary
    sure = sum(item.state == ItemState.FOUND and not item.doubts for item in page.items)
    ended = heirs_form(page)
    ready = summary.waiting == 0 and document.issued_on is not None and summary.tasks > 0
    step = _step(page, sure=sure, ended=bool(ended and ended.open)) if reviewing.may_mend else ""
    view = request.POST.get("loc", "") or request.GET.get("loc", "")
    return {
        "summary": summary,
        "sure": sure,
        "seen": sum(item.state != ItemState.FOUND for item in page.items),
        "all": len(page.items),
        "document": document,
        "view": view if view in VIEWS else "",
        "may_confirm": actor_of(request, document, "confirm") is not None,
        "may_replace": actor_of(request, document, "supersede") is not None,
        "may_withdraw": actor_of(request, document, "withdraw") is not None,
        "ready": ready,
        "may_mend": reviewing.may_mend,
        "plan_url": address(document) if document.state != REVIEW else "",
        "step": step,
        "step_words": _step_words(step, page, sure=sure, ended=ended),
        **_onwards(page, view),
    }


def _step(page: RegisterPage, *, sure: int, ended: bool) -> str:
    """What is best done next: what settles many items at once comes first."""
    summary = page.summary
    if ended and summary.doubts:
        return "heirs"
    if summary.repeats:
        return "repeats"
    if sure:
        return "sure"
    if summary.doubts:
        return "doubt"
    if summary.waiting:
        return "waiting"
    if page.document.issued_on is None:
        return "head"
    return "confirm" if summary.tasks else "add"


def _step_words(step: str, page: RegisterPage, *, sure: int, ended: HeirsForm | None) -> str:
    summary = page.summary
    counts = {"heirs": len(ended.open) if ended else 0, "repeats": summary.repeats, "sure": sure}
    n = counts.get(step, summary.doubts if step == "doubt" else summary.waiting)
    texts = {
        "heirs": _("ghi ai làm tiếp thay %(n)s cơ quan nay không còn, một lần cho cả văn bản: bớt nhiều nghi vấn."),
        "repeats": _("bỏ %(n)s nhiệm vụ chỉ nhắc lại chế độ báo cáo, đã có ở phần chế độ báo cáo."),
        "sure": _("lướt qua rồi nhận một lần %(n)s mục máy đọc chắc chắn; mục nào sai thì sửa sau vẫn được."),
        "doubt": _("xem từng mục nghi vấn, so với văn bản: đúng thì nhận, sai thì sửa hoặc bỏ. Còn %(n)s mục."),
        "waiting": _("xem từng mục còn lại: đúng thì nhận, sai thì sửa hoặc bỏ. Còn %(n)s mục."),
        "head": _("ghi ngày ban hành ở phần “Thông tin văn bản”; hạn và cơ quan được tính từ ngày này."),
        "add": _("chưa có nhiệm vụ nào để giao; thêm nhiệm vụ còn sót ở cuối danh sách."),
        "confirm": _("xác nhận. Sau đó nhiệm vụ mới được giao và các cơ quan mới nhận thông báo."),
    }
    return texts[step] % {"n": number(n)} if step in texts else ""


def _onwards(page: RegisterPage, view: str) -> dict[str, Any]:
    """The first item that still waits, doubtful ones before the others, and a way to it that holds without script."""
    order = {kind: place for place, kind in enumerate(ItemKind.values)}
    waiting = [one for one in page.items if one.state == ItemState.FOUND]
    waiting.sort(key=lambda one: (order[one.kind], one.order, one.pk))
    found = next((one for one in waiting if one.doubts), None) or next(iter(waiting), None)
    if found is None:
        return {"next_key": None}
    loc = view if view in ("nghi-van", "chua-xem") and (view != "nghi-van" or found.doubts) else ""
    base = reverse("desk:plan_review", args=[page.document.pk])
    return {
        "next_key": found.pk,
        "step_next": "doubt" if found.doubts else "waiting",
        "next_url": f"{base}{f'?loc={loc}' if loc else ''}#i-{found.pk}",
    }


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
