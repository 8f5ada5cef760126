"""The text of a plan with its passages, drawn as links to their items."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from langnghe.plans.rules_register import TextLine

register = template.Library()


@register.simple_tag
def source_line(line: TextLine, marks: Mapping[int, str]) -> SafeString:
    """The pieces of one line. A passage is a link to the narrowest item found there, and the target of links from the
    items that begin there."""
    parts = []
    for piece in line.pieces:
        if not piece.items:
            parts.append(escape(piece.text))
            continue
        key = piece.items[0]
        anchors = "".join(f'<span id="p-{one}"></span>' for one in piece.first)
        kinds = " ".join(f"spot-{word}" for word in marks.get(key, "").split())
        keys = " ".join(map(str, piece.items))
        parts.append(
            mark_safe(anchors)
            + format_html('<a class="spot {}" href="#i-{}" data-items="{}">{}</a>', kinds, key, keys, piece.text)
        )
    return mark_safe("".join(parts))
