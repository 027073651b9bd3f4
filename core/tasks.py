"""The background tasks of the house, and what recurs in it.

The task queue (`TASKS_URL`: the database, or Redis) only carries wakes: what is to be done is in
the outbox and in the mail queue, leased row by row. A task that is lost costs a few seconds.
"""

import logging
from datetime import timedelta

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connections, router
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from core import events, leases, mail, schedule
from core.models import OutboxEvent, OutgoingMail

logger = logging.getLogger(__name__)

# One task handles this many rows, then lets the others have their turn.
SLICE = 100
KEPT = timedelta(days=30)
KEPT_FAILED = timedelta(days=90)


@task()
def drain_outbox() -> None:
    """Hand waiting events to their handlers."""
    if events.drain(limit=SLICE) == SLICE:
        enqueue("core.tasks.drain_outbox")


@task()
def deliver_mail() -> None:
    """Send waiting mails."""
    if mail.deliver(limit=SLICE) == SLICE:
        enqueue("core.tasks.deliver_mail")


def enqueue(task_path: str) -> None:
    """Put a task without arguments in the queue. A queue that is away is logged, not raised:
    what was asked is in the database, and the tick finds it."""
    try:
        import_string(task_path).enqueue()
    except Exception as error:
        logger.warning("%s was not enqueued: %s", task_path, leases.error_name(error))


def tick() -> None:
    """What the worker does every few seconds whatever the queue says."""
    schedule.beat()
    drain_outbox.func()
    deliver_mail.func()
    schedule.run_due()


@schedule.daily(hour=3, name="core.prune")
def prune() -> None:
    """Forget what is over: events and mails after 30 days (90 for those that failed), sessions
    and cache rows once they have expired."""
    State = OutgoingMail.State
    old, very_old = timezone.now() - KEPT, timezone.now() - KEPT_FAILED
    OutboxEvent.objects.filter(Q(done_at__lt=old) | Q(failed_at__lt=very_old)).delete()
    OutgoingMail.objects.filter(
        Q(state__in=(State.SENT, State.CANCELLED), not_before__lt=old)
        | Q(state=State.FAILED, not_before__lt=very_old)
    ).delete()
    call_command("clearsessions")
    forget_expired_cache()


def forget_expired_cache() -> None:
    """Delete the expired rows of a cache kept in the database, which only deletes what it reads."""
    cache = caches["default"]
    if not isinstance(cache, DatabaseCache):
        return
    connection = connections[router.db_for_write(cache.cache_model_class)]
    table = connection.ops.quote_name(cache.cache_model_class._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE expires < %s",  # noqa: S608 (a quoted name of ours)
            [connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))],
        )
