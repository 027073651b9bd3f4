"""What the animators answer to a request, in the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts import twins
from accounts.hints import essence, hints_for
from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.services import joining
from core.errors import NotAllowed
from core.models import ActionLog
from tests.accounts.joining import ANSWERS, letters, make_animator, queries
from tests.conftest import World, make_organisation, make_person

pytestmark = pytest.mark.django_db
State = MembershipRequest.State
LIST = "/admin/accounts/membershiprequest/"


def ask_to_join(**changes: Any) -> MembershipRequest:
    return joining.submit_request(ANSWERS | changes)


def page_of(request: MembershipRequest) -> str:
    return reverse("admin:accounts_membershiprequest_change", args=(request.pk,))


def answer(browser: Client, request: MembershipRequest, act: str, **said: str) -> Any:
    data = {f"{act}-{name}": value for name, value in said.items()}
    return browser.post(page_of(request), data | {"act": act}, follow=True)


@pytest.fixture
def odile_s(as_: Callable[[User | None], Client], world: World) -> Client:
    return as_(world.odile)


# ------------------------------------------------------------------ approval


def test_odile_approves_and_the_organisation_comes_to_life(odile_s: Client, world: World) -> None:
    request = ask_to_join(region="01")
    letters()
    answer(odile_s, request, "approve", welcome="Bienvenue!")

    request.refresh_from_db()
    assert (request.state, request.decided_by) == (State.APPROVED, world.odile)
    organisation = request.organisation
    assert organisation is not None
    assert organisation.can_be_read_by(world.maude)
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.makes_contact) == (organisation, True)
    (letter,) = letters()
    assert letter.to == [ANSWERS["email"]]
    assert "/invitation/" in letter.body and "Bienvenue!" in letter.body
    assert ActionLog.objects.filter(verb="request.approved", actor=world.odile).exists()


def test_a_twin_is_proposed_with_its_reasons(world: World) -> None:
    world.relais.contact = world.maude
    world.relais.offers = "Une entente de transport avec la municipalité."
    world.relais.save()
    request = ask_to_join(region="01", hopes="Des idées pour les transports.")
    needs = twins.Needs(region=request.region, seeks=request.hopes)
    first, *_others = twins.propose(needs, Organisation.objects.all())
    assert first.organisation == world.relais
    assert len(first.reasons) == 2
    assert "transport" in first.reasons[1]


def test_neighbouring_regions_are_neighbours_both_ways() -> None:
    for region, near in twins.NEIGHBOURS.items():
        assert region not in near
        assert all(region in twins.NEIGHBOURS[other] for other in near)


def test_the_chosen_twin_is_kept(odile_s: Client, world: World) -> None:
    world.relais.contact = world.maude
    world.relais.save()
    request = ask_to_join(region="01")
    answer(odile_s, request, "approve", twin=str(world.relais.pk))
    request.refresh_from_db()
    assert request.organisation is not None
    assert request.organisation.twin == world.relais


def test_twins_are_two_and_the_elder_is_told(odile_s: Client, world: World) -> None:
    world.phare.contact = world.real
    world.phare.save()
    request = ask_to_join(region="01")
    letters()
    answer(odile_s, request, "approve", other_twin=str(world.phare.pk))
    request.refresh_from_db()
    world.phare.refresh_from_db()
    assert request.organisation is not None
    assert (request.organisation.twin, world.phare.twin) == (world.phare, request.organisation)
    told = [letter for letter in letters() if letter.to == [world.real.email]]
    assert len(told) == 1
    assert request.organisation_name in told[0].subject


def test_who_is_no_longer_the_contact_person_is_not_told(odile_s: Client, world: World) -> None:
    world.phare.contact = world.real
    world.phare.save()
    letters()
    answer(odile_s, ask_to_join(region="01"), "approve", other_twin=str(world.phare.pk))
    world.phare.refresh_from_db()
    world.phare.contact = None
    world.phare.save()
    assert not [letter for letter in letters() if letter.to == [world.real.email]]


def test_a_request_is_attached_to_an_organisation_that_is_already_here(
    odile_s: Client, world: World
) -> None:
    request = ask_to_join()
    before = Organisation.objects.count()
    answer(odile_s, request, "approve", organisation=str(world.phare.pk))
    request.refresh_from_db()
    assert request.organisation == world.phare
    assert Organisation.objects.count() == before


def test_two_organisations_never_share_a_neq(odile_s: Client, world: World) -> None:
    world.phare.neq = ANSWERS["neq"]
    world.phare.save()
    request = ask_to_join()
    page = answer(odile_s, request, "approve")
    assert page.context["forms"]["approve"].non_field_errors()
    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    assert not Invitation.objects.exists()


def test_an_address_that_has_an_account_is_not_invited_again(odile_s: Client, world: World) -> None:
    request = ask_to_join(email=world.real.email)
    page = answer(odile_s, request, "approve")
    assert page.context["forms"]["approve"].non_field_errors()
    assert not Invitation.objects.exists()
    assert Organisation.objects.count() == 3


# ------------------------------------------------------------------ one outcome


def test_of_two_animators_at_once_one_decides_and_the_other_reads_who(
    odile_s: Client, world: World
) -> None:
    request = ask_to_join()
    other = make_animator("Omar")
    joining.refuse_request(request, by=other, reason="Hors du mandat.")
    page = answer(odile_s, request, "approve")
    request.refresh_from_db()
    assert request.state == State.REFUSED
    assert "Omar Animateur" in page.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("second", ["approve", "refuse", "more"])
@pytest.mark.parametrize("first", ["approve", "refuse"])
def test_any_second_decision_is_refused_by_name(world: World, first: str, second: str) -> None:
    request = ask_to_join()
    decide(request, first, world.odile)
    letters()
    with pytest.raises(joining.AlreadyDecided):
        decide(request, second, world.odile)
    assert not letters()


def decide(request: MembershipRequest, act: str, by: User) -> None:
    if act == "approve":
        joining.approve_request(request, by=by)
    elif act == "refuse":
        joining.refuse_request(request, by=by, reason="Non.")
    else:
        joining.ask_more(request, by=by, message="Et encore?")


def test_an_animator_does_not_decide_on_what_she_has_not_read(world: World) -> None:
    request = ask_to_join()
    seen = request.updated_at
    joining.complete_request(request, ANSWERS | {"mission": "Autre"}, send=True)
    with pytest.raises(joining.ChangedMeanwhile):
        joining.approve_request(request, by=world.odile, seen=seen)
    assert MembershipRequest.objects.get().state == State.SUBMITTED


def test_a_withdrawn_request_cannot_be_approved(world: World) -> None:
    request = ask_to_join()
    joining.withdraw_request(request)
    with pytest.raises(joining.AlreadyDecided):
        joining.approve_request(request, by=world.odile)


def test_a_mail_that_lost_its_sense_does_not_leave(world: World) -> None:
    """Odile asks, the applicant withdraws before the worker wakes: one mail, the last."""
    request = ask_to_join()
    letters()
    joining.ask_more(request, by=world.odile, message="Avec qui?")
    joining.withdraw_request(request)
    (letter,) = letters()
    assert "Avec qui?" not in letter.body


# ------------------------------------------------------------------ more, refusal


def test_a_question_and_a_refusal_need_words(odile_s: Client, world: World) -> None:
    request = ask_to_join()
    for act, name in (("more", "message"), ("refuse", "reason")):
        page = answer(odile_s, request, act, **{name: "   "})
        assert page.context["forms"][act].errors[name]
    request.refresh_from_db()
    assert request.state == State.SUBMITTED


def test_a_refusal_gives_its_reason_by_mail(odile_s: Client) -> None:
    request = ask_to_join()
    letters()
    answer(odile_s, request, "refuse", reason="Nous n’accueillons que des organismes.")
    (letter,) = letters()
    assert "Nous n’accueillons que des organismes." in letter.body


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("who", ["maude", "real", "naima", "eve"])
def test_only_the_federation_s_animators_decide(
    world: World, as_: Callable[[User | None], Client], who: str
) -> None:
    request = ask_to_join()
    person = getattr(world, who)
    for act in ("approve", "refuse", "more"):
        with pytest.raises(NotAllowed):
            decide(request, act, person)
    page = as_(person).get(LIST)
    assert page.status_code in (302, 404)
    assert ANSWERS["organisation_name"] not in page.content.decode()


def test_an_administrator_who_does_not_animate_reads_no_request(
    world: World, as_: Callable[[User | None], Client]
) -> None:
    request = ask_to_join()
    admin = make_person("Ada", is_superuser=True)
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={"secret": "A"})
    assert as_(admin).get(LIST).status_code in (302, 403, 404)
    assert as_(admin).get(page_of(request)).status_code in (302, 403, 404)


def test_drafts_are_never_in_the_list(odile_s: Client) -> None:
    draft = joining.save_draft(ANSWERS)
    assert ANSWERS["organisation_name"] not in odile_s.get(f"{LIST}?etat=toutes").content.decode()
    assert odile_s.get(page_of(draft)).status_code == 404


def test_nothing_is_added_nor_deleted_by_hand(odile_s: Client) -> None:
    request = ask_to_join()
    assert odile_s.get(f"{LIST}add/").status_code == 403
    assert odile_s.post(f"{LIST}{request.pk}/delete/").status_code == 403


def test_reading_a_request_changes_nothing(odile_s: Client) -> None:
    request = ask_to_join()
    before = MembershipRequest.objects.values().get()
    assert odile_s.get(page_of(request)).status_code == 200
    assert MembershipRequest.objects.values().get() == before


# ------------------------------------------------------------------ list and hints


def test_the_list_asks_as_much_of_three_requests_as_of_thirty(
    odile_s: Client, django_assert_num_queries: Any
) -> None:
    counts = []
    for number in (3, 30):
        for n in range(number):
            ask_to_join(email=f"p{number}-{n}@exemple.test")
        odile_s.get(LIST)
        counts.append(queries(odile_s, LIST))
    assert counts[0] == counts[1]


def test_the_list_opens_on_what_waits_and_finds_the_rest(odile_s: Client, world: World) -> None:
    waiting = ask_to_join()
    done = ask_to_join(organisation_name="L’Ancien", email="a@exemple.test")
    joining.refuse_request(done, by=world.odile, reason="Non.")
    opened = odile_s.get(LIST).content.decode()
    assert waiting.organisation_name in opened and "L’Ancien" not in opened
    assert "L’Ancien" in odile_s.get(f"{LIST}?etat=refused").content.decode()
    assert "L’Ancien" in odile_s.get(f"{LIST}?etat=toutes&q=ancien").content.decode()


def test_hints_tell_odd_numbers_neighbours_and_accounts(world: World) -> None:
    make_organisation("Relais des Coteaux inc.", website="https://www.relais-coteaux.example/")
    request = ask_to_join(
        neq="1100000001", charity_number="000000001 RR0001", email=world.real.email
    )
    told = [hint.text for hint in hints_for(request)]
    assert any("1100000001" in text for text in told)
    assert any("000000001" in text for text in told)
    assert any(world.real.full_name in text for text in told)
    assert any("Relais des Coteaux inc." in text for text in told)


def test_a_shared_public_mailbox_says_nothing(world: World) -> None:
    make_organisation("Tout autre", email="info@gmail.com")
    request = ask_to_join(email="quelqu.un@gmail.com", neq="")
    assert not [hint for hint in hints_for(request) if hint.organisation]


def test_names_are_compared_by_what_tells_them_apart() -> None:
    assert essence("L’Organisme communautaire Le Phare inc.") == essence("Phare (Le)") == "phare"
