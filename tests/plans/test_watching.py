"""What happens to tasks as time passes: reminders once each, periods, successors."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from langnghe.agencies.models import Agency, Person, Succession
from langnghe.cases.services import watching as cases_watching
from langnghe.outbox.models import Message
from langnghe.plans.models import Share
from langnghe.plans.services import shares, watching
from langnghe.worktime.models import Deadline, Reminder
from tests.cases.city import City, build, moment
from tests.plans.builders import given, picture, plan, task, texts


def sent() -> Counter[tuple[str, str]]:
    rows = Message.objects.filter(template__startswith="task_").values_list("template", "recipient")
    return Counter((template, recipient.partition("@")[0]) for template, recipient in rows)


def single() -> None:
    """Everybody wants each reminder by itself (the daily mail has tests of its own: reports/test_digest)."""
    Person.objects.update(reminders="single")


def test_reminders_come_once_each_however_often_the_job_runs(city: City, at: datetime) -> None:
    single()
    share = given(city, city.works, at=at, due_on=date(2026, 3, 17))
    shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)
    Message.objects.all().delete()
    for now in ("2026-03-10 15:00", "2026-03-10 15:01", "2026-03-10 15:02"):
        watching.remind(at=moment(now))
    assert sent() == {("task_reminder_half", "handler"): 1}
    for now in ("2026-03-16 09:00", "2026-03-16 09:01", "2026-03-16 17:00"):
        watching.remind(at=moment(now))
    assert sent()[("task_reminder_eighty", "handler")] == 1
    for now in ("2026-03-17 17:31", "2026-03-17 17:32", "2026-03-17 23:00"):
        watching.remind(at=moment(now))
    assert sent()[("task_reminder_due", "handler")] == 1 and sent()[("task_escalation_head", "head")] == 1
    for day in (18, 19, 20, 21, 22, 23):
        for hour in (8, 9, 16):
            watching.remind(at=moment(f"2026-03-{day} {hour:02}:30"))
    # Wednesday to Friday, and Monday: four working days late, each told once.
    assert sent()[("task_reminder_overdue", "handler")] == 4
    assert sent()[("task_escalation_office", "coordinator")] == 4
    assert sent()[("task_escalation_head", "head")] == 1
    shares.submit(share_id=share.pk, text="Xong", file_ids=[picture(at)], actor=city.actor("handler"), at=at)
    shares.accept(share_id=share.pk, actor=city.actor("head"), at=moment("2026-03-23 10:00"))
    before = sent()
    watching.remind(at=moment("2026-03-24 09:00"))
    assert sent() == before, "nobody is reminded of what is done"


def test_nobody_named_reminds_the_focal_point(city: City, at: datetime) -> None:
    single()
    given(city, city.works, at=at, due_on=date(2026, 3, 17))
    Message.objects.all().delete()
    watching.remind(at=moment("2026-03-18 09:00"))
    assert sent()[("task_reminder_overdue", "focal")] == 1


def test_a_task_that_came_too_late_is_told_as_overdue(city: City, at: datetime) -> None:
    """Given on a Friday evening, a week after its last day: nobody is told of halves, or of a day to come; everybody
    who is told of a late task is, from Monday morning on."""
    single()
    evening = moment("2026-03-13 18:30")
    share = given(city, city.works, at=evening, due_on=date(2026, 3, 6))
    shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=evening)
    Message.objects.all().delete()
    for now in ("2026-03-13 18:31", "2026-03-14 09:00", "2026-03-15 09:00"):
        watching.remind(at=moment(now))
    assert not sent()
    for now in ("2026-03-16 08:30", "2026-03-16 08:31", "2026-03-16 16:00"):
        watching.remind(at=moment(now))
    first = {
        ("task_reminder_overdue", "handler"): 1, ("task_escalation_head", "head"): 1,
        ("task_escalation_office", "coordinator"): 1,
    }  # fmt: skip
    assert sent() == first
    watching.remind(at=moment("2026-03-17 09:00"))
    assert sent() == {**first, ("task_reminder_overdue", "handler"): 2, ("task_escalation_office", "coordinator"): 2}
    shares.submit(share_id=share.pk, text="Xong", file_ids=[picture(at)], actor=city.actor("handler"), at=evening)
    shares.accept(share_id=share.pk, actor=city.actor("head"), at=moment("2026-03-17 10:00"))
    assert Deadline.objects.get(kind="share", subject_id=share.pk).state == "late"


def test_an_extension_drops_the_old_reminders(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_on=date(2026, 3, 17))
    shares.extend(
        share_id=share.pk,
        due=date(2026, 6, 30),
        note="Mưa",
        actor=city.actor("coordinator"),
        at=moment("2026-03-16 09:00"),
    )
    Message.objects.all().delete()
    watching.remind(at=moment("2026-03-18 09:00"))
    assert not sent()


def test_jobs_of_two_rooms_lose_and_double_nothing(city: City, at: datetime) -> None:
    single()
    city.receive(at)
    given(city, city.works, at=at, due_on=date(2026, 3, 4))
    Message.objects.all().delete()
    late = moment("2026-03-10 09:00")
    # The cases' job plans the reminders of all; each room turns its own into messages.
    for _round in range(3):
        cases_watching.remind(at=late)
        watching.remind(at=late)
    assert not Reminder.objects.filter(handled_at=None, dropped_at=None).exists()
    assert sent() == {
        ("task_reminder_overdue", "focal"): 1, ("task_escalation_head", "head"): 1,
        ("task_escalation_office", "coordinator"): 1,
    }  # fmt: skip
    of_cases = Message.objects.filter(kind="case").count()
    assert of_cases == Reminder.objects.filter(deadline__kind="case").exclude(audience="head").count()


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_write_each_reminder_once(at: datetime) -> None:
    city = build()
    single()
    texts()
    for _number in range(12):
        given(city, city.works, at=at, due_on=date(2026, 3, 4))
    Message.objects.all().delete()
    late = moment("2026-03-10 09:00")
    gate = threading.Barrier(2)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            gate.wait(10)
            watching.remind(at=late)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _job in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watching.remind(at=late)
    assert not failures
    assert sent() == {
        ("task_reminder_overdue", "focal"): 12, ("task_escalation_head", "head"): 12,
        ("task_escalation_office", "coordinator"): 12,
    }  # fmt: skip


def finish(share: Share, city: City, at: datetime) -> None:
    shares.report(share_id=share.pk, percent=1, text="x", file_ids=[picture(at)], actor=city.actor("handler"), at=at)
    shares.submit(share_id=share.pk, text="Xong", actor=city.actor("handler"), at=at)
    shares.accept(share_id=share.pk, actor=city.actor("head"), at=at)


def test_periods_follow_each_other_until_the_plan_ends(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_kind="recurring", due_on=None, rrule="FREQ=MONTHLY;INTERVAL=3")
    seen = []
    now = at
    while now < moment("2027-03-01 09:00"):
        watching.renew_periods(at=now)
        watching.renew_periods(at=now)
        share.refresh_from_db()
        if share.state == "assigned":
            seen.append(share.period_due)
            finish(share, city, now)
        now += timedelta(days=7)
    assert seen == [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]


def test_a_period_that_is_not_done_is_not_left_behind(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_kind="recurring", due_on=None, rrule="FREQ=MONTHLY;BYMONTHDAY=20")
    assert watching.renew_periods(at=moment("2026-04-30 09:00")) == 0
    share.refresh_from_db()
    assert (share.state, share.period_due) == ("assigned", date(2026, 3, 20))


def ended(agency: Agency, on: date = date(2026, 3, 5)) -> None:
    agency.valid_to = on
    agency.save()


def test_a_merged_agency_s_tasks_go_to_its_successor(city: City, at: datetime) -> None:
    kept = [given(city, city.works, at=at) for _number in range(3)]
    shares.report(share_id=kept[0].pk, percent=40, text="x", actor=city.actor("handler"), at=at)
    Succession.objects.create(agency=city.works, successor=city.partner, kind="merge", on=date(2026, 3, 6))
    ended(city.works)
    Message.objects.all().delete()
    now = moment("2026-03-06 08:30")
    assert watching.hand_to_successors(at=now) == 3
    assert watching.hand_to_successors(at=now) == 0
    for share in kept:
        share.refresh_from_db()
        assert share.state == "handed_over" and share.agency == city.works
        new = Share.objects.get(carries_on=share)
        assert (new.agency, new.state, new.percent) == (city.partner, "assigned", share.percent)
    assert sent() == {("task_handed_over", "partner_focal"): 1}, "one message for all"


def test_two_agencies_that_merge_leave_one_share(city: City, at: datetime) -> None:
    document = plan(city.office, actor=city.actor("coordinator"), at=at)
    one = task(document, at=at)
    for agency in (city.works, city.partner):
        shares.assign(task=one, agency_id=agency.pk, actor=city.actor("coordinator"), at=at)
        Succession.objects.create(agency=agency, successor=city.commune, kind="merge", on=date(2026, 3, 6))
        ended(agency)
    watching.hand_to_successors(at=moment("2026-03-06 08:30"))
    states = sorted(Share.objects.filter(task=one).values_list("agency__code", "state"))
    assert states == [("phuong-thu", "assigned"), ("so-cong-thuong", "handed_over"), ("so-xay-dung", "handed_over")]


@pytest.mark.parametrize("named", [False, True])
def test_a_district_s_shares_end_with_it_unless_a_person_names_an_heir(city: City, at: datetime, named: bool) -> None:
    district = Agency.objects.create(
        code="quan-thu", name="Ủy ban nhân dân quận Thử", short_name="Quận Thử", kind="district",
        valid_from=date(2008, 8, 1),
    )  # fmt: skip
    Succession.objects.create(agency=district, successor=city.commune, kind="split", on=date(2026, 3, 6))
    share = given(city, district, at=at)
    if named:
        shares.hand_over(share_id=share.pk, agency_id=city.commune.pk, actor=city.actor("coordinator"), at=at)
    ended(district)
    Message.objects.all().delete()
    now = moment("2026-03-06 08:30")
    assert watching.hand_to_successors(at=now) == (0 if named else 1)
    share.refresh_from_db()
    assert share.state == ("handed_over" if named else "cancelled")
    assert Share.objects.filter(carries_on=share, agency=city.commune).exists() is named
    assert not sent(), "there is nobody left to tell"
    if not named:
        shares.carry_on(share_id=share.pk, agency_id=city.commune.pk, actor=city.actor("coordinator"), at=now)
        assert Share.objects.get(carries_on=share).state == "assigned"


def test_an_agency_without_a_successor_ends_its_shares(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    ended(city.works)
    watching.hand_to_successors(at=moment("2026-03-06 08:30"))
    share.refresh_from_db()
    assert share.state == "cancelled"


def test_the_jobs_run_on_the_movable_clock(city: City, at: datetime, clock: Any) -> None:
    from langnghe.plans import jobs

    single()
    given(city, city.works, at=at, due_on=date(2026, 3, 4))
    Message.objects.all().delete()
    with clock(moment("2026-03-10 09:00")):
        for job in (jobs.remind, jobs.watch):
            job(timestamp=0)
    assert sent()[("task_escalation_office", "coordinator")] == 1
