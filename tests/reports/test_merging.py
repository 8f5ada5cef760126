"""Merging: each agency's words in place, tables joined, figures added up; twice is once; a late part comes later."""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.ledger.services import verify
from langnghe.reports import sections as parts
from langnghe.reports.models import Report
from langnghe.reports.services import merging, writing
from langnghe.reports.services.merging import Group
from langnghe.workflow.actor import Actor
from tests.cases.city import City, moment
from tests.reports.builders import owed, sent

COLUMNS = ("received", "met", "late", "open_late")


def report_of(figures: list[int], rows: list[str], words: str) -> list[dict[str, Any]]:
    """Sections as an agency sends them."""
    table = parts.table(
        "doing", "Đang làm", ["Nhiệm vụ", "Hạn"], [(f"share:{n}", [row, ""]) for n, row in enumerate(rows)]
    )
    counted = [(key, [key, parts.figure(value)]) for key, value in zip(COLUMNS, figures, strict=True)]
    counted.append(("rate", ["rate", parts.ratio(figures[1], figures[1] + figures[2] + figures[3])]))
    total = parts.table(
        "feedback", "Phản ánh", ["Nội dung", "Số"], counted, numbers=[1], total=True,
        ratios={"rate": ["met", ["met", "late", "open_late"]]},
    )  # fmt: skip
    return [
        {"code": "a", "title": "A", "fill": "doing", "blocks": [parts.text("doing", words), table]},
        {"code": "b", "title": "B", "fill": "feedback", "blocks": [total]},
    ]


FIGURES = st.lists(st.integers(0, 5000), min_size=4, max_size=4)
REPORTS = st.lists(
    st.tuples(FIGURES, st.lists(st.text("abcđ", min_size=1, max_size=8), max_size=3), st.text("xyz ", max_size=20)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(REPORTS, st.integers(0, 5))
def test_nothing_is_lost_and_twice_is_once(reports: list[tuple[list[int], list[str], str]], cut: int) -> None:
    own = report_of([1, 2, 3, 4], ["own"], "own words")
    all_parts = [
        parts.Part(n + 1, f"Agency {n}", f"{n:03}", report_of(*one)) for n, one in enumerate(reports)
    ]  # fmt: skip
    before = copy.deepcopy(all_parts)
    merged = parts.merge(own, "Own", all_parts)
    assert parts.merge(merged, "Own", all_parts) == merged
    later = parts.merge(parts.merge(own, "Own", all_parts[:cut]), "Own", all_parts[cut:])
    assert later == merged, "a late part comes to its place"
    assert all_parts == before, "the parts stay as they were sent"
    assert parts.parts_in(merged) == {part.key for part in all_parts}
    table = next(block for block in merged[0]["blocks"] if block["type"] == "table")
    wanted = [("Own", "own"), *((f"Agency {n}", row) for n, one in enumerate(reports) for row in one[1])]
    assert [tuple(row["cells"][:2]) for row in table["rows"]] == (
        wanted if len(wanted) > 1 or table.get("joined") else []
    )
    said = parts.lines(merged[0])
    assert all(one[2].strip() in "\n".join(said) for one in reports)
    total = {row["key"]: row["cells"][1] for row in merged[1]["blocks"][0]["rows"]}
    sums = [sum(figures) for figures in zip([1, 2, 3, 4], *(one[0] for one in reports), strict=True)]
    assert [total[key] for key in COLUMNS] == [parts.figure(value) for value in sums]
    assert total["rate"] == parts.ratio(sums[1], sum(sums[1:]))


def test_a_mended_merged_word_stays(db: None) -> None:
    own = report_of([0, 0, 0, 0], [], "own")
    first = parts.merge(own, "Own", [parts.Part(1, "Một", "1", report_of([1, 1, 0, 0], ["x"], "lời một"))])
    for block in first[0]["blocks"]:
        if block.get("part") == 1 and block["type"] == "text":
            block["text"] = "lời đã sửa"
    both = parts.merge(first, "Own", [parts.Part(2, "Hai", "2", report_of([5, 5, 0, 0], ["y"], "lời hai"))])
    said = parts.lines(both[0])
    assert "lời đã sửa" in said and "lời hai" in said and "lời một" not in said
    again = parts.refill(both, report_of([7, 0, 0, 0], ["z"], "own anew"))
    said = parts.lines(again[0])
    assert "lời đã sửa" in said and "lời hai" in said and "own anew" in said
    assert [row["cells"][0] for row in next(b for b in again[0]["blocks"] if b["type"] == "table")["rows"]] == [
        "Own", "Một", "Hai",
    ]  # fmt: skip
    assert again[1]["blocks"][0]["rows"][0]["cells"] == ["received", "13"]


@pytest.mark.django_db
def test_the_city_merges_what_was_sent(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    other = Report.objects.get(agency=city.partner)
    office = city.actor("coordinator")
    day = moment("2026-03-19 09:00")
    sent(city, report, at=day, words="Đề nghị cấp thêm xe nâng.")
    group = Group(city.office.pk, report.duty.document_id, report.duty.name, date(2026, 3, 20))
    with pytest.raises(NotAllowed):
        merging.begin_summary(group=group, actor=city.actor("focal"), at=day)
    own = merging.begin_summary(group=group, actor=office, at=day)
    assert own.agency_id == city.office.pk
    assert merging.begin_summary(group=group, actor=office, at=day).pk == own.pk
    with pytest.raises(ActError):
        merging.merge(report_id=own.pk, part_ids=[report.pk, other.pk], actor=office, at=day)
    report.refresh_from_db()
    assert report.state == "sent", "all or nothing"
    done = merging.merge(report_id=own.pk, part_ids=[report.pk], actor=office, at=day)
    report.refresh_from_db()
    assert (report.state, report.into_id) == ("merged", own.pk)
    said = [line for section in done.sections for line in parts.lines(section)]
    assert "Đề nghị cấp thêm xe nâng." in said and "Sở Xây dựng" in said
    again = merging.merge(report_id=own.pk, part_ids=[report.pk], actor=office, at=day)
    assert again.version == done.version
    sent(city, other, at=moment("2026-03-25 09:00"), words="Không có.")
    late = merging.merge(report_id=own.pk, part_ids=[report.pk, other.pk], actor=office, at=moment("2026-03-25 10:00"))
    assert parts.parts_in(late.sections) == {report.pk, other.pk}
    head = Actor("person", "coordinator", city.people["clerk"].pk)
    writing.submit(report_id=own.pk, actor=office, at=day)
    writing.approve(report_id=own.pk, actor=head, at=day)
    found = merging.own_report(group)
    assert found is not None and found.pk == own.pk, "no second summary beside the one that was sent"
    with pytest.raises(NotAllowed):
        merging.merge(report_id=own.pk, part_ids=[report.pk], actor=office, at=day)
    with pytest.raises(NotAllowed):
        writing.withdraw(report_id=report.pk, note="x", actor=city.actor("head"), at=day)
    assert verify() == []


def test_what_introduces_a_table_is_said_of_all() -> None:
    def told(count: int) -> list[dict[str, Any]]:
        words = f"Còn {count} nhiệm vụ quá hạn." if count else "Không có nhiệm vụ quá hạn."
        rows = [(str(n), [f"Việc {n}"]) for n in range(count)]
        table = [parts.table("late", "", ["Nhiệm vụ"], rows)] if count else []
        none = {"received": "0", "met": "0"}
        figures = [
            parts.table("feedback", "", ["", "Số"], [(key, [key, value]) for key, value in none.items()], total=True)
        ]
        said = [parts.text("feedback", "Không có phản ánh.", filler=True)]
        return [
            {"code": "a", "title": "A", "fill": "late", "blocks": [parts.text("late", words, filler=True), *table]},
            {"code": "b", "title": "B", "fill": "feedback", "blocks": figures if count else said},
        ]

    merged = parts.merge(told(0), "Văn phòng", [parts.Part(1, "Một", "1", told(2)), parts.Part(2, "Hai", "2", told(0))])
    assert parts.lines(merged[0]) == ["Tổng hợp từ 2 báo cáo: 2 nhiệm vụ quá hạn.", "Một · Việc 0", "Một · Việc 1"]
    assert parts.lines(merged[1]) == ["received · 0", "met · 0"]
    again = parts.refill(merged, told(0))
    assert again == parts.refill(again, told(0))
    assert [parts.lines(section) for section in again] == [parts.lines(section) for section in merged]
    more = parts.refill(merged, told(1))
    assert "Văn phòng · Việc 0" in parts.lines(more[0])
    assert parts.parts_in(more) == {1, 2}


def test_a_merged_report_is_merged_again() -> None:
    below = parts.merge(
        report_of([1, 1, 0, 0], ["phòng"], "lời phòng"),
        "Sở",
        [parts.Part(1, "Phường", "z", report_of([2, 0, 2, 0], ["x"], "lời phường"))],
    )
    above = parts.merge(
        report_of([0, 0, 0, 0], [], "lời thành phố"), "Thành phố",
        [parts.Part(7, "Sở", "a", below), parts.Part(8, "Ban", "m", report_of([4, 4, 0, 0], ["y"], "lời ban"))],
    )  # fmt: skip
    assert parts.lines(above[0]) == [
        "lời thành phố", "Sở · phòng", "Phường · x", "Ban · y",
        "Sở", "lời phòng", "Phường", "lời phường", "Ban", "lời ban",
    ]  # fmt: skip
    assert above[1]["blocks"][0]["rows"][0]["cells"] == ["received", "7"]
    assert parts.merge(above, "Thành phố", [parts.Part(7, "Sở", "a", below)]) == above
