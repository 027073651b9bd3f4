"""The queue when `TASKS_URL` is Redis: django-tasks-rq, run by our own loop in this process."""

from typing import Any

import django_rq
from django_tasks_rq.backend import Job
from rq import SimpleWorker

from core import leases


class QuietWorker(SimpleWorker):
    """Runs jobs in this process and keeps no message of an error, which may quote a person."""

    def handle_exception(self, job: Any, *exc_info: Any) -> None:
        _kind, error, _frames = exc_info
        self.log.warning("task %s failed with %s", job.func_name, leases.error_name(error))

    def handle_job_failure(self, job: Any, queue: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs["exc_string"] = ""
        return super().handle_job_failure(job, queue, **kwargs)


class RedisQueue:
    """RQ keeps its own registers of what runs and what failed, and takes back what was lost.

    Its own loop is left aside: it would want the signals, and it swallows an outage of Redis.
    """

    def __init__(self, worker_id: str) -> None:
        queues = django_rq.queues.get_queues("default", job_class=Job)
        self.worker = QuietWorker(
            queues, connection=queues[0].connection, job_class=Job, name=worker_id
        )
        self.born = False

    def work_one(self) -> bool:
        if not self.born:
            self.worker.register_birth()
            self.born = True
        found = self.worker.queue_class.dequeue_any(
            self.worker.queues, None, connection=self.worker.connection, job_class=Job
        )
        if found is None:
            return False
        self.worker.execute_job(*found)
        return True

    def upkeep(self) -> None:
        if self.born:
            self.worker.heartbeat()
            self.worker.clean_registries()
