"""Merkle trees over hashes: the root that seals many rows, and the proof that one row is among them.

The tree is that of RFC 9162 (Certificate Transparency), with SHA-256:

    leaf(data)         = SHA-256(0x00 || data)
    node(left, right)  = SHA-256(0x01 || left || right)

A tree of n > 1 leaves splits after the largest power of two below n. The two prefixes keep a leaf from being passed
off as a node and the other way round. Pure: bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

__all__ = ["MerkleRoot", "leaf_hash", "path", "root", "root_from_path"]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that holds `data`."""
    return sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class MerkleRoot:
    """The root of leaves that come one by one, in memory that grows with the logarithm of their number."""

    __slots__ = ("_peaks", "count")

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[bytes] = []

    def add(self, data: bytes) -> None:
        """Append a leaf that holds `data`."""
        peak = leaf_hash(data)
        # Each trailing one of the count is a full subtree that now pairs up.
        rest = self.count
        while rest & 1:
            peak = _node(self._peaks.pop(), peak)
            rest >>= 1
        self._peaks.append(peak)
        self.count += 1

    def digest(self) -> bytes:
        """The root so far; of no leaves at all, SHA-256 of nothing."""
        if not self._peaks:
            return sha256().digest()
        result = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            result = _node(peak, result)
        return result


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over all leaves, each given by the data that it holds."""
    tree = MerkleRoot()
    for data in leaves:
        tree.add(data)
    return tree.digest()


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf `index` up to the root, lowest first. IndexError if it is not there."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    steps: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        split = low + (1 << (high - low - 1).bit_length() - 1)
        if index < split:
            steps.append(root(leaves[split:high]))
            high = split
        else:
            steps.append(root(leaves[low:split]))
            low = split
    return steps[::-1]


def root_from_path(data: bytes, index: int, count: int, steps: Sequence[bytes]) -> bytes | None:
    """The root that a leaf holding `data` at `index` of `count` leads to along `steps`; None when they cannot fit."""
    if not 0 <= index < count:
        return None
    position, last, result = index, count - 1, leaf_hash(data)
    for step in steps:
        if last == 0:
            return None
        if position & 1 or position == last:
            result = _node(step, result)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            result = _node(result, step)
        position >>= 1
        last >>= 1
    return result if last == 0 else None
