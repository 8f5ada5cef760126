"""Every write of triage: suggest (in the worker), confirm (at the desk), train."""

from langnghe.triage.services.confirming import (
    confirm_classification,
    confirm_diversion,
    confirm_duplicate,
    confirm_feedback,
    confirm_transfer,
)
from langnghe.triage.services.suggesting import suggest_waiting
from langnghe.triage.services.training import train_anew

__all__ = [
    "confirm_classification",
    "confirm_diversion",
    "confirm_duplicate",
    "confirm_feedback",
    "confirm_transfer",
    "suggest_waiting",
    "train_anew",
]
