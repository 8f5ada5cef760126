"""Plays the reports on the demo's plans of the last weeks: owed, written, sent, some late, merged at the city; and the
meetings that spoke of them. Each act at its own time in the past, by the services that people's acts go through."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Agency
from langnghe.demo.cases import Book
from langnghe.plans.models import PlanDocument
from langnghe.reports.models import OPEN_STATES, Report, ReportDuty
from langnghe.reports.services import duties, meetings, merging, packs, writing
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import selectors as worktime
from langnghe.worktime.rules import ZONE

AHEAD = timedelta(days=10)
PROPOSALS = (
    "Đề nghị Ủy ban nhân dân Thành phố bổ sung kinh phí bảo trì phần mềm tiếp nhận phản ánh trong dự toán năm sau.",
    "Đề nghị các phường, xã cử một cán bộ đầu mối ổn định để phối hợp xử lý phản ánh hiện trường.",
    "Đề nghị sớm ban hành quy định về chia sẻ dữ liệu giữa các sở và các phường, xã.",
)
ROOM = "Họp tại phòng họp số 2, 8 giờ."
CONCLUSIONS = (
    ("so-xay-dung", "Sở Xây dựng kiểm tra, sửa xong các vị trí đèn chiếu sáng hỏng đã được phản ánh quá hai lần."),
    ("so-nong-nghiep-va-moi-truong", "Sở Nông nghiệp và Môi trường chốt lịch thu gom rác cồng kềnh của các phường."),
    ("", "Ghi nhận kết quả phối hợp giữa các sở và các phường, xã trong tiếp nhận phản ánh hiện trường."),
)


def load(*, at: datetime) -> int:
    """Play the last two months of reports, once. Returns how many reports there are afterwards."""
    if Report.objects.exists() or ReportDuty.objects.exists():
        return Report.objects.count()
    book = Book.read()
    begin = _month_before(at.date())
    for document in PlanDocument.objects.filter(state="active").only("pk", "confirmed_at").order_by("pk"):
        if document.confirmed_at is not None:
            since = max(document.confirmed_at, _moment(begin))
            duties.make_duties(document_id=document.pk, actor=SYSTEM, at=since)
    _meet(begin + timedelta(days=4), at, book)
    due = begin
    while due - AHEAD <= at.date():
        due += timedelta(days=1)
        if due.day in (1, 10, 15, 20, 25):
            opened = min(_moment(due - AHEAD), at)
            duties.open_periods(at=opened)
            _play(due, at, book)
    _meet(at.date().replace(day=1) + timedelta(days=4), at, book)
    return Report.objects.count()


def _moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _play(due: date, now: datetime, book: Book) -> None:
    """Who has the staff writes; most send in time, some late, some are still at it."""
    for report in (
        Report.objects.filter(state="owed", due_on__lte=due).select_related("agency", "duty").order_by("due_on", "pk")
    ):
        dice = random.Random(f"report {report.agency.code} {report.due_on} {report.duty.name}")
        if dice.random() < 0.08:
            continue
        _write(report, dice, now, book)
    _merge(due, now, book)


def _write(report: Report, dice: random.Random, now: datetime, book: Book) -> None:
    agency: Agency = report.agency
    if agency.is_city_office:
        writer, leader = book.actor("coordinator", None), "head"
    else:
        if (agency.pk, "focal_point") not in book.staff:
            return
        writer, leader = book.actor("focal_point", agency.pk), "head"
    if (agency.pk, leader) not in book.staff:
        leader = "approver"
    late = dice.random() < 0.12
    begun = _moment(report.due_on - timedelta(days=dice.randint(2, 6)), 8, 45)
    steps = [begun, begun + timedelta(hours=dice.randint(2, 5)), begun + timedelta(hours=dice.randint(6, 8))]
    if late:
        steps[2] = _moment(report.due_on + timedelta(days=dice.randint(3, 6)), 10, 20)
    moments = [worktime.next_opening(one) for one in steps]
    if moments[0] > now:
        return
    writing.refill(report_id=report.pk, actor=writer, at=moments[0])
    if dice.random() < 0.6:
        words = dice.choice(PROPOSALS)
        writing.write_section(
            report_id=report.pk, code="de-xuat", title="", blocks=[{"index": 0, "text": words}], actor=writer,
            at=min(moments[0] + timedelta(minutes=25), now),
        )  # fmt: skip
    if moments[1] > now or agency.is_city_office:
        return  # the city office sends when the others' reports are in (see `_merge`)
    writing.submit(report_id=report.pk, actor=writer, at=moments[1])
    if moments[2] > now or (agency.pk, leader) not in book.staff:
        return
    number = str(dice.randint(20, 480))
    writing.approve(report_id=report.pk, number=number, actor=book.actor(leader, agency.pk), at=moments[2])


def _merge(due: date, now: datetime, book: Book) -> None:
    """The city's own report takes in what was sent, and leaves on its day."""
    own = Report.objects.filter(agency__is_city_office=True, due_on=due, state__in=OPEN_STATES).select_related("duty")
    for report in own:
        at = worktime.next_opening(_moment(due, 9, 30))
        if at > now:
            continue
        actor = book.actor("coordinator", None)
        found = Report.objects.filter(
            state="sent", to_agency_id=report.agency_id, duty__document_id=report.duty.document_id, sent_at__lt=at,
            due_on__range=(due - timedelta(days=20), due),
        )  # fmt: skip
        keys = list(found.values_list("pk", flat=True))
        try:
            if report.state == "owed":
                writing.refill(report_id=report.pk, actor=actor, at=at)
            merging.merge(report_id=report.pk, part_ids=keys, actor=actor, at=at + timedelta(minutes=10))
            writing.submit(report_id=report.pk, actor=actor, at=at + timedelta(hours=2))
            head = book.actor("head", report.agency_id)
            writing.approve(report_id=report.pk, number="", actor=head, at=at + timedelta(hours=5))
        except ActError:
            continue


def prepare_next(*, at: datetime) -> None:
    """Call the meeting of the next working day and freeze its pack, when everything else of the demo is there."""
    book = Book.read()
    actor = book.actor("coordinator", None)
    office = next(agency for agency in book.agencies.values() if agency.is_city_office)
    meeting = meetings.call_meeting(
        agency_id=office.pk, rhythm="month", on=worktime.next_opening(at).date(), note=ROOM, actor=actor, at=at
    )
    packs.freeze(meeting_id=meeting.pk, actor=actor, at=at)


def _meet(on: date, now: datetime, book: Book) -> None:
    """A monthly meeting of the city with what it concluded, written down some days later: its pack was not frozen, for
    the demo's tasks are played one after the other and have no common past that could be kept."""
    at = worktime.next_opening(_moment(on, 8))
    written = worktime.next_opening(at + timedelta(days=2, hours=1))
    if written > now:
        return
    actor = book.actor("coordinator", None)
    office = next(agency for agency in book.agencies.values() if agency.is_city_office)
    meeting = meetings.call_meeting(agency_id=office.pk, rhythm="month", on=at.date(), note=ROOM, actor=actor, at=at)
    for number, (code, text) in enumerate(CONCLUSIONS):
        agency = book.agencies.get(code)
        due = at.date() + timedelta(days=12 + 15 * number)
        meetings.conclude(
            meeting_id=meeting.pk, text=text, agency_id=agency.pk if agency else None,
            due_on=due if agency else None, actor=actor, at=written, as_task=agency is not None,
        )  # fmt: skip
