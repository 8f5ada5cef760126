"""The pack of a meeting is frozen: what it said that day it says for ever, to each reader what that one may read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from langnghe.acts.errors import NotAllowed
from langnghe.ledger.models import Entry
from langnghe.ledger.services import verify
from langnghe.plans.models import Share
from langnghe.plans.services import shares
from langnghe.reports import frozen, papers, selectors
from langnghe.reports.models import Meeting, MeetingPack
from langnghe.reports.sections import lines
from langnghe.reports.services import meetings, packs, watching
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.plans.builders import picture
from tests.plans.test_engine_guards import at_once
from tests.reports.builders import city_of_plans, plan, share

DAY = date(2026, 3, 3)
LATER = moment("2026-11-20 09:00")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False


def called(city: City, on: date, at: datetime) -> Meeting:
    """The city's monthly meeting."""
    return meetings.call_meeting(
        agency_id=city.office.pk, rhythm="month", on=on, actor=city.actor("coordinator"), at=at
    )


@pytest.fixture
def late(city: City, at: datetime) -> Share:
    """A task of the department of works that is late on the day of the meeting, with an obstacle that waits."""
    given = share(city, plan(city, at=moment("2026-02-10 09:00")), city.works, at=moment("2026-02-10 09:00"),
                  title="Cắt tỉa cây", due_on=date(2026, 2, 20))  # fmt: skip
    shares.raise_obstacle(
        share_id=given.pk, text="Thiếu xe thang.", actor=city.actor("focal"), at=moment("2026-02-24 09:00")
    )
    return given


@pytest.fixture
def meeting(city: City, at: datetime, late: Share) -> Meeting:
    """The meeting of 3 March 2026."""
    return called(city, DAY, at)


def finish(city: City, late: Share, at: datetime) -> None:
    """The task is done and its obstacle answered."""
    shares.answer_obstacle(
        share_id=late.pk, obstacle_id=late.obstacles.get().pk, answer="Đã mượn.", actor=city.actor("coordinator"),
        at=at,
    )  # fmt: skip
    shares.report(share_id=late.pk, percent=90, text="x", file_ids=[picture(at)], actor=city.actor("focal"), at=at)
    shares.submit(share_id=late.pk, text="Xong", actor=city.actor("focal"), at=at)
    shares.accept(share_id=late.pk, note="Đạt", actor=city.actor("head"), at=at)


def said(city: City, meeting: Meeting, name: str = "coordinator", *, at: datetime, wanted: str = "") -> str:
    """Everything that the pack says to somebody at a time: headlines and sections."""
    seen = frozen.look(meeting, wanted, actors=[city.actor(name)], at=at)
    words = [line for section in seen.sections() for line in lines(section)]
    return "\n".join([*(f"{one.code}={one.value}/{one.total}" for one in seen.headlines()), *words])


def words_of(content: bytes) -> str:
    """What a DOCX or XLSX says."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")]
    return re.sub(r"<[^>]+>", " ", " ".join(parts))


def test_a_frozen_pack_says_what_it_said_whatever_becomes_of_the_tasks(
    city: City, meeting: Meeting, late: Share, at: datetime
) -> None:
    kept, new = packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=at)
    assert new and (kept.number, kept.at) == (1, at)
    then = said(city, meeting, at=at)
    assert "late=1/None" in then and "obstacles=1/None" in then and "Cắt tỉa cây" in then and "Thiếu xe thang." in then
    finish(city, late, moment("2026-03-20 09:00"))
    assert said(city, meeting, at=LATER) == then
    living = said(city, meeting, at=LATER, wanted="nay")
    assert "late=0/None" in living and "obstacles=1/None" not in living
    entry = Entry.objects.get(kind="meeting", subject_id=meeting.pk, act="freeze")
    assert entry.data == {"number": 1, "digest": frozen.digest_of(MeetingPack.objects.get().contents)}
    assert verify() == []


def test_page_print_and_files_say_the_same_and_when_it_was_frozen(
    city: City, meeting: Meeting, late: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=at)
    finish(city, late, moment("2026-03-20 09:00"))
    client = sign_in("coordinator")
    with clock.frozen(LATER):
        page = client.get(reverse("desk:meeting", args=[meeting.pk]) + "?muc=qua-han").content.decode()
        room = client.get(reverse("desk:meeting_screen", args=[meeting.pk])).content.decode()
        printed = client.get(reverse("desk:meeting_print", args=[meeting.pk])).content.decode()
        files = {
            kind: words_of(client.get(reverse("desk:meeting_file", args=[meeting.pk, kind])).content)
            for kind in ("docx", "xlsx")
        }
        seen = frozen.look(meeting, actors=[city.actor("coordinator")], at=LATER)
    for words in (page, room, printed):
        assert "Số liệu chốt lúc 09:00 thứ Ba, 03/03/2026" in words and "Cuộc họp đã qua" not in words
    assert "Cắt tỉa cây" in page and "Cắt tỉa cây" in printed and "Thiếu xe thang." in printed
    for kind, text in files.items():
        assert "Số liệu chốt lúc 09:00 ngày 03/03/2026." in text, kind
        assert "Cắt tỉa cây" in text and "Thiếu xe thang." in text, kind
    paper = papers.of_meeting(seen, name="tháng 2/2026", decided=selectors.conclusions(meeting.pk))
    assert papers.write(paper, "pdf")[0].startswith(b"%PDF") and "Cắt tỉa cây" in str(paper.sections)


def test_freezing_twice_is_one_version_and_a_change_is_another(
    city: City, meeting: Meeting, late: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    office, url = sign_in("coordinator"), reverse("desk:meeting", args=[meeting.pk])
    with clock.frozen(at):
        assert "Số liệu lúc 09:00 thứ Ba, 03/03/2026, còn thay đổi" in office.get(url).content.decode()
        for words in ("Đã chốt số liệu", "Số liệu không đổi"):
            answer = office.post(reverse("desk:meeting_freeze", args=[meeting.pk]), follow=True)
            assert words in answer.content.decode()
    assert meeting.packs.count() == 1
    finish(city, late, at + timedelta(hours=1))
    packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=at + timedelta(hours=2))
    with clock.frozen(LATER):
        newest = office.get(url + "?muc=qua-han").content.decode()
        first = office.get(url + "?muc=qua-han&ban=1").content.decode()
    assert "chốt lúc 11:00" in newest and "Cắt tỉa cây" not in newest and "Bản chốt lần 1" in newest
    assert "chốt lúc 09:00" in first and "Cắt tỉa cây" in first and "đã chốt lại" in first
    assert "Chốt lại số liệu" not in newest, "the day is over"


def test_what_was_never_frozen_says_that_it_shows_today(
    city: City, meeting: Meeting, late: Share, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("coordinator")
    with clock.frozen(LATER):
        for route in ("meeting", "meeting_screen", "meeting_print"):
            page = client.get(reverse(f"desk:{route}", args=[meeting.pk])).content.decode()
            assert "chưa được chốt số liệu" in page and "không phải của ngày họp" in page, route
        file = words_of(client.get(reverse("desk:meeting_file", args=[meeting.pk, "docx"])).content)
        assert "không phải của ngày họp" in file
        with pytest.raises(NotAllowed, match="Ngày họp đã qua"):
            packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=LATER)
        assert client.post(reverse("desk:meeting_freeze", args=[meeting.pk])).status_code == 302
    assert not MeetingPack.objects.exists()


def test_the_first_conclusion_freezes_what_lay_before_it(city: City, meeting: Meeting, at: datetime) -> None:
    given: dict[str, Any] = {
        "meeting_id": meeting.pk, "agency_id": city.works.pk, "due_on": date(2026, 3, 4),
        "actor": city.actor("coordinator"),
    }  # fmt: skip
    meetings.conclude(text="Thay đèn.", at=at, **given)
    kept = meeting.packs.get()
    assert "Thay đèn." not in str(kept.contents)
    meetings.conclude(text="Tỉa cây.", at=at + timedelta(minutes=5), **given)
    assert meeting.packs.get() == kept
    old = called(city, DAY - timedelta(days=40), at)
    meetings.conclude(**{**given, "meeting_id": old.pk}, text="Ghi sau.", at=at)
    ahead = called(city, DAY + timedelta(days=10), at)
    meetings.conclude(**{**given, "meeting_id": ahead.pk, "due_on": None}, text="Ghi trước.", at=at)
    assert not old.packs.exists() and not ahead.packs.exists(), "the state of today is not that of their days"
    order = list(
        Entry.objects.filter(kind="meeting", subject_id=meeting.pk).order_by("pk").values_list("act", flat=True)
    )
    assert order == ["call", "freeze", "conclude", "conclude"]


def test_what_fails_freezes_nothing(city: City, meeting: Meeting, at: datetime) -> None:
    with pytest.raises(Exception, match="does not exist"):
        meetings.conclude(
            meeting_id=meeting.pk, text="Thay đèn.", agency_id=987654, due_on=None, actor=city.actor("coordinator"),
            at=at,
        )  # fmt: skip
    assert not MeetingPack.objects.exists()


def test_the_worker_freezes_yesterdays_meetings_once(city: City, meeting: Meeting, late: Share, at: datetime) -> None:
    older = called(city, DAY - timedelta(days=2), at)
    night = moment("2026-03-04 00:05")
    watching.run(at=at)
    assert not MeetingPack.objects.exists(), "the day is not over"
    watching.run(at=night)
    watching.run(at=night + timedelta(minutes=5))
    kept = MeetingPack.objects.get()
    assert (kept.meeting, kept.at, kept.person) == (meeting, night, None)
    assert kept.contents["until"] == "2026-03-03"
    finish(city, late, moment("2026-03-04 09:00"))
    assert "late=1/None" in said(city, meeting, at=LATER)
    assert not older.packs.exists()


@pytest.mark.parametrize("name", ["observer", "handler", "partner_head", "focal", "clerk"])
def test_only_who_calls_the_meeting_freezes_it(
    city: City, meeting: Meeting, at: datetime, name: str, sign_in: Callable[[str], Client]
) -> None:
    with pytest.raises(NotAllowed):
        packs.freeze(meeting_id=meeting.pk, actor=city.actor(name), at=at)
    with clock.frozen(at):
        client = sign_in(name)
        assert client.post(reverse("desk:meeting_freeze", args=[meeting.pk])).status_code in (302, 403)
        assert "Chốt số liệu" not in client.get(reverse("desk:meeting", args=[meeting.pk])).content.decode()
    assert not MeetingPack.objects.exists()


def test_an_agency_freezes_its_own_meeting_for_itself(
    city: City, late: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    own = meetings.call_meeting(
        agency_id=city.works.pk, rhythm="month", on=DAY, actor=city.actor("focal"), at=at
    )  # fmt: skip
    packs.freeze(meeting_id=own.pk, actor=city.actor("head"), at=at)
    assert "Cắt tỉa cây" in said(city, own, "focal", at=LATER)
    for route in ("meeting", "meeting_print", "meeting_screen", "meeting_freeze"):
        client = sign_in("partner_head")
        url = reverse(f"desk:{route}", args=[own.pk])
        assert (client.post(url) if route == "meeting_freeze" else client.get(url)).status_code == 404, route


def test_each_reader_reads_the_obstacles_that_are_theirs(
    city: City, meeting: Meeting, late: Share, at: datetime
) -> None:
    packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=at)
    for name, reads in (("coordinator", True), ("observer", True), ("focal", True), ("partner_head", False)):
        told = said(city, meeting, name, at=LATER)
        assert ("Thiếu xe thang." in told) is reads, name
        assert f"obstacles={int(reads)}/None" in told, name
    assert "Không có vướng mắc nào chờ trả lời." in said(city, meeting, "partner_head", at=LATER)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE reports_meetingpack SET digest = 'x'", "DELETE FROM reports_meetingpack"],
)
def test_the_database_keeps_what_was_frozen(city: City, meeting: Meeting, at: datetime, statement: str) -> None:
    packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=at)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_frozen_pack_costs_less_than_a_living_one(
    city: City, meeting: Meeting, at: datetime, django_assert_num_queries: Any
) -> None:
    packs.freeze(meeting_id=meeting.pk, actor=city.actor("coordinator"), at=at)
    for name, more in (("coordinator", 0), ("focal", 1)):
        actors = [city.actor(name)]
        with django_assert_num_queries(2 + more):
            assert frozen.look(meeting, actors=actors, at=LATER).sections("vuong-mac")
        with django_assert_num_queries(2 + more):
            assert frozen.look(meeting, actors=actors, at=LATER).headlines()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_version_comes(at: datetime) -> None:
    city = city_of_plans()
    meeting = called(city, DAY, at)
    office = city.actor("coordinator")
    done = at_once(
        lambda: packs.freeze(meeting_id=meeting.pk, actor=office, at=at),
        lambda: packs.freeze(meeting_id=meeting.pk, actor=office, at=at),
        lambda: meetings.conclude(
            meeting_id=meeting.pk, text="Ghi nhận.", agency_id=None, due_on=None, as_task=False, actor=office, at=at
        ),
    )
    assert done == ["done"] * 3
    assert [one.number for one in meeting.packs.all()] == [1] and meeting.conclusions.count() == 1
