from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practices", "0001_room"),
    ]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="awaits_opening",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
