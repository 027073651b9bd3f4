"""What the composers of the room share: a form that comes back, and what it holds looked into."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from core import warning
from core.errors import Refused
from core.models import KeptForm
from core.warning import Part
from core.web import person
from core.writing import keeps_writing, writer_token
from practices.forms.typed import Typed, retype
from practices.views.common import View, of_members_sheet

if TYPE_CHECKING:
    from accounts.models import User

AS_IS = "as-is"
MOST_LETTERS = 600_000
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "writer"})
# A longer text is looked into as far as this.
LOOKED_INTO = 20_000


class Composer(Protocol):
    """A form whose texts others will read."""

    def typed(self, data: QueryDict) -> Iterable[Typed]: ...

    def is_valid(self) -> bool: ...

    def refuse(self, refusal: Refused) -> None: ...


def keep(request: HttpRequest, writer: User, **url: Any) -> str:
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


def sent(request: HttpRequest) -> QueryDict | None:
    """The form as it came: what was sent, or what was kept when her session ended."""
    return request.POST.copy() if request.method == "POST" else kept(request)


def composer(view: View) -> Callable[..., HttpResponse]:
    """Decorate a composer's view, which takes the sheet as in `of_members_sheet`: nothing that
    was typed is lost with a session."""
    return keeps_writing(keep)(cast("Callable[..., HttpResponse]", of_members_sheet(view)))


@dataclass(frozen=True)
class Again:
    """How a form is shown again: with what could identify a young person, in silence (200) or
    with what is wrong in it."""

    parts: list[Part] = field(default_factory=list)
    status: int = 200


def look(request: HttpRequest, form: Composer, data: QueryDict | None) -> Again | None:
    """How the form is to be shown; None when it is to be carried out. What was proposed in place
    of an identifier is taken first."""
    if data is None:
        return Again()
    _mend(form, data)
    parts = _found_in(form, data)
    unsure = getattr(request, "unsure", False)
    if request.method != "POST" or request.POST.get("replace") or unsure:
        return Again(parts)
    if not form.is_valid():
        return Again(parts, 400)
    return Again(parts) if parts and data.get("act") != AS_IS else None


def _mend(form: Composer, data: QueryDict) -> None:
    """Replace one identifier (“why:0”), or all."""
    place, _colon, which = data.get("replace", "").partition(":")
    for one in list(form.typed(data)) if place else []:
        if place in ("all", one.place):
            text = warning.mended(one.text[:LOOKED_INTO], which or "all")
            retype(data, one.place, text + one.text[LOOKED_INTO:])


def _found_in(form: Composer, data: QueryDict) -> list[Part]:
    parts = [warning.part(one.label, one.place, one.text[:LOOKED_INTO]) for one in form.typed(data)]
    return [part for part in parts if part is not None]


def submission_of(data: QueryDict | None) -> uuid.UUID:
    """The mark of one sending: that of the form, or a new one."""
    try:
        return uuid.UUID(data.get("submission", "") if data is not None else "")
    except ValueError:
        return uuid.uuid4()


def refused(form: Composer, refusal: Refused) -> Again:
    """The form with what the services refused."""
    form.refuse(refusal)
    return Again(status=refusal.status)


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    data: QueryDict | None,
    again: Again,
) -> HttpResponse:
    """The page of a composer, whose form is `context["form"]`."""
    if data is not None and again.status == 200:
        context["form"].quiet()
    around = {
        "writer": writer_token(person(request)),
        "submission": submission_of(data),
        "came_back": data is not None and request.method == "GET",
        "unsure": getattr(request, "unsure", False),
        "parts": again.parts,
    }
    return render(request, template, context | around, status=again.status)
