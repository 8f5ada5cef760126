"""Fields, procedures, channels, reasons for declining, canned texts, and the numbers and texts of the city."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langnghe.cases import catalogue as known
from langnghe.cases.models import Regime, Setting
from langnghe.cases.services import catalogue as services
from langnghe.desk.forms.admin import ROWS, RowForm, SettingForm
from langnghe.desk.views.admin.common import actor_of, admin_only, attempt, forget_catalogues
from langnghe.desk.views.admin.history import events_of
from langnghe.texts import whole_number
from langnghe.ui import flash
from langnghe.ui.items import Link
from langnghe.worktime import clock

SLUGS = {
    "linh-vuc": "field",
    "thu-tuc": "procedure",
    "kenh": "channel",
    "ly-do": "decline_reason",
    "mau-cau": "canned_text",
}
PAGE = 100


def _titles() -> dict[str, str]:
    return {
        "linh-vuc": _("Lĩnh vực"),
        "thu-tuc": _("Thủ tục"),
        "kenh": _("Kênh tiếp nhận"),
        "ly-do": _("Lý do không tiếp nhận"),
        "mau-cau": _("Mẫu câu trả lời"),
        "gia-tri": _("Giá trị của thành phố"),
    }


def _tabs(active: str) -> list[Link]:
    first = reverse("desk:admin_catalogue")
    return [
        Link(
            title,
            first
            if slug == "linh-vuc"
            else reverse("desk:admin_settings")
            if slug == "gia-tri"
            else reverse("desk:admin_rows", args=[slug]),
            active=slug == active,
        )
        for slug, title in _titles().items()
    ]


def _kind(slug: str) -> str:
    if slug not in SLUGS:
        raise Http404
    return SLUGS[slug]


@admin_only
@require_safe
def rows(request: HttpRequest, slug: str = "linh-vuc") -> HttpResponse:
    """One catalogue in Vietnamese order, by key. Two queries."""
    kind = _kind(slug)
    today = clock.today()
    found = services.MODELS[kind]._default_manager.order_by("sort_key", "pk")
    after, _bar, pk = request.GET.get("sau", "").rpartition("|")
    last = whole_number(pk)
    if after and last is not None:
        from django.db.models import Q

        found = found.filter(Q(sort_key__gt=after) | Q(sort_key=after, pk__gt=last))
    listed = list(found[: PAGE + 1])
    shown = [
        {"row": row, "facts": _facts(kind, row), "ended": row.valid_to is not None and row.valid_to < today}
        for row in listed[:PAGE]
    ]
    final = listed[PAGE - 1] if len(listed) > PAGE else None
    context = {
        "tabs": _tabs(slug),
        "rows": shown,
        "slug": slug,
        "title": _titles()[slug],
        "next": f"{final.sort_key}|{final.pk}" if final is not None else "",
    }
    return render(request, "desk/admin/catalogue.html", context)


def _facts(kind: str, row: Any) -> list[str]:
    """What a row of the list says beside its name; agencies and fields from the catalogue."""
    agencies = known.agencies()
    said: list[str] = []
    if kind in ("field", "canned_text") and row.regime:
        said.append(str(dict(Regime.choices)[row.regime]))
    if kind == "field":
        said += [agencies[row.default_agency_id].short_name] if row.default_agency_id in agencies else []
        said += [_("xã, phường nơi xảy ra")] if row.commune_first else []
    if kind in ("procedure", "canned_text") and row.field_id:
        field = known.field(row.field_id)
        said += [field.name] if field else []
    if kind == "procedure" and row.assumed:
        said.append(_("giá trị giả định"))
    if kind == "channel":
        said += [
            text
            for text in (
                row.contact,
                _("cán bộ nhập hộ") if row.staff_entry else "",
                "" if row.published else _("không công khai"),
            )
            if text
        ]
    if kind == "decline_reason":
        said += [row.legal_basis] if row.legal_basis else []
    return said


@admin_only
def row(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Make or change one row."""
    kind, at = _kind(slug), clock.now()
    model = services.MODELS[kind]
    there = model._default_manager.filter(pk=pk).first() if pk is not None else None
    if pk is not None and there is None:
        raise Http404
    form = ROWS[kind](request.POST or None, on=at.date(), new=pk is None, initial=_initial(ROWS[kind], there))
    if request.method == "POST" and form.is_valid():
        back = {"field_id": "field", "agency_id": "agency", "default_agency_id": "default_agency"}
        made = attempt(
            form,
            lambda: services.set_row(kind, pk=pk, values=form.values(), actor=actor_of(request), at=at),
            names=back,
        )
        if made is not None:
            forget_catalogues()
            flash.done(request, _("Đã lưu: %(name)s.") % {"name": made.name})
            return redirect("desk:admin_rows", slug)
    crumbs = [Link(_titles()[slug], reverse("desk:admin_rows", args=[slug]))]
    context: dict[str, Any] = {
        "form": form,
        "crumbs": crumbs,
        "submit": _("Lưu"),
        "kicker": there.code if there is not None else "",
        "title": there.name if there is not None else _("Thêm mục"),
        "events": events_of(kind, pk) if pk is not None else None,
    }
    return render(request, "desk/admin/form.html", context)


def _initial(form: type[RowForm], there: Any) -> dict[str, Any]:
    if there is None:
        return {"published": True}
    renamed = {"field": "field_id", "agency": "agency_id", "default_agency": "default_agency_id"}
    return {name: getattr(there, renamed.get(name, name)) for name in form.base_fields}


# --- settings ---------------------------------------------------------------------------------------------------------


def _names() -> dict[str, str]:
    """What the values of the city mean; other codes show as they are."""
    return {
        "city_name": _("Tên thành phố"),
        "case_prefix": _("Chữ đầu của mã phản ánh"),
        "report_open_days": _("Báo cáo hiện ra trước hạn bao nhiêu ngày"),
        "hotline": _("Đường dây nóng"),
        "hotlines": _("Các đường dây nóng"),
        "complaint_guidance": _("Hướng dẫn khi là khiếu nại"),
        "denunciation_guidance": _("Hướng dẫn khi là tố cáo"),
        "footer_text": _("Chữ ở chân trang"),
        "urgent_signs": _("Chữ báo hiệu việc khẩn, cách nhau bằng dấu chấm phẩy"),
        "emergency": _("Lời nhắc khi khẩn cấp"),
        "emergency_guidance": _("Lời nhắc khi khẩn cấp, trang gửi"),
    }


@admin_only
def settings(request: HttpRequest) -> HttpResponse:
    """The numbers and texts that the city sets, by day. Three queries."""
    at = clock.now()
    every = list(Setting.objects.order_by("code", "-valid_from"))
    chosen = next((row for row in every if str(row.pk) == request.GET.get("sua", "")), None)
    start: dict[str, Any] = {"valid_from": at.date()}
    if chosen is not None:
        start |= {"code": chosen.code, "value": _text(chosen.value), "source": chosen.source, "assumed": chosen.assumed}
    form = SettingForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: services.set_setting(**form.cleaned_data, actor=actor_of(request), at=at))
        if made is not None:
            forget_catalogues()
            flash.done(request, _("Đã lưu."))
            return redirect("desk:admin_settings")
    names = _names()
    shown = [
        {"row": row, "name": names.get(row.code, row.code), "value": _text(row.value), "state": _state(row, at.date())}
        for row in every
    ]
    context = {"tabs": _tabs("gia-tri"), "rows": shown, "form": form, "editing": chosen is not None or form.is_bound}
    return render(request, "desk/admin/settings.html", context)


def _state(row: Setting, today: date) -> str:
    if row.valid_from > today:
        return "later"
    return "past" if row.valid_to is not None and row.valid_to < today else "now"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
