"""`manage.py worker`: runs the background tasks and the clock, until it is asked to stop."""

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.worker import Worker, configured_queue


class Command(BaseCommand):
    help = "Runs the background tasks, the mail queue and the clock (Ctrl-C or SIGTERM to stop)."
    # The web process checks the whole project; the worker starts at once after a crash.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do everything that is due now, then end"
        )

    def handle(self, *, once: bool, **options: Any) -> None:
        name = f"{socket.gethostname()[:40]}-{os.getpid()}"
        worker = Worker(configured_queue(name))
        worker.listen()
        if once:
            worker.run_once()
        else:
            worker.run()
