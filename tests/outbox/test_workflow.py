"""The table of messages agrees with the model and the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from langnghe.outbox.models import Message
from langnghe.outbox.workflow import TABLE
from tests.outbox.conftest import AT, put


def test_model_and_table_know_the_same_states() -> None:
    assert set(TABLE.states) == set(Message.Status.values)


def test_a_message_in_doubt_is_sent_again_by_people_only() -> None:
    back = [row for row in TABLE.transitions if "parked" in row.sources and row.target == "queued"]
    assert [row.roles for row in back] == [frozenset({"administrator"})]
    assert not [row for row in TABLE.transitions if "sending" in row.sources and "administrator" in row.roles]


@pytest.mark.django_db
def test_the_database_knows_the_states(texts: None) -> None:
    message = put()
    for changes in ({"status": "lost"}, {"status": "sending"}, {"status": "sent"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**changes)
    Message.objects.filter(pk=message.pk).update(status="sending", sending_since=AT, claim=1)
