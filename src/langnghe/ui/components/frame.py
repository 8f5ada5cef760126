"""The frame of a page: head, navigation, what just happened, language and theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from langnghe.ui.flash import UNDO

register = template.Library()
Dict = dict[str, Any]


@register.inclusion_tag("ui/parts/page_head.html")
def page_head(
    title: str,
    kicker: str = "",
    lead: str = "",
    crumbs: Sequence[Any] = (),
    next: str = "",
    next_url: str = "",
    next_label: str = "",
    badges: Sequence[Any] = (),
    actions: Sequence[Any] = (),
) -> Dict:
    """Where am I (crumbs, kicker, title), what is this (lead), what is next (a sentence, with a link).

    crumbs: Link dicts or items above this page. badges: Badge. actions: Link dicts with optional `kind` (of button).
    """
    return {
        "title": title, "kicker": kicker, "lead": lead, "crumbs": crumbs, "next": next, "next_url": next_url,
        "next_label": next_label, "badges": badges, "actions": actions,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/flashes.html", takes_context=True)
def flashes(context: Context) -> Dict:
    """What just happened (Django's messages), with an undo form where `langnghe.ui.flash.done(undo_url=…)` gave one."""
    signs = {"success": "check-circle-fill", "warning": "exclamation-triangle-fill", "error": "exclamation-circle-fill"}
    found = []
    for message in context.get("messages") or ():
        extra = message.extra_tags or ""
        level = message.level_tag if message.level_tag in signs else "info"
        undo = extra.removeprefix(UNDO) if extra.startswith(UNDO) else ""
        found.append(
            {"text": message.message, "level": level, "icon": signs.get(level, "info-circle-fill"), "undo": undo}
        )
    return {"flashes": found, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[Any], label: str) -> Dict:
    """Tabs as links. items: Link (label, url, active, count). label: what they choose between, for the ear."""
    return {"items": items, "label": label}


@register.simple_tag
def side_nav(items: Sequence[Any], label: str = "") -> SafeString:
    """The desk's navigation. items: Link (label, url, icon, active, count, group); a group begins with its name. Made
    once (`as`) and shown twice: at the side, and in the menu of a phone."""
    return render_to_string("ui/parts/side_nav.html", {"items": items, "label": label or _("Danh mục")})


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Sequence[Any], label: str = "") -> Dict:
    """Where one stands in several steps. items: Step (label, state done/now/next, url to go back)."""
    return {"items": items, "label": label or _("Các bước")}


@register.inclusion_tag("ui/parts/pager.html")
def pager(newer: str = "", older: str = "", place: str = "") -> Dict:
    """Newer and older by key (addresses), with a word about the place ("Từ 40 phản ánh mới nhất")."""
    return {"newer": newer, "older": older, "place": place}


@register.inclusion_tag("ui/parts/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "", icon: str = "inbox") -> Dict:
    """Nothing here: why, and what to do about it (button to `url`)."""
    return {"title": title, "text": text, "url": url, "label": label, "icon": icon}


@register.inclusion_tag("ui/parts/language_switch.html", takes_context=True)
def language_switch(context: Context) -> Dict:
    """The other language, by a form POST to set_language."""
    request = context.get("request")
    return {
        "next": request.get_full_path() if request is not None else "/",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/parts/theme_toggle.html", takes_context=True)
def theme_toggle(context: Context) -> Dict:
    """Light or dark, remembered in a cookie; shown only where JavaScript runs (the device's wish holds otherwise)."""
    return {"theme": context.get("theme", "")}
