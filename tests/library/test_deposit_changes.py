"""Changing a document: its sheet, its file, and what animators decide of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.audience import Level, State
from core.errors import NotAllowed, Refused
from core.fetching import NotAnAddress
from core.models import ActionLog, StoredFile
from core.tasks import tick
from library import errors, looking
from library.extraction.proposals import Proposals
from library.models import Document
from library.services.approval import approve, end_embargoes, refuse
from library.services.common import Missing
from library.services.deposit import (
    add_version,
    deposit_document,
    edit_document,
    restore_version,
)
from tests.accounts.test_joining_at_once import at_once
from tests.conftest import World, build_world, make_person
from tests.library.conftest import WORDS, make_document, make_file, make_terms

As = Callable[[User | None], Client]
Approval = Document.Approval


@pytest.fixture(autouse=True)
def proposed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Proposals]:
    found: dict[str, Proposals] = {}
    monkeypatch.setattr(looking, "propose", lambda stored: found.get(stored.name, Proposals()))
    return found


def read_by(document: Document, *people: User) -> list[bool]:
    return [document.can_be_read_by(person) for person in people]


# ------------------------------------------------------------------------------- by the services


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"title": "  \n"}, errors.FieldMissing),
        ({"title": "x" * 251}, errors.FieldTooLong),
        ({"abstract": ""}, errors.FieldMissing),
        ({"issued": "mai 2024"}, errors.BadDate),
        ({"issued": "2024-13"}, errors.BadDate),
        ({"type": "roman"}, errors.UnknownChoice),
        ({"language": "tlh"}, errors.UnknownChoice),
        ({"licence": "aucune"}, errors.UnknownChoice),
        ({"level": "membres"}, errors.UnknownChoice),
        ({"level": "animation"}, NotAllowed),
        ({"level": "sous-communaute"}, errors.FieldMissing),
        ({"level": "public", "licence": "inconnue"}, errors.PublicWithoutPermission),
        ({"contributors": [{"name": "A", "role": "roi"}]}, errors.UnknownChoice),
        ({"contributors": [{"name": "A" * 121, "role": "aut"}]}, errors.FieldTooLong),
        ({"terms": {"publics": ["inconnu"]}}, errors.UnknownChoice),
        ({"terms": {"fonctions": ["direction"]}}, errors.UnknownChoice),
        ({"tags": ["x" * 41]}, errors.TooManyTags),
        ({"tags": [str(n) for n in range(13)]}, errors.TooManyTags),
        ({"link": "javascript:alert(1)"}, NotAnAddress),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_remains(
    library: World, words: dict[str, Any], refusal: type[Refused]
) -> None:
    stored = make_file(library.maude)
    with pytest.raises(refusal):
        deposit_document(by=library.maude, file=stored, **WORDS | words)
    assert not Document.objects.exists()
    stored.refresh_from_db()
    assert stored.kind == ""


def test_somebody_elses_file_is_refused(library: World) -> None:
    foreign = make_file(library.eve)
    with pytest.raises(errors.ForeignFile):
        deposit_document(by=library.maude, file=foreign, **WORDS)
    document = make_document(library.maude)
    with pytest.raises(errors.ForeignFile):
        add_version(document, by=library.maude, file=foreign)
    assert document.versions.count() == 1


def test_words_are_kept_clean(library: World) -> None:
    document = make_document(
        library.maude,
        b"Un.",
        title="  Un\ttitre \x00\n long ",
        abstract="Un.\r\n\x07\nDeux.",
        tags=["Refus", "refus ", " RETOUR  en classe"],
        contributors=[{"name": " Ève  D. ", "role": "ill"}, {"name": " ", "role": "aut"}],
        terms={"publics": ["parents"], "types_intervention": ["tutorat", "raccrochage"]},
        publisher=library.phare,
        publisher_name="",
    )
    document.refresh_from_db()
    assert (document.title, document.abstract) == ("Un titre long", "Un.\r\n\nDeux.")
    assert sorted(document.tags.names()) == ["refus", "retour en classe"]
    assert document.contributors == [{"name": "Ève D.", "role": "ill"}]
    assert sorted(document.terms.values_list("code", flat=True)) == [
        "parents",
        "raccrochage",
        "tutorat",
    ]
    assert document.publisher_name == "Le Phare des Battures"


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_deposits_at_once_make_one_document() -> None:
    world = build_world()
    make_terms()
    stored, sent = make_file(world.maude), uuid.uuid4()
    found = at_once(lambda: deposit_document(by=world.maude, file=stored, submission=sent, **WORDS))
    document = Document.objects.get()
    assert [one.pk for one in found] == [document.pk] * 20
    assert document.versions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_versions_given_at_once_have_each_their_number() -> None:
    world = build_world()
    make_terms()
    document = make_document(world.maude)
    files = [make_file(world.maude, f"Texte {n}.".encode()) for n in range(8)]
    waiting = iter(files)
    at_once(lambda: add_version(document, by=world.maude, file=next(waiting)), times=8)
    numbers = sorted(document.versions.values_list("number", flat=True))
    assert numbers == list(range(1, 10))


def test_somebody_elses_form_is_nobodys(library: World) -> None:
    sent = uuid.uuid4()
    first = make_document(library.maude, submission=sent)
    second = make_document(library.eve, submission=sent)
    assert first != second


def test_an_earlier_version_comes_back_as_a_new_one(library: World) -> None:
    document = make_document(library.maude, b"Un.")
    first = document.versions.get()
    second = add_version(
        document, by=library.maude, file=make_file(library.maude, b"Deux."), label="2e", note="Revu"
    )
    assert document.versions.get(number=2) == second
    third = restore_version(first, by=library.maude)
    document.refresh_from_db()
    assert (third.number, third.file_id, third.sha256) == (3, first.file_id, first.sha256)
    assert (third.restored_from, document.current) == (first, third)
    assert restore_version(third, by=library.maude) == third
    assert document.versions.count() == 3


def test_the_same_file_again_is_no_new_version(library: World) -> None:
    document = make_document(library.maude, b"Un.")
    again = make_file(library.maude, b"Un.")
    assert add_version(document, by=library.maude, file=again) == document.current
    assert document.versions.count() == 1


def test_who_looks_after_a_document_changes_it_and_nobody_else(library: World) -> None:
    """Its depositor, the référente of its organisation, the animators of its place."""
    library.relais.contact = contact = make_person(
        "Rita", organisation=library.relais, spaces=(library.common,)
    )
    library.relais.save()
    document = make_document(library.maude, publisher=library.relais)
    for person in (library.maude, contact, library.odile):
        edit_document(document, by=person, title=f"Par {person.first_name}")
        document.refresh_from_db()
        assert document.title == f"Par {person.first_name}"
    with pytest.raises(errors.NotYours):
        edit_document(document, by=library.eve, title="Non")
    with pytest.raises(errors.NotYours):
        add_version(document, by=library.eve, file=make_file(library.eve))


def test_what_she_may_not_read_she_may_not_change(library: World) -> None:
    here: dict[str, Any] = {"level": "sous-communaute", "space": library.psychosocial}
    document = make_document(library.naima, **here)
    for person in (library.maude, library.eve):
        with pytest.raises(Missing):
            edit_document(document, by=person, title="Non")
    library.naima.memberships.filter(space=library.psychosocial).update(ended_at=timezone.now())
    with pytest.raises(Missing):
        edit_document(document, by=library.naima, title="Non")


def test_what_is_not_given_stays(library: World) -> None:
    document = make_document(library.maude, tags=["retour"], terms={"publics": ["parents"]})
    changed = edit_document(document, by=library.maude, title="Autre titre")
    assert (changed.title_key, changed.abstract) == ("autre titre", WORDS["abstract"])
    assert list(changed.tags.names()) == ["retour"]
    assert changed.terms.count() == 1


def test_a_word_retired_since_stays_where_it_was(library: World) -> None:
    document = make_document(library.maude, terms={"publics": ["parents"]})
    document.terms.update(retired=True)
    edit_document(document, by=library.maude, terms={"publics": ["parents"]})
    with pytest.raises(errors.UnknownChoice):
        make_document(library.eve, terms={"publics": ["parents"]})


# ---------------------------------------------------------------------------------- approval


def test_where_documents_are_approved_others_wait(library: World) -> None:
    library.intervention.approves_documents = True
    library.intervention.save()
    here: dict[str, Any] = {"level": "sous-communaute", "space": library.intervention}
    colleague = make_person("Léa", spaces=(library.common, library.intervention))
    document = make_document(library.maude, **here)
    assert (document.state, document.approval) == (State.PENDING, Approval.WAITING)
    assert read_by(document, library.maude, colleague) == [True, False]
    with pytest.raises(NotAllowed):
        approve(document, by=library.maude)
    approve(document, by=library.odile)
    document.refresh_from_db()
    assert read_by(document, library.maude, colleague) == [True, True]
    with pytest.raises(errors.NothingWaits):
        refuse(document, by=library.odile, reason="Trop tard")


def test_the_common_space_decides_for_what_has_no_space(library: World) -> None:
    library.common.approves_documents = True
    library.common.save()
    assert make_document(library.maude).approval == Approval.WAITING
    # What an animator shares is approved by that.
    assert make_document(library.odile).state == State.PUBLISHED


def test_a_refused_document_is_mended_and_sent_again(library: World) -> None:
    library.common.approves_documents = True
    library.common.save()
    document = make_document(library.maude)
    with pytest.raises(errors.ReasonNeeded):
        refuse(document, by=library.odile, reason="  ")
    refuse(document, by=library.odile, reason="La licence manque.")
    document.refresh_from_db()
    assert (document.approval, document.approval_reason) == (Approval.REFUSED, "La licence manque.")
    assert read_by(document, library.maude, library.eve) == [True, False]
    edit_document(document, by=library.maude, licence="cc-by")
    document.refresh_from_db()
    assert (document.approval, document.approval_reason) == (Approval.WAITING, "")


def test_shared_further_it_waits_again(library: World) -> None:
    library.common.approves_documents = True
    library.common.save()
    here: dict[str, Any] = {"level": "sous-communaute", "space": library.intervention}
    document = make_document(library.maude, **here)
    assert document.state == State.PUBLISHED
    edit_document(document, by=library.maude, title="Autre", **here)
    document.refresh_from_db()
    assert document.state == State.PUBLISHED
    edit_document(document, by=library.maude, level=Level.PUBLIC)
    document.refresh_from_db()
    assert (document.state, document.approval) == (State.PENDING, Approval.WAITING)
    assert document.space is None


def test_the_depositor_is_told_and_the_mail_tells_nothing_of_a_confidential_space(
    library: World,
) -> None:
    for space in (library.common, library.psychosocial):
        space.approves_documents = True
        space.save()
    here: dict[str, Any] = {"level": "sous-communaute", "space": library.psychosocial}
    secret = make_document(library.naima, title="Zqsecret", **here)
    other = make_document(library.maude, title="Zqouvert")
    approve(secret, by=library.odile)
    refuse(other, by=library.odile, reason="Zqraison")
    tick()
    told = {message.to[0]: message.subject + message.body for message in mail.outbox}
    assert set(told) == {library.naima.email, library.maude.email}
    assert "Zqsecret" not in told[library.naima.email]
    assert "Zqouvert" in told[library.maude.email]
    assert "Zqraison" not in told[library.maude.email]
    assert "/bibliotheque/mes-depots/" in told[library.naima.email]


def test_each_decision_has_its_mail(library: World) -> None:
    library.common.approves_documents = True
    library.common.save()
    document = make_document(library.maude)
    refuse(document, by=library.odile, reason="Non")
    tick()
    edit_document(document, by=library.maude, title="Mieux")
    approve(document, by=library.odile)
    tick()
    assert len(mail.outbox) == 2


# ----------------------------------------------------------------------------------- embargo


def test_under_embargo_it_waits_for_its_day(library: World) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    document = make_document(library.maude, embargo_until=tomorrow, level="public")
    assert read_by(document, library.maude, library.eve) == [True, False]
    end_embargoes()
    assert read_by(document, library.eve) == [False]
    Document.objects.filter(pk=document.pk).update(embargo_until=timezone.localdate())
    end_embargoes()
    document.refresh_from_db()
    assert read_by(document, library.eve) == [True]
    assert document.was_public
    assert ActionLog.objects.filter(verb="document.published", object_id=document.pk).exists()


def test_an_embargo_does_not_pass_for_an_approval(library: World) -> None:
    library.common.approves_documents = True
    library.common.save()
    tomorrow = timezone.localdate() + timedelta(days=1)
    document = make_document(library.maude, embargo_until=tomorrow)
    approve(document, by=library.odile)
    document.refresh_from_db()
    assert document.state == State.PENDING
    waiting = make_document(library.maude, title="Autre", embargo_until=tomorrow)
    Document.objects.update(embargo_until=date(2020, 1, 1))
    end_embargoes()
    document.refresh_from_db()
    waiting.refresh_from_db()
    assert (document.state, waiting.state) == (State.PUBLISHED, State.PENDING)


def test_what_was_set_aside_stays_so(library: World) -> None:
    document = make_document(library.maude)
    Document.objects.filter(pk=document.pk).update(state=State.HIDDEN)
    edit_document(document, by=library.odile, embargo_until=None, title="Vu")
    document.refresh_from_db()
    assert document.state == State.HIDDEN


# --------------------------------------------------------------------------------- the pages


def edited(client: Client, document: Document, **more: Any) -> Any:
    words = {
        "title": "Nouveau titre", "abstract": "Un résumé.", "issued": "2024", "type": "guide",
        "language": "fr-CA", "publisher_name": "Racines et Relais", "licence": "cc-by",
        "audience": "communaute",
    }  # fmt: skip
    return client.post(f"/bibliotheque/{document.pk}/modifier/", words | more)


def test_the_sheet_is_changed_on_its_page(library: World, as_: As) -> None:
    document = make_document(library.maude, terms={"publics": ["parents"]})
    maude = as_(library.maude)
    page = maude.get(f"/bibliotheque/{document.pk}/modifier/").content.decode()
    assert 'value="publics:parents" id="id_public_1" checked' in page
    answer = edited(
        maude, document, public="publics:a-risque", audience="espace:intervention",
        **{"contributors-name": ["Ève D.", ""], "contributors-role": ["ill", "ctb"]},
    )  # fmt: skip
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.title, document.licence) == ("Nouveau titre", "cc-by")
    assert (document.level, document.space) == (Level.SPACE, library.intervention)
    assert document.publisher == library.relais
    assert document.contributors == [{"name": "Ève D.", "role": "ill"}]
    assert list(document.terms.values_list("code", flat=True)) == ["a-risque"]


def test_only_who_looks_after_it_sees_the_pages(library: World, as_: As) -> None:
    here: dict[str, Any] = {"level": "sous-communaute", "space": library.psychosocial}
    known, secret = make_document(library.maude), make_document(library.naima, **here)
    for name in ("modifier", "versions/nouvelle"):
        assert as_(library.eve).get(f"/bibliotheque/{known.pk}/{name}/").status_code == 403
        assert as_(library.eve).get(f"/bibliotheque/{secret.pk}/{name}/").status_code == 404
        assert as_(library.maude).get(f"/bibliotheque/{known.pk}/{name}/").status_code == 200
        assert as_(None).get(f"/bibliotheque/{known.pk}/{name}/").status_code == 302


def test_an_audience_that_she_could_not_choose_stays(library: World, as_: As) -> None:
    """Odile mends the sheet of what an organisation keeps to itself: it stays there."""
    document = make_document(library.maude, level="organisme")
    odile = as_(library.odile)
    page = odile.get(f"/bibliotheque/{document.pk}/modifier/").content.decode()
    assert 'value="actuel" selected' in page
    assert edited(odile, document, audience="actuel").status_code == 302
    document.refresh_from_db()
    assert (document.organisation, document.title) == (library.relais, "Nouveau titre")


def test_a_bad_change_loses_nothing(library: World, as_: As) -> None:
    document = make_document(library.maude)
    answer = edited(as_(library.maude), document, issued="hier", source="Un vieux guide")
    assert answer.status_code == 400
    assert 'value="Un vieux guide"' in answer.content.decode()
    risky = edited(as_(library.maude), document, abstract="Au 418 555-0134, demander Jérémy.")
    assert risky.status_code == 200
    assert "<mark>418 555-0134</mark>" in risky.content.decode()
    assert Document.objects.get().title == WORDS["title"]
    assert (
        edited(as_(library.maude), document, abstract="Au 418 555-0134.", act="as-is").status_code
        == 302
    )


def test_a_change_survives_the_end_of_the_session(library: World, as_: As) -> None:
    document = make_document(library.maude)
    page = as_(library.maude).get(f"/bibliotheque/{document.pk}/modifier/").content.decode()
    token = page.split('name="writer" value="')[1].split('"')[0]
    answer = edited(as_(None), document, source="Un vieux guide", writer=token)
    assert "repris%3D1" in answer.headers["Location"]
    assert Document.objects.get().source == ""
    back = as_(library.maude).get(f"/bibliotheque/{document.pk}/modifier/?repris=1")
    assert 'value="Un vieux guide"' in back.content.decode()


def test_a_new_version_is_deposited_on_its_page(
    library: World, as_: As, proposed: dict[str, Proposals]
) -> None:
    document = make_document(library.maude, b"Un.")
    maude, here = as_(library.maude), f"/bibliotheque/{document.pk}/versions/nouvelle/"
    assert maude.post(here, {"label": "2e"}).status_code == 400
    proposed["deux.txt"] = Proposals(text="Jérémy, au 418 555-0134")
    sent = SimpleUploadedFile("deux.txt", b"Deux.", "text/plain")
    warned = maude.post(here, {"file": sent, "label": "2e édition", "note": "Revu."})
    assert "<mark>418 555-0134</mark>" in warned.content.decode()
    kept = str(StoredFile.objects.get(name="deux.txt").pk)
    words = {"kept": kept, "label": "2e édition", "note": "Revu.", "act": "as-is"}
    assert maude.post(here, words).status_code == 302
    document.refresh_from_db()
    assert document.current is not None
    version = document.current
    assert (version.number, version.label, version.note) == (2, "2e édition", "Revu.")
    assert maude.post(here, words).status_code == 400, "the file is no longer loose"


def test_her_deposits_say_what_became_of_them(library: World, as_: As) -> None:
    document = make_document(library.maude)
    make_document(library.eve, title="Zqautre")
    maude = as_(library.maude)
    page = maude.get("/bibliotheque/mes-depots/").content.decode()
    assert 'hx-trigger="every 4s"' in page
    assert "Zqautre" not in page
    document.versions.update(reading="echec", failure="Encrypted")
    part = maude.get("/bibliotheque/mes-depots/", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<section class="card" id="deposits"')
    assert 'data-reading="trouble"' in part
    assert "hx-trigger" not in part
