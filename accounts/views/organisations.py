"""The organisations' directory, an organisation's page, and its completion by the référente."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import fields
from accounts.forms.organisations import SectionForm
from accounts.forms.people import OrganisationFilter, kept
from accounts.models import Organisation, User
from accounts.panels import organisation_panel
from accounts.permissions import can_edit_organisation
from accounts.services.organisations import update_organisation
from accounts.views.people import readable as readable_people
from core import terms
from core.errors import NotAllowed
from core.pagination import by_cursor, capped_count
from core.text import fold
from core.web import person

PAGE = 24
PEOPLE = 60
# Filter of the address → column of the model.
SINGLE = {"region": "region", "milieu": "setting"}
MANY = {"age": "age_groups", "intervention": "interventions"}


def directory(request: HttpRequest) -> HttpResponse:
    viewer = person(request)
    form = OrganisationFilter(request.GET)
    filters = kept(form)
    organisations = filtered(Organisation.objects.readable_by(viewer), viewer, filters)
    page = by_cursor(
        organisations,
        after=request.GET.get("apres", ""),
        size=PAGE,
        order=("slug", "id"),
        ascending=True,
    )
    return render(
        request,
        "accounts/people/organisations.html",
        {
            "form": form,
            "filtered": bool(filters),
            "organisations": [row(organisation, viewer) for organisation in page.rows],
            "next": page.next,
            "count": capped_count(organisations),
        },
    )


def row(organisation: Organisation, viewer: User) -> dict[str, Any]:
    shown = {fact.field.name: fact.value for fact in fields.visible_fields(organisation, viewer)}
    return {"organisation": organisation, "shown": shown}


def filtered(
    organisations: QuerySet[Organisation], viewer: User, filters: dict[str, Any]
) -> QuerySet[Organisation]:
    """Narrow the list by the filters; each looks only at what `viewer` may see."""
    for name, column in SINGLE.items():
        if value := filters.get(name):
            seen = fields.visible_q(viewer, Organisation, column)
            organisations = organisations.filter(seen, **{column: value})
    for name, column in MANY.items():
        if value := filters.get(name):
            seen = fields.visible_q(viewer, Organisation, column)
            organisations = organisations.filter(seen).filter(holds(organisations, column, value))
    for word in fold(filters.get("q", "")).split()[:6]:
        rule = Q(folded__contains=word)
        codes = [
            code
            for code, label in terms.scheme("types_intervention").items()
            if word in fold(label)
        ]
        seen = fields.visible_q(viewer, Organisation, "interventions")
        for code in codes:
            rule |= seen & holds(organisations, "interventions", code)
        organisations = organisations.filter(rule)
    return organisations


def holds(organisations: QuerySet[Organisation], column: str, code: str) -> Q:
    """Whether a list of codes holds one of them, on both engines (SQLite has no `contains` for
    JSON): codes are plain words, so the quoted code is looked for in the text of the list."""
    listed = organisations.alias(words=Cast(column, CharField()))
    return Q(pk__in=listed.filter(words__contains=f'"{code}"').order_by().values("pk"))


def page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    viewer = person(request)
    organisation = get_object_or_404(
        Organisation.objects.readable_by(viewer).select_related("contact", "twin"), pk=pk
    )
    if slug != organisation.slug:
        return redirect(organisation)
    edits = can_edit_organisation(viewer, organisation)
    facts = fields.visible_fields(organisation, viewer)
    people = readable_people(viewer).filter(organisation=organisation).order_by("folded_name")
    return render(
        request,
        "accounts/people/organisation.html",
        {
            "panels": organisation_panel.of(organisation, viewer),
            "organisation": organisation,
            "shown": {fact.field.name: fact for fact in facts},
            "sections": by_section(facts),
            "people": list(people[:PEOPLE]) if not viewer.is_guest else [],
            "edits": edits,
            "completeness": fields.completeness(organisation) if edits else None,
            "is_contact": organisation.contact_id == viewer.pk,
        },
    )


# Drawn at the top of the page, not repeated in the list of facts.
HEAD = frozenset({"name", "acronym", "mission", "offers", "seeks"})


def by_section(facts: list[fields.Shown]) -> list[tuple[fields.Section, list[fields.Shown]]]:
    grouped = [
        (
            section,
            [f for f in facts if f.field.section == section.slug and f.field.name not in HEAD],
        )
        for section in fields.SECTIONS
    ]
    return [(section, shown) for section, shown in grouped if shown]


def edit(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One section at a time (`?section=`): what is saved stays, what is wrong stays typed."""
    viewer = person(request)
    organisation = get_object_or_404(
        Organisation.objects.readable_by(viewer).select_related("contact"), pk=pk
    )
    if not can_edit_organisation(viewer, organisation):
        raise NotAllowed
    slugs = [section.slug for section in fields.SECTIONS]
    chosen = request.GET.get("section", slugs[0])
    if chosen not in slugs:
        raise Http404
    form = SectionForm(request.POST or None, section=chosen, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        organisation = update_organisation(
            organisation, by=viewer, values=form.values(), visibility=form.visibility()
        )
        messages.success(request, _("This section is saved."))
        return redirect(after(organisation, slugs, chosen))
    position = slugs.index(chosen)
    return render(
        request,
        "accounts/people/organisation_edit.html",
        {
            "organisation": organisation,
            "form": form,
            "section": fields.SECTIONS[position],
            "sections": fields.SECTIONS,
            "last": position == len(slugs) - 1,
            "completeness": fields.completeness(organisation),
        },
        status=400 if form.errors else 200,
    )


def after(organisation: Organisation, slugs: list[str], chosen: str) -> str:
    """The next section, and after the last one the page itself."""
    position = slugs.index(chosen) + 1
    if position == len(slugs):
        return organisation.get_absolute_url()
    address = reverse("accounts:organisation_edit", args=(organisation.pk, organisation.slug))
    return f"{address}?{urlencode({'section': slugs[position]})}"
