"""Lists, counts and the age of the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from langnghe.outbox import selectors
from langnghe.outbox.models import Message
from tests.outbox.conftest import AT, put

pytestmark = pytest.mark.django_db


def test_lists_are_paged_by_key(texts: None, django_assert_num_queries: Any) -> None:
    made = [put(f"case:{number}").pk for number in range(7)]
    seen: list[int] = []
    before = None
    for _page in range(3):
        with django_assert_num_queries(1):
            page = selectors.list_messages(before=before, limit=3)
        seen += [row.pk for row in page.rows]
        before = page.next
    assert seen == made[::-1]
    assert before is None


def test_lists_are_filtered(texts: None) -> None:
    put("case:1", kind="case", subject_id=1)
    put("plan:1")
    Message.objects.filter(key="plan:1").update(status="parked")
    assert [row.key for row in selectors.list_messages(status="parked").rows] == ["plan:1"]
    assert [row.key for row in selectors.list_messages(key_prefix="case:").rows] == ["case:1"]
    assert [row.key for row in selectors.list_messages(key_prefix="%").rows] == []
    assert [row.key for row in selectors.messages_of(kind="case", subject_id=1)] == ["case:1"]


def test_counts_stop_counting(texts: None, django_assert_num_queries: Any) -> None:
    for number in range(4):
        put(f"k{number}")
    Message.objects.filter(key="k0").update(status="failed")
    with django_assert_num_queries(1):
        counts = selectors.counts(most=2)
    assert counts["queued"] == selectors.Count(2, True)
    assert counts["failed"] == selectors.Count(1, False)
    assert counts["sent"] == selectors.Count(0, False)


def test_queue_age_counts_only_what_is_due(texts: None, django_assert_num_queries: Any) -> None:
    put("later", not_before=AT + timedelta(hours=3))
    with django_assert_num_queries(1):
        assert selectors.queue_age(at=AT) == timedelta(0)
    put("now")
    put("urgent", urgent=True, at=AT - timedelta(minutes=5))
    assert selectors.queue_age(at=AT + timedelta(minutes=1)) == timedelta(minutes=6)
