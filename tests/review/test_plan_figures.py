"""Figures of plans and reports, told by pages, beside what a plain count of the rows says, in a city lived at random.

A figure that leads to a list is the length of that list; the same figure is the same on every page; what was never sent
never looks better than what was sent late.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.ledger.models import Entry
from langnghe.plans.models import Period, PlanDocument, Share
from langnghe.plans.selectors import boards, queues, trees
from langnghe.plans.selectors import figures as plan_figures
from langnghe.plans.selectors.queues import WorkFilter
from langnghe.plans.services import shares, watching
from langnghe.reports import filling, pack
from langnghe.reports.services import duties, meetings
from langnghe.worktime import clock
from langnghe.worktime.rules import end_of_day, local
from tests.cases.city import City, build, moment
from tests.plans import builders
from tests.plans.builders import texts as plan_texts
from tests.reports.builders import owed, sent, templates
from tests.reports.builders import texts as report_texts

pytestmark = pytest.mark.django_db

MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=20"
OPEN = ("assigned", "doing", "submitted")
GONE = ("cancelled", "handed_over")
NOW = moment("2026-06-19 23:59")
"""A minute before the day is over on which tasks are due."""


@pytest.fixture
def city(db: None) -> City:
    """The small city with the texts of messages and the templates of reports."""
    made = build()
    plan_texts()
    report_texts()
    templates()
    return made


@dataclass
class Lived:
    """A plan with what became of it."""

    city: City
    plan: PlanDocument
    own: PlanDocument
    agencies: dict[str, Any] = field(default_factory=dict)


def people(city: City, agency_id: int | None) -> tuple[Any, Any]:
    """Who reports and who accepts for an agency."""
    works = agency_id == city.works.pk
    return city.actor("focal" if works else "partner_focal"), city.actor("head" if works else "partner_head")


def finish(city: City, share: Share, at: datetime) -> None:
    """The share reported as done and accepted at one moment."""
    worker, head = people(city, share.agency_id)
    shares.report(share_id=share.pk, percent=50, text="Đang làm", actor=worker, at=at)
    shares.submit(share_id=share.pk, text="Xong", document="1/BC", link="https://a.example/1", actor=worker, at=at)
    shares.accept(share_id=share.pk, actor=head, at=at)


def live(city: City, seed: int) -> Lived:
    """Sixty tasks given in January, and half a year at random."""
    dice, start, office = random.Random(seed), moment("2026-01-16 09:00"), city.actor("coordinator")
    plan = builders.plan(city.office, actor=office, at=start)
    own = builders.plan(city.works, actor=city.actor("head"), at=start, number="2/KH-SXD", parent=plan)
    end = NOW - timedelta(hours=1)
    for number in range(60):
        due: dict[str, Any] = {"due_on": dice.choice([date(2026, 1, 10), date(2026, 6, 18), date(2026, 6, 19),
            date(2026, 6, 20), date(2026, 6, 26), date(2026, 6, 27), date(2026, 12, 30)])}  # fmt: skip
        if number % 5 == 0:
            due = {"due_kind": "recurring", "due_on": None, "rrule": MONTHLY, "due_before": dice.random() < 0.5}
        task = builders.task(
            own if number % 4 == 0 else plan, at=start, weight=dice.randint(1, 9), path=f"{number % 3}.{number}", **due
        )
        leads = dice.choice([(city.works,), (city.partner,), (city.works, city.partner), ()])
        given = [(agency, True) for agency in leads]
        given += [
            (agency, False) for agency in (city.works, city.partner) if agency not in leads and dice.random() < 0.7
        ]
        for agency, lead in given:
            share = shares.assign(task=task, agency_id=agency.pk, lead=lead, actor=office, at=start)
            worker, _head = people(city, agency.pk)
            day = start + timedelta(days=dice.randint(1, 150), minutes=dice.randint(0, 900))
            fate = dice.choice(["nothing", "report", "report", "submit", "done", "done", "taken", "extended", "passed"])
            if fate == "report":
                shares.report(share_id=share.pk, percent=dice.randint(0, 100), text="x", actor=worker, at=day)
            elif fate == "submit":
                shares.report(share_id=share.pk, percent=60, text="x", actor=worker, at=day)
                shares.submit(
                    share_id=share.pk, text="x", document="1", link="https://a.example/1", actor=worker, at=day
                )
            elif fate == "done":
                finish(city, share, min(day, end))
            elif fate == "taken":
                shares.cancel(share_id=share.pk, note="Không cần nữa", actor=office, at=day)
            elif fate == "extended":
                last = date(2026, 6, dice.choice([19, 20, 28]))
                if share.due_at is None or share.due_at < end_of_day(last):
                    shares.extend(share_id=share.pk, due=last, note="Mưa", actor=office, at=start + timedelta(days=2))
            elif fate == "passed":
                other = city.partner if agency == city.works else city.works
                shares.hand_over(share_id=share.pk, agency_id=other.pk, note="x", actor=office, at=day)
    for days in range(150):
        watching.renew_periods(at=start + timedelta(days=days))
    return Lived(city, plan, own)


def unsent(share: Share, now: datetime) -> list[date]:
    """The last days of the monthly periods that have passed since the one that is owed, counted by hand."""
    if share.state not in OPEN or share.period_due is None or share.due_at is None or share.due_at >= now:
        return []
    back = 1 if share.task.due_before else 0
    days = [date(2026, month, 20) - timedelta(days=back) for month in range(1, 13)]
    today = local(now).date()
    return [day for day in days if day > share.period_due and day < today]


def walk(page_of: Callable[[str], Any]) -> list[Share]:
    """Every row of a list, page by page."""
    rows, key = [], ""
    while True:
        page = page_of(key)
        rows += page.rows
        if not page.after:
            return rows
        key = page.after


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_what_a_plain_count_says(city: City, seed: int) -> None:
    lived = live(city, seed)
    rows = list(Share.objects.select_related("task"))
    assert len({row.state for row in rows}) == 6, "the city has lived"
    soon = NOW + timedelta(days=7)
    for agency in (None, city.works.pk, city.partner.pk):
        mine = [row for row in rows if row.state in OPEN and agency in (None, row.agency_id)]
        late = {row.pk for row in mine if row.due_at is not None and row.due_at < NOW}
        near = {row.pk for row in mine if row.due_at is not None and NOW <= row.due_at < soon}
        counts = queues.counts(at=NOW, agency_id=agency)
        for code, wanted in (("late", late), ("soon", near)):
            listed = walk(lambda key, code=code, agency=agency: queues.agency_work(  # type: ignore[misc]
                agency, WorkFilter(late=code), at=NOW, key=key, size=7))  # fmt: skip
            assert counts[code] == len(listed) == len(wanted), code
            assert {row.pk for row in listed} == wanted
        listed = walk(lambda key, agency=agency: queues.agency_work(  # type: ignore[misc]
            agency, WorkFilter(), at=NOW, key=key, size=7))  # fmt: skip
        assert sum(counts[state] for state in OPEN) == len(listed) == len(mine)
        by_agency = plan_figures.late_by_agency(at=NOW)
        assert sum(row.late for row in by_agency if agency in (None, row.agency_id)) == len(late)
        assert sum(row.soon for row in by_agency if agency in (None, row.agency_id)) == len(near)
        since = NOW - timedelta(days=30)
        ends = [row.done_at for row in rows if row.state == "done" and agency in (None, row.agency_id)]
        done = sum(end is not None and end >= since for end in ends)
        columns = {one.state: one.count for one in boards.board(at=NOW, agency_id=agency)}
        assert columns == {**Counter(dict.fromkeys(OPEN, 0)), **Counter(row.state for row in mine), "done": done}
        on_time(rows, agency)
    progress(lived, rows)


def on_time(rows: list[Share], agency: int | None) -> None:
    """What was due from January to now and what became of it, row by row."""
    first, last = date(2026, 1, 1), local(NOW).date()
    tally = Counter[str]()

    def judge(due: datetime, done: datetime | None) -> None:
        if first <= local(due).date() <= last:
            tally["lapsed" if done is None else "late" if done > due else "good"] += 1

    for row in rows:
        if row.state in GONE or row.due_at is None or agency not in (None, row.agency_id):
            continue
        if row.state == "done":
            judge(row.due_at, row.done_at)
        elif first <= local(row.due_at).date() <= last:
            tally["open_late" if row.due_at < NOW else "waiting"] += 1
        tally["open_late"] += sum(first <= day <= last for day in unsent(row, NOW))
    for period in Period.objects.filter(**({} if agency is None else {"agency": agency})):
        judge(period.due_at, period.done_at)
    told = plan_figures.on_time(first, last, at=NOW, agency_id=agency)
    assert (told.done_on_time, told.done_late, told.open_late, told.open_not_due, told.lapsed) == (
        tally["good"], tally["late"], tally["open_late"], tally["waiting"], tally["lapsed"],
    )  # fmt: skip
    assert tally["lapsed"] == lapses(first, last, agency) > 0
    assert told.due == sum(tally.values())


def lapses(first: date, last: date, agency: int | None) -> int:
    """Terms that had passed when the share was taken back, passed on or given more time, as the ledger tells."""
    count = 0
    for share in Share.objects.filter(**({} if agency is None else {"agency": agency})):
        for entry in Entry.objects.filter(kind="share", subject_id=share.pk, act__in=("cancel", "hand_over", "extend")):
            told = entry.data.get("due_before")
            due = datetime.fromisoformat(told) if told else share.due_at
            count += due is not None and due < entry.at and first <= local(due).date() <= last
    return count


def progress(lived: Lived, rows: list[Share]) -> None:
    """Progress by weight, of the plan's page and of the page of the plan above."""
    for plan in (lived.plan, lived.own):
        tree = trees.plan_tree(plan.pk, at=NOW)
        assert tree is not None
        total = weights = 0
        states = Counter[str]()
        for task in plan.tasks.all():
            live_ones = [row for row in rows if row.task_id == task.pk and row.state not in GONE]
            counted = [row for row in live_ones if row.lead] or live_ones
            if live_ones:
                percent = sum(row.percent for row in counted) // len(counted)
                total, weights = total + percent * task.weight, weights + task.weight
            open_ones = [row for row in live_ones if row.state in OPEN]
            late = any(row.due_at is not None and row.due_at < NOW for row in open_ones)
            states["none" if not live_ones else "late" if late else "open" if open_ones else "done"] += 1
        assert tree.percent == total // weights
        assert {key: count for key, count in tree.counts.items() if count} == dict(states)
    [detailed] = trees.detailed(lived.plan.pk)
    own = trees.plan_tree(lived.own.pk, at=NOW)
    assert own is not None and detailed.percent == own.percent and detailed.tasks == len(own.rows)


def test_leaving_undone_never_looks_better_than_doing_late(city: City) -> None:
    """Two agencies with the same monthly task: one sends nothing, one sends every period a day late."""
    start, office = moment("2026-01-16 09:00"), city.actor("coordinator")
    plan = builders.plan(city.office, actor=office, at=start)
    for agency in (city.works, city.partner):
        task = builders.task(plan, at=start, due_kind="recurring", due_on=None, rrule=MONTHLY)
        shares.assign(task=task, agency_id=agency.pk, actor=office, at=start)
    for month in range(1, 6):
        share = Share.objects.get(agency=city.works)
        finish(city, share, moment(f"2026-0{month}-21 09:00"))
        watching.renew_periods(at=moment(f"2026-0{month}-21 10:00"))
    now = moment("2026-05-25 09:00")
    told = {row.agency_id: row.figures for row in plan_figures.on_time_by_agency(date(2026, 1, 1), now.date(), at=now)}
    late, silent = told[city.works.pk], told[city.partner.pk]
    assert (late.done_late, late.open_late) == (5, 0)
    assert (silent.done_late, silent.open_late) == (0, 5), "each month that passed unsent counts"
    spring = plan_figures.on_time(date(2026, 3, 1), date(2026, 4, 30), at=now, agency_id=city.partner.pk)
    assert spring.open_late == 2
    # Once it is sent, the figures say the same of the same months.
    finish(city, Share.objects.get(agency=city.partner), now)
    watching.renew_periods(at=now)
    after = plan_figures.on_time(date(2026, 1, 1), now.date(), at=now, agency_id=city.partner.pk)
    assert (after.done_late, after.open_late) == (5, 0)


def told_of(city: City, first: date, last: date, at: datetime) -> list[str]:
    """What a report of the department says of the tasks that were done."""
    found = filling.gather(agency=city.works, document=None, start=first, end=last, at=at)
    [section] = filling.fill([{"code": "done", "title": "", "fill": "done"}], found)
    return [str(block.get("text", "")) for block in section["blocks"]] + [
        " · ".join(row["cells"]) for block in section["blocks"] for row in block.get("rows", ())
    ]


def test_a_report_judges_a_period_by_its_own_term(city: City) -> None:
    """A month's work accepted after its day is late in the report too, although the next month's has begun since."""
    at = moment("2026-01-16 09:00")
    share = builders.given(city, city.works, at=at, due_kind="recurring", due_on=None, rrule=MONTHLY)
    finish(city, share, moment("2026-01-22 09:00"))
    watching.renew_periods(at=moment("2026-01-22 10:00"))
    told = told_of(city, date(2026, 1, 1), date(2026, 1, 31), moment("2026-02-02 09:00"))
    assert told[0] == "Trong kỳ đã hoàn thành 1 nhiệm vụ, trong đó 1 nhiệm vụ sau hạn."
    assert "20/01/2026 · 22/01/2026" in told[-1]


def test_what_was_taken_up_again_is_not_reported_as_done(city: City) -> None:
    at = moment("2026-01-16 09:00")
    share = builders.given(city, city.works, at=at)
    finish(city, share, moment("2026-01-20 09:00"))
    assert told_of(city, date(2026, 1, 1), date(2026, 1, 31), moment("2026-01-21 09:00"))[0].endswith("1 nhiệm vụ.")
    shares.reopen(share_id=share.pk, note="Thiếu", actor=city.actor("coordinator"), at=moment("2026-01-22 09:00"))
    told = told_of(city, date(2026, 1, 1), date(2026, 1, 31), moment("2026-01-23 09:00"))
    assert told == ["Trong kỳ chưa có nhiệm vụ hoàn thành."]


def test_the_pack_tells_of_obstacles_as_its_first_page_counts_them(
    city: City, noon: None, sign_in: Callable[[str], Client]
) -> None:
    """Of the day of the meeting, whenever it is opened; and to agencies only of those that they may read."""
    at = moment("2026-03-02 09:00")
    office = city.actor("coordinator")
    share = builders.given(city, city.works, at=at, title="Thay đèn")
    shares.raise_obstacle(share_id=share.pk, text="Thiếu vật tư", actor=city.actor("focal"), at=at)
    meeting = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=at.date(), actor=office, at=at)
    later = moment("2026-03-20 09:00")
    shares.answer_obstacle(share_id=share.pk, answer="Đã cấp", actor=office, at=later)
    shares.raise_obstacle(share_id=share.pk, text="Mưa lớn", actor=city.actor("focal"), at=later)

    def heads(name: str, when: datetime) -> tuple[int, str]:
        with clock.frozen(when):
            page = sign_in(name).get(reverse("desk:meeting_print", args=[meeting.pk])).content.decode()
        scope = pack.scope_of(meeting, at=when, actors=[city.actor(name)])
        figures = {one.code: one.value for one in pack.headlines(scope)}
        return figures["obstacles"], page

    for when in (at, later):
        count, page = heads("coordinator", when)
        assert count == 1 and page.count("Thiếu vật tư") == 1 and "Mưa lớn" not in page
        assert heads("focal", when)[0] == 1 and "Thiếu vật tư" in heads("focal", when)[1]
        count, page = heads("partner_head", when)
        assert count == 0 and "Thiếu vật tư" not in page and "Đã cấp" not in page


def test_a_conclusion_is_whole_only_when_it_is_done_and_nothing_when_taken_back(city: City) -> None:
    at, office = moment("2026-03-02 09:00"), city.actor("coordinator")
    meeting = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=at.date(), actor=office, at=at)
    made = meetings.conclude(
        meeting_id=meeting.pk, text="Thay đèn.", agency_id=city.works.pk, due_on=None, actor=office, at=at
    )
    assert made.task is not None
    one = Share.objects.get(task=made.task)
    other = shares.assign(task=made.task, agency_id=city.partner.pk, actor=office, at=at)
    finish(city, one, at)
    shares.report(share_id=other.pk, percent=99, text="x", actor=city.actor("partner_focal"), at=at)
    [stands] = pack.standings([made], at=at)
    assert (stands.code, stands.words) == ("open", "Đang thực hiện, tiến độ 99%.")
    for share in (one, other):
        share.refresh_from_db()
    shares.cancel(share_id=other.pk, note="Thôi", actor=office, at=at)
    assert pack.standings([made], at=at)[0].code == "done"


def test_the_figures_of_a_plan_are_its_tasks(city: City, sign_in: Callable[[str], Client]) -> None:
    """Done, late and under way make up what is owed; what was taken back stands in none of them."""
    lived = live(city, 6)
    client = sign_in("coordinator")
    with clock.frozen(NOW):
        for plan in (lived.plan, lived.own):
            page = client.get(reverse("desk:plan", args=[plan.pk])).context
            counts = page["counts"]
            assert counts["done"] + counts["late"] + counts["open"] == page["owed"] == page["total"] - counts["none"]
            for state, count in counts.items():
                listed = client.get(f"{reverse('desk:plan', args=[plan.pk])}?tinh-trang={state}").context
                assert listed["shown"] == listed["root"]["count"] == count, state
            for one in page["carrying"]:
                listed = client.get(f"{reverse('desk:plan', args=[plan.pk])}?co-quan={one.agency.pk}").context
                assert listed["shown"] == one.shares, one.agency


def test_the_figures_of_the_late_page_are_the_rows_behind_them(city: City, sign_in: Callable[[str], Client]) -> None:
    live(city, 3)
    for name, listed in (("coordinator", "plan_mine"), ("focal", "plan_agency")):
        client = sign_in(name)
        with clock.frozen(NOW):
            for query, key in (("han=qua-han", "late"), ("han=sap-han", "soon")):
                answer = client.get(f"{reverse('desk:plan_late')}?{query}&in=1")
                assert answer.context[key] == len(answer.context["rows"]) > 0, query
            base = client.get(reverse(f"desk:{listed}"))
            for figure in base.context["figures"]:
                page = client.get(f"{figure['url']}{'&' if '?' in figure['url'] else '?'}in=1")
                assert figure["value"] == len(page.context["rows"]), figure["label"]


def behind(client: Client, url: str) -> int:
    """How many rows are behind an address, page by page."""
    count = 0
    while url:
        context = client.get(url).context
        if "lines" in context:
            return len(context["lines"])
        count += len(context["rows"])
        older = context.get("older") or ""
        url = url.partition("?")[0] + older if older else ""
    return count


def test_every_figure_of_the_first_page_is_the_number_of_rows_behind_it(
    city: City, sign_in: Callable[[str], Client]
) -> None:
    live(city, 5)
    at = moment("2026-06-01 09:00")
    focal, handler = city.actor("focal"), city.people["handler"].pk
    for share in Share.objects.filter(agency=city.works, state="doing").order_by("pk")[:9]:
        shares.delegate(share_id=share.pk, person_id=handler, actor=focal, at=at)
        shares.raise_obstacle(share_id=share.pk, text="x", actor=focal, at=at)
    for number in range(3):
        city.receive(at + timedelta(minutes=number))
    sent(city, owed(city, at=moment("2026-03-03 09:00")), at=moment("2026-03-12 09:00"))
    duties.open_periods(at=at)
    for name in ("coordinator", "focal", "handler", "approver", "head", "observer"):
        client, shown = sign_in(name), 0
        for now in (NOW, moment("2026-06-22 09:00")):
            with clock.frozen(now):
                for _group, figures in client.get(reverse("desk:home")).context["groups"]:
                    for figure in figures:
                        label = f"{name} {now} {figure['label']} {figure['url']}"
                        if "bao-cao/nhan" in figure["url"]:
                            lead = client.get(figure["url"]).context["lead"]
                            assert lead.startswith(f"{figure['value']} "), label
                        else:
                            assert figure["value"] == behind(client, figure["url"]), label
                        shown += bool(figure["value"])
        assert shown >= 4, f"{name}: most figures speak of something"
