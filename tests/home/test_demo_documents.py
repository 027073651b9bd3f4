"""The demonstration's documents: real files, in the library, for those whom the file names."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from core import files
from core.models import StoredFile
from home.founding import SOURCE
from library import reading
from library.models import Document, Version

pytestmark = pytest.mark.django_db
FILE = json.loads(SOURCE.read_text())
ENTRIES = {entry["titre"]: entry for entry in FILE["documents"]}


def person(key):
    entry = next(one for one in FILE["membres"] if one["id"] == key)
    return User.objects.get(email=entry["courriel"])


def words(text):
    """A text without its line ends, which a page draws where it wants, nor its headings' signs."""
    return "".join(char for char in text.casefold() if char.isalnum())


def test_the_twelve_are_there_with_all_that_is_said_of_them(demo):
    assert Document.objects.count() == len(ENTRIES) == 12
    for document in Document.objects.all():
        entry = ENTRIES[document.title]
        assert (document.type, document.issued) == (entry["type"], str(entry["annee"]))
        assert (document.authors, document.abstract) == (entry["auteurs"], entry["resume"])
        assert document.owner == person(entry["depose_par_id"])
        assert {tag.name for tag in document.tags.all()} == {
            word.lower() for word in entry["mots_cles"]
        }
        codes = set(document.terms.values_list("code", flat=True))
        assert codes == {*entry["themes"], *entry["publics"]}
        assert document.download_count == entry["telechargements"]
        assert document.downloads.aggregate(n=Sum("count"))["n"] == entry["telechargements"]
        assert document.created_at < timezone.now()
        assert document.current.created_at == document.created_at


def test_they_are_shared_as_the_file_says(demo):
    for document in Document.objects.all():
        entry = ENTRIES[document.title]
        assert document.level == entry["visibilite"]
        assert (document.space is None) == ("sous_communaute_id" not in entry)
    agreement = Document.objects.get(type="entente-type")
    assert agreement.space.slug == "direction-administration"
    assert not Document.objects.readable_by(person("mem-09")).filter(pk=agreement.pk).exists()
    assert Document.objects.readable_by(person("mem-30")).filter(pk=agreement.pk).exists()


def test_their_files_hold_their_text(demo):
    while reading.read_next():
        pass
    for version in Version.objects.select_related("document", "file"):
        entry = ENTRIES[version.document.title]
        assert version.file.name.endswith(f".{entry['format']}")
        assert (version.reading, version.failure, version.language) == ("lu", "", "fr")
        read = words("".join(version.pages.values_list("text", flat=True)))
        for said in (entry["titre"], entry["auteurs"], entry["resume"]):
            assert words(said) in read
        for paragraph in entry["extrait"].split("\n\n"):
            # The sentence after the heading is whole, on whichever page.
            assert words(paragraph.split(". ")[-1]) in read
        assert (version.page_count > 1) == (entry["nb_pages"] > 1)
        assert (version.thumb_large is not None) == (entry["format"] == "pdf")


def test_a_proposal_from_them_is_what_the_file_says(demo, monkeypatch):
    # A machine that runs many tests at once proposes as much as one that is at rest.
    monkeypatch.setattr(reading, "PROPOSE", replace(reading.PROPOSE, cpu=60, wall=120))
    for stored in StoredFile.objects.filter(name__endswith=".pdf"):
        found = reading.propose(stored)
        entry = ENTRIES[found.title]
        assert found.authors == entry["auteurs"]
        assert words(entry["resume"]).startswith(words(found.abstract_hint)[:80])


def test_nobody_is_over_her_quota_for_them(demo):
    assert sum(files.used_by(user) for user in User.objects.all()) < 1_000_000
