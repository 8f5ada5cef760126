"""Nothing but the transition table's acts, proved in the ledger, changes a case's state."""

from django.db import migrations

from langnghe.workflow.guard import guard_operation


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("workflow", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [guard_operation("cases_case", "case")]
