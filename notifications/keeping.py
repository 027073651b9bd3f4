"""How long a mail that came in is kept."""

from datetime import timedelta

from django.utils import timezone

from core import files
from core.models import StoredFile
from core.schedule import daily
from notifications.models import IncomingMail

KEPT = timedelta(days=30)


@daily(hour=3, name="notifications.forget_originals")
def forget_originals() -> None:
    """Erase the originals after a month, and the rows of what was refused. What was taken out of a
    published mail stays with it, for its author."""
    old = IncomingMail.objects.filter(received_at__lt=timezone.now() - KEPT)
    originals = old.exclude(original=None).values("original_id")
    files.remove(
        StoredFile.objects.filter(pk__in=list(originals.values_list("original_id", flat=True)))
    )
    old.exclude(error="").delete()
