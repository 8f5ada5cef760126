"""Documents that order work: entered and read, confirmed into tasks, replaced by a corrected version, ended."""

from langnghe.plans.services.documents.confirming import Summary, confirm, summary
from langnghe.plans.services.documents.ends import finish, owed_above, supersede, uncovered, withdraw
from langnghe.plans.services.documents.entering import enter, quick, read_again, read_waiting
from langnghe.plans.services.documents.giving import add_task, assign_single
from langnghe.plans.services.documents.handing import give_again, give_waiting
from langnghe.plans.services.documents.heads import carry, link, mend_head, same_number, versions
from langnghe.plans.services.registering import is_giving

__all__ = [
    "Summary",
    "add_task",
    "assign_single",
    "carry",
    "confirm",
    "enter",
    "finish",
    "give_again",
    "give_waiting",
    "is_giving",
    "link",
    "mend_head",
    "owed_above",
    "quick",
    "read_again",
    "read_waiting",
    "same_number",
    "summary",
    "supersede",
    "uncovered",
    "versions",
    "withdraw",
]
