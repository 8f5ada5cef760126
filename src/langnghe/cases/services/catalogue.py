"""Writes on the city's catalogues and settings by an administrator, each in the ledger as a subject of its own.

What cases refer to is never deleted, only ended by a date: what was decided by it stays explicable.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.cases import catalogue
from langnghe.cases import settings as city_settings
from langnghe.cases.models import CannedText, Channel, DeclineReason, Field, Procedure, Setting
from langnghe.cases.models.catalogue import Dated
from langnghe.ledger import services as ledger
from langnghe.workflow.actor import Actor

MODELS: dict[str, type[Dated]] = {
    "field": Field,
    "procedure": Procedure,
    "channel": Channel,
    "decline_reason": DeclineReason,
    "canned_text": CannedText,
}
"""Kind in the ledger → table."""

_COMMON = ("name", "name_en", "valid_from", "valid_to", "source")
COLUMNS: dict[str, tuple[str, ...]] = {
    "field": (*_COMMON, "regime", "default_agency_id", "commune_first", "keywords"),
    "procedure": (*_COMMON, "field_id", "level", "term_days", "assumed"),
    "channel": (*_COMMON, "contact", "hours", "note", "published", "staff_entry"),
    "decline_reason": (*_COMMON, "text", "guidance", "legal_basis", "diversion"),
    "canned_text": (*_COMMON, "regime", "field_id", "outcome", "agency_id", "text"),
}


def require_administrator(actor: Actor) -> None:
    """Raise unless the actor is an administrator (or the program itself, loading facts)."""
    if actor.role not in ("administrator", "system"):
        raise ActError(_("Chỉ quản trị hệ thống được sửa danh mục."))


def set_row(kind: str, *, pk: int | None, values: Mapping[str, Any], actor: Actor, at: datetime) -> Dated:
    """Make or change one row of a catalogue; the change stands in the ledger with what was before and after.

    `values` are the columns of `COLUMNS[kind]`, and `code` for a new row. A code never changes. Raises ValidationError
    by column for what cannot be, ActError for who may not.
    """
    require_administrator(actor)
    model = MODELS[kind]
    with transaction.atomic():
        row = model() if pk is None else model._default_manager.select_for_update().get(pk=pk)
        if pk is None:
            row.code = str(values.get("code", ""))
        wanted = {name: values[name] for name in COLUMNS[kind] if name in values}
        before = {name: getattr(row, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if pk is None or before[name] != value}
        if not changed:
            return row
        for name, value in changed.items():
            setattr(row, name, value)
        if row.valid_from is not None and row.valid_to is not None and row.valid_to < row.valid_from:
            raise ValidationError({"valid_to": _("Ngày kết thúc phải từ ngày bắt đầu áp dụng trở đi.")})
        row.full_clean(exclude=["sort_key", "folded"])
        row.save()
        data: dict[str, Any] = {"code": row.code, "after": _plain(changed)}
        if pk is not None:
            data["before"] = _plain({name: before[name] for name in changed})
        ledger.record(
            kind=kind, subject_id=row.pk, act="create" if pk is None else "change", actor=actor, at=at, data=data
        )
    _forget()
    return row


def set_setting(
    *, code: str, value: Any, valid_from: date, source: str, assumed: bool, actor: Actor, at: datetime
) -> Setting:
    """Let a number or text of the city hold from a day on; the one that held until then ends the day before.

    The same code and day again corrects that row. Raises ActError: who may not, no code, neither source nor assumed.
    """
    require_administrator(actor)
    if not code:
        raise ActError(_("Hãy ghi mã của giá trị."), field="code")
    if not source.strip() and not assumed:
        raise ActError(_("Hãy ghi căn cứ, hoặc đánh dấu là giá trị giả định."), field="source")
    with transaction.atomic():
        rows = list(Setting.objects.select_for_update().filter(code=code).order_by("valid_from"))
        same = next((row for row in rows if row.valid_from == valid_from), None)
        later = next((row for row in rows if row.valid_from > valid_from), None)
        earlier = [row for row in rows if row.valid_from < valid_from]
        if earlier and (earlier[-1].valid_to is None or earlier[-1].valid_to >= valid_from):
            earlier[-1].valid_to = valid_from - timedelta(days=1)
            earlier[-1].save(update_fields=["valid_to"])
        row = same or Setting(code=code, valid_from=valid_from)
        before = row.value if same is not None else (earlier[-1].value if earlier else None)
        row.value, row.source, row.assumed = value, source.strip(), assumed
        row.valid_to = later.valid_from - timedelta(days=1) if later is not None else None
        row.full_clean()
        row.save()
        ledger.record(
            kind="setting", subject_id=row.pk, act="set", actor=actor, at=at,
            data={
                "code": code, "before": before, "after": value, "valid_from": str(valid_from), "source": row.source,
                "assumed": assumed,
            },
        )  # fmt: skip
    _forget()
    return row


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def _forget() -> None:
    catalogue.forget()
    city_settings.forget()
    transaction.on_commit(catalogue.forget)
    transaction.on_commit(city_settings.forget)
