"""What goes with a sheet, tied and untied by those who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from core import links
from practices.services.common import Missing, editable

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User
    from practices.models import Sheet

# The kinds that are tied from here, each with the room where its page is.
KINDS = {"document": "library", "thread": "forums", "sheet": "practices"}


@transaction.atomic
def tie(sheet: Sheet, other: Model, *, by: User) -> None:
    """Who reads both finds one from the other. Raises `Missing`, `GuestsRead`, `NotABearer`,
    `Withdrawn`."""
    sheet, _rights = editable(sheet, by)
    if other == sheet:
        return
    try:
        links.link(sheet, other, by=by, makes=True)
    except ObjectDoesNotExist:
        raise Missing from None


@transaction.atomic
def untie(sheet: Sheet, other: Model, *, by: User) -> None:
    """Raises as `tie`."""
    sheet, _rights = editable(sheet, by)
    links.unlink(sheet, other, by=by)
