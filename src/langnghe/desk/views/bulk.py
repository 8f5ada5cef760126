"""One act on several cases of a queue: asked once, done case by case, with a summary of what was refused and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from langnghe.acts.errors import ActError
from langnghe.cases import selectors, services
from langnghe.cases.models import Case
from langnghe.cases.workflow import AGENCY_LEADS, TRANSFERRED
from langnghe.desk.access import Roles, allow, roles_of_request
from langnghe.desk.forms.bulk import BulkAssignForm, BulkClassifyForm, BulkForm, BulkTransferForm
from langnghe.texts import whole_number
from langnghe.triage import services as triage
from langnghe.ui import flash
from langnghe.ui.refusals import seen_version
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock

MOST = 60
"""So many cases are taken at once: two pages of a queue."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """An act on several cases: who does it, what it asks for, how it is done with one case."""

    label: Any
    roles: frozenset[str]
    form: type[BulkForm]
    run: Callable[[Case, dict[str, Any], dict[str, Any]], Case]


def _classify(case: Case, data: dict[str, Any], common: dict[str, Any]) -> Case:
    return triage.confirm_classification(
        regime=data["regime"], field_id=data["field"], urgency=data["urgency"], subject=data["subject"],
        level=data["level"], procedure_id=case.procedure_id, **common,
    )  # fmt: skip


def _transfer(case: Case, data: dict[str, Any], common: dict[str, Any]) -> Case:
    return triage.confirm_transfer(agency_id=data["agency"], reason=data["reason"], **common)


def _assign(case: Case, data: dict[str, Any], common: dict[str, Any]) -> Case:
    """What the agency has not accepted yet is accepted with it: two acts on record."""
    if case.state == TRANSFERRED:
        case = services.accept(**common)
        common = {**common, "expected_version": case.version}
    return services.assign(handler_id=data["handler"], **common)


BULK = {
    "classify": Bulk(gettext_lazy("Phân loại"), frozenset({"coordinator"}), BulkClassifyForm, _classify),
    "transfer": Bulk(gettext_lazy("Chuyển cơ quan xử lý"), frozenset({"coordinator"}), BulkTransferForm, _transfer),
    "assign": Bulk(gettext_lazy("Giao người xử lý"), AGENCY_LEADS, BulkAssignForm, _assign),
}


def buttons(roles: Roles, acts: Sequence[str]) -> list[dict[str, Any]]:
    """The buttons over a queue for what the person may do with several of its rows."""
    return [{"label": BULK[act].label, "name": "act", "value": act} for act in acts if roles.codes & BULK[act].roles]


@require_POST
@allow("coordinator", "focal_point", "head")
def page(request: HttpRequest) -> HttpResponse:
    """First the chosen cases and the form; with the form filled in, the act. Each case is done or refused by itself."""
    bulk = BULK.get(request.POST.get("act", ""))
    if bulk is None:
        raise Http404
    roles, at = roles_of_request(request), clock.now()
    actors = [actor for actor in roles.actors if actor.role in bulk.roles]
    if not actors:
        raise PermissionDenied
    keys = [key for text in request.POST.getlist("case")[:MOST] if (key := whole_number(text)) is not None]
    found = selectors.visible(roles.actors).filter(pk__in=keys).select_related("agency", "field", "commune")
    cases = sorted(found, key=lambda case: keys.index(case.pk))
    back = _back(request)
    if not cases:
        flash.warn(request, _("Hãy đánh dấu ít nhất một phản ánh."))
        return redirect(back)
    asked = "asked" in request.POST
    agencies = sorted({actor.agency_id for actor in actors if actor.agency_id is not None})
    form = bulk.form(request.POST if asked else None, at=at, agencies=agencies)
    if asked and form.is_valid():
        _do(request, bulk, cases, actors, form.cleaned_data, at)
        return redirect(back)
    context = {
        "title": bulk.label,
        "act": request.POST["act"],
        "form": form,
        "cases": [(case, request.POST.get(f"version-{case.pk}", case.version)) for case in cases],
        "back": back,
    }
    return render(request, "desk/bulk.html", context, status=422 if asked else 200)


def _do(
    request: HttpRequest, bulk: Bulk, cases: Sequence[Case], actors: Sequence[Actor], data: dict[str, Any], at: Any
) -> None:
    done, refused = [], []
    for case in cases:
        actor = next((one for one in actors if one.agency_id in (None, case.agency_id)), actors[0])
        try:
            common = {
                "case_id": case.pk,
                "actor": actor,
                "at": at,
                "expected_version": seen_version(request, f"version-{case.pk}"),
            }
            with transaction.atomic():
                bulk.run(case, data, common)
        except ActError as error:
            refused.append(f"{case.code}: {error.message}")
        else:
            done.append(case.code)
    if done:
        words = ngettext(
            "%(act)s: đã xong %(n)s phản ánh (%(codes)s).", "%(act)s: đã xong %(n)s phản ánh (%(codes)s).", len(done)
        )
        flash.done(request, words % {"act": bulk.label, "n": len(done), "codes": ", ".join(done)})
    if refused:
        words = ngettext(
            "Không làm được %(n)s phản ánh. %(why)s", "Không làm được %(n)s phản ánh. %(why)s", len(refused)
        )
        flash.failed(request, words % {"n": len(refused), "why": " ".join(refused)})


def _back(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("desk:home")
