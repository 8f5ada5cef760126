"""Tables of working time: calendars, deadline rules by effective date, deadlines with their explanation, reminders."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from langnghe.worktime.rules import Term, is_late
from langnghe.worktime.rules import Unit as TermUnit

CITY = "city"
"""The code of the calendar by which the offices of the city work."""


class Unit(models.TextChoices):
    """The unit of a term; see `rules` for how each is counted."""

    WORKING_DAYS = TermUnit.WORKING_DAYS.value, _("ngày làm việc")
    WORKING_HOURS = TermUnit.WORKING_HOURS.value, _("giờ làm việc")
    CALENDAR_DAYS = TermUnit.CALENDAR_DAYS.value, _("ngày")


class Calendar(models.Model):
    """A working calendar. Its days and hours hang on it."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("tên"), max_length=200)

    def __str__(self) -> str:
        return self.name


class WorkHours(models.Model):
    """The working week from a date on."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="hours")
    valid_from = models.DateField(_("áp dụng từ"))
    periods = models.CharField(_("giờ làm việc"), max_length=100, help_text=_("Ví dụ: 08:00-12:00,13:30-17:30"))
    weekdays = models.JSONField(_("ngày trong tuần"), help_text=_("1 là thứ Hai, 7 là Chủ nhật"))
    source = models.CharField(_("nguồn"), max_length=300, blank=True)
    assumed = models.BooleanField(_("giá trị giả định"), default=False)

    class Meta:
        ordering: ClassVar = ["calendar", "valid_from"]
        constraints: ClassVar = [models.UniqueConstraint(name="hours_once", fields=["calendar", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.periods} ({self.valid_from})"


class DayKind(models.TextChoices):
    """How a day differs from the working week."""

    OFF = "off", _("Ngày nghỉ")
    WORKING = "working", _("Ngày làm bù")


class CalendarDay(models.Model):
    """A day off, or a day worked in exchange for another, with its reason."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(_("ngày"))
    kind = models.CharField(_("loại"), max_length=8, choices=DayKind.choices)
    reason = models.CharField(_("lý do"), max_length=120)
    reason_en = models.CharField(_("lý do (tiếng Anh)"), max_length=120, blank=True)
    source = models.CharField(_("nguồn"), max_length=300, blank=True)
    confirmed = models.BooleanField(_("đã xác nhận"), default=True)

    class Meta:
        ordering: ClassVar = ["calendar", "date"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="day_once", fields=["calendar", "date"]),
            models.CheckConstraint(name="day_kind", condition=Q(kind__in=DayKind.values)),
            models.CheckConstraint(name="day_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.reason}"


class CalendarYear(models.Model):
    """A year for which the calendar has its days; unconfirmed until an administrator has seen the official notice."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("năm"))
    confirmed = models.BooleanField(_("đã xác nhận"), default=False)
    source = models.CharField(_("nguồn"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["calendar", "year"]
        constraints: ClassVar = [models.UniqueConstraint(name="year_once", fields=["calendar", "year"])]

    def __str__(self) -> str:
        return str(self.year)


class Version(models.Model):
    """A token that changes with the calendars and with the rules, so that processes know when their copy is old.

    A token, not a counter: a transaction that is rolled back must not leave a process with a copy that looks current.
    """

    name = models.CharField(max_length=20, primary_key=True)
    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return f"{self.name} {self.token}"


def _validity() -> Func:
    return Func(F("valid_from"), F("valid_to"), Value("[]"), function="DATERANGE", output_field=DateRangeField())


class DeadlineRule(models.Model):
    """How long a step may take, from a date on (law 6: facts of the city are data).

    A row never changes once it is in force, except that it gets an end: what was promised by it stays explicable.
    An empty regime or urgency means any. `valid_to` is the last day on which the rule applies.
    """

    code = models.SlugField(_("mã"), max_length=60)
    step = models.SlugField(_("bước"), max_length=40)
    regime = models.CharField(_("chế độ"), max_length=20, blank=True)
    urgency = models.CharField(_("mức"), max_length=20, blank=True)
    amount = models.PositiveSmallIntegerField(_("thời hạn"))
    unit = models.CharField(_("đơn vị"), max_length=16, choices=Unit.choices)
    valid_from = models.DateField(_("áp dụng từ"))
    valid_to = models.DateField(_("áp dụng đến hết"), null=True, blank=True)
    source = models.CharField(_("căn cứ"), max_length=300, blank=True)
    assumed = models.BooleanField(_("giá trị giả định"), default=False)
    note = models.CharField(_("ghi chú"), max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(name="rule_amount", condition=Q(amount__gte=1, amount__lte=10_000)),
            models.CheckConstraint(name="rule_unit", condition=Q(unit__in=Unit.values)),
            models.CheckConstraint(name="rule_dates", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(name="rule_grounded", condition=Q(assumed=True) | ~Q(source="")),
            ExclusionConstraint(
                name="rule_one_by_code",
                expressions=[("code", RangeOperators.EQUAL), (_validity(), RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="rule_one_by_step",
                expressions=[
                    ("step", RangeOperators.EQUAL),
                    ("regime", RangeOperators.EQUAL),
                    ("urgency", RangeOperators.EQUAL),
                    (_validity(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.amount} {self.get_unit_display()})"

    @property
    def term(self) -> Term:
        """The term to count with."""
        return Term(self.amount, TermUnit(self.unit))

    def applies_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class DeadlineState(models.TextChoices):
    """Where a deadline stands. `late` is closed too: met, but after it was due."""

    OPEN = "open", _("Đang tính")
    PAUSED = "paused", _("Tạm dừng")
    MET = "met", _("Đúng hạn")
    LATE = "late", _("Xong sau hạn")
    CANCELLED = "cancelled", _("Không còn áp dụng")


RUNNING = (DeadlineState.OPEN.value, DeadlineState.PAUSED.value)
"""The states in which something is still owed."""


class Deadline(models.Model):
    """By when a step of a subject must be done, and why then (law 2).

    Written once, with its explanation; only a pause, a resumption or an extension writes it anew. `due_at` of a paused
    deadline is what it was before the pause. 24:00 is held as 23:59:59 (see `rules`).
    """

    kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    step = models.CharField(max_length=40)
    rule = models.ForeignKey(DeadlineRule, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_date = models.DateField()
    target_at = models.DateTimeField()
    half_at = models.DateTimeField()
    eighty_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list)
    extension = models.PositiveSmallIntegerField(default=0)
    explanation = models.JSONField()
    state = models.CharField(max_length=10, choices=DeadlineState.choices, default=DeadlineState.OPEN)
    closed_at = models.DateTimeField(null=True)
    agency_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    remind_from = models.DateTimeField(help_text="Marks before this moment belong to a term that was extended since.")
    next_reminder_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="deadline_one_running", fields=["kind", "subject_id", "step"], condition=Q(state__in=RUNNING)
            ),
            models.CheckConstraint(name="deadline_state", condition=Q(state__in=DeadlineState.values)),
            models.CheckConstraint(
                name="deadline_closed", condition=Q(state__in=RUNNING, closed_at=None) | ~Q(state__in=RUNNING)
            ),
            models.CheckConstraint(name="deadline_paused", condition=~Q(state="paused") | Q(paused_at__isnull=False)),
        ]
        indexes: ClassVar = [
            models.Index(name="deadline_state_due", fields=["state", "due_at"]),
            models.Index(name="deadline_agency_due", fields=["agency_id", "state", "due_at"]),
            models.Index(name="deadline_subject", fields=["kind", "subject_id"]),
            models.Index(name="deadline_reminders", fields=["next_reminder_at"], condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.step}: {self.due_at} ({self.state})"

    @property
    def running(self) -> bool:
        """Whether something is still owed."""
        return self.state in RUNNING

    def overdue(self, at: datetime) -> bool:
        """Whether the step is still owed after its time. A paused deadline is not overdue."""
        return self.state == DeadlineState.OPEN and is_late(self.due_at, at)

    def explain(self, lang: str = "vi") -> str:
        """The stored explanation in words."""
        from langnghe.worktime.format import explain_stored

        return explain_stored(self.explanation, lang, step=self.step)


class ReminderStep(models.TextChoices):
    """At which mark somebody is reminded, in the order in which the marks come. `today`: on the morning of the last
    working day, for kinds of subjects whose rooms ask for it (`plan_due_today`)."""

    HALF = "half", _("Đã qua nửa thời hạn")
    EIGHTY = "eighty", _("Đã qua 80% thời hạn")
    TODAY = "today", _("Ngày làm việc cuối của thời hạn")
    DUE = "due", _("Đến hạn")
    OVERDUE = "overdue", _("Quá hạn")


class Audience(models.TextChoices):
    """Who is reminded."""

    HANDLER = "handler", _("Người xử lý")
    HEAD = "head", _("Thủ trưởng cơ quan")
    CITY_OFFICE = "city_office", _("Văn phòng Thành phố")


class Reminder(models.Model):
    """One reminder that is owed to one audience: once for a deadline, step and day, whatever crashes.

    `handled_at` is set in the transaction that writes the message; `dropped_at` when the reminder lost its point first.
    """

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=8, choices=ReminderStep.choices)
    day = models.DateField()
    audience = models.CharField(max_length=12, choices=Audience.choices)
    created_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="reminder_once", fields=["deadline", "step", "day", "audience"]),
            models.CheckConstraint(name="reminder_step", condition=Q(step__in=ReminderStep.values)),
            models.CheckConstraint(name="reminder_audience", condition=Q(audience__in=Audience.values)),
        ]
        indexes: ClassVar = [
            models.Index(name="reminder_waiting", fields=["id"], condition=Q(handled_at=None, dropped_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.step} {self.day} {self.audience}"


class Notice(models.Model):
    """That one person is told of one reminder: by a message of its own at once, or (`digest`) by the next of the daily
    ones. `told_at` is set in the transaction that writes the message; `dropped_at` when it lost its point first."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="notices")
    person_id = models.BigIntegerField()
    digest = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="notice_once", fields=["reminder", "person_id"])]
        indexes: ClassVar = [
            models.Index(name="notice_waiting", fields=["person_id"], condition=Q(told_at=None, dropped_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.reminder_id} {self.person_id}"


class ClockOffset(models.Model):
    """By how much the program's clock is moved; one row at most. Only where the settings let the clock be moved."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="clock_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.offset)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep to the one row."""
        self.id = 1
        super().save(*args, **kwargs)
