"""Calendar and rules out of files, without undoing what an administrator changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from langnghe.ledger import services as ledger
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import rules
from langnghe.worktime.models import Calendar, CalendarDay, CalendarYear, DeadlineRule, WorkHours
from langnghe.worktime.services.administration import RULE_KIND, changed, facts_of, locked, record_calendar


def load_calendar(data: Mapping[str, Any], at: datetime) -> Calendar:
    """Load a calendar file. Years that are there already stay as they are, so that nobody's correction is undone."""
    with transaction.atomic():
        owner, _new = Calendar.objects.get_or_create(code=data["code"], defaults={"name": data["name"]})
        owner = locked(owner.code)
        known = set(CalendarYear.objects.filter(calendar=owner).values_list("year", flat=True))
        years = [row for row in data["years"] if row["year"] not in known]
        if not years:
            return owner
        if not known:
            WorkHours.objects.bulk_create(
                [
                    WorkHours(
                        calendar=owner,
                        valid_from=date.fromisoformat(row["valid_from"]),
                        periods=rules.format_periods(rules.parse_periods(row["periods"])),
                        weekdays=sorted(row["weekdays"]),
                        source=row["source"],
                        assumed=row["assumed"],
                    )
                    for row in data["hours"]
                ],
                ignore_conflicts=True,
            )
        new = {row["year"] for row in years}
        days = [
            CalendarDay(
                calendar=owner,
                date=date.fromisoformat(row["date"]),
                kind=row["kind"],
                reason=row["reason"],
                reason_en=row.get("reason_en", ""),
                source=row["source"],
                confirmed=row["confirmed"],
            )
            for row in data["days"]
            if date.fromisoformat(row["date"]).year in new
        ]
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
        CalendarYear.objects.bulk_create(
            [
                CalendarYear(calendar=owner, year=row["year"], confirmed=row["confirmed"], source=row["source"])
                for row in years
            ]
        )
        record_calendar(owner, "load", {"years": sorted(new), "days": len(days)}, SYSTEM, at)
    return owner


def load_rules(data: Mapping[str, Any], at: datetime) -> int:
    """Load a file of deadline rules. Codes that are there already stay as they are. Returns how many rows are new."""
    with transaction.atomic():
        known = set(DeadlineRule.objects.values_list("code", flat=True))
        new = [
            DeadlineRule(
                code=row["code"],
                step=row["step"],
                regime=row["regime"],
                urgency=row["urgency"],
                amount=row["amount"],
                unit=row["unit"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=None if row["valid_to"] is None else date.fromisoformat(row["valid_to"]),
                source=row["source"],
                assumed=row["assumed"],
                note=row["note"],
            )
            for row in data["rules"]
            if row["code"] not in known
        ]
        if new:
            DeadlineRule.objects.bulk_create(new)
            ledger.record_many(
                ledger.Act(kind=RULE_KIND, subject_id=rule.pk, act="set", actor=SYSTEM, at=at, data=facts_of(rule))
                for rule in new
            )
            changed("rules")
    return len(new)
