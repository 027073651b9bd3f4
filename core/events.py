"""Something happened: said inside the transaction, heard by the worker.

`emit` writes a row in the caller's transaction (a transactional outbox): what is committed is
heard, what is rolled back never was. Upper rooms register handlers in their `AppConfig.ready()`
with `@on`; the worker runs them, each in its own transaction. What must be true in the very
same transaction is a `@hook`.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import leases
from core.models import OutboxEvent

Handler = Callable[[dict[str, Any]], None]
Hook = Callable[..., None]

logger = logging.getLogger(__name__)
CODE_LENGTH = 80
_handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
_hooks: dict[str, dict[str, Hook]] = defaultdict(dict)


class OutsideTransaction(RuntimeError):
    """The caller is not in `transaction.atomic()`: the event could be lost, or be untrue."""


def _key(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def on(name: str) -> Callable[[Handler], Handler]:
    """Register a handler of the events called `name`.

    A handler runs in the worker, after the commit, in its own transaction, and may run again
    after a failure: what it does outside the database must bear being done twice. It receives
    identifiers and looks the rows up, which may have changed or gone since.
    """

    def register(function: Handler) -> Handler:
        _handlers[name][_key(function)] = function
        return function

    return register


def hook(name: str) -> Callable[[Hook], Hook]:
    """Register a function that `run_hooks(name)` calls at once, in the same transaction."""

    def register(function: Hook) -> Hook:
        _hooks[name][_key(function)] = function
        return function

    return register


def _require_transaction(name: str) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction(
            f"“{name}” was announced outside transaction.atomic(): decorate the service with it."
        )


def emit(name: str, /, **payload: Any) -> None:
    """Announce that `name` happened; `payload` holds identifiers, never a text or a token.

    Raises `OutsideTransaction` when there is no transaction to share the fate of, `TypeError`
    for a value that is no identifier: the outbox is kept for weeks.
    """
    _require_transaction(name)
    for key, value in payload.items():
        if not _is_identifier(value):
            raise TypeError(f"“{name}” takes identifiers only: {key} is not one.")
    OutboxEvent.objects.create(name=name, payload=payload, not_before=timezone.now())
    wake("core.tasks.drain_outbox")


def _is_identifier(value: Any) -> bool:
    """A number, a short code, or a list of them."""
    if isinstance(value, list | tuple):
        return all(_is_identifier(one) for one in value)
    if isinstance(value, str):
        return len(value) <= CODE_LENGTH
    return value is None or isinstance(value, int)


def run_hooks(name: str, /, **kwargs: Any) -> None:
    """Call every hook of `name` now. An error in one undoes the whole transaction."""
    _require_transaction(name)
    for function in _hooks[name].values():
        function(**kwargs)


def wake(task_path: str) -> None:
    """Enqueue the task once the transaction is committed, once however often it is asked.

    A wake that is lost costs a few seconds: the worker's tick looks at the queues anyway.
    """
    if any(getattr(entry[1], "wakes", "") == task_path for entry in connection.run_on_commit):
        return

    def enqueue() -> None:
        from core import tasks

        tasks.enqueue(task_path)

    enqueue.wakes = task_path  # type: ignore[attr-defined]
    transaction.on_commit(enqueue, robust=True)


def waiting() -> Any:
    """The events that are neither done nor given up."""
    return OutboxEvent.objects.filter(done_at=None, failed_at=None)


def drain(limit: int = 200) -> int:
    """Hand the due events to their handlers, oldest first; answer how many were taken."""
    taken = 0
    while taken < limit and not leases.stopping.is_set():
        event = leases.take_one(waiting())
        if event is None:
            break
        taken += 1
        if leases.worn_out(event.attempts):
            _settle(event, ["WorkerKilled"])
        else:
            _settle(event, [_run(event, key) for key in _handlers[event.name]])
    return taken


def _run(event: OutboxEvent, key: str) -> str:
    """Run one handler unless it already ran; answer the class of its error, or nothing.

    That it ran is written in the handler's own transaction: both are true or none is.
    """
    try:
        with transaction.atomic():
            row = OutboxEvent.objects.select_for_update().get(pk=event.pk)
            if key not in row.handled:
                _handlers[event.name][key](dict(row.payload))
                OutboxEvent.objects.filter(pk=row.pk).update(handled=[*row.handled, key])
    except Exception as error:
        name = leases.error_name(error)
        logger.warning("event %s #%s: %s failed with %s", event.name, event.pk, key, name)
        return name
    return ""


def _settle(event: OutboxEvent, errors: list[str]) -> None:
    """Write the outcome: done, to be tried again later, or given up."""
    now = timezone.now()
    changes: dict[str, Any] = {"leased_until": None}
    error = next(filter(None, errors), "")
    if not error:
        changes |= {"done_at": now, "last_error": ""}
    elif (later := leases.next_try(event.attempts, now)) is not None:
        changes |= {"not_before": later, "last_error": error}
    else:
        changes |= {"failed_at": now, "last_error": error}
        logger.error("event %s #%s is given up: %s", event.name, event.pk, error)
    OutboxEvent.objects.filter(pk=event.pk).update(**changes)
