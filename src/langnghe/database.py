"""Ways to spare journeys to the database, and its planning, where every millisecond counts: a whole transaction in one
journey, statements that the server keeps prepared, and rows written without asking for anything back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField, Field, Model
from psycopg import Cursor

__all__ = ["copy_in", "insert", "journey", "prepared"]


@contextmanager
def journey() -> Iterator[None]:
    """One transaction whose statements are sent without waiting for each, its COMMIT with the last of them. The first
    result that is read, or the end, waits for all before it; an error comes out there, and nothing is written.

    Within another transaction it commits nothing by itself.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        assert connection.connection is not None
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield
            if outermost:
                # After this one Django's own commit finds nothing open, and asks the server nothing.
                connection.connection.execute("COMMIT")


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor whose statements the server parses and plans once a connection, with parameters apart: for statements
    that every submission or every act sends. Parameters need a cast where the column does not give their type."""
    connection.ensure_connection()
    assert connection.connection is not None
    with Cursor(connection.connection) as cursor:
        wrap: Any = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        yield wrap(cursor)


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
    with prepared() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(rows))}", values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def copy_in(rows: Sequence[Model]) -> None:
    """Write many new rows of one model by COPY, with keys taken from the table's own sequence: for hundreds of rows
    and more. Columns that the database makes (`db_default`) need a value. Raises IntegrityError as saving does."""
    if not rows:
        return
    model = type(rows[0])
    table = connection.ops.quote_name(model._meta.db_table)
    key = model._meta.pk
    fields = [key, *(field for field in _columns(model) if field is not key)]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        if rows[0].pk is None:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, key.column, len(rows)],
            )
            for row, (number,) in zip(rows, sorted(cursor.fetchall()), strict=True):
                row.pk = number
        database = connections[connection.alias]  # the thread's own: asked a hundred thousand times
        readers = [(field.attname, field.get_db_prep_save) for field in fields]
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([prepare(getattr(row, name), database) for name, prepare in readers])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
