"""*Merci*: one gesture of one person, counted once whatever the double clicks."""

import pytest

from community import services
from community.errors import OwnContent, UnknownReaction
from community.models import Reaction
from core.errors import NotAllowed
from forums.services import create_thread, reply
from tests.conftest import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(world, maude):
    thread = create_thread(by=maude, space=world.intervention, text="Une question toute simple?")
    helper = make_person("Tristan", spaces=(world.common, world.intervention))
    return reply(thread, by=helper, text="Voici comment nous faisons.")


def count(post):
    post.refresh_from_db()
    return post.thanks_count


def test_maude_thanks_and_takes_it_back(maude, answer):
    assert services.react(answer, "merci", by=maude) is True
    assert count(answer) == 1
    assert services.react(answer, "merci", by=maude) is False
    assert count(answer) == 0


def test_a_double_click_is_one_thank_you(maude, answer):
    services.react(answer, "merci", by=maude, wanted=True)
    services.react(answer, "merci", by=maude, wanted=True)
    assert count(answer) == 1
    assert Reaction.objects.count() == 1


def test_nobody_thanks_herself(answer):
    with pytest.raises(OwnContent):
        services.react(answer, "merci", by=answer.author)


def test_eve_cannot_thank_for_what_she_does_not_read(eve, answer):
    with pytest.raises(NotAllowed):
        services.react(answer, "merci", by=eve)


def test_a_gesture_that_does_not_exist_is_refused(maude, answer):
    with pytest.raises(UnknownReaction):
        services.react(answer, "bravo", by=maude)


def test_the_page_answers_404_to_eve_and_thanks_for_maude(as_, maude, eve, answer):
    form = {"kind": "post", "id": answer.pk, "type": "merci", "wanted": "1"}
    assert as_(eve).post("/communautes/reagir/", form).status_code == 404
    assert as_(maude).post("/communautes/reagir/", form).status_code == 302
    assert count(answer) == 1
    assert as_(maude).get("/communautes/reagir/").status_code == 405


def test_htmx_swaps_the_button_for_its_new_state(as_, maude, answer):
    form = {"kind": "post", "id": answer.pk, "type": "merci", "wanted": "1"}
    shown = as_(maude).post("/communautes/reagir/", form, headers={"HX-Request": "true"})
    assert shown.status_code == 200
    assert 'aria-pressed="true"' in shown.content.decode()
    assert 'name="wanted" value="0"' in shown.content.decode()
