"""What is hashed: the canonical form, value by value and byte by byte."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from langnghe.ledger import chain
from langnghe.ledger.chain import LedgerDataError

AT = datetime(2026, 8, 21, 9, 45, tzinfo=UTC)
HANOI = timezone(timedelta(hours=7))
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=15,
)


class Colour(Enum):
    RED = "red"


@given(plain)
def test_canonical_json_reads_back_and_has_one_form(value: Any) -> None:
    written = chain.canonical(chain.clean(value))
    assert json.loads(written) == value
    assert chain.canonical(json.loads(written)) == written


@given(st.dictionaries(text, st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert chain.canonical(dict(reversed(value.items()))) == chain.canonical(value)


def test_the_form_to_the_byte() -> None:
    value = {"b": [1, None, True], "a": 'ngõ "3"\n\x1f/\\', "ă": {}, "Z": -5}
    assert chain.canonical(value) == (
        b'{"Z":-5,"a":"ng\xc3\xb5 \\"3\\"\\n\\u001f/\\\\","b":[1,null,true],"\xc4\x83":{}}'
    )


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (datetime(2026, 8, 21, 16, 45, tzinfo=HANOI), "2026-08-21T09:45:00.000000Z"),
        (date(2026, 8, 21), "2026-08-21"),
        (time(8, 30), "08:30:00"),
        (Decimal("79.73"), "79.73"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Colour.RED, "red"),
        (gettext_lazy("Tên"), "Tên"),
        ((1, [2, {"a": Colour.RED}]), [1, [2, {"a": "red"}]]),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_other_values_become_plain(value: Any, cleaned: Any) -> None:
    assert chain.clean(value) == cleaned


@pytest.mark.parametrize(
    "value",
    [1.5, {"a": [0.1]}, "a\x00b", "half \ud800", {"a\x00": 1}, {1: "a"}, object(), b"raw", AT.replace(tzinfo=None)],
)
def test_what_would_not_come_back_is_refused(value: Any) -> None:
    with pytest.raises(LedgerDataError):
        chain.clean(value)


@given(st.datetimes(min_value=AT.replace(tzinfo=None, year=1990), timezones=st.just(HANOI)))
def test_a_moment_is_written_in_utc_to_the_microsecond(at: datetime) -> None:
    written = chain.moment(at)
    assert len(written) == 27
    assert datetime.fromisoformat(written) == at
    assert chain.moment(at.astimezone(UTC)) == written


BODY: dict[str, Any] = {
    "kind": "case",
    "subject_id": 7,
    "act": "receive",
    "actor_kind": "person",
    "actor_id": 3,
    "role": "clerk",
    "agency_id": None,
    "at": "2026-08-21T09:45:00.000000Z",
    "data": {"channel": "web"},
    "commitments": {"name": "ab"},
}


def test_an_entry_to_the_byte() -> None:
    written = (
        b'{"act":"receive","actor":{"agency":null,"id":3,"kind":"person","role":"clerk"},'
        b'"at":"2026-08-21T09:45:00.000000Z","commitments":{"name":"ab"},"data":{"channel":"web"},'
        b'"kind":"case","subject":7,"v":1}'
    )
    assert chain.body(**BODY) == written
    by_hand = sha256(b"langnghe.entry.1" + bytes(32) + b"\x00" * 7 + b"\x01" + sha256(written).digest()).digest()
    assert chain.entry_hash(prev_hash=chain.ZERO, seq=1, body=written) == by_hand


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "plan"},
        {"subject_id": 8},
        {"act": "close"},
        {"actor_kind": "system"},
        {"actor_id": 4},
        {"role": "head"},
        {"agency_id": 3},
        {"at": "2026-08-21T09:45:00.000001Z"},
        {"data": {"channel": "post"}},
        {"data": {}},
        {"commitments": {"name": "ac"}},
    ],
)
def test_every_part_of_a_body_counts(change: dict[str, Any]) -> None:
    assert chain.body(**{**BODY, **change}) != chain.body(**BODY)


@given(st.lists(st.binary(max_size=20), min_size=2, max_size=8, unique=True), st.data())
def test_a_chain_ends_elsewhere_when_anything_in_it_changes(bodies: list[bytes], data: st.DataObject) -> None:
    def end(rows: list[bytes]) -> bytes:
        last = chain.ZERO
        for seq, body in enumerate(rows, start=1):
            last = chain.entry_hash(prev_hash=last, seq=seq, body=body)
        return last

    place = data.draw(st.integers(0, len(bodies) - 1))
    other = data.draw(st.integers(0, len(bodies) - 1).filter(lambda index: index != place))
    swapped = list(bodies)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    assert end(swapped) != end(bodies)
    assert end(bodies[:place] + bodies[place + 1 :]) != end(bodies)
    assert end([*bodies[:place], bodies[place] + b"x", *bodies[place + 1 :]]) != end(bodies)


def test_a_seal_to_the_byte() -> None:
    at = "2026-08-21T09:45:00.000000Z"
    by_hand = b"langnghe.seal.1" + b"p" * 32 + bytes([0] * 7 + [2]) + bytes([0] * 7 + [5]) + bytes([0] * 6 + [1, 0])
    digest = chain.seal_hash(prev_hash=b"p" * 32, seal_id=2, first=5, count=256, at=at, merkle_root=b"r" * 32)
    assert digest == sha256(by_hand + at.encode() + b"r" * 32).digest()


@given(st.binary(min_size=32, max_size=32), text)
def test_a_commitment_is_an_hmac(salt: bytes, value: str) -> None:
    assert chain.commitment(salt, value) == hmac.digest(salt, value.encode(), "sha256").hex()
