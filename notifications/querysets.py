from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class SubscriptionQuerySet(models.QuerySet):
    def to(self, kind: str, object_id: int | models.OuterRef) -> Self:
        return self.filter(kind=kind, object_id=object_id)

    def following(self) -> Self:
        return self.filter(attention="suivre")


class IncomingMailQuerySet(models.QuerySet):
    def of(self, user: User) -> Self:
        """What she sent herself: nobody else sees what her mail program put around it."""
        return self.filter(person=user)

    def that_made(self, kind: str, object_ids: list[int]) -> Self:
        return self.filter(kind=kind, object_id__in=object_ids)
