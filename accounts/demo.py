"""The accounts of the demonstration, as the sign-in page and the start of the server show them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.backends import DEMO_DOMAIN
from accounts.models import User


@dataclass(frozen=True)
class DemoAccount:
    """One account to try: who she is in the community, and her address."""

    label: str | Promise
    email: str


def demo_accounts() -> list[DemoAccount]:
    """A member, an animator and an administrator, as far as the demonstration has them."""
    people = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).order_by("pk")
    wanted = (
        (
            _("Member"),
            people.filter(role=User.Role.MEMBER, is_superuser=False, contact_for=None),
        ),
        (_("An animator"), people.filter(role=User.Role.ANIMATION, is_superuser=False)),
        (_("An administrator"), people.filter(is_superuser=True)),
    )
    found = ((label, chosen.first()) for label, chosen in wanted)
    return [DemoAccount(label, user.email) for label, user in found if user is not None]
