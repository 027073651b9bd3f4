from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practices", "0001_room")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="thanks_count",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
