"""Tables of plans, by what they are about."""

from langnghe.plans.models.bodies import Body
from langnghe.plans.models.documents import ItemKind, ItemState, PlanDocument, RegisterItem
from langnghe.plans.models.indicators import Indicator, Reading
from langnghe.plans.models.personal import CalendarFeed, OwnItem
from langnghe.plans.models.tasks import Obstacle, Period, PlanStep, Progress, Share, Task

__all__ = [
    "Body",
    "CalendarFeed",
    "Indicator",
    "ItemKind",
    "ItemState",
    "Obstacle",
    "OwnItem",
    "Period",
    "PlanDocument",
    "PlanStep",
    "Progress",
    "Reading",
    "RegisterItem",
    "Share",
    "Task",
]
