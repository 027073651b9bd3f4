"""Naming somebody in a message: for who reads the space, and nothing leaks by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import BreakGlassGrant, Membership
from core.models import OutboxEvent
from forums import mentions, services
from forums.models import Thread
from notifications.models import Mention
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
ADDRESS = "/discussions/mentions/"


def span(user: User, said: str = "@?") -> str:
    return f'<span class="mention" data-mention="@{user.pk}">{said}</span>'


def offered(browser: Client, space: str, begun: str) -> dict[str, bool]:
    answer = browser.get(ADDRESS, {"espace": space, "q": begun})
    return {one["name"]: one["reached"] for one in answer.json()["people"]}


def test_who_reads_the_space_is_mentioned_under_her_own_name(
    world: World, question: Thread
) -> None:
    post = services.reply(
        question, by=world.maude, html=f"<p>Merci {span(world.odile, '@Ève')}!</p>"
    )
    assert post.html == f"<p>Merci {span(world.odile, '@Odile Larivage')}!</p>"
    assert post.text == "Merci @Odile Larivage!"
    assert mentions.named_in(post) == [world.odile.pk]
    assert list(Mention.objects.to("post", post.pk).values_list("user", flat=True)) == [
        world.odile.pk
    ]


def test_who_does_not_read_it_is_a_name_and_no_more(world: World, question: Thread) -> None:
    html = f"<p>{span(world.real, '@Réal Lavoie')} et @Ève Dubois</p>"
    post = services.reply(question, by=world.maude, html=html)
    assert post.html == "<p>@Réal Lavoie et @Ève Dubois</p>"
    assert mentions.named_in(post) == []
    assert mentions.named_in(services.reply(question, by=world.maude, html="<p>@99999</p>")) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Merci @Odile Larivage.", True),
        ("Merci (@Odile Larivage), vraiment", True),
        ("@Odile Larivage\u00a0: une question", True),
        ("Merci @Odile", False),
        ("moi@Odile Larivage", False),
        ("<https://a.test/@Odile Larivage>", False),
        ("@odile larivage", False),
    ],
)
def test_a_full_name_typed_in_the_plain_box_is_a_mention(
    world: World, question: Thread, text: str, kept: bool
) -> None:
    post = services.reply(question, by=world.maude, text=text)
    assert (mentions.named_in(post) == [world.odile.pk]) is kept
    assert post.text.replace("\u00a0", " ") == text.replace("\u00a0", " ")


def test_of_two_people_of_the_same_name_none_is_guessed(world: World, question: Thread) -> None:
    make_person("Line", "Roy", spaces=(world.intervention,))
    twin = User.objects.create_user("line2@exemple.test", first_name="Line", last_name="Roy")
    Membership.objects.create(user=twin, space=world.intervention)
    post = services.reply(question, by=world.maude, text="Merci @Line Roy.")
    assert mentions.named_in(post) == []


def test_an_edit_announces_whom_it_adds_and_forgets_whom_it_no_longer_names(
    world: World, question: Thread
) -> None:
    line = make_person("Line", "Roy", spaces=(world.intervention,))
    make_person("Paul", "Roy", spaces=(world.intervention,))
    post = services.reply(question, by=world.maude, text="Merci @Odile Larivage et @Paul Roy.")
    services.edit_post(post, by=world.maude, text="Merci @Odile Larivage et @Line Roy.")
    (event,) = OutboxEvent.objects.filter(name="people.mentioned")
    assert event.payload["people"] == [line.pk]
    named = Mention.objects.to("post", post.pk).values_list("user", flat=True)
    assert set(named) == {world.odile.pk, line.pk}


def test_a_mention_is_drawn_for_who_reads_the_space_now(
    world: World, question: Thread, as_: As
) -> None:
    line = make_person("Line", "Roy", spaces=(world.intervention,))
    services.reply(question, by=world.maude, text="Merci @Line Roy.")
    maude = as_(world.maude)
    link = f'<a class="mention" href="/membres/{line.pk}/">@Line Roy</a>'
    assert link in maude.get(question.get_absolute_url()).content.decode()
    Membership.objects.filter(user=line).update(ended_at=timezone.now())
    page = maude.get(question.get_absolute_url()).content.decode()
    assert link not in page and "Merci @Line Roy." in page


def test_a_page_without_mentions_asks_nothing_more_and_twenty_ask_once(
    world: World, question: Thread, as_: As
) -> None:
    costs = []
    maude = as_(world.maude)
    for said in ("Bonjour.", "Merci @Odile Larivage.", "Merci @Odile Larivage, encore."):
        services.reply(question, by=world.odile if "@" not in said else world.maude, text=said)
        maude.get(question.get_absolute_url())
        with counted() as found:
            maude.get(question.get_absolute_url())
        costs.append(len(found))
    assert costs == [costs[0], costs[0] + 1, costs[0] + 1]


# ------------------------------------------------------------------------------ who is proposed


def test_readers_are_proposed_first_and_the_others_as_out_of_reach(world: World, as_: As) -> None:
    make_person("Odette", "Zola", spaces=(world.common,))
    assert offered(as_(world.maude), "intervention", "od") == {
        "Odile Larivage": True,
        "Odette Zola": False,
    }
    assert offered(as_(world.maude), "place-commune", "od") == {
        "Odette Zola": True,
        "Odile Larivage": True,
    }


def test_accents_case_and_last_names_do_not_matter(world: World, as_: As) -> None:
    maude = as_(world.maude)
    for begun in ("NAI", "naï", "belk", "naima bel"):
        assert offered(maude, "place-commune", begun) == {"Naïma Belkacem": True}
    assert offered(maude, "place-commune", "") == {}
    assert offered(maude, "place-commune", "maude") == {}


def test_a_space_that_she_does_not_read_is_no_space(world: World, as_: As) -> None:
    asked = {"espace": "suivis-psychosociaux", "q": "na"}
    for user in (world.maude, world.real, world.eve):
        there = as_(user).get(ADDRESS, asked)
        absent = as_(user).get(ADDRESS, asked | {"espace": "nulle-part"})
        assert (there.status_code, absent.status_code) == (404, 404)
        assert "Naïma" not in there.content.decode()
        strip = re.compile(r"[0-9a-f]{8,}|nonce=\S+")
        assert strip.sub("", there.content.decode()) == strip.sub("", absent.content.decode())


def test_having_written_without_a_name_changes_nothing_to_what_is_proposed(
    world: World, as_: As
) -> None:
    other = make_person("Nadia", "Aubin", spaces=(world.psychosocial,))
    odile = as_(world.odile)
    before = list(offered(odile, "suivis-psychosociaux", "na"))
    thread = services.create_thread(
        by=world.naima, space=world.psychosocial, text="Une situation.", unnamed=True
    )
    services.reply(thread, by=world.naima, text="Une suite.", unnamed=True)
    assert list(offered(odile, "suivis-psychosociaux", "na")) == before
    assert before == [other.full_name, "Naïma Belkacem"]


def test_an_exceptional_access_is_not_told_by_the_proposals(world: World, as_: As) -> None:
    admin = make_person("Xavière", "Admin", spaces=(world.common,), is_superuser=True)
    BreakGlassGrant.objects.create(
        user=admin,
        space=world.psychosocial,
        reason="Une urgence",
        expires_at=timezone.now() + timedelta(hours=2),
    )
    assert offered(as_(world.naima), "suivis-psychosociaux", "xav") == {"Xavière Admin": False}


def test_a_guest_is_shown_those_of_her_space_only(world: World, as_: As) -> None:
    guest = make_person(
        "Gaëlle",
        role=User.Role.GUEST,
        spaces=(world.intervention,),
        access_until=timezone.now() + timedelta(days=3),
    )
    found = offered(as_(guest), "intervention", "od") | offered(as_(guest), "intervention", "r")
    assert found == {"Odile Larivage": True}
    assert offered(as_(guest), "intervention", "ève") == {}


def test_proposals_cost_the_same_for_few_and_for_many(world: World, as_: As) -> None:
    costs = []
    maude = as_(world.maude)
    for more in (3, 30):
        for number in range(more):
            make_person(f"Zoé{more}", f"Roy{number}", spaces=(world.intervention,))
            make_person(f"Zoa{more}", f"Roy{number}", spaces=(world.common,))
        maude.get("/compte/avis/")
        with counted() as found:
            assert len(offered(maude, "intervention", "zo")) in (6, 8)
        costs.append(len(found))
    # With readers enough for the whole list, the directory is not asked.
    assert costs[1] == costs[0] - 1


def test_who_is_named_and_not_reached_is_said_after_publishing(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    address = f"/discussions/{question.pk}/repondre/"
    page = maude.post(address, {"text": "@Ève Dubois et @Odile Larivage"}, follow=True)
    said = [str(one) for one in page.context["messages"]]
    assert len(said) == 1 and said[0].startswith("Ève Dubois ne sera pas avisée")
