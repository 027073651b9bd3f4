"""Guides the first administrator of an empty community."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.services.people import create_account
from community.models import Membership, SubCommunity
from community.services import enrol, set_role
from home import founding


class Command(BaseCommand):
    help = "Make the first administrator, who is also the federation's first animator."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            return
        if not sys.stdin.isatty():
            self.stderr.write(
                "Aucun compte d’administration : lancez « manage.py first_administrator » "
                "dans un terminal pour le créer."
            )
            return
        self.stdout.write(
            "\nPremier compte d’administration. Cette personne configure la plateforme et anime\n"
            "la communauté; elle pourra ensuite accueillir les organismes et leurs membres.\n"
        )
        email = self._ask("Courriel", validate_email)
        first_name = self._ask("Prénom")
        last_name = self._ask("Nom")
        password = self._ask_password(User(email=email, first_name=first_name, last_name=last_name))
        make_first_administrator(email, first_name, last_name, password)
        self.stdout.write(
            "\nC’est fait. À la première connexion, vous choisirez une double authentification.\n"
        )

    def _ask(self, label: str, validator: Any = None) -> str:
        while True:
            value = input(f"{label} : ").strip()
            try:
                if validator is not None:
                    validator(value)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if value:
                return value

    def _ask_password(self, user: User) -> str:
        while True:
            password = getpass.getpass("Mot de passe (12 caractères ou plus) : ")
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if getpass.getpass("Le même, encore une fois : ") == password:
                return password
            self.stderr.write("Les deux ne sont pas pareils.")


@transaction.atomic
def make_first_administrator(email: str, first_name: str, last_name: str, password: str) -> User:
    """The first person of an installation: administrator, animator, and in every space.

    A confidential space is animated by its own members only: without her, nobody could let
    anybody in.
    """
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
    return user
