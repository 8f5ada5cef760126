"""Who follows a case is told once, however many there are; addresses of no use are deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from langnghe.cases import services
from langnghe.cases.models import Case, Follower
from langnghe.cases.services import after, watching
from langnghe.outbox.models import Message
from langnghe.publication import services as publication
from langnghe.workflow.actor import SENDER
from tests.cases.city import City, moment
from tests.review.steps import answered, at, handling

pytestmark = pytest.mark.django_db


def _follow(case: Case, name: str, *, confirmed: bool = True) -> Follower:
    follower = services.follow(case=case, email=f"{name}@nguoidan.example", language="vi", at=at("11:00"))
    if confirmed:
        services.confirm_follow(token=follower.token, at=at("11:05"))
    return follower


def _told() -> list[str]:
    rows = Message.objects.filter(template="follow_answered").order_by("pk")
    return [row.recipient.partition("@")[0] for row in rows]


def test_everybody_is_told_once_in_batches(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(after, "FOLLOWERS", 2)
    case = handling(city)
    for number in range(5):
        _follow(case, f"n{number}")
    late = _follow(case, "late", confirmed=False)
    answered(city, case, at("14:00"))
    publication.prepare(case_id=case.pk, at=at("15:00"))
    publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"))
    assert _told() == ["n0", "n1"]
    assert publication.tell_the_rest(at=at("15:01")) == 3
    assert publication.tell_the_rest(at=at("15:02")) == 0
    services.confirm_follow(token=late.token, at=at("15:10"))
    assert publication.tell_the_rest(at=at("15:11")) == 1
    assert _told() == ["n0", "n1", "n2", "n3", "n4", "late"]


def test_nobody_is_told_of_what_is_no_longer_public(city: City) -> None:
    case = handling(city)
    follower = _follow(case, "late", confirmed=False)
    answered(city, case, at("14:00"))
    publication.prepare(case_id=case.pk, at=at("15:00"))
    office = city.actor("coordinator")
    publication.confirm(case_id=case.pk, actor=office, at=at("15:00"))
    publication.hide(case_id=case.pk, actor=office, at=at("15:05"), reason="Còn tên")
    services.confirm_follow(token=follower.token, at=at("15:10"))
    assert publication.tell_the_rest(at=at("15:11")) == 0


def test_an_address_that_nobody_confirms_is_deleted_after_a_week(city: City) -> None:
    case = handling(city)
    _follow(case, "bo-quen", confirmed=False)
    _follow(case, "that")
    assert watching.forget_followers(at=at("11:00") + timedelta(days=6)) == 0
    assert watching.forget_followers(at=at("11:01") + timedelta(days=7)) == 1
    assert [row.email for row in Follower.objects.all()] == ["that@nguoidan.example"]
    assert not Message.objects.filter(recipient__startswith="bo-quen").exists()
    assert Message.objects.filter(recipient__startswith="that").exists()


def test_addresses_go_a_month_after_the_case_has_ended(city: City) -> None:
    case = handling(city)
    _follow(case, "that")
    services.withdraw(case_id=case.pk, actor=SENDER, at=at("12:00"))
    assert watching.forget_followers(at=moment("2026-03-30 12:00")) == 0
    assert watching.forget_followers(at=moment("2026-04-02 12:00")) == 1
    assert not Message.objects.filter(recipient__startswith="that").exists()
