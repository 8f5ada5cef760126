"""An index from which the first page counts what has arrived."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = [
        ("agencies", "0004_person_reminders"),
        ("reports", "0002_guard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["to_agency", "due_on"], include=("state", "agency", "due_at"), name="report_standing"
            ),
        ),
    ]
