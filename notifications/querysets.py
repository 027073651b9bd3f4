from __future__ import annotations

from typing import Self

from django.db import models


class SubscriptionQuerySet(models.QuerySet):
    def to(self, kind: str, object_id: int | models.OuterRef) -> Self:
        return self.filter(kind=kind, object_id=object_id)

    def following(self) -> Self:
        return self.filter(attention="suivre")
