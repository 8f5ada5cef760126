"""Changes of deadline rules and calendar by an administrator, each in the ledger as a subject of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from langnghe.ledger import services as ledger
from langnghe.workflow.actor import Actor
from langnghe.worktime import rules, selectors
from langnghe.worktime.errors import NoCalendarError, WorktimeError
from langnghe.worktime.format import short_date
from langnghe.worktime.models import (
    CITY,
    Calendar,
    CalendarDay,
    CalendarYear,
    DayKind,
    Deadline,
    DeadlineRule,
    Unit,
    Version,
    WorkHours,
)
from langnghe.worktime.rules import TermError
from langnghe.worktime.services.reminders import remind_on

ADMINISTRATOR = "administrator"
RULE_KIND = "deadline_rule"
CALENDAR_KIND = "calendar"


def set_rule(
    *,
    code: str,
    step: str,
    regime: str = "",
    urgency: str = "",
    amount: int,
    unit: str,
    valid_from: date,
    valid_to: date | None = None,
    source: str = "",
    assumed: bool = False,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> DeadlineRule:
    """Put a rule into force from a date on; the rule of that code which applied until then ends the day before.

    Deadlines that run keep the rule by which they were promised. Raises WorktimeError: `not_allowed`, `amount`, `unit`,
    `dates`, `source` (neither a source nor marked as assumed), `overlap`.
    """
    require_administrator(actor)
    if not 1 <= amount <= rules.MAX_AMOUNT:
        raise WorktimeError("amount", _("Thời hạn phải từ 1 đến %(most)s.") % {"most": rules.MAX_AMOUNT})
    if unit not in Unit.values:
        raise WorktimeError("unit", _("Đơn vị của thời hạn không hợp lệ."))
    if valid_to is not None and valid_to < valid_from:
        raise WorktimeError("dates", _("Ngày kết thúc phải từ ngày bắt đầu áp dụng trở đi."))
    if not source.strip() and not assumed:
        raise WorktimeError("source", _("Hãy ghi căn cứ của thời hạn, hoặc đánh dấu là giá trị giả định."))
    try:
        with transaction.atomic():
            before = (
                DeadlineRule.objects.select_for_update()
                .filter(Q(valid_to=None) | Q(valid_to__gte=valid_from), code=code, valid_from__lt=valid_from)
                .first()
            )
            if before is not None:
                _end(before, valid_from - rules.DAY, actor=actor, at=at)
            rule = DeadlineRule.objects.create(
                code=code,
                step=step,
                regime=regime,
                urgency=urgency,
                amount=amount,
                unit=unit,
                valid_from=valid_from,
                valid_to=valid_to,
                source=source.strip(),
                assumed=assumed,
                note=note.strip(),
            )
            ledger.record(
                kind=RULE_KIND, subject_id=rule.pk, act="set", actor=actor, at=at, data=facts_of(rule), first=True
            )
            changed("rules")
    except IntegrityError as error:
        if "rule_one_by" not in str(error):
            raise
        text = _("Đã có quy tắc khác cho bước này trong khoảng thời gian từ %(day)s. Hãy kết thúc quy tắc đó trước.")
        raise WorktimeError("overlap", text % {"day": short_date(valid_from)}) from error
    return rule


def end_rule(*, rule_id: int, valid_to: date, actor: Actor, at: datetime) -> DeadlineRule:
    """Say on which day a rule applies for the last time. Raises WorktimeError: `not_allowed`, `dates`."""
    require_administrator(actor)
    with transaction.atomic():
        rule = DeadlineRule.objects.select_for_update().get(pk=rule_id)
        if valid_to < rule.valid_from:
            raise WorktimeError("dates", _("Ngày kết thúc phải từ ngày bắt đầu áp dụng trở đi."))
        if rule.valid_to is not None and valid_to > rule.valid_to:
            raise WorktimeError("dates", _("Quy tắc này đã kết thúc sớm hơn; hãy đặt quy tắc mới."))
        _end(rule, valid_to, actor=actor, at=at)
        changed("rules")
    return rule


def withdraw_rule(*, rule_id: int, actor: Actor, at: datetime) -> None:
    """Take back a rule that is not in force yet. Raises WorktimeError: `not_allowed`, `in_force`."""
    require_administrator(actor)
    with transaction.atomic():
        rule = DeadlineRule.objects.select_for_update().get(pk=rule_id)
        if rule.valid_from <= rules.local(at).date() or Deadline.objects.filter(rule=rule).exists():
            raise WorktimeError("in_force", _("Quy tắc đã áp dụng thì không rút lại được, chỉ kết thúc được."))
        ledger.record(kind=RULE_KIND, subject_id=rule.pk, act="withdraw", actor=actor, at=at, data=facts_of(rule))
        rule.delete()
        changed("rules")


def _end(rule: DeadlineRule, valid_to: date, *, actor: Actor, at: datetime) -> None:
    rule.valid_to = valid_to
    rule.save(update_fields=["valid_to"])
    ledger.record(
        kind=RULE_KIND,
        subject_id=rule.pk,
        act="end",
        actor=actor,
        at=at,
        data={"code": rule.code, "valid_to": valid_to.isoformat()},
    )


def facts_of(rule: DeadlineRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "step": rule.step,
        "regime": rule.regime,
        "urgency": rule.urgency,
        "amount": rule.amount,
        "unit": str(rule.unit),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": None if rule.valid_to is None else rule.valid_to.isoformat(),
        "source": rule.source,
        "assumed": rule.assumed,
        "note": rule.note,
    }


def set_day(
    *,
    day: date,
    kind: str,
    reason: str,
    reason_en: str = "",
    source: str = "",
    confirmed: bool = True,
    actor: Actor,
    at: datetime,
    calendar: str = CITY,
) -> CalendarDay:
    """Make a day a day off or a working day. Deadlines that were promised already keep their date.

    Raises WorktimeError: `not_allowed`, `kind`, `reason`; NoCalendarError.
    """
    require_administrator(actor)
    if kind not in DayKind.values:
        raise WorktimeError("kind", _("Loại ngày không hợp lệ."))
    if not reason.strip():
        raise WorktimeError("reason", _("Hãy ghi lý do, vì người dân sẽ thấy lý do này khi xem thời hạn."))
    with transaction.atomic():
        owner = locked(calendar)
        row, _new = CalendarDay.objects.update_or_create(
            calendar=owner,
            date=day,
            defaults={
                "kind": kind,
                "reason": reason.strip(),
                "reason_en": reason_en.strip(),
                "source": source.strip(),
                "confirmed": confirmed,
            },
        )
        data = {"date": day.isoformat(), "kind": kind, "reason": row.reason, "source": row.source}
        record_calendar(owner, "set_day", {**data, "confirmed": confirmed}, actor, at)
        if kind == DayKind.WORKING:
            remind_on(day)
    return row


def clear_day(*, day: date, actor: Actor, at: datetime, calendar: str = CITY) -> bool:
    """Let a day follow the working week again. False when it did. Raises WorktimeError: `not_allowed`."""
    require_administrator(actor)
    with transaction.atomic():
        owner = locked(calendar)
        gone, _by_model = CalendarDay.objects.filter(calendar=owner, date=day).delete()
        if gone:
            record_calendar(owner, "clear_day", {"date": day.isoformat()}, actor, at)
            remind_on(day)
    return bool(gone)


def confirm_year(*, year: int, source: str, actor: Actor, at: datetime, calendar: str = CITY) -> CalendarYear:
    """Confirm the days of a year by the official notice (`source`). Raises WorktimeError: `not_allowed`, `source`."""
    require_administrator(actor)
    if not source.strip():
        raise WorktimeError("source", _("Hãy ghi số và ngày của thông báo chính thức."))
    with transaction.atomic():
        owner = locked(calendar)
        row, _new = CalendarYear.objects.update_or_create(
            calendar=owner, year=year, defaults={"confirmed": True, "source": source.strip()}
        )
        CalendarDay.objects.filter(calendar=owner, date__year=year, confirmed=False).update(confirmed=True)
        record_calendar(owner, "confirm_year", {"year": year, "source": row.source}, actor, at)
    return row


def set_hours(
    *,
    valid_from: date,
    periods: str,
    weekdays: Iterable[int] = (1, 2, 3, 4, 5),
    source: str = "",
    actor: Actor,
    at: datetime,
    calendar: str = CITY,
) -> WorkHours:
    """Set the working week from a date on. Raises WorktimeError: `not_allowed`, `periods`."""
    require_administrator(actor)
    try:
        hours = rules.Hours(valid_from, rules.parse_periods(periods), frozenset(weekdays))
    except TermError as error:
        text = _("Giờ làm việc phải viết như 08:00-12:00,13:30-17:30, các buổi nối tiếp nhau.")
        raise WorktimeError("periods", text) from error
    with transaction.atomic():
        owner = locked(calendar)
        row, _new = WorkHours.objects.update_or_create(
            calendar=owner,
            valid_from=valid_from,
            defaults={
                "periods": rules.format_periods(hours.periods),
                "weekdays": sorted(hours.weekdays),
                "source": source.strip(),
                "assumed": False,
            },
        )
        data = {"valid_from": valid_from.isoformat(), "periods": row.periods, "weekdays": row.weekdays}
        record_calendar(owner, "set_hours", {**data, "source": row.source}, actor, at)
    return row


def locked(code: str) -> Calendar:
    owner = Calendar.objects.select_for_update().filter(code=code).first()
    if owner is None:
        raise NoCalendarError("no_calendar", _("Chưa có lịch làm việc “%(code)s”.") % {"code": code})
    return owner


def record_calendar(owner: Calendar, act: str, data: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    ledger.record(kind=CALENDAR_KIND, subject_id=owner.pk, act=act, actor=actor, at=at, data=data)
    changed("calendars")


def require_administrator(actor: Actor) -> None:
    if actor.kind != "system" and actor.role != ADMINISTRATOR:
        raise WorktimeError("not_allowed", _("Chỉ quản trị viên được thay đổi lịch làm việc và thời hạn."))


def changed(name: str) -> None:
    """Tell all processes that their copy is old: this one at once, the others within seconds of the commit."""
    Version.objects.update_or_create(name=name, defaults={"token": uuid.uuid4()})
    selectors.forget()
    transaction.on_commit(selectors.forget)
