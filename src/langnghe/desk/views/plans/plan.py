"""The page of a plan: its tree with progress rolled up by weight, what is late, the agencies' own plans under it; and
the page of one task with all its shares."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.plan_acts import PLAN_ACTS, PlanForm
from langnghe.desk.plan_rows import plan_badge, share_badges, share_due, standing
from langnghe.desk.views.plans.common import READERS, attempt, planner
from langnghe.plans.models import PlanDocument, Share
from langnghe.plans.selectors import trees
from langnghe.plans.selectors.trees import PlanTree, Section, TaskRow
from langnghe.plans.services import registering
from langnghe.plans.workflow import ACTIVE, PLAN_TABLE, REVIEW
from langnghe.texts import whole_number
from langnghe.ui import words
from langnghe.ui.items import Act, Badge, Link, Part
from langnghe.ui.refusals import seen_version
from langnghe.worktime import clock

STATES = ("open", "late", "done", "none")
MOST_UNFOLDED = 60
"""With more tasks than this, one section at a time shows its tasks; the others lead to theirs."""


@allow(*READERS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan. Twelve queries at most."""
    return _render(request, pk)


def _render(
    request: HttpRequest, pk: int, *, failed: tuple[str, PlanForm] | None = None, status: int = 200
) -> HttpResponse:
    at = clock.now()
    tree = trees.plan_tree(pk, at=at)
    if tree is None:
        raise Http404
    plan = tree.document
    wanted_agency = whole_number(request.GET.get("co-quan", ""))
    wanted_state = request.GET.get("tinh-trang", "")
    wanted_state = wanted_state if wanted_state in STATES else ""
    carrying = trees.carriers(pk)
    own = trees.tasks_of(pk, wanted_agency) if wanted_agency is not None else {}
    filtered = wanted_agency is not None or bool(wanted_state)
    shown, keys = tree.rows, None
    if filtered:
        shown = [
            row
            for row in tree.rows
            if (wanted_agency is None or row.task.pk in own) and (not wanted_state or row.state == wanted_state)
        ]
        keys = {row.task.pk for row in shown}
    states = {
        "open": _("đang thực hiện"),
        "late": _("có việc quá hạn"),
        "done": _("đã xong"),
        "none": _("không còn phải làm"),
    }
    parts = [
        Part(_("nhiệm vụ của")),
        Part(
            name="co-quan", label=_("Cơ quan"), value=str(wanted_agency or ""),
            options=[("", _("mọi cơ quan")), *((str(one.agency.pk), one.agency.short_name) for one in carrying)],
        ),
        Part(
            name="tinh-trang", label=_("Tình trạng"), value=wanted_state,
            options=[("", _("mọi tình trạng")), *states.items()],
        ),
    ]  # fmt: skip
    acts = [] if "in" in request.GET else _acts(request, plan, failed=failed)
    unfold = None
    if len(shown) > MOST_UNFOLDED and "in" not in request.GET:
        unfold = request.GET.get("muc", "") or _first_label(tree.root, keys)
    query = {name: request.GET[name] for name in ("co-quan", "tinh-trang") if request.GET.get(name)}
    context: dict[str, Any] = {
        "plan": plan, "tree": tree, "badge": plan_badge(plan), "facts": _facts(plan),
        "root": _part(
            tree.root, keys, own, at=at, open_all=filtered or len(tree.rows) <= 30, unfold=unfold, query=query
        ),
        "shown": len(shown), "filtered": filtered, "parts": parts, "acts": acts,
        "late": [_task(row, own, at=at) for row in islice((one for one in tree.rows if one.late), 10)],
        "counts": tree.counts, "total": len(tree.rows),
        "owed": len(tree.rows) - tree.counts["none"], "next": _next(request, tree),
        "carrying": carrying, "detailed": trees.detailed(pk) if plan.state != REVIEW else [],
        "indicators": trees.indicators(pk),
    }  # fmt: skip
    template = "desk/plans/plan_print.html" if "in" in request.GET else "desk/plans/plan.html"
    return render(request, template, context, status=status)


def _facts(plan: PlanDocument) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [
        (_("Loại"), plan.get_kind_display()),
        (_("Số, ký hiệu"), plan.number),
        (_("Ngày ban hành"), words.long_date(plan.issued_on) if plan.issued_on else ""),
        (_("Cơ quan ban hành"), plan.issuer or plan.agency.name),
        (_("Người ký"), ", ".join(part for part in (plan.signer, plan.signer_title) if part)),
        (_("Kết thúc"), words.long_date(plan.ends_on) if plan.ends_on else ""),
    ]
    return [(term, value) for term, value in rows if value]


def _next(request: HttpRequest, tree: PlanTree) -> dict[str, str]:
    """The sentence at the head: what is to be done next with this plan."""
    plan, late = tree.document, tree.counts["late"]
    if plan.state == REVIEW:
        try:
            url = reverse("desk:plan_review", args=[plan.pk])
        except NoReverseMatch:
            url = ""
        may = any(registering.may(plan, "mend", actor) for actor in roles_of_request(request).actors)
        unread = _("Văn bản chưa được xác nhận, nên chưa giao nhiệm vụ nào.")
        return {"text": unread, "url": url if may else "", "label": _("Xem và xác nhận")}
    giving = getattr(plan, "giving", None) or {}
    if giving.get("state") in ("waiting", "failed"):
        done = {"done": words.number(giving["done"]), "total": words.number(giving["total"])}
        text = (
            _("Đang giao nhiệm vụ đến các cơ quan: %(done)s/%(total)s phần việc.")
            if giving["state"] == "waiting"
            else _("Việc giao nhiệm vụ đến các cơ quan bị dừng: %(done)s/%(total)s phần việc đã giao.")
        )
        url = reverse("desk:plan_giving", args=[plan.pk])
        return {"text": text % done, "url": url, "label": _("Xem tiến độ giao")}
    if plan.state == ACTIVE and late:
        text = ngettext("%(n)s nhiệm vụ có việc quá hạn.", "%(n)s nhiệm vụ có việc quá hạn.", late) % {"n": late}
        return {"text": text, "url": "?tinh-trang=late", "label": _("Xem việc quá hạn")}
    superseded = getattr(plan, "superseded_by", None)
    if superseded is not None:
        return {
            "text": _("Kế hoạch này đã có bản thay thế."), "url": reverse("desk:plan", args=[superseded.pk]),
            "label": superseded.number or _("Bản thay thế"),
        }  # fmt: skip
    return {}


def _first_label(section: Section, keys: set[int] | None) -> str:
    """The first section that has tasks of its own among those that were asked for."""
    if section.label and any(keys is None or row.task.pk in keys for row in section.rows):
        return section.label
    return next((label for one in section.sections if (label := _first_label(one, keys))), "")


def _part(
    section: Section,
    keys: set[int] | None,
    own: dict[int, int],
    *,
    at: Any,
    open_all: bool,
    unfold: str | None,
    query: dict[str, str],
) -> dict[str, Any]:
    """A section as the template shows it, with only the tasks that were asked for (None: all). With `unfold`, only the
    section of that label brings its tasks along; the others have an address that does."""
    parts = [_part(one, keys, own, at=at, open_all=open_all, unfold=unfold, query=query) for one in section.sections]
    chosen = section.rows if keys is None else [row for row in section.rows if row.task.pk in keys]
    folded = bool(chosen and section.label) and unfold is not None and section.label != unfold
    rows = [] if folded else [_task(row, own, at=at) for row in chosen]
    inside = unfold is not None and f"{unfold}.".startswith(f"{section.label}.")
    return {
        "label": section.label, "percent": section.percent, "rows": rows, "open": open_all or inside,
        "url": "?" + urlencode({**query, "muc": section.label}) + f"#muc-{section.label}" if folded else "",
        "parts": [one for one in parts if one["count"]], "count": len(chosen) + sum(one["count"] for one in parts),
        "late": section.late, "all": section.tasks,
        "unfolding": unfold is not None,
    }  # fmt: skip


def _task(row: TaskRow, own: dict[int, int], *, at: Any) -> dict[str, Any]:
    """A task of the tree: title, who leads, how far, by when."""
    task = row.task
    share = own.get(task.pk) or row.share_id
    url = reverse("desk:share", args=[share]) if share else reverse("desk:task", args=[task.pk])
    chip = {"due": row.due_at, **standing(row.due_at, at=at)}
    if row.state == "done":
        chip = {"due": None, "state": "met", "days": None}
    elif row.due_at is None:
        chip["left"] = _when(row)
    return {
        "row": row, "task": task, "url": url, "chip": chip, "percent": row.percent,
        "leads": task.lead_names[:3], "more_leads": max(0, len(task.lead_names) - 3), "person": row.person,
        "shares": row.shares, "done": row.done, "late": row.late,
        "badge": Badge(_("Không còn phải làm")) if row.state == "none" else None,
    }  # fmt: skip


def _when(row: TaskRow) -> str:
    return {"ongoing": _("thường xuyên"), "recurring": _("định kỳ")}.get(row.task.due_kind, "")


def _acts(request: HttpRequest, plan: PlanDocument, *, failed: tuple[str, PlanForm] | None) -> list[Act]:
    shown = []
    for act, spec in PLAN_ACTS.items():
        row = PLAN_TABLE.find(plan.state, act)
        actor = next((one for one in planner(request) if registering.may(plan, act, one)), None)
        if row is None or actor is None:
            continue
        form = (
            failed[1]
            if failed is not None and failed[0] == act
            else spec.form(plan=plan, at=clock.now(), auto_id=f"id_{act}_%s")
        )
        label = str(row.label)
        shown.append(
            Act(
                name=act, label=label, url=reverse("desk:plan_do", args=[plan.pk, act]),
                form=form if form.fields or form.is_bound else None, submit=label, other=True,
                confirm=_("%(act)s?") % {"act": label} if row.confirm else "", hidden={"version": plan.version},
            )
        )  # fmt: skip
    return shown


@require_POST
@allow(*READERS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act on a plan. What was typed is kept when it cannot be done."""
    at = clock.now()
    plan = PlanDocument.objects.select_related("agency").filter(pk=pk).first()
    spec = PLAN_ACTS.get(act)
    if plan is None or spec is None:
        raise Http404
    actor = next((one for one in planner(request) if registering.may(plan, act, one)), None)
    if actor is None:
        messages.error(request, _("Việc này không còn làm được, hoặc không thuộc quyền của ông/bà."))
        return redirect("desk:plan", pk=pk)
    form = spec.form(request.POST, plan=plan, at=at, auto_id=f"id_{act}_%s")
    common = {"document_id": pk, "actor": actor, "at": at}
    if form.is_valid() and attempt(form, lambda: spec.run(form, {**common, "expected_version": seen_version(request)})):
        messages.success(request, _("Đã xong."))
        return redirect("desk:plan", pk=pk)
    return _render(request, pk, failed=(act, form), status=422)


@allow(*READERS)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with all its shares: who is how far. Eight queries."""
    at = clock.now()
    found = trees.task_page(pk, at=at)
    if found is None:
        raise Http404
    row, shares, more = found
    plan = row.task.document
    context = {
        "row": row, "task": row.task, "plan": plan, "more": more, "at": at,
        "crumbs": [Link(plan.number or plan.title[:60], reverse("desk:plan", args=[plan.pk]))],
        "shares": [_share(one, at=at) for one in shares],
        "chip": {"due": row.due_at, **standing(row.due_at, at=at)},
    }  # fmt: skip
    template = "desk/plans/task_print.html" if "in" in request.GET else "desk/plans/task.html"
    return render(request, template, context)


def _share(share: Share, *, at: Any) -> dict[str, Any]:
    return {
        "share": share, "url": reverse("desk:share", args=[share.pk]), "badges": share_badges(share),
        "agency": share.agency.short_name if share.agency is not None else share.body_name,
        "person": share.person.full_name if share.person is not None else "", "chip": share_due(share, at=at),
    }  # fmt: skip
