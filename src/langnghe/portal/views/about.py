"""How it works, who answers by when, the ways in, and what happens to personal data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langnghe.cases import settings as city_settings
from langnghe.cases.models import Channel
from langnghe.intake.selectors import catalogue
from langnghe.portal.views.common import language
from langnghe.portal.views.receipt import picture
from langnghe.ui.access import public
from langnghe.ui.words import city_text, vietnamese
from langnghe.worktime import clock
from langnghe.worktime import selectors as worktime
from langnghe.worktime.format import term_words

TOLD = ("intake", "transfer", "receive", "answer", "publish", "reply", "reopen")
"""The steps whose terms citizens are told."""


def _terms(today: date) -> list[dict[str, Any]]:
    steps = {
        "intake": _("Văn phòng đọc, phân loại"),
        "transfer": _("Chuyển cơ quan có trách nhiệm"),
        "receive": _("Cơ quan nhận"),
        "answer": _("Trả lời ông/bà"),
        "publish": _("Công khai trả lời"),
        "reply": _("Ông/bà bổ sung thông tin khi được hỏi"),
        "reopen": _("Ông/bà đề nghị xử lý lại, từ ngày có trả lời"),
    }
    regimes = {"": _("Mọi loại"), "admin": _("Quy định, hành vi hành chính"), "field": _("Hiện trường")}
    levels = {"": "", "normal": _("bình thường"), "urgent": _("khẩn"), "complex": _("phức tạp")}
    rows = [row for row in worktime.all_rules() if row.step in TOLD and row.applies_on(today)]
    rows.sort(key=lambda row: (row.regime == "", row.regime, row.amount))
    groups = []
    for step, words in steps.items():
        told: list[dict[str, Any]] = []
        for row in rows:
            if row.step == step:
                kind = _("Các loại khác") if not row.regime and told else str(regimes.get(row.regime, row.regime))
                level = str(levels.get(row.urgency, ""))
                term = term_words(row.amount, row.unit, language())
                told.append(
                    {
                        "kind": f"{kind}, {level}" if level else kind,
                        "term": term,
                        "source": row.source,
                        "assumed": row.assumed,
                    }
                )
        if told:
            groups.append({"step": words, "rows": told})
    return groups


@public
@require_safe
def about(request: HttpRequest) -> HttpResponseBase:
    """How it works, with the table of terms from the city's rules. No query when the rules are known."""
    today = clock.today()
    context = {
        "section": "about",
        "terms": _terms(today),
        "office": catalogue().office,
        "complaint": city_text(city_settings.city(today), "complaint_guidance"),
        "denunciation": city_text(city_settings.city(today), "denunciation_guidance"),
    }
    return render(request, "portal/about.html", context)


def _channels(today: date) -> list[dict[str, str]]:
    valid = (Q(valid_from=None) | Q(valid_from__lte=today)) & (Q(valid_to=None) | Q(valid_to__gte=today))
    english = language() == "en"
    return [
        {
            "name": row.name_en if english and row.name_en else vietnamese(row.name),
            "contact": vietnamese(row.contact),
            "hours": vietnamese(row.hours),
            "note": vietnamese(row.note),
        }
        for row in Channel.objects.filter(valid, published=True).order_by("pk")
    ]


@public
@require_safe
def channels(request: HttpRequest) -> HttpResponseBase:
    """The published ways in (Decree 20/2008, article 13). One query."""
    return render(request, "portal/channels.html", {"section": "about", "channels": _channels(clock.today())})


@public
@require_safe
def notice(request: HttpRequest) -> HttpResponseBase:
    """The notice to print and post at every office, with the address as a picture."""
    address = settings.BASE_URL.rstrip("/") + reverse("portal:home")
    context = {
        "channels": _channels(clock.today()),
        "qr": picture(address),
        "address": address,
        "office": catalogue().office,
    }
    return render(request, "portal/notice_print.html", context)


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponseBase:
    """Which personal data are asked for, who reads them, when they go."""
    return render(request, "portal/privacy.html", {"section": "about", "office": catalogue().office})


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponseBase:
    """What these pages promise to people who see, hear or move less well, and whom to tell."""
    return render(request, "portal/accessibility.html", {"section": "about"})
