"""What may be done to accounts, profiles and organisations: plain predicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Organisation, User
from accounts.models.organisation import is_contact

if TYPE_CHECKING:
    from core.audience import Viewer


def _runs_accounts(by: User) -> bool:
    return by.is_current and (by.is_animator or by.is_superuser)


def _is_privileged(user: User) -> bool:
    return user.is_animator or user.is_superuser


def can_name_animators(by: User | None) -> bool:
    """Nobody but an administrator (or the house itself) makes or unmakes an animator."""
    return by is None or (by.is_current and by.is_superuser)


def can_manage_account(by: User | None, user: User) -> bool:
    """Animators look after the accounts of members and guests; administrators, after all."""
    if by is None:
        return True
    return _runs_accounts(by) and (by.is_superuser or not _is_privileged(user))


def can_end_account(by: User | None, user: User) -> bool:
    """Whoever manages the account, and the référente for the people of her organisation."""
    if by is None:
        return True
    if by.pk == user.pk:
        return False
    if can_manage_account(by, user):
        return True
    return by.is_current and not _is_privileged(user) and is_contact(by, user.organisation)


def can_reset_second_factor(by: User | None, user: User) -> bool:
    """An animator for a member, an administrator for an animator, never somebody for herself:
    the last administrator has the command `reset_second_factor`."""
    return by is None or (by.pk != user.pk and can_manage_account(by, user))


def can_edit_profile(by: User | None, user: User) -> bool:
    """Her own profile is hers; whoever manages the account may mend it."""
    if by is None:
        return True
    return by.is_current and (by.pk == user.pk or can_manage_account(by, user))


def can_edit_organisation(user: Viewer, organisation: Organisation) -> bool:
    """The référente of the organisation, and the federation's animators."""
    if not user.is_authenticated or not user.is_current or user.is_guest:
        return False
    return is_contact(user, organisation) or user.is_animator


def can_decide_requests(by: User) -> bool:
    """Requests to join are decided by the federation's animators, and by them alone."""
    return by.is_current and by.is_animator


def can_invite(by: User, organisation: Organisation | None, role: str) -> bool:
    """Animators invite members and guests; the référente, members of her own organisation."""
    if not by.is_current:
        return False
    if by.is_animator:
        return role in (User.Role.MEMBER, User.Role.GUEST)
    return role == User.Role.MEMBER and not by.is_guest and is_contact(by, organisation)
