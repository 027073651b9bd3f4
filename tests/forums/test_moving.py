"""Where a thread may go: only what can be done is offered, or the page says why nothing can."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import SubCommunity
from forums import errors, services
from forums.models import Thread
from tests.conftest import World, make_space

As = Callable[[User | None], Client]


def page_of(thread: Thread) -> str:
    return reverse("forums:move", args=(thread.pk,))


def sure_of(space: SubCommunity) -> dict[str, str]:
    """What the page sends once it said who would read it there."""
    return {"space": space.slug, "sure": str(space.pk), "reason": "Sa place"}


def test_an_unnamed_thread_is_offered_the_spaces_that_protect_it_and_no_other(
    world: World, secret: Thread, as_: As
) -> None:
    refuge = make_space("Un refuge", "refuge", unnamed_posts=True, hue="vert")
    page = as_(world.odile).get(page_of(secret))

    assert list(page.context["form"].fields["space"].spaces) == ["refuge"]
    as_(world.odile).post(page_of(secret), sure_of(refuge))
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


def test_no_space_is_chosen_for_her(world: World, question: Thread, as_: As) -> None:
    odile = as_(world.odile)
    page = odile.get(page_of(question)).content.decode()
    assert page.count("selected") == 1 and 'value="" selected' in page
    assert odile.post(page_of(question), {"space": ""}).status_code == 400
    question.refresh_from_db()
    assert question.space == world.intervention


def test_who_would_read_it_there_is_said_before_anything_is_done(
    world: World, question: Thread, as_: As
) -> None:
    page = as_(world.odile).post(page_of(question), {"space": "place-commune"})

    question.refresh_from_db()
    assert question.space == world.intervention
    # Réal, Naïma and Ève read the common space, and not that of Maude; Odile reads both.
    assert page.context["reach"] == {"people": 5, "organisations": 3, "new": 3}
    assert page.context["form"].fields["reason"].required
    # With the button of that page, and a reason.
    sure = sure_of(world.common)
    assert as_(world.odile).post(page_of(question), sure | {"reason": " "}).status_code == 400
    assert as_(world.odile).post(page_of(question), sure).status_code == 302
    question.refresh_from_db()
    assert question.space == world.common


def test_sure_of_a_space_is_not_sure_of_another(world: World, question: Thread, as_: As) -> None:
    other = sure_of(world.common) | {"space": world.direction.slug}
    page = as_(world.odile).post(page_of(question), other)

    assert page.context["space"] == world.direction
    question.refresh_from_db()
    assert question.space == world.intervention


def test_out_of_a_confidential_space_the_page_says_it(
    world: World, question: Thread, as_: As
) -> None:
    warning = _(
        "“%(origin)s” is confidential, “%(space)s” is not: what was written there in confidence "
        "would be read by others."
    )
    warned = warning % {"origin": world.psychosocial.name, "space": world.common.name}
    signed = services.create_thread(by=world.naima, space=world.psychosocial, text="Signé.")
    for thread, says in ((signed, True), (question, False)):
        page = as_(world.odile).post(page_of(thread), {"space": "place-commune"})
        assert page.context["reach"]
        assert (warned in page.content.decode()) is says
