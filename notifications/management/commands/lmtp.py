"""`manage.py lmtp`: takes mails from the mail server in front, until it is asked to stop."""

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.incoming import lmtp


class Command(BaseCommand):
    help = "Runs an LMTP server that takes in the mails of ANCRAGE_MAIL_DOMAIN (SIGTERM to stop)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8024, help="on which port (8024)")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not settings.MAIL_DOMAIN:
            raise CommandError("Give ANCRAGE_MAIL_DOMAIN: without it no mail is received.")
        try:
            asyncio.run(self._serve(host, port))
        except OSError as error:
            raise CommandError(f"Nothing can listen on {host}:{port}: {error.strerror}.") from None

    async def _serve(self, host: str, port: int) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with await lmtp.serve(host, port) as server:
            where = server.sockets[0].getsockname()
            self.stdout.write(f"LMTP for {settings.MAIL_DOMAIN} on {where[0]}:{where[1]}")
            self.stdout.flush()
            await stop.wait()
