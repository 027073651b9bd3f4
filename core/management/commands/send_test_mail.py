"""`manage.py send_test_mail ADDRESS`: does mail leave, and how."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from core.mail import MailServerAway, send_now


class Command(BaseCommand):
    help = "Sends a test mail to ADDRESS at once, through MAIL_URL, and says what happened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *, address: str, **options: Any) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"“{address}” is not an e-mail address.") from None
        folder = getattr(settings, "EMAIL_FILE_PATH", None)
        way = f"the folder {folder}" if folder else f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        self.stdout.write(f"From {settings.DEFAULT_FROM_EMAIL}, through {way}…")
        try:
            send_now("test", address, {"at": timezone.now()}, language=settings.LANGUAGE_CODE)
        except MailServerAway as away:
            raise CommandError(f"The mail did not leave: {away.detail}") from None
        self.stdout.write(self.style.SUCCESS("The mail left."))
