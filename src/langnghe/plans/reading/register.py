"""The register of a plan: what the reader found, where, why, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

DeadlineType = Literal["none", "date", "month", "quarter", "year", "recurring", "ongoing"]
Span = tuple[int, int]
"""From and to in `Source.text`."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field has its value: the words that say it, where they stand, and the rule that read them."""

    rule: str
    words: str = ""
    span: Span | None = None


@dataclass(kw_only=True, slots=True)
class Found:
    """What every found item carries.

    span        place of the quote
    reasons     by field
    confidence  0 to 1, by field
    doubts      sentences in Vietnamese for the reviewer; an item with doubts is marked
    """

    quote: str
    span: Span
    reasons: dict[str, Reason] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline as the plan words it. `value` is the date stated or the last day of the period; `rrule` RFC 5545."""

    type: DeadlineType = "none"
    value: date | None = None
    before: bool = False
    rrule: str | None = None
    quote: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the register's schema has it."""
        value = self.value.isoformat() if self.value else None
        return {"type": self.type, "value": value, "before": self.before, "rrule": self.rrule, "quote": self.quote}


@dataclass(kw_only=True, slots=True)
class Task(Found):
    """A duty: who leads, who helps, by when, reported to whom. `path` is its place in the plan's numbering."""

    path: str
    lead: list[str]
    cooperate: list[str] = field(default_factory=list)
    deadline: Term = field(default_factory=Term)
    report_to: str | None = None
    inherits_deadline_from: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A level to reach: op is >=, <=, =, >, <, increase_pct, range_increase_pct, increase_rank, …"""

    op: str
    value: float | list[float] | None = None


@dataclass(kw_only=True, slots=True)
class Indicator(Found):
    """A level that the plan sets, or the past level of something it sets out to improve."""

    name: str
    unit: str
    baseline: float | None = None
    baseline_year: int | None = None
    target: Target | None = None


@dataclass(kw_only=True, slots=True)
class RecurringReport(Found):
    """A duty to report again and again."""

    who: str
    to: str | None
    due: str
    rrule: str | None = None


@dataclass(kw_only=True, slots=True)
class Channel(Found):
    """A place, medium or occasion for taking in what people say."""

    name: str


@dataclass(kw_only=True, slots=True)
class Disclosure(Found):
    """Something that is to be made public."""

    what: str
    who: str
    where: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Another document that the plan names by its number."""

    kind: str
    number: str
    date: date | None
    quote: str
    span: Span


@dataclass(slots=True)
class Document:
    """The head and the foot of the plan."""

    number: str | None = None
    date: date | None = None
    issuer: str | None = None
    title: str | None = None
    signer: str | None = None
    signer_title: str | None = None
    recipients: list[str] = field(default_factory=list)
    based_on: list[Citation] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Register:
    """Everything read from one plan."""

    document: Document = field(default_factory=Document)
    tasks: list[Task] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    recurring_reports: list[RecurringReport] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    public_disclosures: list[Disclosure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The register in the schema of reference registers, each item with its place, reasons and confidence."""
        document = self.document
        return {
            "document": {
                "number": document.number,
                "date": _day(document.date),
                "issuer": document.issuer,
                "title": document.title,
                "signer": document.signer,
                "signer_title": document.signer_title,
                "recipients": document.recipients,
                "based_on": [
                    {"kind": one.kind, "number": one.number, "date": _day(one.date), "quote": one.quote}
                    for one in document.based_on
                ],
                "doubts": document.doubts,
            },
            "tasks": [
                {
                    "id": f"t{number:03}",
                    "path": task.path,
                    "quote": task.quote,
                    "lead": task.lead,
                    "cooperate": task.cooperate,
                    "deadline": task.deadline.to_json(),
                    "report_to": task.report_to,
                    "inherits_deadline_from": task.inherits_deadline_from,
                    **_found(task),
                }
                for number, task in enumerate(self.tasks, 1)
            ],
            "indicators": [
                {
                    "name": one.name,
                    "baseline": one.baseline,
                    "baseline_year": one.baseline_year,
                    "unit": one.unit,
                    "target": None if one.target is None else {"op": one.target.op, "value": one.target.value},
                    "quote": one.quote,
                    **_found(one),
                }
                for one in self.indicators
            ],
            "recurring_reports": [
                {"who": one.who, "to": one.to, "due": one.due, "rrule": one.rrule, "quote": one.quote, **_found(one)}
                for one in self.recurring_reports
            ],
            "channels": [{"name": one.name, "quote": one.quote, **_found(one)} for one in self.channels],
            "public_disclosures": [
                {
                    "what": one.what,
                    "who": one.who,
                    "where": one.where,
                    "when": one.when,
                    "quote": one.quote,
                    **_found(one),
                }
                for one in self.public_disclosures
            ],
            "warnings": self.warnings,
        }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _found(item: Found) -> Mapping[str, Any]:
    return {
        "place": list(item.span),
        "reasons": {
            name: {"rule": reason.rule, "words": reason.words, "place": reason.span and list(reason.span)}
            for name, reason in item.reasons.items()
        },
        "confidence": item.confidence,
        "doubts": item.doubts,
    }
