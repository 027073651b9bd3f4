"""Where a thread may go: only what can be done is offered, or the page says why nothing can."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from forums import errors, services
from forums.models import Thread
from tests.conftest import World, make_space

As = Callable[[User | None], Client]


def page_of(thread: Thread) -> str:
    return reverse("forums:move", args=(thread.pk,))


def test_an_unnamed_thread_is_offered_the_spaces_that_protect_it_and_no_other(
    world: World, secret: Thread, as_: As
) -> None:
    refuge = make_space("Un refuge", "refuge", unnamed_posts=True, hue="vert")
    page = as_(world.odile).get(page_of(secret))

    assert list(page.context["form"].fields["space"].spaces) == ["refuge"]
    as_(world.odile).post(page_of(secret), {"space": "refuge"})
    secret.refresh_from_db()
    assert secret.space == refuge


def test_an_unnamed_reply_alone_holds_its_thread(world: World, as_: As) -> None:
    thread = services.create_thread(by=world.naima, space=world.psychosocial, text="Signé.")
    offered = services.destinations(thread, by=world.odile)
    assert world.common in offered
    services.reply(thread, by=world.odile, text="Sans mon nom.", unnamed=True)

    assert not offered.all().exists()


def test_without_a_space_that_protects_it_the_page_says_why(
    world: World, secret: Thread, as_: As
) -> None:
    page = as_(world.odile).get(page_of(secret))

    assert page.status_code == 200
    assert page.context["why_not"] == errors.UnnamedStay.message
    assert b'name="space"' not in page.content
    # And what is sent all the same is refused.
    assert as_(world.odile).post(page_of(secret), {"space": "place-commune"}).status_code == 200
    secret.refresh_from_db()
    assert secret.space == world.psychosocial


def test_a_signed_thread_is_offered_every_other_space_that_she_moderates(
    world: World, question: Thread, as_: As
) -> None:
    page = as_(world.odile).get(page_of(question))

    offered = page.context["form"].fields["space"].spaces
    assert set(offered) == {"place-commune", "direction-administration", "suivis-psychosociaux"}
    assert "why_not" not in page.context
