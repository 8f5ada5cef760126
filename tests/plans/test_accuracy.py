"""What reviewers mended, beside what was read: counted by kind, by field, by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.plans import rules_register as rules
from langnghe.plans.selectors import accuracy
from langnghe.plans.services import documents, items
from tests.cases.city import City, moment
from tests.plans.registers import entered, item, register, settle

AT = moment("2026-03-02 09:00")


@pytest.mark.django_db
def test_figures_are_what_the_reviewer_did(city: City) -> None:
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT)
    items.mend(item_id=item(plan, "1").pk, fields={"lead": ["Sở Công Thương"]}, actor=actor, at=AT)
    items.mend(item_id=item(plan, "2").pk, fields={"deliverable": "Biên bản"}, actor=actor, at=AT)
    items.reject(item_id=item(plan, "4").pk, actor=actor, at=AT)
    items.add(document_id=plan.pk, kind="task", fields={"quote": "lập danh mục", "lead": ["Sở Xây dựng"]}, actor=actor,
              at=AT)  # fmt: skip
    settle(plan, actor=actor, at=AT)
    assert accuracy.accuracy().documents == 0  # nothing counts before it is confirmed
    documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    found = accuracy.accuracy()
    task = found.total["task"]
    assert (task["found"], task["rejected"], task["missed"], task["whole"]) == (4, 1, 1, 2)
    assert (task["doubted"], task["doubted_wrong"]) == (1, 1)
    assert task["fields"]["lead"] == [3, 2]
    assert task["fields"]["deadline"] == [3, 3]
    assert found.total["indicator"]["whole"] == 1
    assert [(month, count) for month, count, _tally in found.months] == [(date(2026, 3, 1), 1)]


@pytest.mark.django_db
def test_corrections_show_both_values_and_the_reason(city: City) -> None:
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT)
    items.mend(item_id=item(plan, "1").pk, fields={"lead": ["Sở Công Thương"]}, actor=actor, at=AT)
    (one,) = accuracy.latest_corrections()
    assert (one.field, one.read, one.right) == ("lead", ["Sở Xây dựng"], ["Sở Công Thương"])
    assert one.reason == "Sở Xây dựng"


def test_space_and_order_are_no_mistake() -> None:
    assert rules.same_value("lead", ["A", "B "], ["B", "A"])
    assert rules.same_value("quote", "a  b\n", "a b")
    assert rules.same_value("deadline", {"type": "none", "quote": "x"}, {"type": "none"})
    assert not rules.same_value("deadline", {"type": "none"}, {"type": "ongoing"})
    assert rules.same_value("baseline", None, "")


values = st.fixed_dictionaries({"quote": st.sampled_from(["a", "b"]), "lead": st.lists(st.sampled_from("xy"))})
states = st.sampled_from(["found", "accepted", "mended", "rejected", "added"])
rows = st.lists(st.tuples(st.just("task"), states, st.none() | values, values, st.booleans()), max_size=12)


@given(rows, rows)
def test_tallies_add_up_and_stay_within_bounds(one: list[Any], other: list[Any]) -> None:
    both = rules.tally([*one, *other])
    assert rules.add_up([rules.tally(one), rules.tally(other)]) == both
    for row in both.values():
        assert 0 <= row["whole"] <= row["found"] - row["rejected"]
        assert 0 <= row["doubted_wrong"] <= row["doubted"] <= row["found"]
        for n, right in row["fields"].values():
            assert 0 <= right <= n == row["found"] - row["rejected"]


def test_the_reader_is_right_about_itself() -> None:
    rows = [("task", "accepted", one, one, False) for one in register()["tasks"]]
    assert rules.tally(rows)["task"]["whole"] == 4
