"""Buttons, badges, notices, cards: words in boxes."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from langnghe.ui.components import words

register = template.Library()
Dict = dict[str, Any]


@register.inclusion_tag("ui/parts/button.html")
def button(
    label: str,
    url: str = "",
    kind: str = "primary",
    icon: str = "",
    name: str = "",
    value: str = "",
    type: str = "submit",
    confirm: str = "",
    large: bool = False,
    formaction: str = "",
    disabled: bool = False,
) -> Dict:
    """A button, or with `url` a link that looks like one.

    kind: primary, secondary, quiet, danger. confirm: a question asked before the form is sent (with JavaScript).
    """
    return {
        "label": label, "url": url, "kind": kind, "icon": icon, "name": name, "value": value, "type": type,
        "confirm": confirm, "large": large, "formaction": formaction, "disabled": disabled,
    }  # fmt: skip


@register.simple_tag
def badge(text: str, kind: str = "neutral", icon: str = "") -> SafeString:
    """A word in a box: state, field, regime. kind: neutral, accent, outline, strong, restricted. Never for time."""
    sign = words.icon(icon) if icon else ""
    return mark_safe(f'<span class="badge badge-{conditional_escape(kind)}">{sign}{conditional_escape(text)}</span>')


@register.inclusion_tag("ui/parts/tile.html")
def tile(title: str, url: str, text: str = "", icon: str = "arrow-right", main: bool = False) -> Dict:
    """A large way in on a first page. main: the one that most people come for."""
    return {"title": title, "url": url, "text": text, "icon": icon, "main": main}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """`{% notice "warning" title="…" %}…{% endnotice %}`. kind: info, warning, restricted, alert."""
    return mark_safe(render_to_string("ui/parts/notice.html", {"content": content, "kind": kind, "title": title}))


@register.simple_block_tag
def card(content: str, title: str = "", id: str = "", level: int = 2) -> SafeString:
    """`{% card "Nội dung" %}…{% endcard %}`: a box with a heading of that level."""
    return mark_safe(
        render_to_string("ui/parts/card.html", {"content": content, "title": title, "id": id, "level": level})
    )


@register.simple_block_tag
def more(content: str, summary: str, open: bool = False) -> SafeString:
    """`{% more "Cách tính hạn" %}…{% endmore %}`: what few need, shown on demand without JavaScript."""
    return mark_safe(render_to_string("ui/parts/more.html", {"content": content, "summary": summary, "open": open}))


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """`{% dialog "keys" "Phím tắt" %}…{% enddialog %}`: opened by a button with `data-open="keys"`."""
    return mark_safe(render_to_string("ui/parts/dialog.html", {"content": content, "id": id, "title": title}))
