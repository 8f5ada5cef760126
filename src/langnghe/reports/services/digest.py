"""One mail a person and working day with what is late, ends today, ends soon: tasks of plans and reports together.

Reminders wait as notices (`worktime`) until the morning; what was done meanwhile is left out. Urgings, returns and new
tasks are messages of their own and do not wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from langnghe.agencies.models import Person
from langnghe.cases import catalogue
from langnghe.cases import settings as city_settings
from langnghe.outbox import services as outbox
from langnghe.outbox.models import Message
from langnghe.plans.models import Share
from langnghe.plans.services import watching as plans_watching
from langnghe.plans.services.engine import KIND as SHARE
from langnghe.plans.services.engine import path_of
from langnghe.reports.messages import DIGEST
from langnghe.reports.models import Report
from langnghe.reports.services import watching
from langnghe.reports.services.engine import KIND as REPORT
from langnghe.worktime import selectors as worktime_selectors
from langnghe.worktime import services as worktime
from langnghe.worktime.format import short_date
from langnghe.worktime.models import Audience, Notice
from langnghe.worktime.rules import local

SETTLE = timedelta(minutes=5)
"""So long after offices open the reminders of the morning have all been written."""

MOST = 25
"""Lines of one part of a mail; the rest is counted, with the address of the list."""

LATE, TODAY, SOON = "late", "today", "soon"
_VIEWS = {LATE: "qua-han", TODAY: "hom-nay", SOON: "sap-han"}


@dataclass(frozen=True, slots=True)
class Line:
    """A task or a report in the mail: when it is due, where it stands, and why the person is told of it."""

    part: str
    audience: str
    kind: str
    due_at: datetime
    agency_id: int | None
    agency: str
    text: str
    url: str


def send(*, at: datetime) -> int:
    """Write the mails that are owed this morning (or, after a standstill, as soon as this runs): nothing on days off,
    before offices have opened, after they have closed. Once for a person and day, however often this runs, beside whom,
    or crashes; what comes later waits for the next working day. Returns how many mails were written."""
    day = local(at).date()
    calendar = worktime_selectors.calendar()
    if not calendar.is_working(day) or not calendar.opening(day) + SETTLE <= at < calendar.closing(day):
        return 0
    while plans_watching.remind(at=at):
        pass
    while watching.remind(at=at):
        pass
    waiting = worktime_selectors.noticed_people((SHARE, REPORT), before=calendar.opening(day) + SETTLE)
    keys = {_key(day, pk): pk for pk in waiting}
    sent = set(Message.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    return sum(_tell(pk, day, at=at) for key, pk in keys.items() if key not in sent)


def _key(day: date, person_id: int) -> str:
    return f"digest:{day}:{person_id}"


@transaction.atomic
def _tell(person_id: int, day: date, *, at: datetime) -> bool:
    # The lock makes one mail of two workers at once.
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None or not person.is_active or not person.email:
        worktime.drop_notices(person_id=person_id, at=at)
        return False
    key = _key(day, person_id)
    if Message.objects.filter(key=key).exists():
        return False
    notices = worktime.take_notices(person_id=person_id, at=at)
    with override(person.language):
        lines = _lines(notices, at=at, language=person.language)
        if lines:
            outbox.enqueue(
                key=key, channel="email", recipient=person.email, template=DIGEST, language=person.language,
                context=_context(person, lines, day=day), at=at, kind="digest", subject_id=person.pk,
            )  # fmt: skip
    worktime.mark_told(notices, at=at)
    return bool(lines)


def _lines(notices: Sequence[Notice], *, at: datetime, language: str) -> list[Line]:
    """What the notices speak of, each term once, what is due first on top. Two queries."""
    known: dict[tuple[str, int], Notice] = {}
    rank = {Audience.HANDLER: 0, Audience.HEAD: 1, Audience.CITY_OFFICE: 2}
    for one in sorted(notices, key=lambda one: rank[Audience(one.reminder.audience)]):
        deadline = one.reminder.deadline
        known.setdefault((deadline.kind, deadline.subject_id), one)
    heavy = ("task__text", "task__document__text", "task__document__head", "task__document__warnings")
    keys = [pk for kind, pk in known if kind == SHARE]
    shares = Share.objects.select_related("task__document").defer(*heavy).in_bulk(keys)
    reports = Report.objects.select_related("duty", "to_agency").defer("sections").in_bulk(
        [pk for kind, pk in known if kind == REPORT]
    )  # fmt: skip
    made = []
    for (kind, pk), one in known.items():
        subject: Any = shares.get(pk) if kind == SHARE else reports.get(pk)
        if subject is not None:
            made.append(_line(kind, subject, one, at=at, language=language))
    return sorted(made, key=lambda line: (line.due_at, line.text))


def _line(kind: str, subject: Any, notice: Notice, *, at: datetime, language: str) -> Line:
    deadline = notice.reminder.deadline
    due = deadline.due_at
    part = LATE if due < at else TODAY if local(due).date() == local(at).date() else SOON
    agency = catalogue.agency(subject.agency_id)
    if kind == SHARE:
        document = subject.task.document
        what = f"{' '.join(subject.task.title.split())} ({document.number or document.get_kind_display()})"
        more = _("tiến độ %(n)s%%") % {"n": subject.percent}
        path = path_of(subject.pk)
    else:
        what = f"{subject.duty.name} {subject.period_name}"
        more = _("gửi %(to)s") % {"to": subject.to_agency.short_name}
        path = f"/can-bo/bao-cao/{subject.pk}/"
    told = [_("hạn %(day)s") % {"day": short_date(local(due).date(), language)}]
    if part == LATE:
        days = worktime_selectors.working_days_late(deadline, at)
        told.append(
            ngettext("quá hạn %(n)s ngày làm việc", "quá hạn %(n)s ngày làm việc", days) % {"n": days}
        )  # fmt: skip
    return Line(
        part=part, audience=notice.reminder.audience, kind=kind, due_at=due, agency_id=subject.agency_id,
        agency=agency.short_name if agency is not None else getattr(subject, "body_name", ""),
        text=f"{what}; {', '.join([*told, more])}", url=_address(path),
    )  # fmt: skip


def _address(path: str) -> str:
    return django_settings.BASE_URL.rstrip("/") + path


def _context(person: Person, lines: Sequence[Line], *, day: date) -> Mapping[str, str]:
    tally = Counter(line.part for line in lines)
    words = [
        (LATE, _("%(n)s quá hạn")), (TODAY, _("%(n)s đến hạn hôm nay")), (SOON, _("%(n)s sắp đến hạn")),
    ]  # fmt: skip
    return {
        "name": person.full_name,
        "day": short_date(day, person.language),
        "count": str(len(lines)),
        "summary": ", ".join(said % {"n": tally[part]} for part, said in words if tally[part]),
        "list": "\n\n".join(_parts(lines)),
        "url": _address("/can-bo/"),
        "city": city_settings.text("city_name", day),
    }


def _parts(lines: Sequence[Line]) -> list[str]:
    """The mail's parts: what the person does, what the agency has not done, who in the city is late."""
    own = [line for line in lines if line.audience == Audience.HANDLER]
    heads = {LATE: _("QUÁ HẠN"), TODAY: _("ĐẾN HẠN HÔM NAY"), SOON: _("SẮP ĐẾN HẠN")}
    made = [_listed(heads[part], [line for line in own if line.part == part], _VIEWS[part]) for part in heads]
    below = [line for line in lines if line.audience == Audience.HEAD]
    made.append(_listed(_("CƠ QUAN ĐẾN HẠN MÀ CHƯA XONG"), below, _VIEWS[LATE], agency=True))
    made.append(_by_agency([line for line in lines if line.audience == Audience.CITY_OFFICE]))
    return [text for text in made if text]


def _listed(title: str, lines: Sequence[Line], view: str, *, agency: bool = False) -> str:
    if not lines:
        return ""
    told = [f"{title} ({len(lines)})"]
    told += [f"{number}. {line.text}\n   {line.url}" for number, line in enumerate(lines[:MOST], 1)]
    if len(lines) > MOST:
        path = f"/can-bo/ke-hoach/viec-{'co-quan' if agency else 'cua-toi'}/?han={view}"
        more = len(lines) - MOST
        told.append(
            ngettext("Và %(n)s việc nữa: %(url)s", "Và %(n)s việc nữa: %(url)s", more)
            % {"n": more, "url": _address(path)}
        )
    return "\n".join(told)


def _by_agency(lines: Sequence[Line]) -> str:
    """The city office is told how much each agency is late with, not each task of each."""
    if not lines:
        return ""
    found: dict[tuple[int | None, str], Counter[str]] = {}
    for line in lines:
        found.setdefault((line.agency_id, line.agency), Counter())[line.kind] += 1
    rows = sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0][1]))
    told = [_("CÁC CƠ QUAN ĐANG QUÁ HẠN") + f" ({len(rows)})"]
    for number, ((key, name), tally) in enumerate(rows[:MOST], 1):
        said = []
        if tally[SHARE]:
            said.append(ngettext("%(n)s nhiệm vụ", "%(n)s nhiệm vụ", tally[SHARE]) % {"n": tally[SHARE]})
        if tally[REPORT]:
            said.append(ngettext("%(n)s báo cáo", "%(n)s báo cáo", tally[REPORT]) % {"n": tally[REPORT]})
        path = "/can-bo/bao-cao/nhan/?loc=con-thieu"
        if tally[SHARE]:
            path = f"/can-bo/ke-hoach/qua-han/?co-quan={key}" if key else "/can-bo/ke-hoach/qua-han/"
        told.append(f"{number}. {name or _('Cơ quan ngoài Thành phố')}: {', '.join(said)}\n   {_address(path)}")
    if len(rows) > MOST:
        more = len(rows) - MOST
        told.append(
            ngettext("Và %(n)s cơ quan nữa: %(url)s", "Và %(n)s cơ quan nữa: %(url)s", more)
            % {"n": more, "url": _address("/can-bo/ke-hoach/qua-han/")}
        )
    return "\n".join(told)
