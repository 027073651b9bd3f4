"""How allauth behaves in the house."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.models import User


def display(user: User) -> str:
    return user.full_name


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from approvals and invitations only."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    pass
