"""What somebody typed in a section and that is not in the sheet: kept for her alone.

Because her session had ended, because the text could identify somebody and she has not decided
yet, because it does not fit, or because somebody else saved the section meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from core.models import KeptForm

if TYPE_CHECKING:
    from accounts.models import User

# All that the fields of a section take holds in it several times.
MOST_LETTERS = 300_000
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "writer", "act", "replace", "step", "take"})


def page_of(pk: int, section: str) -> str:
    return reverse("practices:write_section", args=(pk, section))


def keep(request: HttpRequest, writer: User, *, pk: int, section: str) -> str:
    """Keep what was sent for `writer`; the address that shows it again (`core.writing`)."""
    page = page_of(pk, section)
    fields = {
        name: [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
    }
    if sum(len(value) for values in fields.values() for value in values) <= MOST_LETTERS:
        KeptForm.objects.update_or_create(
            user=writer, page=page, defaults={"action": page, "fields": fields}
        )
    return f"{page}?repris=1"


def kept(user: User, *, pk: int, section: str) -> QueryDict | None:
    """What is kept of this section for her."""
    row = KeptForm.objects.filter(user=user, page=page_of(pk, section)).first()
    if row is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in row.fields.items():
        data.setlist(name, values)
    return data


def forget(user: User, *, pk: int, section: str) -> None:
    """It has served."""
    KeptForm.objects.filter(user=user, page=page_of(pk, section)).delete()
