"""Names of bodies: whom a plan means on its date, who carries on, what is doubted."""

from __future__ import annotations

from datetime import date

import pytest

from langnghe.agencies.models import Agency, Succession
from langnghe.plans.doubts import doubt_words
from langnghe.plans.models import Body
from langnghe.plans.services import bodies
from langnghe.plans.services.bodies import BodyRefused, Directory, members
from tests.cases.city import City, moment

AT = moment("2026-03-02 09:00")
NOW = AT.date()
OLD = date(2022, 6, 29)

pytestmark = pytest.mark.django_db


def agency(code: str, name: str, kind: str, first: str, last: str | None = None) -> Agency:
    """An agency between two days."""
    return Agency.objects.create(
        code=code, name=name, short_name=name, kind=kind, valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
    )  # fmt: skip


@pytest.fixture
def history(city: City) -> None:
    """A department merged into another of the same name, one merged away, two districts that were divided."""
    old = agency("so-a-2008", "Sở Nội vụ (trước tháng 3/2025)", "department", "2008-01-01", "2025-02-28")
    labour = agency("so-b", "Sở Lao động", "department", "2008-01-01", "2025-02-28")
    new = agency("so-a", "Sở Nội vụ", "department", "2025-03-01")
    Succession.objects.create(agency=labour, successor=new, kind="merge", on=date(2025, 3, 1))
    Succession.objects.create(agency=old, successor=new, kind="merge", on=date(2025, 3, 1))
    for number in (1, 2):
        district = agency(f"quan-{number}", f"Ủy ban nhân dân quận {number}", "district", "2008-01-01", "2025-06-30")
        Succession.objects.create(agency=district, successor=city.commune, kind="split", on=date(2025, 7, 1))
    rows = [
        {"name": "Sở Nội vụ", "agency": "so-a", "aliases": ["SNV"]},
        {"name": "UBND các quận, huyện, thị xã", "kinds": ["district"]},
        {"name": "Các sở, ban, ngành", "kinds": ["department"]},
        {"name": "Báo Ngõ Nhỏ"},
    ]
    bodies.load_bodies(at=AT, rows=rows)


def test_loading_twice_changes_nothing(history: None) -> None:
    before = Body.objects.count()
    assert bodies.load_bodies(at=AT, rows=[{"name": "Báo Ngõ Nhỏ", "agency": "so-a"}]) == 0
    assert Body.objects.count() == before
    assert Body.objects.get(name="Báo Ngõ Nhỏ").agency is None
    assert not Body.objects.filter(name__endswith=" tỉnh").exists()  # the city has no use for a province's bodies


@pytest.mark.parametrize("name", ["Sở Nội vụ", "so noi vu", "SNV", "SỞ NỘI VỤ"])
def test_a_name_is_found_however_it_is_written(history: None, name: str) -> None:
    assert [one.code for one in members(name, NOW)] == ["so-a"]


def test_on_the_plans_date_the_predecessor_is_meant_and_the_successor_carries_on(history: None) -> None:
    found = Directory().resolve("Sở Nội vụ", on=OLD, today=NOW)
    assert [one.code for one in found.members] == ["so-a-2008"]
    assert [one.agency.code for one in found.carriers] == ["so-a"]
    assert found.doubts == []
    merged = Directory().resolve("Sở Lao động", on=OLD, today=NOW)
    assert [(one.agency.code, one.was) for one in merged.carriers] == [("so-a", "Sở Lao động")]


def test_a_collective_is_who_was_there_on_that_day(history: None) -> None:
    assert {one.code for one in members("UBND các quận, huyện, thị xã", OLD)} == {"quan-1", "quan-2"}
    departments = Directory().resolve("Các sở, ban, ngành", on=OLD, today=NOW)
    assert {one.code for one in departments.members} == {"so-a-2008", "so-b"}
    assert [one.agency.code for one in departments.carriers] == ["so-a"]  # both went into one, which has one share


def test_divided_bodies_wait_for_a_person(history: None) -> None:
    found = Directory().resolve("UBND các quận, huyện, thị xã", on=OLD, today=NOW)
    assert found.carriers == []
    assert "30/06/2025" in doubt_words(found.doubts[0]) and "2 cơ quan" in doubt_words(found.doubts[0])
    one = Directory().resolve("UBND quận 1", on=OLD, today=NOW)
    assert one.carriers == [] and one.doubts


def test_an_empty_collective_is_a_doubt(history: None) -> None:
    found = Directory().resolve("UBND các quận, huyện, thị xã", on=NOW, today=NOW)
    assert found.members == [] and "không có cơ quan nào" in doubt_words(found.doubts[0])


def test_a_dissolved_body_is_a_doubt_even_when_somebody_carries_on(history: None) -> None:
    found = Directory().resolve("Sở Lao động", on=NOW, today=NOW)
    assert [one.agency.code for one in found.carriers] == ["so-a"]
    assert "trước ngày của kế hoạch" in doubt_words(found.doubts[0])


def test_outside_bodies_are_no_doubt_and_unknown_ones_are(history: None) -> None:
    outside = Directory().resolve("Báo Ngõ Nhỏ", on=NOW, today=NOW)
    assert (outside.known, outside.doubts, outside.carriers) == (True, [], [])
    unknown = Directory().resolve("Ban Không Ai Biết", on=NOW, today=NOW)
    assert not unknown.known and unknown.doubts


def test_a_circle_of_successions_ends(history: None) -> None:
    one, other = (
        agency("x", "Cục X", "department", "2008-01-01", "2024-01-01"),
        agency("y", "Cục Y", "department", "2008-01-01", "2024-01-01"),
    )
    Succession.objects.create(agency=one, successor=other, kind="merge", on=date(2024, 1, 2))
    Succession.objects.create(agency=other, successor=one, kind="merge", on=date(2024, 1, 2))
    assert Directory().resolve("Cục X", on=OLD, today=NOW).carriers == []


def test_the_reader_learns_the_citys_names(history: None) -> None:
    Body.objects.create(name="Trung tâm Ngõ Sáng", aliases=["TTNS"])
    names = {entry.name: entry for entry in bodies.gazetteer().entries}
    assert names["Trung tâm Ngõ Sáng"].aliases == ("TTNS",)
    assert "UBND các quận, huyện, thị xã" not in names  # collectives are known by their wording
    assert names["Sở Nội vụ"].kind == "department"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Sở Nội vụ"}, "name"),
        ({"name": "Mới", "agency_id": 1, "member_kinds": ["commune"]}, "member_kinds"),
        ({"name": "Mới", "member_kinds": ["planet"]}, "member_kinds"),
        ({"name": "Mới", "valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "valid_to"),
    ],
)
def test_bodies_that_make_no_sense_are_refused(city: City, history: None, given: dict[str, object], field: str) -> None:
    values = {
        "body": None, "name": "", "aliases": [], "agency_id": None, "member_kinds": [], "valid_from": None,
        "valid_to": None, "note": "",
    } | given  # fmt: skip
    with pytest.raises(BodyRefused) as refused:
        bodies.save_body(**values, actor=city.actor("administrator"), at=AT)  # type: ignore[arg-type]
    assert refused.value.field == field
