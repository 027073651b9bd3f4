"""What may be seen of documents, of their versions, and of collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value

from community.models import SubCommunity
from core.audience import AudienceQuerySet, State, audience_q, moderation_q

if TYPE_CHECKING:
    from core.audience import Viewer
    from library.models import Collection


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


class DocumentQuerySet(AudienceQuerySet):
    def seen_by(self, user: Viewer) -> Self:
        """What `user` reads, and what she moderates in whatever state: a document is looked at
        before it is approved."""
        return self.filter(audience_q(user) | moderation_q(user))

    def gone_for(self, user: Viewer) -> Self:
        """What was withdrawn or merged, and that `user` would read now were it still there: the
        rule is asked of the same columns, the state aside."""
        columns = ("level", "space_id", "organisation_id", "owner_id")
        as_it_was: dict[str, Any] = {f"then_{name}": F(name) for name in columns}
        rows = self.alias(then_state=Value(State.PUBLISHED), **as_it_was)
        gone = Q(withdrawn_at__isnull=False) | Q(replaced_by__isnull=False)
        return rows.filter(gone, audience_q(user, "then_"), state=State.REMOVED)

    def with_rights(self, user: Viewer, *, readable: bool = False) -> Self:
        """Adds what `library.permissions` needs to know, in the same query. `readable` says that
        these rows come from `readable_by(user)`: there is nothing to ask twice."""
        reads = Value(True, BooleanField()) if readable else _flag(audience_q(user))
        return self.annotate(viewer_reads=reads, viewer_moderates=_flag(moderation_q(user)))

    def recent_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class VersionQuerySet(AudienceQuerySet):
    """Old versions are read by those who read the document."""

    audience_prefix = "document__"


class CollectionQuerySet(AudienceQuerySet):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def of(self, user: Viewer) -> Self:
        return self.filter(owner_id=user.pk or 0)


class CollectionItemQuerySet(models.QuerySet):
    def shown_to(self, user: Viewer, collection: Collection) -> Self:
        """The places of `collection` whose document `user` reads. A document that went into a
        confidential space is shown in a collection of that space only."""
        confidential = Q(document__space__confidentiality=SubCommunity.Confidentiality.HIGH)
        here = Q(document__space_id=collection.space_id)
        rows = self.filter(audience_q(user, "document__"), collection=collection)
        return rows.filter(Q(document__space=None) | ~confidential | here)
