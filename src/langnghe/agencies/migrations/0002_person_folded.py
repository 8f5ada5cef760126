"""People are found by what they are called, with or without diacritics."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from langnghe.texts import fold


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Fold what is there."""
    person = apps.get_model("agencies", "Person")
    rows = list(person.objects.all())
    for row in rows:
        row.folded = fold(f"{row.full_name} {row.username} {row.title} {row.email} {row.phone}")[:400]
    person.objects.bulk_update(rows, ["folded"], batch_size=500)


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("agencies", "0001_initial")]
    operations = [
        migrations.AddField("person", "folded", models.CharField(default="", editable=False, max_length=400)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
