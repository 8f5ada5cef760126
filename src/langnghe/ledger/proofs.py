"""The proof that an act is in the ledger: a document that can be checked without the database.

`proof` makes it, `verify_proof` checks it with nothing but the document itself; whoever noted the hash of a seal
outside compares it with the one in the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from langnghe.ledger import chain, merkle
from langnghe.ledger.models import Entry, Seal, SealMember

__all__ = ["proof", "verify_proof"]


def proof(kind: str, subject_id: int) -> dict[str, Any]:
    """All entries of a subject with their chain, and for each sealed one the way to the root of its seal.

    A dict that JSON can hold; hashes in hex. `seal` of an entry is null while it waits.
    """
    entries = list(Entry.objects.filter(kind=kind, subject_id=subject_id).order_by("seq"))
    members = SealMember.objects.filter(entry_id__in=[entry.id for entry in entries]).order_by("number")
    seals: dict[int, dict[str, Any]] = {}
    for seal_id, own in groupby(members, key=lambda member: member.seal_id):
        seals |= _ways(Seal.objects.get(id=seal_id), list(own))
    return {
        "format": "langnghe.proof.1",
        "kind": kind,
        "subject": subject_id,
        "entries": [
            {
                "body": _body(entry).decode(),
                "seq": entry.seq,
                "prev_hash": bytes(entry.prev_hash).hex(),
                "hash": bytes(entry.hash).hex(),
                "seal": seals.get(entry.id),
            }
            for entry in entries
        ],
    }


def _ways(seal: Seal, members: list[SealMember]) -> dict[int, dict[str, Any]]:
    own = SealMember.objects.filter(number__gte=seal.first, number__lt=seal.first + seal.count)
    leaves = [bytes(leaf) for leaf in own.order_by("number").values_list("hash", flat=True)]
    head = {
        "id": seal.id,
        "first": seal.first,
        "count": seal.count,
        "at": chain.moment(seal.at),
        "merkle_root": bytes(seal.merkle_root).hex(),
        "prev_hash": bytes(seal.prev_hash).hex(),
        "hash": bytes(seal.hash).hex(),
    }
    return {
        member.entry_id: {
            **head,
            "number": member.number,
            "path": [step.hex() for step in merkle.path(leaves, member.number - seal.first)],
        }
        for member in members
    }


def _body(entry: Entry) -> bytes:
    return chain.body(
        kind=entry.kind,
        subject_id=entry.subject_id,
        act=entry.act,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        role=entry.role,
        agency_id=entry.agency_id,
        at=chain.moment(entry.at),
        data=entry.data,
        commitments=entry.commitments,
    )


def verify_proof(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with a proof, in plain words naming the entry by its place; empty when everything holds.

    ValueError when the document is not a proof at all.
    """
    if document.get("format") != "langnghe.proof.1":
        raise ValueError("not a proof of this ledger")
    problems: list[str] = []
    prev = chain.ZERO
    try:
        for place, entry in enumerate(document["entries"], start=1):
            own = bytes.fromhex(entry["hash"])
            said = json.loads(entry["body"])
            if (said["kind"], said["subject"]) != (document["kind"], document["subject"]):
                problems.append(f"#{place}: belongs to another subject")
            if entry["seq"] != place or bytes.fromhex(entry["prev_hash"]) != prev:
                problems.append(f"#{place}: does not follow the entry before it")
            body = entry["body"].encode()
            if chain.entry_hash(prev_hash=bytes.fromhex(entry["prev_hash"]), seq=entry["seq"], body=body) != own:
                problems.append(f"#{place}: its hash does not fit its content")
            if entry["seal"] is not None:
                problems.extend(f"#{place}: {problem}" for problem in _seal_problems(entry["seal"], own))
            prev = own
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a proof of this ledger: {error}") from error
    return problems


def _seal_problems(seal: Mapping[str, Any], leaf: bytes) -> list[str]:
    steps = [bytes.fromhex(step) for step in seal["path"]]
    merkle_root = bytes.fromhex(seal["merkle_root"])
    problems = []
    if merkle.root_from_path(leaf, seal["number"] - seal["first"], seal["count"], steps) != merkle_root:
        problems.append("is not under the root of its seal")
    digest = chain.seal_hash(
        prev_hash=bytes.fromhex(seal["prev_hash"]),
        seal_id=seal["id"],
        first=seal["first"],
        count=seal["count"],
        at=seal["at"],
        merkle_root=merkle_root,
    )
    if digest != bytes.fromhex(seal["hash"]):
        problems.append("the hash of its seal does not fit")
    return problems
