"""The table of `Ask` goes to the forums, with its rows (forums.0054 takes it)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Ask", "forums_ask")],
            state_operations=[migrations.DeleteModel("Ask")],
        )
    ]
