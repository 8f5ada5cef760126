"""Does the ledger still say what was written? Every row is read and hashed again, in memory that does not grow.

Three passes over one snapshot:

1. the entries, subject by subject: does each hash fit its row, does each row follow the one before, is none left out;
2. the seals with their members: is each root the root of its entries, each seal chained to the last, is every sealed
   entry still there and still the one that was sealed;
3. the rest: an entry that is neither sealed nor waiting was slipped in; a waiting number without entry has lost it.

What this can't see: the youngest entries cut off together with everything that names them, before somebody outside
wrote down the head. `expect` compares with such a note.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from langnghe.ledger import chain
from langnghe.ledger.merkle import MerkleRoot

__all__ = ["Finding", "What", "verify"]

What = Literal["altered", "missing", "reordered", "unlinked", "unsealed", "seal_altered", "seal_missing"]
Progress = Callable[[int], None]

_BATCH = 5_000
_UTC = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and the row that it is wrong with; what is not known of the row is None."""

    what: What
    detail: str
    kind: str | None = None
    subject_id: int | None = None
    seq: int | None = None
    entry_id: int | None = None
    seal_id: int | None = None

    def __str__(self) -> str:
        names = [
            f"{self.kind} {self.subject_id}" if self.kind is not None else "",
            f"#{self.seq}" if self.seq is not None else "",
            f"id {self.entry_id}" if self.entry_id is not None else "",
            _("niêm phong %(number)d") % {"number": self.seal_id} if self.seal_id is not None else "",
        ]
        return f"{self.what}: {' '.join(filter(None, names))}: {self.detail}"


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as stored, with its time as the canonical text."""

    id: int
    kind: str
    subject_id: int
    seq: int
    act: str
    actor_kind: str
    actor_id: int | None
    role: str
    agency_id: int | None
    at: str | None
    data: str
    commitments: str
    prev_hash: bytes
    hash: bytes

    def body(self) -> bytes | None:
        """The body that the hash must come from; None when the row holds what no body can."""
        try:
            return chain.body(
                kind=self.kind,
                subject_id=self.subject_id,
                act=self.act,
                actor_kind=self.actor_kind,
                actor_id=self.actor_id,
                role=self.role,
                agency_id=self.agency_id,
                at=self.at or "",
                data=json.loads(self.data),
                commitments=json.loads(self.commitments),
            )
        except ValueError:
            return None


class _Enough(Exception):
    """The limit of findings is reached."""


def verify(
    *, progress: Progress | None = None, limit: int = 1_000, expect: tuple[int, bytes] | None = None
) -> list[Finding]:
    """Check the whole ledger. Returns what is wrong, at most `limit` findings; an empty list is what one hopes for.

    `progress` is called with the number of rows read so far, after each batch. `expect` is the number and hash of a
    seal that somebody noted outside. Runs beside acts and seals without holding them up; called within a transaction,
    it sees what that transaction sees, and seals must not be made meanwhile.
    """
    check = _Check(progress or (lambda _count: None), limit)
    with _snapshot():
        try:
            check.entries()
            check.seals()
            check.loose_ends()
            if expect is not None:
                check.head(*expect)
        except _Enough:
            pass
    return check.findings


@contextmanager
def _snapshot() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _stream(sql: str) -> Iterator[list[tuple[Any, ...]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_BATCH):
            yield rows


class _Check:
    def __init__(self, progress: Progress, limit: int) -> None:
        self.findings: list[Finding] = []
        self._progress = progress
        self._limit = limit
        self._read = 0
        self._named: set[int] = set()

    def _find(self, finding: Finding) -> None:
        self.findings.append(finding)
        if finding.entry_id is not None:
            self._named.add(finding.entry_id)
        if len(self.findings) >= self._limit:
            raise _Enough

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        for rows in _stream(sql):
            yield from rows
            self._read += len(rows)
            self._progress(self._read)

    # -- pass 1 ------------------------------------------------------------------------------------------------

    def entries(self) -> None:
        before: _Row | None = None
        sound = True
        for values in self._rows(
            "SELECT id, kind, subject_id, seq, act, actor_kind, actor_id, role, agency_id, "
            + _UTC.format("at")
            + ", data::text, commitments::text, prev_hash, hash FROM ledger_entry ORDER BY kind, subject_id, seq, id"
        ):
            row = _Row(*values)
            if before is not None and (before.kind, before.subject_id) != (row.kind, row.subject_id):
                before = None
            was_sound, sound = sound, self._entry(row)
            self._place(row, before, check_link=sound and (before is None or was_sound))
            before = row

    def _entry(self, row: _Row) -> bool:
        body = row.body()
        if body is not None and _fits(row, row.seq, body):
            return True
        # A row that fits another place of the chain was moved, not rewritten.
        place = next((seq for seq in range(1, 1_001) if body is not None and _fits(row, seq, body)), None)
        if place is not None:
            self._find(_about(row, "reordered", _("dòng này được ghi ở vị trí %(place)d") % {"place": place}))
        else:
            self._find(_about(row, "altered", _("nội dung không khớp với mã băm")))
        return False

    def _place(self, row: _Row, before: _Row | None, *, check_link: bool) -> None:
        expected = before.seq + 1 if before is not None else 1
        if row.seq > expected:
            until = _("thiếu đến vị trí %(until)d") % {"until": row.seq - 1}
            self._find(Finding("missing", until, row.kind, row.subject_id, expected))
        elif row.seq < expected:
            self._find(_about(row, "reordered", _("vị trí này đã có dòng khác")))
        elif check_link and row.prev_hash != (before.hash if before is not None else chain.ZERO):
            self._find(_about(row, "unlinked", _("không nối với dòng ngay trước nó")))

    # -- pass 2 ------------------------------------------------------------------------------------------------

    def seals(self) -> None:
        members = self._rows(
            """
            SELECT member.number, member.seal_id, member.entry_id, member.kind, member.subject_id, member.seq,
                   member.hash, entry.hash, entry.kind, entry.subject_id, entry.seq
            FROM ledger_sealmember member LEFT JOIN ledger_entry entry ON entry.id = member.entry_id
            ORDER BY member.number
            """
        )
        member = next(members, None)
        last_id, first, prev = 0, 1, chain.ZERO
        for values in self._rows(
            "SELECT id, first, count, "
            + _UTC.format("at")
            + ", merkle_root, prev_hash, hash FROM ledger_seal ORDER BY id"
        ):
            seal = _SealRow(*values[:4], *map(bytes, values[4:]))
            self._seal(seal, last_id, first, prev)
            tree = _SealTree(seal)
            while member is not None and member[0] < seal.first + seal.count:
                tree.add(member)
                member = next(members, None)
            for finding in tree.findings(self._named):
                self._find(finding)
            last_id, first, prev = seal.id, seal.first + seal.count, seal.hash
        while member is not None:
            self._find(_of_member(member, "seal_missing", _("đã niêm phong nhưng không còn niêm phong của nó")))
            member = next(members, None)

    def _seal(self, seal: _SealRow, last_id: int, first: int, prev: bytes) -> None:
        if seal.id != last_id + 1:
            until = _("thiếu đến niêm phong %(until)d") % {"until": seal.id - 1}
            self._find(Finding("seal_missing", until, seal_id=last_id + 1))
        elif seal.first != first or seal.prev_hash != prev:
            self._find(Finding("seal_altered", _("không nối với niêm phong ngay trước nó"), seal_id=seal.id))
        if seal.digest() != seal.hash:
            self._find(Finding("seal_altered", _("nội dung không khớp với mã băm"), seal_id=seal.id))

    # -- pass 3 ------------------------------------------------------------------------------------------------

    def loose_ends(self) -> None:
        for entry_id, kind, subject_id, seq in self._rows(
            """
            SELECT id, kind, subject_id, seq FROM ledger_entry entry
            WHERE NOT EXISTS (SELECT FROM ledger_sealmember member WHERE member.entry_id = entry.id)
              AND NOT EXISTS (SELECT FROM ledger_pendingseal pending WHERE pending.entry_id = entry.id)
            ORDER BY id
            """
        ):
            detail = _("không có niêm phong và cũng không chờ niêm phong")
            self._find(Finding("unsealed", detail, kind, subject_id, seq, entry_id))
        for (entry_id,) in self._rows(
            """
            SELECT entry_id FROM ledger_pendingseal pending
            WHERE NOT EXISTS (SELECT FROM ledger_entry entry WHERE entry.id = pending.entry_id) ORDER BY entry_id
            """
        ):
            self._find(Finding("missing", _("đang chờ niêm phong nhưng dòng không còn"), entry_id=entry_id))

    def head(self, seal_id: int, expected: bytes) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT hash FROM ledger_seal WHERE id = %s", [seal_id])
            row = cursor.fetchone()
        if row is None:
            self._find(Finding("seal_missing", _("niêm phong đã ghi nhận bên ngoài không còn"), seal_id=seal_id))
        elif bytes(row[0]) != expected:
            self._find(Finding("seal_altered", _("khác với mã băm đã ghi nhận bên ngoài"), seal_id=seal_id))


@dataclass(frozen=True, slots=True)
class _SealRow:
    id: int
    first: int
    count: int
    at: str | None
    merkle_root: bytes
    prev_hash: bytes
    hash: bytes

    def digest(self) -> bytes | None:
        try:
            return chain.seal_hash(
                prev_hash=self.prev_hash,
                seal_id=self.id,
                first=self.first,
                count=self.count,
                at=self.at or "",
                merkle_root=self.merkle_root,
            )
        except OverflowError:
            return None


class _SealTree:
    """The members of one seal: as they were noted when it was made, and as the entries are now."""

    def __init__(self, seal: _SealRow) -> None:
        self._seal = seal
        self._noted = MerkleRoot()
        self._found = MerkleRoot()
        self._expected = seal.first
        self._lost: Finding | None = None
        self._gone: list[Finding] = []
        self._differing: list[tuple[Any, ...]] = []

    def add(self, member: tuple[Any, ...]) -> None:
        number, seal_id, _entry_id, kind, subject_id, seq, noted, found, *place = member
        noted, found = bytes(noted), bytes(found) if found is not None else None
        if number != self._expected or seal_id != self._seal.id:
            self._lose()
        self._expected = number + 1
        self._noted.add(noted)
        self._found.add(found if found is not None else noted)
        if found is None:
            self._gone.append(_of_member(member, "missing", _("đã niêm phong nhưng dòng không còn")))
        elif found != noted or place != [kind, subject_id, seq]:
            self._differing.append(member)

    def _lose(self) -> None:
        detail = _("danh sách dòng của niêm phong bị thiếu hoặc sửa ở số %(number)d") % {"number": self._expected}
        self._lost = self._lost or Finding("seal_altered", detail, seal_id=self._seal.id)

    def findings(self, named: set[int]) -> Iterator[Finding]:
        """What is wrong; rows that are `named` already are not named twice."""
        yield from self._gone
        if self._expected != self._seal.first + self._seal.count:
            self._lose()
        noted = self._noted.digest() == self._seal.merkle_root
        found = not noted and self._found.digest() == self._seal.merkle_root
        # The root says which side was touched: the entries, or what the seal noted of them.
        for member in self._differing:
            if found:
                yield _of_member(member, "seal_altered", _("niêm phong ghi sai dòng này"), self._seal.id)
            elif member[2] in named:
                continue
            elif member[6] == member[7]:
                yield _of_member(member, "reordered", _("khi niêm phong, dòng này ở đây"), self._seal.id)
            else:
                yield _of_member(member, "altered", _("không còn là dòng đã được niêm phong"), self._seal.id)
        if self._lost is not None:
            yield self._lost
        elif not noted and not (found and self._differing):
            yield Finding("seal_altered", _("gốc của niêm phong không khớp với các dòng"), seal_id=self._seal.id)


def _fits(row: _Row, seq: int, body: bytes) -> bool:
    return seq >= 1 and chain.entry_hash(prev_hash=row.prev_hash, seq=seq, body=body) == row.hash


def _about(row: _Row, what: What, detail: str) -> Finding:
    return Finding(what, detail, row.kind, row.subject_id, row.seq, row.id)


def _of_member(member: Sequence[Any], what: What, detail: str, seal_id: int | None = None) -> Finding:
    return Finding(what, detail, member[3], member[4], member[5], member[2], seal_id or member[1])
