"""The filters in use, in words: of the directory and of the showcase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import facets
from practices.finding import filters

if TYPE_CHECKING:
    from core.facets import Chip
    from practices.finding.filters import Filters


def chips(request: HttpRequest, wanted: Filters) -> list[Chip]:
    """The filters in use, in words."""
    said: dict[str, Any] = {
        "q": _("“%(name)s”") % {"name": wanted.text} if wanted.text else "",
        "qui": _("My organisation") if wanted.ours else "",
        "etat": filters.STATES[wanted.state].label if wanted.state else "",
    }
    return facets.chips(request, said, wanted.chosen, wanted.boxes)
