"""Every write of working time: deadlines, their pauses and reminders; calendar and rules by an administrator.

Deadlines belong to subjects of the rooms above, which hold the lock on their subject and write the ledger entry of the
act that opens, pauses or meets a deadline; that entry covers the deadline. Changes of calendar and rules are subjects
of their own and are recorded here.
"""

from langnghe.worktime.services.administration import (
    clear_day,
    confirm_year,
    end_rule,
    set_day,
    set_hours,
    set_rule,
    withdraw_rule,
)
from langnghe.worktime.services.deadlines import (
    Promise,
    cancel,
    extend,
    hand_over,
    meet,
    open_deadline,
    open_deadlines,
    open_on_date,
    open_on_dates,
    pause,
    replace,
    resume,
)
from langnghe.worktime.services.loading import load_calendar, load_rules
from langnghe.worktime.services.reminders import (
    drop_notices,
    give_notice,
    mark_handled,
    mark_told,
    plan_due_today,
    plan_reminders,
    take_notices,
)

__all__ = [
    "Promise",
    "cancel",
    "clear_day",
    "confirm_year",
    "drop_notices",
    "end_rule",
    "extend",
    "give_notice",
    "hand_over",
    "load_calendar",
    "load_rules",
    "mark_handled",
    "mark_told",
    "meet",
    "open_deadline",
    "open_deadlines",
    "open_on_date",
    "open_on_dates",
    "pause",
    "plan_due_today",
    "plan_reminders",
    "replace",
    "resume",
    "set_day",
    "set_hours",
    "set_rule",
    "take_notices",
    "withdraw_rule",
]
