"""Rows of plans written out in Python: a plan has hundreds of tasks and a city hundreds of agencies, and templates
within templates made a row cost half a millisecond."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from langnghe.plans.places import place_words
from langnghe.ui import words
from langnghe.ui.components.boxes import badge
from langnghe.ui.components.people import deadline_chip

register = template.Library()


@register.simple_tag
def tree_tasks(rows: list[Mapping[str, Any]]) -> SafeString:
    """The tasks of a section of a plan's tree, as `views.plans.plan._task` gives them."""
    meter = escape(_("Tiến độ"))
    return mark_safe("".join(_task(one, meter) for one in rows))


@register.simple_tag
def tree_part(part: Mapping[str, Any]) -> SafeString:
    """A section of the tree with all that is in it, as `views.plans.plan._part` gives it."""
    return mark_safe(_part(part, escape(_("Tiến độ"))))


def _part(part: Mapping[str, Any], meter: str) -> str:
    pieces = []
    label = escape(part["label"])
    if part["label"]:
        opened = " open" if part["open"] or (part["late"] and not part["unfolding"]) else ""
        heading = _("Mục %(label)s") % {"label": part["label"]}
        counted = ngettext("%(n)s nhiệm vụ", "%(n)s nhiệm vụ", part["all"]) % {"n": part["all"]}
        if part["late"]:
            counted += ", " + _("%(n)s có việc quá hạn") % {"n": part["late"]}
        pieces.append(
            f'<details class="tree-part" id="muc-{label}"{opened}><summary><span class="tree-words">'
            f'{escape(heading)} <span class="muted small">{escape(counted)}</span>'
            f'</span><span class="percent"><progress class="meter" max="100" value="{int(part["percent"])}" '
            f'aria-label="{meter}"></progress><span class="num small">{int(part["percent"])}%</span></span></summary>'
            '<div class="tree-body">'
        )
    if part["url"]:
        words_of_link = _("Xem các nhiệm vụ của mục %(label)s") % {"label": part["label"]}
        pieces.append(f'<p><a href="{conditional_escape(part["url"])}">{escape(words_of_link)}</a></p>')
    if part["rows"]:
        pieces.append(f'<ul class="tree">{"".join(_task(one, meter) for one in part["rows"])}</ul>')
    pieces += [_part(one, meter) for one in part["parts"]]
    if part["label"]:
        pieces.append("</div></details>")
    return "".join(pieces)


def _task(one: Mapping[str, Any], meter: str) -> str:
    task, percent = one["task"], int(one["percent"])
    label = f'<span class="tree-label">{escape(capfirst(place_words(task.path)))}</span> ' if task.path else ""
    facts = [escape(", ".join(one["leads"])) + (f" +{one['more_leads']}" if one["more_leads"] else "")]
    if one["person"]:
        facts.append(escape(one["person"]))
    if one["shares"] > 1:
        facts.append(escape(_("%(done)s trên %(n)s cơ quan đã xong") % {"done": one["done"], "n": one["shares"]}))
    chip = one["chip"]
    if one["badge"] is not None:
        term = badge(one["badge"].text, one["badge"].kind)
    else:
        term = deadline_chip(chip["due"], state=chip["state"], days=chip["days"], left=chip.get("left", ""))
    return (
        f'<li class="tree-task"><div><a class="work-title" href="{conditional_escape(one["url"])}">{label}'
        f'{escape(task.title)}</a><p class="muted small">{" · ".join(facts)}</p></div><div class="percent">'
        f'<progress class="meter" max="100" value="{percent}" aria-label="{meter}"></progress>'
        f'<span class="num small">{percent}%</span></div><div>{term}</div></li>'
    )


@register.simple_tag
def late_rows(table: list[Mapping[str, Any]], city: bool) -> SafeString:
    """The agencies of the page on what is late, as `views.plans.queues.late` gives them."""
    # What each figure is, said beside it where a phone sets the columns one under the other.
    heads = [escape(one) for one in (_("Đang quá hạn"), _("Sắp đến hạn"), _("Hạn lâu nhất"), _("Đúng hạn từ đầu năm"))]
    return mark_safe("".join(_agency(row, city, heads) for row in table))


def _agency(row: Mapping[str, Any], city: bool, heads: list[str]) -> str:
    name = escape(row["name"])
    if city and row["key"]:
        name = mark_safe(f'<a href="?co-quan={int(row["key"])}">{name}</a>')
    head = f'<br><span class="muted small">{escape(row["head"])}</span>' if row["head"] else ""
    oldest = words.short_date(row["oldest"]) if row["oldest"] else "–"
    rate = "–"
    told = row["on_time"]
    if told.rate is not None:
        said = _("%(n)s trên %(d)s") % {"n": words.number(told.done_on_time), "d": words.number(told.judged)}
        if told.open_late:
            said += ", " + _("%(n)s chưa làm") % {"n": words.number(told.open_late)}
        if told.lapsed:
            said += ", " + _("%(n)s quá hạn rồi được gia hạn hoặc thôi giao") % {"n": words.number(told.lapsed)}
        rate = f'<b>{words.percent(told.rate, 2)}</b><br><span class="muted small">{escape(said)}</span>'
    late, soon, longest, in_time = heads
    return (
        f'<tr role="row"><th role="rowheader" scope="row">{name}{head}</th>'
        f'<td role="cell" class="num" data-head="{late}">{words.number(row["late"])}</td>'
        f'<td role="cell" class="num" data-head="{soon}">{words.number(row["soon"])}</td>'
        f'<td role="cell" class="nowrap num" data-head="{longest}">{oldest}</td>'
        f'<td role="cell" class="num" data-head="{in_time}"><span>{rate}</span></td></tr>'
    )


@register.simple_tag
def board_cards(cards: list[Mapping[str, Any]], who: bool) -> SafeString:
    """The cards of a column of the board, as `views.plans.queues.board` gives them; `who`: with the agency."""
    meter = escape(_("Tiến độ"))
    return mark_safe("".join(_card(one, who, meter) for one in cards))


def _card(one: Mapping[str, Any], who: bool, meter: str) -> str:
    share, chip = one["share"], one["chip"]
    held = " · ".join(escape(name) for name in (one["person"], one["agency"] if who else "") if name)
    held = held and f'<p class="small">{held}</p>'
    percent = ""
    if chip["state"] not in ("met", "metlate"):
        percent = (
            f'<p class="percent"><progress class="meter" max="100" value="{share.percent}" aria-label="{meter}">'
            f'</progress><span class="num small">{share.percent}%</span></p>'
        )
    return (
        f'<li class="board-card"><p class="muted small">{escape(one["plan"])}</p><a class="work-title" '
        f'href="{conditional_escape(one["url"])}">{escape(share.task.title)}</a>'
        f"{held}{percent}"
        f"{deadline_chip(chip['due'], state=chip['state'], days=chip['days'])}</li>"
    )


MONTH_ROWS = 4
"""Tasks that a day shows in the table of a month; the list of the day has them all."""


@register.simple_tag
def month_rows(rows: list[Mapping[str, Any]]) -> SafeString:
    """The first tasks of a day in the table of a month, as `views.plans.queues.calendar` gives them."""
    begun = {"overdue": f"<b>{escape(_('Quá hạn:'))}</b> ", "met": f"{escape(_('Xong:'))} "}
    begun["metlate"] = begun["met"]
    return mark_safe(
        "".join(
            f'<li><a href="{conditional_escape(row["url"])}">{begun.get(row["chip"]["state"], "")}'
            f"{escape(row['share'].task.title)}</a></li>"
            for row in rows[:MONTH_ROWS]
        )
    )


@register.simple_tag
def day_rows(rows: list[Mapping[str, Any]]) -> SafeString:
    """The tasks of a day in the list of a month."""
    return mark_safe(
        "".join(
            f'<li class="list-item"><a class="work-title" href="{conditional_escape(row["url"])}">'
            f'{escape(row["share"].task.title)}</a><p class="muted small">{escape(row["agency"])} · '
            f"{row['share'].percent}%</p>"
            f"{deadline_chip(row['chip']['due'], state=row['chip']['state'], days=row['chip']['days'])}</li>"
            for row in rows
        )
    )
