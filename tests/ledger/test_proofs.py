"""The proof of one subject holds by itself, and no longer when anything in it is touched."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.ledger.models import Entry, Seal
from langnghe.ledger.proofs import proof, verify_proof


def test_a_proof_holds_by_itself(ledger: list[Entry]) -> None:
    document = json.loads(json.dumps(proof("thing", 2)))
    assert verify_proof(document) == []
    assert [json.loads(entry["body"])["act"] for entry in document["entries"]] == ["act_0", "act_1", "act_2", "act_3"]
    seals = {seal.id: bytes(seal.hash).hex() for seal in Seal.objects.all()}
    assert [entry["seal"]["hash"] for entry in document["entries"]] == [seals[1], seals[1], seals[2], seals[2]]


def test_what_waits_is_proved_by_its_chain_alone(ledger: list[Entry]) -> None:
    document = proof("thing", 4)
    assert [entry["seal"] for entry in document["entries"]] == [None, None]
    assert verify_proof(document) == []


def test_a_subject_that_is_not_there_has_no_entries(ledger: list[Entry]) -> None:
    assert proof("thing", 99)["entries"] == []


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [place for key, item in value.items() for place in _places(item, (*path, key))]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in _places(item, (*path, index))]
    return [path]


def _changed(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if value.startswith("{"):
        return value.replace('"act_', '"art_')
    return value[:-1] + ("0" if value[-1] != "0" else "1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_is_found(ledger: list[Entry], data: st.DataObject) -> None:
    document = proof("thing", 2)
    *way, last = data.draw(st.sampled_from(_places(document)))
    inner: Any = document
    for key in way:
        inner = inner[key]
    inner[last] = _changed(inner[last])
    try:
        problems = verify_proof(document)
    except ValueError:
        return
    assert problems != []


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 3)])
def test_entries_cannot_change_places_or_be_left_out(ledger: list[Entry], first: int, second: int) -> None:
    document = proof("thing", 2)
    swapped, shorter = copy.deepcopy(document), copy.deepcopy(document)
    entries = swapped["entries"]
    entries[first], entries[second] = entries[second], entries[first]
    assert verify_proof(swapped) != []
    del shorter["entries"][first]
    assert verify_proof(shorter) != []


@pytest.mark.parametrize(
    "document",
    [{}, {"format": "langnghe.proof.1"}, {"format": "langnghe.proof.1", "kind": "a", "subject": 1, "entries": [{}]}],
)
def test_what_is_no_proof_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a proof"):
        verify_proof(document)


def test_a_seal_with_many_leaves_costs_a_fixed_number_of_queries(
    ledger: list[Entry], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2 + 2 * 2):
        proof("thing", 1)
