"""Sending feedback: one form of three short steps, a preview of what the public will see, then the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langnghe.cases import settings as city_settings
from langnghe.files.http import UPLOADS, Carried
from langnghe.intake import rules, selectors, services
from langnghe.intake.selectors import catalogue
from langnghe.portal.forms import ABOUT, SubmitForm, new_key
from langnghe.portal.views import receipt
from langnghe.portal.views.common import address_of, carried, language, private
from langnghe.publication.scanner import redact, scan
from langnghe.texts import clean_input
from langnghe.ui.access import public
from langnghe.ui.items import Fact, Step
from langnghe.worktime import clock

CARRIED = (
    "about", "body", "title", "proposal", "commune", "place", "latitude", "longitude", "name", "address", "phone",
    "email", "business", "publish_name", "submission_key",
)  # fmt: skip
"""What the preview carries along in hidden inputs."""

SUGGESTIONS_PER_HOUR = 1200


@public
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponseBase:
    """GET: the form. POST step=preview: what the public will see; step=edit: back to the form; otherwise: send."""
    if request.method != "POST":
        first = {"submission_key": new_key(), "about": request.GET.get("ve", "")}
        return _form(request, SubmitForm(initial=first), Carried())
    at = clock.now()
    step = request.POST.get("step", "send")
    if step == "edit":
        kept = {name: request.POST.get(name, "") for name in CARRIED}
        return _form(request, SubmitForm(initial=kept), carried(request, (), at=at))
    form = SubmitForm(request.POST, request.FILES)
    sound = form.is_valid()
    kept_files = carried(request, request.FILES.getlist("files"), at=at)
    for message in kept_files.errors:
        form.add_error("files", message)
    if not sound or kept_files.errors:
        return _form(request, form, kept_files)
    if step == "preview":
        return _preview(request, form, kept_files)
    address = address_of(request)
    if not services.throttle(purpose="submit", address=address, limit=settings.SUBMISSIONS_PER_HOUR, at=at):
        form.add_error(
            None,
            _("Từ mạng này vừa có quá nhiều phản ánh. Ông/bà chờ ít phút rồi bấm gửi lại, hoặc gọi đường dây nóng."),
        )
        return _form(request, form, kept_files, status=429)
    made = services.submit(given=_submission(form.cleaned_data, kept_files), at=at)
    token = receipt.token_of(made.case.pk)
    answer = redirect("portal:receipt", token)
    if made.repeated:
        answer["Location"] += "?lai=1"
    return answer


def _submission(data: dict[str, Any], kept: Carried) -> services.Submission:
    return services.Submission(
        about=data["about"], body=data["body"], title=data["title"], proposal=data["proposal"],
        submission_key=data["submission_key"], channel_id=catalogue().channels[selectors.WEB], language=language(),
        commune_id=data["commune_id"], place=data["place"], latitude=data["latitude"], longitude=data["longitude"],
        name=data["name"], address=data["address"], phone=data["phone"], email=data["email"],
        business=data["business"], publish_name=data["publish_name"], file_ids=kept.ids,
    )  # fmt: skip


def _form(request: HttpRequest, form: SubmitForm, kept: Carried, *, status: int = 200) -> HttpResponse:
    today = clock.today()
    if form.is_bound and "submission_key" in form.errors:
        # A key that was lost or broken is our affair, not the sender's.
        data = cast(QueryDict, form.data).copy()
        data["submission_key"] = new_key()
        form.data = data
        del form.errors["submission_key"]
        form.add_error(None, _("Ông/bà xem lại rồi bấm gửi một lần nữa."))
    context = {
        "section": "submit",
        "form": form,
        "uploaded": kept.shown,
        "communes": [name for _key, name in catalogue().communes],
        "complaint": city_settings.text("complaint_guidance", today),
        "denunciation": city_settings.text("denunciation_guidance", today),
        "steps": _steps(1),
    }
    return render(request, "portal/submit.html", context, status=status)


def _steps(now: int) -> list[Step]:
    names = (_("Viết"), _("Xem lại"), _("Nhận mã"))
    return [Step(name, "done" if at < now else "now" if at == now else "next") for at, name in enumerate(names, 1)]


def _preview(request: HttpRequest, form: SubmitForm, kept: Carried) -> HttpResponse:
    data = form.cleaned_data
    known = [data[name] for name in ("name", "phone", "email", "address") if data[name]]
    commune = catalogue().commune(data["commune_id"])
    places = [commune] if commune else []

    def seen(text: str) -> str:
        return redact(text, scan(text, known=known, places=places)).text

    title = rules.title_of(data["title"], data["body"])
    shown_name = data["name"] if data["publish_name"] and data["name"] else _("được giữ kín")
    held = [(form.fields[name].label, data[name]) for name in ("name", "address", "phone", "email") if data[name]]
    context = {
        "section": "submit",
        "steps": _steps(2),
        "public_title": seen(title),
        "public_body": seen(data["body"]),
        "public_facts": [
            Fact(_("Nơi xảy ra"), ", ".join(part for part in (seen(data["place"]), commune) if part) or _("không ghi")),
            Fact(_("Người gửi"), shown_name),
        ],
        "changed": seen(data["body"]) != data["body"] or seen(title) != title or seen(data["place"]) != data["place"],
        "about": dict(ABOUT)[data["about"]],
        "held": [Fact(term, value) for term, value in held],
        "anonymous": not held,
        "files": kept.shown,
        "carried": [(name, _raw(form, name)) for name in CARRIED if _raw(form, name)],
        "upload_field": UPLOADS,
    }
    return render(request, "portal/preview.html", context)


def _raw(form: SubmitForm, name: str) -> str:
    value = form.cleaned_data.get(name)
    if value is True:
        return "on"
    return "" if value in (None, False) else str(value)


@public
@require_POST
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """While one writes: similar published answers, open reports nearby, the likely field. At most three queries."""
    at: datetime = clock.now()
    text = clean_input(f"{request.POST.get('title', '')} {request.POST.get('body', '')}"[:4000])
    found: dict[str, Any] = {}
    if len(text) >= 15 and services.throttle(
        purpose="suggest", address=address_of(request), limit=SUGGESTIONS_PER_HOUR, at=at
    ):
        found = _suggest(request, text)
    return private(render(request, "portal/parts/suggestions.html", found))


def _suggest(request: HttpRequest, text: str) -> dict[str, Any]:
    known = catalogue()
    about = request.POST.get("about", "")
    regime = rules.regime_of(about)[0] if about in rules.ABOUT else ""
    communes = rules.match_commune(request.POST.get("commune", "")[:120], known.communes)
    field = known.field(rules.likely(text, known.keywords, regime=regime))
    procedure = rules.likely_procedure(text, known.procedures) if regime != "field" else None
    return {
        "similar": selectors.similar_answers(text),
        "nearby": selectors.open_nearby(text, communes[0]) if len(communes) == 1 else [],
        "field": field,
        "agency": _agency(field, known.commune(communes[0]) if len(communes) == 1 else ""),
        "procedure": dict(known.procedures).get(procedure or 0, ""),
    }


def _agency(field: selectors.FieldNames | None, commune: str) -> str:
    if field is None:
        return ""
    if field.commune_first:
        return commune or _("Ủy ban nhân dân xã, phường nơi xảy ra")
    return field.agency
