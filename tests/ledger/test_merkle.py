"""The Merkle tree against the recursive definition of RFC 9162, and its proofs against every tampering."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.ledger import merkle

leaves_of = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def by_definition(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == by_definition(leaves)


@given(leaves_of, st.data())
def test_every_leaf_has_a_path_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = merkle.path(leaves, index)
    assert merkle.root_from_path(leaves[index], index, len(leaves), steps) == merkle.root(leaves)


@given(leaves_of, st.data())
def test_a_changed_proof_does_not_reach_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    count, root = len(leaves), merkle.root(leaves)
    index = data.draw(st.integers(0, count - 1))
    steps = merkle.path(leaves, index)
    assert merkle.root_from_path(leaves[index] + b"x", index, count, steps) != root
    assert merkle.root_from_path(leaves[index], index, count, [*steps, bytes(32)]) != root
    if steps:
        assert merkle.root_from_path(leaves[index], index, count, steps[:-1]) != root
        place = data.draw(st.integers(0, len(steps) - 1))
        altered = [*steps[:place], bytes(byte ^ 1 for byte in steps[place]), *steps[place + 1 :]]
        assert merkle.root_from_path(leaves[index], index, count, altered) != root


@given(st.lists(st.binary(min_size=1, max_size=8), min_size=2, max_size=30, unique=True), st.data())
def test_a_leaf_is_proved_at_its_own_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda place: place != index))
    steps = merkle.path(leaves, index)
    assert merkle.root_from_path(leaves[index], other, len(leaves), steps) != merkle.root(leaves)


def test_a_node_cannot_pass_for_a_leaf() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.leaf_hash(left + right) != merkle.root([b"a", b"b"])
    assert merkle.root([left + right]) != merkle.root([b"a", b"b"])


@pytest.mark.parametrize(("index", "count"), [(-1, 3), (3, 3), (0, 0)])
def test_places_outside_are_refused(index: int, count: int) -> None:
    assert merkle.root_from_path(b"a", index, count, []) is None
    with pytest.raises(IndexError):
        merkle.path([b"a"] * count, index)
