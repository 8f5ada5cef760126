"""How reports are built and set: the city's to change, from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.ledger import services as ledger
from langnghe.reports.errors import refusal
from langnghe.reports.models import ReportTemplate
from langnghe.workflow.actor import Actor

PERIODIC = "dinh-ky"
MEETING = "giao-ban"
FILLS = (
    "done", "doing", "late", "indicators", "feedback", "obstacles", "proposals", "conclusions",
    "late_agencies", "on_time", "indicators_all", "reporting", "obstacles_all",
)  # fmt: skip


def template_for(code: str, on: date) -> ReportTemplate:
    """The template of a code that holds on a day; the earliest where none held yet. ActError when there is none.
    One query."""
    rows = list(ReportTemplate.objects.filter(code=code).order_by("-valid_from"))
    found = next((row for row in rows if row.valid_from <= on), rows[-1] if rows else None)
    if found is None:
        raise ActError(_("Chưa có mẫu báo cáo “%(code)s”.") % {"code": code})
    return found


def save_template(
    *,
    code: str,
    name: str,
    sections: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    valid_from: date,
    source: str,
    actor: Actor,
    at: datetime,
) -> ReportTemplate:
    """A new row that holds from a day on; what was built by the old one stays as it is. The same day again replaces
    it. NotAllowed for anybody but the city office; ActError for a day that is over or for sections that no report
    can be filled from."""
    if actor.role != "coordinator":
        raise refusal("role")
    if valid_from < at.date():
        raise ActError(_("Mẫu mới áp dụng từ hôm nay hoặc một ngày sau."), field="valid_from")
    kept = [
        {"code": str(one["code"]), "title": str(one["title"]).strip(), "fill": str(one["fill"])}
        for one in sections
        if str(one.get("title", "")).strip()
    ]
    if not kept:
        raise ActError(_("Mẫu phải có ít nhất một mục."), field="sections")
    if len({one["code"] for one in kept}) != len(kept) or any(one["fill"] not in FILLS for one in kept):
        raise ActError(_("Có mục trùng mã hoặc nguồn số liệu không có."), field="sections")
    with transaction.atomic():
        row, _new = ReportTemplate.objects.update_or_create(
            code=code,
            valid_from=valid_from,
            defaults={"name": name, "sections": kept, "layout": dict(layout), "source": source},
        )
        ledger.record(
            kind="report_template", subject_id=row.pk, act="save", actor=actor, at=at,
            data={"code": code, "valid_from": valid_from.isoformat(), "sections": [one["code"] for one in kept]},
        )  # fmt: skip
    return row
