"""How a person is reminded: one mail a morning, or one for each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [
        ("agencies", "0003_person_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="reminders",
            field=models.CharField(
                choices=[
                    ("digest", "Một thư tổng hợp mỗi buổi sáng"),
                    ("single", "Mỗi việc một thư, ngay khi đến mốc nhắc"),
                ],
                db_default="digest",
                default="digest",
                max_length=8,
            ),
        ),
    ]
