"""What the columns that keep gestures should hold, for `core.integrity`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from community.models import Reaction
from core.integrity import counted


def reactions(kind: str, columns: Mapping[Reaction.Type, str]) -> dict[str, Any]:
    """The recounts of the columns of a kind, given by type of gesture."""
    made = Reaction.objects.filter(kind=kind)
    return {
        column: counted(made.filter(type=type), "object_id") for type, column in columns.items()
    }
