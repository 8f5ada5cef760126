"""Every write on cases: one function an act. See `engine.perform` for what each act does beside its own change."""

from langnghe.cases.services.after import erase, note, publish, succeed, withhold
from langnghe.cases.services.agency import (
    accept,
    ask_partner,
    ask_sender,
    assign,
    continue_without,
    decide_extension,
    partner_answer,
    request_extension,
    return_to_office,
)
from langnghe.cases.services.answers import Draft, approve, draft, fulfil, redo, send_back, submit
from langnghe.cases.services.office import classify, clarify, decline, divert, lift, merge, restrict, transfer, unmerge, urge
from langnghe.cases.services.receive import NewCase, NewSender, Receipt, receive
from langnghe.cases.services.sender import close, confirm_follow, follow, rate, reopen, reply, unfollow, withdraw

__all__ = [
    "Draft",
    "NewCase",
    "NewSender",
    "Receipt",
    "accept",
    "approve",
    "ask_partner",
    "ask_sender",
    "assign",
    "classify",
    "clarify",
    "close",
    "confirm_follow",
    "continue_without",
    "decide_extension",
    "decline",
    "divert",
    "draft",
    "erase",
    "follow",
    "fulfil",
    "lift",
    "merge",
    "note",
    "partner_answer",
    "publish",
    "rate",
    "receive",
    "redo",
    "reopen",
    "reply",
    "request_extension",
    "restrict",
    "return_to_office",
    "send_back",
    "submit",
    "succeed",
    "transfer",
    "unfollow",
    "unmerge",
    "urge",
    "withdraw",
    "withhold",
]
