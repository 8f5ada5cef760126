"""Calendar feeds: valid iCalendar behind an address that nobody can guess, until it is revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from langnghe.acts.errors import ActError
from langnghe.plans.models import CalendarFeed, PlanStep, Share
from langnghe.plans.services import feeds, personal, shares
from langnghe.portal.views import calendar as view
from langnghe.worktime import clock
from tests.cases.city import City
from tests.plans.builders import given


@pytest.fixture(autouse=True)
def _time(at: datetime) -> Iterator[None]:
    with clock.frozen(at):
        yield


@pytest.fixture
def held(city: City, at: datetime) -> Share:
    """A task due on 30 June 2026, held by the handler."""
    share = given(city, city.works, at=at, title="Niêm yết; thủ tục, \\ mới\nhai dòng")
    return shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)


def _get(client: Client, secret: str, **headers: str) -> object:
    return client.get(reverse("portal:calendar_feed", args=[secret]), headers=headers)


def _events(body: bytes) -> dict[str, object]:
    parsed = Calendar.from_ical(body)
    assert parsed["VERSION"] == "2.0" and not parsed.errors
    return {str(event["SUMMARY"]): event for event in parsed.walk("VEVENT")}


@pytest.mark.django_db
def test_a_persons_terms_as_a_calendar(
    client: Client, city: City, at: datetime, held: Share, django_assert_max_num_queries: object
) -> None:
    me = city.people["handler"].pk
    given(city, city.works, at=at, title="Của người khác")
    PlanStep.objects.create(share=held, order=1, title="Dự thảo", person_id=me, due_on=date(2026, 5, 4))
    personal.add_item(person_id=me, title="Tập huấn", starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 11), at=at)
    secret = feeds.renew(person_id=me, agency_id=None, at=at)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        answer = client.get(reverse("portal:calendar_feed", args=[secret]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["X-Robots-Tag"] == "noindex"
    events = _events(answer.content)
    assert set(events) == {"Hạn: Niêm yết; thủ tục, \\ mới hai dòng", "Hạn: Dự thảo", "Tập huấn"}
    training = events["Tập huấn"]
    assert training.decoded("DTSTART") == date(2026, 3, 9)  # type: ignore[attr-defined]
    assert training.decoded("DTEND") == date(2026, 3, 12)  # type: ignore[attr-defined]
    assert events["Hạn: Dự thảo"].decoded("DTSTART") == date(2026, 5, 4)  # type: ignore[attr-defined]
    again = client.get(reverse("portal:calendar_feed", args=[secret]), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_recurring_tasks_recur_where_their_day_is_the_rules_own(client: Client, city: City, at: datetime) -> None:
    share = given(
        city, city.works, at=at, title="Báo cáo tháng", due_kind="recurring", due_on=None,
        rrule="FREQ=MONTHLY;BYMONTHDAY=20",
    )  # fmt: skip
    secret = feeds.renew(person_id=city.people["focal"].pk, agency_id=city.works.pk, at=at)
    event = _events(client.get(reverse("portal:calendar_feed", args=[secret])).content)["Hạn: Báo cáo tháng"]
    assert share.due_at is not None
    assert event["RRULE"]["FREQ"] == ["MONTHLY"]  # type: ignore[index]
    assert event["RRULE"]["UNTIL"] == [date(2026, 12, 31)]  # type: ignore[index]


@pytest.mark.django_db
def test_wrong_renewed_and_revoked_addresses_lead_nowhere(client: Client, city: City, at: datetime) -> None:
    me = city.people["handler"].pk
    first = feeds.renew(person_id=me, agency_id=None, at=at)
    assert bytes(CalendarFeed.objects.get().digest) != first.encode()
    wrong = ("A" if first[0] != "A" else "B") + first[1:]
    for secret in (wrong, "x", first + "a", "a" * 43):
        assert client.get(reverse("portal:calendar_feed", args=[secret])).status_code == 404
    second = feeds.renew(person_id=me, agency_id=None, at=at)
    assert client.get(reverse("portal:calendar_feed", args=[first])).status_code == 404
    assert client.get(reverse("portal:calendar_feed", args=[second])).status_code == 200
    feeds.revoke(person_id=me, agency_id=None)
    assert client.get(reverse("portal:calendar_feed", args=[second])).status_code == 404


@pytest.mark.django_db
def test_an_agencys_terms_are_for_who_works_there(client: Client, city: City, at: datetime, held: Share) -> None:
    with pytest.raises(ActError):
        feeds.renew(person_id=city.people["partner_focal"].pk, agency_id=city.works.pk, at=at)
    focal = city.people["focal"]
    secret = feeds.renew(person_id=focal.pk, agency_id=city.works.pk, at=at)
    feeds.renew(person_id=focal.pk, agency_id=None, at=at)
    path = reverse("portal:calendar_feed", args=[secret])
    assert len(_events(client.get(path).content)) == 1
    focal.roles.update(valid_to=date(2026, 3, 2))
    assert client.get(path).status_code == 404
    focal.roles.update(valid_to=None)
    assert client.get(path).status_code == 200
    focal.is_active = False
    focal.save()
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_guessing_is_slowed_down(client: Client, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "READS_PER_HOUR", 3)
    path = reverse("portal:calendar_feed", args=["a" * 43])
    assert [client.get(path).status_code for _n in range(4)] == [404, 404, 404, 429]
