"""The référente's part: who speaks for an organisation, and what happens when somebody leaves."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Organisation, User
from accounts.models.organisation import is_contact
from accounts.services import people
from core import content, log
from core.errors import Invalid, NotAllowed


class NotInTheTeam(Invalid):
    message = _("Choose an active member of the organisation.")


class SuccessorNeeded(Invalid):
    message = _("Choose who becomes the contact person of the organisation.")


@dataclass(frozen=True)
class OpenItems:
    """What a person leaves open, of one kind."""

    label: str | Promise
    icon: str
    items: tuple[content.OpenItem, ...]


def open_items(person: User, viewer: User) -> list[OpenItems]:
    """What `person` leaves open, as `viewer` may see it: each kind answers for itself, so that
    unnamed questions and spaces that `viewer` cannot read are absent."""
    found = []
    for kind in content.kinds():
        items = tuple(kind.open_items(person, viewer)) if kind.open_items else ()
        if items:
            found.append(OpenItems(kind.plural, kind.icon, items))
    return found


def can_see_off(by: User, organisation: Organisation, person: User) -> bool:
    """Whether `by` may close the account of somebody of the organisation who leaves: the
    référente's right over her team, herself included, and the animators'."""
    if not permissions.can_edit_organisation(by, organisation):
        return False
    if by.pk == person.pk:
        return is_contact(by, organisation)
    return permissions.can_end_account(by, person)


def successors(organisation: Organisation, leaver: User | None) -> QuerySet[User]:
    """Those who may become the référente: active members of the organisation, guests aside."""
    rows = User.objects.filter(organisation=organisation, is_active=True, role=User.Role.MEMBER)
    if leaver is not None:
        rows = rows.exclude(pk=leaver.pk)
    return rows.order_by("last_name", "first_name")


@transaction.atomic
def hand_over(organisation: Organisation, successor: User, *, by: User) -> Organisation:
    """Make `successor` the référente. Raises `NotAllowed`, `NotInTheTeam`."""
    if not permissions.can_edit_organisation(by, organisation):
        raise NotAllowed
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not permissions.can_edit_organisation(by, row):
        raise NotAllowed
    if not successors(row, None).filter(pk=successor.pk).exists():
        raise NotInTheTeam
    if row.contact_id != successor.pk:
        former, row.contact = row.contact_id, successor
        row.save()
        log.record("organisation.handed_over", row, by=by, former=former, successor=successor.pk)
    return row


@transaction.atomic
def see_off(
    organisation: Organisation, person: User, *, by: User, successor: User | None = None
) -> None:
    """Close the account of somebody who leaves, after handing over what was hers.

    The référente who leaves names her successor, unless she is alone. Somebody who has already
    left is nothing to do. Raises `NotAllowed`, `NotInTheTeam`, `SuccessorNeeded`.
    """
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not can_see_off(by, row, person):
        raise NotAllowed
    leaver = User.objects.filter(pk=person.pk, organisation=row).first()
    if leaver is None:
        raise NotInTheTeam
    if not leaver.is_active:
        return
    if is_contact(leaver, row):
        if successor is not None and successor.pk != leaver.pk:
            hand_over(row, successor, by=by)
        elif successors(row, leaver).exists():
            raise SuccessorNeeded
    log.record("organisation.left", row, by=by, person=leaver.pk)
    herself = by.pk == leaver.pk
    # Nobody ends her own account alone: here the house does, at the référente's word.
    people.deactivate(leaver, by=None if herself else by)
