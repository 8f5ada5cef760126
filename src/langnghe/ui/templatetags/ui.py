"""Every component of the design system. Pages are built with these and the layout classes of layout.css alone.

    {% load ui %}

docs/developer/ui.md shows each with an example; `ui/styleguide.html` shows all of them in all states. Where a tag takes
"dict or item", `langnghe.ui.items` has a class of that name with the keys and their defaults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Textarea
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from langnghe.ui import words
from langnghe.ui.flash import UNDO

register = template.Library()

Dict = dict[str, Any]


# --- words and signs ----------------------------------------------------------------------------------------------


@register.filter
def day(value: date | datetime | None) -> str:
    """`{{ at|day }}`: "thứ Năm, 26/02/2026"; "" for nothing."""
    return words.long_date(value) if value else ""


@register.filter
def moment(value: date | datetime | None) -> str:
    """`{{ at|moment }}`: "09:15 thứ Năm, 26/02/2026"; a date shows the day alone."""
    return words.moment(value) if value else ""


@register.filter
def due(value: date | datetime | None) -> str:
    """`{{ at|due }}`: "hết ngày thứ Ba, 08/09/2026", or "10:15 thứ Hai, 24/08/2026" for a term in hours."""
    return words.due_moment(value) if value else ""


@register.filter
def hour(value: datetime | None) -> str:
    """`{{ at|hour }}`: "09:15"."""
    return words.clock_time(value) if value else ""


@register.filter
def day_figures(value: date | datetime | None) -> str:
    """`{{ at|day_figures }}`: "26/02/2026", for narrow columns."""
    return words.short_date(value) if value else ""


@register.filter
def figures(value: Any, places: int | None = None) -> str:
    """`{{ n|figures }}`, `{{ x|figures:2 }}`: 1.795 and 79,73 (English: 1,795 and 79.73). "–" for None."""
    return "–" if value is None else words.number(value, places)


@register.filter
def percentage(value: Any, places: int = 2) -> str:
    """`{{ share|percentage }}`: 79.73 as "79,73%". "–" for None."""
    return "–" if value is None else words.percent(value, places)


@register.filter
def file_size(value: int | None) -> str:
    """`{{ size|file_size }}`: bytes as "12 KB" or "3,4 MB"."""
    return words.file_size(value) if value is not None else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A sign from icons.txt. Decoration unless `label` gives it a name."""
    href = f"{static('build/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', href)


# --- page frame ---------------------------------------------------------------------------------------------------


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
    """Tabs as links. items: Link (label, url, active, count). label: what the tabs choose between, for screen readers."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/side_nav.html")
def side_nav(items: Sequence[Any], label: str = "") -> Dict:
    """The desk's navigation. items: Link (label, url, icon, active, count, group); a new `group` begins with its name."""
    return {"items": items, "label": label or _("Danh mục")}


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


# --- buttons, links, words in boxes --------------------------------------------------------------------------------


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


@register.inclusion_tag("ui/parts/badge.html")
def badge(text: str, kind: str = "neutral", icon: str = "") -> Dict:
    """A word in a box: state, field, regime. kind: neutral, accent, outline, strong, restricted. Never for time."""
    return {"text": text, "kind": kind, "icon": icon}


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


# --- time -----------------------------------------------------------------------------------------------------------

_CHIPS = {
    "intime": "clock",
    "soon": "hourglass-split",
    "overdue": "exclamation-triangle-fill",
    "paused": "pause-circle",
    "met": "check-circle-fill",
    "metlate": "exclamation-circle-fill",
    "none": "dash-lg",
}
# States of `worktime.models.Deadline` that need no clock.
_STORED = {"paused": "paused", "met": "met", "late": "metlate", "cancelled": "none"}


def _chip_word(state: str) -> str:
    return {
        "intime": _("Trong hạn"),
        "soon": _("Sắp đến hạn"),
        "overdue": _("Quá hạn"),
        "paused": _("Tạm dừng"),
        "met": _("Xong đúng hạn"),
        "metlate": _("Xong sau hạn"),
        "none": _("Không đặt hạn"),
    }[state]


def _stand(deadline: Any) -> tuple[str, int | None]:
    """State of a stored deadline and its signed working days, by the program's clock and the city's calendar."""
    from langnghe.worktime import clock, selectors
    from langnghe.worktime.rules import is_late

    state = _STORED.get(str(deadline.state), "")
    if state == "metlate":
        return state, -selectors.working_days_late(deadline, deadline.closed_at)
    if state:
        return state, None
    now = clock.now()
    if is_late(deadline.due_at, now):
        return "overdue", -selectors.working_days_late(deadline, now)
    left = selectors.calendar().working_days_between(now.date(), deadline.due_date)
    return ("soon" if now >= deadline.eighty_at else "intime"), left


@register.inclusion_tag("ui/parts/deadline_chip.html")
def deadline_chip(
    due: Any = None, state: str = "", days: int | None = None, left: str = "", wide: bool = False, label: str = ""
) -> Dict:
    """How a deadline stands: sign, word, time left, date.

    due: a worktime Deadline (state and days follow from clock and calendar), or a datetime or date with `state`:
    intime, soon, overdue, paused, met, metlate, none (without it "overdue" or "intime" by the clock). days: signed
    working days left; left: free words instead. wide: date beside the chip, not under it. label: what is due ("Hạn
    trả lời").
    """
    at = due
    if due is not None and not isinstance(due, date):
        at = due.due_at
        if not state:
            state, stored_days = _stand(due)
            days = stored_days if days is None else days
    if at is None and state in ("", "intime"):
        state = "none"
    if not state:
        from langnghe.worktime import clock

        now = clock.now()
        state = "overdue" if (now > at if isinstance(at, datetime) else now.date() > at) else "intime"
    if state not in _CHIPS:
        raise template.TemplateSyntaxError(f"deadline_chip: no state {state!r}")
    over = state in ("overdue", "metlate")
    free = bool(left)
    if not left and days is not None and state in ("intime", "soon", "overdue", "metlate"):
        left = words.time_left(days, at, over=over)
    return {
        "state": state, "icon": _CHIPS[state], "word": _chip_word(state), "left": left,
        "dot": free or not over, "at": at, "wide": wide, "label": label,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Any], label: str = "", level: int = 3) -> Dict:
    """What happened, newest first or last as given. events: Event (title, at, person, agency, text, note, icon, tone)."""
    return {"events": events, "label": label or _("Diễn biến"), "level": level}


# --- people ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/person_agency.html")
def person_agency(person: str = "", agency: str = "", role: str = "", mark: bool = True) -> Dict:
    """Who has it: name, role, agency; initials before it unless mark=False. Without a person the agency leads."""
    return {
        "person": person, "agency": agency, "role": role, "mark": mark,
        "initials": words.initials(person),
    }  # fmt: skip


# --- queues ---------------------------------------------------------------------------------------------------------


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

    rows: Row. caption: what is listed, said once to screen readers. bulk: dicts label, name, value, icon, kind, confirm – submit buttons
    of one form to bulk_url that sends the ticked rows as `select_name`; bulk_form: its further fields. where, who, due:
    leave a column out. due_head: another name for the last column. Give an empty list to empty_state instead.
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


# --- the case page --------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/act_panel.html", takes_context=True)
def act_panel(context: Context, acts: Sequence[Any], title: str = "", none: str = "") -> Dict:
    """What can be done now. acts: Act; the likely one is open, `other` ones lie under "Việc khác".

    An act whose form has errors is open wherever it lies. none: what to say when nothing can be done. On a phone put
    `{% act_bar acts %}` at the end of the page.
    """

    def read(act: Any, key: str) -> Any:
        return act.get(key) if isinstance(act, Mapping) else getattr(act, key, None)

    shown: list[Dict] = []
    for act in acts:
        form = read(act, "form")
        bad = bool(form is not None and form.is_bound and form.errors)
        shown.append({"act": act, "bad": bad, "other": bool(read(act, "other")), "likely": bool(read(act, "likely"))})
    any_bad = any(entry["bad"] for entry in shown)
    main = [entry for entry in shown if not entry["other"]]
    if main and not any(entry["likely"] for entry in main):
        main[0]["likely"] = True
    for entry in shown:
        entry["open"] = entry["bad"] if any_bad else entry["likely"]
    return {
        "main": sorted(main, key=lambda entry: not entry["likely"]),
        "others": [entry for entry in shown if entry["other"]],
        "others_open": any(entry["bad"] for entry in shown if entry["other"]),
        "title": title or _("Việc có thể làm bây giờ"),
        "none": none or _("Lúc này ông/bà không có việc gì phải làm với phản ánh này."),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/parts/act_bar.html")
def act_bar(acts: Sequence[Any]) -> Dict:
    """On a phone: a bar at the bottom that leads to the act panel, with the name of the likely act."""

    def flag(act: Any, key: str) -> bool:
        return bool(act.get(key) if isinstance(act, Mapping) else getattr(act, key, False))

    likely = next((act for act in acts if flag(act, "likely")), None) or next(
        (act for act in acts if not flag(act, "other")), None
    )
    return {"likely": likely, "count": len(acts)}


@register.inclusion_tag("ui/parts/answer_card.html")
def answer_card(
    answer: Any, files: Sequence[Any] = (), title: str = "", level: int = 2, missing: Sequence[str] = ()
) -> Dict:
    """An answer with its proof.

    answer: outcome (words), text, done (what was done), person, agency, at, legal_basis, promised (date) – keys may be
    missing. files: Shot, the proof. missing: what is still to be added before it can be sent.
    """
    return {"answer": answer, "files": files, "title": title or _("Trả lời"), "level": level, "missing": missing}


@register.inclusion_tag("ui/parts/gallery.html")
def gallery(files: Sequence[Any], label: str = "") -> Dict:
    """Attachments. files: Shot (url, name, thumb, alt, size, note)."""
    return {"files": files, "label": label or _("Tệp đính kèm")}


@register.inclusion_tag("ui/parts/facts.html")
def facts(items: Iterable[Any], wide: bool = True) -> Dict:
    """A definition list. items: Fact or (term, value) pairs; a Fact with `url` can be changed (check your answers)."""
    listed = []
    for item in items:
        if isinstance(item, tuple | list):
            listed.append({"term": item[0], "value": item[1]})
        else:
            listed.append(item)
    return {"items": listed, "wide": wide}


@register.inclusion_tag("ui/parts/figure.html")
def figure(
    label: str,
    value: Any,
    unit: str = "",
    numerator: Any = None,
    denominator: Any = None,
    of: str = "",
    change: Any = None,
    change_unit: str = "",
    since: str = "",
    note: str = "",
    meter: Any = None,
    url: str = "",
) -> Dict:
    """A figure with what it is made of, so that nobody has to believe a percentage.

    value: number or text; unit: "%" … . numerator, denominator: shown as "1.654 trên 2.350" and `of` (what was
    counted). change: signed difference to an earlier time (`since` names it). meter: 0 to 100 for a bar.
    """
    trend = None
    if change is not None:
        rising = change > 0
        trend = {
            "icon": "arrow-up-right" if rising else "arrow-down-right" if change < 0 else "dash-lg",
            "word": _("tăng") if rising else _("giảm") if change < 0 else _("không đổi"),
            "size": words.number(abs(change)) if change else "",
        }
    return {
        "label": label, "value": value if isinstance(value, str) else figures(value), "unit": unit,
        "numerator": numerator, "denominator": denominator, "of": of, "trend": trend, "change_unit": change_unit,
        "since": since, "note": note, "meter": meter, "url": url,
    }  # fmt: skip


# --- codes ----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/code_display.html")
def code_display(code: str, label: str = "", copy: bool = True, say: bool = True) -> Dict:
    """A code to keep: large, in groups, with how it is said on the telephone and a copy button."""
    return {
        "code": code, "groups": code.split("-"), "label": label or _("Mã phản ánh"), "copy": copy,
        "said": words.said(code) if say else "",
    }  # fmt: skip


@register.inclusion_tag("ui/parts/copy_button.html")
def copy_button(text: str, label: str = "", done: str = "") -> Dict:
    """Copies `text`; shown only where JavaScript runs."""
    return {"text": text, "label": label or _("Chép"), "done": done or _("Đã chép")}


@register.inclusion_tag("ui/parts/qr.html")
def qr(src: str, caption: str = "", alt: str = "") -> Dict:
    """The place of a QR picture: address or data: URL of an image that the server drew."""
    return {"src": src, "caption": caption, "alt": alt or _("Mã QR")}


# --- marked text ------------------------------------------------------------------------------------------------------


@register.simple_tag
def marked_text(text: str, spans: Iterable[Any]) -> SafeString:
    """A text in which stretches are marked and named: what the scanner found or a person will hide.

    spans: Span (start, end, label, hidden), in any order; overlapping ones are merged from the left.
    """
    pieces: list[str] = []
    at = 0

    def read(span: Any, key: str, default: Any = None) -> Any:
        return span.get(key, default) if isinstance(span, Mapping) else getattr(span, key, default)

    for span in sorted(spans, key=lambda one: (read(one, "start"), -read(one, "end"))):
        start, end = max(read(span, "start"), at), min(read(span, "end"), len(text))
        if end <= start:
            continue
        pieces.append(format_html("{}", text[at:start]))
        hidden = bool(read(span, "hidden", True))
        pieces.append(
            format_html(
                '<mark class="found{}">{}<span class="found-label">{}{}</span></mark>',
                "" if hidden else " found-open",
                text[start:end],
                read(span, "label"),
                "" if hidden else format_html(" · {}", _("để lại")),
            )
        )
        at = end
    pieces.append(format_html("{}", text[at:]))
    return mark_safe("".join(pieces))


@register.simple_tag
def difference(old: str, new: str) -> SafeString:
    """What changed between two texts, word by word: <del> and <ins>, with words for screen readers."""
    before, after = old.split(), new.split()
    pieces: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(format_html("{}", " ".join(before[a:b])))
            continue
        if b > a:
            gone = " ".join(before[a:b])
            pieces.append(format_html('<del><span class="sr">{}</span> {}</del>', _("bỏ:"), gone))
        if d > c:
            come = " ".join(after[c:d])
            pieces.append(format_html('<ins><span class="sr">{}</span> {}</ins>', _("thêm:"), come))
    return mark_safe(" ".join(pieces))


# --- forms ------------------------------------------------------------------------------------------------------------


def _attributes(extra: Mapping[str, Any]) -> Dict:
    return {key.replace("_", "-"): value for key, value in extra.items()}


def field_context(
    bound: BoundField,
    *,
    large: bool = False,
    short: bool = False,
    hint: str | None = None,
    label: str | None = None,
    mark_optional: bool = True,
    attributes: Mapping[str, Any] | None = None,
) -> Dict:
    """What ui/field.html needs to draw one field: ids tied by aria-describedby, error, counter, kind of widget."""
    widget = bound.field.widget
    auto_id = bound.auto_id or bound.html_name
    help_text = bound.help_text if hint is None else hint
    limit = getattr(bound.field, "max_length", None)
    counts = isinstance(widget, Textarea) and limit
    if counts:
        # The browser would cut a long pasted text without a word; the counter and the server say it instead.
        widget.attrs.pop("maxlength", None)
    described = [
        f"{auto_id}_{part}"
        for part, there in (("helptext", help_text), ("error", bound.errors), ("counter", counts))
        if there
    ]
    attrs = dict(attributes or {})
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    if described and not grouped:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors and not grouped:
        attrs["aria-invalid"] = "true"
    if bound.field.required and not grouped:
        attrs["data-required"] = bound.field.error_messages.get("required", "")
    if "invalid" in bound.field.error_messages and not grouped:
        attrs["data-invalid"] = bound.field.error_messages["invalid"]
    if counts:
        attrs["data-count"] = f"{auto_id}_counter"
    kind = "input"
    if grouped:
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, FileInput):
        kind = "file"
    return {
        "field": bound, "auto_id": auto_id, "kind": kind, "large": large, "short": short, "hint": help_text,
        "label": bound.label if label is None else label, "limit": limit if counts else None,
        "optional": mark_optional and not bound.field.required and kind != "check", "described": " ".join(described),
        "control": "" if grouped else bound.as_widget(attrs=attrs),
        "required": bound.field.required,
    }  # fmt: skip


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    large: bool = False,
    short: bool = False,
    hint: str | None = None,
    label: str | None = None,
    mark_optional: bool = True,
    **attributes: Any,
) -> Dict:
    """`{% field form.x %}`: label, hint, error, control (keeps what was typed), counter for long texts.

    large: the label is the question of the page. short: a narrow box. hint, label: instead of the form's own.
    mark_optional=False: no "(không bắt buộc)". Other arguments become attributes of the control, _ as -
    (`hx_post=url`, `autocomplete="name"`, `rows=3`).
    """
    return field_context(
        bound, large=large, short=short, hint=hint, label=label, mark_optional=mark_optional,
        attributes=_attributes(attributes),
    )  # fmt: skip


@register.inclusion_tag("ui/parts/rating.html")
def rating(bound: BoundField) -> Dict:
    """Five levels of one criterion: a ChoiceField with RadioSelect, values 1 to 5, labels in words."""
    return {**field_context(bound), "options": [option for option in bound if option.data["value"] not in ("", None)]}


@register.inclusion_tag("ui/parts/file_input.html")
def file_input(
    bound: BoundField,
    upload_url: str = "",
    upload_field: str = "uploads",
    max_size: int = 20 * 1024 * 1024,
    max_files: int = 10,
    uploaded: Sequence[Any] = (),
    capture: bool = False,
    hint: str | None = None,
) -> Dict:
    """A file field: plain `<input type=file multiple>`; with JavaScript and upload_url, resumable uploads with progress.

    upload_field: name of the hidden inputs that carry the ids of what is uploaded. uploaded: dicts id, name, size of
    what came before (shown again after a mistake elsewhere). The protocol is in docs/developer/ui.md.
    """
    context = field_context(bound, hint=hint)
    return {
        **context, "upload_url": upload_url, "upload_field": upload_field, "max_size": max_size, "max_files": max_files,
        "uploaded": uploaded, "capture": capture,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(*forms: BaseForm | None, kept: bool = True) -> Dict:
    """All mistakes of one or more bound forms, first on the page, each a link to its field. Nothing when there are none.

    kept: say that what was typed is still there.
    """
    found: list[Dict] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        found.extend({"text": error, "label": "", "target": ""} for error in form.non_field_errors())
        for bound in form:
            target = bound.auto_id or bound.html_name
            if isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple):
                target = f"{target}_0"
            found.extend(
                {"text": error, "label": bound.label, "target": "" if bound.is_hidden else target}
                for error in bound.errors
            )
    times = Counter(str(entry["text"]) for entry in found)
    for entry in found:
        # "This field is required" three times over helps nobody: say which.
        if times[str(entry["text"])] == 1:
            entry["label"] = ""
    return {"errors": found, "kept": kept}


@register.simple_tag
def suggest(id: str, url: str, watch: str, params: str = "", delay: int = 700) -> SafeString:
    """A place that fills as one types (htmx). Put it inside the form.

    watch: selector of the field to watch ("#id_text"). params: names sent along, by comma (default: all fields); sent
    by POST with the form's token, so that no text ends in an access log. The answer replaces what is inside.
    """
    return format_html(
        '<div id="{}" class="suggest" aria-live="polite" hx-post="{}" hx-swap="innerHTML" hx-sync="this:replace"'
        ' hx-trigger="input changed delay:{}ms from:{}" hx-params="{}"></div>',
        id,
        url,
        delay,
        watch,
        f"csrfmiddlewaretoken,{params}" if params else "*",
    )


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


# --- papers -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/letterhead.html")
def letterhead(
    agency: str, parent: str = "", number: str = "", place: str = "", on: date | datetime | None = None, about: str = ""
) -> Dict:
    """The head of an official document (Decree 30/2020, appendix I): body and number left, state and date right.

    about: the abstract under the number (V/v …), for letters.
    """
    return {"agency": agency, "parent": parent, "number": number, "place": place, "on": on, "about": about}


@register.inclusion_tag("ui/parts/signature.html")
def signature(
    title: str = "", name: str = "", recipients: Sequence[str] = (), authority: str = "", note: str = ""
) -> Dict:
    """The foot of an official document: recipients left; authority (TM., KT., TL.), title, room, name right."""
    return {"title": title, "name": name, "recipients": recipients, "authority": authority, "note": note}


