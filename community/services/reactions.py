"""*Merci*, *utile*, *moi aussi*."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from community.errors import OwnContent, UnknownReaction
from community.models import Reaction
from core import content
from core.errors import NotAllowed
from core.events import emit


@transaction.atomic
def react(obj: Any, type: str, *, by: User, wanted: bool | None = None) -> bool:
    """Make the gesture on `obj`, or take it back; answer whether it stands.

    `wanted` says which, so that a double click is one gesture; without it, the gesture toggles.
    The object's row is locked, so that its kept counter is exact. Raises `UnknownReaction`,
    `OwnContent`, `NotAllowed`.
    """
    kind = content.kind_of(obj)
    if type not in kind.reactions or kind.reacted is None:
        raise UnknownReaction
    if not kind.objects.filter(pk=obj.pk).readable_by(by).exists():
        raise NotAllowed
    author_id = getattr(obj, "author_id", None) or getattr(obj, "owner_id", None)
    if author_id == by.pk:
        raise OwnContent
    kind.objects.select_for_update(no_key=True).get(pk=obj.pk)
    mine = Reaction.objects.filter(kind=kind.name, object_id=obj.pk, user=by, type=type)
    stands = mine.exists()
    wanted = not stands if wanted is None else wanted
    if wanted == stands:
        return stands
    if wanted:
        Reaction.objects.create(kind=kind.name, object_id=obj.pk, user=by, type=type)
        emit("reaction.made", kind=kind.name, object_id=obj.pk, user=by.pk, type=type)
    else:
        mine.delete()
    kind.reacted(obj.pk, type, 1 if wanted else -1)
    return wanted
