"""The animators' pages: each sees and does what she moderates, and nothing else."""

import pytest

from community import services
from community.models import BreakGlassGrant, Charter, JoinRequest, Membership, SubCommunity
from tests.conftest import make_person

pytestmark = pytest.mark.django_db
ADMIN = "/admin/community"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def karim(world):
    """An animator of the federation who is not in the psychosocial space."""
    return make_person("Karim", organisation=world.federation, role="animation")


@pytest.fixture
def administrator(world):
    return make_person("Ada", organisation=world.federation, is_superuser=True)


def page(as_, user, path, status=200):
    answer = as_(user).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_an_animator_sees_the_spaces_that_she_moderates(world, odile, karim, as_):
    assert "Suivis psychosociaux" in page(as_, odile, f"{ADMIN}/subcommunity/")
    shown = page(as_, karim, f"{ADMIN}/subcommunity/")
    assert "Direction et administration" in shown
    assert "Suivis psychosociaux" not in shown


def test_a_hidden_space_cannot_be_opened_by_its_number(world, karim, as_):
    for model, pk in (
        ("subcommunity", world.psychosocial.pk),
        ("membership", Membership.objects.get(user=world.naima, space=world.psychosocial).pk),
    ):
        answer = as_(karim).get(f"{ADMIN}/{model}/{pk}/change/")
        assert answer.status_code in (302, 403, 404)
        assert "Naïma" not in answer.content.decode()


def test_a_co_animator_works_on_her_space_only(world, real, settings, as_):
    settings.COANIMATION = True
    services.set_role(real, world.direction, "coanimation", by=None)
    shown = page(as_, real, f"{ADMIN}/subcommunity/")
    assert "Direction et administration" in shown
    assert "Intervention" not in shown
    services.ask_to_join(world.direction, by=world.maude)
    services.ask_to_join(world.psychosocial, by=world.eve)
    shown = page(as_, real, f"{ADMIN}/joinrequest/")
    assert "Maude" in shown
    assert "Ève" not in shown


def test_a_member_has_no_such_page(world, maude, as_):
    for model in ("subcommunity", "membership", "charter", "joinrequest", "breakglassgrant"):
        assert as_(maude).get(f"{ADMIN}/{model}/").status_code in (302, 403, 404)


def space_form(space, **changes):
    names = (
        "name", "slug", "purpose", "hue", "icon", "position", "join_policy", "confidentiality",
    )  # fmt: skip
    boxes = ("listed", "content_in_mail", "in_global_search", "unnamed_posts", "danger_notice")
    values = {name: getattr(space, name) for name in names}
    values |= {name: "on" for name in boxes if getattr(space, name)}
    values |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return values | changes


def test_odile_changes_a_space_and_the_journal_says_what(world, odile, as_):
    from core.models import ActionLog

    path = f"{ADMIN}/subcommunity/{world.direction.pk}/change/"
    answer = as_(odile).post(path, space_form(world.direction, purpose="Autre propos."))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    world.direction.refresh_from_db()
    assert world.direction.purpose == "Autre propos."
    line = ActionLog.objects.filter(verb="space.changed").get()
    assert line.data["fields"] == ["purpose"]


def test_a_refusal_is_said_and_changes_nothing(world, karim, as_):
    path = f"{ADMIN}/subcommunity/{world.direction.pk}/change/"
    changes = space_form(world.direction, confidentiality="elevee")
    answer = as_(karim).post(path, changes, follow=True)
    assert "au moins une personne à l’animation" in answer.content.decode()
    world.direction.refresh_from_db()
    assert not world.direction.confidential


def test_odile_creates_a_space(world, odile, as_):
    form = space_form(SubCommunity(name="Deuil", purpose="En parler.", icon="heart"), slug="")
    answer = as_(odile).post(f"{ADMIN}/subcommunity/add/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert SubCommunity.objects.get(slug="deuil").name == "Deuil"


def test_odile_decides_a_request_with_an_answer(world, eve, odile, as_):
    request = services.ask_to_join(world.direction, by=eve, message="Je prends la relève.")
    path = f"{ADMIN}/joinrequest/{request.pk}/change/"
    assert "Je prends la relève." in page(as_, odile, path)
    as_(odile).post(path, {"decision": "accept", "answer": "Bienvenue!"})
    request.refresh_from_db()
    assert (request.state, request.answer) == (JoinRequest.State.ACCEPTED, "Bienvenue!")


def test_odile_invites_by_address_and_hears_when_nobody_has_it(world, eve, odile, as_):
    path = f"{ADMIN}/joinrequest/add/"
    form = {"space": world.psychosocial.pk, "email": "personne@exemple.test", "message": ""}
    assert "Aucun membre" in as_(odile).post(path, form).content.decode()
    as_(odile).post(path, form | {"email": eve.email.upper()})
    assert JoinRequest.objects.get().state == JoinRequest.State.INVITED


def test_nobody_invites_into_a_space_that_she_does_not_moderate(world, eve, karim, as_):
    form = {"space": world.psychosocial.pk, "email": eve.email, "message": ""}
    as_(karim).post(f"{ADMIN}/joinrequest/add/", form)
    assert not JoinRequest.objects.exists()


def test_odile_removes_a_member_with_a_reason(world, real, odile, as_):
    stay = Membership.objects.get(user=real, space=world.direction)
    path = f"{ADMIN}/membership/{stay.pk}/change/"
    answer = as_(odile).post(path, {"remove": "1", "role": "membre", "reason": ""})
    assert "Donnez un motif" in answer.content.decode()
    as_(odile).post(path, {"remove": "1", "role": "membre", "reason": "Il a changé de poste."})
    stay.refresh_from_db()
    assert stay.ended_at is not None


def test_a_new_version_of_a_charter_begins_from_the_one_in_force(world, odile, as_):
    services.publish_charter(
        world.direction, [{"title": "Respect", "text": "Toujours."}, {"text": "Gabarits."}], by=None
    )
    path = f"{ADMIN}/charter/add/"
    shown = page(as_, odile, f"{path}?where={world.direction.pk}")
    assert "Respect\nToujours.\n\nGabarits." in shown
    form = {"where": world.direction.pk, "text": "Respect\r\nToujours.\r\n\r\nPlus court."}
    as_(odile).post(path, form)
    charter = Charter.objects.get(space=world.direction, version=2)
    assert charter.articles == [
        {"title": "Respect", "text": "Toujours."},
        {"title": "", "text": "Plus court."},
    ]
    form = {"where": "conduite", "text": "Rester entre nous\nToujours."}
    as_(odile).post(path, form)
    assert Charter.objects.get(space=None).version == 1


def test_only_an_administrator_opens_a_space_by_exception(world, odile, administrator, as_):
    path = f"{ADMIN}/breakglassgrant/add/"
    assert as_(odile).get(path).status_code in (302, 403)
    form = {"space": world.psychosocial.pk, "reason": "Plainte d’un parent."}
    answer = as_(administrator).post(path, form)
    assert answer.url == "/communautes/suivis-psychosociaux/"
    shown = page(as_, administrator, answer.url)
    assert "accès exceptionnel" in shown
    assert "Plainte d’un parent." in page(
        as_, odile, f"{ADMIN}/breakglassgrant/{BreakGlassGrant.objects.get().pk}/change/"
    )


def test_an_administrator_does_not_configure_herself_into_a_space(world, administrator, as_):
    path = f"{ADMIN}/subcommunity/{world.psychosocial.pk}/change/"
    answer = as_(administrator).post(
        path, space_form(world.psychosocial, confidentiality="courante")
    )
    assert answer.status_code in (302, 403, 404)
    world.psychosocial.refresh_from_db()
    assert world.psychosocial.confidential
