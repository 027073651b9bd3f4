"""The members' directory, a person's page, and one's own profile."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import fields
from accounts.forms.people import MemberFilter, ProfileForm, kept
from accounts.models import Consent, Organisation, Profile, Skill, User
from accounts.panels import member_panel
from accounts.querysets import ProfileQuerySet
from accounts.services import people as service
from core.files import FileRefused
from core.pagination import by_cursor, capped_count
from core.text import fold
from core.web import person

PAGE = 24
BOTH = (("helps", Skill.Direction.HELPS), ("seeks", Skill.Direction.SEEKS))


def readable(viewer: User) -> ProfileQuerySet:
    """The members that `viewer` may read, with what a row shows of each."""
    people = Profile.objects.readable_by(viewer).current()
    return people.select_related("owner__organisation", "organisation").prefetch_related("skills")


def directory(request: HttpRequest) -> HttpResponse:
    viewer = person(request)
    if viewer.is_guest:
        raise Http404
    organisations = list(
        Organisation.objects.readable_by(viewer).order_by("slug").values_list("pk", "name")
    )
    form = MemberFilter(request.GET, organisations=organisations)
    filters = kept(form)
    people = filtered(readable(viewer), viewer, filters)
    page = by_cursor(
        people,
        after=request.GET.get("apres", ""),
        size=PAGE,
        order=("folded_name", "id"),
        ascending=True,
    )
    return render(
        request,
        "accounts/people/members.html",
        {
            "form": form,
            "filtered": bool(filters),
            "people": [row(profile, viewer) for profile in page.rows],
            "next": page.next,
            "count": capped_count(people),
        },
    )


def row(profile: Profile, viewer: User) -> dict[str, Any]:
    """What the directory shows of a person: the visible facts, by name."""
    shown = {fact.field.name: fact.value for fact in fields.visible_fields(profile, viewer)}
    return {"profile": profile, "person": profile.owner, "shown": shown}


def filtered(people: ProfileQuerySet, viewer: User, filters: dict[str, Any]) -> ProfileQuerySet:
    """Narrow the list by the filters; each looks only at what `viewer` may see."""
    if region := filters.get("region"):
        people = people.filter(fields.visible_q(viewer, Profile, "region"), region=region)
    if function := filters.get("fonction"):
        people = people.filter(fields.visible_q(viewer, Profile, "function"), function=function)
    if organisation := filters.get("organisme"):
        people = people.filter(organisation_id=organisation)
    if word := fold(filters.get("mot", "")):
        people = people.filter(skilled(viewer, filters.get("sens", ""), folded=word))
    for word in fold(filters.get("q", "")).split()[:6]:
        people = people.filter(
            Q(folded_name__contains=word)
            | Q(organisation__folded__contains=word)
            | skilled(viewer, "", folded__contains=word)
        )
    return people


def skilled(viewer: User, direction: str, **word: str) -> Q:
    """Profiles with such a keyword in the directions that `viewer` sees of each."""
    rule = Q(pk__in=())
    for name, code in BOTH:
        if direction in ("", code):
            skills = Skill.objects.of(OuterRef("pk"), code).filter(**word)
            rule |= Exists(skills) & fields.visible_q(viewer, Profile, name)
    return rule


def member(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """A person's page. The address is put right only once we know she may be read."""
    viewer = person(request)
    profile = get_object_or_404(readable(viewer), owner_id=pk)
    owner = cast(User, profile.owner)
    if slug != owner.slug:
        return redirect(owner)
    facts = fields.visible_fields(profile, viewer)
    return render(
        request,
        "accounts/people/member.html",
        {
            "profile": profile,
            "person": owner,
            "shown": {fact.field.name: fact for fact in facts},
            "facts": [fact for fact in facts if fact.field.name in ("function", "region", "phone")],
            "panels": member_panel.of(owner, viewer),
            "mine": owner.pk == viewer.pk,
            "completeness": fields.completeness(profile) if owner.pk == viewer.pk else None,
        },
    )


def profile(request: HttpRequest) -> HttpResponse:
    """One's own profile."""
    user = person(request)
    mine = get_object_or_404(
        Profile.objects.of(user).prefetch_related("skills").select_related("owner")
    )
    consents = list(user.consents.filter(withdrawn_at=None))
    newsletter = next((c for c in consents if c.purpose == Consent.Purpose.NEWSLETTER), None)
    form = ProfileForm(
        request.POST or None,
        request.FILES or None,
        profile=mine,
        initial={"newsletter": newsletter is not None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            service.save_profile(user, by=user, **form.values(), **apart(form))
        except FileRefused as refusal:
            form.add_error("photo", str(refusal))
        else:
            messages.success(request, _("Your profile is saved."))
            response = redirect("accounts:profile")
            if "language" in form.changed_data:
                speak(response, form.cleaned_data["language"])
            return response
    return render(
        request,
        "accounts/people/profile.html",
        {
            "form": form,
            "profile": mine,
            "newsletter": newsletter,
            "completeness": fields.completeness(mine),
        },
        status=400 if form.errors else 200,
    )


def apart(form: ProfileForm) -> dict[str, Any]:
    """What has its own service: the photo and the consent."""
    return {
        "newsletter": form.cleaned_data["newsletter"],
        "upload": form.cleaned_data["photo"],
        "remove_photo": form.cleaned_data.get("remove_photo", False),
    }


def speak(response: HttpResponse, language: str) -> None:
    """The language chosen for the account holds from the next page."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
