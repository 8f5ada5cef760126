"""Reads of tasks: who sees what, in how many queries, in which order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from langnghe.plans.models import Share
from langnghe.plans.selectors import boards, queues, search, trees
from langnghe.plans.selectors import figures as plan_figures
from langnghe.plans.selectors import shares as share_reads
from langnghe.plans.services import shares, steps
from langnghe.plans.workflow import OPEN_STATES
from langnghe.workflow.actor import Actor
from tests.cases.city import City, moment
from tests.plans.builders import given, picture, plan, task

Counted = Callable[..., int]


def queries(act: Callable[[], Any]) -> tuple[int, Any]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        result = act()
    return len(seen), result


@pytest.fixture
def many(city: City, at: datetime) -> list[Share]:
    """A plan with tasks in three sections: due on different days, two without a term."""
    actor = city.actor("coordinator")
    document = plan(city.office, actor=actor, at=at)
    made = []
    for number in range(12):
        due: dict[str, Any] = {"due_on": date(2026, 3, 10) + timedelta(days=number)}
        if number >= 10:
            due = {"due_kind": "ongoing", "due_on": None}
        one = task(
            document, at=at, title=f"Nhiệm vụ {number}", path=f"{'I' if number < 4 else 'II'}.{number % 3 + 1}.a",
            weight=number % 3 + 1, text=f"Kiểm tra đường thở số {number}.", **due,
        )  # fmt: skip
        made.append(shares.assign(task=one, agency_id=city.works.pk, actor=actor, at=at))
        shares.assign(task=one, agency_id=city.partner.pk, lead=number == 0, actor=actor, at=at)
    return made


def test_the_tree_sums_by_weight_in_two_queries(city: City, at: datetime, many: list[Share]) -> None:
    handler = city.actor("handler")
    shares.report(share_id=many[0].pk, percent=50, text="x", actor=handler, at=at)
    shares.report(share_id=many[1].pk, percent=30, text="x", actor=handler, at=at)
    shares.delegate(share_id=many[1].pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)
    share_reads.catalogue.agencies()
    count, tree = queries(lambda: trees.plan_tree(many[0].task.document_id, at=moment("2026-03-12 08:00")))
    assert count == 2 and tree is not None
    rows = {row.task.title: row for row in tree.rows}
    # Two leads: the mean of 50 and 0. A partner's share does not count where there is a lead.
    assert rows["Nhiệm vụ 0"].percent == 25 and rows["Nhiệm vụ 1"].percent == 30
    assert (rows["Nhiệm vụ 0"].state, rows["Nhiệm vụ 5"].state) == ("late", "open")
    assert rows["Nhiệm vụ 1"].person == "Cán bộ handler" and rows["Nhiệm vụ 0"].share_id is None
    total = sum(row.task.weight for row in tree.rows)
    assert tree.percent == (25 * 1 + 30 * 2) // total
    assert tree.counts == {"late": 2, "open": 10, "done": 0, "none": 0}
    assert [section.label for section in tree.root.sections] == ["I", "II"]
    assert [section.label for section in tree.root.sections[0].sections] == ["I.1", "I.2", "I.3"]
    assert tree.document.agency.name == city.office.name
    assert trees.plan_tree(999999, at=at) is None


def test_a_task_that_nobody_owes_weighs_nothing(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    other = task(share.task.document, at=at)
    kept = shares.assign(task=other, agency_id=city.works.pk, actor=city.actor("coordinator"), at=at)
    shares.report(share_id=kept.pk, percent=80, text="x", actor=city.actor("handler"), at=at)
    shares.cancel(share_id=share.pk, note="Trùng", actor=city.actor("coordinator"), at=at)
    tree = trees.plan_tree(share.task.document_id, at=at)
    assert tree is not None and tree.percent == 80 and tree.rows[0].state == "none"


def test_the_page_of_a_share(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at, due_before=True, due_words="trước ngày 30/6/2026")
    handler = city.actor("handler")
    steps.add(share_id=share.pk, title="Rà soát", due_on=date(2026, 4, 1), actor=handler, at=at)
    shares.assign(task=share.task, agency_id=city.partner.pk, lead=False, actor=city.actor("coordinator"), at=at)
    shares.report(share_id=share.pk, percent=50, text="Nửa đường", file_ids=[picture(at)], actor=handler, at=at)
    shares.raise_obstacle(share_id=share.pk, text="Thiếu người", actor=handler, at=at)
    share_reads.catalogue.agencies()
    count, page = queries(lambda: share_reads.share_page(share.pk, [handler], at=at))
    assert count <= 9 and page is not None
    assert page.details and page.evidence and page.deadline is not None
    assert [row.title for row in page.steps] == ["Rà soát"]
    assert [row.text for row in page.progress] == ["Nửa đường"]
    assert [stored.name for stored in page.files[page.progress[0].pk]] == ["anh.jpg"]
    assert [other.agency for other in page.siblings] == [city.partner]
    assert "trước ngày 30/06/2026" in page.due_words and "ngày liền trước" in page.due_words
    assert [entry.act for entry in page.acts] == ["raise_obstacle", "report", "assign"]
    none, acts = queries(lambda: share_reads.possible_acts(page.share, [handler], at=at))
    assert none == 0
    assert [possible.row.act for possible in acts] == ["report", "submit", "raise_obstacle"]
    office = [
        possible.row.act for possible in share_reads.possible_acts(page.share, [city.actor("coordinator")], at=at)
    ]
    assert office == ["answer_obstacle", "urge", "extend", "hand_over", "cancel"]
    assert share_reads.share_page(999999, [handler], at=at) is None


def test_who_sees_what(city: City, at: datetime) -> None:
    share = given(city, city.works, at=at)
    stored = picture(at)
    shares.report(share_id=share.pk, percent=50, text="x", file_ids=[stored], actor=city.actor("handler"), at=at)
    office_officer = Actor("person", "focal_point", city.people["clerk"].pk, city.office.pk)
    partner = city.actor("partner_focal")

    def seen(*actors: Actor) -> tuple[bool, bool, bool]:
        page = share_reads.share_page(share.pk, actors, at=at)
        assert page is not None
        assert page.details == share_reads.visible(actors).filter(pk=share.pk).exists()
        assert bool(page.progress) == page.details
        from langnghe.files.models import StoredFile

        may = share_reads.may_open_file(StoredFile.objects.get(pk=stored), actors)
        assert may == page.evidence
        return page.details, page.evidence, bool(page.files)

    assert seen(city.actor("coordinator")) == (True, True, True)
    assert seen(city.actor("observer")) == (True, False, False)
    assert seen(city.actor("head")) == (True, True, True)
    assert seen(office_officer) == (True, True, True), "the owner of the plan"
    assert seen(partner) == (False, False, False)
    assert seen(city.actor("clerk")) == (False, False, False)
    joined = shares.assign(
        task=share.task, agency_id=city.partner.pk, lead=False, actor=city.actor("coordinator"), at=at
    )
    assert seen(partner) == (False, False, False), "a partner does not read the lead's progress"
    page = share_reads.share_page(joined.pk, [city.actor("head")], at=at)
    assert page is not None and page.details, "the lead reads the partners'"


def test_queues_go_by_due_day_and_page_by_key(city: City, at: datetime, many: list[Share]) -> None:
    share_reads.catalogue.agencies()
    seen: list[int] = []
    key, steps_taken = "", 0
    while True:
        count, page = queries(lambda: queues.agency_work(city.works.pk, queues.WorkFilter(), at=at, key=key, size=5))  # noqa: B023
        assert count == 1
        seen += [share.pk for share in page.rows]
        steps_taken += 1
        key = page.after
        if not key:
            break
    assert seen == [share.pk for share in many] and steps_taken == 3
    last = queues.agency_work(city.works.pk, queues.WorkFilter(), at=at, key=page.before, size=5)
    assert [share.pk for share in last.rows] == seen[5:10]
    first = queues.agency_work(city.works.pk, queues.WorkFilter(), at=at, key=last.before, size=5)
    assert [share.pk for share in first.rows] == seen[:5] and not first.before
    assert queues.agency_work(city.works.pk, queues.WorkFilter(), at=at, key="rubbish", size=5).rows == first.rows


def test_what_is_done_goes_by_due_day_the_newest_first(city: City, at: datetime, many: list[Share]) -> None:
    handler, head = city.actor("handler"), city.actor("head")
    for share in many[:7]:
        shares.report(share_id=share.pk, percent=1, text="x", file_ids=[picture(at)], actor=handler, at=at)
        shares.submit(share_id=share.pk, text="Xong", actor=handler, at=at)
        shares.accept(share_id=share.pk, actor=head, at=at)
    done = queues.WorkFilter(states=("done",))
    first = queues.agency_work(city.works.pk, done, at=at, size=3)
    second = queues.agency_work(city.works.pk, done, at=at, size=3, key=first.after)
    third = queues.agency_work(city.works.pk, done, at=at, size=3, key=second.after)
    seen = [share.pk for page in (first, second, third) for share in page.rows]
    assert seen == [share.pk for share in reversed(many[:7])] and not third.after and not first.before
    back = queues.agency_work(city.works.pk, done, at=at, size=3, key=third.before)
    assert [share.pk for share in back.rows] == seen[3:6]
    assert [share.pk for share in queues.agency_work(city.works.pk, done, at=at, size=3, key=back.before).rows] == seen[
        :3
    ]
    assert not queues.agency_work(city.partner.pk, done, at=at).rows


def test_filters(city: City, at: datetime, many: list[Share]) -> None:
    now = moment("2026-03-12 08:00")

    def found(**wanted: Any) -> list[int]:
        page = queues.agency_work(city.works.pk, queues.WorkFilter(**wanted), at=now)
        return [share.pk for share in page.rows]

    keys = [share.pk for share in many]
    assert found(late="late") == keys[:2]
    assert found(late="soon") == keys[2:9]
    assert found(states=("submitted",)) == []
    assert found(text="duong tho so 7") == [keys[7]] and found(text="đường thở 7") == [keys[7]]
    assert found(late="unassigned") == keys and found(document_id=many[0].task.document_id) == keys
    shares.delegate(
        share_id=keys[3], person_id=city.people["handler"].pk, unit="Phòng A", actor=city.actor("focal"), at=at
    )
    shares.raise_obstacle(share_id=keys[4], text="Vướng", actor=city.actor("handler"), at=at)
    assert found(late="obstacle") == [keys[4]] and found(unit="Phòng A") == [keys[3]]
    assert queues.units_of(city.works.pk) == [("", 11), ("Phòng A", 1)]
    assert [share.pk for share in queues.of_unit(city.works.pk, "Phòng A", at=at).rows] == [keys[3]]
    count, mine = queries(lambda: queues.mine(city.people["handler"].pk, at=at))
    assert count == 1 and [share.pk for share in mine.rows] == [keys[3]]
    assert len(queues.late(at=now).rows) == 4, "both agencies'"
    by_agency = plan_figures.late_by_agency(at=now)
    assert {(row.name, row.late, row.soon) for row in by_agency} == {("Sở Xây dựng", 2, 7), ("Sở Công Thương", 2, 7)}
    figures = queues.counts(at=now, agency_id=city.works.pk)
    assert figures == {"assigned": 11, "doing": 1, "submitted": 0, "late": 2, "soon": 7, "unassigned": 11}


def test_calendar_and_board(city: City, at: datetime, many: list[Share]) -> None:
    share_reads.catalogue.agencies()
    handler, head = city.actor("handler"), city.actor("head")
    shares.report(share_id=many[0].pk, percent=1, text="x", file_ids=[picture(at)], actor=handler, at=at)
    shares.submit(share_id=many[0].pk, text="Xong", actor=handler, at=at)
    shares.accept(share_id=many[0].pk, actor=head, at=at)
    count, days = queries(lambda: boards.calendar(2026, 3, agency_id=city.works.pk))
    assert count == 3 and len(days) == 31
    assert [(day.day.day, day.count, len(day.rows)) for day in days if day.count] == [(n, 1, 1) for n in range(10, 20)]
    assert [day.day.day for day in days if not day.working][:4] == [1, 7, 8, 14]
    assert sum(day.count for day in boards.calendar(2026, 3)) == 19, "all agencies: what is open"
    assert not any(day.count for day in boards.calendar(2026, 5, person_id=city.people["handler"].pk))
    count, columns = queries(lambda: boards.board(at=at, agency_id=city.works.pk))
    assert count <= 5
    assert [(column.state, column.count) for column in columns] == [
        ("assigned", 11), ("doing", 0), ("submitted", 0), ("done", 1),
    ]  # fmt: skip
    count, columns = queries(lambda: boards.board(at=at, document_id=many[0].task.document_id))
    assert count <= 5 and columns[0].count == 23


def test_search_with_and_without_marks_by_key(city: City, at: datetime, many: list[Share]) -> None:
    plan(city.works, actor=city.actor("coordinator"), at=at, number="1/KH-SXD")
    for text in ("đường thở", "duong tho", "DUONG THỞ", "đường th"):
        count, page = queries(lambda text=text: search.search(text, at=at, size=5))
        assert count == 4 and len(page.rows) == 5, text
    assert page.rows[0].task.title == "Nhiệm vụ 11" and page.rows[0].shares == 2
    second = search.search("đường thở", at=at, size=5, key=page.after)
    third = search.search("đường thở", at=at, size=5, key=second.after)
    assert len(third.rows) == 2 and not third.after
    assert search.search("đường thở", at=at, size=5, key=third.before).rows[0].task == second.rows[0].task
    assert search.search("không có từ này", at=at).rows == [] and search.search("  ", at=at).rows == []
    assert search.search("' | !& :*", at=at).rows == []


def test_figures_count_what_is_open_and_late(city: City, at: datetime, many: list[Share]) -> None:
    handler, head = city.actor("handler"), city.actor("head")
    for share, done in ((many[0], at), (many[1], moment("2026-03-13 09:00"))):
        shares.report(share_id=share.pk, percent=9, text="x", file_ids=[picture(at)], actor=handler, at=done)
        shares.submit(share_id=share.pk, text="Xong", actor=handler, at=done)
        shares.accept(share_id=share.pk, actor=head, at=done)
    given(city, city.works, at=at, due_on=date(2026, 3, 1))
    shares.extend(share_id=many[3].pk, due=date(2026, 3, 30), note="Mưa", actor=city.actor("coordinator"), at=at)
    now = moment("2026-03-14 09:00")
    count, rows = queries(lambda: plan_figures.on_time_by_agency(date(2026, 3, 1), date(2026, 3, 31), at=now))
    assert count <= 3
    works = next(row for row in rows if row.agency_id == city.works.pk)
    # Due on 10 (done), 11 (done late), 12 (owed), 13 (extended to 30); on 1 (over when it was given).
    assert works.figures.done_on_time == 1 and works.figures.done_late == 1
    assert works.figures.open_late == 2 and works.figures.open_not_due == 7
    assert (works.extended, works.head) == (1, "Cán bộ head")
    assert works.figures.rate == 25.0
    partner = next(row for row in rows if row.agency_id == city.partner.pk)
    assert partner.figures.done_on_time == 0 and partner.figures.open_late == 4 and partner.figures.rate == 0.0


@pytest.mark.parametrize(
    ("index", "found"),
    [
        ("share_queue", lambda city: Share.objects.filter(agency=city.works, state__in=OPEN_STATES)),
        ("share_mine", lambda city: Share.objects.filter(person=city.people["handler"], state__in=OPEN_STATES)),
        ("share_due", lambda _city: Share.objects.filter(state__in=OPEN_STATES)),
    ],
)
def test_queues_walk_along_their_index(city: City, many: list[Share], index: str, found: Any) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "incremental_sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    plan_of_query = found(city).order_by("due_at", "pk")[:30].explain()
    assert index in plan_of_query and "Sort" not in plan_of_query, plan_of_query
