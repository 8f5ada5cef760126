"""Nothing but the acts of the transition tables, proved in the ledger, changes a state here."""

from django.db import migrations

from langnghe.workflow.guard import guard_operation


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("workflow", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [
        guard_operation("reports_report", "report"),
    ]
