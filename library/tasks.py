"""The background tasks of the library: they only wake what waits in its rows."""

from django_tasks import task

from core import leases, schedule
from core.tasks import enqueue
from library import reading

Reading = reading.Reading
# One task reads this many files, then lets the others have their turn.
SLICE = 5


@task()
def read_versions() -> None:
    """Read the files that wait."""
    for _turn in range(SLICE):
        if leases.stopping.is_set() or not reading.read_next():
            break
    else:
        enqueue("library.tasks.read_versions")
    if reading.waiting(Reading.RECOGNISING):
        enqueue("library.tasks.recognise_versions")


@task()
def recognise_versions() -> None:
    """Recognise some pages that are pictures; the rest in its turn."""
    if not leases.stopping.is_set() and reading.recognise_next():
        enqueue("library.tasks.recognise_versions")


@schedule.every(minutes=5, name="library.read_versions")
def wake_readings() -> None:
    """Wake what a lost task, a pause or a killed worker left waiting."""
    if reading.waiting(Reading.WAITING):
        enqueue("library.tasks.read_versions")
    if reading.waiting(Reading.RECOGNISING):
        enqueue("library.tasks.recognise_versions")
