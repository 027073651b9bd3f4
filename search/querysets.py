"""What may be found: the audience rule, and the walls of the confidential spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from accounts.models import User
from accounts.querysets import active_q
from core import content
from core.audience import AudienceQuerySet

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer


class FoundQuerySet(AudienceQuerySet):
    """Rows with the audience columns: the entries of the index, the cells of its vocabulary."""

    def findable_by(self, user: Viewer, *, inside: SubCommunity | None = None) -> Self:
        """The rows that a search by `user` may show now.

        From everywhere, spaces that keep out of the global search stay out of it; `inside` one
        space, that space alone is searched, whichever it is.
        """
        rows = self.readable_by(user)
        if inside is not None:
            return rows.filter(space_id=inside.pk)
        return rows.filter(Q(space=None) | Q(space__in_global_search=True))


class EntryQuerySet(FoundQuerySet):
    def findable_by(self, user: Viewer, *, inside: SubCommunity | None = None) -> Self:
        """As above; and who left, or whose time is over, is not found any more, at once."""
        rows = super().findable_by(user, inside=inside)
        of_people = [
            kind.name for kind in content.kinds() if kind.indexed and kind.indexed.while_active
        ]
        if not of_people:
            return rows
        active = User.objects.filter(active_q()).values("pk")
        return rows.filter(~Q(kind__in=of_people) | Q(owner_id__in=active))
