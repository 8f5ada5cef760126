"""Who was reminded of a term, and when: for the pages of tasks and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from langnghe.agencies.models import Person
from langnghe.worktime import selectors as worktime
from langnghe.worktime.models import ReminderStep

MOST = 30


@dataclass(frozen=True, slots=True)
class Told:
    """That a person was reminded: when, at which mark, by a mail of its own or in the daily one."""

    at: datetime
    step: str
    person: str
    digest: bool

    @property
    def label(self) -> str:
        """The mark in words."""
        return str(ReminderStep(self.step).label)


def column(kind: str) -> ArraySubquery:
    """The latest reminders that people got of the terms of a subject, as a column of its query; for `read`."""
    names = Person.objects.filter(pk=OuterRef("person_id")).values("full_name")[:1]
    given = JSONObject(at="told_at", step="reminder__step", person=Subquery(names), digest="digest")
    return ArraySubquery(worktime.notices_of(kind, OuterRef("pk")).values(given=given)[:MOST])


def read(rows: Iterable[Mapping[str, Any]]) -> list[Told]:
    """What the column holds."""
    return [
        Told(datetime.fromisoformat(row["at"]), row["step"], row["person"] or "", bool(row["digest"])) for row in rows
    ]
