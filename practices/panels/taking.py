"""On the page of a sheet: what can be taken away; for a visitor, the showcase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.site import absolute
from practices.exchange import printing, schema
from practices.showcase import usage_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from practices.content import Content
    from practices.models import Sheet
    from practices.permissions import Rights


@dataclass(frozen=True)
class Told:
    """What a public sheet says to machines, and to whoever is sent its address."""

    url: str
    summary: str
    picture: str
    script: SafeString


def panel(request: HttpRequest, sheet: Sheet, rights: Rights, content: Content) -> dict[str, Any]:
    """What its partials need, beside what the page has already. One query, for a visitor."""
    found: dict[str, Any] = {"printer": printing.is_ready(), "showcase": None, "usage": None}
    if not request.user.is_authenticated:
        found |= {"showcase": _told(sheet), "usage": usage_of(sheet)}
    return found


def _told(sheet: Sheet) -> Told:
    return Told(
        url=absolute(sheet.get_absolute_url()),
        summary=schema.first_lines(sheet),
        picture=schema.picture_address(sheet),
        script=schema.script(sheet),
    )
