"""Plans and tasks made by hand, in the small city of the cases' tests."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from PIL import Image

from langnghe.agencies.models import Agency
from langnghe.files import services as files
from langnghe.ledger import services as ledger
from langnghe.outbox.models import MessageTemplate
from langnghe.plans.messages import MESSAGES
from langnghe.plans.models import PlanDocument, Share, Task
from langnghe.plans.services import shares
from langnghe.workflow.actor import Actor
from tests.cases.city import City, moment


def texts() -> None:
    """A text for every message of plans."""
    MessageTemplate.objects.bulk_create(
        MessageTemplate(
            code=code, language="vi", subject=f"{code} {{number}}", body="{name}: {task} {due} {url}",
            updated_at=moment("2025-01-01 08:00"),
        )
        for code in MESSAGES
    )  # fmt: skip


def plan(agency: Agency, *, actor: Actor, at: datetime, **given: Any) -> PlanDocument:
    """An active plan, entered and confirmed by the two acts of its table."""
    values = {
        "number": "15/KH-UBND", "title": "Kế hoạch thử", "issued_on": date(2026, 1, 15), "agency": agency,
        "entered_at": at, "ends_on": date(2026, 12, 31),
    } | given  # fmt: skip
    with transaction.atomic():
        document = PlanDocument.objects.create(**values)
        ledger.record(kind="plan", subject_id=document.pk, act="enter", actor=actor, at=at)
        document.state, document.last_act, document.version, document.confirmed_at = "active", "confirm", 1, at
        document.save()
        ledger.record(kind="plan", subject_id=document.pk, act="confirm", actor=actor, at=at)
    return document


def task(document: PlanDocument, *, at: datetime, **given: Any) -> Task:
    """A task due on 30 June 2026, unless `given` says otherwise."""
    values = {
        "document": document, "order": document.tasks.count() + 1, "title": "Niêm yết thủ tục hành chính",
        "text": "Niêm yết công khai thủ tục hành chính tại nơi tiếp nhận hồ sơ.", "due_kind": "date",
        "due_on": date(2026, 6, 30), "created_at": at,
    } | given  # fmt: skip
    return Task.objects.create(**values)


def given(city: City, agency: Agency, *, at: datetime, **more: Any) -> Share:
    """A share of a new task of a new plan of the city."""
    actor = city.actor("coordinator")
    document = plan(city.office, actor=actor, at=at)
    return shares.assign(task=task(document, at=at, **more), agency_id=agency.pk, actor=actor, at=at)


def picture(at: datetime) -> UUID:
    """A stored photograph."""
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "JPEG")
    content.seek(0)
    return files.store(content=content, name="anh.jpg", at=at).pk
