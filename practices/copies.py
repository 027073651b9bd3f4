"""What was drawn of a sheet and is kept for some days (`core.files.made_once`)."""

from __future__ import annotations

from core import files
from core.events import on


@on("sheet.hidden")
@on("sheet.withdrawn")
def leave_no_copy(payload: dict[str, int]) -> None:
    """A sheet that is no longer read leaves no drawn paper behind."""
    files.forget_made(f"sheet-{payload['sheet']}")
