"""What the program does by itself as time passes: duties of new plans, periods, reminders."""

from __future__ import annotations

from datetime import datetime

from langnghe.acts.reminders import Reminders
from langnghe.reports.models import Report
from langnghe.reports.services import duties, engine, packs, writing


class ReportReminders(Reminders[Report]):
    """Reminders of reports. What the city office owes, its own people are reminded of."""

    kinds = (engine.KIND,)
    engine = engine.REPORTS
    prefix = "report_"
    office = False


remind = ReportReminders().run


def run(*, at: datetime) -> int:
    """Everything but reminders: duties of confirmed plans, successors, periods, figures of what nobody began, packs of
    meetings of which the day is over."""
    done = duties.follow(at=at) + duties.carry_on(at=at) + duties.open_periods(at=at)
    return done + writing.refresh_owed(at=at) + packs.freeze_past(at=at)
