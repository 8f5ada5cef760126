"""What the pages of plans share: who may open them, refusals said at the field, years and months in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from langnghe.desk.access import roles_of_request
from langnghe.plans.rules_periods import Period
from langnghe.ui import words
from langnghe.ui.refusals import REFUSED, say
from langnghe.workflow.actor import Actor

AGENCY = ("focal_point", "handler", "approver", "head")
PLANNERS = ("coordinator", *AGENCY)
READERS = (*PLANNERS, "observer")


def attempt(form: forms.Form, run: Callable[[], Any], *, names: dict[str, str] | None = None) -> Any:
    """What the service gives back, or None with its refusal said in the form."""
    try:
        with transaction.atomic():
            return run()
    except REFUSED as refused:
        say(form, refused, files="evidence", names=names)
    return None


def person_id(request: HttpRequest) -> int:
    """The person who asks."""
    person = roles_of_request(request).person
    if person is None:
        raise PermissionDenied
    return person.pk


def planner(request: HttpRequest) -> list[Actor]:
    """The roles in which the person works on plans, the city's first."""
    actors = [actor for actor in roles_of_request(request).actors if actor.role in PLANNERS]
    return sorted(actors, key=lambda actor: PLANNERS.index(actor.role))


def period_words(period: Period) -> str:
    """ "Tuần 48, từ 23/11/2026 đến 29/11/2026" and the like."""
    given = {
        "n": period.number,
        "year": period.year,
        "first": words.short_date(period.first),
        "last": words.short_date(period.last),
    }
    if period.kind == "week":
        return _("Tuần %(n)s, từ %(first)s đến %(last)s") % given
    if period.kind == "month":
        return _("Tháng %(n)s năm %(year)s") % given
    if period.kind == "quarter":
        return _("Quý %(roman)s năm %(year)s") % {**given, "roman": ("I", "II", "III", "IV")[period.number - 1]}
    return _("Năm %(year)s") % given


def month_words(day: date) -> str:
    """ "Tháng 11 năm 2026"."""
    return _("Tháng %(n)s năm %(year)s") % {"n": day.month, "year": day.year}
