"""The admin of threads and messages: what one moderates, no author of an unnamed one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from community.models import Membership
from core.audience import State
from forums import services
from forums.models import Thread
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
THREADS = "/admin/forums/thread/"
POSTS = "/admin/forums/post/"


def test_odile_finds_what_she_moderates_and_no_unnamed_author(
    world: World, question: Thread, secret: Thread, as_: As
) -> None:
    odile = as_(world.odile)
    for url in (THREADS, POSTS, f"{THREADS}{secret.pk}/change/", f"{THREADS}{secret.pk}/history/"):
        page = odile.get(url, follow=True).content.decode()
        assert "perroquet" in page or "history" in url
        assert "Naïma" not in page and "Belkacem" not in page
    assert "Maude Tremblay" in odile.get(THREADS).content.decode()


def test_an_animator_who_is_no_member_finds_nothing_of_a_confidential_space(
    world: World, question: Thread, secret: Thread, as_: As
) -> None:
    Membership.objects.filter(user=world.odile, space=world.psychosocial).delete()
    odile = as_(world.odile)
    for url in (
        THREADS,
        POSTS,
        f"{THREADS}?q=perroquet",
        f"{POSTS}?q=perroquet",
        f"{THREADS}?space__id__exact={world.psychosocial.pk}",
    ):
        page = odile.get(url, follow=True).content.decode()
        assert "Titre perroquet" not in page
        assert "un perroquet." not in page
    assert odile.get(f"{THREADS}{secret.pk}/change/").status_code in (302, 404)
    assert "Suivis psychosociaux" not in odile.get(THREADS).content.decode()


def test_nothing_is_searched_by_author(world: World, secret: Thread, as_: As) -> None:
    page = as_(world.odile).get(f"{THREADS}?q=Belkacem").content.decode()
    assert "Titre perroquet" not in page
    lookup = as_(world.odile).get(f"{THREADS}?owner__last_name=Belkacem")
    assert lookup.status_code in (302, 400)


def test_nothing_is_added_changed_or_deleted_by_a_form(
    world: World, question: Thread, as_: As
) -> None:
    odile = as_(world.odile)
    assert odile.get(f"{THREADS}add/").status_code == 403
    assert odile.post(f"{THREADS}{question.pk}/change/", {"title": "Autre"}).status_code == 403
    assert odile.post(f"{THREADS}{question.pk}/delete/", {"post": "yes"}).status_code == 403
    question.refresh_from_db()
    assert question.title == "Refus scolaire et canari"


def act(browser: Client, name: str, *rows: Any, url: str = THREADS) -> None:
    browser.post(url, {"action": name, "_selected_action": [row.pk for row in rows]})


def test_actions_pass_through_the_services(world: World, question: Thread, as_: As) -> None:
    odile = as_(world.odile)
    act(odile, "lock", question)
    act(odile, "pin", question)
    question.refresh_from_db()
    assert question.locked and question.pinned
    services.hide_thread(question, by=world.odile, reason="essai")
    act(odile, "restore", question)
    question.refresh_from_db()
    assert question.state == State.PUBLISHED


def test_an_action_reaches_nothing_outside(
    world: World, question: Thread, secret: Thread, as_: As
) -> None:
    Membership.objects.filter(user=world.odile, space=world.psychosocial).delete()
    act(as_(world.odile), "lock", secret)
    secret.refresh_from_db()
    assert not secret.locked


def test_a_coanimator_finds_her_space_only(
    world: World, question: Thread, as_: As, settings: Any
) -> None:
    settings.COANIMATION = True
    other = services.create_thread(by=world.real, space=world.direction, text="Fil du héron.")
    lea = make_person("Léa")
    Authenticator.objects.create(user=lea, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    Membership.objects.create(user=lea, space=world.intervention, role=Membership.Role.COANIMATION)
    page = as_(lea).get(THREADS).content.decode()
    assert "canari" in page
    assert "héron" not in page
    assert as_(lea).get(f"{THREADS}{other.pk}/change/").status_code in (302, 404)


@pytest.mark.parametrize(
    "query",
    [
        THREADS + "?owner={naima}",
        THREADS + "?owner__exact={naima}&unnamed__exact=1",
        THREADS + "?last_author={naima}",
        POSTS + "?author={naima}",
        "/admin/accounts/user/?posts={post}",
        "/admin/accounts/user/?threads={thread}",
        "/admin/accounts/user/?password__startswith=pbkdf2",
        "/admin/accounts/organisation/?threads={thread}",
        "/admin/community/subcommunity/?threads={thread}",
    ],
)
def test_no_address_of_a_list_asks_who_wrote_an_unnamed_message(
    world: World, secret: Thread, as_: As, query: str
) -> None:
    opening = secret.posts.get(position=1)
    url = query.format(naima=world.naima.pk, post=opening.pk, thread=secret.pk)
    assert as_(world.odile).get(url).status_code == 400


def test_the_filters_of_the_lists_still_work(world: World, secret: Thread, as_: As) -> None:
    space = world.psychosocial.pk
    for url in (
        f"{THREADS}?space__id__exact={space}",
        f"{THREADS}?state__exact=published&pinned__exact=0",
        f"{POSTS}?thread__space__id__exact={space}",
        "/admin/accounts/user/?role__exact=membre&is_active__exact=1",
        "/admin/core/actionlog/?acte=thread",
        "/admin/core/term/?scheme=regions",
    ):
        assert as_(world.odile).get(url).status_code == 200, url
