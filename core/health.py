"""`GET /sante/`: is the house standing, and does anything need somebody's hand.

Monitors get one word. An administrator who is signed in gets what is behind it.
"""

import shutil
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, storages
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import events, leases, schedule
from core.mail import outbox
from core.models import OutboxEvent, OutgoingMail, Schedule, StoredFile

EVENTS_LATE = timedelta(minutes=5)
MAILS_LATE = timedelta(minutes=15)
WORKER_SILENT = timedelta(seconds=90)
RECENT = timedelta(days=1)
DISK_FREE_MIN = 500_000_000
# The address was wrong or the mailbox is gone: nothing of ours to repair.
NOT_OUR_FAULT = ("smtplib.SMTPRecipientsRefused", "smtplib.SMTPDataError")


@dataclass(frozen=True)
class Finding:
    """What one check saw; `detail` is a figure, a date or a class name, never a content."""

    ok: bool
    detail: str | int = ""


def events_finding() -> Finding:
    return _age(leases.due(events.waiting()), EVENTS_LATE)


def failed_events_finding() -> Finding:
    failed = OutboxEvent.objects.exclude(failed_at=None)
    return Finding(
        not failed.filter(failed_at__gt=timezone.now() - RECENT).exists(), failed.count()
    )


def mails_finding() -> Finding:
    return _age(leases.due(outbox.waiting()), MAILS_LATE)


def failed_mails_finding() -> Finding:
    failed = OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED)
    recent = failed.filter(not_before__gt=timezone.now() - RECENT)
    return Finding(not recent.exclude(last_error__in=NOT_OUR_FAULT).exists(), failed.count())


def mail_server_finding() -> Finding:
    row = Schedule.objects.filter(name=outbox.SERVER).first()
    away = row is not None and row.leased_until is not None and row.leased_until > timezone.now()
    return Finding(not away, row.last_error if row is not None and away else "")


def worker_finding() -> Finding:
    last = (
        Schedule.objects.filter(name=schedule.WORKER).values_list("last_run_at", flat=True).first()
    )
    if last is None:
        return Finding(False, "never")
    return Finding(last > timezone.now() - WORKER_SILENT, last.isoformat(timespec="seconds"))


def duties_finding() -> Finding:
    names = [duty.name for duty in schedule.duties()]
    failing = Schedule.objects.filter(name__in=names).exclude(last_error="")
    return Finding(not failing, ", ".join(sorted(failing.values_list("name", flat=True))))


def cache_finding() -> Finding:
    word = uuid.uuid4().hex
    cache.set("health", word, timeout=30)
    return Finding(cache.get("health") is not None)


def disk_finding() -> Finding:
    free = shutil.disk_usage(settings.HOME).free
    return Finding(free > DISK_FREE_MIN, free)


def storage_finding() -> Finding:
    """Whether files can be kept: a folder is written to, a remote store is asked."""
    storage = storages["private"]
    if not isinstance(storage, FileSystemStorage):
        storage.exists("sante")
        return Finding(True)
    folder = Path(storage.location)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    probe = folder / f".sante-{uuid.uuid4().hex}"
    try:
        probe.write_bytes(b"ok")
    finally:
        probe.unlink(missing_ok=True)
    return Finding(True)


def files_finding() -> Finding:
    """Whether every file that was read again is what was kept."""
    damaged = StoredFile.objects.exclude(damage="").count()
    return Finding(not damaged, damaged)


FINDINGS: dict[str, Callable[[], Finding]] = {
    "events_waiting": events_finding,
    "events_failed": failed_events_finding,
    "mails_waiting": mails_finding,
    "mails_failed": failed_mails_finding,
    "mail_server": mail_server_finding,
    "worker": worker_finding,
    "duties": duties_finding,
    "cache": cache_finding,
    "disk_free": disk_finding,
    "storage": storage_finding,
    "files": files_finding,
}


def _age(rows: Any, limit: timedelta) -> Finding:
    """How long the oldest of these rows has been due, in seconds."""
    oldest: datetime | None = (
        rows.order_by("not_before").values_list("not_before", flat=True).first()
    )
    if oldest is None:
        return Finding(True, 0)
    late = timezone.now() - oldest
    return Finding(late <= limit, int(late.total_seconds()))


def look(check: Callable[[], Finding]) -> Finding:
    """The finding; a check that itself fails is a bad one, under the name of its error."""
    try:
        return check()
    except Exception as error:
        return Finding(False, leases.error_name(error))


def database_answers() -> bool:
    try:
        Schedule.objects.exists()
    except Error:
        connection.close()
        return False
    return True


def _is_administrator(request: HttpRequest) -> bool:
    """Whether a superuser is signed in, asked of the session itself: it may be what is broken."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    try:
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        user = get_user(request)
        return user.is_active and user.is_superuser
    except Exception:
        return False


@login_not_required
@never_cache
@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """503 `down` when the database is away; otherwise 200, `ok` or `degraded`."""
    if not database_answers():
        return JsonResponse({"status": "down"}, status=503)
    findings = {name: look(check) for name, check in FINDINGS.items()}
    answer: dict[str, Any] = {
        "status": "ok" if all(finding.ok for finding in findings.values()) else "degraded"
    }
    if _is_administrator(request):
        answer["details"] = {name: asdict(finding) for name, finding in findings.items()}
    return JsonResponse(answer)
