"""Every message that can be sent is sent by something, and has its first texts; nothing else is declared."""

from __future__ import annotations

import pytest

from langnghe.acts.reminders import TEMPLATES
from langnghe.cases import services
from langnghe.cases.messages import MESSAGES
from langnghe.cases.services import watching
from langnghe.cases.workflow import TABLE
from langnghe.demo.facts import message_texts
from langnghe.outbox.models import Message
from langnghe.workflow.actor import SENDER
from tests.cases.city import City, moment
from tests.review.steps import answered, at, handling

ELSEWHERE = {"published", "follow_confirm", "follow_answered"}
"""Sent by `tell_followers` and `follow`."""


def test_each_message_is_sent_by_the_table_or_by_a_job() -> None:
    by_table = {part.partition(":")[2] for row in TABLE.transitions for part in row.message.split()}
    assert by_table | set(TEMPLATES.values()) | ELSEWHERE == set(MESSAGES)


def test_each_message_has_its_first_texts() -> None:
    texts = {(row["code"], row["language"]) for row in message_texts()}
    assert {(code, language) for code in MESSAGES for language in ("vi", "en")} <= texts


@pytest.mark.django_db
def test_the_sender_is_told_once_that_the_case_is_closed(city: City) -> None:
    case = answered(city, handling(city), at("14:00"))
    services.publish(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), public_id=1, digest="x")
    services.rate(
        case_id=case.pk, actor=SENDER, at=at("16:00"), overall=5,
        levels=dict.fromkeys(("forms", "ease", "handling", "notice"), 5),
    )  # fmt: skip
    watching.close_rated(at=moment("2026-05-20 09:00"))
    told = Message.objects.filter(template="closed", subject_id=case.pk)
    assert [message.recipient for message in told] == ["thu@nguoidan.example"]
