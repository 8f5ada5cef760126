"""What every page knows: the city's name and hotlines, the theme chosen here, whether this is the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


@cache
def _provider(path: str) -> Callable[[HttpRequest], Mapping[str, Any]]:
    provider: Callable[[HttpRequest], Mapping[str, Any]] = import_string(path)
    return provider


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: `theme`, `demo`, and what the callable named by LANGNGHE_SITE_FACTS adds.

    That callable takes the request and gives `city_name` (str), `hotlines` (list of dicts name, number, hours) and
    whatever else the city's data say about the site.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    context: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "demo": bool(getattr(settings, "DEMO", False)),
    }
    path = getattr(settings, "LANGNGHE_SITE_FACTS", "")
    if path:
        context.update(_provider(path)(request))
    return context
