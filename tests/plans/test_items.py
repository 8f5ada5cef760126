"""What reviewers do with items: saved at once, undone step by step, safe when two work on one plan."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from langnghe.acts.errors import ActError, Missing, NotAllowed, Stale
from langnghe.ledger.models import Entry
from langnghe.plans import rules_register as rules
from langnghe.plans.doubts import doubt_words
from langnghe.plans.models import RegisterItem
from langnghe.plans.services import items
from tests.cases.city import City, moment
from tests.plans.registers import TEXT, entered, item, settle, task

AT = moment("2026-03-02 09:00")


@pytest.fixture
def plan(city: City) -> Any:
    return entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)


@pytest.mark.django_db
def test_accepting_twice_is_once(city: City, plan: Any) -> None:
    actor = city.actor("coordinator")
    one = items.accept(item_id=item(plan, "1").pk, actor=actor, at=AT)
    again = items.accept(item_id=one.pk, actor=actor, at=AT)
    assert one.state == again.state == "accepted"
    assert again.version == 1
    assert Entry.objects.filter(kind="plan", subject_id=plan.pk, act="mend").count() == 1


@pytest.mark.django_db
def test_what_was_extracted_never_changes(city: City, plan: Any) -> None:
    actor, row = city.actor("coordinator"), item(plan, "1")
    before = row.extracted
    mended = items.mend(item_id=row.pk, fields={"lead": ["Sở Công Thương"], "weight": 3}, actor=actor, at=AT)
    mended.refresh_from_db()
    assert mended.state == "mended"
    assert mended.extracted == before
    assert mended.current["lead"] == ["Sở Công Thương"]
    assert mended.current["weight"] == 3


@pytest.mark.django_db
def test_mending_back_counts_as_right(city: City, plan: Any) -> None:
    actor, row = city.actor("coordinator"), item(plan, "1")
    items.mend(item_id=row.pk, fields={"lead": ["Sở Công Thương"]}, actor=actor, at=AT)
    assert items.mend(item_id=row.pk, fields={"lead": ["Sở Xây dựng"]}, actor=actor, at=AT).state == "accepted"


@pytest.mark.django_db
def test_two_reviewers_do_not_overwrite_each_other(city: City, plan: Any) -> None:
    actor, row = city.actor("coordinator"), item(plan, "1")
    items.mend(item_id=row.pk, fields={"report_to": "UBND Thành phố"}, actor=actor, at=AT, expected_version=0)
    with pytest.raises(Stale):
        items.mend(item_id=row.pk, fields={"report_to": "Sở Nội vụ"}, actor=actor, at=AT, expected_version=0)
    other = item(plan, "2")  # another item of the same plan is no conflict
    items.accept(item_id=other.pk, actor=actor, at=AT, expected_version=0)
    row.refresh_from_db()
    assert row.current["report_to"] == "UBND Thành phố"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_and_tell_the_other(city: City) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    actor, pk = city.actor("coordinator"), item(plan, "1").pk
    start, said = threading.Barrier(2), []

    def work(lead: str) -> None:
        try:
            start.wait(5)
            items.mend(item_id=pk, fields={"lead": [lead]}, actor=actor, at=AT, expected_version=0)
            said.append(lead)
        except Stale:
            said.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("Sở Công Thương", "Văn phòng")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(said).count("stale") == 1 and len(said) == 2
    kept = RegisterItem.objects.get(pk=pk)
    assert kept.current["lead"] == [next(name for name in said if name != "stale")]
    assert kept.version == 1


@pytest.mark.django_db
def test_splitting_and_joining_are_undone_whole(city: City, plan: Any) -> None:
    actor, row = city.actor("coordinator"), item(plan, "1")
    before = row.current
    position = rules.cut_points(before["quote"])[-1]
    first, second = items.split(item_id=row.pk, position=position, actor=actor, at=AT)
    assert first.current["quote"].endswith("cần thay.")
    assert second.current["quote"] == "Xong trước ngày 30/6/2026."
    assert TEXT[second.start : second.end] == second.current["quote"]
    assert first.order < second.order < item(plan, "2").order
    assert (second.state, second.extracted) == ("added", None)
    joined = items.join(item_id=first.pk, other_id=second.pk, actor=actor, at=AT)
    assert joined.current["quote"] == before["quote"]
    second.refresh_from_db()
    assert second.state == "rejected"
    items.undo(item_id=first.pk, actor=actor, at=AT)
    second.refresh_from_db()
    assert second.state == "added"
    undone = items.undo(item_id=first.pk, actor=actor, at=AT)
    assert undone is not None and undone.current == before and undone.state == "found"
    assert not RegisterItem.objects.filter(pk=second.pk).exists()


@pytest.mark.django_db
def test_a_split_whose_other_half_was_worked_on_is_not_undone(city: City, plan: Any) -> None:
    actor, row = city.actor("coordinator"), item(plan, "1")
    _first, second = items.split(item_id=row.pk, position=rules.cut_points(row.current["quote"])[0], actor=actor, at=AT)
    items.mend(item_id=second.pk, fields={"lead": ["Sở Công Thương"]}, actor=actor, at=AT)
    with pytest.raises(ActError, match="hoàn tác bước đó trước"):
        items.undo(item_id=row.pk, actor=actor, at=AT)
    assert RegisterItem.objects.filter(pk=second.pk).exists()


@pytest.mark.django_db
def test_rejecting_is_undone(city: City, plan: Any) -> None:
    actor, row = city.actor("coordinator"), item(plan, "4")
    items.reject(item_id=row.pk, actor=actor, at=AT)
    undone = items.undo(item_id=row.pk, actor=actor, at=AT)
    assert undone is not None and undone.state == "found"


@pytest.mark.django_db
def test_nothing_to_undo_is_said(city: City, plan: Any) -> None:
    with pytest.raises(ActError):
        items.undo(item_id=item(plan, "1").pk, actor=city.actor("coordinator"), at=AT)


@pytest.mark.django_db
def test_what_was_missed_is_added_at_its_place_once(city: City, plan: Any) -> None:
    actor = city.actor("coordinator")
    given = {"quote": "lập danh mục cần thay", "lead": ["Sở Xây dựng"]}
    one = items.add(document_id=plan.pk, kind="task", fields=given, actor=actor, at=AT)
    again = items.add(document_id=plan.pk, kind="task", fields=given, actor=actor, at=AT)
    assert one.pk == again.pk
    assert TEXT[one.start : one.end] == given["quote"]
    assert item(plan, "1").order < one.order < item(plan, "2").order
    assert one.current["deadline"]["type"] == "none"


@pytest.mark.django_db
def test_everything_without_doubt_is_accepted_at_once(city: City, plan: Any) -> None:
    actor = city.actor("coordinator")
    doubtful = RegisterItem.objects.filter(document=plan).exclude(doubts=[])
    assert {row.path for row in doubtful} == {"4"}
    assert items.accept_sure(document_id=plan.pk, actor=actor, at=AT) == 4
    assert items.accept_sure(document_id=plan.pk, actor=actor, at=AT) == 0
    assert item(plan, "4").state == "found"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"quote": "  "}, "quote"),
        ({"deadline": {"type": "date", "value": None}}, "deadline_value"),
        ({"deadline": {"type": "soon"}}, "deadline_type"),
        ({"deadline": {"type": "recurring", "rrule": "mỗi khi cần"}}, "deadline_rrule"),
        ({"weight": 0}, "weight"),
    ],
)
def test_values_that_make_no_sense_are_refused(city: City, plan: Any, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ActError) as refused:
        items.mend(item_id=item(plan, "1").pk, fields=fields, actor=city.actor("coordinator"), at=AT)
    assert refused.value.field == field


@pytest.mark.django_db
def test_a_term_before_the_plan_is_a_doubt(city: City) -> None:
    found = {"tasks": [task("Báo Ngõ Nhỏ đưa tin về kết quả.", ["Sở Xây dựng"], path="4")]}
    found["tasks"][0]["deadline"] = {"type": "date", "value": "2025-12-31", "before": False, "rrule": None, "quote": ""}
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found=found)
    row = item(plan, "4")
    assert any("trước ngày ban hành" in doubt_words(doubt) for doubt in row.doubts)
    fixed = {**row.current["deadline"], "value": "2026-12-31"}
    mended = items.mend(item_id=row.pk, fields={"deadline": fixed}, actor=city.actor("coordinator"), at=AT)
    assert mended.doubts == []


@pytest.mark.django_db
def test_others_may_not_touch_the_citys_plan(city: City, plan: Any) -> None:
    for name in ("focal", "head", "handler", "observer", "administrator"):
        with pytest.raises(NotAllowed):
            items.accept(item_id=item(plan, "1").pk, actor=city.actor(name), at=AT)


@pytest.mark.django_db
def test_adding_needs_words(city: City, plan: Any) -> None:
    with pytest.raises(Missing):
        items.add(document_id=plan.pk, kind="task", fields={"quote": ""}, actor=city.actor("coordinator"), at=AT)


@pytest.mark.django_db
def test_a_confirmed_register_is_closed(city: City, plan: Any) -> None:
    from langnghe.plans.services import documents

    actor = city.actor("coordinator")
    settle(plan, actor=actor, at=AT)
    documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    with pytest.raises(NotAllowed):
        items.reject(item_id=item(plan, "1").pk, actor=actor, at=AT)


# --- pure rules -------------------------------------------------------------------------------------------------------

texts = st.text(alphabet=st.sampled_from("abc é.;\n"), max_size=80)


@given(texts, st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=8))
def test_lines_with_passages_are_the_text_again(text: str, places: list[tuple[int, int]]) -> None:
    numbered = [(key, min(pair), max(pair)) for key, pair in enumerate(places)]
    lines = rules.lines_with_passages(text, numbered)
    assert "\n".join("".join(piece.text for piece in line.pieces) for line in lines) == text
    for line in lines:
        at = line.start
        for piece in line.pieces:
            inside = {key for key, start, end in numbered if start < end and start < at + len(piece.text) and end > at}
            assert set(piece.items) == inside
            at += len(piece.text)
    firsts = [key for line in lines for piece in line.pieces for key in piece.first]
    assert len(firsts) == len(set(firsts))


@given(texts)
def test_cutting_leaves_two_halves_with_words(text: str) -> None:
    text = text.strip()
    for position in rules.cut_points(text):
        one, other, here, there = rules.split({"quote": text}, (0, len(text)), position)
        assert one["quote"] and other["quote"]
        assert (one["quote"] + other["quote"]).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace(
            "\n", ""
        )
        assert here is not None and there is not None
        assert text[here[0] : here[1]] == one["quote"] and text[there[0] : there[1]] == other["quote"]


@given(st.lists(st.text(alphabet="ab c", max_size=12), max_size=6))
def test_a_quote_is_found_where_it_stands(parts: list[str]) -> None:
    text = "x ".join(parts)
    for part in parts:
        if part.strip():
            place = rules.place_of(text, part.strip())
            assert place is not None
            assert text[place[0] : place[1]].split() == part.split()


def test_a_term_before_its_plan() -> None:
    assert rules.ends_before({"value": "2026-01-01"}, date(2026, 1, 2))
    assert not rules.ends_before({"value": "2026-01-02"}, date(2026, 1, 2))
    assert not rules.ends_before({"value": None}, date(2026, 1, 2))
