"""The rows of the ledger. The database refuses to change or delete them; only salts can be deleted, and that erases.

No row here has a foreign key: what the ledger says stays true when the thing it speaks of is gone, and a sealed number
stays when somebody has made its entry vanish.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Func


class CurrentXactId(Func):
    """The id of the running transaction, never reused (64 bits)."""

    function = "pg_current_xact_id"
    template = "%(function)s()"


if TYPE_CHECKING:
    _TextField = models.Field[str, str]
else:
    _TextField = models.Field


class XactIdField(_TextField):
    """A transaction id (`xid8`); in Python its digits as text."""

    def db_type(self, connection: object) -> str:
        """The column's type."""
        return "xid8"


class Entry(models.Model):
    """One act on one subject: who did what, when, in which role, and its place in the subject's chain.

    `data` says what changed, without personal data; `commitments` holds {field: hex} for personal values (see
    `chain`). `txid` is the transaction that wrote the row; the guard of states asks for it.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    act = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    agency_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    commitments = models.JSONField(default=dict)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    txid = XactIdField(db_default=CurrentXactId(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "seq"], name="ledger_entry_place"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="ledger_entry_seq_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} #{self.seq}: {self.act}"


class Salt(models.Model):
    """The salt of one commitment. Deleting it is what erasing the value means for the ledger."""

    id = models.BigAutoField(primary_key=True)
    entry_id = models.BigIntegerField()
    field = models.CharField(max_length=60)
    salt = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry_id", "field"], name="ledger_salt_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field}"


class PendingSeal(models.Model):
    """An entry that waits for the next seal; written by a trigger, so that it commits with the entry."""

    entry_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class Seal(models.Model):
    """One root over the entries numbered `first` to `first + count - 1`, chained to the seal before it."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    first = models.BigIntegerField(unique=True)
    count = models.BigIntegerField()
    merkle_root = models.BinaryField(max_length=32)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="ledger_seal_not_empty")]

    def __str__(self) -> str:
        return f"{self.id}: {self.first} + {self.count}"


class SealMember(models.Model):
    """A sealed entry: its number over all seals, and enough to name it even when it has vanished.

    `number` has no gaps and never changes, and grows only with committed entries: whoever follows the ledger from
    behind keeps it as a bookmark.
    """

    number = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    seal_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.number}: {self.kind} {self.subject_id} #{self.seq}"


class ReadLog(models.Model):
    """Somebody read personal data: who, whose, which fields, what for."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    agency_id = models.BigIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=60))
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_id", "-id"], name="ledger_readlog_subject"),
            models.Index(fields=["actor_id", "-id"], name="ledger_readlog_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}: {self.actor_kind} {self.actor_id}"
