"""One mail a person and morning: what is late, due, soon due; once, and without what was done meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from langnghe.agencies.models import Person
from langnghe.outbox.models import Message
from langnghe.plans.models import Share
from langnghe.plans.selectors import told
from langnghe.plans.services import shares
from langnghe.plans.services import watching as plans_watching
from langnghe.reports.messages import DIGEST
from langnghe.reports.services import digest, watching
from langnghe.worktime import clock
from langnghe.worktime.models import Notice, Reminder
from tests.cases.city import City, build, moment
from tests.plans.builders import given, picture
from tests.plans.builders import texts as plan_texts
from tests.reports import builders


def mails(name: str = "") -> list[Message]:
    """The digests, of one person or of all, the oldest first."""
    found = Message.objects.filter(template=DIGEST).order_by("pk")
    return [one for one in found if not name or one.recipient.startswith(f"{name}@")]


def held(city: City, at: datetime, due: date, **more: Any) -> Share:
    """A share that the handler of the department of works carries."""
    share = given(city, city.works, at=at, due_on=due, **more)
    return shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)


def run(*moments: str) -> None:
    """What the worker does at these moments: the reminders of each room, then the mails."""
    for one in moments:
        now = moment(one)
        plans_watching.remind(at=now)
        watching.remind(at=now)
        digest.send(at=now)


def test_forty_tasks_make_one_mail_a_morning(city: City, at: datetime) -> None:
    for number in range(40):
        held(city, at, date(2026, 3, 17), title=f"Việc số {number}")
    Message.objects.all().delete()
    run("2026-03-17 08:01", "2026-03-17 08:06", "2026-03-17 08:11", "2026-03-17 16:00", "2026-03-17 17:45")
    assert [one.subject for one in mails("handler")] == ["17/03/2026: 40 đến hạn hôm nay"]
    body = mails("handler")[0].body
    assert "ĐẾN HẠN HÔM NAY (40)" in body and body.count("/can-bo/nhiem-vu/") == digest.MOST
    assert "Và 15 việc nữa" in body and "/can-bo/ke-hoach/viec-cua-toi/?han=hom-nay" in body
    run("2026-03-18 07:59", "2026-03-18 08:02", "2026-03-18 08:06", "2026-03-18 10:00")
    assert [one.subject for one in mails("handler")][1:] == ["18/03/2026: 40 quá hạn"]
    assert [one.subject for one in mails("head")] == ["18/03/2026: 40 quá hạn"]
    office = mails("coordinator")
    assert len(office) == 1 and "1. Sở Xây dựng: 40 nhiệm vụ" in office[0].body
    assert not Message.objects.filter(template__startswith="task_reminder").exists()
    assert not Message.objects.filter(template__startswith="task_escalation").exists()


def test_tasks_and_reports_stand_in_one_mail_by_urgency(city: City, at: datetime) -> None:
    report = builders.owed(city, at=at)
    late = given(city, city.works, at=at, due_on=date(2026, 3, 16), title="Việc quá hạn")
    given(city, city.works, at=at, due_on=date(2026, 3, 20), title="Việc hôm nay")
    given(city, city.works, at=at, due_on=date(2026, 4, 1), title="Việc sắp đến hạn")
    Message.objects.all().delete()
    run("2026-03-20 08:06")
    mail = mails("focal")
    assert [one.subject for one in mail] == ["20/03/2026: 1 quá hạn, 2 đến hạn hôm nay, 1 sắp đến hạn"]
    body = mail[0].body
    places = [body.index(words) for words in ("QUÁ HẠN (1)", "Việc quá hạn", "ĐẾN HẠN HÔM NAY (2)", "Việc hôm nay")]
    assert places == sorted(places) and "SẮP ĐẾN HẠN (1)" in body
    assert f"/can-bo/bao-cao/{report.pk}/" in body and f"/can-bo/nhiem-vu/{late.pk}/" in body
    assert "quá hạn 4 ngày làm việc" in body


def test_nothing_on_days_off_and_nothing_of_what_is_done(city: City, at: datetime) -> None:
    one, two = (held(city, at, date(2026, 3, 20), title=f"Việc {number}") for number in (1, 2))
    Message.objects.all().delete()
    run("2026-03-20 18:00", "2026-03-21 09:00", "2026-03-22 09:00")
    assert not mails(), "the day is over, then Saturday and Sunday"
    shares.submit(share_id=one.pk, text="Xong", file_ids=[picture(at)], actor=city.actor("handler"), at=at)
    shares.accept(share_id=one.pk, actor=city.actor("head"), at=moment("2026-03-22 20:00"))
    Message.objects.filter(template="task_accepted").delete()
    run("2026-03-23 08:06")
    assert "Việc 2" in mails("handler")[0].body and "Việc 1" not in mails("handler")[0].body
    assert Notice.objects.filter(reminder__deadline__subject_id=one.pk, dropped_at__isnull=False).exists()
    assert two.pk


def test_what_ends_on_a_day_off_is_told_on_the_last_working_day(city: City, at: datetime) -> None:
    held(city, at, date(2026, 3, 22), title="Hết Chủ nhật")
    Message.objects.all().delete()
    run("2026-03-18 08:06")
    run("2026-03-20 08:06", "2026-03-20 12:00", "2026-03-21 09:00", "2026-03-23 08:06")
    subjects = [one.subject for one in mails("handler")]
    assert subjects[-2:] == ["20/03/2026: 1 sắp đến hạn", "23/03/2026: 1 quá hạn"], subjects


def test_after_a_standstill_there_is_one_mail_not_one_for_each_day(city: City, at: datetime) -> None:
    held(city, at, date(2026, 3, 10))
    Message.objects.all().delete()
    run("2026-03-27 09:00", "2026-03-27 09:05")
    assert len(mails("handler")) == 1 and "quá hạn 13 ngày làm việc" in mails("handler")[0].body


def test_each_working_day_has_its_own_mail_until_it_is_done(city: City, at: datetime) -> None:
    held(city, at, date(2026, 3, 17))
    Message.objects.all().delete()
    for day in range(9, 25):
        run(*(f"2026-03-{day:02} {hour}" for hour in ("08:01", "08:07", "11:00", "17:50")))
    days = [one.key.split(":")[1] for one in mails("handler")]
    assert days == [
        "2026-03-11", "2026-03-16", "2026-03-17", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24",
    ]  # fmt: skip
    assert Counter(days).most_common(1)[0][1] == 1
    assert not Reminder.objects.filter(handled_at=None, dropped_at=None).exists()


def test_who_wants_single_mails_gets_each_by_itself(city: City, at: datetime) -> None:
    Person.objects.filter(username=city.people["handler"].username).update(reminders="single")
    for _number in range(3):
        held(city, at, date(2026, 3, 17))
    Message.objects.all().delete()
    run("2026-03-18 08:06", "2026-03-18 09:06")
    singles = Message.objects.filter(template="task_reminder_overdue")
    assert len(singles) == 3 and {one.recipient for one in singles} == {city.people["handler"].email}
    assert not mails("handler") and len(mails("head")) == 1


def test_urgings_do_not_wait(city: City, at: datetime) -> None:
    share = held(city, at, date(2026, 3, 17))
    Message.objects.all().delete()
    shares.urge(share_id=share.pk, note="Gấp", actor=city.actor("coordinator"), at=at)
    assert Message.objects.filter(template="task_urged", recipient=city.people["handler"].email).count() == 1


def test_who_left_is_not_written_to(city: City, at: datetime) -> None:
    held(city, at, date(2026, 3, 17))
    Message.objects.all().delete()
    plans_watching.remind(at=moment("2026-03-17 08:01"))
    Person.objects.filter(pk=city.people["handler"].pk).update(is_active=False)
    run("2026-03-17 08:06")
    assert not mails("handler")
    assert not Notice.objects.filter(person_id=city.people["handler"].pk, told_at=None, dropped_at=None).exists()


def test_the_page_of_a_task_says_who_was_reminded_and_when(
    city: City, at: datetime, client: Client, settings: Any
) -> None:
    share = held(city, at, date(2026, 3, 17))
    run("2026-03-17 08:06", "2026-03-18 08:06")
    column = Share.objects.annotate(reminded=told.column("share")).get(pk=share.pk).reminded
    said = [(one.person, one.step, one.at.astimezone(at.tzinfo).date()) for one in told.read(column)]
    handler, head = str(city.people["handler"]), str(city.people["head"])
    assert (handler, "today", date(2026, 3, 17)) in said and (handler, "overdue", date(2026, 3, 18)) in said
    assert (head, "due", date(2026, 3, 18)) in said
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(city.people["handler"], backend="allauth.account.auth_backends.AuthenticationBackend")
    with clock.frozen(moment("2026-03-18 09:00")):
        page = client.get(reverse("desk:share", args=[share.pk])).content.decode()
    assert "Đã nhắc" in page and "17/03/2026" in page and head in page


def test_a_person_chooses_how_to_be_reminded(city: City, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(city.people["handler"], backend="allauth.account.auth_backends.AuthenticationBackend")
    url = reverse("account_reminders")
    assert 'value="digest"' in client.get(url).content.decode()
    assert client.post(url, {"reminders": "never"}).status_code == 422
    assert client.post(url, {"reminders": "single"}).status_code == 302
    assert Person.objects.get(pk=city.people["handler"].pk).reminders == "single"


@pytest.fixture
def by_two() -> Callable[[Callable[[], object]], None]:
    """Runs something in two workers at once."""

    def both(act: Callable[[], object]) -> None:
        gate, failures = threading.Barrier(2), []

        def work() -> None:
            try:
                gate.wait(10)
                act()
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _worker in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert not failures

    return both


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_mail(by_two: Callable[[Callable[[], object]], None], at: datetime) -> None:
    made = build()
    plan_texts()
    builders.texts()
    for _number in range(6):
        held(made, at, date(2026, 3, 17))
    Message.objects.all().delete()
    by_two(lambda: digest.send(at=moment("2026-03-18 08:10")))
    assert len(mails("handler")) == 1 and "6 quá hạn" in mails("handler")[0].subject
