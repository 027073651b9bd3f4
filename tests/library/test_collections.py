"""Collections: made, shared, put in order, printed, taken home; and what nobody else sees."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from community.services import react
from core import content
from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog, OutboxEvent, StoredFile
from library.errors import (
    CollectionFull,
    ConfidentialElsewhere,
    FieldMissing,
    GuestsFollow,
    NotAMember,
    NotYourCollection,
    ReasonNeeded,
)
from library.exchange import archive
from library.models import Collection, CollectionItem, Document, Download
from library.services import collections as services
from library.services.asides import hide_document
from library.services.collections import (
    PRIVATE,
    add_document,
    annotate,
    edit_collection,
    make_collection,
    move_item,
    remove_collection,
    take_out,
)
from library.services.common import Missing
from library.services.deposit import edit_document
from library.services.withdrawal import withdraw_document
from tests.conftest import make_person
from tests.library.conftest import make_document


def titles(collection: Collection, user: Any) -> list[str]:
    rows = CollectionItem.objects.shown_to(user, collection).select_related("document")
    return [one.document.title for one in rows.order_by("position")]


def filled(by: User, *names: str, level: str = "communaute", **words: Any) -> Collection:
    """A collection of documents of these titles, shared with everybody inside."""
    collection = make_collection(by=by, title="Accueillir", level=level)
    for name in names:
        add_document(collection, make_document(by, title=name, **words), by=by)
    return collection


def page(browser: Any, collection: Collection, query: str = "") -> Any:
    return browser.get(collection.get_absolute_url() + query)


# -------------------------------------------------------------------------- making and sharing


def test_a_new_collection_is_hers_alone(library, as_) -> None:
    collection = make_collection(by=library.maude, title="  Mes\nlectures ")

    assert collection.title == "Mes lectures"
    assert collection.can_be_read_by(library.maude)
    assert not collection.can_be_read_by(library.eve)
    assert not collection.can_be_moderated_by(library.odile)
    assert page(as_(library.eve), collection).status_code == 404
    assert page(as_(None), collection).status_code == 302
    assert page(as_(library.maude), collection).headers["Cache-Control"] == "no-store"


def test_a_collection_is_shared_as_far_as_she_says_and_back(library, as_) -> None:
    collection = make_collection(by=library.maude, title="Lectures")
    readers = {
        "communaute": {library.maude, library.eve, library.odile},
        "organisme": {library.maude, library.naima},
        "public": {library.maude, library.eve},
        PRIVATE: {library.maude},
    }
    everybody = {library.maude, library.eve, library.naima, library.odile}
    for level, who in readers.items():
        edit_collection(collection, by=library.maude, title="Lectures", level=level)
        fresh = Collection.objects.get(pk=collection.pk)
        read = {person for person in everybody if fresh.can_be_read_by(person)}
        assert who <= read, level
        assert (library.eve in read) == (level in ("communaute", "public"))
        assert (page(as_(None), fresh).status_code == 200) == (level == "public")
    said = ActionLog.objects.filter(verb="collection.shared", object_id=collection.pk)
    assert said.count() == 4


def test_a_collection_is_shared_in_spaces_that_are_hers(library) -> None:
    make = {"by": library.maude, "title": "Lectures", "level": "sous-communaute"}
    mine = make_collection(**make, space=library.intervention)

    assert mine.can_be_read_by(library.maude)
    assert not mine.can_be_read_by(library.eve)
    with pytest.raises(NotAMember):
        make_collection(**make, space=library.direction)


def test_guests_make_no_collection_and_a_title_is_needed(library) -> None:
    until = timezone.now() + timedelta(days=3)
    guest = make_person("Ginette", role=User.Role.GUEST, access_until=until)

    with pytest.raises(GuestsFollow):
        make_collection(by=guest, title="Lectures")
    with pytest.raises(FieldMissing):
        make_collection(by=library.maude, title="  ")


def test_only_its_owner_changes_a_collection(library) -> None:
    collection = filled(library.maude, "Un")
    item = collection.items.get()
    document = make_document(library.eve, title="Deux")

    for act in (
        lambda: edit_collection(collection, by=library.eve, title="À moi", level="public"),
        lambda: remove_collection(collection, by=library.eve),
        lambda: add_document(collection, document, by=library.eve),
        lambda: take_out(item, by=library.odile),
        lambda: annotate(item, by=library.eve, note="Non"),
        lambda: move_item(item, by=library.eve, up=True),
    ):
        with pytest.raises(NotYourCollection):
            act()
    assert titles(collection, library.maude) == ["Un"]


def test_who_left_a_space_has_lost_her_collection_there(library) -> None:
    collection = make_collection(
        by=library.maude, title="Ici", level="sous-communaute", space=library.intervention
    )
    Membership.objects.filter(user=library.maude, space=library.intervention).delete()

    with pytest.raises(Missing):
        edit_collection(collection, by=library.maude, title="Ailleurs", level="communaute")


def test_a_removed_collection_is_gone_and_its_documents_stay(library, as_) -> None:
    collection = filled(library.maude, "Un")
    answer = as_(library.maude).post(
        reverse("library:collection_edit", args=(collection.pk,)), {"acte": "supprimer"}
    )

    assert answer.status_code == 302
    assert page(as_(library.maude), collection).status_code == 404
    assert not CollectionItem.objects.exists()
    assert Document.objects.readable_by(library.eve).count() == 1
    assert OutboxEvent.objects.filter(name="collection.removed").count() == 1


# ------------------------------------------------------------------------------- its documents


def test_a_document_is_put_in_once_and_taken_out(library) -> None:
    collection = filled(library.maude, "Un", "Deux")
    document = Document.objects.get(title="Un")

    again = add_document(collection, document, by=library.maude, note="Encore")
    assert titles(collection, library.maude) == ["Un", "Deux"]
    take_out(again, by=library.maude)
    assert titles(collection, library.maude) == ["Deux"]


def test_what_she_does_not_read_cannot_be_put_in(library) -> None:
    collection = make_collection(by=library.maude, title="Lectures")
    hers = make_document(library.real, level="sous-communaute", space=library.direction)

    with pytest.raises(Missing):
        add_document(collection, hers, by=library.maude)


def test_a_collection_has_an_end(library, monkeypatch) -> None:
    monkeypatch.setattr(services, "MOST_ITEMS", 2)
    collection = filled(library.maude, "Un", "Deux")

    with pytest.raises(CollectionFull):
        add_document(collection, make_document(library.maude, title="Trois"), by=library.maude)


def test_documents_go_up_and_down(library) -> None:
    collection = filled(library.maude, "Un", "Deux", "Trois")
    un, deux, trois = collection.items.order_by("position")

    move_item(trois, by=library.maude, up=True)
    assert titles(collection, library.maude) == ["Un", "Trois", "Deux"]
    move_item(un, by=library.maude, up=False)
    assert titles(collection, library.maude) == ["Trois", "Un", "Deux"]
    move_item(trois, by=library.maude, up=True)
    move_item(deux, by=library.maude, up=False)
    assert titles(collection, library.maude) == ["Trois", "Un", "Deux"]


def test_a_document_goes_past_the_one_that_is_seen_above_it(library) -> None:
    """What was set aside in between keeps its place beside its neighbour."""
    collection = filled(library.maude, "Un", "Caché", "Deux")
    hidden = Document.objects.get(title="Caché")
    hide_document(hidden, by=library.odile, reason="À vérifier")
    deux = collection.items.get(document__title="Deux")

    move_item(deux, by=library.maude, up=True)

    assert titles(collection, library.maude) == ["Deux", "Un"]
    Document.objects.filter(pk=hidden.pk).update(state=State.PUBLISHED)
    assert titles(collection, library.maude) == ["Deux", "Un", "Caché"]


def test_a_reader_finds_only_the_documents_that_she_reads(library, as_) -> None:
    collection = filled(library.maude, "Partagé", level="public")
    for title, words in {
        "Public": {"level": "public", "licence": "cc-by"},
        "Interne": {"level": "organisme"},
        "Retiré": {},
    }.items():
        add_document(
            collection, make_document(library.maude, title=title, **words), by=library.maude
        )
    withdrawn = Document.objects.get(title="Retiré")
    withdraw_document(withdrawn, by=library.maude, reason="Périmé")

    assert titles(collection, library.naima) == ["Partagé", "Public", "Interne"]
    assert titles(collection, library.eve) == ["Partagé", "Public"]
    seen = page(as_(None), collection).content.decode()
    assert "Public" in seen
    assert not any(word in seen for word in ("Partagé", "Interne", "Retiré"))


def test_a_visitor_is_not_told_who_made_a_public_collection(library, as_) -> None:
    collection = filled(library.maude, "Un", level="public")

    assert "Maude" in page(as_(library.eve), collection).content.decode()
    assert "Maude" not in page(as_(None), collection).content.decode()
    assert "Maude" not in as_(None).get(reverse("library:collections")).content.decode()


# -------------------------------------------------------------------------------- confidential


@pytest.fixture
def secret(library) -> Document:
    place = {"level": "sous-communaute", "space": library.psychosocial}
    return make_document(library.naima, title="Canari violet", **place)


def test_a_confidential_document_goes_only_into_a_collection_of_its_space(library, secret) -> None:
    outside = make_collection(by=library.naima, title="Dehors", level="communaute")
    alone = make_collection(by=library.naima, title="À moi")
    inside = make_collection(by=library.naima, title="Dedans", space=library.psychosocial)

    for collection in (outside, alone):
        with pytest.raises(ConfidentialElsewhere):
            add_document(collection, secret, by=library.naima)
    add_document(inside, secret, by=library.naima)
    assert titles(inside, library.naima) == ["Canari violet"]
    assert not inside.can_be_read_by(library.odile)


def test_a_collection_that_leaves_a_confidential_space_leaves_its_documents_there(
    library, secret, as_
) -> None:
    inside = make_collection(
        by=library.naima, title="Dedans", level="sous-communaute", space=library.psychosocial
    )
    add_document(inside, secret, by=library.naima, note="Canari jaune")
    edit_collection(inside, by=library.naima, title="Dehors", level="communaute")
    moved = Collection.objects.get(pk=inside.pk)

    assert titles(moved, library.naima) == []
    for query in ("", "?impression=1"):
        assert "Canari" not in page(as_(library.naima), moved, query).content.decode()
    assert "Canari" not in archived(as_(library.naima), moved)["LISEZMOI.txt"].decode()


def test_a_document_that_enters_a_confidential_space_leaves_collections(library) -> None:
    collection = filled(library.naima, "Canari")
    document = Document.objects.get(title="Canari")
    edit_document(document, by=library.naima, level="sous-communaute", space=library.psychosocial)

    assert titles(collection, library.naima) == []


def test_hers_alone_stays_in_its_confidential_space(library, secret) -> None:
    inside = make_collection(by=library.naima, title="Dedans", space=library.psychosocial)
    add_document(inside, secret, by=library.naima)

    edit_collection(inside, by=library.naima, title="Renommée", level=PRIVATE)

    assert titles(Collection.objects.get(pk=inside.pk), library.naima) == ["Canari violet"]


def test_pages_of_a_confidential_collection_stay_in_no_cache_and_say_no_title(
    library, secret, as_
) -> None:
    inside = make_collection(
        by=library.naima, title="Dedans", level="sous-communaute", space=library.psychosocial
    )
    add_document(inside, secret, by=library.naima)
    browser = as_(library.naima)

    assert inside.get_absolute_url() == f"/bibliotheque/collections/{inside.pk}/"
    for address in (
        inside.get_absolute_url(),
        inside.get_absolute_url() + "?impression=1",
        reverse("library:collection_zip", args=(inside.pk,)),
        reverse("library:collect", args=(secret.pk,)),
    ):
        assert browser.get(address).headers["Cache-Control"] == "no-store", address
        assert as_(library.odile).get(address).status_code in (200, 404)
        assert as_(library.eve).get(address).status_code == 404, address


# ----------------------------------------------------------------------------------- the pages


def test_she_collects_a_document_from_its_page(library, as_) -> None:
    document = make_document(library.real, title="Guide")
    browser = as_(library.maude)
    address = reverse("library:collect", args=(document.pk,))
    assert browser.get(address).status_code == 200

    browser.post(address, {"collection": "nouvelle", "title": "Lectures", "note": "D’abord"})
    made = Collection.objects.get()
    assert (made.title, made.state) == ("Lectures", State.DRAFT)
    assert made.items.get().note == "D’abord"

    other = make_document(library.real, title="Suite")
    answer = browser.post(
        reverse("library:collect", args=(other.pk,)), {"collection": str(made.pk)}
    )
    assert answer.headers["Location"] == other.get_absolute_url()
    assert titles(made, library.maude) == ["Guide", "Suite"]


def test_a_new_collection_without_a_title_comes_back_with_what_was_said(library, as_) -> None:
    document = make_document(library.real)
    answer = as_(library.maude).post(
        reverse("library:collect", args=(document.pk,)), {"collection": "nouvelle", "note": "Lire"}
    )

    assert "title" in answer.context["form"].errors
    assert answer.context["form"]["note"].value() == "Lire"
    assert not Collection.objects.exists()


def test_nobody_collects_into_the_collection_of_another(library, as_) -> None:
    collection = filled(library.maude, "Un")
    document = make_document(library.eve)
    answer = as_(library.eve).post(
        reverse("library:collect", args=(document.pk,)), {"collection": str(collection.pk)}
    )

    assert "collection" in answer.context["form"].errors
    assert titles(collection, library.maude) == ["Un"]


def test_the_owner_s_page_has_its_buttons_and_they_work(library, as_) -> None:
    collection = filled(library.maude, "Un", "Deux")
    browser = as_(library.maude)
    acts = reverse("library:collection_item", args=(collection.pk,))
    first, second = collection.items.order_by("position")
    assert acts in page(browser, collection).content.decode()
    assert acts not in page(as_(library.eve), collection).content.decode()

    browser.post(acts, {"place": second.pk, "acte": "monter"})
    assert titles(collection, library.maude) == ["Deux", "Un"]
    answer = browser.post(acts, {"place": second.pk, "acte": "noter", "note": "=Lire <b>"})
    assert answer.headers["Location"].endswith(f"#document-{second.document_id}")
    assert "=Lire &lt;b&gt;" in page(as_(library.eve), collection).content.decode()
    browser.post(acts, {"place": first.pk, "acte": "retirer"})
    assert titles(collection, library.maude) == ["Deux"]
    assert browser.post(acts, {"place": second.pk, "acte": "?"}).status_code == 400
    assert browser.post(acts, {"place": "9" * 30, "acte": "monter"}).status_code == 404
    assert as_(library.eve).post(acts, {"place": second.pk, "acte": "retirer"}).status_code == 403


def test_a_collection_is_made_and_shared_by_its_form(library, as_) -> None:
    browser = as_(library.maude)
    given = {"title": "Lectures", "purpose": "Pour le premier jour", "audience": "moi"}
    browser.post(reverse("library:new_collection"), given)
    made = Collection.objects.get()
    edit = reverse("library:collection_edit", args=(made.pk,))
    assert browser.get(edit).context["form"]["audience"].value() == "moi"

    browser.post(edit, given | {"audience": "espace:intervention"})
    shared = Collection.objects.get()
    assert (shared.level, shared.space_id) == ("sous-communaute", library.intervention.pk)
    assert browser.get(edit).context["form"]["audience"].value() == "espace:intervention"
    refused = browser.post(edit, given | {"audience": "espace:direction-administration"})
    assert "audience" in refused.context["form"].errors
    assert as_(library.eve).get(edit).status_code == 404


def test_she_is_warned_of_words_that_could_identify_a_young_person(library, as_) -> None:
    browser = as_(library.maude)
    address = reverse("library:new_collection")
    levels = {}
    for title in ("Lectures", "Dossier de TREM08120512"):
        answer = browser.post(address, {"title": title, "audience": "moi"}, follow=True)
        levels[title] = [message.level_tag for message in answer.context["messages"]]

    assert levels == {"Lectures": ["success"], "Dossier de TREM08120512": ["success", "warning"]}


def test_the_index_shows_hers_and_what_is_shared_with_her(library, as_) -> None:
    make_collection(by=library.maude, title="À moi seule")
    filled(library.maude, level="communaute")
    make_collection(by=library.eve, title="Publique", level="public")

    hers = as_(library.maude).get(reverse("library:collections")).context
    assert {one.title for one in hers["mine"]} == {"À moi seule", "Accueillir"}
    assert [one.title for one in hers["others"]] == ["Publique"]
    visitor = as_(None).get(reverse("library:collections")).context
    assert [one.title for one in visitor["others"]] == ["Publique"]
    assert visitor["mine"] == []


def test_the_printed_page_cites_each_document_with_its_address_and_word(library, as_) -> None:
    collection = filled(library.maude, "Un", authors="Réal Lavoie")
    annotate(collection.items.get(), by=library.maude, note="À lire d’abord")
    document = Document.objects.get()
    said = page(as_(library.eve), collection, "?impression=1").content.decode()

    assert "Lavoie, R. (2025). Un [Guide]. Racines et Relais." in said
    assert f"http://localhost:8000{document.get_absolute_url()}" in said
    assert "À lire d’abord" in said


def test_the_page_costs_as_much_at_thirty_documents_as_at_three(library, as_) -> None:
    """Beside the shell: the collection, its places with their documents, her thanks."""
    browser = as_(library.eve)
    collection = filled(library.maude, "Un", "Deux", "Trois")

    def queries(query: str) -> int:
        page(browser, collection, query)
        with CaptureQueriesContext(connection) as found:
            assert page(browser, collection, query).status_code == 200
        return len(found)

    three = {query: queries(query) for query in ("", "?impression=1")}
    for n in range(27):
        add_document(collection, make_document(library.maude, title=f"N {n}"), by=library.maude)

    assert {query: queries(query) for query in three} == three
    assert three[""] <= 5 + 3


# --------------------------------------------------------------------------------- the archive


def archived(browser: Any, collection: Collection) -> dict[str, bytes]:
    """The files of the archive, by name."""
    answer = browser.get(reverse("library:collection_zip", args=(collection.pk,)))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    content = io.BytesIO(b"".join(answer.streaming_content))
    with zipfile.ZipFile(content) as found:
        assert found.testzip() is None
        assert len(set(found.namelist())) == len(found.namelist())
        return {info.filename: found.read(info) for info in found.infolist()}


def test_the_archive_holds_the_files_in_order_with_credits_and_licences(library, as_) -> None:
    collection = filled(library.maude, "Le guide", "Le guide", licence="cc-by")
    link = make_document(library.maude, title="Ailleurs", link="https://exemple.org/page")
    add_document(collection, link, by=library.maude, note="En ligne")
    found = archived(as_(library.eve), collection)

    assert list(found) == ["01 Le guide.txt", "02 Le guide.txt", "LISEZMOI.txt"]
    assert found["01 Le guide.txt"] == b"Le texte de Le guide."
    said = found["LISEZMOI.txt"].decode("utf-8-sig")
    assert said.startswith("Accueillir\r\n")
    assert "02 Le guide.txt\r\n    CC BY 4.0" in said
    assert "https://exemple.org/page\r\n" in said
    assert "En ligne" in said


def test_names_in_the_archive_are_safe_whatever_the_title(library, as_) -> None:
    collection = filled(library.maude, "../../etc/passwd", "a:b*c?<d>|\\e. ", "É" * 200)
    names = list(archived(as_(library.maude), collection))

    assert names[0] == "01 etc passwd.txt"
    assert names[1] == "02 a_b_c_d_ e.txt"
    assert names[2] == f"03 {'É' * 100}.txt"


def test_the_archive_holds_only_what_its_reader_reads(library, as_) -> None:
    collection = filled(library.maude, "Commun")
    hers = make_document(library.maude, title="Relais", level="organisme")
    add_document(collection, hers, by=library.maude)

    assert "Relais" in archived(as_(library.naima), collection)["LISEZMOI.txt"].decode()
    seen = archived(as_(library.eve), collection)
    assert list(seen) == ["01 Commun.txt", "LISEZMOI.txt"]
    assert "Relais [" not in seen["LISEZMOI.txt"].decode()


@pytest.mark.parametrize("state", [StoredFile.State.WITHHELD, StoredFile.State.INFECTED])
def test_a_file_that_the_antivirus_keeps_is_left_out_and_said(library, as_, state) -> None:
    collection = filled(library.maude, "Sûr", "Retenu")
    kept = Document.objects.get(title="Retenu").current
    assert kept is not None
    StoredFile.objects.filter(pk=kept.file_id).update(state=state)
    found = archived(as_(library.eve), collection)

    assert list(found) == ["01 Sûr.txt", "LISEZMOI.txt"]
    said = found["LISEZMOI.txt"].decode()
    assert "antivirus" in said


def test_a_missing_file_does_not_stop_the_archive(library, as_) -> None:
    collection = filled(library.maude, "Perdu", "Là")
    lost = Document.objects.get(title="Perdu").current
    assert lost is not None
    storages["private"].delete(lost.file.file.name or "")

    assert list(archived(as_(library.eve), collection)) == ["02 Là.txt", "LISEZMOI.txt"]


def test_the_archive_is_never_whole_in_memory(library, as_, monkeypatch) -> None:
    """Pieces leave as they are read: none is larger than what is read at once."""
    monkeypatch.setattr(archive, "CHUNK", 1000)
    content = b"Un texte assez long. " * 500
    collection = make_collection(by=library.maude, title="Lourde", level="communaute")
    for n in range(3):
        document = make_document(library.maude, content + str(n).encode(), title=f"N {n}")
        add_document(collection, document, by=library.maude)
    answer = as_(library.eve).get(reverse("library:collection_zip", args=(collection.pk,)))
    pieces = list(answer.streaming_content)

    assert len(pieces) > 30
    assert max(map(len, pieces)) < 2500


def test_the_archive_counts_as_a_download_of_each_file_once_a_session_and_a_day(
    library, as_
) -> None:
    collection = filled(library.maude, "Un", "Deux", level="public")
    link = make_document(library.maude, title="Ailleurs", link="https://exemple.org/page")
    add_document(collection, link, by=library.maude)
    browser = as_(library.eve)
    for _time in range(2):
        archived(browser, collection)
    archived(as_(library.real), collection)
    archived(as_(None), collection)

    counts = dict(Document.objects.values_list("title", "download_count"))
    assert counts == {"Un": 2, "Deux": 2, "Ailleurs": 0}
    assert set(Download.objects.values_list("document__title", "count")) == {("Un", 2), ("Deux", 2)}


def test_an_archive_too_heavy_is_refused_before_it_begins(library, as_, monkeypatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 30)
    collection = filled(library.maude, "Un", "Deux")
    answer = as_(library.eve).get(reverse("library:collection_zip", args=(collection.pk,)))

    assert answer.status_code == 413


# ------------------------------------------------------------------------------ seen by others


def test_a_reader_thanks_for_a_collection(library, as_) -> None:
    collection = filled(library.maude, "Un")
    assert page(as_(library.eve), collection).context["thanked"] is False

    react(collection, "merci", by=library.eve, wanted=True)

    assert Collection.objects.get().thanks_count == 1
    assert page(as_(library.eve), collection).context["thanked"] is True
    assert page(as_(library.maude), collection).context["thanked"] is None


def test_animators_set_a_collection_aside_and_put_it_back(library) -> None:
    collection = filled(library.maude, "Un")
    kind = content.get("collection")
    assert kind.hide is not None
    assert kind.restore is not None
    with pytest.raises(ReasonNeeded):
        kind.hide(collection, by=library.odile, reason=" ")
    with pytest.raises(NotAllowed):
        kind.hide(collection, by=library.eve, reason="Non")

    kind.hide(collection, by=library.odile, reason="À revoir")
    assert not collection.can_be_read_by(library.eve)
    assert not collection.can_be_read_by(library.maude)
    kind.restore(collection, by=library.odile)
    assert collection.can_be_read_by(library.eve)


def test_an_animator_from_outside_sets_nothing_aside_in_a_confidential_space(library) -> None:
    inside = make_collection(
        by=library.naima, title="Dedans", level="sous-communaute", space=library.psychosocial
    )
    Membership.objects.filter(user=library.odile, space=library.psychosocial).delete()

    with pytest.raises(Missing):
        services.hide_collection(inside, by=library.odile, reason="Non")
