"""The text of a plan with its passages, drawn as links to their items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from langnghe.plans.models import ItemState
from langnghe.plans.rules_register import TextLine
from langnghe.ui.components.words import icon

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


def act_words() -> dict[str, SafeString]:
    """Sign and words of each act on an item, for a whole page."""
    words = {
        "accept": ("check-lg", _("Đúng")),
        "edit": ("pencil", _("Sửa")),
        "split": ("scissors", _("Tách")),
        "join": ("link-45deg", _("Ghép với mục sau")),
        "reject": ("x-lg", _("Bỏ")),
        "undo": ("arrow-counterclockwise", _("Hoàn tác")),
    }
    return {act: format_html("{}{}", icon(name), text) for act, (name, text) in words.items()}


@register.simple_tag(takes_context=True)
def item_acts(context: template.Context, card: Mapping[str, Any]) -> SafeString:
    """What may be done with an item, as one form. A page has a hundred of them, so they are put together here."""
    item, words = card["item"], card["words"]
    living = item.state != ItemState.REJECTED

    def button(act: str, main: str = "") -> SafeString:
        return format_html(
            '<button class="mini{}" name="act" value="{}" data-act="{}">{}</button>', main, act, act, words[act]
        )

    def link(act: str, mode: str) -> SafeString:
        query = urlencode({"cach": mode, **({"loc": card["view"]} if card["view"] else {})})
        return format_html('<a class="mini" href="{}?{}" data-act="{}">{}</a>', card["url"], query, act, words[act])

    parts = []
    if item.state == ItemState.FOUND:
        parts.append(button("accept", " mini-main"))
    if living:
        parts += [link("edit", "sua"), link("split", "tach")]
        if card["joins"]:
            parts.append(button("join"))
        parts.append(button("reject"))
    if card["undoable"]:
        parts.append(button("undo"))
    for act, label in card["choices"] if living else ():
        parts.append(
            format_html('<button class="mini" name="act" value="{}" data-act="{}">{}</button>', act, act, label)
        )
    return format_html(
        '<form class="item-acts" method="post" action="{}" data-item-form data-many>'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="version" value="{}">'
        '<input type="hidden" name="loc" value="{}"><input type="hidden" name="other" value="{}">{}</form>',
        card["url"],
        str(context.get("csrf_token", "")),
        item.version,
        card["view"],
        card["joins"] or "",
        mark_safe("".join(parts)),
    )
