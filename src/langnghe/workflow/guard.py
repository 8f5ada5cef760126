"""The guard that the database keeps over the state of a subject.

A room that has a transition table puts `guard_operation("cases_case", "case")` into a migration that depends on the
first migrations of `workflow` and `ledger`. From then on, whatever statement reaches the table (a service, an
administrator's SQL, a script):

- a row comes into being only in an initial state, by an act that the table allows from the start;
- its state, its last act and its version change only together: (old state, act, new state) is an edge of the table,
  and the version grows by one. An act that leaves the state as it is, is an edge from the state to itself;
- when the transaction commits, the ledger holds an entry of this kind, subject and act written in this very
  transaction. So a change of state without a proof cannot be committed, nor one that goes past the services.

An act that does not touch these three columns (a corrected address, a note) is not seen by the guard.

The functions find their tables in the schema that they are created in and nowhere else, so that a temporary table of
the same name deceives nobody. `pg_dump` writes triggers after the data: a restore does not fire them. A restore of
data alone needs `--disable-triggers`.
"""

from __future__ import annotations

import re

from django.db.migrations.operations import RunSQL

__all__ = ["guard_operation", "guard_sql", "unguard_sql"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")

_GUARD = """
CREATE OR REPLACE FUNCTION {table}_guard_edge() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    origin text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        origin := OLD.{state};
        IF NEW.{version} IS DISTINCT FROM OLD.{version} + 1 THEN
            RAISE EXCEPTION '{kind} % may not go from version % to %', OLD.id, OLD.{version}, NEW.{version}
                USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = '{table}_guard_version',
                HINT = 'An act changes state, last act and version together, the version by one.';
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT FROM workflow_workflowedge edge
        WHERE edge.kind = '{kind}' AND edge.source = origin AND edge.act = NEW.{act} AND edge.target = NEW.{state}
    ) THEN
        RAISE EXCEPTION '{kind} %: act "%" does not lead from "%" to "%"', NEW.id, NEW.{act}, origin, NEW.{state}
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = '{table}_guard_edge',
            HINT = 'The transition table of {kind} has no such row.';
    END IF;
    RETURN NEW;
END $guard$;

CREATE OR REPLACE FUNCTION {table}_guard_proof() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry entry
        WHERE entry.kind = '{kind}' AND entry.subject_id = NEW.id AND entry.act = NEW.{act}
          AND entry.txid = pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION '{kind} %: act "%" is not in the ledger of this transaction', NEW.id, NEW.{act}
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = '{table}_guard_proof',
            HINT = 'Acts are done by services, which write the ledger.';
    END IF;
    RETURN NULL;
END $guard$;

DO $pin$
BEGIN
    EXECUTE format('ALTER FUNCTION %1$I.{table}_guard_edge() SET search_path = %1$I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION %1$I.{table}_guard_proof() SET search_path = %1$I, pg_temp', current_schema());
END $pin$;

CREATE TRIGGER {table}_guard_birth BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_guard_edge();
CREATE TRIGGER {table}_guard_change BEFORE UPDATE ON {table}
    FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_guard_edge();
CREATE CONSTRAINT TRIGGER {table}_guard_birth_proof AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION {table}_guard_proof();
CREATE CONSTRAINT TRIGGER {table}_guard_change_proof AFTER UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_guard_proof();
"""

_UNGUARD = """
DROP TRIGGER IF EXISTS {table}_guard_change_proof ON {table};
DROP TRIGGER IF EXISTS {table}_guard_birth_proof ON {table};
DROP TRIGGER IF EXISTS {table}_guard_change ON {table};
DROP TRIGGER IF EXISTS {table}_guard_birth ON {table};
DROP FUNCTION IF EXISTS {table}_guard_proof();
DROP FUNCTION IF EXISTS {table}_guard_edge();
"""


def _fill(template: str, **names: str) -> str:
    for name in names.values():
        if not _NAME.match(name):
            raise ValueError(f"{name!r} is not a plain name")
    if len(names["table"]) > 40:
        raise ValueError(f"{names['table']!r} is too long for the names of its triggers")
    changed = " OR ".join(
        f"OLD.{names[column]} IS DISTINCT FROM NEW.{names[column]}" for column in ("state", "act", "version")
    )
    return template.format(**names, changed=changed)


def guard_sql(table: str, kind: str, *, state: str = "state", act: str = "last_act", version: str = "version") -> str:
    """The SQL that puts the guard on `table`, whose rows are subjects of this kind. ValueError for odd names.

    The table's key is `id`; `state`, `act` and `version` name its columns. Running it again after a change of this
    module needs `unguard_sql` first.
    """
    return _fill(_GUARD, table=table, kind=kind, state=state, act=act, version=version)


def unguard_sql(table: str) -> str:
    """The SQL that takes the guard off `table`."""
    return _fill(_UNGUARD, table=table, state="state", act="act", version="version")


def guard_operation(
    table: str, kind: str, *, state: str = "state", act: str = "last_act", version: str = "version"
) -> RunSQL:
    """`guard_sql` and its reverse as one operation of a migration."""
    return RunSQL(guard_sql(table, kind, state=state, act=act, version=version), unguard_sql(table))
