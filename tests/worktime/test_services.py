"""The life of deadlines, and changes of rules and calendar, on a real database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from langnghe.ledger.models import Entry
from langnghe.workflow.actor import SENDER, Actor
from langnghe.worktime import packaged, selectors, services
from langnghe.worktime.errors import NoCalendarError, WorktimeError
from langnghe.worktime.models import Calendar, CalendarDay, CalendarYear, Deadline, DeadlineRule, WorkHours
from langnghe.worktime.rules import TermError
from tests.worktime.conftest import LOADED_AT, at, rule

pytestmark = pytest.mark.django_db

ADMIN = Actor("person", "administrator", person_id=3)
Opener = Callable[..., Deadline]


def again(deadline: Deadline) -> Deadline:
    return Deadline.objects.get(pk=deadline.pk)


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_a_deadline_is_stored_with_its_explanation(open_one: Opener) -> None:
    stored = again(open_one("admin-answer", "2026-08-14T09:00"))
    assert stored.due_at == at("2026-09-08T23:59:59")
    assert stored.due_date == dt.date(2026, 9, 8)
    assert stored.target_at == at("2026-09-08T17:30")
    assert (stored.state, stored.agency_id, stored.rule) == ("open", 7, rule("admin-answer"))
    assert stored.explanation["rule"]["code"] == "admin-answer"
    assert stored.explain() == (
        "Hạn trả lời: hết ngày thứ Ba, 08/09/2026. Tính 15 ngày làm việc kể từ ngày tiếp theo ngày gửi; không tính "
        "thứ Bảy, Chủ nhật, ngày nghỉ hoán đổi 31/8 và Quốc khánh 1-2/9; thứ Bảy 22/8 là ngày làm bù."
    )
    assert stored.explain("en").startswith("Answer due: end of Tuesday, 8 September 2026. 15 working days")


def test_opening_costs_one_statement(open_one: Opener) -> None:
    open_one("admin-answer", "2026-08-14T09:00")
    by = rule("admin-answer")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        services.open_deadline(
            kind="case", subject_id=2, step="answer", rule=by, start=at("2026-08-14T09:00"), agency_id=7
        )
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_a_step_runs_once_for_a_subject(open_one: Opener) -> None:
    open_one("admin-answer", "2026-08-14T09:00")
    open_one("admin-answer", "2026-08-14T09:00", subject=2)
    open_one("admin-transfer", "2026-08-14T09:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        open_one("admin-answer", "2026-08-20T09:00")
    services.meet(kind="case", subject_id=1, steps=["answer"], at=at("2026-08-20T09:00"))
    open_one("admin-answer", "2026-08-20T09:00")
    assert [item.state for item in selectors.deadlines_of("case", 1)] == ["met", "open", "open"]


@pytest.mark.parametrize(
    ("done", "state", "days"),
    [("2026-09-08T23:59:59.9", "met", 0), ("2026-09-09T00:00:00", "late", 1), ("2026-09-14T09:00", "late", 4)],
)
def test_met_in_time_or_late(open_one: Opener, done: str, state: str, days: int) -> None:
    deadline = open_one("admin-answer", "2026-08-14T09:00")
    closed = services.meet(kind="case", subject_id=1, steps=["answer", "transfer"], at=at(done))
    assert [item.pk for item in closed] == [deadline.pk]
    stored = again(deadline)
    assert (stored.state, stored.closed_at) == (state, at(done))
    assert selectors.working_days_late(stored, at("2026-12-01T09:00")) == days


def test_a_pause_stops_the_clock_and_a_resumption_counts_anew(open_one: Opener) -> None:
    deadline = open_one("admin-answer", "2026-08-14T09:00")
    short = open_one("field-answer-urgent", "2026-08-17T08:00", step="scene")
    services.pause(kind="case", subject_id=1, at=at("2026-08-17T09:00"), reason="chờ ông/bà bổ sung thông tin")
    stored = again(deadline)
    assert (stored.state, stored.paused_at) == ("paused", at("2026-08-17T09:00"))
    assert stored.due_at == at("2026-09-08T23:59:59")  # as it was
    standing = "Thời hạn đang tạm dừng từ 09:00 thứ Hai, 17/08/2026 (chờ ông/bà bổ sung thông tin);"
    assert stored.explain().startswith(standing)
    assert not stored.overdue(at("2026-12-01T09:00"))
    # A second pause changes nothing.
    assert services.pause(kind="case", subject_id=1, at=at("2026-08-18T09:00"), reason="khác") == []

    services.resume(kind="case", subject_id=1, at=at("2026-08-19T10:00"))
    stored = again(deadline)
    assert (stored.state, stored.paused_at, stored.due_date) == ("open", None, dt.date(2026, 9, 10))
    assert "không tính thời gian tạm dừng 18-19/8 (chờ ông/bà bổ sung thông tin)" in stored.explain()
    assert again(short).due_at == at("2026-08-19T14:30")  # 1 h, pause, then 2 h until noon and 1 h after it
    # Nothing is paused: nothing to resume.
    assert services.resume(kind="case", subject_id=1, at=at("2026-08-20T10:00")) == []


def test_several_pauses_add_up(open_one: Opener) -> None:
    deadline = open_one("admin-answer", "2026-03-02T09:00")
    plain = deadline.due_date
    for first, last in (("2026-03-03T09:00", "2026-03-05T09:00"), ("2026-03-09T09:00", "2026-03-10T09:00")):
        services.pause(kind="case", subject_id=1, at=at(first), reason="chờ")
        services.resume(kind="case", subject_id=1, at=at(last))
    assert (plain, again(deadline).due_date) == (dt.date(2026, 3, 23), dt.date(2026, 3, 26))


def test_a_pause_on_the_last_day_or_after_it_does_not_stop_the_clock(open_one: Opener) -> None:
    deadline = open_one("admin-publish", "2026-03-02T09:00")  # 3 and 4 March
    services.pause(kind="case", subject_id=1, at=at("2026-03-04T09:00"), reason="chờ")
    stored = again(deadline)
    assert (stored.state, stored.due_date) == ("open", dt.date(2026, 3, 4))
    assert stored.overdue(at("2026-03-05T09:00"))
    services.resume(kind="case", subject_id=1, at=at("2026-03-06T09:00"))
    assert again(deadline).due_date == dt.date(2026, 3, 4)


def test_an_extension_of_what_a_late_pause_did_not_stop_takes_the_pause_into_account(open_one: Opener) -> None:
    deadline = open_one("admin-publish", "2026-03-02T09:00")
    services.pause(kind="case", subject_id=1, at=at("2026-03-04T09:00"), reason="chờ")
    services.extend(deadline_id=deadline.pk, amount=1, at=at("2026-03-04T10:00"))
    assert again(deadline).state == "paused"
    services.resume(kind="case", subject_id=1, at=at("2026-03-06T09:00"))
    assert (again(deadline).state, again(deadline).due_date) == ("open", dt.date(2026, 3, 9))


def test_a_paused_step_that_is_done_is_judged_as_if_resumed_then(open_one: Opener) -> None:
    open_one("admin-publish", "2026-03-02T09:00")
    services.pause(kind="case", subject_id=1, at=at("2026-03-03T09:00"), reason="chờ")
    [done] = services.meet(kind="case", subject_id=1, steps=["publish"], at=at("2026-03-20T09:00"))
    assert (again(done).state, again(done).due_date) == ("met", dt.date(2026, 3, 23))


def test_an_extension_is_told(open_one: Opener) -> None:
    deadline = open_one("admin-answer", "2026-03-02T09:00")
    services.extend(deadline_id=deadline.pk, amount=5, at=at("2026-03-10T09:00"))
    services.extend(deadline_id=deadline.pk, amount=2, at=at("2026-03-11T09:00"))
    stored = again(deadline)
    assert (stored.extension, stored.due_date) == (7, dt.date(2026, 4, 1))
    assert "đã gia hạn thêm 7 ngày làm việc" in stored.explain()
    for amount in (0, 9_999, 10_001):
        with pytest.raises(TermError):
            services.extend(deadline_id=deadline.pk, amount=amount, at=at("2026-03-11T09:00"))
    assert again(deadline).due_date == dt.date(2026, 4, 1)
    services.cancel(kind="case", subject_id=1, at=at("2026-03-12T09:00"))
    with pytest.raises(WorktimeError) as refused:
        services.extend(deadline_id=deadline.pk, amount=1, at=at("2026-03-12T10:00"))
    assert refused.value.code == "closed"


def test_cancel_and_hand_over_reach_only_what_runs(open_one: Opener) -> None:
    answer = open_one("admin-answer", "2026-03-02T09:00")
    transfer = open_one("admin-transfer", "2026-03-02T09:00")
    other = open_one("admin-answer", "2026-03-02T09:00", subject=2)
    services.meet(kind="case", subject_id=1, steps=["transfer"], at=at("2026-03-03T09:00"))
    assert services.hand_over(kind="case", subject_id=1, agency_id=9, person_id=4) == 1
    assert (again(answer).agency_id, again(answer).person_id, again(transfer).agency_id) == (9, 4, 7)
    assert services.hand_over(kind="case", subject_id=1, steps=["transfer"], agency_id=8, person_id=None) == 0
    assert services.cancel(kind="case", subject_id=1, at=at("2026-03-04T09:00"), steps=["transfer"]) == []
    services.cancel(kind="case", subject_id=1, at=at("2026-03-04T09:00"))
    assert [again(item).state for item in (answer, transfer, other)] == ["cancelled", "met", "open"]


def test_a_promised_date_is_watched(city: None) -> None:
    promise = services.open_on_date(
        kind="case", subject_id=1, step="promise", day=dt.date(2026, 3, 20), start=at("2026-03-02T09:00"), agency_id=7
    )
    assert promise.explain() == "Ngày hẹn hoàn thành: hết ngày thứ Sáu, 20/03/2026."
    assert services.pause(kind="case", subject_id=1, at=at("2026-03-03T09:00"), reason="chờ") == []
    with pytest.raises(WorktimeError):
        services.extend(deadline_id=promise.pk, amount=1, at=at("2026-03-03T09:00"))
    [kept] = services.meet(kind="case", subject_id=1, steps=["promise"], at=at("2026-03-20T20:00"))
    assert kept.state == "met"


def test_without_a_calendar_nothing_is_promised(db: None) -> None:
    with pytest.raises(NoCalendarError):
        selectors.calendar()


# --- rules -----------------------------------------------------------------------------------------------------------


def test_the_rule_that_names_regime_and_urgency_goes_first(city: None) -> None:
    day = dt.date(2026, 3, 2)

    def code(step: str, regime: str, urgency: str = "normal", on: dt.date = day) -> str | None:
        found = selectors.rule_for(step=step, regime=regime, urgency=urgency, on=on)
        return None if found is None else f"{found.code} {found.amount} {found.unit}{' ?' if found.assumed else ''}"

    assert code("answer", "admin") == "admin-answer 15 working_days"
    assert code("answer", "field", "urgent") == "field-answer-urgent 4 working_hours"
    assert code("answer", "field", "complex") == "field-answer-complex 15 working_days ?"
    assert code("answer", "field", "") == code("answer", "field") == "field-answer-normal 7 working_days ?"
    assert code("intake", "field") == "field-intake 8 working_hours"
    assert code("intake", "field", on=dt.date(2025, 2, 27)) == "field-intake 8 working_hours ?"
    assert code("intake", "admin") == "intake 8 working_hours ?"
    assert code("transfer", "admin") == "admin-transfer 5 working_days"
    assert code("answer", "") is None
    assert code("dance", "admin") is None


def test_a_new_rule_ends_the_old_one_and_keeps_what_was_promised(open_one: Opener) -> None:
    before = open_one("admin-answer", "2026-03-02T09:00")
    new = services.set_rule(
        code="admin-answer", step="answer", regime="admin", amount=10, unit="working_days",
        valid_from=dt.date(2026, 4, 1), source="Quyết định 1", actor=ADMIN, at=at("2026-03-10T09:00"),
    )  # fmt: skip
    assert rule("admin-answer", "2026-03-31").valid_to == dt.date(2026, 3, 31)
    assert rule("admin-answer", "2026-04-01") == new
    assert again(before).due_date == dt.date(2026, 3, 23)
    acts = Entry.objects.filter(kind="deadline_rule", at=at("2026-03-10T09:00")).order_by("id")
    assert [(item.act, item.subject_id, item.actor_id) for item in acts] == [
        ("end", before.rule_id, 3),
        ("set", new.pk, 3),
    ]
    services.end_rule(rule_id=new.pk, valid_to=dt.date(2026, 12, 31), actor=ADMIN, at=at("2026-03-11T09:00"))
    assert selectors.rule_by_code("admin-answer", dt.date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 10_001}, "amount"),
        ({"unit": "weeks"}, "unit"),
        ({"valid_to": dt.date(2026, 3, 31)}, "dates"),
        ({"source": " "}, "source"),
        ({"actor": Actor("person", "coordinator", person_id=3)}, "not_allowed"),
        ({"actor": SENDER}, "not_allowed"),
        ({"code": "another"}, "overlap"),
        ({"valid_from": dt.date(2007, 1, 1)}, "overlap"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(city: None, wrong: dict[str, object], code: str) -> None:
    count = DeadlineRule.objects.count()
    given: dict[str, object] = {
        "code": "admin-transfer", "step": "transfer", "regime": "admin", "amount": 3, "unit": "working_days",
        "valid_from": dt.date(2026, 4, 1), "source": "Quyết định 2", "actor": ADMIN, "at": at("2026-03-10T09:00"),
    }  # fmt: skip
    with pytest.raises(WorktimeError) as refused:
        services.set_rule(**(given | wrong))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.message
    assert DeadlineRule.objects.count() == count
    assert rule("admin-transfer", "2026-06-01").amount == 5


def test_the_database_itself_refuses_two_rules_at_once(city: None) -> None:
    row = rule("admin-transfer")
    for code, step in ((row.code, "other"), ("other", row.step)):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeadlineRule.objects.create(
                code=code, step=step, regime="admin", amount=1, unit="working_days",
                valid_from=dt.date(2030, 1, 1), source="x",
            )  # fmt: skip


def test_a_rule_in_force_is_not_withdrawn(city: None) -> None:
    with pytest.raises(WorktimeError) as refused:
        services.withdraw_rule(rule_id=rule("cooperate").pk, actor=ADMIN, at=at("2026-03-10T09:00"))
    assert refused.value.code == "in_force"
    later = services.set_rule(
        code="cooperate", step="cooperate", amount=2, unit="working_days", valid_from=dt.date(2026, 6, 1),
        assumed=True, actor=ADMIN, at=at("2026-03-10T09:00"),
    )  # fmt: skip
    services.withdraw_rule(rule_id=later.pk, actor=ADMIN, at=at("2026-03-11T09:00"))
    assert selectors.rule_by_code("cooperate", dt.date(2026, 6, 1)) is None
    with pytest.raises(WorktimeError):
        services.end_rule(
            rule_id=rule("cooperate").pk, valid_to=dt.date(2027, 1, 1), actor=ADMIN, at=at("2026-03-11T09:00")
        )


# --- calendar --------------------------------------------------------------------------------------------------------


def test_a_new_day_off_counts_from_then_on_and_leaves_promises_alone(open_one: Opener) -> None:
    promised = open_one("admin-publish", "2026-06-01T09:00")
    services.set_day(
        day=dt.date(2026, 6, 3), kind="off", reason="ngày nghỉ hoán đổi", source="Thông báo 1", actor=ADMIN,
        at=at("2026-06-01T10:00"),
    )  # fmt: skip
    assert again(promised).due_date == dt.date(2026, 6, 3)
    assert open_one("admin-publish", "2026-06-01T09:00", subject=2).due_date == dt.date(2026, 6, 4)
    entry = Entry.objects.get(kind="calendar", act="set_day")
    assert (entry.data["date"], entry.data["kind"], entry.actor_id) == ("2026-06-03", "off", 3)
    assert services.clear_day(day=dt.date(2026, 6, 3), actor=ADMIN, at=at("2026-06-01T11:00"))
    assert not services.clear_day(day=dt.date(2026, 6, 3), actor=ADMIN, at=at("2026-06-01T11:00"))
    assert open_one("admin-publish", "2026-06-01T09:00", subject=3).due_date == dt.date(2026, 6, 3)


def test_a_calendar_year_is_missing_until_it_is_there_and_confirmed(city: None) -> None:
    def status(today: str) -> list[tuple[int, str]]:
        return [(item.year, item.status) for item in selectors.missing_years(dt.date.fromisoformat(today))]

    assert status("2025-12-01") == []
    assert status("2026-11-21") == [(2027, "unconfirmed")]
    assert status("2027-11-21") == [(2027, "unconfirmed"), (2028, "missing")]
    assert "2027" in selectors.missing_years(dt.date(2026, 11, 21))[0].message
    assert dt.date(2026, 11, 24) in {day.date for day in selectors.unconfirmed_days(dt.date(2026, 11, 21))}
    services.confirm_year(year=2027, source="Thông báo 9", actor=ADMIN, at=at("2026-12-01T09:00"))
    assert status("2026-12-01") == []
    assert {day.date.year for day in selectors.unconfirmed_days(dt.date(2026, 11, 21))} == {2026}
    assert Entry.objects.get(act="confirm_year").data == {"year": 2027, "source": "Thông báo 9"}


def test_new_working_hours(city: None) -> None:
    services.set_hours(
        valid_from=dt.date(2026, 5, 1), periods="07:30-11:30, 13:00-17:00", actor=ADMIN, at=at("2026-04-01T09:00")
    )
    calendar = selectors.calendar()
    assert calendar.closing(dt.date(2026, 4, 29)) == at("2026-04-29T17:30")
    assert calendar.closing(dt.date(2026, 5, 4)) == at("2026-05-04T17:00")
    for periods, weekdays in (("8-12", [1]), ("13:00-12:00", [1]), ("08:00-12:00", [])):
        with pytest.raises(WorktimeError) as refused:
            services.set_hours(
                valid_from=dt.date(2026, 6, 1),
                periods=periods,
                weekdays=weekdays,
                actor=ADMIN,
                at=at("2026-04-01T09:00"),
            )
        assert refused.value.code == "periods"


def test_only_an_administrator_changes_the_calendar(city: None) -> None:
    clerk = Actor("person", "clerk", person_id=5)
    when = at("2026-06-01T09:00")
    day = dt.date(2026, 6, 3)
    for change in (
        lambda: services.set_day(day=day, kind="off", reason="x", actor=clerk, at=when),
        lambda: services.clear_day(day=dt.date(2026, 1, 1), actor=clerk, at=when),
        lambda: services.confirm_year(year=2027, source="x", actor=clerk, at=when),
        lambda: services.set_hours(valid_from=day, periods="08:00-12:00", actor=clerk, at=when),
    ):
        with pytest.raises(WorktimeError) as refused:
            change()
        assert refused.value.code == "not_allowed"
    for wrong, code in (({"kind": "half"}, "kind"), ({"reason": "  "}, "reason")):
        with pytest.raises(WorktimeError) as refused:
            services.set_day(**({"day": day, "kind": "off", "reason": "x", "actor": ADMIN, "at": when} | wrong))
        assert refused.value.code == code
    assert not CalendarDay.objects.filter(date=day).exists()


# --- loading ---------------------------------------------------------------------------------------------------------


def test_loading_again_changes_nothing_and_undoes_nothing(city: None) -> None:
    def everything() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (
            Calendar, CalendarDay, CalendarYear, WorkHours, DeadlineRule,
        )]  # fmt: skip

    services.clear_day(day=dt.date(2026, 11, 24), actor=ADMIN, at=LOADED_AT)
    services.end_rule(rule_id=rule("reply").pk, valid_to=dt.date(2026, 6, 30), actor=ADMIN, at=LOADED_AT)
    before, entries = everything(), Entry.objects.count()
    services.load_calendar(packaged.calendar_data(), LOADED_AT)
    assert services.load_rules(packaged.rules_data(), LOADED_AT) == 0
    assert everything() == before
    assert Entry.objects.count() == entries


def test_the_loaded_calendar_is_that_of_the_file(city: None) -> None:
    assert selectors.calendar() == packaged.calendar()
    assert len(selectors.all_rules()) == len(packaged.rules())


def test_a_later_file_adds_its_years(city: None) -> None:
    data = packaged.calendar_data()
    data["years"].append({"year": 2028, "confirmed": False, "source": "x"})
    data["days"].append({"date": "2028-01-03", "kind": "off", "reason": "nghỉ bù", "source": "x", "confirmed": False})
    services.load_calendar(data, LOADED_AT)
    assert not selectors.calendar().is_working(dt.date(2028, 1, 3))
    assert [item.status for item in selectors.missing_years(dt.date(2027, 12, 1))] == ["unconfirmed", "unconfirmed"]


def test_a_rolled_back_change_is_not_remembered(city: None) -> None:
    day = dt.date(2026, 6, 3)
    with transaction.atomic():
        services.set_day(day=day, kind="off", reason="x", actor=ADMIN, at=LOADED_AT)
        assert not selectors.calendar().is_working(day)
        transaction.set_rollback(True)
    selectors._known.until = 0  # type: ignore[union-attr]  # as after the two seconds
    assert selectors.calendar().is_working(day)


def test_calendar_and_rules_are_read_once(city: None) -> None:
    selectors.calendar()
    selectors.all_rules()
    with CaptureQueriesContext(connection) as queries:
        selectors.calendar()
        selectors.rule_for(step="answer", regime="admin", urgency="", on=dt.date(2026, 3, 2))
        selectors.next_opening(at("2026-03-02T09:00"))
    assert len(queries) == 0
    selectors._known.until = 0  # type: ignore[union-attr]  # as after the two seconds
    with CaptureQueriesContext(connection) as queries:
        selectors.calendar()
        selectors.all_rules()
    assert len(queries) == 1  # the version, which did not change


# --- lists -----------------------------------------------------------------------------------------------------------


def test_late_and_about_to_be_late_are_paged_by_key(open_one: Opener) -> None:
    for subject in range(1, 6):
        open_one("admin-publish", f"2026-03-0{subject}T09:00", subject=subject, agency=7 + subject % 2)
    open_one("admin-answer", "2026-03-02T09:00", subject=6)  # due on 23 March, 80 % on 18 March
    now = at("2026-03-19T09:00")
    first = selectors.late(at=now, limit=2)
    rest = selectors.late(at=now, limit=9, after=(first[-1].due_at, first[-1].pk))
    assert [item.subject_id for item in [*first, *rest]] == [1, 2, 3, 4, 5]
    assert [item.subject_id for item in selectors.late(at=now, agency_id=7)] == [2, 4]
    assert [item.subject_id for item in selectors.about_to_be_late(at=now)] == [6]
    assert selectors.late(at=now, steps=["answer"]) == []
    assert selectors.describe_due(first[0].due_at) == "hết ngày thứ Ba, 03/03/2026"
