"""Duties to report: made from what a person confirmed in a plan, and the reports of each period made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies.models import Agency
from langnghe.agencies.selectors import successor_of
from langnghe.cases import settings as city_settings
from langnghe.ledger import services as ledger
from langnghe.plans.models import ItemKind, ItemState, PlanDocument, RegisterItem
from langnghe.plans.workflow import ACTIVE, FINISHED, SUPERSEDED, WITHDRAWN
from langnghe.reports import rules
from langnghe.reports.errors import refusal
from langnghe.reports.models import OPEN_STATES, Report, ReportDuty
from langnghe.reports.services import engine, writing
from langnghe.reports.services.bodies import Directory
from langnghe.reports.services.templates import PERIODIC, template_for
from langnghe.texts import whole_number
from langnghe.workflow.actor import SYSTEM, Actor

KIND = "report_duty"
CONFIRMED = (ItemState.ACCEPTED, ItemState.MENDED, ItemState.ADDED)
BATCH = 500
OPEN_DAYS = 15
"""For how many days ahead reports are made where the city has not set `report_open_days`."""


@dataclass(slots=True)
class Made:
    """What became of a plan's reporting duties. `unknown`: bodies that are no agency of the city; `without_rhythm`:
    duties that the plan joins to another report, or words without a rhythm."""

    duties: list[ReportDuty] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    without_rhythm: list[RegisterItem] = field(default_factory=list)


def make_duties(*, document_id: int, actor: Actor, at: datetime) -> Made:
    """The duties of a confirmed plan: one for each agency, a collective's for each member on the plan's date. As often
    as one likes: what is there stays as it is. A duty without a rhythm waits for a person (`set_rhythm`)."""
    made = Made()
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update().get(pk=document_id)
        if document.state != ACTIVE:
            raise NotAllowed("state", _("Văn bản chưa được xác nhận nên chưa có chế độ báo cáo."))
        directory = Directory(on=document.issued_on or at.date(), today=at.date())
        items = RegisterItem.objects.filter(document=document, kind=ItemKind.REPORT, state__in=CONFIRMED)
        for item in items.order_by("order", "id"):
            rule = str(item.current.get("rrule") or "")
            try:
                rules.read(rule)
            except rules.RuleError:
                made.without_rhythm.append(item)
                continue
            found = directory.owing(str(item.current.get("who") or ""))
            receiver = directory.receiver(item.current.get("to"))
            made.unknown += found.unknown
            if receiver is None:
                continue
            made.duties += _write(document, item, rule, found.agencies, receiver, actor=actor, at=at)
    return made


def set_rhythm(*, item_id: int, rule: str, actor: Actor, at: datetime, to_agency_id: int | None = None) -> Made:
    """A person gives the rhythm that a plan left open. NotAllowed when the person's agency does not own the plan;
    ActError for a rule that none is, or when no agency of the city owes the report."""
    made = Made()
    try:
        rules.read(rule)
    except rules.RuleError as error:
        raise ActError(str(error), field="rule") from None
    with transaction.atomic():
        item = RegisterItem.objects.select_related("document").get(pk=item_id, kind=ItemKind.REPORT)
        document = PlanDocument.objects.select_for_update().get(pk=item.document_id)
        owns(document.agency, actor)
        if document.state != ACTIVE or item.state not in CONFIRMED:
            raise refusal("state")
        directory = Directory(on=document.issued_on or at.date(), today=at.date())
        found = directory.owing(str(item.current.get("who") or ""))
        receiver = directory.receiver(item.current.get("to"))
        if to_agency_id is not None:
            receiver = next((one for one in directory.agencies if one.pk == to_agency_id), receiver)
        if receiver is None or not found.agencies:
            raise ActError(_("Không có cơ quan nào của Thành phố mang tên ghi trong văn bản."))
        made.unknown = found.unknown
        made.duties = _write(document, item, rule, found.agencies, receiver, actor=actor, at=at)
    return made


def owns(agency: Agency, actor: Actor) -> None:
    """The actor works for the agency, or is the system; NotAllowed otherwise."""
    from langnghe.reports.facts import works_for

    if actor.kind != "system" and not works_for(actor, agency.pk, office=agency.is_city_office):
        raise refusal("agency")


def _write(
    document: PlanDocument,
    item: RegisterItem,
    rule: str,
    agencies: list[Agency],
    receiver: Agency,
    *,
    actor: Actor,
    at: datetime,
) -> list[ReportDuty]:
    template = template_for(PERIODIC, at.date())
    made = []
    for agency in agencies:
        above = receiver
        if agency.pk == receiver.pk:
            # The city office reports to the city; nobody else reports to itself.
            if not agency.is_city_office or agency.parent is None:
                continue
            above = agency.parent
        duty, new = ReportDuty.objects.get_or_create(
            document=document,
            agency=agency,
            rrule=rule,
            name=name_of(document),
            defaults={
                "item": item,
                "to_agency": above,
                "to_words": str(item.current.get("to") or "")[:300],
                "due_words": str(item.current.get("due") or "")[:300],
                "starts_on": at.date(),
                "template": template,
            },
        )
        if new:
            made.append(duty)
    if made:
        ledger.record(
            kind="plan", subject_id=document.pk, act="make_duties", actor=actor, at=at,
            data={"item": item.pk, "rrule": rule, "to": receiver.pk, "agencies": [duty.agency_id for duty in made]},
        )  # fmt: skip
    return made


def name_of(document: PlanDocument) -> str:
    """What the reports on a plan are called."""
    kind = str(document.get_kind_display())
    told = f"{kind} số {document.number}" if document.number else f"{kind} {document.title}"
    return f"Kết quả thực hiện {told}"[:300]


def end_duty(*, duty_id: int, actor: Actor, at: datetime, on: date | None = None) -> ReportDuty:
    """No further reports by a duty. What is open stays open."""
    with transaction.atomic():
        duty = ReportDuty.objects.select_for_update(of=("self",)).select_related("to_agency", "document__agency").get(
            pk=duty_id
        )  # fmt: skip
        if actor.kind != "system":
            owns(duty.document.agency if duty.document is not None else duty.to_agency, actor)
        last = max(on or at.date(), duty.starts_on)
        duty.ends_on = last if duty.ends_on is None else min(duty.ends_on, last)
        duty.save(update_fields=["ends_on"])
        ledger.record(kind=KIND, subject_id=duty.pk, act="end", actor=actor, at=at, data={"on": last.isoformat()})
    return duty


# --- what the worker does ---------------------------------------------------------------------------------------------


def follow(*, at: datetime) -> int:
    """Duties of plans that were confirmed since, and the end of duties of plans that ended. Returns how many plans
    were touched."""
    touched = 0
    waiting = (
        RegisterItem.objects.filter(kind=ItemKind.REPORT, state__in=CONFIRMED, document__state=ACTIVE, duties=None)
        .exclude(current__rrule=None)
        .order_by("document_id")
        .values_list("document_id", flat=True)
        .distinct()
    )
    for document_id in list(waiting[:BATCH]):
        try:
            touched += bool(make_duties(document_id=document_id, actor=SYSTEM, at=at).duties)
        except NotAllowed:  # ended meanwhile
            continue
    ended = ReportDuty.objects.filter(document__state__in=[FINISHED, SUPERSEDED, WITHDRAWN], ends_on=None)
    for duty_id in list(ended.values_list("pk", flat=True)[:BATCH]):
        end_duty(duty_id=duty_id, actor=SYSTEM, at=at)
        touched += 1
    return touched


def open_periods(*, at: datetime) -> int:
    """Make the reports that come due within the coming days, each once however often and wherever this runs. Returns
    how many were made."""
    days = whole_number(city_settings.text("report_open_days", at.date())) or OPEN_DAYS
    until = at.date() + timedelta(days=days)
    waiting = (
        ReportDuty.objects.filter(Q(made_until=None) | Q(made_until__lt=until))
        .filter(Q(ends_on=None) | Q(made_until=None) | Q(ends_on__gt=F("made_until")))
        .order_by("pk")
    )
    made = 0
    idle: dict[date | None, list[int]] = {}
    # Most duties owe nothing within the days that came into view: these are not locked one by one.
    for duty in list(waiting.only("rrule", "starts_on", "ends_on", "made_until")):
        if not _due_days(duty, until):
            idle.setdefault(duty.made_until, []).append(duty.pk)
        else:
            made += _open_duty(duty.pk, until, at)
    for seen, keys in idle.items():
        ReportDuty.objects.filter(pk__in=keys, made_until=seen).update(made_until=until)
    return made


def _due_days(duty: ReportDuty, until: date) -> list[date]:
    """The days, up to one, on which a report of the duty is due and for which none has been made."""
    first = duty.starts_on if duty.made_until is None else duty.made_until + timedelta(days=1)
    last = until if duty.ends_on is None else min(until, duty.ends_on)
    return rules.due_days(duty.rrule, start=duty.starts_on, first=first, last=last)


def _open_duty(duty_id: int, until: date, at: datetime) -> int:
    with transaction.atomic():
        duty = (
            ReportDuty.objects.select_for_update(of=("self",))
            .select_related("agency__parent", "to_agency", "document", "template")
            .defer("document__text", "document__head", "document__warnings")
            .get(pk=duty_id)
        )
        if duty.made_until is not None and duty.made_until >= until:
            return 0
        made = 0
        known = set(Report.objects.filter(duty=duty).values_list("due_on", flat=True))
        for due in _due_days(duty, until):
            if due not in known and duty.agency.is_active(due):
                _owe(duty, due, actor=SYSTEM, at=at)
                made += 1
        duty.made_until = until
        duty.save(update_fields=["made_until"])
    return made


def _owe(duty: ReportDuty, due: date, *, actor: Actor, at: datetime) -> Report:
    period = rules.period_of(duty.rrule, due, start=duty.starts_on)
    report = Report(
        duty=duty,
        agency=duty.agency,
        to_agency=duty.to_agency,
        period_from=period.start,
        period_to=period.end,
        period_name=period.name,
        due_on=due,
        due_at=engine.due_moment(due),
    )
    engine.create(report, actor=actor, at=at)
    writing.prepare(report, at=at)
    return report


def owe_now(*, duty_id: int, due: date, actor: Actor, at: datetime) -> Report:
    """The report of a duty that is due on a day, made when it is not there yet."""
    with transaction.atomic():
        duty = (
            ReportDuty.objects.select_for_update(of=("self",))
            .select_related("agency__parent", "to_agency", "document", "template")
            .defer("document__text", "document__head", "document__warnings")
            .get(pk=duty_id)
        )
        found = Report.objects.filter(duty=duty, due_on=due).first()
        return found if found is not None else _owe(duty, due, actor=actor, at=at)


def carry_on(*, at: datetime) -> int:
    """What an agency that has ended owed, its successor owes; what went to it, goes to the successor. The reports that
    were sent keep the old name. Returns how many duties moved."""
    moved = 0
    ended = ReportDuty.objects.filter(agency__valid_to__lt=at.date(), agency__successions__main=True)
    ended = ended.filter(Q(ends_on=None) | Q(ends_on__gt=F("agency__valid_to"))).distinct()
    for duty in list(ended.select_related("agency").order_by("pk")[:BATCH]):
        heir = successor_of(duty.agency)
        if heir.pk == duty.agency_id or duty.agency.valid_to is None:
            continue
        with transaction.atomic():
            day = duty.agency.valid_to
            own, _new = ReportDuty.objects.get_or_create(
                document_id=duty.document_id, agency=heir, rrule=duty.rrule, name=duty.name,
                defaults={
                    "item_id": duty.item_id, "to_agency_id": duty.to_agency_id, "to_words": duty.to_words,
                    "due_words": duty.due_words, "starts_on": day + timedelta(days=1), "template_id": duty.template_id,
                },
            )  # fmt: skip
            end_duty(duty_id=duty.pk, actor=SYSTEM, at=at, on=day)
            note = _("Cơ quan đã kết thúc hoạt động; %(heir)s báo cáo tiếp.") % {"heir": heir.name}
            for report in Report.objects.filter(duty=duty, state__in=OPEN_STATES):
                owe_now(duty_id=own.pk, due=report.due_on, actor=SYSTEM, at=at)
                writing.waive(report_id=report.pk, actor=SYSTEM, at=at, note=note)
        moved += 1
    for duty in list(
        ReportDuty.objects.filter(to_agency__valid_to__lt=at.date(), to_agency__successions__main=True, ends_on=None)
        .select_related("to_agency")
        .distinct()[:BATCH]
    ):
        heir = successor_of(duty.to_agency)
        if heir.pk == duty.to_agency_id:
            continue
        with transaction.atomic():
            ReportDuty.objects.filter(pk=duty.pk).update(to_agency=heir)
            Report.objects.filter(duty=duty, state__in=OPEN_STATES).update(to_agency=heir)
            ledger.record(
                kind=KIND, subject_id=duty.pk, act="readdress", actor=SYSTEM, at=at,
                data={"from": duty.to_agency_id, "to": heir.pk},
            )  # fmt: skip
        moved += 1
    return moved
