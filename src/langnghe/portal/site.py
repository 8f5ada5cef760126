"""What every page says of the city: its name, its hotlines, whom to call when in danger. From settings; no query of
its own more often than every half minute a process (see `cases.settings`)."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.cases import settings as city_settings
from langnghe.worktime import clock


def hotlines() -> list[dict[str, str]]:
    """The published hotlines: name, number, dial (digits for a telephone), hours."""
    text = city_settings.text("hotline", clock.today())
    numbers = [part.strip() for part in text.split(";") if part.strip()]
    return [
        {"name": _("Đường dây nóng"), "number": number, "dial": re.sub(r"\D", "", number.partition(",")[0]), "hours": ""}
        for number in numbers
    ]


def site_facts(request: HttpRequest) -> dict[str, Any]:
    """City name, hotlines, emergency line and links of the foot, for `ui.context`."""
    today = clock.today()
    return {
        "city_name": city_settings.text("city_name", today),
        "hotlines": hotlines(),
        "emergency": city_settings.text("emergency_guidance", today),
        "footer_links": [
            {"label": _("Các kênh tiếp nhận"), "url": reverse("portal:channels")},
            {"label": _("Dữ liệu cá nhân"), "url": reverse("portal:privacy")},
            {"label": _("Trợ năng"), "url": reverse("portal:accessibility")},
            {"label": _("Nguồn tin Atom"), "url": reverse("portal:feed")},
        ],
    }
