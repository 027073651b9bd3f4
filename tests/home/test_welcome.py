"""A newcomer's six steps: each has its proof, and the first act is tiny."""

import pytest

from accounts.services.people import update_profile
from community import services
from forums.services import create_thread, mark_read, pin, reply
from home import welcome
from home.models import WelcomeStep
from notifications.models import Subscription
from tests.conftest import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(world):
    return make_person("Zoé", organisation=world.relais, spaces=(world.common,))


def page(as_, user):
    return as_(user).get("/").content.decode()


def path_of(user):
    from accounts.models import Skill
    from community.models import Membership

    stays = list(Membership.objects.current().filter(user=user).select_related("space"))
    skills = list(Skill.objects.filter(profile__owner=user))
    return welcome.path(welcome.me(user), stays, skills)


def done(user):
    return {step.number for step in path_of(user).steps if step.done}


def test_zoe_sees_six_steps_and_none_is_done(world, as_, zoe, maude):
    thread = create_thread(by=maude, space=world.common, text="Le chantier")
    reply(thread, by=maude, text="Une réponse utile")
    pin(thread, by=world.odile)
    assert "six petits pas" in page(as_, zoe)
    assert [step.number for step in path_of(zoe).steps] == [1, 2, 3, 4, 5, 6]
    assert done(zoe) == set()


def test_a_step_that_cannot_be_made_is_not_asked(world, zoe):
    """Nothing is pinned, nobody has answered anything, and the federation has no twin."""
    assert [step.number for step in path_of(zoe).steps] == [1, 2, 3, 6]
    world.relais.category = "regroupement"
    world.relais.save()
    assert [step.number for step in path_of(zoe).steps] == [1, 2, 3]


def test_each_step_is_done_by_its_proof(world, zoe, maude):
    thread = create_thread(by=maude, space=world.intervention, text="Le fil à lire d’abord")
    pin(thread, by=world.odile)
    answer = reply(thread, by=maude, text="Une réponse utile")
    services.join(world.intervention, by=zoe)
    assert done(zoe) == {1}
    Subscription.objects.create(user=zoe, kind="", object_id=0)
    assert done(zoe) == {1, 2}
    update_profile(zoe, by=zoe, helps=["deuil", "bois", "théâtre"], seeks=["transport"])
    assert done(zoe) == {1, 2, 3}
    mark_read(thread, 1, by=zoe)
    assert done(zoe) == {1, 2, 3, 4}
    services.react(answer, "merci", by=zoe)
    assert done(zoe) == {1, 2, 3, 4, 5}


def test_the_first_act_is_a_thank_you_on_her_home(world, zoe, maude, as_):
    thread = create_thread(by=zoe, space=world.common, text="Bonjour à tout le monde")
    reply(thread, by=maude, text="Bienvenue parmi nous, Zoé!")
    assert "Bienvenue parmi nous, Zoé!" in page(as_, zoe)
    form = {"kind": "post", "id": thread.posts.get(position=2).pk, "type": "merci", "wanted": "1"}
    as_(zoe).post("/communautes/reagir/", form | {"next": "/"})
    assert 5 in done(zoe)
    assert "Ce message vous est-il utile" not in page(as_, zoe)


def test_she_meets_her_twin_and_notes_it(world, zoe, as_):
    world.relais.twin = world.phare
    world.relais.save()
    assert "Le Phare des Battures" in page(as_, zoe)
    as_(zoe).post("/accueil/bienvenue/", {"etape": "6"})
    assert 6 in done(zoe)
    assert "Le Phare des Battures" not in page(as_, zoe)


def test_she_cannot_note_what_has_its_own_proof(zoe, as_):
    for step in ("1", "5", "9", "x", ""):
        as_(zoe).post("/accueil/bienvenue/", {"etape": step})
    assert not WelcomeStep.objects.exists()


def test_she_puts_the_path_away_for_good(zoe, as_):
    as_(zoe).post("/accueil/bienvenue/", {"etape": "0"})
    assert "petits pas" not in page(as_, zoe)
    assert as_(zoe).get("/accueil/bienvenue/").status_code == 405


def test_the_twin_shows_only_what_it_shares(world, zoe, as_):
    world.phare.municipality, world.phare.offers = "Anse-Secrète", "Nos clés"
    world.phare.visibility = {"municipality": "animation", "offers": "organisme"}
    world.phare.save()
    world.relais.twin = world.phare
    world.relais.save()
    shown = page(as_, zoe)
    assert "Anse-Secrète" not in shown
    assert "Nos clés" not in shown
