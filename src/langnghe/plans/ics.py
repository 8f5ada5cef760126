"""Terms as an iCalendar file (RFC 5545): one day-long event each; nothing of reports, evidence or obstacles,
and no person's name: whoever finds the address, or runs the calendar that reads it, learns of work and of nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from langnghe.plans.selectors.feeds import Term
from langnghe.plans.workflow import SHARE_STATES

_CALM = re.compile(r"(RRULE:)?FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b")
"""Rules of days and longer; a rule of seconds would be asked for ever."""


def calendar_file(terms: Iterable[Term], *, name: str, base: str) -> bytes:
    """The file. `base`: the site's address, for links and for the names of events."""
    made = Calendar()
    made.add("prodid", "-//Lang Nghe//plans//VI")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", _plain(name))
    made.add("x-wr-calname", _plain(name))
    made.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    host = base.split("://", 1)[-1].strip("/").split("/")[0] or "langnghe"
    for term in terms:
        made.add_component(_event(term, base=base, host=host))
    return bytes(made.to_ical())


def _event(term: Term, *, base: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{term.uid}@{host}")
    event.add("dtstamp", term.changed.astimezone(UTC))
    event.add("dtstart", term.first or term.day)
    event.add("dtend", term.day + timedelta(days=1))
    title = _plain(term.title)
    event.add("summary", _("Hạn: %(title)s") % {"title": title} if term.kind != "own" else title)
    event.add("transp", "TRANSPARENT")
    words = [_plain(term.plan), _plain(term.agency)]
    if term.state in SHARE_STATES:
        words.append(str(SHARE_STATES[term.state].label))
    link = f"{base}/can-bo/nhiem-vu/{term.share_id}/" if term.share_id is not None else f"{base}/can-bo/chuong-trinh/"
    event.add("description", "\n".join([*(word for word in words if word), link]))
    event.add("url", link)
    rule = _rule(term)
    if rule is not None:
        event.add("rrule", rule)
    return event


def _plain(text: str) -> str:
    """A text without signs that end a line somewhere: RFC 5545 allows none of them in a text."""
    return "".join(char if char.isprintable() else " " for char in text.replace("\r\n", "\n")).strip()


def _rule(term: Term) -> vRecur | None:
    """The recurrence of a term whose day the rule itself gives; a day moved off a holiday stands alone."""
    if not term.rrule or not _CALM.match(term.rrule):
        return None
    start = datetime.combine(term.day, time.min)
    try:
        if next(iter(rrulestr(term.rrule, dtstart=start)), None) != start:
            return None
        rule: vRecur = vRecur.from_ical(term.rrule)
    except (ValueError, TypeError, KeyError):
        return None
    if term.until is not None and "UNTIL" not in rule and "COUNT" not in rule:
        if term.until < term.day:
            return None
        rule["UNTIL"] = [term.until]
    return rule
