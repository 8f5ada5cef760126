"""The page of one case: acts, answer, attachments, facts, figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext as _

from langnghe.ui import words

register = template.Library()
Dict = dict[str, Any]


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
    shown = value if isinstance(value, str) else "–" if value is None else words.number(value)
    return {
        "label": label, "value": shown, "unit": unit,
        "numerator": numerator, "denominator": denominator, "of": of, "trend": trend, "change_unit": change_unit,
        "since": since, "note": note, "meter": meter, "url": url,
    }  # fmt: skip
