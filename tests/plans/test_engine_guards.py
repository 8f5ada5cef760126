"""What the database and the table refuse, whoever asks."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.ledger.models import Entry
from langnghe.plans.facts import ShareFacts
from langnghe.plans.models import Share
from langnghe.plans.services import shares, steps
from langnghe.plans.workflow import SHARE_STATES, SHARE_TABLE
from langnghe.workflow.actor import SYSTEM
from tests.cases.city import City, build
from tests.plans.builders import given, picture, texts


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("state = 'done', done_at = now()", "may not go from version"),
        ("state = 'done', done_at = now(), last_act = 'accept', version = version + 1", "does not lead"),
        ("state = 'doing', last_act = 'report', version = version + 1", "is not in the ledger"),
        ("version = version + 1", "does not lead"),
    ],
)
def test_a_statement_past_the_services_is_refused(city: City, at: datetime, change: str, said: str) -> None:
    share = given(city, city.works, at=at)
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        past_the_services(f"SET CONSTRAINTS ALL IMMEDIATE; UPDATE plans_share SET {change} WHERE id = {share.pk}")


def past_the_services(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_share_is_born_done_or_twice(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    twin = Share(task=share.task, agency=city.works, assigned_at=at, state_since=at)
    with pytest.raises(IntegrityError, match="share_once"), transaction.atomic():
        twin.save()
    twin.agency, twin.state, twin.done_at = city.partner, "done", at
    with pytest.raises(IntegrityError, match="guard_edge"), transaction.atomic():
        twin.save()


@pytest.mark.parametrize("state", list(SHARE_STATES))
def test_every_act_of_the_table_has_a_service(state: str) -> None:
    for row in SHARE_TABLE.transitions:
        name = {"return": "return_"}.get(row.act, row.act)
        assert callable(getattr(shares, name)), row.act
        assert row.message == "" or all(":" in part for part in row.message.split())
    assert SHARE_TABLE.group("any").count(state) == 1


def test_what_fails_leaves_nothing_behind(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    stored = picture(at)
    shares.report(share_id=share.pk, percent=10, text="x", file_ids=[stored], actor=city.actor("focal"), at=at)
    other = given(city, city.partner, at=at)
    before = Entry.objects.count()
    rows = share.progress.count()
    with pytest.raises(Exception, match="không còn dùng được"):
        shares.report(
            share_id=other.pk, percent=50, text="Tệp của người khác", file_ids=[stored], at=at,
            actor=city.actor("partner_focal"),
        )  # fmt: skip
    other.refresh_from_db()
    assert (other.percent, other.version, other.state) == (0, 0, "assigned")
    assert share.progress.count() == rows and other.progress.count() == 0
    assert Entry.objects.count() == before


@pytest.mark.parametrize("name", ["observer", "administrator", "clerk", "protected", "partner_focal", "partner_head"])
def test_who_has_no_part_in_it_may_do_nothing(city: City, at: datetime, name: str) -> None:
    share = given(city, city.works, at=at)
    actor = city.actor(name)
    facts = ShareFacts(share, actor, at=at)
    assert SHARE_TABLE.allowed(share.state, {actor.role}, facts) == []
    with pytest.raises(NotAllowed):
        shares.report(share_id=share.pk, percent=10, text="x", actor=actor, at=at)
    with pytest.raises(NotAllowed):
        steps.add(share_id=share.pk, title="Bước", actor=actor, at=at)


def test_steps_belong_to_who_carries_the_share(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    handler = city.actor("handler")
    first = steps.add(
        share_id=share.pk, title="  Rà   soát ", person_id=city.people["handler"].pk, actor=handler, at=at
    )
    second = steps.add(share_id=share.pk, title="Niêm yết", actor=handler, at=at)
    assert (first.title, first.order, second.order) == ("Rà soát", 1, 2)
    with pytest.raises(ActError, match="tên bước"):
        steps.add(share_id=share.pk, title=" ", actor=handler, at=at)
    with pytest.raises(ActError, match="không còn làm việc"):
        steps.change(step_id=first.pk, title="x", person_id=city.people["partner_head"].pk, actor=handler, at=at)
    assert [row.pk for row in steps.reorder(share_id=share.pk, step_ids=[second.pk], actor=handler, at=at)] == [
        second.pk, first.pk,
    ]  # fmt: skip
    done = steps.set_done(step_id=second.pk, done=True, actor=handler, at=at)
    assert (done.done_at, done.done_by_id) == (at, handler.person_id)
    assert steps.set_done(step_id=second.pk, done=False, actor=handler, at=at).done_at is None
    shares.delegate(share_id=share.pk, person_id=city.people["handler2"].pk, actor=city.actor("focal"), at=at)
    with pytest.raises(NotAllowed, match="người khác"):
        steps.remove(step_id=first.pk, actor=handler, at=at)
    steps.remove(step_id=first.pk, actor=city.actor("handler2"), at=at)
    with pytest.raises(ActError, match="không còn nữa"):
        steps.set_done(step_id=first.pk, done=True, actor=handler, at=at)
    shares.cancel(share_id=share.pk, note="Thôi", actor=SYSTEM, at=at)
    with pytest.raises(NotAllowed):
        steps.add(share_id=share.pk, title="Muộn", actor=city.actor("handler2"), at=at)


def at_once(*acts: Any) -> list[str]:
    gate = threading.Barrier(len(acts))
    results = [""] * len(acts)

    def run(number: int) -> None:
        try:
            gate.wait(10)
            acts[number]()
            results[number] = "done"
        except ActError as error:
            results[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_at_once_one_accepts(at: datetime) -> None:
    city = build()
    texts()
    share = given(city, city.works, at=at)
    handler = city.actor("handler")
    shares.report(share_id=share.pk, percent=10, text="x", file_ids=[picture(at)], actor=handler, at=at)
    shares.submit(share_id=share.pk, text="Xong", actor=handler, at=at)
    first, second = city.actor("approver"), city.actor("approver2")
    assert at_once(
        lambda: shares.accept(share_id=share.pk, actor=first, at=at),
        lambda: shares.return_(share_id=share.pk, note="Thiếu", actor=second, at=at),
    ) == ["NotAllowed", "done"]
    assert Entry.objects.filter(kind="share", subject_id=share.pk, act__in=["accept", "return"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_next_periods_at_once_one_opens(at: datetime) -> None:
    from datetime import timedelta

    city = build()
    texts()
    share = given(city, city.works, at=at, due_kind="recurring", due_on=None, rrule="FREQ=MONTHLY;BYMONTHDAY=20")
    handler = city.actor("handler")
    shares.report(share_id=share.pk, percent=10, text="x", file_ids=[picture(at)], actor=handler, at=at)
    shares.submit(share_id=share.pk, text="Xong", actor=handler, at=at)
    shares.accept(share_id=share.pk, actor=city.actor("head"), at=at)
    later = at + timedelta(days=20)
    assert at_once(*[lambda: shares.renew(share_id=share.pk, at=later)] * 2) == ["NotAllowed", "done"]
