"""What may be seen of documents, of their versions, and of collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from core.audience import AudienceQuerySet, State

if TYPE_CHECKING:
    from core.audience import Viewer


class DocumentQuerySet(AudienceQuerySet):
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
