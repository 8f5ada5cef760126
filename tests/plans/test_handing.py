"""A large plan is handed out by steps: stopped anywhere and begun again, nothing is doubled and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.agencies.models import Agency, Person, RoleAssignment
from langnghe.ledger.models import Entry
from langnghe.ledger.services import verify
from langnghe.outbox.models import Message
from langnghe.plans.jobs_giving import give_waiting as job
from langnghe.plans.models import PlanDocument, Share, Task
from langnghe.plans.services import documents, shares
from langnghe.plans.services.documents import handing
from langnghe.worktime import clock
from langnghe.worktime.models import Deadline
from tests.cases.city import START, City, moment
from tests.plans.registers import entered, item, register, settle, task

AT = moment("2026-03-02 09:00")
LATER = moment("2026-04-06 09:00")
TERM = {"type": "date", "value": "2026-06-30", "before": False, "rrule": None, "quote": "ngày 30/6/2026"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(AT):
        yield


class Killed(BaseException):
    """What no handler catches, as a process that is killed."""


@pytest.fixture
def wide(city: City) -> City:
    """A city of 80 communes, each with a focal point."""
    Agency.objects.bulk_create(
        Agency(
            code=f"phuong-{n}", name=f"Ủy ban nhân dân phường {n}", short_name=f"Phường {n}", kind="commune",
            valid_from=START,
        )
        for n in range(79)
    )  # fmt: skip
    for agency in Agency.objects.filter(code__startswith="phuong-", name__contains="phường").exclude(
        pk=city.commune.pk
    ):
        name = f"dau_moi_{agency.pk}"
        person = Person.objects.create(username=name, full_name=name, email=f"{name}@city.example")
        RoleAssignment.objects.create(person=person, role="focal_point", agency=agency, valid_from=START)
    return city


def reviewed(city: City, tasks: int = 5, **more: Any) -> PlanDocument:
    """A plan with tasks for every commune, looked at and not yet confirmed."""
    found = register()
    found["tasks"] = [
        task(f"UBND các xã, phường làm việc thứ {n}.", ["UBND các xã, phường"], path=str(n), deadline=TERM)
        for n in range(1, tasks + 1)
    ]
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found=found, **more)
    settle(plan, actor=city.actor("coordinator"), at=AT)
    return plan


def confirm(city: City, plan: PlanDocument, **more: Any) -> PlanDocument:
    """Confirmed as at the desk."""
    return documents.confirm(document_id=plan.pk, actor=city.actor("coordinator"), at=AT, later=True, **more)


def state(plan: PlanDocument) -> str:
    """How far the handing out is."""
    plan.refresh_from_db()
    return str(plan.head.get("giving", {}).get("state", ""))


def whole(plan: PlanDocument, tasks: int = 5, communes: int = 80) -> None:
    """Everything is there, once."""
    given = Counter(Share.objects.filter(task__document=plan).values_list("task__path", "agency_id"))
    assert len(given) == tasks * communes and set(given.values()) == {1}
    keys = list(Share.objects.filter(task__document=plan).values_list("pk", flat=True))
    assert Counter(
        Entry.objects.filter(kind="share", act="assign", subject_id__in=keys).values_list("subject_id", flat=True)
    ) == Counter(keys)
    assert Deadline.objects.filter(kind="share", subject_id__in=keys).count() == len(keys)
    assert verify() == []


def test_few_shares_are_handed_out_at_once(city: City) -> None:
    plan = confirm(city, reviewed(city))
    assert Share.objects.filter(task__document=plan).count() == 5
    assert "giving" not in plan.head and not documents.is_giving(plan)


def test_many_shares_wait_for_the_worker_while_the_decision_stands(wide: City) -> None:
    plan = confirm(wide, reviewed(wide))
    assert (plan.state, state(plan)) == ("active", "waiting")
    assert Task.objects.filter(document=plan).count() == 5 and not Share.objects.exists()
    assert Entry.objects.filter(kind="plan", subject_id=plan.pk, act="confirm").count() == 1
    assert plan.head["giving"]["total"] == 400
    job(timestamp=0)
    assert state(plan) == "done"
    whole(plan)
    told = Message.objects.filter(template="task_assigned")
    assert told.count() == 80
    assert told.filter(recipient="commune_focal@city.example").get().subject.startswith("task_assigned")
    assert Entry.objects.filter(kind="plan", subject_id=plan.pk).latest("seq").act == "confirm"


def test_the_job_is_nothing_to_do_twice(wide: City) -> None:
    plan = confirm(wide, reviewed(wide))
    assert documents.give_waiting(document_id=plan.pk, at=AT)
    told = Message.objects.count()
    assert documents.give_waiting(document_id=plan.pk, at=LATER)
    assert Message.objects.count() == told
    whole(plan)


@pytest.mark.parametrize("where", ["assign_many", "tell_given"])
def test_killed_in_any_step_it_goes_on_where_it_stopped(
    wide: City, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(handing, "STEP_SHARES", 100)
    monkeypatch.setattr(handing, "STEP_TOLD", 30)
    plan = confirm(wide, reviewed(wide))
    real: Callable[..., Any] = getattr(shares, where)
    calls = 0

    def die(**given: Any) -> Any:
        """Every second step does its work and is killed before it is committed."""
        nonlocal calls
        calls += 1
        done = real(**given)
        if calls % 2 == 0:
            raise Killed
        return done

    monkeypatch.setattr(shares, where, die)
    deaths = 0
    for _try in range(30):
        try:
            documents.give_waiting(document_id=plan.pk, at=AT)
        except Killed:
            deaths += 1
        if state(plan) == "done":
            break
    assert deaths >= 1 and state(plan) == "done"
    whole(plan)
    keys = Counter(Message.objects.filter(template="task_assigned").values_list("key", flat=True))
    assert len(keys) == 80 and set(keys.values()) == {1}


def test_what_fails_is_said_and_taken_up_again(
    wide: City, monkeypatch: pytest.MonkeyPatch, sign_in: Callable[[str], Client]
) -> None:
    monkeypatch.setattr(handing, "STEP_SHARES", 160)
    plan = reviewed(wide)
    plan.refresh_from_db()
    client = sign_in("coordinator")
    answer = client.post(reverse("desk:plan_act", args=[plan.pk, "xac-nhan"]), {"version": plan.version})
    page = reverse("desk:plan_giving", args=[plan.pk])
    assert (answer.status_code, answer["Location"]) == (302, page)
    shown = client.get(page).content.decode()
    assert "0 trên 400 phần việc" in shown and 'http-equiv="refresh"' in shown
    assert "0/400 phần việc" in client.get(reverse("desk:plan", args=[plan.pk])).content.decode()
    real, calls = shares.assign_many, 0

    def fail(**given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("something that nobody thought of")
        return real(**given)

    with monkeypatch.context() as patched:
        patched.setattr(shares, "assign_many", fail)
        assert not documents.give_waiting(document_id=plan.pk, at=AT)
    assert state(plan) == "failed" and Share.objects.filter(task__document=plan).count() == 160
    shown = client.get(page).content.decode()
    assert "Việc giao nhiệm vụ bị dừng" in shown and "160 trên 400" in shown and 'http-equiv="refresh"' not in shown
    assert "Hệ thống gặp lỗi khi giao" in shown and "Giao tiếp" in shown
    documents.give_waiting(document_id=plan.pk, at=AT)  # it waits for a person
    assert state(plan) == "failed" and Share.objects.filter(task__document=plan).count() == 160
    assert "Giao tiếp" not in sign_in("handler").get(page).content.decode()
    sign_in("handler").post(page)
    assert state(plan) == "failed"
    assert client.post(page).status_code == 302
    assert state(plan) == "waiting"
    assert documents.give_waiting(document_id=plan.pk, at=AT)
    whole(plan)
    assert client.get(page, headers={"X-Part": "1"}).status_code == 204  # the script then asks for the page itself
    answer = client.get(page, follow=True)
    assert "Đã giao xong 400 phần việc" in answer.content.decode()


def test_a_plan_that_is_handed_out_is_neither_ended_nor_replaced(wide: City) -> None:
    office = wide.actor("coordinator")
    plan = confirm(wide, reviewed(wide))
    with pytest.raises(NotAllowed):
        documents.finish(document_id=plan.pk, actor=office, at=AT)
    new = reviewed(wide, supersedes_id=plan.pk)
    with pytest.raises(ActError) as refused:
        confirm(wide, new)
    assert "đang được giao" in refused.value.message
    new.refresh_from_db()
    assert new.state == "review"


def test_a_large_corrected_version_keeps_what_was_done(wide: City, monkeypatch: pytest.MonkeyPatch) -> None:
    office = wide.actor("coordinator")
    monkeypatch.setattr(handing, "STEP_SHARES", 120)
    monkeypatch.setattr(handing, "STEP_MOVED", 50)
    old = confirm(wide, reviewed(wide))
    documents.give_waiting(document_id=old.pk, at=AT)
    done = Share.objects.get(task__document=old, task__path="1", agency=wide.commune)
    Share.objects.filter(pk=done.pk).update(percent=40)
    new = reviewed(wide, tasks=3, supersedes_id=old.pk)
    assert item(new, "1").same_as_id is not None
    documents.confirm(document_id=new.pk, actor=office, at=LATER, later=True)
    old.refresh_from_db()
    assert (old.state, state(new)) == ("superseded", "waiting")
    real, calls = shares.cancel, 0

    def die(**given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 75:
            raise Killed
        return real(**given)

    with monkeypatch.context() as patched:
        patched.setattr(shares, "cancel", die)
        with pytest.raises(Killed):
            documents.give_waiting(document_id=new.pk, at=LATER)
    documents.give_waiting(document_id=new.pk, at=LATER)
    assert state(new) == "done"
    assert Share.objects.filter(task__document=new, state="assigned").count() == 240
    assert Share.objects.filter(task__document=new).count() == 240
    assert Share.objects.filter(task__document=old, state="cancelled").count() == 160
    assert not Share.objects.filter(task__document=old).exclude(state="cancelled").exists()
    moved = Share.objects.get(task__document=new, task__path="1", agency=wide.commune)
    assert (moved.pk, moved.percent) == (done.pk, 40)
    cancels = Counter(Entry.objects.filter(kind="share", act="cancel").values_list("subject_id", flat=True))
    assert len(cancels) == 160 and set(cancels.values()) == {1}
    assert verify() == []


def test_a_task_added_meanwhile_is_given_once(wide: City) -> None:
    plan = confirm(wide, reviewed(wide))
    added = documents.add_task(
        document_id=plan.pk, fields={"quote": "Thay đèn hỏng.", "lead": ["Sở Xây dựng"]},
        actor=wide.actor("coordinator"), at=AT,
    )  # fmt: skip
    documents.give_waiting(document_id=plan.pk, at=AT)
    assert Share.objects.filter(task=added).count() == 1
    assert Share.objects.filter(task__document=plan).count() == 401
    told = Message.objects.filter(template="task_assigned", recipient="focal@city.example")
    assert told.count() == 1
