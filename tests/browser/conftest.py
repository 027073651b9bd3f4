"""Chromium, the house that it visits, and who visits."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Organisation, User
from community.models import Charter, CharterAcceptance, SubCommunity
from tests.browser import practice_pages, scenes
from tests.browser.house import ARGUMENTS, CHROMIUM, Databases, House, lived_in, start_server
from tests.conftest import World, make_organisation, make_person

# The authenticator application of every animator here.
TOTP_SECRET = "JBSWY3DPEHPK3PXP"

Opens = Callable[[str], AbstractContextManager[House]]


# One for each module, and not for the whole session: Playwright holds an event loop in this
# thread, which tests of other rooms could not live with.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server() -> Iterator[LiveServerThread]:
    server = start_server()
    yield server
    server.terminate()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    folder = tmp_path_factory.getbasetemp()
    # pytest-xdist gives each process its own, in one that they share.
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "houses"
    folder.mkdir(exist_ok=True)
    return Databases(folder)


PREPARED: dict[str, Callable[[], Any]] = {}


def prepared(function: Callable[[], Any]) -> Callable[[], Any]:
    PREPARED[function.__name__] = function
    return function


@prepared
def founded() -> None:
    """`manage.py bootstrap`, and the cast in its spaces: they accepted the code of conduct and
    the charters, and Odile has her second factor."""
    call_command("bootstrap", verbosity=0)
    space = SubCommunity.objects.in_bulk(field_name="slug")
    common = space["place-commune"]
    relais = make_organisation("Racines et Relais", region="01", setting="rural")
    phare = make_organisation("Le Phare des Battures", region="11", setting="urbain")
    rocqld = Organisation.objects.get(category=Organisation.Category.FEDERATION)
    psychosocial = space["suivis-psychosociaux"]
    cast = [
        make_person(
            "Maude", "Tremblay", organisation=relais, spaces=(common, space["intervention"])
        ),
        make_person(
            "Réal", "Lavoie", organisation=phare, spaces=(common, space["direction-administration"])
        ),
        make_person("Naïma", "Belkacem", organisation=relais, spaces=(common, psychosocial)),
        make_person("Ève", "Dubois", organisation=phare, spaces=(common,)),
        make_person(
            "Odile",
            "Larivage",
            organisation=rocqld,
            role=User.Role.ANIMATION,
            spaces=(common, psychosocial),
        ),
    ]
    relais.contact = cast[0]
    relais.save()
    protect(cast[-1])
    for person in cast:
        accept_everything(person)


@prepared
def demonstration() -> None:
    """The whole demonstration community; its animators and administrator have a second factor."""
    with override_settings(DEMO=True):
        call_command("demo", verbosity=0, stdout=io.StringIO())
    for person in User.objects.filter(role=User.Role.ANIMATION) | User.objects.filter(
        is_superuser=True
    ):
        protect(person)


@prepared
def staged() -> None:
    """The demonstration, with every state that a page may have to show."""
    demonstration()
    scenes.stage()
    practice_pages.add_practices(scenes.person(scenes.ANIMATOR), scenes.person(scenes.MEMBER))
    for person in User.objects.all():
        accept_everything(person)


def protect(person: User) -> None:
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": TOTP_SECRET}
    )


def accept_everything(person: User) -> None:
    """The code of conduct, and the charters of her spaces."""
    spaces = person.memberships.values_list("space", flat=True)
    charters = Charter.objects.filter(space=None) | Charter.objects.filter(space__in=spaces)
    CharterAcceptance.objects.bulk_create(
        [CharterAcceptance(user=person, charter=one) for one in charters], ignore_conflicts=True
    )


@pytest.fixture
def open_house(
    chromium: Browser,
    server: LiveServerThread,
    databases: Databases,
    django_db_blocker: Any,
    settings: Any,
    tmp_path: Any,
) -> Opens:
    """`open_house("demonstration")`: a house with a copy of that database. Leaving it checks that
    nothing went wrong in any window."""
    address = f"http://localhost:{server.port}"
    settings.BASE_URL = address

    @contextmanager
    def opened(name: str) -> Iterator[House]:
        with django_db_blocker.unblock():
            path = shutil.copy(databases.get(name, PREPARED[name]), tmp_path / "house.sqlite3")
            with lived_in(path):
                house = House(chromium, address)
                try:
                    yield house
                finally:
                    troubles = house.leave()
                assert troubles == []

    return opened


@pytest.fixture
def house(open_house: Opens) -> Iterator[House]:
    """The house as an installation begins, with the cast in it."""
    with open_house("founded") as house:
        yield house


@pytest.fixture
def world(house: House) -> World:
    """The cast, in this room's own database."""
    spaces = SubCommunity.objects.in_bulk(field_name="slug")
    organisations = {one.name: one for one in Organisation.objects.all()}
    people = {one.first_name: one for one in User.objects.all()}
    return World(
        common=spaces["place-commune"],
        direction=spaces["direction-administration"],
        intervention=spaces["intervention"],
        psychosocial=spaces["suivis-psychosociaux"],
        relais=organisations["Racines et Relais"],
        phare=organisations["Le Phare des Battures"],
        federation=people["Odile"].organisation,
        maude=people["Maude"],
        real=people["Réal"],
        naima=people["Naïma"],
        odile=people["Odile"],
        eve=people["Ève"],
    )
