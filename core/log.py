"""The one way into the journal."""

from typing import Any

from django.db.models import Model

from core.models import ActionLog


def record(
    verb: str, target: Model | None = None, /, *, by: Any = None, reason: str = "", **data: Any
) -> ActionLog:
    """Append one act to the journal, inside the caller's transaction.

    `verb` is dotted (`thread.hidden`). `data` takes identifiers and named values only: no
    message text, no token, no detected identifier.
    """
    space_id = getattr(target, "space_id", None)
    if target is not None and target._meta.label == "community.SubCommunity":
        space_id = target.pk
    return ActionLog.objects.create(
        actor=by if by is not None and by.is_authenticated else None,
        verb=verb,
        kind=(target._meta.model_name or "") if target is not None else "",
        object_id=target.pk if target is not None else None,
        space_id=space_id,
        reason=reason,
        data=data,
    )
