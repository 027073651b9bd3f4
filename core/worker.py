"""The worker: one process that runs the tasks and keeps the clock."""

import logging
import signal
import time
import traceback
from datetime import timedelta
from types import FrameType
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus, task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from core import leases, tasks

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
TICK_SECONDS = 15.0
# How long a task may run before another worker takes it for lost.
LEASE = timedelta(minutes=15)
KEPT_SUCCESS = timedelta(days=1)
KEPT_FAILURE = timedelta(days=30)
LONGEST_PAUSE = 30.0


class Queue(Protocol):
    """Where tasks come from."""

    def work_one(self) -> bool:
        """Run one waiting task; False when there is none."""

    def upkeep(self) -> None:
        """Take back what a dead worker held; forget what is done."""


class DatabaseQueue:
    """The queue kept by django-tasks-db, with what it lacks: leases, retries, silence.

    Its own worker stores whole tracebacks, whose messages may quote what a person wrote.
    """

    def __init__(self, worker_id: str) -> None:
        self.worker_id = worker_id

    def work_one(self) -> bool:
        row = self._claim()
        if row is None:
            return False
        try:
            row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        except (OperationalError, InterfaceError):
            # The database went away with the task's outcome: the lease brings it back.
            raise
        except Exception as error:
            self._failed(row, error)
        else:
            row.set_successful(None)
        return True

    def _claim(self) -> DBTaskResult | None:
        waiting = DBTaskResult.objects.ready()
        with exclusive_transaction(waiting.db):
            row = waiting.get_locked()
            if row is not None:
                row.claim(self.worker_id)
        return row

    def _failed(self, row: DBTaskResult, error: Exception) -> None:
        """Try again later, or give up; of the error its class and its lines are kept."""
        name = leases.error_name(error)
        row.exception_class_path = name
        row.traceback = "".join(traceback.format_tb(error.__traceback__))
        later = leases.next_try(len(row.worker_ids))
        if later is not None:
            logger.warning("task %s failed with %s", row.task_path, name)
            row.status, row.run_after = TaskResultStatus.READY, later
        else:
            logger.error("task %s is given up: %s", row.task_path, name)
            row.status, row.finished_at = TaskResultStatus.FAILED, timezone.now()
        row.save()

    def upkeep(self) -> None:
        now = timezone.now()
        for row in DBTaskResult.objects.running().filter(started_at__lt=now - LEASE):
            lost = DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)
            if leases.worn_out(len(row.worker_ids) + 1):
                lost.update(
                    status=TaskResultStatus.FAILED,
                    finished_at=now,
                    exception_class_path="WorkerKilled",
                )
            else:
                lost.update(status=TaskResultStatus.READY, run_after=now)
        DBTaskResult.objects.filter(
            Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEPT_SUCCESS)
            | Q(status=TaskResultStatus.FAILED, finished_at__lt=now - KEPT_FAILURE)
        ).delete()


def configured_queue(worker_id: str) -> Queue:
    """The queue that `TASKS_URL` asks for."""
    if isinstance(task_backends["default"], DatabaseBackend):
        return DatabaseQueue(worker_id)
    from core.worker_redis import RedisQueue

    return RedisQueue(worker_id)


class Worker:
    """The loop: a task if there is one, the tick when it is time, otherwise a nap.

    It outlives its database and its queue: while one is away it waits, longer each time.
    """

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.next_tick = 0.0
        self.asked = 0

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Finish what is in hand, then end. Asked a second time, end now."""
        self.asked += 1
        leases.stopping.set()
        if self.asked > 1:
            raise SystemExit(1)

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def run(self) -> None:
        """Work until asked to stop."""
        pause = 0.0
        while not leases.stopping.is_set():
            try:
                worked = self.step()
                pause = 0.0 if worked else POLL_SECONDS
            except Exception as error:
                if not self._is_outage(error):
                    raise
                pause = min(max(pause, POLL_SECONDS) * 2, LONGEST_PAUSE)
                logger.warning("%s: trying again in %d s", leases.error_name(error), pause)
                connections.close_all()
            if pause:
                leases.stopping.wait(pause)

    def run_once(self) -> None:
        """Do everything that is due, then end."""
        tasks.tick()
        while not leases.stopping.is_set() and self.queue.work_one():
            pass

    def step(self) -> bool:
        close_old_connections()
        if time.monotonic() >= self.next_tick:
            self.next_tick = time.monotonic() + TICK_SECONDS
            tasks.tick()
            self.queue.upkeep()
        return self.queue.work_one()

    @staticmethod
    def _is_outage(error: Exception) -> bool:
        """Whether what we lean on went away: the database or, where it is one, Redis."""
        outages: tuple[Any, ...] = (OperationalError, InterfaceError, ConnectionError, TimeoutError)
        return isinstance(error, outages) or type(error).__module__.startswith("redis.")
