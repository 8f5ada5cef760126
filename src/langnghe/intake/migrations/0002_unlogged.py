"""Counters need not survive a crash: an unlogged table lets one address count without waiting for the disk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE intake_throttle SET UNLOGGED", "ALTER TABLE intake_throttle SET LOGGED"),
    ]
