"""What every page knows: the city's name and hotlines, the theme chosen here, and the clock of the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from langnghe.cases import settings as city_settings
from langnghe.ui import words
from langnghe.worktime import clock

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html and desk.html: theme, demo, demo_clock, city_name, hotlines, footer_text, emergency.

    hotlines: dicts name, number, dial, hours, from the setting `hotlines` (a list of such) or `hotline` (one text).
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    demo = bool(getattr(settings, "DEMO", False))
    now = clock.now()
    city = city_settings.city(now.date())
    hotlines = city.get("hotlines")
    if not isinstance(hotlines, list):
        number = str(city.get("hotline", ""))
        digits = "".join(sign for sign in number.partition(",")[0] if sign.isdigit())
        hotlines = [{"name": _("Đường dây nóng"), "number": number, "dial": digits}] if number else []
    moved = demo and clock.movable() and bool(clock.offset())
    return {
        "theme": theme if theme in THEMES else "",
        "demo": demo,
        "demo_clock": _("Đồng hồ thử đang đặt ở %(moment)s.") % {"moment": words.moment(now)} if moved else "",
        "city_name": city.get("city_name", ""),
        "hotlines": hotlines,
        "footer_text": words.city_text(city, "footer_text"),
        "emergency": words.city_text(city, "emergency"),
    }
