"""Adapting a sheet, saying what an adaptation keeps, and the tree of a practice."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import composing
from core.composing import Again
from core.errors import Refused
from core.ratelimit import limited
from core.web import person
from practices.errors import NotABearer, NotYourOrganisation
from practices.forms.adapting import AdaptingForm
from practices.models import Sheet
from practices.permissions import rights_of
from practices.services import adapting
from practices.services.adapting import Right
from practices.services.common import require_propose
from practices.tree import family
from practices.views.common import composer, of_members_sheet

ADAPT, DIFFERS = "practices/improving/adapt.html", "practices/improving/differs.html"


@limited("practices_adaptations", limit=60, window=3600)
@composer
def adapt(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """A draft of her organisation that begins with this sheet."""
    user = person(request)
    require_propose(rights_of(user, sheet))
    if user.organisation is None:
        raise NotYourOrganisation
    right = adapting.right_to_adapt(sheet, user)
    if right == Right.REFUSED:
        context = {"sheet": sheet, "contact": _contact(sheet)}
        return render(request, "practices/improving/not_adapted.html", context, status=403)
    data = composing.sent(request)
    components = adapting.essential_of(sheet)
    ask = right == Right.ASKED
    form = AdaptingForm(data, components=components, ask=ask, initial={"title": sheet.title})
    context = {"sheet": sheet, "form": form, "right": right, "contact": _contact(sheet)}
    again = composing.look(request, form, data)
    if again is not None or data is None:
        return composing.show(request, ADAPT, context, data, again or Again())
    try:
        made = adapting.adapt(
            sheet,
            by=user,
            title=form.cleaned_data["title"],
            instead=form.instead,
            agreed=form.cleaned_data.get("agreed", False),
            submission=composing.submission_of(data),
        )
    except Refused as refusal:
        again = composing.refused(form, refusal)
        return composing.show(request, ADAPT, context, data, again)
    composing.forget(request)
    messages.success(request, _("Your draft is begun: make it yours, section by section."))
    return redirect(made.get_absolute_url())


def _contact(sheet: Sheet) -> str:
    return str(sheet.content.get("identite", {}).get("contact", ""))


@composer
def differs(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """What an adaptation keeps and replaces, said again by those who bear it."""
    if not rights_of(person(request), sheet).edit:
        raise NotABearer
    if not sheet.differs:
        raise Http404
    data = composing.sent(request)
    form = AdaptingForm(
        data,
        components=[one["component"] for one in sheet.differs],
        instead=[one["instead"] for one in sheet.differs],
        titled=False,
    )
    context = {"sheet": sheet, "form": form}
    again = composing.look(request, form, data)
    if again is not None or data is None:
        return composing.show(request, DIFFERS, context, data, again or Again())
    adapting.set_differs(sheet, form.instead, by=person(request))
    composing.forget(request)
    messages.success(request, _("What differs is saved."))
    return redirect(sheet.get_absolute_url())


@require_safe
@of_members_sheet
def tree(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The practice that it comes from, and all that came of it."""
    nodes = family(sheet, person(request))
    return render(request, "practices/improving/tree.html", {"sheet": sheet, "nodes": nodes})
