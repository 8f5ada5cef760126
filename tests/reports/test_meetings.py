"""Meetings: what they conclude becomes tasks, and the pack says where everything stands."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from langnghe.acts.errors import ActError, Missing, NotAllowed
from langnghe.ledger.services import verify
from langnghe.plans.models import Indicator, Reading, Share
from langnghe.plans.services import shares
from langnghe.reports import pack
from langnghe.reports.models import Meeting
from langnghe.reports.sections import lines
from langnghe.reports.services import meetings
from langnghe.reports.services.templates import MEETING, template_for
from langnghe.worktime import clock
from langnghe.worktime.services import meet as worktime_meet
from tests.cases.city import City, moment
from tests.reports.builders import owed, plan, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(city: City, at: datetime) -> Meeting:
    """The city's monthly meeting of February, held on 3 March."""
    return meetings.call_meeting(
        agency_id=city.office.pk, rhythm="month", on=at.date(), actor=city.actor("coordinator"), at=at
    )


def built(meeting: Meeting, at: datetime) -> dict[str, list[str]]:
    """What the pack of a meeting says, by section."""
    template = template_for(MEETING, meeting.on)
    made = pack.build(template.sections, pack.scope_of(meeting, at=at))
    return {section["fill"]: lines(section) for section in made}


def test_conclusions_become_tasks_of_one_document(city: City, meeting: Meeting, at: datetime) -> None:
    office = city.actor("coordinator")
    given: dict[str, Any] = {"meeting_id": meeting.pk, "agency_id": city.works.pk, "actor": office, "at": at}
    one = meetings.conclude(text="Sở Xây dựng thay hết đèn hỏng.", due_on=date(2026, 3, 31), **given)
    two = meetings.conclude(text="Sở Xây dựng rà soát cây xanh.", due_on=None, **given)
    assert one.task is not None and two.task is not None
    assert one.task.document_id == two.task.document_id and one.task.document.kind == "conclusion"
    assert one.task.document.title == "Kết luận họp giao ban tháng 2/2026 ngày 03/03/2026"
    assert Share.objects.get(task=one.task).agency_id == city.works.pk
    note = meetings.conclude(**{**given, "agency_id": None}, text="Ghi nhận.", due_on=None, as_task=False)
    assert note.task is None
    with pytest.raises(NotAllowed):
        meetings.settle(conclusion_id=one.pk, note="xong", actor=office, at=at)
    assert meetings.settle(conclusion_id=note.pk, note="Đã báo cáo", actor=office, at=at).done_at == at
    with pytest.raises(Missing):
        meetings.conclude(text=" ", due_on=None, **given)
    with pytest.raises(ActError):
        meetings.conclude(text="Muộn", due_on=date(2026, 1, 1), **given)
    with pytest.raises(NotAllowed):
        meetings.conclude(**{**given, "actor": city.actor("focal")}, text="Của người khác", due_on=None)
    assert verify() == []


def test_the_pack_says_where_things_stand(city: City, meeting: Meeting, at: datetime) -> None:
    office = city.actor("coordinator")
    late = meetings.conclude(
        meeting_id=meeting.pk, text="Thay hết đèn hỏng.", agency_id=city.works.pk, due_on=date(2026, 3, 10),
        actor=office, at=at,
    )  # fmt: skip
    meetings.conclude(
        meeting_id=meeting.pk, text="Rà soát cây xanh.", agency_id=city.partner.pk, due_on=date(2026, 5, 10),
        actor=office, at=at,
    )  # fmt: skip
    document = plan(city, at=at)
    level = Indicator.objects.create(document=document, name="Tỷ lệ đèn sáng", unit="%", op=">=", value=98)
    Reading.objects.create(indicator=level, on=date(2026, 3, 10), value=95, source="Tổ điện", at=at)
    share(city, document, city.works, at=at, title="Cắt tỉa cây", due_on=date(2026, 3, 20))
    owed(city, at=at)
    now = moment("2026-04-02 09:00")
    following = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=now.date(), actor=office, at=now)
    said = built(following, now)
    assert said["conclusions"] == [
        "2 kết luận: 0 đã xong, 1 quá hạn, 1 đang thực hiện.",
        "Thay hết đèn hỏng. · Sở Xây dựng · 10/03/2026 · 03/03/2026 · Quá hạn 23 ngày, tiến độ 0%.",
        "Rà soát cây xanh. · Sở Công Thương · 10/05/2026 · 03/03/2026 · Đang thực hiện, tiến độ 0%.",
    ]
    assert said["late_agencies"][0] == "Còn 2 nhiệm vụ quá hạn ở 1 cơ quan."
    assert said["on_time"][1] == "Sở Xây dựng · Cán bộ head · 0 · 0 · 2 · 0 · 0,00%", "what is owed and late counts"
    assert any("Tỷ lệ đèn sáng · ít nhất 98% · 95" in line for line in said["indicators_all"])
    assert said["reporting"][0].endswith("· 2 · 0 · Sở Công Thương, Sở Xây dựng")
    assert pack.standings([late], at=now)[0].code == "late"


def test_feedback_counts_what_is_still_owed(city: City, meeting: Meeting, at: datetime) -> None:
    from langnghe.cases import services

    case = city.receive(moment("2026-02-05 09:00")).case
    office = city.actor("coordinator")
    day = moment("2026-02-05 10:00")
    services.classify(case_id=case.pk, actor=office, at=day, regime="field", field_id=city.field.pk, urgency="normal")
    services.transfer(case_id=case.pk, actor=office, at=day, agency_id=city.works.pk, reason="Đúng thẩm quyền")
    assert "Sở Xây dựng · Cán bộ head · 0 · 0 · 1 · 0,00%" in built(meeting, at)["on_time"]
    services.accept(case_id=case.pk, actor=city.actor("focal"), at=moment("2026-03-05 09:00"))
    later = moment("2026-03-06 09:00")
    assert worktime_meet(kind="case", subject_id=case.pk, steps=["answer"], at=later)
    assert "Sở Xây dựng · Cán bộ head · 0 · 0 · 1 · 0,00%" in built(meeting, later)["on_time"], "owed that day"
    after = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=later.date(), actor=office, at=later)
    assert "Sở Xây dựng · Cán bộ head · 0 · 1 · 0 · 0,00%" in built(after, later)["on_time"]


def test_an_empty_city_has_a_pack_too(city: City, meeting: Meeting, at: datetime) -> None:
    said = built(meeting, at)
    assert set(said) == {"conclusions", "late_agencies", "on_time", "indicators_all", "reporting", "obstacles_all"}
    assert all(said.values()), "every section says something"
    again = meetings.call_meeting(
        agency_id=city.office.pk, rhythm="month", on=meeting.on, actor=city.actor("coordinator"), at=at
    )
    assert again.pk == meeting.pk


@pytest.mark.parametrize(
    ("rhythm", "on", "name"),
    [
        ("month", date(2026, 3, 3), "tháng 2/2026"), ("month", date(2026, 3, 28), "tháng 3/2026"),
        ("quarter", date(2026, 4, 5), "quý I/2026"), ("quarter", date(2026, 3, 28), "quý I/2026"),
        ("quarter", date(2026, 1, 8), "quý IV/2025"),
    ],
)  # fmt: skip
def test_a_meeting_is_named_after_its_time(rhythm: str, on: date, name: str) -> None:
    assert meetings.name_of(Meeting(rhythm=rhythm, on=on)) == name


def test_the_pack_tells_obstacles_and_what_is_late_longest(city: City, meeting: Meeting, at: datetime) -> None:
    late = share(city, plan(city, at=at), city.works, at=at, title="Cắt tỉa cây", due_on=date(2026, 3, 20))
    focal = city.actor("focal")
    shares.raise_obstacle(share_id=late.pk, text="Thiếu xe thang.", actor=focal, at=moment("2026-03-10 09:00"))
    now = moment("2026-04-02 09:00")
    following = meetings.call_meeting(
        agency_id=city.office.pk, rhythm="month", on=now.date(), actor=city.actor("coordinator"), at=now
    )
    said = built(following, now)
    assert any("Cắt tỉa cây" in line and "20/03/2026" in line for line in said["late_agencies"])
    assert any("Thiếu xe thang." in line and "23 ngày" in line for line in said["obstacles_all"])
    shares.answer_obstacle(
        share_id=late.pk, obstacle_id=late.obstacles.get().pk, answer="Mượn của Công ty Cây xanh.",
        actor=city.actor("coordinator"), at=moment("2026-04-01 09:00"),
    )  # fmt: skip
    assert any("Mượn của Công ty Cây xanh." in line for line in built(following, now)["obstacles_all"])
    figures = {one.code: (one.value, one.total) for one in pack.headlines(pack.scope_of(following, at=now))}
    assert figures["late"] == (1, None) and figures["obstacles"] == (0, None) and figures["in_time"] == (0, 1)


def test_the_room_sees_the_pack_part_by_part_and_it_prints_whole(
    city: City, meeting: Meeting, at: datetime, client: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    meetings.conclude(
        meeting_id=meeting.pk, text="Thay hết đèn hỏng.", agency_id=city.works.pk, due_on=date(2026, 3, 10),
        actor=city.actor("coordinator"), at=at,
    )  # fmt: skip
    client.force_login(city.people["coordinator"], backend="allauth.account.auth_backends.AuthenticationBackend")
    room = reverse("desk:meeting_screen", args=[meeting.pk])
    now = moment("2026-04-02 09:00")
    with clock.frozen(now):
        following = meetings.call_meeting(
            agency_id=city.office.pk, rhythm="month", on=now.date(), actor=city.actor("coordinator"), at=now
        )
        room = reverse("desk:meeting_screen", args=[following.pk])
        client.get(room)  # the catalogues of the process
        seen, url, pages = [], room, 0
        while url:
            with CaptureQueriesContext(connection) as asked:
                page = client.get(url).content.decode()
            # Whether the calendar is still the one that the process holds is asked now and then.
            assert sum("worktime_" not in one["sql"] for one in asked) <= 13, url
            pages += 1
            assert "desk-side" not in page and "no-print" not in page.split("<main", 1)[1].split("</main>")[0]
            seen.append(page)
            found = re.search(r'rel="next" href="([^"]+)"', page)
            url = room + found.group(1) if found else ""
        assert pages == 8
        assert "Kết luận quá hạn" in seen[0] and "Thay hết đèn hỏng." in seen[1]
        printed = client.get(reverse("desk:meeting_print", args=[following.pk])).content.decode()
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Thay hết đèn hỏng.", "6. Chấp hành chế độ báo cáo"):
        assert words.lower() in printed.lower(), words
    assert "desk-side" not in printed
    client.force_login(city.people["clerk"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(room).status_code == 403
