"""Duties to report and their periods: made from a plan, once, by whoever runs first."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies.models import Agency, Person, Succession
from langnghe.ledger.services import verify
from langnghe.outbox.models import Message
from langnghe.reports.models import Report, ReportDuty
from langnghe.reports.services import duties, watching, writing
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime.models import Deadline
from tests.cases.city import City, moment
from tests.reports.builders import bodies, owed, plan, report_item

pytestmark = pytest.mark.django_db


def test_a_collective_owes_a_report_each(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at)
    report_item(document, at=at, who="Thủ trưởng các sở, ban, ngành; Báo Ngõ Nhỏ", rrule="FREQ=MONTHLY;INTERVAL=3")
    made = duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    assert {(duty.agency_id, duty.to_agency_id) for duty in made.duties} == {
        (city.works.pk, city.office.pk),
        (city.partner.pk, city.office.pk),
    }
    assert len(made.duties) == 4 and made.unknown == ["Báo Ngõ Nhỏ"]
    assert duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at).duties == []
    assert verify() == []


def test_who_receives_does_not_report_to_itself(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at, to="Sở Xây dựng")
    made = duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    assert [(duty.agency_id, duty.to_agency_id) for duty in made.duties] == [(city.partner.pk, city.works.pk)]


def test_the_city_office_reports_to_the_city(city: City, at: datetime) -> None:
    whole = Agency.objects.create(
        code="ubnd", name="Ủy ban nhân dân Thành phố", short_name="UBND Thành phố", kind="city", valid_from=at.date()
    )
    city.office.parent = whole
    city.office.save()
    document = plan(city, at=at)
    report_item(document, at=at, who=city.office.name, to="UBND Thành phố")
    made = duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    assert [(duty.agency_id, duty.to_agency_id) for duty in made.duties] == [(city.office.pk, whole.pk)]


def test_a_duty_without_rhythm_waits_for_a_person(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    item = report_item(document, at=at, rrule=None, due="kèm báo cáo kiểm soát thủ tục hành chính")
    made = duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    assert made.duties == [] and made.without_rhythm == [item]
    office = city.actor("coordinator")
    with pytest.raises(ActError):
        duties.set_rhythm(item_id=item.pk, rule="mỗi khi có dịp", actor=office, at=at)
    with pytest.raises(NotAllowed):
        duties.set_rhythm(item_id=item.pk, rule="FREQ=MONTHLY", actor=city.actor("focal"), at=at)
    assert len(duties.set_rhythm(item_id=item.pk, rule="FREQ=MONTHLY", actor=office, at=at).duties) == 2
    assert duties.follow(at=at) == 0


def test_the_worker_follows_confirmed_plans(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at)
    assert duties.follow(at=at) == 1
    assert duties.follow(at=at) == 0
    assert ReportDuty.objects.count() == 2


def test_periods_open_once_with_deadline_and_message(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    assert (report.state, report.period_name, report.period_from) == ("owed", "tháng 3/2026", date(2026, 2, 21))
    assert [section["code"] for section in report.sections][:2] == ["ket-qua", "dang-lam"]
    deadline = Deadline.objects.get(kind="report", subject_id=report.pk)
    assert (deadline.step, deadline.due_date, deadline.agency_id) == ("send", date(2026, 3, 20), city.works.pk)
    told = Message.objects.filter(template="report_owed")
    assert set(told.values_list("recipient", flat=True)) >= {"focal@city.example", "partner_focal@city.example"}
    before = Report.objects.count(), told.count()
    assert duties.open_periods(at=moment("2026-03-06 10:00")) == 0
    assert (Report.objects.count(), told.count()) == before
    assert verify() == []


def test_only_what_comes_due_soon_is_opened(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at)
    duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    assert duties.open_periods(at=at) == 0, "the 20th is 17 days away"
    assert duties.open_periods(at=at + timedelta(days=3)) == 2
    assert duties.open_periods(at=moment("2026-06-01 09:00")) == 4, "April and May were missed while nothing ran"


def test_a_day_off_moves_the_term_to_the_next_working_day(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at, rrule="FREQ=MONTHLY;BYMONTHDAY=15")  # 15 March 2026 is a Sunday
    duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    duties.open_periods(at=at)
    report = Report.objects.filter(due_on=date(2026, 3, 15)).first()
    assert report is not None and report.due_at.astimezone(at.tzinfo).date() == date(2026, 3, 16)


def test_reminders_go_out_once_each(city: City, at: datetime) -> None:
    Person.objects.update(reminders="single")
    owed(city, at=at)
    for day in ("2026-03-14 09:00", "2026-03-19 09:00", "2026-03-20 17:45", "2026-03-23 09:00"):
        for _again in range(2):
            watching.remind(at=moment(day))
    mine = Message.objects.filter(recipient="focal@city.example", template__startswith="report_reminder")
    assert sorted(mine.values_list("template", flat=True)) == [
        "report_reminder_due", "report_reminder_eighty", "report_reminder_half", "report_reminder_overdue",
    ]  # fmt: skip
    head = Message.objects.filter(recipient="head@city.example", template="report_escalation_head")
    assert head.count() >= 1
    assert Message.objects.filter(recipient="coordinator@city.example", template="report_escalation_office").exists()


def test_the_successor_carries_on(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    heir = Agency.objects.create(
        code="so-moi", name="Sở Mới", short_name="Sở Mới", kind="department", valid_from=date(2026, 3, 10)
    )
    Succession.objects.create(agency=city.works, successor=heir, kind="merge", on=date(2026, 3, 10))
    city.works.valid_to = date(2026, 3, 9)
    city.works.save()
    day = moment("2026-03-10 09:00")
    assert duties.carry_on(at=day) == 1
    assert duties.carry_on(at=day) == 0
    report.refresh_from_db()
    assert report.state == "waived"
    duties.open_periods(at=day)
    assert list(Report.objects.filter(agency=heir).values_list("due_on", "state")) == [(date(2026, 3, 20), "owed")]


def test_duties_end_with_their_plan(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    duty = report.duty
    duties.end_duty(duty_id=duty.pk, actor=city.actor("coordinator"), at=moment("2026-03-31 09:00"))
    assert duties.open_periods(at=moment("2026-06-01 09:00")) == 2, "only the other agency's go on"
    with pytest.raises(NotAllowed):
        duties.end_duty(duty_id=duty.pk, actor=city.actor("focal"), at=at)


def test_nobody_begins_then_the_figures_are_of_today(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    day = moment("2026-03-09 06:00")
    assert writing.refresh_owed(at=day) == 2
    assert writing.refresh_owed(at=day) == 0
    report.refresh_from_db()
    assert report.filled_at == day and report.state == "owed" and report.version == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_open_each_period_once(city: City, at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at)
    duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    gate, made, errors = threading.Barrier(2), [], []

    def run() -> None:
        try:
            gate.wait(10)
            made.append(duties.open_periods(at=moment("2026-04-10 09:00")))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert errors == []
    assert sum(made) == Report.objects.count() == 4
    assert Deadline.objects.filter(kind="report").count() == 4
