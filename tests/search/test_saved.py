"""Saved searches: kept, found again, followed, forgotten; each its person's alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from community.models import Membership, SubCommunity
from search import services
from search.errors import NoSuchSpace, NothingToKeep, StaysInside, TooManySaved
from search.models import SavedSearch
from search.wanted import Wanted, spaces_of
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SAVED = "/recherche/enregistrees/"


def asked(query: str, user: User) -> Wanted:
    return Wanted.read(QueryDict(query), spaces_of(user))


def kept(user: User, query: str = "q=retour", **fields: object) -> SavedSearch:
    wanted = asked(query, user)
    return services.save_search(wanted, by=user, **({"name": "Retour"} | fields))  # type: ignore[arg-type]


# ------------------------------------------------------------------------ what an address asks


def test_the_box_and_the_panel_say_the_same(world: World) -> None:
    panel = asked(
        "q=retour&phrase=en classe&sans=suspension&auteur=Réal Lavoie&apres=2026-01-05"
        "&avant=2026-09-01",
        world.maude,
    )
    box = asked(
        'q=retour "en classe" -suspension auteur:"Réal Lavoie" apres:2026-01-05 avant:2026-09',
        world.maude,
    )
    assert panel == box
    assert panel.address() == box.address()
    assert panel.text == 'retour "en classe" -suspension'


def test_an_address_is_read_back_into_itself(world: World) -> None:
    wanted = asked(
        "q=retour -sirop type:guide&communaute=intervention&annee=2026&tri=date&suite=abc",
        world.maude,
    )
    assert wanted.space == world.intervention
    assert (wanted.year, wanted.order) == (2026, "date")
    assert asked(wanted.address(), world.maude) == wanted
    assert "suite" not in wanted.address()


@pytest.mark.parametrize(
    "query", ["annee=hier", "apres=demain", "genre=licorne", "type=licorne", "tri=hasard"]
)
def test_what_makes_no_sense_asks_nothing(world: World, query: str) -> None:
    assert asked(f"q=retour&{query}", world.maude) == asked("q=retour", world.maude)


@pytest.mark.parametrize("slug", ["suivis-psychosociaux", "nexiste-pas"])
def test_a_space_that_is_not_hers_is_not_another_search(world: World, slug: str) -> None:
    with pytest.raises(NoSuchSpace):
        asked(f"q=retour&communaute={slug}", world.maude)
    assert asked("q=retour&communaute=suivis-psychosociaux", world.naima).inside


# --------------------------------------------------------------------------------- the services


def test_the_same_search_is_kept_once_and_takes_the_new_name(world: World) -> None:
    first = kept(world.maude, "q=retour  auteur:Réal")
    again = kept(world.maude, "q=retour&auteur=Réal&suite=3", name="Le retour")
    assert again.pk == first.pk
    assert SavedSearch.objects.get().name == "Le retour"
    assert kept(world.real, "q=retour&auteur=Réal").pk != first.pk


@pytest.mark.parametrize("query", ["", "q=", "q=le", "genre=thread", "q=-rien"])
def test_a_search_that_asks_nothing_is_not_kept(world: World, query: str) -> None:
    with pytest.raises(NothingToKeep):
        kept(world.maude, query)


def test_nobody_keeps_searches_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    first = kept(world.maude, "q=un retour")
    kept(world.maude, "q=deux")
    with pytest.raises(TooManySaved):
        kept(world.maude, "q=trois")
    assert kept(world.maude, "q=un retour", name="Encore").pk == first.pk
    kept(world.real, "q=trois")


def test_a_search_inside_a_confidential_space_is_kept_and_never_leaves(world: World) -> None:
    query = "q=retour&communaute=suivis-psychosociaux"
    wanted = asked(query, world.naima)
    saved = kept(world.naima, query)
    for act in (services.follow_by_mail, services.open_feed):
        with pytest.raises(StaysInside):
            act(saved, wanted, by=world.naima)
    saved.refresh_from_db()
    assert (saved.by_mail, saved.key) == (False, None)
    with pytest.raises(StaysInside):
        kept(world.naima, f"{query}&tri=date", by_mail=True)
    assert SavedSearch.objects.count() == 1


def test_a_space_that_keeps_out_of_mails_keeps_out_of_feeds(world: World) -> None:
    SubCommunity.objects.filter(pk=world.direction.pk).update(content_in_mail=False)
    query = "q=budget&communaute=direction-administration"
    with pytest.raises(StaysInside):
        services.open_feed(kept(world.real, query), asked(query, world.real), by=world.real)


def test_a_key_is_long_new_each_time_and_gone_when_the_feed_is_closed(world: World) -> None:
    saved, wanted = kept(world.maude), asked("q=retour", world.maude)
    first = services.open_feed(saved, wanted, by=world.maude)
    second = services.open_feed(saved, wanted, by=world.maude)
    assert len(first) == len(second) == 43 and first != second
    saved.refresh_from_db()
    assert saved.key == second
    services.close_feed(saved, by=world.maude)
    saved.refresh_from_db()
    assert saved.key is None


# ------------------------------------------------------------------------------------ her pages


def test_maude_saves_a_search_from_its_page_and_finds_it_in_her_list(world: World, as_: As) -> None:
    maude = as_(world.maude)
    data = {"recherche": "q=retour&auteur=R%C3%A9al", "name": "Le retour", "by_mail": "on"}
    answer = maude.post(SAVED, data)
    assert answer.headers["Location"] == SAVED
    saved = SavedSearch.objects.get(user=world.maude)
    assert (saved.name, saved.by_mail) == ("Le retour", True)
    assert saved.told_at is not None
    page = maude.get(SAVED)
    assert "Le retour" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert f'href="/recherche/?{saved.query}"'.replace("&", "&amp;") in page.content.decode()
    assert "Le retour" in maude.get("/recherche/").content.decode()
    assert "Le retour" not in as_(world.real).get(SAVED).content.decode()


def test_what_cannot_be_saved_comes_back_to_its_page_with_a_sentence(world: World, as_: As) -> None:
    maude = as_(world.maude)
    for data in ({"recherche": "q=retour", "name": ""}, {"recherche": "q=le", "name": "Rien"}):
        answer = maude.post(SAVED, data, follow=True)
        assert answer.redirect_chain[0][0].startswith("/recherche/")
        assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    assert not SavedSearch.objects.exists()


def test_maude_renames_follows_stops_and_deletes(world: World, as_: As) -> None:
    saved, maude = kept(world.maude), as_(world.maude)
    path = f"{SAVED}{saved.pk}/"
    maude.post(f"{path}nom/", {"name": "Autre nom"})
    maude.post(f"{path}courriel/", {"courriel": "oui"})
    maude.post(f"{path}flux/", {"flux": "oui"})
    saved.refresh_from_db()
    assert (saved.name, saved.by_mail) == ("Autre nom", True)
    assert saved.key and saved.key in maude.get(SAVED).content.decode()
    maude.post(f"{path}courriel/")
    maude.post(f"{path}flux/")
    saved.refresh_from_db()
    assert (saved.by_mail, saved.key) == (False, None)
    maude.post(f"{path}supprimer/")
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("act", ["nom", "courriel", "flux", "supprimer"])
def test_those_of_another_are_as_missing_ones(world: World, as_: As, act: str) -> None:
    saved = kept(world.real)
    data = {"name": "Volé", "courriel": "oui", "flux": "oui"}
    for pk in (saved.pk, 987654):
        assert as_(world.maude).post(f"{SAVED}{pk}/{act}/", data).status_code == 404
    saved.refresh_from_db()
    assert (saved.name, saved.by_mail, saved.key) == ("Retour", False, None)
    assert as_(world.real).post(f"{SAVED}{saved.pk}/{act}/", data).status_code == 302


def test_a_search_in_a_space_that_she_left_says_so_and_leads_nowhere(world: World, as_: As) -> None:
    saved = kept(world.maude, "q=retour&communaute=intervention", name="Dans l’intervention")
    Membership.objects.filter(user=world.maude, space=world.intervention).delete()
    maude = as_(world.maude)
    text = maude.get(SAVED).content.decode()
    assert "Dans l’intervention" in text
    assert "communaute=intervention" not in text
    assert maude.get(f"/recherche/?{saved.query}").status_code == 404
    for act in ("courriel", "flux"):
        assert maude.post(f"{SAVED}{saved.pk}/{act}/", {act: "oui"}).status_code == 404
    assert maude.post(f"{SAVED}{saved.pk}/supprimer/").status_code == 302
