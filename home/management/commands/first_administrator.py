"""Makes the first administrator of a new installation, who will name the others from the admin."""

import getpass
import shlex
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
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
from community.models import Membership, SubCommunity
from community.services import enrol, set_role
from core.errors import Refused
from home import founding


@transaction.atomic
def make_first_administrator(*, email: str, first_name: str, last_name: str, password: str) -> User:
    """The first person of an installation: administrator, animator, and in every space. The thread
    about the platform itself opens with her.

    A confidential space is animated by its own members only: without her, nobody could let
    anybody in. Raises `ValidationError` for an address or a password that will not do, and
    `accounts.services.people.AddressTaken`.
    """
    validate_email(email)
    validate_password(password, User(email=email, first_name=first_name, last_name=last_name))
    user = create_account(
        email=email,
        first_name=first_name,
        last_name=last_name,
        organisation=founding.federation(),
        role=User.Role.ANIMATION,
        by=None,
    )
    user.is_superuser = True
    user.set_password(password)
    user.save(update_fields=["is_superuser", "password"])
    for space in SubCommunity.objects.open():
        enrol(user, space, by=None)
        set_role(user, space, Membership.Role.ANIMATION, by=None)
    founding.open_chantier(user)
    return user


class Command(BaseCommand):
    help = "Creates the first administrator; does nothing when there is one already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email")
        parser.add_argument("--first-name")
        parser.add_argument("--last-name")
        parser.add_argument(
            "--password-stdin", action="store_true", help="reads the password from the first line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            return
        if options["password_stdin"]:
            self.create(self.given(options))
        elif sys.stdin.isatty():
            try:
                self.ask()
            except (KeyboardInterrupt, EOFError):
                raise CommandError(_("Nobody was created.")) from None
        else:
            self.explain()

    def given(self, options: dict[str, Any]) -> dict[str, str]:
        names = ("email", "first_name", "last_name")
        missing = [f"--{name.replace('_', '-')}" for name in names if not options[name]]
        if missing:
            raise CommandError(_("Also give %(options)s.") % {"options": ", ".join(missing)})
        answers = {name: options[name] for name in names}
        return answers | {"password": sys.stdin.readline().rstrip("\r\n")}

    def ask(self) -> None:
        """Ask until what was answered will do; Ctrl-C gives up and creates nobody."""
        self.stdout.write("\n" + _("This community has no administrator yet. Who are you?"))
        self.stdout.write(_("The password:"))
        for rule in password_validators_help_texts():
            self.stdout.write(f"  - {rule}")
        while True:
            answers = {
                "email": input(_("E-mail") + " > ").strip(),
                "first_name": input(_("First name") + " > ").strip(),
                "last_name": input(_("Last name") + " > ").strip(),
                "password": getpass.getpass(_("Password") + " > "),
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

    def create(self, answers: dict[str, str]) -> None:
        if not (answers["first_name"] and answers["last_name"]):
            raise CommandError(_("Give a first name and a last name."))
        try:
            user = make_first_administrator(**answers)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(name)s is the administrator. At the first sign-in, a second factor is asked for.")
            % {"name": user.full_name}
        )

    def explain(self) -> None:
        """The whole command, for whoever has neither its environment nor its folder at hand."""
        manage = settings.BASE_DIR / "manage.py"
        words = shlex.join([sys.executable, str(manage), "first_administrator"])
        command = f"ANCRAGE_HOME={shlex.quote(str(settings.HOME))} {words}"
        self.stdout.write(_("This community has no administrator yet. To create one:"))
        self.stdout.write(f"  {command}")
        self.stdout.write(_("It asks its questions in a terminal. To answer them beforehand:"))
        self.stdout.write(
            f"  {command} --email … --first-name … --last-name … --password-stdin < FILE"
        )
