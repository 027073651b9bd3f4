"""One draft a window instead of one a place."""

import uuid

from django.conf import settings
from django.db import migrations, models


def give_sheets(apps, schema_editor):
    """Each draft that is there gets a sheet of its own."""
    for draft in apps.get_model("forums", "Draft").objects.only("pk").iterator():
        type(draft).objects.filter(pk=draft.pk).update(sheet=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = (
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("forums", "0003_moving"),
    )

    operations = (
        migrations.RemoveConstraint(model_name="draft", name="draft_one_a_thread"),
        migrations.RemoveConstraint(model_name="draft", name="draft_one_new_thread"),
        migrations.AddField(
            model_name="draft",
            name="sheet",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name="draft",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(give_sheets, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("user", "sheet"), name="draft_one_a_sheet"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["user", "thread"], name="draft_by_place"),
        ),
    )
