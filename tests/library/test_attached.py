"""A file of a message becomes a document: only who wrote the message deposits it, others ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import content, files, links
from core.models import StoredFile
from forums import services as forums
from forums.models import Thread
from library.models import Collection, Document
from library.services import attached
from library.services.common import Missing
from tests.conftest import World, make_person
from tests.library.conftest import make_document, make_terms
from tests.library.test_deposit_pages import filled

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
TAKE = "/bibliotheque/piece-jointe/"


def sent(by: User, name: str = "plan-de-retour.txt") -> StoredFile:
    return files.accept(SimpleUploadedFile(name, b"Un plan de retour."), by=by)


@pytest.fixture
def thread(world: World) -> Thread:
    """Maude attaches a plan to her message, in her space."""
    make_terms()
    stored = sent(world.maude)
    return forums.create_thread(
        by=world.maude,
        space=world.intervention,
        title="Notre plan",
        text="Voici notre plan.",
        attachments=[stored.pk],
    )


def joined(thread: Thread) -> StoredFile:
    numbers = thread.posts.values_list("pk", flat=True)
    return StoredFile.objects.get(kind="post", object_id__in=numbers)


def test_its_author_deposits_it_and_both_are_tied(world: World, thread: Thread, as_: As) -> None:
    maude, stored = as_(world.maude), joined(thread)
    page = maude.get(thread.get_absolute_url()).content.decode()
    assert TAKE in page

    form = maude.post(TAKE, {"piece": str(stored.pk)})
    assert form.status_code == 302
    shown = maude.get(form["Location"])
    assert [card.stored.name for card in shown.context["batch"].cards] == [stored.name]
    data = filled(shown.content.decode(), audience="communaute")
    assert maude.post("/bibliotheque/deposer/", data).status_code == 302

    document = Document.objects.get()
    assert document.current.file.pk != stored.pk
    assert document.current.file.sha256 == stored.sha256
    assert links.others(document, world.maude) == [thread]
    assert links.others(thread, world.maude) == [document]
    # Who does not read the thread is told nothing of it.
    assert links.others(document, world.real) == []


def test_who_did_not_write_it_asks_once(
    world: World, thread: Thread, as_: As, work: Callable[[], None]
) -> None:
    odile, stored = as_(world.odile), joined(thread)
    for _again in range(2):
        assert odile.post(TAKE, {"piece": str(stored.pk)}).status_code == 302
    work()

    letters = [one for one in outbox.outbox if stored.name in one.body]
    assert [one.to for one in letters] == [[world.maude.email]]
    assert not StoredFile.objects.filter(uploaded_by=world.odile).exists()


def test_who_does_not_read_the_message_finds_nothing(world: World, thread: Thread, as_: As) -> None:
    for given in (str(joined(thread).pk), "n-importe-quoi", ""):
        assert as_(world.real).post(TAKE, {"piece": given}).status_code == 404


def test_a_loose_file_is_no_attachment(world: World, as_: As) -> None:
    stored = sent(world.maude)
    with pytest.raises(Missing):
        attached.attachment(str(stored.pk), by=world.maude)


def test_what_was_written_without_a_name_is_not_deposited_with_one(world: World, as_: As) -> None:
    stored = sent(world.naima)
    thread = forums.create_thread(
        by=world.naima,
        space=world.psychosocial,
        title="Titre",
        text="Une pièce.",
        unnamed=True,
        attachments=[stored.pk],
    )
    for person in (world.naima, world.odile):
        browser = as_(person)
        assert TAKE not in browser.get(thread.get_absolute_url()).content.decode()
        assert browser.post(TAKE, {"piece": str(stored.pk)}).status_code == 404


def test_a_mail_from_a_confidential_space_names_neither_the_file_nor_who_asks(
    world: World, work: Callable[[], None]
) -> None:
    stored = sent(world.naima, "perruche.txt")
    forums.create_thread(
        by=world.naima, space=world.psychosocial, title="Titre", text="Une pièce.",
        attachments=[stored.pk],
    )  # fmt: skip
    attached.ask_for(attached.attachment(str(stored.pk), by=world.odile), by=world.odile)
    work()

    letter = next(one for one in outbox.outbox if "/discussions/" in one.body)
    assert letter.to == [world.naima.email]
    assert "perruche" not in letter.subject + letter.body + str(letter.alternatives)
    assert "Larivage" not in letter.body


def test_a_copy_asked_twice_is_one_file(world: World, thread: Thread) -> None:
    found = attached.attachment(str(joined(thread).pk), by=world.maude)
    assert attached.take(found, by=world.maude) == attached.take(found, by=world.maude)


def test_a_tie_to_what_she_does_not_read_is_not_made(world: World, thread: Thread) -> None:
    document = make_document(world.real)

    attached.tie_to(document, f"thread-{thread.pk}", by=world.real)
    attached.tie_to(document, "rien-12", by=world.real)
    attached.tie_to(document, "thread-x", by=world.real)

    assert links.others(document, world.maude) == []


def test_the_act_is_offered_by_the_file(world: World, thread: Thread) -> None:
    post = thread.posts.get()
    assert [one.name for one in content.actions_for(post, world.real, "file")] == ["to_library"]
    assert "to_library" not in [one.name for one in content.actions_for(post, world.real)]


# ------------------------------------------------------------------------- several documents


@pytest.fixture
def three(world: World) -> list[Document]:
    make_terms()
    return [make_document(world.maude, title=f"Guide {n}") for n in range(3)]


def test_documents_chosen_in_the_list_make_a_collection(
    world: World, three: list[Document], as_: As
) -> None:
    eve = as_(world.eve)
    page = eve.get("/bibliotheque/").content.decode()
    assert page.count('form="selection"') == 3

    url = f"/bibliotheque/collections/nouvelle/?document={three[2].pk}&document={three[0].pk}"
    form = eve.get(f"{url}&titre=Retour")
    assert form.context["documents"] == [three[2], three[0]]
    data: dict[str, Any] = {
        "title": "Retour", "audience": "moi", "document": [three[2].pk, three[0].pk],
    }  # fmt: skip
    assert eve.post("/bibliotheque/collections/nouvelle/", data).status_code == 302

    made = Collection.objects.get()
    assert [one.document for one in made.items.order_by("position")] == [three[2], three[0]]


def test_what_she_does_not_read_is_left_out(world: World, three: list[Document], as_: As) -> None:
    other = make_document(
        world.maude, title="Perroquet", level="sous-communaute", space=world.intervention
    )
    data = {"title": "Retour", "audience": "moi", "document": [other.pk, three[0].pk, "x"]}

    as_(world.eve).post("/bibliotheque/collections/nouvelle/", data)

    assert [one.document for one in Collection.objects.get().items.all()] == [three[0]]


def test_a_confidential_document_is_not_collected_outside(
    world: World, three: list[Document], as_: As
) -> None:
    inside = make_document(
        world.naima, title="Perroquet", level="sous-communaute", space=world.psychosocial
    )
    data = {"title": "Retour", "audience": "communaute", "document": [three[0].pk, inside.pk]}

    answer = as_(world.naima).post("/bibliotheque/collections/nouvelle/", data)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Collection.objects.exists()


def test_a_guest_and_a_visitor_are_offered_no_boxes(
    world: World, three: list[Document], as_: As
) -> None:
    until = timezone.now() + timedelta(days=30)
    guest = make_person("Gaëlle", role=User.Role.GUEST, access_until=until, spaces=(world.common,))
    for person in (guest, None):
        assert 'form="selection"' not in as_(person).get("/bibliotheque/").content.decode()
