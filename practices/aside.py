"""The texts of a section that are kept for their writer alone, until she saves or drops them.

Each form of a section carries a mark of its own, under which what was typed in it is kept: a form
replaces and forgets no text but its own, and that which is taken up keeps its mark.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from core import composing

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

MARK = "draft"
MARKS = re.compile(r"[0-9a-f]{1,32}")
# Of a form that carries none.
FIRST = "1"


@dataclass(frozen=True)
class Kept:
    """One text that is kept: its mark, the form and the moment."""

    mark: str
    data: QueryDict
    at: datetime


def new_mark() -> str:
    return secrets.token_hex(8)


def mark_of(data: QueryDict) -> str:
    said = data.get(MARK, "")
    return said if MARKS.fullmatch(said) else FIRST


def _url(pk: int, section: str) -> str:
    return reverse("practices:write_section", args=(pk, section))


def keep(request: HttpRequest, writer: User, *, pk: int, section: str) -> str:
    """Keep what was sent, in the place of what was kept of the same form; the address that shows
    it again."""
    mark = mark_of(request.POST)
    composing.keep_for(request, writer, f"{_url(pk, section)}#{mark}")
    return f"{_url(pk, section)}?repris={mark}"


def forget(user: User, pk: int, section: str, mark: str) -> None:
    """It is saved, or she drops it."""
    composing.forget_for(user.pk, f"{_url(pk, section)}#{mark}")


def kept(user: User, pk: int, section: str) -> list[Kept]:
    """What is kept for her of this section, last first. One query."""
    rows = composing.kept_below(user.pk, f"{_url(pk, section)}#")
    return [Kept(row.page.partition("#")[2], composing.form_of(row), row.kept_at) for row in rows]


def sections_of(user: User, pk: int) -> set[str]:
    """The sections of the sheet of which a text is kept for her. One query."""
    above = reverse("practices:write", args=(pk,))
    rows = composing.kept_below(user.pk, above).values_list("page", flat=True)
    return {page.removeprefix(above).partition("/")[0] for page in rows if "#" in page}
