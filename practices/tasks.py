"""The background tasks of the directory: they only wake what waits in its rows."""

from django_tasks import task

from core import leases, schedule
from core.tasks import enqueue
from practices import booklets
from practices.models import Booklet


@task()
def make_booklets() -> None:
    """Make one booklet; the next ones in their turn."""
    if not leases.stopping.is_set() and booklets.make_next():
        enqueue("practices.tasks.make_booklets")


@schedule.every(minutes=5, name="practices.make_booklets")
def wake_booklets() -> None:
    """Wake what a lost task or a killed worker left waiting."""
    if Booklet.objects.filter(state=Booklet.State.WAITING).exists():
        enqueue("practices.tasks.make_booklets")
