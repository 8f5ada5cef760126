"""Pure rules of the outbox."""

from __future__ import annotations

from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.outbox import rules


def test_render_fills_every_place_and_expands_no_value() -> None:
    text = rules.render("{name} gửi {code}, {name}", {"name": "{code}", "code": "A1"})
    assert text == "{code} gửi A1, {code}"


def test_render_names_the_missing_value() -> None:
    with pytest.raises(KeyError) as error:
        rules.render("{code} {due}", {"code": "A1"})
    assert error.value.args == ("due",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mã {code} của {name}", []),
        ("Mã {secret}", [rules.Problem("unknown", "secret")]),
        ("Mã {code", [rules.Problem("brace", "Mã {code")]),
        ("{Code}", [rules.Problem("brace", "{Code}")]),
        ("{code.__class__}", [rules.Problem("brace", "{code.__cla")]),
        ("{} {0} {code!r}", [rules.Problem("brace", "{} {0} {cod")]),
    ],
)
def test_problems(text: str, found: list[rules.Problem]) -> None:
    assert rules.problems(text, {"code", "name"}) == found


@given(st.text())
def test_a_line_is_always_fit_for_a_header(text: str) -> None:
    line = rules.one_line(text)
    assert len(line) <= rules.SUBJECT_LENGTH
    assert len(line.splitlines()) <= 1
    mail = EmailMessage()
    mail["Subject"] = line
    mail["To"] = Address(line, addr_spec="a@b.example")
    head = mail.as_bytes().split(b"\n\n")[0]
    assert list(mail) == ["Subject", "To"]
    assert all(row.startswith((b"Subject:", b"To:", b" ", b"\t")) for row in head.splitlines() if row)


@given(st.text())
def test_a_body_has_no_control_characters(text: str) -> None:
    body = rules.plain_body(text)
    assert not [c for c in body if ord(c) < 32 and c not in "\n\t"]
    assert rules.plain_body(body) == body
    body.encode()


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
def test_backoff_doubles_up_to_its_cap(attempt: int, spread: float) -> None:
    base, cap = timedelta(minutes=1), timedelta(hours=4)
    wait = rules.backoff(attempt, base=base, cap=cap, spread=spread)
    full = min(cap, base * 2 ** min(attempt - 1, 20))
    assert full * 0.75 <= wait <= full * 1.25


def test_message_id_follows_from_the_key() -> None:
    assert rules.message_id("case:1:received", "x.example") == rules.message_id("case:1:received", "x.example")
    assert rules.message_id("case:1:received", "x.example") != rules.message_id("case:2:received", "x.example")


def test_permanent_refusals_get_fewer_tries() -> None:
    assert rules.tries(permanent=True, limit=12) == 3
    assert rules.tries(permanent=True, limit=2) == 2
    assert rules.tries(permanent=False, limit=12) == 12
