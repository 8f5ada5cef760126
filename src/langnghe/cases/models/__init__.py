"""Tables of feedback cases: the case itself, what is said about it, and the city's catalogues."""

from langnghe.cases.models.case import Attachment, Case, Level, Regime, Sender, SenderType, Subject, Urgency
from langnghe.cases.models.catalogue import CannedText, Channel, DeclineReason, Field, Procedure, Setting
from langnghe.cases.models.work import (
    Answer,
    AnswerState,
    Cooperation,
    Diversion,
    DiversionKind,
    ExtensionRequest,
    Follower,
    InformationRequest,
    Merge,
    Note,
    Outcome,
    Rating,
    Urging,
)

__all__ = [
    "Answer",
    "AnswerState",
    "Attachment",
    "CannedText",
    "Case",
    "Channel",
    "Cooperation",
    "DeclineReason",
    "Diversion",
    "DiversionKind",
    "ExtensionRequest",
    "Field",
    "Follower",
    "InformationRequest",
    "Level",
    "Merge",
    "Note",
    "Outcome",
    "Procedure",
    "Rating",
    "Regime",
    "Sender",
    "SenderType",
    "Setting",
    "Subject",
    "Urgency",
    "Urging",
]
