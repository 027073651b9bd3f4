"""Every address has a row in the access table, and the row is true."""

import pytest
from django.conf import settings
from django.urls import reverse

from forums.services import create_thread
from search.models import SavedSearch
from tests import access
from tests.access import KEEPS_WHAT_WAS_TYPED, MEMBER, PUBLIC, STAFF, TOKEN
from tests.conftest import World

ADDRESSES = access.addresses()
NAMED = sorted({address.name for address in ADDRESSES})
by_name = {address.name: address for address in ADDRESSES}


@pytest.fixture
def busy(world: World) -> World:
    """A thread in the common space and a saved search, so that there is something to ask for."""
    create_thread(by=world.maude, space=world.common, text="Bonjour à tout le monde.")
    SavedSearch.objects.create(user=world.maude, name="Retour", query="q=retour")
    return world


def test_the_table_has_a_row_for_each_address_and_no_other() -> None:
    missing = [name for name in NAMED if access.row_of(name) is None]
    vanished = [name for name in access.TABLE if name not in NAMED]

    assert (missing, vanished) == ([], [])


@pytest.mark.parametrize("name", [n for n in NAMED if access.row_of(n).who == PUBLIC])
def test_a_visitor_opens_what_is_public(busy, as_, name) -> None:
    row = access.row_of(name)
    for path in access.paths(by_name[name])[:2]:
        answer = as_(None).get(path)
        if row.post_only:
            assert answer.status_code == 405
        else:
            assert answer.status_code in (200, 302), path
            assert settings.LOGIN_URL not in answer.headers.get("Location", "") or name in (
                "account_logout", "account_confirm_login_code", "mfa_authenticate",
                "account_reset_password_from_key", "mfa_login_webauthn",
            )  # fmt: skip


@pytest.mark.parametrize("name", [n for n in NAMED if access.row_of(n).who == MEMBER])
def test_a_visitor_is_led_to_sign_in_whether_the_thing_exists_or_not(busy, as_, name) -> None:
    address = by_name[name]
    existing = access.paths(address)[:2]
    absent = [path.replace("/1", "/98765") for path in existing]
    for path in [*existing, *absent]:
        answer = as_(None).get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith(reverse("account_login")), path


@pytest.mark.parametrize("name", [n for n in NAMED if access.row_of(n).who == STAFF])
@pytest.mark.parametrize("who", [None, "maude"])
def test_the_admin_is_shut_to_visitors_and_members(busy, as_, name, who) -> None:
    browser = as_(getattr(busy, who) if who else None)
    for path in access.paths(by_name[name])[:2]:
        answer = browser.get(path)
        assert answer.status_code in (302, 404), path
        if answer.status_code == 302:
            place = answer.headers["Location"]
            assert place.startswith((reverse("admin:login"), reverse("account_login"))) or (
                name == "admin:logout" and place == reverse("admin:index")
            ), path


@pytest.mark.parametrize("name", [n for n in NAMED if access.row_of(n).who == TOKEN])
def test_a_wrong_link_says_so_and_nothing_else(busy, as_, name) -> None:
    for path in access.paths(by_name[name]):
        answer = as_(None).get(path)
        assert answer.status_code in (200, 404, 410), path
        said = answer.content.decode()
        assert not any(word in said for word in ("Maude", "Racines", "Intervention")), path


@pytest.mark.parametrize(
    "name", [n for n in NAMED if access.row_of(n).post_only and n not in KEEPS_WHAT_WAS_TYPED]
)
def test_what_changes_something_only_takes_a_post(busy, as_, name) -> None:
    for path in access.paths(by_name[name])[:2]:
        assert as_(busy.odile).get(path).status_code in (403, 404, 405), path
