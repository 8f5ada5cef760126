"""Likely repeats: the same thing in other words, at the same place, is found; other things are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from langnghe.triage.similar import (
    LIKELY,
    MOST,
    VERY_LIKELY,
    Report,
    place_likeness,
    rank,
    same_text,
    score,
    text_likeness,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
OWN = Report(
    "Ổ gà sâu trước chợ Mơ. Đoạn phố Bạch Mai trước cổng chợ có ổ gà rất sâu, tối qua một người ngã xe.",
    "Phố Bạch Mai, trước chợ Mơ",
    "giao-thong",
    NOON,
)
REWORDED = Report(
    "Đường hỏng trước chợ Mơ. Xe em sập ổ gà ở phố Bạch Mai ngay cổng chợ, ngã trầy chân, mong vá sớm.",
    "Bạch Mai, cổng chợ Mơ",
    "giao-thong",
    NOON - timedelta(days=3),
)
WITHOUT_MARKS = Report(
    "o ga truoc cho mo. pho bach mai truoc cong cho co o ga sau lam, may nguoi nga roi",
    "pho bach mai cho mo",
    None,
    NOON - timedelta(days=1),
)
OTHER_THING = Report(
    "Đèn đường tắt. Hàng đèn trên phố Minh Khai tắt từ tuần trước, đi lại buổi tối rất tối.",
    "Phố Minh Khai",
    "chieu-sang",
    NOON - timedelta(days=2),
)
OTHER_PLACE = Report(
    "Ổ gà đường Giải Phóng. Gần bến xe Giáp Bát có ổ gà.", "Đường Giải Phóng", "giao-thong", NOON - timedelta(days=2)
)
likeness = st.floats(0, 1)


def test_reworded_reports_of_the_same_place_are_found() -> None:
    found = rank(OWN, [OTHER_THING, REWORDED, OTHER_PLACE, WITHOUT_MARKS])
    assert {match.place for match in found} == {1, 3}
    assert found == sorted(found, key=lambda match: -match.score)
    assert all("cùng địa điểm" in match.why for match in found)


def test_a_text_sent_twice_is_very_likely() -> None:
    again = Report(OWN.text.upper(), OWN.place, None, NOON + timedelta(hours=1))
    (match,) = rank(OWN, [again])
    assert match.score >= VERY_LIKELY
    assert same_text(OWN.text, again.text)
    assert not same_text(OWN.text, REWORDED.text)


def test_nothing_is_like_nothing() -> None:
    assert rank(Report(""), [Report(""), Report("...")]) == []
    assert rank(OWN, []) == []


def test_only_so_many_candidates_are_compared() -> None:
    assert rank(OWN, [OTHER_THING] * MOST + [REWORDED]) == []


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=5))
def test_likeness_of_texts_is_between_none_and_all(own: str, others: list[str]) -> None:
    values = text_likeness(own, others)
    assert len(values) == len(others)
    assert all(0 <= value <= 1 for value in values)


@given(st.text(alphabet="aábcdđ e", min_size=8, max_size=80).filter(lambda text: len(text.split()) > 1))
def test_a_text_is_most_like_itself(text: str) -> None:
    assert text_likeness(text, [text])[0] > 0.999


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_of_places_goes_both_ways(one: str, other: str) -> None:
    there, back = place_likeness(one, other), place_likeness(other, one)
    assert there == back
    assert there is None or 0 <= there <= 1


def test_places_are_the_same_in_other_words() -> None:
    assert place_likeness("Ngõ 68 đường Cầu Giấy", "ngo 68 cau giay") == 1
    assert place_likeness("Phố Lò Đúc", "Phố Hoa Bằng") == 0
    assert place_likeness("", "") is None
    assert (place_likeness("Phố Lò Đúc", "", other_text="cây khô phố lò đúc") or 0) > 0


@given(likeness, likeness, likeness, st.booleans(), st.floats(0, 400), st.floats(0, 0.5))
def test_more_likeness_never_lowers_the_score(
    text: float, head: float, place: float, same: bool, days: float, more: float
) -> None:
    before = score(text=text, head=head, place=place, same_field=same, days_apart=days)
    assert 0 <= before <= 1
    assert score(text=min(1, text + more), head=head, place=place, same_field=same, days_apart=days) >= before
    assert score(text=text, head=head, place=min(1, place + more), same_field=same, days_apart=days) >= before
    assert score(text=text, head=head, place=place, same_field=True, days_apart=days) >= before
    assert score(text=text, head=head, place=place, same_field=same, days_apart=days + more) <= before


def test_the_same_field_alone_makes_no_repeat() -> None:
    assert score(text=0, place=0, same_field=True, days_apart=0) < LIKELY
    assert score(text=0, place=1, same_field=True, days_apart=0) < LIKELY
