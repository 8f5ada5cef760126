"""Items of a register as cards, and their passages in the text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.desk.forms.register import Item, item_form
from langnghe.desk.templatetags.register import act_words
from langnghe.desk.views.plans.register_words import FIELD_WORDS, value_words
from langnghe.plans import rules_register as rules
from langnghe.plans.models import ItemKind, ItemState, RegisterItem
from langnghe.plans.places import place_words
from langnghe.plans.rules_indicators import assumed_increase, counts_increase
from langnghe.plans.selectors.documents import RegisterPage
from langnghe.worktime import clock

SURE = 0.75
"""Below this confidence a field is shown as unsure."""


def places_of(page: RegisterPage) -> list[tuple[int, int, int]]:
    return [
        (item.pk, item.start, item.end)
        for item in page.items
        if item.start is not None and item.end is not None and item.state != ItemState.REJECTED
    ]


def marks_of(page: RegisterPage) -> dict[int, str]:
    """The class of each item's passage."""
    return {item.pk: f"{item.kind} {mark_state(item)}" for item in page.items}


def mark_state(item: RegisterItem) -> str:
    """How an item stands, as a class: doubt, found, settled."""
    if item.state == ItemState.FOUND:
        return "doubt" if item.doubts else "found"
    return "settled"


class Cards:
    """Draws items as cards."""

    def __init__(self, page: RegisterPage, may_mend: bool, view: str = "") -> None:
        self.page, self.may_mend, self.view = page, may_mend, view
        self.document = page.document
        self.above = {task.pk: task for task in page.above}
        # Words are looked up once a page, not once an item.
        self.labels = {name: str(words) for name, words in FIELD_WORDS.items()}
        self.kinds = {code: str(words) for code, words in ItemKind.choices}
        self.states = {code: str(words) for code, words in ItemState.choices}
        self.words = act_words()
        self.base = reverse("desk:plan_review", args=[page.document.pk])
        self._next: dict[int, int] = {}
        living = [item for item in page.items if item.state != ItemState.REJECTED]
        for kind in ItemKind.values:
            row = [item.pk for item in living if item.kind == kind]
            self._next.update(pairwise(row))

    def card(self, item: RegisterItem, *, mode: str = "", form: Item | None = None) -> dict[str, Any]:
        """What the template of one item needs. `mode` opens the form: "sua" or "tach"."""
        extracted = item.extracted or {}
        shown = {
            "item": item,
            "kind": item.kind,
            "kind_label": self.kinds[item.kind],
            "title": item.current.get("name") or item.current.get("what") or "",
            "quote": item.current.get("quote") or "",
            "fields": [row for name in _SHOWN[item.kind] if (row := self._field(item, name, extracted)) is not None],
            "state": mark_state(item),
            "state_label": self.states[item.state],
            "joins": self._next.get(item.pk),
            "undoable": bool(item.history) or (item.extracted is None and item.state == ItemState.ADDED),
            "mode": mode,
            "may_mend": self.may_mend,
            "view": self.view,
            "document": self.document,
            "url": f"{self.base}{item.pk}/",
            "words": self.words,
            "choices": _choices(item),
        }
        if mode == "sua":
            shown["form"] = form or item_form(
                item.kind, item=item, above=self.page.above, ended=self.ended(item), auto_id=f"i{item.pk}_%s"
            )
        if mode == "tach":
            shown["cuts"] = self._cuts(str(shown["quote"]))
        return shown

    def ended(self, item: RegisterItem) -> list[str]:
        """The bodies of an item that nobody carries on, or for whom a person has named heirs."""
        said = self.document.head.get("carried_by") or {}
        own = item.current.get("carried_by") or {}
        return [name for name in ended_bodies(item, self.page) if name not in said or own.get(name)]

    def _field(self, item: RegisterItem, name: str, extracted: Mapping[str, Any]) -> dict[str, Any] | None:
        value = item.current.get(name)
        if name == "weight" and value in (None, 1):
            return None
        if name == "increase":
            return self._increase(item, str(value or ""))
        if name in _QUIET and not value:
            return None
        reason = (extracted.get("reasons") or {}).get(name) or {}
        sure = (extracted.get("confidence") or {}).get(name)
        untouched = not extracted or rules.same_value(name, extracted.get(name), value)
        if name == "under":
            task = self.above.get(value or 0)
            words = ": ".join(filter(None, (place_words(task.path), task.title))) if task else "–"
        elif name == "carried_by":
            words = "; ".join(f"{old}: {', '.join(new)}" for old, new in (value or {}).items())
        else:
            words = value_words(name, value)
        return {
            "name": name,
            "label": self.labels[name],
            "value": words,
            "why": str(reason.get("words") or "") if untouched else "",
            "read": value_words(name, extracted.get(name)) if extracted and not untouched else "",
            "percent": round(sure * 100) if isinstance(sure, int | float) and untouched else None,
            "unsure": isinstance(sure, int | float) and sure < SURE and untouched,
        }

    def _increase(self, item: RegisterItem, chosen: str) -> dict[str, Any] | None:
        """What an increase counts: as chosen, or as it is assumed, and why."""
        if not counts_increase(str((item.current.get("target") or {}).get("op") or "")):
            return None
        unit = str(item.current.get("unit") or "")
        meant = chosen or assumed_increase(unit)
        what = {"points": _("điểm phần trăm"), "percent": _("phần trăm của mức xuất phát")}[meant]
        assumed = _("tạm hiểu là %(what)s, vì đơn vị tính là “%(unit)s”") if unit else _("tạm hiểu là %(what)s")
        return {
            "name": "increase", "label": self.labels["increase"], "read": "", "percent": None,
            "value": what if chosen else assumed % {"what": what, "unit": unit}, "why": "", "unsure": not chosen,
        }  # fmt: skip

    def _cuts(self, quote: str) -> list[dict[str, Any]]:
        points = rules.cut_points(quote) or [
            at + 1 for at, char in enumerate(quote) if char in ",:" and at + 2 < len(quote)
        ]
        ends = [*points[1:], len(quote)]
        return [
            {"position": at, "before": quote[:at].rstrip()[-60:], "after": quote[at:end].strip()[:110]}
            for at, end in zip(points, ends, strict=True)
        ][:60]


_SHOWN: Mapping[str, tuple[str, ...]] = {
    "task": ("lead", "cooperate", "deadline", "report_to", "deliverable", "weight", "under", "carried_by"),
    "indicator": ("target", "increase", "unit", "baseline", "baseline_year", "due_on"),
    "report": ("who", "to", "due", "rrule"),
    "channel": (),
    "disclosure": ("who", "where", "when"),
}
_QUIET = frozenset(
    "cooperate report_to deliverable under carried_by baseline baseline_year due_on where when rrule to".split()
)


def _choices(item: RegisterItem) -> list[tuple[str, str]]:
    """The ways to count an increase that are not chosen yet, each as an act."""
    if item.kind != ItemKind.INDICATOR or not counts_increase(str((item.current.get("target") or {}).get("op") or "")):
        return []
    words = {"points": _("Tính theo điểm phần trăm"), "percent": _("Tính theo phần trăm")}
    return [(code, label) for code, label in words.items() if item.current.get("increase") != code]


def ended_bodies(item: RegisterItem, page: RegisterPage) -> list[str]:
    """The bodies named in an item that nobody carries on today, or for whom somebody was named."""
    if item.kind != ItemKind.TASK:
        return []
    today = clock.today()
    on = page.document.issued_on or today
    carried = item.current.get("carried_by") or {}
    found = []
    for name in (*item.current.get("lead", ()), *item.current.get("cooperate", ())):
        resolved = page.directory.resolve(str(name), on=on, today=today)
        empty = not resolved.carriers and (resolved.members or resolved.collective or not resolved.known)
        if empty or carried.get(name):
            found.append(str(name))
    return found
