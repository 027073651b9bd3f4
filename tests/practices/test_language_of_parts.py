"""Sheets are written in French: a page of the interface in English says so of their words, and of
nothing else (WCAG 3.1.2, language of parts)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import polib
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import Profile
from community.models import SubCommunity
from core import terms
from core.models import Term
from forums import services as forums
from practices.models import Sheet
from practices.sections import SECTIONS
from tests import access
from tests.conftest import build_world
from tests.library.test_pages_leaks import cast
from tests.practices.canaries import Sheets, plant, word
from tests.practices.conftest import CONTENT
from tests.practices.test_sheets_leaks import browser

pytestmark = pytest.mark.django_db
STATES = ("publique", "membres", "brouillon", "soumise", "retiree")
# Pages of other rooms that name sheets.
BESIDE = ("notifications:centre",)
VOID = {"meta", "link", "img", "input", "br", "hr", "path", "use", "rect", "source", "col"}
UNSEEN = {"title", "script", "style", "template"}
CANARY = re.compile("zqfiche[a-z]+")


class Spoken(HTMLParser):
    """The texts of a page, each with the language that the nearest `lang` gives it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.broken: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.broken += [f"{tag} {name}" for name, value in attrs if "<span" in (value or "")]
        above = self.open[-1][1] if self.open else ""
        lang = said.get("lang") or above
        if tag not in VOID:
            self.open.append((tag, lang))
        elif tag == "input" and said.get("type", "text") == "text" and said.get("value"):
            self.texts.append((said["value"] or "", lang))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stands in it."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self.open and not {tag for tag, _lang in self.open} & UNSEEN:
            self.texts.append((text, self.open[-1][1]))


@pytest.fixture(scope="module")
def sheets(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sheets]:
    with (
        django_db_blocker.unblock(),
        override_settings(COANIMATION=False),
        transaction.atomic(),
    ):
        world = build_world()
        yield plant(world, cast(world), states=STATES)
        transaction.set_rollback(True)


def in_english(sheets: Sheets, role: str) -> Client:
    client = browser(sheets.people.get(role))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def pages(client: Client) -> Iterator[tuple[str, Spoken]]:
    """Every page of the room, for every sheet."""
    for address in access.addresses():
        row = access.row_of(address.name)
        asked = address.name.startswith("practices:") or address.name in BESIDE
        if not asked or row is None or row.post_only:
            continue
        for path in access.paths(address):
            answer = client.get(path)
            if answer.status_code in (200, 410) and "html" in answer.headers["Content-Type"]:
                page = answer.content.decode()
                shown = page if "<html" in page else f'<html lang="en-CA">{page}</html>'
                yield path, Spoken(shown)


def english_words() -> set[str]:
    """The canary words of the fields that are written in English."""
    return {
        word(state, f"{section.name}{one.name}")
        for state in STATES
        for section in SECTIONS
        for one in section.fields
        if one.english
    }


def ours() -> set[str]:
    """The texts of the interface, in English."""
    catalogue = polib.pofile(str(settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po"))
    return {one.msgid for one in catalogue} | {one.msgid_plural for one in catalogue}


@pytest.mark.parametrize("role", ["visitor", "real", "maude", "odile"])
def test_in_english_what_people_wrote_is_french_and_the_rest_is_not(
    sheets: Sheets, db: None, role: str
) -> None:
    english, labels = english_words(), {label for one in terms_said() for label in one}
    own, wrong, met = ours(), set(), 0
    for path, page in pages(in_english(sheets, role)):
        assert page.broken == [], path
        for text, lang in page.texts:
            words = set(CANARY.findall(text))
            met += bool(words)
            if words & english:
                expected = lang == "en-CA" or lang == "en"
            elif words or text in labels:
                expected = lang == "fr-CA"
            else:
                expected = lang != "fr-CA" or text not in own
            if not expected:
                wrong.add((re.sub(r"\d+", "N", path), text[:60], lang))
    assert wrong == set(), "\n".join(map(str, sorted(wrong)))
    assert met > 50


def terms_said() -> list[list[str]]:
    return [
        [label for label in terms.scheme(one.scheme).values() if not label.isdigit()]
        for section in SECTIONS
        for one in section.fields
        if one.scheme
    ]


@pytest.mark.parametrize("role", ["visitor", "maude"])
def test_the_title_and_the_summary_of_a_sheet_are_french_and_its_labels_are_not(
    sheets: Sheets, db: None, role: str
) -> None:
    sheet = Sheet.objects.get(title=f"Un {word('publique', 'identitetitle')}")
    answer = in_english(sheets, role).get(sheet.get_absolute_url())
    said = dict(Spoken(answer.content.decode()).texts)
    assert said[sheet.title] == said[sheet.summary] == "fr-CA"
    assert said["Context and need"] == said["School level"] == said["Cost"] == "en-CA"
    assert said[terms.label("ordres_enseignement", CONTENT["public"]["levels"][0])] == "fr-CA"


@pytest.mark.parametrize("role", ["visitor", "maude"])
def test_in_french_only_the_english_summary_says_its_language(
    sheets: Sheets, db: None, role: str
) -> None:
    sheet = Sheet.objects.get(title=f"Un {word('publique', 'identitetitle')}")
    page = browser(sheets.people.get(role)).get(sheet.get_absolute_url()).content.decode()
    said = dict(Spoken(page).texts)
    assert said[f"Un {word('publique', 'anglaissummaryen')}"] == "en"
    assert said[sheet.title] == said["Contexte et besoin"] == "fr-CA"
    assert page.count('lang="fr-CA"') == 1, "once for the whole page"


def test_what_a_public_sheet_says_to_other_sites_is_french(sheets: Sheets, db: None) -> None:
    sheet = Sheet.objects.get(title=f"Un {word('publique', 'identitetitle')}")
    page = in_english(sheets, "visitor").get(sheet.get_absolute_url()).content.decode()
    assert '<html lang="en-CA">' in page
    assert '<meta property="og:locale" content="fr_CA">' in page
    showcase = in_english(sheets, "visitor").get("/pratiques/").content.decode()
    assert '<meta property="og:locale" content="en_CA">' in showcase, "its sentence is ours"
    assert '"inLanguage": "fr-CA"' in page or '"inLanguage":"fr-CA"' in page


@pytest.fixture
def said_levels(sheets: Sheets, db: None) -> Iterator[dict[str, str]]:
    """The levels of evidence, with words as in the taxonomy: code → label."""
    found = {}
    for one in Term.objects.filter(scheme="niveaux_preuve"):
        one.label = found[one.code] = f"Palier « {one.code} »"
        one.save()
    yield found
    caches["local"].delete(terms.CACHE_KEY)


@pytest.mark.parametrize("role", ["visitor", "maude"])
def test_the_levels_of_evidence_are_french(
    sheets: Sheets, said_levels: dict[str, str], role: str
) -> None:
    sheet = Sheet.objects.get(title=f"Un {word('publique', 'identitetitle')}")
    page = in_english(sheets, role).get(f"/pratiques/{sheet.pk}/preuve/").content.decode()
    shown = Spoken(page).texts
    found = {
        label: {lang for text, lang in shown if text == label} for label in said_levels.values()
    }
    # The choices of the form are in the language of the control.
    assert all("fr-CA" in langs for langs in found.values()), found
    if role == "visitor":
        assert all(langs == {"fr-CA"} for langs in found.values()), found


def test_the_title_of_a_thread_is_french_in_notices_on_home_and_where_its_outcome_is_told(
    sheets: Sheets, db: None
) -> None:
    maude, real = sheets.people["maude"], sheets.people["real"]
    space = SubCommunity.objects.get(is_common=True)
    profile, _new = Profile.objects.get_or_create(owner=real)
    profile.skills.create(direction="aide", word="Toucan", folded="toucan")
    asked = {"by": maude, "space": space, "text": "Comment le dire?"}
    forums.create_thread(title="Titre toucan", **asked)
    told = forums.create_thread(title="Titre perroquet", **asked)
    forums.reply(told, by=real, text="Ainsi.")
    forums.resolve(told, by=maude)
    hers, his = in_english(sheets, "maude"), in_english(sheets, "real")
    pages = {
        "/avis/": (hers, "Titre perroquet"),
        f"/discussions/{told.pk}/suites/": (hers, "Titre perroquet"),
        "/": (his, "Titre toucan"),
    }
    for path, (client, title) in pages.items():
        page = client.get(path).content.decode()
        shown = [lang for text, lang in Spoken(page).texts if title in text]
        assert shown, path
        assert set(shown) == {"fr-CA"}, path
    home = Spoken(hers.get("/").content.decode()).texts
    assert ("Titre toucan", "fr-CA") in home
    assert ("No reply yet", "en-CA") in home
