"""`manage.py receive_mail < message`: takes in one mail, as a mail server's pipe gives it."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from notifications.incoming.receiving import receive


class Command(BaseCommand):
    help = "Takes in the mail of the standard input. Ends with 75 when it is to be brought again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default="", help="the recipient, when the envelope says it")
        parser.add_argument("--sender", default=None, help="the sender of the envelope")

    def handle(self, *, to: str, sender: str | None, **options: Any) -> None:
        if not settings.MAIL_DOMAIN:
            raise CommandError("Give ANCRAGE_MAIL_DOMAIN: without it no mail is received.")
        # One byte more than is allowed is enough to know that it is too large.
        raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
        try:
            outcomes = receive(raw, to=to, envelope_sender=sender)
        except (DatabaseError, OSError) as error:
            raise CommandError("Not now: try again.", returncode=os.EX_TEMPFAIL) from error
        for outcome in outcomes:
            self.stdout.write(outcome.error or f"taken: {outcome.obj or ', '.join(outcome.notes)}")
