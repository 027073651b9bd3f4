"""Organisations: what the référente and the animators change of them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import indexed, permissions
from accounts.fields import ALWAYS, ORGANISATION, ORGANISATION_LEVELS, ORGANISATION_MORE
from accounts.models import Organisation, User
from core import log
from core.errors import Invalid, NotAllowed

# What the référente writes; the federation names the contact person and the twin.
WRITABLE = frozenset(
    field.name for field in (*ORGANISATION, *ORGANISATION_MORE) if field.name != "contact"
)


@transaction.atomic
def update_organisation(
    organisation: Organisation,
    *,
    by: User,
    values: dict[str, Any],
    visibility: dict[str, str] | None = None,
) -> Organisation:
    """Write some facts (by model field) and how far each is shared.

    Only the given names change, so that two people who fill in two sections do not undo each
    other. Raises `NotAllowed`, `Invalid` for a level that does not exist, TypeError for a name
    that is not a fact of the table.
    """
    if not permissions.can_edit_organisation(by, organisation):
        raise NotAllowed
    if unknown := set(values) - WRITABLE:
        raise TypeError(f"not facts of an organisation: {sorted(unknown)}")
    current = Organisation.objects.select_for_update().get(pk=organisation.pk)
    former = dict(current.visibility)
    for name, value in values.items():
        setattr(current, name, value)
    for name, level in (visibility or {}).items():
        if name not in WRITABLE | {"contact"} or level not in ORGANISATION_LEVELS:
            raise Invalid
        if name not in ALWAYS:
            current.visibility[name] = level
    current.save()
    log.record("organisation.updated", current, by=by, fields=sorted(values))
    indexed.organisation_changed(current, narrowed=current.visibility != former)
    return current
