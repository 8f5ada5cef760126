"""No text whatever may crash the reader: cut, shuffled, foreign, broken."""

from __future__ import annotations

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.source import Line, plain, source_of
from tests.plans.reading.samples import SAMPLES, names, sample

TEXTS = [(SAMPLES / f"{name}.txt").read_text(encoding="utf-8") for name in names()]
WORDS = sorted({word for text in TEXTS for word in text.split()})


def check(text: str) -> None:
    """A text can be read, and every place lies in it."""
    document = plain(text)
    register = read(document)
    register.to_json()
    for task in register.tasks:
        assert 0 <= task.span[0] < task.span[1] <= len(document.text)
        assert task.quote.strip()


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    check(text)


@given(
    st.lists(
        st.sampled_from([*WORDS, "\n", "\n", ". ", "; ", ":", "(", ")", "-", "+ ", "a) ", "1. ", "I. "]), max_size=120
    )
)
def test_words_of_plans_in_any_order(words: list[str]) -> None:
    check(" ".join(words))


@given(st.sampled_from(TEXTS), st.integers(0, 4000), st.integers(0, 4000))
def test_cut_anywhere(text: str, start: int, end: int) -> None:
    check(text[min(start, end) : max(start, end)])


@given(st.sampled_from(TEXTS), st.integers(0, 1 << 30))
def test_shuffled_lines(text: str, seed: int) -> None:
    lines = text.splitlines()
    random.Random(seed).shuffle(lines)
    check("\n".join(lines))


@given(
    st.lists(
        st.lists(st.sampled_from(["", "1", "I", "Sở Nội vụ", "Quý II", "Nhiệm vụ", "Chủ trì", "x | y"]), max_size=6),
        max_size=8,
    )
)
def test_any_table(rows: list[list[str]]) -> None:
    lines = [
        Line(" | ".join(row), 0, None, tuple(row), tuple(rows[0]) if len(rows[0]) == len(row) else (), 1)
        for row in rows
        if row
    ]
    read(source_of(lines)).to_json()


def test_decomposed_letters_read_the_same() -> None:
    for name in names():
        text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
        if "|" in text:
            continue
        plain_tasks = read(sample(name)).tasks
        other = read(plain(unicodedata.normalize("NFD", text))).tasks
        assert [(task.lead, task.deadline.value) for task in plain_tasks] == [
            (task.lead, task.deadline.value) for task in other
        ], name


def test_endless_brackets_quotes_and_lists_take_no_endless_time() -> None:
    for piece in (
        "(",
        '"',
        "Sở Nội vụ, ",
        "phối hợp với ",
        "trước ngày ",
        "a) ",
        "hằng tháng, ",
        "các ",
        "; Sở ",
        "thường xuyên ",
    ):
        check("1. Sở Y tế " + piece * 4000)
