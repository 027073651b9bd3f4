from django.conf import settings
from django.db import migrations, models

ATTENTION = [
    ("suivre", "Everything"),
    ("participe", "The threads in which I write"),
    ("mentions", "Only what mentions me"),
    ("silence", "Silence"),
]
DELIVERY = [
    ("chaque", "Every message"),
    ("premier", "The first unread message only"),
    ("jour", "A daily digest"),
    ("semaine", "A weekly digest"),
    ("rien", "Nothing"),
]
MAIL = {"suivis": "chaque", "rien": "rien"}


def gather(apps, schema_editor):
    """What was said with `following` and in the mail preferences, in the one table."""
    Subscription = apps.get_model("notifications", "Subscription")
    MailPreference = apps.get_model("notifications", "MailPreference")
    Subscription.objects.filter(following=False).update(attention="silence", by_hand=True)
    rows = [
        Subscription(
            user_id=said.user_id,
            kind="" if said.space_id is None else "space",
            object_id=said.space_id or 0,
            attention="",
            mail=MAIL[said.mode],
            by_hand=True,
        )
        for said in MailPreference.objects.all().iterator()
    ]
    Subscription.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="attention",
            field=models.CharField(blank=True, choices=ATTENTION, default="suivre", max_length=10),
        ),
        migrations.AddField(
            model_name="subscription",
            name="mail",
            field=models.CharField(blank=True, choices=DELIVERY, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="subscription",
            name="kind",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.RunPython(gather, migrations.RunPython.noop, elidable=False),
    ]
