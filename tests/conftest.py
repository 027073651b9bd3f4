"""The cast: the same five people in every test, in the same four spaces.

Maude is a field worker, Réal a director, Naïma does psychosocial follow-ups, Odile animates for
the federation (and is a member of the psychosocial space), Ève is in the common space only.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import Organisation, Profile, User
from community.models import Membership, SubCommunity
from core import events, mail, terms
from core.audience import Level, State
from core.models import OutgoingMail, Term

TERMS = {
    "types_fil": ("question", "bon-coup", "annonce"),
    "regions": ("01", "11", "16"),
    "milieux": ("urbain", "rural"),
    "fonctions": ("intervention", "direction", "psychosocial", "animation"),
}


@pytest.fixture(autouse=True)
def _test_settings(settings: Any, tmp_path: Any) -> Iterator[None]:
    """Files below the test's own folder, a fast hasher, and no word or limit kept from before."""
    settings.HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "local": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "local",
        },
    }
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        }
    }
    for alias in ("default", "local"):
        caches[alias].clear()
    yield
    for alias in ("default", "local"):
        caches[alias].clear()


def make_person(
    first_name: str,
    last_name: str = "Test",
    *,
    organisation: Organisation | None = None,
    role: str = User.Role.MEMBER,
    spaces: tuple[SubCommunity, ...] = (),
    **fields: Any,
) -> User:
    """A person with her profile, in the given spaces (and only these)."""
    address = f"{first_name}.{last_name}@exemple.test".lower()
    user = User.objects.create_user(
        address.encode("ascii", "ignore").decode(),
        first_name=first_name,
        last_name=last_name,
        organisation=organisation,
        role=role,
        **fields,
    )
    Profile.objects.get_or_create(
        owner=user, defaults={"organisation": organisation, "level": Level.MEMBERS}
    )
    for space in spaces:
        Membership.objects.create(user=user, space=space)
    return user


def make_space(name: str, slug: str, **fields: Any) -> SubCommunity:
    return SubCommunity.objects.create(
        name=name, slug=slug, **({"purpose": f"Le propos de {name}."} | fields)
    )


def make_organisation(name: str, **fields: Any) -> Organisation:
    return Organisation.objects.create(
        name=name, **({"level": Level.COMMUNITY, "state": State.PUBLISHED} | fields)
    )


@dataclass
class World:
    """The spaces, the organisations and the cast."""

    common: SubCommunity
    direction: SubCommunity
    intervention: SubCommunity
    psychosocial: SubCommunity
    relais: Organisation
    phare: Organisation
    federation: Organisation
    maude: User
    real: User
    naima: User
    odile: User
    eve: User


def add_terms(lists: dict[str, tuple[str, ...]]) -> None:
    """Those words of the lists that are not there yet, by their codes."""
    there = set(Term.objects.values_list("scheme", "code"))
    missing = [
        Term(scheme=scheme, code=code, label=code.replace("-", " ").capitalize(), position=position)
        for scheme, codes in lists.items()
        for position, code in enumerate(codes)
        if (scheme, code) not in there
    ]
    if missing:
        Term.objects.bulk_create(missing)
        caches["local"].delete(terms.CACHE_KEY)


def hold_mails_no_more() -> None:
    """The minutes during which mails are held are over."""
    OutgoingMail.objects.filter(state="waiting").update(not_before=timezone.now())


@pytest.fixture
def work() -> Callable[[], None]:
    """The worker: hears what happened, then, once the mails were held, sends them."""

    def run() -> None:
        while events.drain():
            pass
        hold_mails_no_more()
        while mail.deliver():
            pass

    return run


@contextmanager
def standing(blocker: Any, folder: Path, **changed: Any) -> Iterator[dict[str, Any]]:
    """What is written inside stands for all the tests of a module, which take back what they write
    themselves; gives the storages, whose files are in `folder`. `changed` are settings."""
    storages = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        }
    }
    with blocker.unblock(), override_settings(STORAGES=storages, **changed), transaction.atomic():
        yield storages
        transaction.set_rollback(True)


class Cast:
    """The world as it was built once, and the statements that write the same rows again.

    The product builds it with sixty queries and as many signals, which thousands of tests would
    pay for. Everybody gets her own copy of the objects.
    """

    def __init__(self) -> None:
        models = [one for one in apps.get_models() if one._meta.managed]
        before = {one: set(one._base_manager.values_list("pk", flat=True)) for one in models}
        with transaction.atomic():
            self.world = pickle.dumps(build_world())
            rows = {one: list(one._base_manager.exclude(pk__in=before[one])) for one in models}
            transaction.set_rollback(True)
        self.statements: list[tuple[str, Any]] = []
        with transaction.atomic(), connection.execute_wrapper(self._note):
            for model in sorted(rows, key=lambda one: one._meta.label):
                model._base_manager.bulk_create(rows[model])
            transaction.set_rollback(True)

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def enter(self) -> World:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(sql, params)
        return cast("World", pickle.loads(self.world))  # noqa: S301 (written above)


@pytest.fixture(scope="session")
def everybody(django_db_setup: None, django_db_blocker: Any) -> Cast:
    with django_db_blocker.unblock():
        return Cast()


@pytest.fixture
def world(everybody: Cast, db: None) -> World:
    return everybody.enter()


def build_world() -> World:
    add_terms(TERMS)
    common = make_space(
        "La place commune",
        "place-commune",
        is_common=True,
        join_policy=SubCommunity.JoinPolicy.OPEN,
        hue="ambre",
    )
    intervention = make_space(
        "Intervention", "intervention", join_policy=SubCommunity.JoinPolicy.OPEN, position=1
    )
    direction = make_space(
        "Direction et administration",
        "direction-administration",
        confidentiality=SubCommunity.Confidentiality.REINFORCED,
        hue="bleu",
        position=2,
    )
    psychosocial = make_space(
        "Suivis psychosociaux",
        "suivis-psychosociaux",
        confidentiality=SubCommunity.Confidentiality.HIGH,
        content_in_mail=False,
        in_global_search=False,
        unnamed_posts=True,
        danger_notice=True,
        hue="violet",
        position=3,
    )
    relais = make_organisation("Racines et Relais", region="01", setting="rural")
    phare = make_organisation("Le Phare des Battures", region="11", setting="urbain")
    federation = make_organisation("ROCQLD", category=Organisation.Category.FEDERATION)
    odile = make_person(
        "Odile",
        "Larivage",
        organisation=federation,
        role=User.Role.ANIMATION,
        spaces=(common, psychosocial),
    )
    # Animators need a second factor; hers exists, so that tests are about what they are about.
    Authenticator.objects.create(
        user=odile, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    return World(
        common=common,
        direction=direction,
        intervention=intervention,
        psychosocial=psychosocial,
        relais=relais,
        phare=phare,
        federation=federation,
        maude=make_person("Maude", "Tremblay", organisation=relais, spaces=(common, intervention)),
        real=make_person("Réal", "Lavoie", organisation=phare, spaces=(common, direction)),
        naima=make_person("Naïma", "Belkacem", organisation=relais, spaces=(common, psychosocial)),
        odile=odile,
        eve=make_person("Ève", "Dubois", organisation=phare, spaces=(common,)),
    )


@pytest.fixture
def maude(world: World) -> User:
    return world.maude


@pytest.fixture
def real(world: World) -> User:
    return world.real


@pytest.fixture
def naima(world: World) -> User:
    return world.naima


@pytest.fixture
def odile(world: World) -> User:
    return world.odile


@pytest.fixture
def eve(world: World) -> User:
    return world.eve


@pytest.fixture
def as_(world: World) -> Callable[[User | None], Client]:
    """`as_(maude)` is Maude's browser, signed in; `as_(None)` is a visitor's."""

    def browser(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="accounts.backends.AccountBackend")
        return client

    return browser
