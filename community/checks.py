"""What must stay true of spaces, said by `manage.py check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

from community.models import SubCommunity
from community.permissions import animators_of


@register(Tags.database)
def confidential_spaces_have_an_animator(
    databases: Sequence[str] | None = None, **_also: Any
) -> list[CheckMessage]:
    """Each confidential space in use has an animator who is its member."""
    if not databases or "default" not in databases:
        return []
    try:
        if SubCommunity._meta.db_table not in connections["default"].introspection.table_names():
            return []
        spaces = list(
            SubCommunity.objects.open()
            .filter(
                confidentiality=SubCommunity.Confidentiality.HIGH,
                memberships__ended_at=None,
                memberships__isnull=False,
            )
            .distinct()
        )
    except DatabaseError:
        return []
    return [
        Error(
            f"The confidential space “{space.slug}” has no animator among its members.",
            hint="Name one: Animation, Sous-communautés, the space, its members.",
            id="community.E001",
        )
        for space in spaces
        if not animators_of(space).exists()
    ]
