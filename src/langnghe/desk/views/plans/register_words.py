"""The register in words: terms, periods, levels, fields, and what a reviewer changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langnghe.plans.rules_register import day_of
from langnghe.ui.words import number, short_date

ROMAN = ("I", "II", "III", "IV")

FIELD_WORDS: Mapping[str, Any] = {
    "quote": gettext_lazy("Nội dung"),
    "path": gettext_lazy("Vị trí trong văn bản"),
    "lead": gettext_lazy("Chủ trì"),
    "cooperate": gettext_lazy("Phối hợp"),
    "deadline": gettext_lazy("Thời hạn"),
    "report_to": gettext_lazy("Báo cáo"),
    "deliverable": gettext_lazy("Kết quả, sản phẩm"),
    "weight": gettext_lazy("Trọng số"),
    "under": gettext_lazy("Thuộc nhiệm vụ cấp trên"),
    "carried_by": gettext_lazy("Ai làm tiếp"),
    "name": gettext_lazy("Tên"),
    "unit": gettext_lazy("Đơn vị tính"),
    "baseline": gettext_lazy("Mức xuất phát"),
    "baseline_year": gettext_lazy("Năm xuất phát"),
    "target": gettext_lazy("Mức phải đạt"),
    "who": gettext_lazy("Ai"),
    "to": gettext_lazy("Gửi"),
    "due": gettext_lazy("Khi nào"),
    "rrule": gettext_lazy("Chu kỳ"),
    "what": gettext_lazy("Nội dung công khai"),
    "where": gettext_lazy("Ở đâu"),
    "when": gettext_lazy("Khi nào"),
    "due_on": gettext_lazy("Hạn đạt"),
    "increase": gettext_lazy("Mức tăng tính bằng"),
}

RHYTHMS: tuple[tuple[str, Any], ...] = (
    ("", gettext_lazy("Không nêu chu kỳ")),
    ("FREQ=DAILY", gettext_lazy("Hằng ngày")),
    ("FREQ=WEEKLY", gettext_lazy("Hằng tuần")),
    ("FREQ=MONTHLY", gettext_lazy("Hằng tháng")),
    ("FREQ=MONTHLY;INTERVAL=3", gettext_lazy("Hằng quý")),
    ("FREQ=YEARLY;BYMONTH=6,12", gettext_lazy("6 tháng và cuối năm")),
    ("FREQ=MONTHLY;INTERVAL=6", gettext_lazy("6 tháng một lần")),
    ("FREQ=YEARLY;BYMONTH=12", gettext_lazy("Cuối năm")),
    ("FREQ=YEARLY", gettext_lazy("Hằng năm")),
)
"""Rhythms to choose from; a day of the month may be added to each."""


def rhythm_words(rrule: str) -> str:
    """A recurrence rule (RFC 5545) in words; the rule itself where no words are known for it."""
    parts = dict(part.split("=", 1) for part in rrule.upper().removeprefix("RRULE:").split(";") if "=" in part)
    until = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", parts.pop("UNTIL", ""))
    days = parts.pop("BYMONTHDAY", "")
    rest = ";".join(f"{name}={value}" for name, value in parts.items())
    known = {code: str(words) for code, words in RHYTHMS}
    months = {
        "FREQ=MONTHLY;BYMONTH=3,6,9,12": _("Tháng cuối quý"),
        "FREQ=YEARLY;BYMONTH=3,6,9,12": _("Tháng cuối quý"),
    }
    words = known.get(rest) or months.get(rest)
    if not rest or words is None:
        found = re.fullmatch(r"FREQ=MONTHLY;INTERVAL=(\d+)", rest)
        by_month = re.fullmatch(r"FREQ=YEARLY;BYMONTH=([\d,]+)", rest)
        if found:
            words = _("%(n)s tháng một lần") % {"n": found[1]}
        elif by_month:
            words = _("Tháng %(months)s hằng năm") % {"months": by_month[1].replace(",", ", ")}
        else:
            return rrule
    if days == "-1":
        words = _("%(rhythm)s, ngày cuối tháng") % {"rhythm": words}
    elif days:
        words = _("%(rhythm)s, ngày %(days)s") % {"rhythm": words, "days": days.replace(",", ", ")}
    if until:
        end = date(int(until[1]), int(until[2]), int(until[3]))
        words = _("%(rhythm)s, đến %(day)s") % {"rhythm": words, "day": short_date(end)}
    return str(words)


def term_words(term: Mapping[str, Any] | None) -> str:
    """A term as the office says it."""
    given = term or {}
    type_, value = given.get("type") or "none", day_of(given.get("value"))
    if type_ == "ongoing":
        return _("Thường xuyên")
    if type_ == "recurring":
        return rhythm_words(str(given["rrule"])) if given.get("rrule") else _("Định kỳ, không nêu chu kỳ")
    if type_ == "none" or value is None:
        return _("Không ghi hạn")
    if type_ == "month":
        words = _("Trong tháng %(m)s/%(y)s") % {"m": value.month, "y": value.year}
    elif type_ == "quarter":
        words = _("Trong quý %(q)s/%(y)s") % {"q": ROMAN[(value.month - 1) // 3], "y": value.year}
    elif type_ == "year":
        words = _("Trong năm %(y)s") % {"y": value.year}
    else:
        before = _("Trước ngày %(day)s") if given.get("before") else _("Ngày %(day)s")
        words = before % {"day": short_date(value)}
    return words


SIGNS = {">=": "≥", "<=": "≤", "=": "", ">": ">", "<": "<"}


def target_words(target: Mapping[str, Any] | None) -> str:
    """A level to reach in words."""
    if not target:
        return "–"
    op, value = str(target.get("op") or ""), target.get("value")
    amount = "–".join(number(one) for one in value) if isinstance(value, list) else number(value) if value else ""
    if value == 0:
        amount = "0"
    words = {
        "increase_pct": _("tăng %(n)s%%"),
        "range_increase_pct": _("tăng %(n)s%%"),
        "decrease_pct": _("giảm %(n)s%%"),
        "range_decrease_pct": _("giảm %(n)s%%"),
        "increase_rank": _("tăng %(n)s bậc") if amount else _("tăng hạng"),
        "decrease_rank": _("giảm %(n)s bậc") if amount else _("giảm hạng"),
        "max": _("mức tối đa"),
    }.get(op)
    if words is not None:
        return words % {"n": amount} if "%(" in words else words
    return f"{SIGNS.get(op, op)} {amount}".strip() or "–"


def value_words(name: str, value: Any) -> str:
    """The value of any field, fit to be read."""
    if name == "deadline":
        return term_words(value)
    if name == "target":
        return target_words(value)
    if name == "rrule":
        return rhythm_words(str(value)) if value else "–"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "–"
    if isinstance(value, bool) or value in (None, ""):
        return "–"
    if name == "baseline_year":
        return str(value)
    if isinstance(value, int | float):
        return number(value)
    return str(value)
