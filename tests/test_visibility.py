"""The leak matrix: everybody asks for everything, and canary words say what got out.

One data set: in each space, a thread in each state, each with its own word in the title, the
text, a keyword's title and the name of a file. For each role, one pass over every address of the
product, for every object there is; each answer (body and Location) is searched for all words.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Profile, User
from community.models import JoinRequest, Membership, SubCommunity
from core import files
from core.audience import State
from core.models import StoredFile
from core.tasks import tick
from forums.models import Bookmark, Post, Thread
from forums.services import (
    create_thread,
    hide_post,
    hide_thread,
    merge,
    move_posts,
    move_thread,
    open_poll,
    reply,
    schedule_post,
    split,
    write_synthesis,
)
from moderation.services import file_report
from notifications.digests import queue_digests
from notifications.models import Digest, Subscription
from notifications.services import set_preferences
from search import indexing
from tests import access
from tests.conftest import (
    World,
    build_world,
    hold_mails_no_more,
    make_person,
    make_space,
    standing,
)
from tests.library.canaries import shelve
from tests.practices.canaries import plant

pytestmark = pytest.mark.django_db

SPACES = ("common", "intervention", "direction", "psychosocial", "secret")
EVERYBODY = {
    "visitor", "gone", "guest", "eve", "maude", "real", "naima", "odile", "karim", "admin", "lead",
}  # fmt: skip
# Who reads a space: written here by hand, from docs/visibility.md, and not from the code.
READERS = {
    "common": {"guest", "eve", "maude", "real", "naima", "odile", "karim", "admin", "lead"},
    "intervention": {"maude", "lead", "odile", "karim"},
    "direction": {"real", "odile", "karim"},
    "psychosocial": {"naima", "odile"},
    "secret": {"real", "odile", "karim"},
}
MODERATORS = {
    "common": {"odile", "karim"},
    "intervention": {"odile", "karim", "lead"},
    "direction": {"odile", "karim"},
    "psychosocial": {"odile"},
    "secret": {"odile", "karim"},
}
# The states other than published are tried in an ordinary space and in a confidential one.
WITH_STATES = ("intervention", "psychosocial")


def word(space: str, state: str, place: str = "") -> str:
    return f"zq{space}{state}{place}"


@dataclass
class City:
    """The data set. `may` and `must`: by canary word, who may and who must meet it."""

    world: World
    people: dict[str, User]
    storages: dict[str, Any]
    may: dict[str, set[str]] = field(default_factory=dict)
    must: dict[str, set[str]] = field(default_factory=dict)
    unnamed: User | None = None


def _attached(by: User, name: str) -> Any:
    upload = SimpleUploadedFile(f"{name}.txt", f"contenu {name}".encode(), "text/plain")
    return files.accept(upload, by=by).pk


def _post_in(city: City, key: str, space: SubCommunity, author: User) -> None:
    """One thread in each state in `space`, and who may meet its words."""
    readers, moderators = READERS[key], MODERATORS[key]
    thread = create_thread(
        by=author,
        space=space,
        title=f"Titre {word(key, 'published', 'titre')}",
        text=f"Texte {word(key, 'published', 'texte')}",
        tags=[f"mot {word(key, 'published', 'mot')}"],
        attachments=[_attached(author, word(key, "published", "fichier"))],
    )
    open_poll(
        thread,
        by=author,
        question=f"Question {word(key, 'published', 'sondage')}",
        labels=[word(key, "published", "choix"), "Autre chose"],
        closes_at=timezone.now() + timedelta(days=3),
    )
    words = f"En somme {word(key, 'published', 'avant')}"
    write_synthesis(thread, by=author, text=words)
    words = f"En somme {word(key, 'published', 'somme')}"
    write_synthesis(thread, by=author, text=words, number=1)
    schedule_post(
        by=author,
        space=space,
        publish_at=timezone.now() + timedelta(days=2),
        submission=uuid.uuid4(),
        title=f"Titre {word(key, 'published', 'avenir')}",
        text="À venir.",
    )
    city.may[word(key, "published", "avenir")] = {
        name for name, person in city.people.items() if person == author
    }
    city.must[word(key, "published", "avenir")] = city.may[word(key, "published", "avenir")]
    for person in city.people.values():
        Bookmark.objects.create(user=person, post=thread.posts.get(position=1))
    for place in ("titre", "texte", "mot", "fichier", "sondage", "choix", "somme", "avant"):
        city.may[word(key, "published", place)] = readers
        city.must[word(key, "published", place)] = readers
    post = reply(thread, by=author, text=f"Réponse {word(key, 'hiddenpost')}")
    file_report(post, by=author, reason="autre", details=f"Parce que {word(key, 'report')}")
    hide_post(post, by=city.people["odile"], reason="Essai")
    city.may[word(key, "hiddenpost")] = moderators
    city.may[word(key, "report")] = moderators | {
        name for name, person in city.people.items() if person == author
    }
    city.must[word(key, "report")] = moderators
    for state in ("hidden", "removed", "pending") if key in WITH_STATES else ():
        other = create_thread(
            by=author,
            space=space,
            title=f"Titre {word(key, state)}",
            text=f"Texte {word(key, state)}",
            attachments=[_attached(author, word(key, state, "fichier"))],
        )
        if state == "hidden":
            hide_thread(other, by=city.people["odile"], reason="Essai")
        else:
            Thread.objects.filter(pk=other.pk).update(state=State(state))
        own = {name for name, person in city.people.items() if person == author}
        allowed = moderators | (own if state == "pending" else set())
        city.may[word(key, state)] = city.may[word(key, state, "fichier")] = allowed


def build_city(storages: dict[str, Any]) -> City:
    world = build_world()
    secret = make_space("Zqsecretespace", "hors-liste", listed=False, hue="rouge")
    Membership.objects.create(user=world.real, space=secret)
    people = {
        "eve": world.eve,
        "maude": world.maude,
        "real": world.real,
        "naima": world.naima,
        "odile": world.odile,
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
        from allauth.mfa.models import Authenticator

        Authenticator.objects.create(
            user=people[name], type="totp", data={"secret": "JBSWY3DPEHPK3PXP"}
        )
    Membership.objects.filter(user=people["lead"], space=world.intervention).update(
        role=Membership.Role.COANIMATION
    )
    for space in (world.common, world.intervention, world.direction, world.psychosocial, secret):
        Membership.objects.create(
            user=people["gone"],
            space=space,
            joined_at=timezone.now() - timedelta(days=30),
            ended_at=timezone.now(),
        )
    city = City(world, people, storages)
    _post_in(city, "common", world.common, world.eve)
    _post_in(city, "intervention", world.intervention, world.maude)
    _post_in(city, "direction", world.direction, world.real)
    _post_in(city, "psychosocial", world.psychosocial, world.naima)
    _post_in(city, "secret", secret, world.real)
    moved = create_thread(
        by=world.real,
        space=world.direction,
        title=f"Titre {word('direction', 'moved')}",
        text="Texte",
    )
    move_thread(moved, world.intervention, by=world.odile)
    # Once moved it is read where it is now; its author is not there and reads it no more.
    city.may[word("direction", "moved")] = city.must[word("direction", "moved")] = READERS[
        "intervention"
    ]
    _move_messages(city)
    # The administrator chooses among all the spaces when she asks for an exceptional access.
    city.may["zqsecretespace"] = READERS["secret"] | {"admin"}
    city.must["zqsecretespace"] = READERS["secret"]
    _private_facts(city)
    city.unnamed = make_person("Zqsansnom", "Discrète", spaces=(world.common, world.psychosocial))
    sans = create_thread(
        by=city.unnamed, space=world.psychosocial, title="Sans nom", text="Mot.", unnamed=True
    )
    reply(sans, by=city.unnamed, text="Encore moi.", unnamed=True)
    JoinRequest.objects.create(
        user=world.maude, space=world.psychosocial, message="zqdemandejoindre"
    )
    city.may["zqdemandejoindre"] = {"odile", "maude"}
    _report_the_animators(city)
    # All of them, in every state, are in tests/library/test_pages_leaks.py.
    shelves = shelve(world, people, shelves=("organisme", "psychosocial"))
    city.may |= shelves.may
    city.must |= shelves.must
    # And all the sheets in tests/practices/test_sheets_leaks.py.
    sheets = plant(world, people, states=("publique", "brouillon", "soumise"))
    city.may |= sheets.may
    city.must |= sheets.must
    for kind in indexing.indexed_kinds():
        list(indexing.walk(kind, name="city"))
    return city


def _move_messages(city: City) -> None:
    """One message moved, one that opens a new thread, and a whole thread merged: each to another
    space, where it is read by who reads that one."""
    world = city.world
    target = create_thread(by=world.real, space=world.direction, title="Accueil", text="Texte")
    merged = create_thread(
        by=world.maude,
        space=world.intervention,
        title=f"Titre {word('intervention', 'merged', 'titre')}",
        text=f"Texte {word('intervention', 'merged')}",
    )
    one, two = (
        reply(
            merged,
            by=world.maude,
            text=f"Texte {word('intervention', name)}",
            attachments=[_attached(world.maude, word("intervention", name, "fichier"))],
        )
        for name in ("movedpost", "split")
    )
    move_posts(one, target, by=world.odile)
    split(two, by=world.odile, space=world.direction)
    merge(merged, target, by=world.odile)
    city.may[word("intervention", "merged", "titre")] = MODERATORS["intervention"]
    for name in ("movedpost", "split", "merged"):
        here = word("intervention", name)
        city.may[here] = city.must[here] = READERS["direction"]
    for name in ("movedpost", "split"):
        city.may[word("intervention", name, "fichier")] = READERS["direction"]


def _report_the_animators(city: City) -> None:
    """What is reported of one's own words, signed or not, is for the others who moderate there:
    of the psychosocial space's only animator, for nobody."""
    space, people = city.world, city.people
    for who, key, by, unnamed in (
        ("lead", "intervention", "maude", False),
        ("karim", "common", "eve", False),
        ("odile", "psychosocial", "naima", True),
    ):
        thread = Thread.objects.get(title=f"Titre {word(key, 'published', 'titre')}")
        if who == "karim":
            Membership.objects.create(user=people[who], space=space.common)
        post = reply(thread, by=people[who], text="Une réponse vive.", unnamed=unnamed)
        told = word(key, "against", who)
        file_report(post, by=people[by], reason="autre", details=f"Parce que {told}")
        city.may[told] = city.must[told] = (MODERATORS[key] - {who}) | {by}


def _private_facts(city: City) -> None:
    """Facts of people and organisations that their level keeps from colleagues."""
    Profile.objects.filter(owner=city.people["real"]).update(
        phone="zqtelephone", visibility={"phone": "animation"}
    )
    city.may["zqtelephone"] = {"real", "odile", "karim"}
    Organisation.objects.filter(pk=city.world.phare.pk).update(
        privacy_officer="zqresponsable", contact=city.people["real"]
    )
    city.may["zqresponsable"] = {"real", "odile", "karim", "admin"}


@pytest.fixture(scope="module")
def city(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    with standing(django_db_blocker, folder, COANIMATION=False) as storages:
        yield build_city(storages)


@pytest.fixture
def undone(city: City, db: None, settings: Any) -> City:
    """The city and its files; what a test changes is taken back, its expectations too."""
    settings.STORAGES = city.storages
    return dataclasses.replace(city, may=dict(city.may))


def browser(city: City, role: str) -> Client:
    client = Client(raise_request_exception=True)
    if role != "visitor":
        client.force_login(city.people[role], backend="accounts.backends.AccountBackend")
    return client


def surfaces(role: str) -> list[str]:
    """Every address that answers a GET, for every object, with the filters that reach further.

    Addresses of the admin are asked in full by those who may open it; the others' answer to
    them is one and the same (tests/test_urls.py).
    """
    staff = role in ("odile", "karim", "admin", "lead")
    found = []
    for address in access.addresses():
        row = access.row_of(address.name)
        if row is None or row.post_only or address.name == "account_logout":
            continue
        paths = access.paths(address)
        found += paths if staff or row.who != access.STAFF else paths[:1]
    slugs = SubCommunity.objects.values_list("slug", flat=True)
    found += [f"{reverse('forums:threads')}?espace={slug}" for slug in slugs]
    found += [f"{reverse('forums:new')}?communaute={slug}" for slug in slugs]
    found += [f"{reverse('forums:reach')}?space={slug}" for slug in slugs]
    for key in SPACES:
        found.append(f"{reverse('forums:threads')}?mot=mot {word(key, 'published', 'mot')[:-1]}")
    found += [
        f"{reverse('forums:threads')}?{query}"
        for query in (
            "filtre=nonlus",
            "filtre=suivis",
            "filtre=sans-reponse",
            "filtre=a-moi",
            "etat=resolu",
            "genre=question",
        )
    ]
    report = reverse("moderation:file_report")
    found += [
        f"{report}?genre=thread&objet={pk}" for pk in Thread.objects.values_list("pk", flat=True)
    ]
    found += [f"{report}?genre=post&objet={pk}" for pk in Post.objects.values_list("pk", flat=True)]
    for name in ("accounts:members", "accounts:organisations"):
        found += [f"{reverse(name)}?q=zq", f"{reverse(name)}?q=a"]
    found += _searches(list(slugs))
    if staff:
        found += _admin_searches()
    return found


def _searches(slugs: list[str]) -> list[str]:
    """The search, everywhere and inside each space: results, orders, corrections, suggestions. No
    word that is asked is a canary, since the page repeats it."""
    page, suggestions = reverse("search:page"), reverse("search:suggestions")
    asked = ("titre", "titre&tri=date", "texte", "mot -sirop", "zqcommonpublishedtitrx", "auteur:a")
    found = [f"{page}?q={words}" for words in asked]
    found += [f"{suggestions}?q={prefix}" for prefix in ("ti", "titre z", "zq", "zqsecre")]
    for slug in slugs:
        found += [f"{one}?q=titre z&communaute={slug}" for one in (page, suggestions)]
    return found


def _admin_searches() -> list[str]:
    found = []
    for model, model_admin in admin.site._registry.items():
        info = f"{model._meta.app_label}_{model._meta.model_name}"
        if model_admin.search_fields:
            found.append(reverse(f"admin:{info}_changelist") + "?q=zq")
        for name in model_admin.autocomplete_fields:
            found.append(
                reverse("admin:autocomplete")
                + f"?app_label={model._meta.app_label}&model_name={model._meta.model_name}"
                f"&field_name={name}&term=zq"
            )
    return found


def said(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = answer.headers.get("Location", "") + answer.headers.get("Content-Disposition", "")
    return (body.decode(errors="replace") + headers).lower()


def is_of_the_threads(path: str) -> bool:
    """Whether it is a page where threads are read, listed or moderated."""
    rooms = ("/discussions", "/admin/forums", "/admin/moderation", "/communautes")
    return path.startswith(rooms) and not path.endswith("/membres/")


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_person_meets_the_words_she_may_and_no_other(
    undone: City, settings: Any, role: str
) -> None:
    settings.COANIMATION = role == "lead"
    client = browser(undone, role)
    met: dict[str, list[str]] = {}
    named = []
    for path in surfaces(role):
        answer = client.get(path)
        assert answer.status_code < 500, path
        text = said(answer)
        for found in set(re.findall(r"zq[a-z]+", text)) & undone.may.keys():
            met.setdefault(found, []).append(path)
        if is_of_the_threads(path):
            named.append((path, "zqsansnom" in text))

    leaked = {w: paths[:4] for w, paths in met.items() if role not in undone.may[w]}
    unseen = [w for w, roles in undone.must.items() if role in roles and w not in met]

    assert leaked == {}
    assert unseen == []
    # An unnamed author is absent from every page of the threads, for everybody.
    assert named
    assert [path for path, there in named if there] == []


# Odile moderates every space: she has nothing that is invisible to her.
@pytest.mark.parametrize("role", sorted(EVERYBODY - {"visitor", "odile"}))
def test_invisible_and_missing_answer_alike(undone: City, role: str) -> None:
    client = browser(undone, role)
    user = undone.people[role]

    def alike(name: str, there: dict[str, Any], absent: dict[str, Any]) -> None:
        answers = []
        for given in (there, absent):
            path = reverse(name, kwargs=given)
            answer = client.get(path)
            body = answer.content.decode().replace(path, "")
            answers.append((answer.status_code, re.sub(r'value="[\w-]{40,}"', "", body)))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404

    seen = Thread.objects.readable_by(user) | Thread.objects.moderated_by(user)
    unseen = Thread.objects.exclude(pk__in=seen.values("pk")).first()
    assert unseen is not None
    alike("forums:thread", {"pk": unseen.pk}, {"pk": 987654})
    post = unseen.posts.get(position=1)
    alike("forums:versions", {"pk": post.pk}, {"pk": 987654})
    stored = StoredFile.objects.filter(kind="post", object_id=post.pk)
    alike(
        "core:file", {"file_id": stored[0].pk}, {"file_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    )
    if role not in READERS["secret"]:
        alike("community:space", {"slug": "hors-liste"}, {"slug": "nexiste-pas"})


def everybody_follows_everything(city: City) -> None:
    Subscription.objects.bulk_create(
        (
            Subscription(user=person, kind="thread", object_id=thread.pk)
            for person in city.people.values()
            for thread in Thread.objects.all()
        ),
        ignore_conflicts=True,
    )


def replies_everywhere(city: City) -> None:
    """A new reply in each space, with its own word."""
    spaces = {
        "common": "eve",
        "intervention": "maude",
        "direction": "real",
        "psychosocial": "naima",
    }
    for key, author in spaces.items():
        thread = Thread.objects.get(title=f"Titre {word(key, 'published', 'titre')}")
        reply(thread, by=city.people[author], text=f"Nouvelle {word(key, 'published', 'nouvelle')}")
        city.may[word(key, "published", "nouvelle")] = READERS[key]


def leaks_in(mailbox: list[Any], city: City) -> dict[str, list[str]]:
    """By canary word, the roles whose mail held it and should not have."""
    roles = {person.email: role for role, person in city.people.items()}
    found: dict[str, list[str]] = {}
    for mail in mailbox:
        whole = mail.subject + mail.body + "".join(str(part[0]) for part in mail.alternatives)
        whole += str(mail.extra_headers)
        for canary in set(re.findall(r"zq[a-z]+", whole.lower())) & city.may.keys():
            role = roles.get(mail.to[0], "visitor")
            if role not in city.may[canary] or "psychosocial" in canary:
                found.setdefault(canary, []).append(role)
    return found


def work_until_the_end() -> None:
    """The worker's ticks, and the minutes during which mails are held."""
    for _ in range(3):
        tick()
        hold_mails_no_more()
    tick()


def test_mails_hold_only_what_their_reader_may_read(undone: City, mailoutbox: list[Any]) -> None:
    everybody_follows_everything(undone)
    replies_everywhere(undone)
    work_until_the_end()

    told = {mail.to[0] for mail in mailoutbox}
    assert {undone.people[role].email for role in ("odile", "lead", "guest")} <= told
    assert leaks_in(mailoutbox, undone) == {}


def _remove_lead(city: City) -> None:
    Membership.objects.filter(user=city.people["lead"]).update(ended_at=timezone.now())
    for key in ("common", "intervention"):
        city.may[word(key, "published", "nouvelle")] = READERS[key] - {"lead"}


def _deactivate_lead(city: City) -> None:
    User.objects.filter(pk=city.people["lead"].pk).update(is_active=False)
    for key in ("common", "intervention"):
        city.may[word(key, "published", "nouvelle")] = READERS[key] - {"lead"}


def _move_to_direction(city: City) -> None:
    thread = Thread.objects.get(title=f"Titre {word('intervention', 'published', 'titre')}")
    move_thread(thread, city.world.direction, by=city.people["odile"])
    for place in ("titre", "nouvelle"):
        city.may[word("intervention", "published", place)] = READERS["direction"]


def _hide_the_replies(city: City) -> None:
    Post.objects.filter(text__contains="nouvelle").update(state=State.HIDDEN)
    for key in READERS:
        city.may[word(key, "published", "nouvelle")] = set()


def _remove_the_threads(city: City) -> None:
    Thread.objects.update(state=State.REMOVED)
    for key in READERS:
        city.may[word(key, "published", "nouvelle")] = set()


@pytest.mark.parametrize(
    "change",
    [_remove_lead, _deactivate_lead, _move_to_direction, _hide_the_replies, _remove_the_threads],
    ids=lambda change: change.__name__.strip("_"),
)
def test_what_changes_between_queueing_and_sending_is_looked_at_again(
    undone: City, mailoutbox: list[Any], change: Any
) -> None:
    from core import events

    everybody_follows_everything(undone)
    replies_everywhere(undone)
    while events.drain(limit=100):
        pass
    change(undone)
    work_until_the_end()

    assert leaks_in(mailoutbox, undone) == {}


def everybody_has_a_digest(city: City) -> None:
    for person in city.people.values():
        set_preferences(by=person, everything=("suivre", "jour"), spaces={})
    replies_everywhere(city)
    Digest.objects.update(next_at=timezone.now())


def test_digests_hold_only_what_their_reader_may_read(undone: City, mailoutbox: list[Any]) -> None:
    everybody_has_a_digest(undone)
    queue_digests()
    work_until_the_end()

    told = {mail.to[0] for mail in mailoutbox}
    assert {undone.people[role].email for role in ("odile", "lead", "guest")} <= told
    assert leaks_in(mailoutbox, undone) == {}


@pytest.mark.parametrize(
    "change",
    [_remove_lead, _deactivate_lead, _move_to_direction, _hide_the_replies, _remove_the_threads],
    ids=lambda change: change.__name__.strip("_"),
)
def test_what_changes_before_a_digest_leaves_is_looked_at_again(
    undone: City, mailoutbox: list[Any], change: Any
) -> None:
    everybody_has_a_digest(undone)
    queue_digests()
    change(undone)
    work_until_the_end()

    assert leaks_in(mailoutbox, undone) == {}
