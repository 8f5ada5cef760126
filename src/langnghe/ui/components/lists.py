"""Queues and their filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.utils.translation import gettext as _

register = template.Library()
Dict = dict[str, Any]


@register.inclusion_tag("ui/parts/queue.html", takes_context=True)
def queue(
    context: Context,
    rows: Iterable[Any],
    caption: str,
    bulk: Sequence[Any] = (),
    bulk_url: str = "",
    bulk_form: BaseForm | None = None,
    select_name: str = "case",
    where: bool = True,
    who: bool = True,
    due: bool = True,
    due_head: str = "",
    keys: bool = True,
) -> Dict:
    """A queue: a table at a desk, cards on a phone; j, k, x, Enter and ? at the keyboard.

    rows: Row. caption: what is listed, for screen readers. bulk: dicts label, name, value, icon, kind, confirm:
    submit buttons of one form to bulk_url that sends the ticked rows as `select_name`; bulk_form: its further fields.
    where, who, due: leave a column out. due_head: another name for the last column. Give an empty list to empty_state
    instead.
    """
    return {
        "rows": rows, "caption": caption, "bulk": bulk, "bulk_url": bulk_url, "bulk_form": bulk_form,
        "select_name": select_name, "where": where, "who": who, "due": due, "due_head": due_head or _("Hạn"),
        "keys": keys, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.inclusion_tag("ui/parts/filters.html")
def filters(parts: Sequence[Any], url: str = "", keep: Mapping[str, Any] | None = None, clear: str = "") -> Dict:
    """Filters as a sentence in the address: a GET form of Parts (text, or name+label+options+value, or a text box).

    keep: further parameters to carry along. clear: address without filters, offered when something is chosen.
    """
    return {"parts": parts, "url": url, "keep": keep or {}, "clear": clear}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """`{% query page=None field="tp" %}`: the present query string with changes; None leaves a parameter out."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        else:
            params[key] = str(value)
    return "?" + urlencode(sorted((key, value) for key, values in params.lists() for value in values))
