"""The mails about spaces: asked again when they leave, and silent about confidential ones."""

import pytest
from django.core import mail as outbox

from community import services
from core import mail
from core.events import drain
from core.models import OutgoingMail

pytestmark = pytest.mark.django_db


def send():
    drain()
    mail.deliver()
    return {message.to[0]: f"{message.subject}\n{message.body}" for message in outbox.outbox}


def test_those_who_animate_hear_of_a_request_without_its_text(world, eve, odile):
    services.ask_to_join(world.direction, by=eve, message="Canari du message")
    sent = send()
    assert set(sent) == {odile.email}
    assert "Direction et administration" in sent[odile.email]
    assert "Canari" not in sent[odile.email]


def test_a_request_withdrawn_meanwhile_is_not_announced(world, eve):
    request = services.ask_to_join(world.direction, by=eve)
    drain()
    services.withdraw(request, by=eve)
    assert send() == {}
    assert OutgoingMail.objects.get().state == OutgoingMail.State.CANCELLED


def test_an_animator_who_left_meanwhile_hears_nothing(world, eve, odile):
    services.ask_to_join(world.psychosocial, by=eve)
    drain()
    odile.role = "membre"
    odile.save()
    assert send() == {}


@pytest.mark.parametrize("accept", [True, False])
def test_eve_hears_the_answer_and_reads_it_on_the_page(world, eve, odile, accept):
    request = services.ask_to_join(world.direction, by=eve)
    services.decide_join(request, accept=accept, by=odile, answer="Canari de la réponse")
    sent = send()[eve.email]
    assert ("est acceptée" in sent) == accept
    assert "/communautes/direction-administration/" in sent
    assert "Canari" not in sent


def test_a_confidential_space_is_not_named(world, eve, odile):
    services.invite_in(eve, world.psychosocial, by=odile, message="Venez")
    sent = send()[eve.email]
    assert "un espace confidentiel" in sent
    assert world.psychosocial.name not in sent
    assert world.psychosocial.slug not in sent, "an address names it too"
