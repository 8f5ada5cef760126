"""Who was told of a reminder, and the reminder of the last day's morning."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table, and a value of a column."""

    dependencies = [
        ("worktime", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("digest", models.BooleanField(default=False)),
                ("told_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="reminder",
            name="reminder_step",
        ),
        migrations.AlterField(
            model_name="reminder",
            name="step",
            field=models.CharField(
                choices=[
                    ("half", "Đã qua nửa thời hạn"),
                    ("eighty", "Đã qua 80% thời hạn"),
                    ("today", "Ngày làm việc cuối của thời hạn"),
                    ("due", "Đến hạn"),
                    ("overdue", "Quá hạn"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["half", "eighty", "today", "due", "overdue"])), name="reminder_step"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="reminder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="worktime.reminder"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("dropped_at", None), ("told_at", None)), fields=["person_id"], name="notice_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("reminder", "person_id"), name="notice_once"),
        ),
    ]
