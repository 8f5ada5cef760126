"""A password that must be changed, and a way to end every session of a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns."""

    dependencies = [("agencies", "0002_person_folded")]
    operations = [
        migrations.AddField(
            "person",
            "must_change_password",
            models.BooleanField(default=False, help_text="the password came from somebody else"),
        ),
        migrations.AddField(
            "person",
            "session_epoch",
            models.PositiveIntegerField(default=0, help_text="raised to end every session of the person"),
        ),
    ]
