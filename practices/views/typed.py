"""A form of the directory whose session ended: kept for its author, and shown again, undone; and
what in its words could identify a young person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict

from core import warning
from core.models import KeptForm
from core.warning import Part
from core.web import person
from core.writing import writer_token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import Form

    from accounts.models import User

AS_IS = "as-is"
MOST_LETTERS = 100_000
# A longer text is looked into as far as this.
LOOKED = 20_000
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


def forget(request: HttpRequest) -> None:
    """It has served."""
    KeptForm.objects.filter(user_id=request.user.pk or 0, page=request.path).delete()


def data_of(request: HttpRequest, looked_in: Iterable[str]) -> QueryDict | None:
    """The form as it is shown again: what was sent, with what was asked to be replaced, or what was
    kept when her session ended; None for a new form."""
    data = request.POST.copy() if request.method == "POST" else _kept(request)
    if data is None:
        return None
    place, _colon, which = request.POST.get("replace", "").partition(":")
    for name in looked_in:
        if place in (name, "all"):
            data[name] = warning.mended(data.get(name, "")[:LOOKED], which or "all")
    data["writer"] = writer_token(person(request))
    return data


def _kept(request: HttpRequest) -> QueryDict | None:
    if "repris" not in request.GET:
        return None
    row = KeptForm.objects.filter(user_id=request.user.pk or 0, page=request.path).first()
    if row is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in row.fields.items():
        data.setlist(name, values)
    return data


def goes_on(request: HttpRequest) -> bool:
    """Whether the form is to be carried out, and not only shown again."""
    unsure = getattr(request, "unsure", False)
    return request.method == "POST" and not request.POST.get("replace") and not unsure


def parts(form: Form, data: QueryDict | None, looked_in: Iterable[str]) -> list[Part]:
    """What in the words of the form could identify a young person."""
    if data is None:
        return []
    found = (
        warning.part(str(form.fields[name].label), name, data.get(name, "")[:LOOKED])
        for name in looked_in
    )
    return [part for part in found if part is not None]
