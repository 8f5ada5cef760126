"""Ways to spare journeys to the database, and its planning, where every millisecond counts: a whole transaction in one
journey, statements that the server keeps prepared, rows written without asking for anything back, and queries whose
statement is put together once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from threading import local
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField, Field, Model, QuerySet
from psycopg import Cursor

__all__ = ["Rows", "Statement", "copy_in", "insert", "journey", "prepared"]


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


class _Caught(BaseException):
    """What the database would have been asked."""

    def __init__(self, sql: str, params: Sequence[Any] | None) -> None:
        super().__init__(sql)
        self.sql, self.params = sql, tuple(params or ())


def _catch(_execute: object, sql: str, params: Any, _many: bool, _context: object) -> None:
    raise _Caught(sql, params)


_KEY = 7_000_000_000_000_000_000
_DAY = date(8000, 1, 1)
_FAR = 7900
"""No key, day or moment of a city is beyond these: what is stands for a value that is given later."""


def _mark(value: object, place: int) -> Any:
    """What stands for a given value while the statement is put together. Words, None and tuples stay what they are:
    they shape it."""
    if isinstance(value, list):
        return [_KEY + place]
    if isinstance(value, bool) or not isinstance(value, int | date):
        return value
    if isinstance(value, int):
        return _KEY + place
    # Days that no usual step (a week, a month, a year) leads from one to the next.
    day = _DAY + timedelta(days=997 * place)
    return datetime(day.year, day.month, day.day, 1, 2, 3, tzinfo=UTC) if isinstance(value, datetime) else day


def _is_far(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and _is_far(value[0])
    if isinstance(value, date):
        return value.year >= _FAR
    return isinstance(value, int) and value >= _KEY


M = TypeVar("M", bound=Model)
_Places = list[tuple[int, Any]]


def _shape(given: Sequence[Any]) -> tuple[object, ...]:
    return tuple(type(one) if _mark(one, 0) is not one else one for one in given)


def _places(sql: str, params: Sequence[Any], marks: Sequence[Any], what: object) -> _Places:
    """Of each parameter the argument that it is, with what makes it of the value; -1 and itself where it is none."""
    if str(_KEY)[:15] in sql:
        raise ValueError(f"{what}: an argument stands in the statement itself")
    values = {_hashable(mark): place for place, mark in enumerate(marks) if _is_far(mark)}
    places: _Places = []
    for param in params:
        if not _is_far(param):
            places.append((-1, param))
        elif (place := values.get(_hashable(param))) is not None:
            # Django tells the driver the width of an integer by a type of its own.
            places.append((place, type(param) if isinstance(param, int) else _same))
        else:
            raise ValueError(f"{what}: {param} is worked out of an argument")
    return places


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _same(value: Any) -> Any:
    return value


def _filled(places: _Places, given: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(made if place < 0 else made(given[place]) for place, made in places)


class Statement:
    """A query of figures that every page asks, whose SQL is put together once for each shape and then only given its
    values: Django takes half a millisecond to three for that, each time anew.

    `ask` makes the query and asks it (an aggregate, a list of values). Integers, dates and moments among its arguments,
    and lists of integers (for `= ANY(…)`), are values; all others, and the kind of each, are the shape. A value must
    reach the query as it is: one that is worked out of an argument is an argument of its own, else `rows` raises
    ValueError.
    """

    MOST = 500

    def __init__(self, ask: Callable[..., object]) -> None:
        self._ask = ask
        self._known: dict[tuple[object, ...], tuple[str, _Places]] = {}

    def rows(self, *given: Any) -> list[tuple[Any, ...]]:
        """The rows; none where the query cannot have any. One query, or none."""
        shape = _shape(given)
        known = self._known.get(shape)
        if known is None:
            if len(self._known) >= self.MOST:
                self._known.clear()
            known = self._known[shape] = self._put_together(given)
        sql, places = known
        if not sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(places, given))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _put_together(self, given: Sequence[Any]) -> tuple[str, _Places]:
        marks = [_mark(one, place) for place, one in enumerate(given)]
        try:
            with connection.execute_wrapper(_catch):
                self._ask(*marks)
        except _Caught as caught:
            if connection.queries_logged:
                connection.queries_log.pop()  # it was not asked
            return caught.sql, _places(caught.sql, caught.params, marks, self._ask)
        return "", []


class Rows(Generic[M]):
    """As `Statement`, for rows that are instances of a model, with what `select_related`, `defer` and `annotate` add.

    `make` gives the query set, without prefetching. Kept by each thread for itself, since what Django makes of a query
    belongs to one connection.
    """

    MOST = 300

    def __init__(self, make: Callable[..., QuerySet[M]]) -> None:
        self._make = make
        self._local = local()

    def rows(self, *given: Any) -> list[M]:
        """The instances. One query, or none."""
        known: dict[tuple[object, ...], tuple[Any, Any, str, _Places]] = self._local.__dict__.setdefault("known", {})
        shape = _shape(given)
        kept = known.get(shape)
        if kept is None or kept[1].connection is not connections[connection.alias]:
            if len(known) >= self.MOST:
                known.clear()
            kept = known[shape] = self._put_together(given)
        found, compiler, sql, places = kept
        if not sql:
            return []
        compiler.as_sql = lambda *_args, **_kwargs: (sql, _filled(places, given))
        return list(found._iterable_class(found))

    def _put_together(self, given: Sequence[Any]) -> tuple[Any, Any, str, _Places]:
        marks = [_mark(one, place) for place, one in enumerate(given)]
        found: Any = self._make(*marks)
        compiler = found.query.get_compiler(using=connection.alias)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return found, compiler, "", []
        found.query.get_compiler = lambda *_args, **_kwargs: compiler
        return found, compiler, sql, _places(sql, params, marks, self._make)
