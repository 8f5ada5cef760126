"""Every write of triage. What people confirm at the desk is here; suggesting and training need numbers that only the
worker loads, so they are imported from their own modules (`suggesting`, `training`)."""

from langnghe.triage.services.confirming import (
    confirm_classification,
    confirm_diversion,
    confirm_duplicate,
    confirm_feedback,
    confirm_transfer,
)

__all__ = [
    "confirm_classification",
    "confirm_diversion",
    "confirm_duplicate",
    "confirm_feedback",
    "confirm_transfer",
]
