"""The bodies as plans name them, and how well plans are read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from langnghe.agencies.models import Agency, AgencyKind
from langnghe.desk.access import allow, roles_of_request, signed_in
from langnghe.desk.forms.register import BodyForm
from langnghe.desk.views.plans.common import attempt
from langnghe.desk.views.plans.register_enter import address
from langnghe.desk.views.plans.register_words import FIELD_WORDS, value_words
from langnghe.plans.models import Body, ItemKind
from langnghe.plans.rules_register import FIELDS, Tally
from langnghe.plans.selectors import accuracy as selectors
from langnghe.plans.services import bodies as services
from langnghe.plans.services.bodies import Directory, name_key
from langnghe.texts import vietnamese_sort_key
from langnghe.ui.items import Part
from langnghe.ui.words import percent
from langnghe.worktime import clock

EDITORS = ("coordinator", "administrator")


# --- bodies -----------------------------------------------------------------------------------------------------------


@allow(*EDITORS)
def bodies(request: HttpRequest) -> HttpResponse:
    """All bodies, with whom each name means today."""
    today = clock.today()
    directory = Directory()
    text, which = name_key(request.GET.get("q", "")[:200]), request.GET.get("la", "")
    kinds = dict(AgencyKind.choices)
    rows = []
    for body in sorted(directory.bodies, key=lambda one: vietnamese_sort_key(one.name)):
        sort = "nhieu" if body.collective else "mot" if body.agency_id else "ngoai"
        if (which and which != sort) or text not in name_key(" ".join([body.name, *body.aliases])):
            continue
        resolved = directory.resolve(body.name, on=today, today=today)
        agency = directory.agencies.get(body.agency_id or 0)
        rows.append(
            {
                "body": body,
                "sort": sort,
                "kinds": ", ".join(str(kinds[kind]) for kind in body.member_kinds if kind in kinds),
                "agency": agency,
                "now": [one.agency for one in resolved.carriers],
                "ended": agency.valid_to if agency is not None and not agency.is_active(today) else None,
                "doubts": resolved.doubts if body.collective else [],
            }
        )
    parts = [
        Part(_("có chứa"), "q", _("Từ cần tìm"), request.GET.get("q", "")[:200], placeholder=_("tên, cách gọi khác")),
        Part(
            _("là"), "la", _("Là"), which,
            [
                ("", _("mọi loại")), ("mot", _("một cơ quan")), ("nhieu", _("nhiều cơ quan")),
                ("ngoai", _("ngoài hệ thống")),
            ],
        ),
    ]  # fmt: skip
    return render(request, "desk/plans/bodies.html", {"rows": rows, "parts": parts, "total": len(directory.bodies)})


def _choices() -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in Agency.objects.order_by("sort_key")]


@allow(*EDITORS)
def body(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add a body (pk 0) or change it."""
    row = Body.objects.filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise Http404
    initial: dict[str, Any] = {}
    if row is not None:
        initial = {
            "name": row.name, "aliases": "\n".join(row.aliases), "agency": row.agency_id or "",
            "member_kinds": row.member_kinds, "valid_from": row.valid_from, "valid_to": row.valid_to, "note": row.note,
        }  # fmt: skip
    form = BodyForm(request.POST or None, agencies=_choices(), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        saved = attempt(
            form,
            lambda: services.save_body(
                body=row, name=given["name"], aliases=given["aliases"].splitlines(), agency_id=given["agency"],
                member_kinds=given["member_kinds"], valid_from=given["valid_from"], valid_to=given["valid_to"],
                note=given["note"], actor=roles_of_request(request).actor(*EDITORS), at=clock.now(),
            ),
        )  # fmt: skip
        if saved is not None:
            messages.success(request, _("Đã lưu “%(name)s”.") % {"name": saved.name})
            return redirect("desk:plan_bodies")
    context = {"form": form, "body": row}
    return render(request, "desk/plans/body.html", context, status=422 if request.method == "POST" else 200)


# --- accuracy ---------------------------------------------------------------------------------------------------------


def _ratio(right: int, n: int) -> str:
    return f"{percent(100 * right / n, 1)} ({right}/{n})" if n else "–"


def _tables(total: Tally) -> list[dict[str, Any]]:
    tables = []
    for kind in ItemKind.values:
        row = total.get(kind)
        if not row:
            continue
        found, rejected, missed = row.get("found", 0), row.get("rejected", 0), row.get("missed", 0)
        kept = found - rejected
        tables.append(
            {
                "title": ItemKind(kind).label,
                "figures": [
                    (_("Máy tìm ra"), found),
                    (_("Đúng là mục"), _ratio(kept, found)),
                    (_("Máy bỏ sót"), _ratio(missed, kept + missed)),
                    (_("Đúng trọn mục"), _ratio(row.get("whole", 0), kept)),
                    (_("Máy nghi vấn"), row.get("doubted", 0)),
                    (_("Nghi vấn mà sai thật"), _ratio(row.get("doubted_wrong", 0), row.get("doubted", 0))),
                ],
                "fields": [
                    {"label": FIELD_WORDS[name], "n": n, "ratio": _ratio(right, n), "right": right,
                     "percent": round(100 * right / n, 1) if n else 0}
                    for name in FIELDS[kind]
                    if name in row["fields"]
                    for n, right in [row["fields"][name]]
                ],
            }
        )  # fmt: skip
    return tables


@signed_in
def accuracy(request: HttpRequest) -> HttpResponse:
    """How often the reader was right, by field and by month, and the latest corrections."""
    found = selectors.accuracy()
    months = []
    for month, count, counted in found.months[:24]:
        task = counted.get("task") or {"fields": {}}
        fields = task["fields"]
        months.append(
            {
                "month": f"{month:%m/%Y}",
                "documents": count,
                "tasks": task.get("found", 0),
                "cells": [_ratio(*reversed(fields.get(name, [0, 0]))) for name in MONTHLY],
            }
        )
    corrections = [
        {
            "kind": one.item.get_kind_display(),
            "field": FIELD_WORDS[one.field],
            "read": value_words(one.field, one.read),
            "right": value_words(one.field, one.right),
            "why": one.reason,
            "quote": str(one.item.current.get("quote") or ""),
            "document": one.item.document,
            "url": f"{address(one.item.document)}#i-{one.item.pk}",
        }
        for one in selectors.latest_corrections()
    ]
    context = {
        "documents": found.documents,
        "tables": _tables(found.total),
        "months": months,
        "heads": [FIELD_WORDS[name] for name in MONTHLY],
        "corrections": corrections,
    }
    return render(request, "desk/plans/register_accuracy.html", context)


MONTHLY = ("quote", "lead", "cooperate", "deadline", "report_to")
