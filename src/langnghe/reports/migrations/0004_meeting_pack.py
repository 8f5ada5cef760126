"""The packs of meetings as they were frozen: rows are only ever added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION reports_keep_pack() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: a frozen pack stays as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER reports_meetingpack_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reports_meetingpack
    FOR EACH STATEMENT EXECUTE FUNCTION reports_keep_pack();
"""
UNDO = """
DROP TRIGGER reports_meetingpack_append_only ON reports_meetingpack;
DROP FUNCTION reports_keep_pack();
"""


class Migration(migrations.Migration):
    """One table, and what the database holds of it."""

    dependencies = [
        ("reports", "0003_report_standing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MeetingPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("contents", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packs", to="reports.meeting"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["meeting", "-number"],
                "constraints": [models.UniqueConstraint(fields=("meeting", "number"), name="meeting_pack_once")],
            },
        ),
        migrations.RunSQL(REFUSE, UNDO),
    ]
