"""Reads of triage: what was suggested, likely repeats, and how good the suggestions are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from langnghe.cases import catalogue
from langnghe.cases import selectors as cases_selectors
from langnghe.cases import settings as city_settings
from langnghe.cases.models import Case
from langnghe.triage import signs
from langnghe.triage.models import Choice, ModelVersion, Suggestion

DUPLICATE_DAYS = 60
"""How far back repeats of a report are looked for."""


def suggestion_of(case: Case) -> Suggestion | None:
    """The newest suggestion for a case; one query for each case object, then kept on it."""
    kept: Suggestion | str | None = getattr(case, "_suggestion", "unread")
    if isinstance(kept, str):
        kept = Suggestion.objects.filter(case_id=case.pk).select_related("model").order_by("-pk").first()
        case._suggestion = kept  # type: ignore[attr-defined]
    return kept


def explain_field(hint: Suggestion) -> str:
    """What the model proposes as the field, with its confidence, or that it is not sure."""
    row = catalogue.field(hint.field_id)
    if row is None:
        return _("Gợi ý: chưa đủ chắc chắn, ông/bà tự chọn.")
    return _("Gợi ý: %(name)s (độ tin cậy %(share)s%%).") % {
        "name": row.name,
        "share": round(hint.field_confidence * 100),
    }


def explain_agency(hint: Suggestion) -> str:
    """What the model proposes as the agency, with its confidence."""
    row = catalogue.agencies().get(hint.agency_id or 0)
    if row is None:
        return _("Gợi ý: chưa đủ chắc chắn, ông/bà tự chọn.")
    return _("Gợi ý: %(name)s (độ tin cậy %(share)s%%).") % {
        "name": row.short_name,
        "share": round(hint.agency_confidence * 100),
    }


def urgent_signs(on: date) -> tuple[str, ...]:
    """The city's signs of danger on a day. One query at most every half minute a process."""
    return signs.read(city_settings.city(on).get(signs.SETTING))


def chosen_urgency(hint: Suggestion) -> str:
    """The degree that is chosen beforehand: “Khẩn” only by the city's own signs. The model alone is wrong in two of
    three such cases; it says so beside the field and leaves the choice."""
    return "" if hint.urgency == signs.URGENT and not hint.urgency_words else hint.urgency


def explain_urgency(hint: Suggestion) -> str:
    """Why the model proposes that a case is urgent: the city's signs in its text, or how sure it is. Nothing for the
    other degrees."""
    if hint.urgency != signs.URGENT:
        return ""
    if hint.urgency_words:
        words = ", ".join(f"“{word}”" for word in hint.urgency_words[:5])
        return _("Gợi ý: Khẩn, vì có chữ %(words)s. Không phải khẩn thì chọn lại.") % {"words": words}
    share = round(hint.urgency_confidence * 100)
    return _("Có thể là khẩn (độ tin cậy %(share)s%%). Hãy đọc kỹ; nếu đúng thì chọn Khẩn.") % {"share": share}


def describe(case: Case) -> dict[str, Any] | None:
    """The suggestion for a case in words, for its page; None when there is none yet."""
    hint = suggestion_of(case)
    if hint is None:
        return None
    return {
        "field": explain_field(hint),
        "agency": explain_agency(hint),
        "urgency": explain_urgency(hint),
        "denunciation": hint.denunciation_suspected,
        "words": hint.denunciation_words,
        "model": hint.model.version[:12],
        "repeats": len(hint.duplicates),
    }


# --- repeats --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repeat:
    """A likely repeat: the other case, how alike (0 to 1), and why."""

    case: Case
    score: float
    why: str


def duplicates_of(case: Case, *, at: datetime, limit: int = 6) -> list[Repeat]:
    """Likely repeats of a case among recent reports of the same place. One query."""
    from langnghe.triage import similar

    if case.commune_id is None:
        return []
    near = cases_selectors.nearby(
        commune_id=case.commune_id, since=case.received_at - timedelta(days=DUPLICATE_DAYS), exclude_id=case.pk
    )
    texts = [
        similar.Report(text=f"{row.title}. {row.body}", place=row.place, field=row.field_id, at=row.received_at)
        for row in near
    ]
    own = similar.Report(text=f"{case.title}. {case.body}", place=case.place, field=case.field_id, at=case.received_at)
    found = [Repeat(near[index], score, why) for index, score, why in similar.rank(own, texts)]
    return found[:limit]


# --- accuracy -------------------------------------------------------------------------------------------------------


def active_model() -> ModelVersion | None:
    """The model that suggests now, without its numbers. One query."""
    return ModelVersion.objects.defer("bundle").filter(active=True).first()


def chosen_by_month(*, since: datetime) -> list[dict[str, Any]]:
    """By month and question: how often a person chose, how often the model had answered, how often both agreed.

    One query over the choices of the last months.
    """
    rows = (
        Choice.objects.filter(chosen_at__gte=since)
        .annotate(month=TruncMonth("chosen_at"))
        .values("month", "question", "case__regime")
        .annotate(
            chosen_count=Count("id"),
            answered=Count("id", filter=~Q(suggested="")),
            agreed=Count("id", filter=Q(suggested=F("chosen")) & ~Q(suggested="")),
        )
        .order_by("-month", "question", "case__regime")
    )
    return list(rows[:400])
