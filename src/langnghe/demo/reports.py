"""Plays what became of the demo's plans, the reports on them of the last weeks (owed, written, sent, some late, merged
at the city) and the meetings that spoke of them. Each act at its own time in the past and in the order of time, by the
services that people's acts go through: a report says, and a pack keeps, what stood that day."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Agency
from langnghe.demo import plans
from langnghe.demo.cases import Book
from langnghe.demo.timeline import Story, Timeline
from langnghe.plans.models import PlanDocument
from langnghe.reports.models import Meeting, Report, ReportDuty
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
CONCLUSIONS = (
    ("so-xay-dung", "Sở Xây dựng kiểm tra, sửa xong các vị trí đèn chiếu sáng hỏng đã được phản ánh quá hai lần."),
    ("so-nong-nghiep-va-moi-truong", "Sở Nông nghiệp và Môi trường chốt lịch thu gom rác cồng kềnh của các phường."),
    ("", "Ghi nhận kết quả phối hợp giữa các sở và các phường, xã trong tiếp nhận phản ánh hiện trường."),
)


def load(*, at: datetime) -> int:
    """Play the plans' tasks, the last two months of reports and the meetings, once; the next meeting is called. Returns
    how many reports there are afterwards."""
    if Report.objects.exists() or ReportDuty.objects.exists():
        return Report.objects.count()
    book = Book.read()
    begin = _month_before(at.date())
    for document in PlanDocument.objects.filter(state="active").only("pk", "confirmed_at").order_by("pk"):
        if document.confirmed_at is not None:
            since = max(document.confirmed_at, _moment(begin))
            duties.make_duties(document_id=document.pk, actor=SYSTEM, at=since)
    timeline = Timeline()
    for story in plans.stories(at=at):
        timeline.add(story)
    timeline.add(_periods(begin, at, book, timeline))
    for first in (begin, at.date().replace(day=1)):
        timeline.add(_meet(first + timedelta(days=4), book))
    timeline.run(until=at)
    _call(at=at, on=worktime.next_opening(at + timedelta(days=1)).date(), book=book)
    return Report.objects.count()


def _moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _periods(begin: date, now: datetime, book: Book, timeline: Timeline) -> Story:
    """Periods open some days before they are due. Who has the staff writes; most send in time, some late, some are
    still at it."""
    begun: set[int] = set()
    due = begin
    while due - AHEAD <= now.date():
        due += timedelta(days=1)
        if due.day not in (1, 10, 15, 20, 25):
            continue
        yield (at := min(_moment(due - AHEAD), now))
        duties.open_periods(at=at)
        owed = Report.objects.filter(state="owed", due_on__lte=due).exclude(pk__in=begun)
        for report in owed.select_related("agency", "duty").order_by("due_on", "pk"):
            begun.add(report.pk)
            dice = random.Random(f"report {report.agency.code} {report.due_on} {report.duty.name}")
            if dice.random() >= 0.08:
                timeline.add(_write(report, dice, now, book))
            if report.agency.is_city_office:
                timeline.add(_merge(report, book))


def _write(report: Report, dice: random.Random, now: datetime, book: Book) -> Story:
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
    yield moments[0]
    writing.refill(report_id=report.pk, actor=writer, at=moments[0])
    if dice.random() < 0.6:
        words = dice.choice(PROPOSALS)
        writing.write_section(
            report_id=report.pk, code="de-xuat", title="", blocks=[{"index": 0, "text": words}], actor=writer,
            at=min(moments[0] + timedelta(minutes=25), now),
        )  # fmt: skip
    if agency.is_city_office:
        return  # the city office sends when the others' reports are in (see `_merge`)
    yield moments[1]
    writing.submit(report_id=report.pk, actor=writer, at=moments[1])
    if (agency.pk, leader) not in book.staff:
        return
    yield moments[2]
    number = str(dice.randint(20, 480))
    writing.approve(report_id=report.pk, number=number, actor=book.actor(leader, agency.pk), at=moments[2])


def _merge(report: Report, book: Book) -> Story:
    """The city's own report takes in what was sent, and leaves on its day."""
    at = worktime.next_opening(_moment(report.due_on, 9, 30))
    actor = book.actor("coordinator", None)
    yield at
    found = Report.objects.filter(
        state="sent", to_agency_id=report.agency_id, duty__document_id=report.duty.document_id, sent_at__lt=at,
        due_on__range=(report.due_on - timedelta(days=20), report.due_on),
    )  # fmt: skip
    keys = list(found.values_list("pk", flat=True))
    report.refresh_from_db()
    try:
        if report.state == "owed":
            writing.refill(report_id=report.pk, actor=actor, at=at)
        merging.merge(report_id=report.pk, part_ids=keys, actor=actor, at=at + timedelta(minutes=10))
        yield at + timedelta(hours=2)
        writing.submit(report_id=report.pk, actor=actor, at=at + timedelta(hours=2))
        head = book.actor("head", report.agency_id)
        yield at + timedelta(hours=5)
        writing.approve(report_id=report.pk, number="", actor=head, at=at + timedelta(hours=5))
    except ActError:
        return


def _meet(on: date, book: Book) -> Story:
    """A monthly meeting of the city: its pack frozen before, then what it concluded."""
    at = worktime.next_opening(_moment(on, 8))
    actor = book.actor("coordinator", None)
    yield at
    meeting = _call(at=at, on=at.date(), book=book)
    packs.freeze(meeting_id=meeting.pk, actor=actor, at=at)
    yield at + timedelta(hours=3)
    for number, (code, text) in enumerate(CONCLUSIONS):
        agency = book.agencies.get(code)
        due = at.date() + timedelta(days=12 + 15 * number)
        meetings.conclude(
            meeting_id=meeting.pk, text=text, agency_id=agency.pk if agency else None,
            due_on=due if agency else None, actor=actor, at=at + timedelta(hours=3), as_task=agency is not None,
        )  # fmt: skip


def _call(*, at: datetime, on: date, book: Book) -> Meeting:
    office = next(agency for agency in book.agencies.values() if agency.is_city_office)
    return meetings.call_meeting(
        agency_id=office.pk, rhythm="month", on=on, note="Họp tại phòng họp số 2, 8 giờ.",
        actor=book.actor("coordinator", None), at=at,
    )  # fmt: skip
