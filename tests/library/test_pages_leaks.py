"""The leak matrix of the library: everybody asks for every page of it, for every document.

Six audiences, the states that keep a document away, one word for each part of a document: title,
abstract, name and text of its file, keyword, note of its version. `tests.test_visibility` asks the
rest of the product, with some of these documents.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from core.models import StoredFile
from library.models import Document
from tests import access
from tests.conftest import World, build_world, make_person, standing
from tests.library.canaries import INSIDE, SHELVES, STATES, Shelves, shelve
from tests.test_visibility import said

pytestmark = pytest.mark.django_db


# What leaves the library, and its collections: tests/library/test_exchange_leaks.py.
LEAVING = (
    "library:citation", "library:oai", "library:feed", "library:table", "library:collection",
    "library:new_collection",
)  # fmt: skip


@dataclasses.dataclass
class Town:
    world: World
    people: dict[str, User]
    storages: dict[str, Any]
    shelves: Shelves


def cast(world: World) -> dict[str, User]:
    """Everybody of `tests.test_visibility`, but the visitor."""
    from allauth.mfa.models import Authenticator

    people = {name: getattr(world, name) for name in ("eve", "maude", "real", "naima", "odile")} | {
        "karim": make_person("Karim", organisation=world.federation, role=User.Role.ANIMATION),
        "admin": make_person("Ada", is_superuser=True, spaces=(world.common,)),
        "lead": make_person(
            "Léa", organisation=world.relais, spaces=(world.common, world.intervention)
        ),
        "guest": make_person(
            "Solange",
            role=User.Role.GUEST,
            access_until=timezone.now() + timedelta(days=9),
            spaces=(world.common,),
        ),
        "gone": make_person("Guy", organisation=world.phare),
    }
    for name in ("karim", "admin", "lead"):
        data = {"secret": "JBSWY3DPEHPK3PXP"}
        Authenticator.objects.create(user=people[name], type="totp", data=data)
    Membership.objects.filter(user=people["lead"], space=world.intervention).update(
        role=Membership.Role.COANIMATION
    )
    for space in (world.intervention, world.psychosocial):
        ended = {"joined_at": timezone.now() - timedelta(days=30), "ended_at": timezone.now()}
        Membership.objects.create(user=people["gone"], space=space, **ended)
    return people


def build_town(storages: dict[str, Any]) -> Town:
    world = build_world()
    people = cast(world)
    return Town(world, people, storages, shelve(world, people, states=STATES))


@pytest.fixture(scope="module")
def town(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with standing(django_db_blocker, folder, COANIMATION=False) as storages:
        yield build_town(storages)


def surfaces(role: str) -> list[str]:
    """Every page of the library, for every document, the list under each filter, and the pages of
    other rooms that show documents."""
    staff = role in ("odile", "karim", "admin", "lead")
    found = ["/", "/communautes/intervention/", "/communautes/suivis-psychosociaux/"]
    for address in access.addresses():
        row = access.row_of(address.name)
        own = address.name.startswith(("library:", "admin:library_document"))
        if row is None or row.post_only or not own or address.name.startswith(LEAVING):
            continue
        paths = access.paths(address)
        found += paths if staff or row.who != access.STAFF else paths[:1]
    index = reverse("library:index")
    asked = [f"espace={slug}" for slug in ("intervention", "suivis-psychosociaux")]
    asked += [f"etat={state}" for state in ("attente", "a-verifier", "lien-brise")]
    asked += ["qui=moi", "tri=titre", "q=titre", "type=guide&langue=fr-CA"]
    found += [f"{index}?{query}" for query in asked]
    numbers = list(Document.objects.values_list("pk", flat=True))
    merged = Document.objects.exclude(replaced_by=None).values_list("replaced_by_id", flat=True)
    found += [f"{reverse('library:download', args=(pk,))}?version=2" for pk in merged]
    found += [f"{reverse('forums:new')}?a-propos=document-{pk}" for pk in numbers]
    found += [f"{reverse('moderation:file_report')}?genre=document&objet={pk}" for pk in numbers]
    files = StoredFile.objects.filter(kind="version")
    found += [reverse("core:file", args=(one.pk,)) for one in files]
    if staff:
        found.append(reverse("admin:library_document_changelist") + "?q=zq")
    return found


# Réal reads what Ève reads here.
@pytest.mark.parametrize("role", sorted((INSIDE | {"visitor"}) - {"real"}))
def test_each_person_meets_the_words_she_may_and_no_other(
    town: Town, db: None, settings: Any, role: str
) -> None:
    settings.STORAGES = town.storages
    settings.COANIMATION = role == "lead"
    client = Client(raise_request_exception=True)
    if role != "visitor":
        client.force_login(town.people[role], backend="accounts.backends.AccountBackend")
    met: dict[str, list[str]] = {}
    for path in surfaces(role):
        answer = client.get(path)
        assert answer.status_code < 500, path
        for found in set(re.findall(r"zqdoc[a-z]+", said(answer))) & town.shelves.may.keys():
            met.setdefault(found, []).append(path)
    shelves = town.shelves
    leaked = {w: paths[:4] for w, paths in met.items() if role not in shelves.may[w]}
    unseen = [w for w, roles in shelves.must.items() if role in roles and w not in met]

    assert leaked == {}
    assert unseen == []


@pytest.mark.parametrize("role", ["eve", "naima", "guest", "karim"])
def test_invisible_and_missing_answer_alike(town: Town, db: None, settings: Any, role: str) -> None:
    settings.STORAGES = town.storages
    client = Client()
    user = town.people[role]
    client.force_login(user, backend="accounts.backends.AccountBackend")
    seen = Document.objects.seen_by(user) | Document.objects.gone_for(user)
    unseen = Document.objects.exclude(pk__in=seen.values("pk")).first()
    assert unseen is not None
    for address in access.addresses():
        if not address.name.startswith("library:") or "pk" not in address.parameters:
            continue
        if address.name.startswith("library:collection"):
            continue
        given = next(one for one in access.arguments(address) if one["pk"] == unseen.pk)
        answers = []
        for pk in (unseen.pk, 987654):
            path = reverse(address.name, kwargs=given | {"pk": pk})
            row = access.row_of(address.name)
            answer = client.post(path) if row is not None and row.post_only else client.get(path)
            body = answer.content.decode().replace(path, "")
            body = re.sub(r'value="[\w-]{40,}"', "", body)
            answers.append((answer.status_code, body))
        assert answers[0] == answers[1], address.name
        assert answers[0][0] == 404, address.name


def test_the_shelves_are_those_of_the_rule(town: Town, db: None) -> None:
    """What was written by hand is what the audience rule says, role by role."""
    for shelf, (_who, readers, _moderators) in SHELVES.items():
        document = Document.objects.get(title=f"Titre zqdoc{shelf}publietitre")
        for role, person in town.people.items():
            assert document.can_be_read_by(person) == (role in readers), (shelf, role)
