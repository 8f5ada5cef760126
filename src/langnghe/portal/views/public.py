"""What has passed the public gate: list, case, files, feeds. Nothing here reads the agency's copy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langnghe.cases.models import Outcome, Regime
from langnghe.files.http import serve
from langnghe.intake.selectors import catalogue
from langnghe.portal import feeds
from langnghe.portal.forms import FollowForm
from langnghe.portal.views.common import canonical, language
from langnghe.publication import selectors as publication
from langnghe.publication.models import PublicCase, PublicFile
from langnghe.publication.selectors import PublicFilter
from langnghe.texts import clean_input, excerpt
from langnghe.ui.access import public
from langnghe.ui.items import Fact, Part, Shot
from langnghe.ui.words import long_date


@dataclass(frozen=True, slots=True)
class Listed:
    """A public case in a list."""

    url: str
    code: str
    title: str
    text: str
    agency: str
    commune: str
    on: Any
    outcome: str
    open: bool


def listed(row: PublicCase, *, around: str = "") -> Listed:
    """What a list shows of a public case."""
    return Listed(
        reverse("portal:public_case", args=[row.code]), row.code, row.title,
        excerpt(row.answer or row.body, 200, around=around), row.agency_name, row.commune_name, row.published_at,
        _outcome(row), row.state == "open",
    )  # fmt: skip


def _outcome(row: PublicCase) -> str:
    return str(Outcome(row.outcome).label) if row.outcome in Outcome.values else ""


def _one_of(text: str, allowed: Collection[str]) -> str:
    return text if text in allowed else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@public
@require_safe
def public_list(request: HttpRequest) -> HttpResponseBase:
    """Search, with or without marks; filters as a sentence; pages by key. Two queries."""
    get = request.GET
    text = clean_input(get.get("q", "")[:200], single_line=True)
    known = catalogue()
    wanted = PublicFilter(
        text=text, field_id=_number(get.get("linh-vuc", "")), agency_id=_number(get.get("co-quan", "")),
        commune_id=_number(get.get("xa-phuong", "")), regime=_one_of(get.get("loai", ""), Regime.values),
        outcome=_one_of(get.get("ket-qua", ""), Outcome.values),
    )  # fmt: skip
    page = publication.public_list(wanted, key=get.get("trang", "")[:200])
    chosen = {key: str(value) for key, value in get.items() if key != "trang" and value}
    agencies = publication.agencies_with_cases()
    english = language() == "en"
    parts = [
        Part(name="q", label=_("Tìm trong phản ánh đã công khai"), value=text,
             placeholder=_("Tìm chữ hoặc mã, không dấu cũng được")),
        Part(text=_("về")),
        Part(name="linh-vuc", label=_("Lĩnh vực"), value=get.get("linh-vuc", ""),
             options=[("", _("mọi lĩnh vực")), *((str(one.id), one.said(english=english)) for one in known.fields)]),
        Part(text=_("do")),
        Part(name="co-quan", label=_("Cơ quan trả lời"), value=get.get("co-quan", ""),
             options=[("", _("mọi cơ quan")), *((str(key), name) for key, name in agencies)]),
        Part(text=_("trả lời, ở")),
        Part(name="xa-phuong", label=_("Xã, phường"), value=get.get("xa-phuong", ""),
             options=[("", _("mọi xã, phường")), *((str(key), name) for key, name in known.communes)]),
        Part(text=_("loại")),
        Part(name="loai", label=_("Loại phản ánh"), value=wanted.regime,
             options=[("", _("bất kỳ")), ("field", _("hiện trường")), ("admin", _("quy định, hành vi hành chính"))]),
    ]  # fmt: skip
    here = reverse("portal:public_list")
    context = {
        "section": "public",
        "parts": parts,
        "rows": [listed(row, around=text) for row in page.rows],
        "newer": _with(here, chosen, page.before),
        "older": _with(here, chosen, page.after),
        "clear": here if chosen else "",
        "here": here,
        "searched": bool(chosen),
    }
    return render(request, "portal/public_list.html", context)


def _with(here: str, chosen: dict[str, str], key: str) -> str:
    return f"{here}?{urlencode({**chosen, 'trang': key})}" if key else ""


@public
@require_safe
def public_case(request: HttpRequest, code: str) -> HttpResponseBase:
    """One public case: the report, the answer with its proof. Three queries."""
    return show_case(request, code)


def show_case(request: HttpRequest, code: str, form: FollowForm | None = None) -> HttpResponseBase:
    """The page of a public case; with a follow form that had a mistake, if there is one."""
    wanted = canonical(code)
    row = publication.public_case(wanted) if wanted else None
    if row is None:
        raise Http404
    if wanted != code:
        return redirect("portal:public_case", wanted, permanent=True)
    shots = {role: [_shot(one) for one in row.files.all() if one.role == role] for role in ("report", "proof")}
    place = ", ".join(part for part in (row.place, row.commune_name) if part)
    facts = [
        Fact(_("Gửi ngày"), long_date(row.received_on)),
        Fact(_("Người gửi"), row.sender_name or _("được giữ kín")),
    ]
    facts += [Fact(term, value) for term, value in ((_("Lĩnh vực"), row.field_name), (_("Nơi xảy ra"), place)) if value]
    facts.append(Fact(_("Loại"), Regime(row.regime).label))
    if row.agency_name:
        facts.append(Fact(_("Cơ quan trả lời") if row.answer else _("Cơ quan xử lý"), row.agency_name))
    if row.on_time is not None:
        facts.append(Fact(_("Thời hạn"), _("Trả lời đúng hạn") if row.on_time else _("Trả lời sau hạn")))
    done = ". ".join(part.rstrip(". ") for part in (row.done_what, row.done_by) if part)
    if done and row.done_on is not None:
        done = f"{done} ({row.done_on:%d/%m/%Y})"
    answer = {
        "outcome": _outcome(row), "text": row.answer, "done": done, "agency": row.agency_name, "at": row.answered_at,
        "legal_basis": row.legal_basis, "promised": row.scheduled_on,
    }  # fmt: skip
    context = {
        "section": "public",
        "row": row,
        "facts": facts,
        "answer": answer if row.answer else None,
        "report_files": shots["report"],
        "proof_files": shots["proof"],
        "canonical": settings.BASE_URL.rstrip("/") + reverse("portal:public_case", args=[row.code]),
        "description": excerpt(row.answer or row.body, 160),
        "follow": (form or FollowForm()) if row.state == "open" else None,
        "crumbs": [{"label": _("Phản ánh đã công khai"), "url": reverse("portal:public_list")}],
    }
    return render(request, "portal/public_case.html", context)


def _shot(one: PublicFile) -> Shot:
    url = reverse("portal:public_file", args=[one.pk])
    picture = one.file.is_image
    alt = one.caption or (_("Ảnh bằng chứng") if one.role == "proof" else _("Ảnh người gửi đính kèm"))
    # The name that the sender gave a file may be personal; the public sees a name of ours.
    name = (
        alt if picture else one.caption or _("Tài liệu %(type)s") % {"type": one.file.name.rpartition(".")[2].upper()}
    )
    return Shot(url, name, thumb=f"{url}?nho=1" if picture else "", alt=alt, size=one.file.size)


@public
@require_safe
def public_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A file that a person chose to show. One query."""
    found = publication.public_file(key)
    if found is None:
        raise Http404
    # Not the sender's own name for the file.
    found.file.name = f"{key}.{found.file.name.rpartition('.')[2]}"
    try:
        return serve(found.file, inline=True, thumbnail="nho" in request.GET)
    except FileNotFoundError:
        raise Http404 from None


@public
@require_safe
def feed(request: HttpRequest, agency: str = "", field: str = "") -> HttpResponseBase:
    """The newest published cases as Atom, of all, of one agency or of one field. Two queries."""
    return feeds.respond(request, agency=agency, field=field)
