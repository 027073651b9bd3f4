"""How people and organisations are found by the search (`core.content.Indexed`).

Only the facts that everybody who may find them may also read go into the index: a telephone kept
for one's own organisation, a budget kept for the federation, answer to nobody's search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accounts import fields
from accounts.models import Organisation, Profile
from core.audience import Level
from core.content import Entry, Indexed
from core.events import emit, run_hooks

# What is read as words; figures, addresses and telephones are looked up on the page.
SEARCHED = (fields.WORDS, fields.LONG, fields.TERM, fields.TERMS, fields.LIST, fields.SKILLS)
# Facts that count as much as the name.
KEYWORDS = frozenset({"helps", "acronym", "interventions", "publics"})
NEVER = frozenset({"name", "neq", "charity_number", "privacy_officer", "pronoun"})
SHARED = {
    Level.PUBLIC: (Level.PUBLIC,),
    Level.COMMUNITY: (Level.PUBLIC, Level.COMMUNITY),
}
TO_MEMBERS = (Level.PUBLIC, Level.COMMUNITY, Level.MEMBERS)


def shared(obj: Organisation | Profile) -> dict[str, str]:
    """The facts of `obj` that go as far as itself, in words, by their name."""
    levels = SHARED.get(Level(obj.level), TO_MEMBERS)
    found = {}
    for field in fields.table(obj):
        value = fields.raw(obj, field)
        if (
            field.kind in SEARCHED
            and field.name not in NEVER
            and value not in (None, "", [])
            and fields.level_of(obj, field) in levels
        ):
            words, _href = fields.render(field, value)
            found[field.name] = ", ".join(words) if isinstance(words, list) else str(words)
    return found


def _text(facts: dict[str, str], *more: str) -> str:
    return " · ".join(text for text in (*more, *facts.values()) if text)


def _keywords(facts: dict[str, str]) -> str:
    return "\n".join(text for name, text in facts.items() if name in KEYWORDS)


def members(ids: Sequence[int]) -> Iterator[Entry]:
    """People whose account is open: their name, and what they share with all. Two queries."""
    rows = Profile.objects.current().filter(pk__in=list(ids))
    for profile in rows.select_related("owner__organisation").prefetch_related("skills"):
        person: Any = profile.owner
        facts = shared(profile)
        place = person.organisation.name if person.organisation is not None else ""
        yield Entry(
            object_id=profile.pk,
            level=profile.level,
            space_id=profile.space_id,
            organisation_id=profile.organisation_id,
            owner_id=profile.owner_id,
            state=profile.state,
            title=person.full_name,
            url=profile.get_absolute_url(),
            dated_at=person.created_at,
            pages=[_text(facts, place)],
            keywords=_keywords(facts),
            type=profile.function if "function" in facts else "",
        )


def organisations(ids: Sequence[int]) -> Iterator[Entry]:
    for organisation in Organisation.objects.filter(pk__in=list(ids)):
        facts = shared(organisation)
        yield Entry(
            object_id=organisation.pk,
            level=organisation.level,
            space_id=organisation.space_id,
            organisation_id=organisation.organisation_id,
            owner_id=organisation.owner_id,
            state=organisation.state,
            title=organisation.name,
            url=organisation.get_absolute_url(),
            dated_at=organisation.created_at,
            pages=[_text(facts)],
            keywords=_keywords(facts),
        )


def member_ids(after: int, limit: int) -> list[int]:
    rows = Profile.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def organisation_ids(after: int, limit: int) -> list[int]:
    rows = Organisation.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


# ------------------------------------------------------------------ what the services announce


def profile_changed(profile: Profile, *, narrowed: bool = False) -> None:
    """Say that what is found of a person may be otherwise. When she shares less than before
    (`narrowed`), nothing of her is found until it was looked at again."""
    if narrowed:
        run_hooks("audience.changed", kind="member", ids=[profile.pk])
    emit("profile.changed", profile=profile.pk)


def organisation_changed(organisation: Organisation, *, narrowed: bool = False) -> None:
    """The same for an organisation."""
    if narrowed:
        run_hooks("audience.changed", kind="organisation", ids=[organisation.pk])
    emit("organisation.changed", organisation=organisation.pk)


def _this_profile(payload: dict[str, Any]) -> list[int]:
    return [payload["profile"]]


def _this_organisation(payload: dict[str, Any]) -> list[int]:
    return [payload["organisation"]]


def _its_members(payload: dict[str, Any]) -> list[int]:
    rows = Profile.objects.filter(organisation_id=payload["organisation"])
    return list(rows.values_list("pk", flat=True))


MEMBERS = Indexed(
    entries=members,
    ids=member_ids,
    events={"profile.changed": _this_profile, "organisation.changed": _its_members},
    scheme="fonctions",
    weight=0.8,
    while_active=True,
)
ORGANISATIONS = Indexed(
    entries=organisations,
    ids=organisation_ids,
    events={"organisation.changed": _this_organisation, "request.approved": _this_organisation},
    weight=0.8,
)
