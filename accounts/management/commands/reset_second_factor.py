"""For the last administrator, who has nobody to ask: removes a lost second factor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.models.user import normalise_address
from accounts.services.people import reset_second_factor


class Command(BaseCommand):
    help = (
        "Removes the second factors of an account, ends its sessions and tells its owner by mail. "
        "Animators do it for members, administrators for animators, in the admin; this command, "
        "on the server, is for the last administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        address = normalise_address(options["email"])
        user = User.objects.filter(email=address).first()
        if user is None:
            raise CommandError(f"There is no account with the address {address}.")
        removed = reset_second_factor(user, by=None)
        if not removed:
            self.stdout.write(f"{user.full_name} had no second factor; sessions are ended.")
            return
        self.stdout.write(f"{user.full_name}: second factor removed, sessions ended, mail queued.")
