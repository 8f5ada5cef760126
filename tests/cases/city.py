"""Builds a small city whose facts are its own: agencies, people, rules, fields, message texts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from langnghe.agencies.models import Agency, Person, RoleAssignment
from langnghe.cases import messages, services
from langnghe.cases import settings as city_settings
from langnghe.cases.models import Channel, DeclineReason, Field, Setting
from langnghe.outbox.models import MessageTemplate
from langnghe.workflow.actor import SENDER, Actor
from langnghe.worktime import packaged
from langnghe.worktime import services as worktime

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = date(2025, 1, 1)


def moment(text: str) -> datetime:
    """A moment in the city's time zone: "2026-03-02 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass
class City:
    """Handles to what a test needs."""

    office: Agency
    works: Agency
    partner: Agency
    commune: Agency
    people: dict[str, Person]
    field: Field
    rule_field: Field
    web: Channel
    counter: Channel
    reason: DeclineReason

    def actor(self, name: str) -> Actor:
        """The person of that name as an actor, in the role with which the name begins."""
        person = self.people[name]
        held = RoleAssignment.objects.get(person=person)
        return Actor("person", held.role, person.pk, held.agency_id)

    def receive(self, at: datetime, **given: Any) -> services.Receipt:
        """One field report, or what `given` makes of it."""
        values: dict[str, Any] = {
            "regime": "field",
            "title": "Đèn đường ngõ 12 hỏng",
            "body": "Ba bóng đèn cuối ngõ tắt đã một tuần, buổi tối rất tối, trẻ em đi học thêm về dễ ngã.",
            "channel_id": self.web.pk,
            "submission_key": uuid.uuid4(),
            "commune_id": self.commune.pk,
            "place": "Cuối ngõ 12 phố Thử Nghiệm",
            "sender": services.NewSender(
                name="Nguyễn Thị Thử", address="Phường Thử", phone="0900000123", email="thu@nguoidan.example"
            ),
        }
        return services.receive(new=services.NewCase(**(values | given)), actor=SENDER, at=at)


def build() -> City:
    """Everything in a handful of rows."""
    office = Agency.objects.create(
        code="van-phong",
        name="Văn phòng Ủy ban nhân dân Thành phố",
        short_name="Văn phòng",
        kind="office",
        is_city_office=True,
        valid_from=START,
    )
    works = Agency.objects.create(
        code="so-xay-dung", name="Sở Xây dựng", short_name="Sở Xây dựng", kind="department", valid_from=START
    )
    partner = Agency.objects.create(
        code="so-cong-thuong", name="Sở Công Thương", short_name="Sở Công Thương", kind="department", valid_from=START
    )
    commune = Agency.objects.create(
        code="phuong-thu", name="Ủy ban nhân dân phường Thử", short_name="Phường Thử", kind="commune", valid_from=START
    )
    people = {}
    for name, role, agency in (
        ("coordinator", "coordinator", None),
        ("protected", "protected_reader", None),
        ("observer", "observer", None),
        ("administrator", "administrator", None),
        ("clerk", "clerk", None),
        ("focal", "focal_point", works),
        ("handler", "handler", works),
        ("handler2", "handler", works),
        ("approver", "approver", works),
        ("approver2", "approver", works),
        ("head", "head", works),
        ("partner_focal", "focal_point", partner),
        ("partner_head", "head", partner),
        ("commune_focal", "focal_point", commune),
    ):
        person = Person.objects.create(username=name, full_name=f"Cán bộ {name}", email=f"{name}@city.example")
        RoleAssignment.objects.create(person=person, role=role, agency=agency, valid_from=START)
        people[name] = person
    worktime.load_calendar(packaged.calendar_data(), at=moment("2025-01-01 08:00"))
    worktime.load_rules(packaged.rules_data(), at=moment("2025-01-01 08:00"))
    for code, value in (("case_prefix", "TN"), ("city_name", "Thành phố Thử"), ("hotline", "1022")):
        Setting.objects.create(code=code, value=value, valid_from=START)
    city_settings.forget()
    for code in messages.MESSAGES:
        MessageTemplate.objects.create(
            code=code,
            language="vi",
            subject=f"{code} {{code}}",
            body="{name}: {title} {url}",
            updated_at=moment("2025-01-01 08:00"),
        )
    return City(
        office,
        works,
        partner,
        commune,
        people,
        field=Field.objects.create(code="chieu-sang", name="Chiếu sáng", regime="field", default_agency=works),
        rule_field=Field.objects.create(code="dat-dai", name="Đất đai", regime="admin", default_agency=works),
        web=Channel.objects.create(code="web", name="Trang mạng"),
        counter=Channel.objects.create(code="counter", name="Quầy", staff_entry=True),
        reason=DeclineReason.objects.create(
            code="khong-ro", name="Không rõ", text="Nội dung chưa rõ.", guidance="Gửi lại rõ hơn."
        ),
    )
