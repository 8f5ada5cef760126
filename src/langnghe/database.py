"""Two ways to spare journeys to the database where every millisecond counts: several statements in one journey, and
rows written without asking for anything back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from django.db import connection
from django.db.models import AutoField, Field, Model

__all__ = ["insert", "pipeline"]


@contextmanager
def pipeline() -> Iterator[None]:
    """Send the statements of this block without waiting for each; the first result that is read, or the end, waits
    for all. An error comes out there. To be used within `transaction.atomic()`."""
    connection.ensure_connection()
    assert connection.connection is not None
    with connection.connection.pipeline():
        yield


@cache
def _columns(model: type[Model]) -> tuple[Field[object, object], ...]:
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))


def insert(rows: Sequence[Model], *, made: Mapping[str, str] | None = None) -> None:
    """Write new rows of one model in one statement that returns nothing: keys that the database gives stay unknown.

    `made` gives an SQL expression for a column, such as `to_tsvector('simple', %s)`, of the value in the instance.
    Raises IntegrityError as saving does.
    """
    if not rows:
        return
    model, expressions = type(rows[0]), made or {}
    fields = _columns(model)
    if rows[0].pk is not None and isinstance(model._meta.pk, AutoField):
        fields = (model._meta.pk, *fields)
    one = "(" + ", ".join(expressions.get(field.column, "%s") for field in fields) + ")"
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(rows))}", values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
