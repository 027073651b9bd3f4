"""What composers share, behind their door (`core.writing`): a form that is kept for who typed it,
whose texts are looked into before others read them, and that says a refusal beside its field.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from core import warning
from core.errors import Refused
from core.formats import FRENCH, page_language
from core.models import KeptForm
from core.warning import Part
from core.web import person
from core.writing import writer_token

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

# What the button of a warning says: published as it is.
AS_IS = "as-is"
# A form with more letters than this is not kept.
MOST_LETTERS = 600_000
# A longer text is looked into as far as this.
LOOKED_INTO = 60_000
# The tokens, and what a button asked for.
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "writer", "act", "replace", "step", "take"})


# ------------------------------------------------------------------------------ kept for her


def keep_for(request: HttpRequest, writer: User, page: str) -> str:
    """Keep what was sent for `writer`, as the form of `page`; the address that shows it again."""
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


def kept_for(user_id: int | None, page: str) -> QueryDict | None:
    """What is kept of the form of `page` for this person."""
    row = KeptForm.objects.filter(user_id=user_id or 0, page=page).first()
    return form_of(row) if row is not None else None


def form_of(row: KeptForm) -> QueryDict:
    """The form that is kept, as it was sent."""
    data = QueryDict(mutable=True)
    for name, values in row.fields.items():
        data.setlist(name, values)
    return data


def kept_below(user_id: int | None, start: str) -> QuerySet[KeptForm]:
    """What is kept for this person of the pages whose address begins so, last first."""
    rows = KeptForm.objects.filter(user_id=user_id or 0, page__startswith=start)
    return rows.order_by("-kept_at", "-pk")


def forget_for(user_id: int | None, page: str) -> None:
    """It has served."""
    KeptForm.objects.filter(user_id=user_id or 0, page=page).delete()


def keep(request: HttpRequest, writer: User, **_url: Any) -> str:
    """As `core.writing.keeps_writing` wants it, for a form that is sent to its own page."""
    return keep_for(request, writer, request.path)


def kept(request: HttpRequest) -> QueryDict | None:
    """What was kept of this page's form, for her who comes back to it."""
    return kept_for(request.user.pk, request.path) if "repris" in request.GET else None


def forget(request: HttpRequest) -> None:
    """It has served."""
    forget_for(request.user.pk, request.path)


# ------------------------------------------------------------------------ looked into its texts


@dataclass(frozen=True)
class Typed:
    """One text of a form: `place` names it, also within a list ("steps-text.2")."""

    place: str
    label: str
    text: str

    def part(self) -> Part | None:
        """What in it could identify a young person."""
        return warning.part(self.label, self.place, self.text[:LOOKED_INTO])


def found_in(texts: Iterable[Typed]) -> list[Part]:
    return [part for one in texts if (part := one.part()) is not None]


def mend(data: QueryDict, texts: Iterable[Typed]) -> None:
    """Replace in the form what its button chose: one finding ("why:0"), or all of them ("all")."""
    place, _colon, which = data.get("replace", "").partition(":")
    for one in list(texts) if place else []:
        if place in ("all", one.place):
            mended = warning.mended(one.text[:LOOKED_INTO], which or "all")
            _retype(data, one.place, mended + one.text[LOOKED_INTO:])


def _retype(data: QueryDict, place: str, text: str) -> None:
    name, dot, rank = place.partition(".")
    if not dot:
        data[name] = text
        return
    texts = data.getlist(name)
    texts[int(rank)] = text
    data.setlist(name, texts)


# ------------------------------------------------------------------------------------ its form


class Refusing(forms.Form):
    """A form that says a refusal of the services beside its field, or above all."""

    # Refusals that do not name their field.
    FIELD_OF: dict[type[Refused], str] = {}

    def _field_of(self, refusal: Refused) -> str:
        return getattr(refusal, "field", "") or self.FIELD_OF.get(type(refusal), "")

    def takes(self, refusal: Refused) -> bool:
        """Whether the refusal is about a field of this form."""
        return self._field_of(refusal) in self.fields

    def refuse(self, refusal: Refused) -> None:
        self.add_error(self._field_of(refusal) if self.takes(refusal) else None, str(refusal))

    def quiet(self) -> None:
        """Show again what was typed, without a word on what is missing."""
        self.full_clean()
        self.errors.clear()


class Composed(Refusing):
    """A form whose texts others will read: those of the fields that `READ` names."""

    READ: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> BoundField:
        """A field as it is drawn: its input says in which language it is written, where the page
        speaks another one."""
        bound = super().__getitem__(name)
        language = self.language_of(name)
        if language not in ("", page_language()):
            bound.field.widget.attrs["lang"] = language
        return bound

    def language_of(self, name: str) -> str:
        """In which language a field is written; nothing for what is no text that others read."""
        return FRENCH if name in self.READ else ""

    def typed(self, data: QueryDict) -> Iterator[Typed]:
        """Its texts, as they were typed."""
        for name in self.READ:
            yield Typed(name, str(self.fields[name].label), data.get(name, ""))

    def rearrange(self, data: QueryDict) -> bool:
        """Do what a button within the form asks of what was typed; whether one did."""
        return False


# ------------------------------------------------------------------------------------ its page


@dataclass(frozen=True)
class Again:
    """How a form is shown again: with what could identify a young person, in silence (200) or
    with what is wrong in it."""

    parts: list[Part] = field(default_factory=list)
    status: int = 200


def sent(request: HttpRequest) -> QueryDict | None:
    """The form as it came: what was sent, or what was kept when her session ended."""
    return request.POST.copy() if request.method == "POST" else kept(request)


def look(request: HttpRequest, form: Composed, data: QueryDict | None) -> Again | None:
    """How the form is to be shown; None when it is to be carried out. What a button of the form
    asks of its words is done first."""
    if data is None:
        return Again()
    if form.rearrange(data):
        return Again()
    mend(data, form.typed(data))
    parts = found_in(form.typed(data))
    unsure = getattr(request, "unsure", False)
    if request.method != "POST" or data.get("replace") or unsure:
        return Again(parts)
    if not form.is_valid():
        return Again(parts, 400)
    return Again(parts) if parts and data.get("act") != AS_IS else None


def refused(form: Composed, refusal: Refused) -> Again:
    """The form with what the services refused."""
    form.refuse(refusal)
    return Again(status=refusal.status)


def submission_of(data: QueryDict | None) -> uuid.UUID:
    """The mark of one sending: that of the form, or a new one."""
    try:
        return uuid.UUID(data.get("submission", "") if data is not None else "")
    except ValueError:
        return uuid.uuid4()


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
