"""What the database itself holds of the ledger: rows are only ever added, and a new entry waits for its seal."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;
"""

PENDING = """
CREATE FUNCTION ledger_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_pendingseal (entry_id) SELECT id FROM fresh;
    RETURN NULL;
END $$;
DO $pin$
BEGIN
    EXECUTE format('ALTER FUNCTION %1$I.ledger_await_seal() SET search_path = %1$I, pg_temp', current_schema());
END $pin$;
CREATE TRIGGER ledger_await_seal AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_await_seal();
"""

# For each statement, not for each row: the trigger then costs an insert nothing.
APPEND_ONLY = ["ledger_entry", "ledger_seal", "ledger_sealmember", "ledger_readlog"]


def refuse(table: str, events: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE {events} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION ledger_refuse();"),
        migrations.RunSQL(
            PENDING, "DROP TRIGGER ledger_await_seal ON ledger_entry; DROP FUNCTION ledger_await_seal();"
        ),
        *(refuse(table, "UPDATE OR DELETE OR TRUNCATE") for table in APPEND_ONLY),
        # A salt can be deleted, one subject at a time; that is how a value is erased.
        refuse("ledger_salt", "UPDATE OR TRUNCATE"),
    ]
