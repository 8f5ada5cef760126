"""Queues and their filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from langnghe.ui.components.boxes import badge
from langnghe.ui.components.people import deadline_chip, person_agency
from langnghe.ui.components.words import icon

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
    code_head: str = "",
    who_head: str = "",
) -> Dict:
    """A queue: a table at a desk, cards on a phone; j, k, x, Enter and ? at the keyboard.

    rows: Row. caption: what is listed, for screen readers. bulk: dicts label, name, value, icon, kind, confirm:
    submit buttons of one form to bulk_url that sends the ticked rows as `select_name`; bulk_form: its further fields.
    where, who, due: leave a column out. code_head, who_head, due_head: other names for columns. Give an empty list to
    empty_state instead.
    """
    return {
        "rows": rows, "caption": caption, "bulk": bulk, "bulk_url": bulk_url, "bulk_form": bulk_form,
        "select_name": select_name, "where": where, "who": who, "due": due, "due_head": due_head or _("Hạn"),
        "code_head": code_head or _("Mã"), "who_head": who_head or _("Ai đang xử lý"),
        "keys": keys, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def queue_row(context: Context, row: Any) -> SafeString:
    """One row of `queue`, inside its table. Written out in Python: a page has thirty of them, and templates within
    templates made them the dearest part of the page."""

    def has(key: str, default: Any = "") -> Any:
        return row.get(key, default) if isinstance(row, Mapping) else getattr(row, key, default)

    code, new, where = conditional_escape(has("code")), bool(has("new")), has("where") if context.get("where") else ""
    pick = who = due = meta = ""
    if context.get("bulk"):
        pick = format_html(
            '<td role="cell" class="row-cell-pick"><label class="pick"><input type="checkbox" name="{}" value="{}" '
            'data-pick><span class="sr">{}</span></label></td>',
            context.get("select_name"), has("value") or has("code"), _("Chọn %(code)s") % {"code": has("code")},
        )  # fmt: skip
    badges, facts = has("badges") or (), has("meta") or ()
    if badges or facts or has("where"):
        marks = "".join(_badge(one) for one in badges)
        place = f'<span class="row-where">{icon("geo-alt")}{conditional_escape(where)}</span>' if where else ""
        rest = "".join(f"<span>{conditional_escape(one)}</span>" for one in facts)
        meta = f'<span class="row-meta">{marks}{place}{rest}</span>'
    if context.get("who"):
        person, agency = has("person"), has("agency")
        held = person_agency(person, agency, mark=False) if person or agency else ""
        who = f'<td role="cell" class="row-cell-who">{held or _unassigned()}</td>'
    if context.get("due"):
        chip = deadline_chip(has("due", None), state=has("state"), days=has("days", None), left=has("left"))
        due = f'<td role="cell" class="row-cell-due">{chip}</td>'
    unread = f'<span class="sr">{escape(_("Mới:"))} </span>' if new else ""
    return mark_safe(
        f'<tr role="row" class="row{" row-new" if new else ""}" data-row>{pick}'
        f'<td role="cell" class="row-cell-code"><span class="code row-code">{code}</span></td>'
        f'<td role="cell" class="row-cell-what"><a class="row-title" href="{conditional_escape(has("url"))}" '
        f"data-row-link>{unread}{conditional_escape(has('title'))}</a>{meta}</td>{who}{due}</tr>"
    )


def _unassigned() -> str:
    return f'<span class="muted">{escape(_("Chưa giao"))}</span>'


def _badge(one: Any) -> str:
    if isinstance(one, Mapping):
        return badge(one.get("text", ""), one.get("kind") or "neutral", one.get("icon") or "")
    return badge(one.text, one.kind or "neutral", one.icon or "")


@register.inclusion_tag("ui/parts/filters.html")
def filters(parts: Sequence[Any], url: str = "", keep: Mapping[str, Any] | None = None, clear: str = "") -> Dict:
    """Filters as a sentence in the address: a GET form of Parts (text, or name+label+options+value, or a text box).

    keep: further parameters to carry along. clear: address without filters, offered when something is chosen.
    """
    return {"parts": parts, "url": url, "keep": keep or {}, "clear": clear}


@register.simple_tag
def filter_options(part: Any) -> SafeString:
    """The choices of a Part. In Python: a filter by agency has 150 of them."""
    chosen = str(part.value)
    return mark_safe(
        "".join(
            f'<option value="{escape(value)}"{" selected" if str(value) == chosen else ""}>{conditional_escape(text)}'
            "</option>"
            for value, text in part.options
        )
    )


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
