"""Meetings: what they conclude becomes tasks, and the pack says where everything stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from langnghe.ledger.services import verify
from langnghe.plans.models import Indicator, Reading, Share
from langnghe.reports import pack
from langnghe.reports.errors import Missing, NotAllowed, ReportError
from langnghe.reports.models import Meeting
from langnghe.reports.sections import lines
from langnghe.reports.services import meetings
from langnghe.reports.services.templates import MEETING, template_for
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
    with pytest.raises(ReportError):
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
    assert said["on_time"][1] == "Sở Xây dựng · Cán bộ head · 0 · 0 · 2 · 0,00%", "what is owed and late counts"
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


def test_an_empty_city_has_a_pack_too(city: City, meeting: Meeting, at: datetime) -> None:
    said = built(meeting, at)
    assert set(said) == {"conclusions", "late_agencies", "on_time", "indicators_all", "reporting"}
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
