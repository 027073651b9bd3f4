"""What may be found: the audience rule, and the walls of the confidential spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from core.audience import AudienceQuerySet

if TYPE_CHECKING:
    from community.models import SubCommunity
    from core.audience import Viewer


class FoundQuerySet(AudienceQuerySet):
    """Rows with the audience columns: entries of the index, words of the vocabulary."""

    def findable_by(self, user: Viewer, *, inside: SubCommunity | None = None) -> Self:
        """The rows that a search by `user` may show now.

        From everywhere, spaces that keep out of the global search stay out of it; `inside` one
        space, that space alone is searched, whichever it is.
        """
        rows = self.readable_by(user)
        if inside is not None:
            return rows.filter(space_id=inside.pk)
        return rows.filter(Q(space=None) | Q(space__in_global_search=True))
