"""A form of the library whose session ended: kept for its author, with the files already sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict

from core.models import KeptForm

if TYPE_CHECKING:
    from accounts.models import User

MOST_LETTERS = 600_000
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "writer"})


def keep(request: HttpRequest, writer: User, **url: int) -> str:
    """Keep what was sent for `writer`; the address that shows it again (`core.writing`)."""
    fields = {
        name: [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
    }
    if sum(len(value) for values in fields.values() for value in values) <= MOST_LETTERS:
        KeptForm.objects.update_or_create(
            user=writer, page=request.path, defaults={"action": request.path, "fields": fields}
        )
    return f"{request.path}?repris=1"


def kept(request: HttpRequest) -> QueryDict | None:
    """What was kept of this page's form, for her who comes back to it."""
    if "repris" not in request.GET:
        return None
    row = KeptForm.objects.filter(user_id=request.user.pk or 0, page=request.path).first()
    if row is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in row.fields.items():
        data.setlist(name, values)
    return data


def forget(request: HttpRequest) -> None:
    """It has served."""
    KeptForm.objects.filter(user_id=request.user.pk or 0, page=request.path).delete()
