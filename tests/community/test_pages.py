"""The pages of the spaces: what each person finds there, and what does not exist for her."""

import pytest

from community import services
from community.models import JoinRequest, Membership
from forums.services import create_thread

pytestmark = pytest.mark.django_db
CANARY = "Canari du fil"


@pytest.fixture
def talk(world):
    """A thread in each space, and a charter in the psychosocial one."""
    create_thread(by=world.maude, space=world.intervention, text="Q", title=f"{CANARY} terrain")
    create_thread(by=world.real, space=world.direction, text="Q", title=f"{CANARY} direction")
    create_thread(by=world.naima, space=world.psychosocial, text="Q", title=f"{CANARY} psycho")
    services.publish_charter(
        world.psychosocial, [{"title": "Transformer", "text": "Toute situation."}], by=None
    )


def page(as_, user, path, status=200):
    answer = as_(user).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_maude_finds_hers_then_those_that_she_may_enter(talk, maude, as_):
    shown = page(as_, maude, "/communautes/")
    mine, others = shown.split("À découvrir")
    assert "Intervention" in mine and "La place commune" in mine
    assert "Direction et administration" in others and "Suivis psychosociaux" in others
    assert CANARY not in shown


def test_the_size_of_a_confidential_space_is_for_its_members(talk, maude, naima, as_):
    shown = page(as_, maude, "/communautes/")
    card = shown[shown.index("Suivis psychosociaux", shown.index("À découvrir")) :]
    assert "membre" not in card.split("</article>")[0].replace("Joining", "")
    mine = page(as_, naima, "/communautes/")
    card = mine[mine.index("/communautes/suivis-psychosociaux/", mine.index("<main")) :]
    assert "2 membres" in card.split("</article>")[0]


def test_a_member_reads_her_space(talk, maude, as_):
    shown = page(as_, maude, "/communautes/intervention/")
    assert f"{CANARY} terrain" in shown
    assert "Quitter cet espace" in shown
    assert Membership.objects.get(user=maude, space__slug="intervention").last_visit_at is not None


def test_others_read_its_presentation_and_nothing_more(talk, maude, as_):
    for slug in ("direction-administration", "suivis-psychosociaux"):
        shown = page(as_, maude, f"/communautes/{slug}/")
        assert CANARY not in shown
        assert "Demander à me joindre" in shown
        page(as_, maude, f"/communautes/{slug}/membres/", 404)
    assert "Transformer" in page(as_, maude, "/communautes/suivis-psychosociaux/")


def test_an_unlisted_space_does_not_exist(talk, world, maude, odile, as_):
    services.update_space(world.direction, by=odile, listed=False)
    missing = page(as_, maude, "/communautes/nulle-part/", 404)
    for tail in ("", "joindre/", "charte/", "membres/"):
        hidden = page(as_, maude, f"/communautes/direction-administration/{tail}", 404)
        assert "Direction et administration" not in hidden
    assert len(hidden) == pytest.approx(len(missing), abs=200)
    assert as_(maude).post("/communautes/direction-administration/quitter/").status_code == 404
    assert "Direction et administration" not in page(as_, maude, "/communautes/")
    assert CANARY in page(as_, world.real, "/communautes/direction-administration/")


def test_a_visitor_is_sent_to_sign_in_the_same_way_for_all(talk, as_):
    for slug in ("intervention", "suivis-psychosociaux", "nulle-part"):
        answer = as_(None).get(f"/communautes/{slug}/")
        assert answer.status_code == 302
        assert answer.url.startswith("/compte/connexion/")


def test_eve_enters_an_open_space_in_one_click_and_leaves(talk, eve, as_):
    browser = as_(eve)
    answer = browser.post("/communautes/intervention/joindre/")
    assert answer.url == "/communautes/intervention/"
    assert f"{CANARY} terrain" in page(as_, eve, "/communautes/intervention/")
    browser.post("/communautes/intervention/quitter/")
    assert CANARY not in page(as_, eve, "/communautes/intervention/")


def test_eve_reads_the_charter_asks_and_waits(talk, world, eve, odile, as_):
    path = "/communautes/suivis-psychosociaux/joindre/"
    browser = as_(eve)
    assert "Transformer" in browser.get(path).content.decode()
    refused = browser.post(path, {"message": "Je porte des suivis.", "version": 1})
    assert refused.status_code == 400
    assert "Je porte des suivis." in refused.content.decode(), "nothing typed is lost"
    browser.post(path, {"message": "Je porte des suivis.", "version": 1, "accept": "on"})
    waiting = browser.get(path).content.decode()
    assert "Votre demande est à l’étude" in waiting and "Je porte des suivis." in waiting
    request = JoinRequest.objects.get()
    services.decide_join(request, accept=True, by=odile)
    assert CANARY in page(as_, eve, "/communautes/suivis-psychosociaux/")


def test_the_charter_that_changed_meanwhile_is_shown_again_with_her_words(
    talk, world, eve, odile, as_
):
    path = "/communautes/suivis-psychosociaux/joindre/"
    services.publish_charter(world.psychosocial, [{"text": "Version deux."}], by=odile)
    answer = as_(eve).post(path, {"message": "Mes deux lignes", "version": 1, "accept": "on"})
    shown = answer.content.decode()
    assert "vient de changer" in shown and "Version deux." in shown and "Mes deux lignes" in shown
    assert not JoinRequest.objects.exists()


def test_eve_withdraws_her_request(talk, eve, as_):
    browser = as_(eve)
    browser.post("/communautes/direction-administration/joindre/", {"message": "S’il vous plaît"})
    browser.post("/communautes/direction-administration/retirer/")
    assert JoinRequest.objects.get().state == JoinRequest.State.WITHDRAWN
    assert "Envoyer ma demande" in page(as_, eve, "/communautes/direction-administration/joindre/")


def test_a_space_by_invitation_says_so_and_takes_no_request(talk, world, eve, odile, as_):
    services.update_space(world.direction, by=odile, join_policy="invitation")
    path = "/communautes/direction-administration/joindre/"
    assert "sur invitation seulement" in page(as_, eve, path)
    as_(eve).post(path, {"message": "Quand même"})
    assert not JoinRequest.objects.exists()


def test_an_invitation_with_a_word_is_accepted_or_declined(talk, world, eve, real, odile, as_):
    services.invite_in(eve, world.psychosocial, by=odile, message="Venez, on vous attend.")
    path = "/communautes/suivis-psychosociaux/joindre/"
    assert "Venez, on vous attend." in page(as_, eve, path)
    as_(eve).post(path, {"version": 1, "accept": "on"})
    assert CANARY in page(as_, eve, "/communautes/suivis-psychosociaux/")
    services.invite_in(real, world.psychosocial, by=odile)
    as_(real).post("/communautes/suivis-psychosociaux/retirer/")
    assert CANARY not in page(as_, real, "/communautes/suivis-psychosociaux/")


def test_members_are_asked_to_accept_a_new_charter(talk, world, naima, odile, as_):
    shown = page(as_, naima, "/communautes/suivis-psychosociaux/")
    assert "lisez-la et acceptez-la" in shown
    as_(naima).post("/communautes/suivis-psychosociaux/charte/", {"version": 1, "accept": "on"})
    assert "acceptez-la" not in page(as_, naima, "/communautes/suivis-psychosociaux/")
    services.publish_charter(world.psychosocial, [{"text": "Version deux."}], by=odile)
    assert "acceptez-la" in page(as_, naima, "/communautes/suivis-psychosociaux/")
    former = page(as_, naima, "/communautes/suivis-psychosociaux/charte/?version=1")
    assert "ancienne version" in former and "Transformer" in former


def test_the_members_of_a_space_are_listed_to_its_readers(talk, world, naima, odile, as_):
    shown = page(as_, naima, "/communautes/suivis-psychosociaux/membres/")
    assert naima.full_name in shown and odile.full_name in shown
    assert world.maude.full_name not in shown


def test_whoever_lost_her_account_is_not_listed(talk, world, naima, odile, as_):
    world.naima.is_active = False
    world.naima.save()
    shown = page(as_, odile, "/communautes/suivis-psychosociaux/membres/")
    assert naima.full_name not in shown


def test_the_last_animator_is_told_why_she_stays(talk, odile, as_):
    answer = as_(odile).post("/communautes/suivis-psychosociaux/quitter/", follow=True)
    assert "au moins une personne à l’animation" in answer.content.decode()


def test_leaving_takes_a_post(talk, maude, as_):
    assert as_(maude).get("/communautes/intervention/quitter/").status_code == 405
    assert as_(maude).get("/communautes/intervention/retirer/").status_code == 405


@pytest.mark.parametrize("count", [2, 30])
def test_the_page_of_a_space_costs_the_same_whatever_its_size(world, maude, as_, count):
    from django.core.cache import caches
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from home import conduct
    from tests.conftest import make_person

    for number in range(count):
        author = make_person(f"Autrice{number}", spaces=(world.intervention,))
        create_thread(by=author, space=world.intervention, text=f"Question {number}")
    conduct.current_version()
    browser = as_(maude)
    browser.get("/communautes/intervention/")
    caches["local"].add(f"seen:{browser.session.session_key}", True)
    with CaptureQueriesContext(connection) as found:
        browser.get("/communautes/intervention/")
    asked = [query["sql"] for query in found if "SAVEPOINT" not in query["sql"]]
    # Frame 3; the space with what she may do; its charter; its animators; pinned and newest
    # threads; newest documents. Without a charter there is nothing to accept.
    assert len(asked) == 3 + 6, "\n".join(sql[:150] for sql in asked)
