"""Organisations, members and who is in which space."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts import fields
from accounts.models import Organisation, Profile, Skill, User
from community.models import Charter, CharterAcceptance, Membership, SubCommunity
from core.audience import Level
from core.text import fold
from home.demo import clock
from home.founding import federation, source

ADMINISTRATOR = "administration@courriel.example"
# How long the invited researcher may stay, from the day the demonstration is loaded.
GUEST_STAY = timedelta(days=120)
# The file names one fact otherwise in `champs_organisation` and in the organisations.
KEYS = {"ordres": "ordres_enseignement"}


def add_organisations() -> dict[str, Organisation]:
    """The federation, its supporter and the 24 member organisations, by the file's id."""
    partner = source()["partenaire_soutien"]
    found = {
        source()["regroupement"]["id"]: federation(),
        partner["id"]: Organisation.objects.create(
            category=Organisation.Category.PARTNER,
            name=partner["nom"],
            acronym=settings.SUPPORTER or partner["sigle"],
            level=Level.COMMUNITY,
        ),
    }
    for entry in source()["organisations"]:
        found[entry["id"]] = Organisation.objects.create(level=Level.COMMUNITY, **_facts(entry))
    _twin(found)
    return found


def _facts(entry: dict[str, Any]) -> dict[str, Any]:
    facts = {}
    for field in (*fields.ORGANISATION, *fields.ORGANISATION_MORE):
        key = KEYS.get(field.key, field.key)
        if field.kind != fields.PERSON and entry.get(key) is not None:
            value = entry[key]
            facts[field.name] = clock.day(value) if field.kind == fields.DATE else value
    return facts


def _twin(organisations: dict[str, Organisation]) -> None:
    """Pairs organisations of the same setting, far apart: the last with the first."""
    by_setting: dict[str, list[Organisation]] = {}
    for entry in source()["organisations"]:
        by_setting.setdefault(entry["milieu"], []).append(organisations[entry["id"]])
    for group in by_setting.values():
        for one, other in zip(group, reversed(group), strict=True):
            one.twin = other
            one.save(update_fields=["twin"])


def add_people(organisations: dict[str, Organisation]) -> dict[str, User]:
    """The 55 members and the administrator, with profiles, skills and référentes."""
    entries = source()["membres"]
    people = {entry["id"]: _account(entry, organisations) for entry in entries}
    administrator = User(
        email=ADMINISTRATOR,
        first_name="Administration",
        last_name=settings.FEDERATION,
        organisation=federation(),
        job_title="Administration de la plateforme",
        is_superuser=True,
        password=make_password(None),
    )
    User.objects.bulk_create([*people.values(), administrator])
    Profile.objects.bulk_create(
        [
            *(_profile(people[entry["id"]], entry) for entry in entries),
            _profile(administrator, {}),
        ]
    )
    _add_skills(people, entries)
    for entry in source()["organisations"]:
        organisation = organisations[entry["id"]]
        organisation.contact = people[entry["personne_referente_id"]]
        organisation.save(update_fields=["contact"])
    return people | {"administration": administrator}


def _account(entry: dict[str, Any], organisations: dict[str, Organisation]) -> User:
    guest = entry["role_plateforme"] == "invite"
    animation = entry["role_plateforme"] == "animation"
    return User(
        email=entry["courriel"],
        first_name=entry["prenom"],
        last_name=entry["nom"],
        organisation=organisations[entry["organisation_id"]],
        job_title=entry["titre_poste"],
        role=User.Role.GUEST if guest else User.Role.ANIMATION if animation else User.Role.MEMBER,
        access_until=timezone.now() + GUEST_STAY if guest else None,
        created_at=clock.morning(entry["adhesion_le"]),
        last_seen_at=clock.morning(entry["derniere_visite"]),
        # Nobody signs in with a password of her own: the demonstration's backend accepts one.
        password=make_password(None),
    )


def _profile(user: User, entry: dict[str, Any]) -> Profile:
    return Profile(
        owner=user,
        organisation=user.organisation,
        level=Level.MEMBERS,
        pronoun=entry.get("pronom") or "",
        function=entry.get("fonction") or "",
        region=entry.get("region") or "",
        bio=entry.get("bio") or "",
        folded_name=fold(user.full_name)[:200],
    )


def _add_skills(people: dict[str, User], entries: Iterable[dict[str, Any]]) -> None:
    profiles = {one.owner_id: one for one in Profile.objects.all()}
    Direction = Skill.Direction
    skills = {}
    for entry in entries:
        profile = profiles[people[entry["id"]].pk]
        for direction, words in (
            (Direction.HELPS, entry["expertises"]),
            (Direction.SEEKS, entry["cherche"]),
        ):
            for word in words:
                folded = fold(word)[:60]
                skills[profile.pk, direction, folded] = Skill(
                    profile=profile, direction=direction, word=word[:60], folded=folded
                )
    Skill.objects.bulk_create(skills.values())


def add_memberships(people: dict[str, User]) -> dict[str, SubCommunity]:
    """Who is in which space, with the charters accepted; the spaces by the file's id."""
    spaces = {
        entry["id"]: SubCommunity.objects.get(slug=entry["slug"])
        for entry in source()["sous_communautes"]
    }
    leads = {
        (person, entry["id"])
        for entry in source()["sous_communautes"]
        for person in entry["coanimation_ids"]
    }
    stays = [
        _membership(people[entry["id"]], spaces[key], entry, (entry["id"], key) in leads)
        for entry in source()["membres"]
        for key in entry["sous_communautes"]
    ]
    stays.append(Membership(user=people["administration"], space=spaces["sc-commune"]))
    bulk_create_with_history(stays, Membership)
    _accept(stays, people)
    return spaces


def _membership(user: User, space: SubCommunity, entry: dict[str, Any], leads: bool) -> Membership:
    Role = Membership.Role
    role = Role.ANIMATION if user.is_animator else Role.COANIMATION if leads else Role.MEMBER
    joined = clock.morning(entry["adhesion_le"])
    return Membership(
        user=user,
        space=space,
        role=role,
        joined_at=joined,
        read_floor=joined,
        last_visit_at=clock.morning(entry["derniere_visite"]),
    )


def _accept(stays: list[Membership], people: dict[str, User]) -> None:
    """Everybody accepted the code of conduct, and the charter of each of her spaces."""
    charters = {one.space_id: one for one in Charter.objects.order_by("version")}
    accepted = [
        CharterAcceptance(
            user=stay.user, charter=charters[stay.space_id], accepted_at=stay.joined_at
        )
        for stay in stays
        if stay.space_id in charters
    ]
    accepted += [
        CharterAcceptance(user=user, charter=charters[None], accepted_at=user.created_at)
        for user in people.values()
    ]
    CharterAcceptance.objects.bulk_create(accepted)
