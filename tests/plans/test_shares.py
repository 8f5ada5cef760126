"""A share from its assignment to its end: who may do what, what is written, who is told."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from langnghe.acts.errors import ActError, Missing, NotAllowed, Stale
from langnghe.demo.facts import read
from langnghe.ledger.models import Entry
from langnghe.outbox.catalogue import find
from langnghe.outbox.models import Message
from langnghe.plans.messages import MESSAGES
from langnghe.plans.models import Progress, Share
from langnghe.plans.selectors import figures as plan_figures
from langnghe.plans.services import shares
from langnghe.plans.workflow import SHARE_TABLE
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import selectors as worktime
from langnghe.worktime.models import Deadline
from tests.cases.city import City, moment
from tests.plans.builders import given, picture, plan, task


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("recipient", flat=True))


def test_a_task_is_given_carried_returned_and_accepted(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    assert (share.state, share.lead) == ("assigned", True)
    assert share.due_at == moment("2026-06-30 23:59:59")
    deadline = worktime.running("share", share.pk, "deliver")
    assert deadline is not None and deadline.due_date == date(2026, 6, 30) and deadline.agency_id == city.works.pk
    assert told("task_assigned") == ["focal@city.example"]

    focal, handler, head = city.actor("focal"), city.actor("handler"), city.actor("head")
    person = city.people["handler"]
    with pytest.raises(Missing):
        shares.delegate(share_id=share.pk, person_id=None, actor=focal, at=at)
    with pytest.raises(ActError, match="không còn làm việc"):
        shares.delegate(share_id=share.pk, person_id=city.people["partner_focal"].pk, actor=focal, at=at)
    with pytest.raises(NotAllowed):
        shares.delegate(share_id=share.pk, person_id=person.pk, actor=city.actor("partner_focal"), at=at)
    share = shares.delegate(share_id=share.pk, person_id=person.pk, unit="Phòng Hạ tầng", actor=focal, at=at)
    assert (share.state, share.person_id, share.unit) == ("doing", person.pk, "Phòng Hạ tầng")
    deadline.refresh_from_db()
    assert deadline.person_id == person.pk
    assert told("task_delegated") == ["handler@city.example"]

    with pytest.raises(NotAllowed, match="người khác"):
        shares.report(share_id=share.pk, percent=5, text="Đang làm", actor=city.actor("handler2"), at=at)
    with pytest.raises(ActError, match="0 đến 100"):
        shares.report(share_id=share.pk, percent=101, text="Đang làm", actor=handler, at=at)
    share = shares.report(share_id=share.pk, percent=40, text="Đã rà soát 120 thủ tục.", actor=handler, at=at)
    assert share.percent == 40

    with pytest.raises(NotAllowed, match="minh chứng"):
        shares.submit(share_id=share.pk, text="Đã niêm yết.", actor=handler, at=at)
    with pytest.raises(ActError, match="http"):
        shares.submit(
            share_id=share.pk, text="Xong.", document="12/BC", link="javascript:alert(1)", actor=handler, at=at
        )
    share = shares.submit(share_id=share.pk, text="Đã niêm yết.", file_ids=[picture(at)], actor=handler, at=at)
    assert (share.state, share.percent) == ("submitted", 100)
    assert told("task_submitted") == ["approver2@city.example", "approver@city.example"]
    with pytest.raises(NotAllowed):
        shares.accept(share_id=share.pk, actor=city.actor("partner_head"), at=at)
    with pytest.raises(NotAllowed):
        shares.accept(share_id=share.pk, actor=city.actor("coordinator"), at=at)

    share = shares.return_(share_id=share.pk, note="Thiếu ảnh bảng niêm yết.", actor=head, at=at)
    assert (share.state, share.percent) == ("doing", 40)
    assert told("task_returned") == ["handler@city.example"]
    later = at + timedelta(hours=2)
    share = shares.submit(
        share_id=share.pk,
        text="Đã bổ sung.",
        document="20/BC-SXD",
        link="https://xd.example/20",
        actor=handler,
        at=later,
    )
    share = shares.accept(share_id=share.pk, actor=head, at=later)
    assert (share.state, share.done_at) == ("done", later)
    deadline.refresh_from_db()
    assert deadline.state == "met"
    decided = list(Progress.objects.filter(share=share, act="submit").order_by("at").values_list("decided", flat=True))
    assert decided == ["return", "accept"]
    acts = list(Entry.objects.filter(kind="share", subject_id=share.pk).order_by("seq").values_list("act", flat=True))
    assert acts == ["assign", "delegate", "report", "submit", "return", "submit", "accept"]


def test_nobody_accepts_the_own_report(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    head = city.actor("head")
    shares.delegate(share_id=share.pk, person_id=city.people["head"].pk, actor=head, at=at)
    shares.submit(share_id=share.pk, text="Xong.", file_ids=[picture(at)], actor=head, at=at)
    with pytest.raises(NotAllowed, match="không được tự nghiệm thu"):
        shares.accept(share_id=share.pk, actor=head, at=at)
    assert shares.accept(share_id=share.pk, actor=city.actor("approver"), at=at).state == "done"


def test_who_saw_an_older_state_is_told(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    shares.report(share_id=share.pk, percent=10, text="Bắt đầu.", actor=city.actor("focal"), at=at)
    with pytest.raises(Stale):
        shares.report(
            share_id=share.pk,
            percent=20,
            text="Tiếp.",
            actor=city.actor("handler"),
            at=at,
            expected_version=share.version,
        )


def test_evidence_of_an_earlier_period_does_not_count(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_kind="recurring", due_on=None, rrule="FREQ=MONTHLY;BYMONTHDAY=20")
    assert share.period_due == date(2026, 3, 20)
    handler, head = city.actor("handler"), city.actor("head")
    shares.report(share_id=share.pk, percent=50, text="Đợt 1", file_ids=[picture(at)], actor=handler, at=at)
    shares.submit(share_id=share.pk, text="Xong kỳ tháng 3.", actor=handler, at=at)
    shares.accept(share_id=share.pk, actor=head, at=at)
    april = moment("2026-03-23 09:00")
    share = shares.renew(share_id=share.pk, at=april)
    assert (share.state, share.percent, share.period_due) == ("assigned", 0, date(2026, 4, 20))
    assert share.due_at == moment("2026-04-20 23:59:59") and share.done_at is None
    shares.report(share_id=share.pk, percent=60, text="Đợt 2", actor=handler, at=april)
    with pytest.raises(NotAllowed, match="minh chứng"):
        shares.submit(share_id=share.pk, text="Xong kỳ tháng 4.", actor=handler, at=april)


def test_periods_that_were_never_sent_stay_in_the_figures(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_kind="recurring", due_on=None, rrule="FREQ=MONTHLY;BYMONTHDAY=20")
    handler, head = city.actor("handler"), city.actor("head")
    late = moment("2026-06-25 09:00")
    shares.report(share_id=share.pk, percent=50, text="Muộn", actor=handler, at=late)
    shares.submit(share_id=share.pk, text="Xong.", file_ids=[picture(late)], actor=handler, at=late)
    shares.accept(share_id=share.pk, actor=head, at=late)
    share = shares.renew(share_id=share.pk, at=late)
    assert share.period_due == date(2026, 7, 20)
    kept = [(row.due_on, row.missed, row.done_at) for row in share.periods.order_by("due_on")]
    assert kept == [
        (date(2026, 3, 20), False, late), (date(2026, 4, 20), True, late), (date(2026, 5, 20), True, late),
        (date(2026, 6, 20), True, late),
    ]  # fmt: skip
    states = sorted(Deadline.objects.filter(kind="share", subject_id=share.pk).values_list("state", "due_date"))
    assert states == [("late", date(2026, 3, 20)), ("open", date(2026, 7, 20))]
    [row] = plan_figures.on_time_by_agency(date(2026, 1, 1), date(2026, 12, 31), at=late)
    assert (row.figures.done_late, row.figures.open_not_due) == (4, 1)


def test_a_rule_that_has_ended_opens_no_period(city: City, at: datetime) -> None:
    share = given(
        city, city.works, at=at, due_kind="recurring", due_on=None, rrule="FREQ=MONTHLY;BYMONTHDAY=20;UNTIL=20260331"
    )
    shares.report(share_id=share.pk, percent=90, text="x", file_ids=[picture(at)], actor=city.actor("handler"), at=at)
    shares.submit(share_id=share.pk, text="Xong.", actor=city.actor("handler"), at=at)
    shares.accept(share_id=share.pk, actor=city.actor("head"), at=at)
    with pytest.raises(NotAllowed, match="không còn kỳ"):
        shares.renew(share_id=share.pk, at=moment("2026-04-02 09:00"))


def test_before_a_day_ends_the_day_before(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_before=True)
    assert share.due_at == moment("2026-06-29 23:59:59")


def test_a_term_that_is_over_crashes_nothing(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_on=date(2019, 12, 31))
    assert share.due_at == moment("2019-12-31 23:59:59")
    late = worktime.running("share", share.pk, "deliver")
    assert late is not None and late.overdue(at) and late.started_at == at and late.due_date == date(2019, 12, 31)
    share = shares.extend(
        share_id=share.pk, due=date(2026, 4, 10), note="Kế hoạch cũ, làm tiếp.", actor=city.actor("coordinator"), at=at
    )
    deadline = worktime.running("share", share.pk, "deliver")
    assert deadline is not None and deadline.due_date == date(2026, 4, 10)


def test_an_extension_goes_forward_only(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    office = city.actor("coordinator")
    for due in (date(2026, 6, 30), date(2026, 5, 1)):
        with pytest.raises(ActError, match="phải sau"):
            shares.extend(share_id=share.pk, due=due, note="Vì mưa", actor=office, at=at)
    with pytest.raises(ActError, match="đã qua"):
        shares.extend(share_id=share.pk, due=date(2026, 3, 2), note="Vì mưa", actor=office, at=at)
    share = shares.extend(share_id=share.pk, due=date(2026, 7, 31), note="Vì mưa", actor=office, at=at)
    states = sorted(Deadline.objects.filter(kind="share", subject_id=share.pk).values_list("state", "due_date"))
    assert states == [("cancelled", date(2026, 6, 30)), ("open", date(2026, 7, 31))]
    assert told("task_extended") == ["focal@city.example"]


def test_reopening_runs_a_new_term(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    shares.report(share_id=share.pk, percent=90, text="x", file_ids=[picture(at)], actor=city.actor("handler"), at=at)
    shares.submit(share_id=share.pk, text="Xong.", actor=city.actor("handler"), at=at)
    shares.accept(share_id=share.pk, actor=city.actor("head"), at=at)
    share = shares.reopen(
        share_id=share.pk,
        note="Dân phản ánh chưa có bảng.",
        due=date(2026, 3, 20),
        actor=city.actor("coordinator"),
        at=at,
    )
    assert (share.state, share.done_at) == ("doing", None) and share.percent < 100
    deadline = worktime.running("share", share.pk, "deliver")
    assert deadline is not None and deadline.due_date == date(2026, 3, 20)


def test_an_obstacle_goes_up_and_is_answered(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    office = city.actor("coordinator")
    with pytest.raises(NotAllowed, match="vướng mắc"):
        shares.answer_obstacle(share_id=share.pk, answer="Được.", actor=office, at=at)
    shares.raise_obstacle(share_id=share.pk, text="Chưa có kinh phí.", actor=city.actor("handler"), at=at)
    assert told("obstacle_raised") == ["coordinator@city.example"]
    shares.answer_obstacle(share_id=share.pk, answer="Đã bổ sung dự toán.", actor=office, at=at)
    row = share.obstacles.get()
    assert (row.answer, row.answered_at) == ("Đã bổ sung dự toán.", at)
    assert told("obstacle_answered") == ["focal@city.example"]


def test_urging_is_once_a_working_day(city: City) -> None:
    friday = moment("2026-03-06 09:00")
    share = given(city, city.works, at=friday)
    office = city.actor("coordinator")
    shares.urge(share_id=share.pk, note="Sắp hết hạn.", actor=office, at=friday)
    for later in ("2026-03-06 16:00", "2026-03-07 09:00", "2026-03-08 20:00"):
        with pytest.raises(NotAllowed, match="một lần"):
            shares.urge(share_id=share.pk, actor=office, at=moment(later))
    shares.urge(share_id=share.pk, actor=office, at=moment("2026-03-09 08:00"))
    assert len(told("task_urged")) == 2


def test_the_successor_carries_on_and_the_history_stays(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    shares.report(share_id=share.pk, percent=30, text="Đã làm ba phường.", actor=city.actor("handler"), at=at)
    office = city.actor("coordinator")
    old = shares.hand_over(share_id=share.pk, agency_id=city.partner.pk, actor=office, at=at)
    assert old.state == "handed_over" and old.progress.count() == 1
    assert worktime.running("share", old.pk, "deliver") is None
    new = Share.objects.get(carries_on=old)
    assert (new.agency, new.percent, new.due_at, new.state) == (city.partner, 30, old.due_at, "assigned")
    assert worktime.running("share", new.pk, "deliver") is not None
    assert new.progress.count() == 0
    assert told("task_handed_over") == ["partner_focal@city.example"]


def test_a_successor_that_has_a_share_gets_no_second_one(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    office = city.actor("coordinator")
    there = shares.assign(task=share.task, agency_id=city.partner.pk, lead=False, actor=office, at=at)
    shares.hand_over(share_id=share.pk, agency_id=city.partner.pk, actor=office, at=at)
    there.refresh_from_db()
    assert there.lead and Share.objects.filter(task=share.task).count() == 2


def test_a_share_of_a_dissolved_agency_can_be_named_an_heir_later(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    office = city.actor("coordinator")
    shares.cancel(share_id=share.pk, note="Cơ quan kết thúc hoạt động.", actor=SYSTEM, at=at)
    with pytest.raises(NotAllowed, match="kết thúc hoạt động"):
        shares.carry_on(share_id=share.pk, agency_id=city.partner.pk, actor=office, at=at)
    city.works.valid_to = date(2026, 3, 1)
    city.works.save()
    shares.carry_on(share_id=share.pk, agency_id=city.partner.pk, actor=office, at=at)
    assert Share.objects.get(carries_on=share).agency == city.partner


def test_the_same_part_given_twice_is_one_share(city: City, at: datetime) -> None:
    document = plan(city.office, actor=city.actor("coordinator"), at=at)
    first, second = task(document, at=at), task(document, at=at, due_kind="none", due_on=None)
    parts = [
        shares.Part(first, city.works.pk, lead=False), shares.Part(first, city.works.pk, lead=True),
        shares.Part(second, city.works.pk), shares.Part(second, city.partner.pk), shares.Part(first, None, "Báo Thử"),
        shares.Part(first, None, "Báo Thử"),
    ]  # fmt: skip
    made = shares.assign_many(parts=parts, actor=city.actor("coordinator"), at=at)
    assert len({share.pk for share in made}) == 4 and made[0].lead
    assert shares.assign_many(parts=parts, actor=SYSTEM, at=at)[3].pk == made[3].pk
    assert Share.objects.count() == 4 and Deadline.objects.filter(kind="share").count() == 2
    assert told("task_assigned") == ["focal@city.example", "partner_focal@city.example"]
    with pytest.raises(ActError):
        shares.assign(task=first, agency_id=None, actor=SYSTEM, at=at)


def test_the_city_office_follows_up_bodies_outside(city: City, at: datetime) -> None:
    document = plan(city.office, actor=city.actor("coordinator"), at=at)
    office = city.actor("coordinator")
    share = shares.assign(task=task(document, at=at), agency_id=None, body_name="Báo Thử", actor=office, at=at)
    deadline = worktime.running("share", share.pk, "deliver")
    assert deadline is not None and deadline.agency_id == city.office.pk
    shares.report(share_id=share.pk, percent=100, text="Báo đã đăng.", file_ids=[picture(at)], actor=office, at=at)
    own = given(city, city.works, at=at)
    with pytest.raises(NotAllowed):
        shares.report(share_id=own.pk, percent=10, text="x", actor=office, at=at)


def test_every_message_has_a_text_in_both_languages() -> None:
    given_texts = {row["code"]: row for row in read("message_templates.json")["templates"]}
    named = {
        part.partition(":")[2] for row in SHARE_TABLE.transitions for part in row.message.split()
    } | set(MESSAGES)  # fmt: skip
    for code in sorted(named):
        kind = find(code)
        assert kind is not None and code in given_texts, code
        for part in ("subject", "body"):
            for language in ("vi", "en"):
                used = set(re.findall(r"{(\w+)}", given_texts[code][part][language]))
                assert used <= set(kind.placeholders), (code, part, language)
