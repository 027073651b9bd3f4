"""An organisation asks to join, without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import MembershipRequest, Organisation
from accounts.numbers import charity_adds_up, clean_neq, neq_adds_up
from accounts.services import joining
from tests.accounts.joining import ANSWERS, body, letters, link_in, posted
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
State = MembershipRequest.State
HERE = "/adhesion/"


@pytest.fixture
def visitor() -> Client:
    return Client()


def test_a_visitor_asks_for_her_organisation_to_join(visitor: Client, world: World) -> None:
    answer = visitor.post(HERE, posted(), follow=True)

    request = MembershipRequest.objects.get()
    assert request.state == State.SUBMITTED
    assert request.consented_at is not None
    assert request.newsletter is False
    assert "direction@relais-coteaux.example" in answer.content.decode()
    received, to_odile = sorted(letters(), key=lambda one: one.to != [request.email])
    assert received.to == [request.email]
    assert to_odile.to == [world.odile.email]
    assert "Le Relais des Coteaux" in to_odile.body
    assert f"/admin/accounts/membershiprequest/{request.pk}/change/" in to_odile.body
    assert "Josiane" not in to_odile.body and request.email not in to_odile.body


def test_the_address_is_shown_once_then_forgotten(visitor: Client, world: World) -> None:
    visitor.post(HERE, posted())
    assert ANSWERS["email"] in visitor.get(reverse("accounts:request_received")).content.decode()
    assert (
        ANSWERS["email"] not in visitor.get(reverse("accounts:request_received")).content.decode()
    )


def test_without_javascript_the_request_is_accepted_and_to_be_checked(visitor: Client) -> None:
    visitor.post(HERE, posted())
    assert MembershipRequest.objects.get().to_verify


def test_a_wrong_proof_never_loses_a_person(visitor: Client) -> None:
    visitor.post(HERE, posted(altcha="bm90IGEgcHJvb2Y="))
    assert MembershipRequest.objects.get().to_verify


def test_a_proof_of_work_is_believed_once(visitor: Client) -> None:
    proof = solved(visitor)
    visitor.post(HERE, posted(altcha=proof))
    visitor.post(HERE, posted(altcha=proof, email="autre@exemple.test"))
    first, second = MembershipRequest.objects.order_by("pk")
    assert not first.to_verify
    assert second.to_verify


def solved(visitor: Client) -> str:
    """What the widget sends once it has found the number."""
    import base64
    import json

    import altcha

    given = visitor.get(reverse("accounts:request_challenge")).json()
    found = altcha.solve_challenge(given["challenge"], given["salt"], given["algorithm"], 60_000, 0)
    names = ("algorithm", "challenge", "salt", "signature")
    payload = {name: given[name] for name in names} | {"number": found.number}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_the_form_keeps_everything_that_was_typed_and_says_what_is_missing(
    visitor: Client,
) -> None:
    page = visitor.post(HERE, posted(neq="114392011", email="direction@relais", consent=""))
    html = page.content.decode()

    assert not MembershipRequest.objects.exists()
    assert 'href="#id_neq"' in html and 'href="#id_email"' in html and 'href="#id_consent"' in html
    assert "114392011" in html and "direction@relais" in html
    assert ANSWERS["mission"] in html and ANSWERS["against_dropout"] in html


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("direction", "The @ sign is missing from this e-mail address."),
        ("direction@relais", "This e-mail address has no domain."),
        ("@relais.org", "This e-mail address has nothing before the @ sign."),
        ("a@b@relais.org", "This e-mail address has more than one @ sign: give only one address."),
        ("a b@relais.org", "This e-mail address has a space in it."),
        ("a..b@relais.org", "A dot is out of place in this e-mail address."),
        ("a(b@relais.org", "This e-mail address has a sign that addresses do not have."),
    ],
)
def test_each_wrong_address_has_its_sentence(visitor: Client, address: str, sentence: str) -> None:
    visitor.cookies["langue"] = "en"
    page = visitor.post(HERE, posted(email=address))
    assert page.context["form"].errors["email"] == [sentence]


@pytest.mark.parametrize(
    ("neq", "sentence"),
    [
        ("114392011", "A NEQ has ten digits; one is missing."),
        ("1143920", "A NEQ has ten digits; 3 are missing."),
        ("11439201188", "A NEQ has ten digits; there is one too many."),
        ("22439201188", "A NEQ has ten digits; there is one too many."),
        ("2243920118", "A NEQ has ten digits and begins with 11."),
        ("11439201a8", "A NEQ is made of digits only."),
    ],
)
def test_each_wrong_neq_has_its_sentence(visitor: Client, neq: str, sentence: str) -> None:
    visitor.cookies["langue"] = "en"
    page = visitor.post(HERE, posted(neq=neq))
    assert page.context["form"].errors["neq"] == [sentence]


def test_a_neq_is_one_whatever_the_spaces_and_hyphens(visitor: Client) -> None:
    visitor.post(HERE, posted(neq=" NEQ 11-4392 0118 "))
    assert MembershipRequest.objects.get().neq == "1143920118"
    assert clean_neq("neq : 1143920118") == "1143920118"


def test_a_wrong_check_digit_blocks_nobody(visitor: Client) -> None:
    assert not neq_adds_up("1100000001")
    assert not charity_adds_up("000000001 RR0001")
    visitor.post(HERE, posted(neq="1100000001", charity_number="000000001rr0001"))
    request = MembershipRequest.objects.get()
    assert (request.neq, request.charity_number) == ("1100000001", "000000001 RR0001")


def test_the_check_digits_of_numbers() -> None:
    """One last digit in ten is right; the Canadian Red Cross publishes its charity number."""
    assert charity_adds_up("119219814 RR0001")
    assert sum(neq_adds_up(f"114392011{digit}") for digit in range(10)) == 1


def test_a_field_that_is_not_asked_is_ignored(visitor: Client) -> None:
    visitor.post(HERE, posted(state="approved", decided_by="1", to_verify="", organisation="1"))
    request = MembershipRequest.objects.get()
    assert request.state == State.SUBMITTED
    assert request.organisation is None


def test_pressed_twice_the_button_makes_one_request_and_one_mail(visitor: Client) -> None:
    first = visitor.post(HERE, posted(), follow=True)
    second = visitor.post(HERE, posted(email="DIRECTION@relais-coteaux.example"), follow=True)
    assert body(second) == body(first)
    assert MembershipRequest.objects.count() == 1
    assert [one.to for one in letters()] == [[ANSWERS["email"]]]


def test_the_same_request_an_hour_later_only_sends_its_link_again(visitor: Client) -> None:
    visitor.post(HERE, posted())
    letters()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        visitor.post(HERE, posted(mission="Autre mission"))
        (again,) = letters()
    request = MembershipRequest.objects.get()
    assert request.mission == ANSWERS["mission"]
    assert visitor.get(link_in(again, HERE)).status_code == 200


def test_nobody_learns_whether_an_address_has_an_account(visitor: Client, world: World) -> None:
    """Same page, same mail, whether the address is a member's or a stranger's."""
    make_person("Josiane", "Coteau")
    stranger = visitor.post(HERE, posted(), follow=True)
    member = Client().post(HERE, posted(email="josiane.coteau@exemple.test"), follow=True)
    assert member.status_code == stranger.status_code
    assert body(member).replace("josiane.coteau@exemple.test", ANSWERS["email"]) == body(stranger)


def test_too_many_requests_from_one_place_lose_nothing_that_was_typed(
    visitor: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("accounts.views.joining.REQUESTS_PER_HOUR", 1)
    visitor.post(HERE, posted())
    page = visitor.post(HERE, posted(email="autre@exemple.test"))
    assert page.status_code == 429
    assert ANSWERS["mission"] in page.content.decode()
    assert MembershipRequest.objects.count() == 1


# ------------------------------------------------------------------ drafts


def test_nobody_fills_somebody_elses_mailbox_with_requests(visitor: Client, world: World) -> None:
    for number in range(10):
        values = ANSWERS | {"neq": f"11439201{number:02}"}
        joining.submit_request(values)
    assert MembershipRequest.objects.count() == 10
    received = [letter for letter in letters() if letter.to == [ANSWERS["email"]]]
    assert len(received) == joining.MAILS_PER_HOUR


def test_a_draft_needs_an_address_only_and_brings_a_link(visitor: Client, world: World) -> None:
    visitor.post(HERE, {"act": "save", "email": ANSWERS["email"], "neq": "11 43"})
    draft = MembershipRequest.objects.get()
    assert (draft.state, draft.neq, draft.consented_at) == (State.DRAFT, "11 43", None)
    (letter,) = letters()
    page = visitor.get(link_in(letter, HERE))
    assert 'value="11 43"' in page.content.decode()
    assert not MembershipRequest.objects.moderated_by(world.odile).exists()


def test_a_draft_without_an_address_cannot_be_kept(visitor: Client) -> None:
    page = visitor.post(HERE, {"act": "save", "mission": "Écouter"})
    assert list(page.context["form"].errors) == ["email"]
    assert "Écouter" in page.content.decode()


def test_the_same_draft_saved_twice_is_one(visitor: Client) -> None:
    data = {"act": "save", "email": ANSWERS["email"], "mission": "Écouter"}
    visitor.post(HERE, data)
    visitor.post(HERE, data)
    assert MembershipRequest.objects.count() == 1
    assert len(letters()) == 1


def test_a_draft_is_completed_then_sent(visitor: Client, world: World) -> None:
    visitor.post(HERE, {"act": "save", "email": ANSWERS["email"], "mission": "Écouter"})
    (letter,) = letters()
    link = link_in(letter, HERE)

    incomplete = visitor.post(link, {"act": "send", "mission": "Écouter"})
    assert incomplete.context["form"].errors["neq"]
    visitor.post(link, posted(act="save", consent="", mission="Accompagner"))
    assert MembershipRequest.objects.get().state == State.DRAFT
    visitor.post(link, posted(email="voleuse@exemple.test"))

    request = MembershipRequest.objects.get()
    assert request.state == State.SUBMITTED
    assert request.email == ANSWERS["email"]
    assert {tuple(one.to) for one in letters()} == {(ANSWERS["email"],), (world.odile.email,)}


def test_a_draft_is_erased_by_hand_and_its_link_dies(visitor: Client) -> None:
    visitor.post(HERE, {"act": "save", "email": ANSWERS["email"]})
    (letter,) = letters()
    link = link_in(letter, HERE)
    visitor.post(link, {"act": "withdraw"})
    assert not MembershipRequest.objects.exists()
    assert visitor.get(link).status_code == 404


def test_drafts_go_after_thirty_days_and_requests_after_a_year(visitor: Client) -> None:
    visitor.post(HERE, {"act": "save", "email": "a@exemple.test"})
    visitor.post(HERE, posted())
    now = timezone.now()
    assert joining.purge(now + timedelta(days=29)) == (0, 0)
    assert joining.purge(now + timedelta(days=31)) == (1, 0)
    assert joining.purge(now + timedelta(days=364)) == (0, 0)
    assert joining.purge(now + timedelta(days=366)) == (0, 1)


# ------------------------------------------------------------------ follow-up


@pytest.fixture
def sent(visitor: Client) -> tuple[MembershipRequest, str]:
    visitor.post(HERE, posted())
    (letter,) = [one for one in letters() if one.to == [ANSWERS["email"]]]
    return MembershipRequest.objects.get(), link_in(letter, HERE)


def test_the_applicant_changes_her_answers(visitor: Client, sent: Any) -> None:
    request, link = sent
    visitor.post(link, posted(mission="Accompagner et écouter."))
    request.refresh_from_db()
    assert request.mission == "Accompagner et écouter."
    assert request.state == State.SUBMITTED


def test_the_applicant_answers_a_question_and_the_animator_is_told(
    visitor: Client, sent: Any, world: World
) -> None:
    request, link = sent
    letters()
    joining.ask_more(request, by=world.odile, message="Avec quelles écoles?")
    (question,) = letters()
    assert "Avec quelles écoles?" in question.body
    assert "Avec quelles écoles?" in visitor.get(link).content.decode()

    silent = visitor.post(link, posted())
    assert list(silent.context["form"].errors) == ["reply"]
    visitor.post(link, posted(reply="Deux écoles de Trois-Rivières."))

    request.refresh_from_db()
    assert (request.state, request.reply) == (State.SUBMITTED, "Deux écoles de Trois-Rivières.")
    assert [one.to for one in letters()] == [[world.odile.email]]


def test_the_applicant_withdraws_and_pressing_twice_changes_nothing(
    visitor: Client, sent: Any
) -> None:
    request, link = sent
    for _time in range(2):
        visitor.post(link, {"act": "withdraw"})
    request.refresh_from_db()
    assert request.state == State.WITHDRAWN
    assert len([one for one in letters() if one.to == [ANSWERS["email"]]]) == 1


def test_opening_the_link_changes_nothing(visitor: Client, sent: Any) -> None:
    _request, link = sent
    before = MembershipRequest.objects.values().get()
    visitor.get(link)
    visitor.head(link)
    assert MembershipRequest.objects.values().get() == before


def test_a_decided_request_can_no_longer_be_changed(
    visitor: Client, sent: Any, world: World
) -> None:
    request, link = sent
    joining.refuse_request(request, by=world.odile, reason="Hors du mandat.")
    visitor.post(link, posted(mission="Autre"))
    visitor.post(link, {"act": "withdraw"})
    request.refresh_from_db()
    assert (request.state, request.mission) == (State.REFUSED, ANSWERS["mission"])
    assert "Hors du mandat." in visitor.get(link).content.decode()


@pytest.mark.parametrize("token", ["nothing", "x" * 400, "eyJpZCI6MX0:1abcde:signature"])
def test_a_wrong_link_says_so_and_offers_another(visitor: Client, token: str) -> None:
    page = visitor.get(f"{HERE}suivi/{token}/")
    assert page.status_code == 404
    assert reverse("accounts:follow_again") in page.content.decode()


def test_an_old_link_says_so_and_offers_another(visitor: Client, sent: Any) -> None:
    _request, link = sent
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        page = visitor.get(link)
    assert page.status_code == 410
    assert reverse("accounts:follow_again") in page.content.decode()


def test_links_are_sent_again_and_the_answer_is_the_same_for_all(
    visitor: Client, sent: Any
) -> None:
    letters()
    pages = [
        visitor.post(reverse("accounts:follow_again"), {"email": address}, follow=True)
        for address in (ANSWERS["email"], "inconnue@exemple.test")
    ]
    assert body(pages[0]) == body(pages[1])
    (letter,) = letters()
    assert letter.to == [ANSWERS["email"]]
    assert visitor.get(link_in(letter, HERE)).status_code == 200


def test_an_invitation_token_does_not_open_a_request(visitor: Client, sent: Any) -> None:
    from core.signing import make_token

    request, _link = sent
    stolen = make_token("invitation", id=request.pk, serial=1)
    assert visitor.get(f"{HERE}suivi/{stolen}/").status_code == 404


def test_the_public_form_asks_nothing_of_the_database_but_words(
    visitor: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    """Terms are cached, so a page that robots love costs nothing."""
    visitor.get(HERE)
    with django_assert_max_num_queries(1):
        visitor.get(HERE)


def test_a_request_makes_no_organisation_by_itself(visitor: Client) -> None:
    visitor.post(HERE, posted())
    assert not Organisation.objects.exists()
