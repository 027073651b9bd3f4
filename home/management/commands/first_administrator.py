"""Make the first administrator of a new installation, who will name the others from the admin."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.people import create_account
from core import log
from core.errors import Refused


@transaction.atomic
def create_administrator(
    *, email: str, first_name: str, last_name: str, password: str, animates: bool
) -> User:
    """An administrator with a password, who animates the community too when `animates`.

    Raises `ValidationError` for an address or a password that will not do, and
    `accounts.services.people.AddressTaken`.
    """
    validate_email(email)
    validate_password(password, User(email=email, first_name=first_name, last_name=last_name))
    user = create_account(
        email=email,
        first_name=first_name,
        last_name=last_name,
        organisation=None,
        role=User.Role.ANIMATION if animates else User.Role.MEMBER,
        by=None,
    )
    user.is_superuser = True
    user.set_password(password)
    user.save(update_fields=["is_superuser", "password"])
    log.record("administrator.created", user)
    return user


class Command(BaseCommand):
    help = "Creates the first administrator; does nothing when there is one already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email")
        parser.add_argument("--first-name")
        parser.add_argument("--last-name")
        parser.add_argument(
            "--no-animation", action="store_true", help="administers, but does not animate"
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="reads the password from the first line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            return
        if options["password_stdin"]:
            self.create(self.given(options))
        elif sys.stdin.isatty():
            self.ask(options)
        else:
            self.explain()

    def given(self, options: dict[str, Any]) -> dict[str, Any]:
        names = ("email", "first_name", "last_name")
        missing = [f"--{name.replace('_', '-')}" for name in names if not options[name]]
        if missing:
            raise CommandError(_("Also give %(options)s.") % {"options": ", ".join(missing)})
        return {name: options[name] for name in names} | {
            "password": sys.stdin.readline().rstrip("\r\n"),
            "animates": not options["no_animation"],
        }

    def ask(self, options: dict[str, Any]) -> None:
        """Ask until what was answered will do; Ctrl-C gives up and creates nothing."""
        self.stdout.write("\n" + _("This community has no administrator yet. Who are you?"))
        self.stdout.write(_("The password:"))
        for rule in password_validators_help_texts():
            self.stdout.write(f"  - {rule}")
        while True:
            answers = {
                "email": options["email"] or input(_("E-mail") + " > ").strip(),
                "first_name": options["first_name"] or input(_("First name") + " > ").strip(),
                "last_name": options["last_name"] or input(_("Last name") + " > ").strip(),
                "password": getpass.getpass(_("Password") + " > "),
                "animates": not options["no_animation"],
            }
            if answers["password"] != getpass.getpass(_("The same password again") + " > "):
                self.stderr.write(_("The two passwords differ."))
                continue
            try:
                self.create(answers)
            except CommandError as error:
                self.stderr.write(str(error))
            else:
                return

    def create(self, answers: dict[str, Any]) -> None:
        if not (answers["first_name"] and answers["last_name"]):
            raise CommandError(_("Give a first name and a last name."))
        try:
            user = create_administrator(**answers)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(name)s is the administrator. At the first sign-in, a second factor is asked for.")
            % {"name": user.full_name}
        )

    def explain(self) -> None:
        self.stdout.write(_("This community has no administrator yet. To create one:"))
        self.stdout.write(
            "  manage.py first_administrator --email … --first-name … --last-name … "
            "--password-stdin < FILE"
        )
