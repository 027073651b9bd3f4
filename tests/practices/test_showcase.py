"""The showcase: what a visitor, a search engine and a shared link are told of public sheets."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from PIL import Image

from accounts.models import User
from core import terms
from practices import showcase
from practices.exchange import picture, schema
from practices.models import Sheet, Trial
from practices.services import life
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.library.conftest import make_document
from tests.library.conftest import make_terms as make_library_terms
from tests.practices.conftest import make_published
from tests.search.rooms import index_all

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
ROOT = Path(__file__).resolve().parents[2]
# All in all, the words of the taxonomies included.
QUERIES, WEIGHT = 6, 40_000


def page_of(sheet: Sheet, browser: Client) -> str:
    sheet.refresh_from_db()
    answer = browser.get(sheet.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def tried(sheet: Sheet, world: World, number: int, **words: Any) -> None:
    given = {"period": "Hiver", "outcome": "mieux", "lesson": "Leçon", **words}
    Trial.objects.bulk_create(
        Trial(
            sheet=sheet,
            owner=world.real,
            organisation=world.phare if n % 2 else world.relais,
            **given,
        )
        for n in range(number)
    )
    Sheet.objects.filter(pk=sheet.pk).update(trial_count=number, abandoned_count=1)


# --------------------------------------------------------------------------------------- lists


def test_a_visitor_sees_what_is_public_with_consent_and_nothing_else(
    as_: As, world: World, sheet: Sheet, draft: Sheet, public_sheet: Sheet
) -> None:
    Sheet.objects.filter(pk=sheet.pk).update(title="Pour la communauté")
    Sheet.objects.filter(pk=draft.pk).update(title="Un brouillon")
    page = as_(None).get("/pratiques/").content.decode()
    assert public_sheet.get_absolute_url() in page
    assert "Pour la communauté" not in page and "Un brouillon" not in page

    life.withdraw_consent(public_sheet, by=world.odile)
    assert public_sheet.get_absolute_url() not in as_(None).get("/pratiques/").content.decode()
    assert as_(None).get(public_sheet.get_absolute_url()).status_code == 302
    assert public_sheet.get_absolute_url() not in as_(None).get("/").content.decode()


def test_an_archived_sheet_leaves_the_list_and_keeps_its_page(
    as_: As, world: World, public_sheet: Sheet
) -> None:
    life.archive(public_sheet, by=world.odile)
    url = public_sheet.get_absolute_url()
    assert url not in as_(None).get("/pratiques/").content.decode()
    assert url not in as_(None).get("/sitemap.xml").content.decode()
    assert as_(None).get(url).status_code == 200


def titles(browser: Client, query: str) -> set[str]:
    found = browser.get("/pratiques/", {"q": query})
    return {one.title for one in found.context["sheets"]}


def test_a_visitor_finds_the_words_that_are_inside_public_sheets(as_: As, world: World) -> None:
    make_published(
        world,
        public=True,
        identite={"title": "L’atelier du samedi", "summary": "On y fait de la menuiserie."},
        besoin={"context": "Des élèves suspendus, seuls à la maison."},
    )
    make_published(world, public=True, identite={"title": "Le plan de retour"})
    make_published(
        world, identite={"title": "Pour les membres", "summary": "De la menuiserie aussi."}
    )
    visitor = as_(None)
    # By its title before the index knows of it, by its words after.
    assert titles(visitor, "atelier") == {"L’atelier du samedi"}
    assert titles(visitor, "menuiserie") == set()
    index_all()
    for words in ("menuiserie", "MENUISERIE", "maisons eleve", "samedi menuiserie", "ateli"):
        assert titles(visitor, words) == {"L’atelier du samedi"}, words
    assert titles(visitor, "retour") == {"Le plan de retour"}
    assert titles(visitor, "menuiserie retour") == set()
    # Its map counts the same sheets.
    assert visitor.get("/pratiques/carte/?q=menuiserie").context["map"].total == 1


def test_a_search_of_a_visitor_costs_six_queries_at_most(as_: As, world: World) -> None:
    many(world, 20)
    index_all()
    caches["local"].clear()
    with counted() as queries:
        found = as_(None).get("/pratiques/?q=semaine")

    assert len(found.context["sheets"]) == 20
    assert len(queries) <= QUERIES, queries


def test_the_landing_page_shows_the_newest(as_: As, world: World) -> None:
    sheets = [
        make_published(world, public=True, identite={"title": f"Fiche publique {n}"})
        for n in range(4)
    ]
    page = as_(None).get("/").content.decode()
    assert [one for one in sheets if one.get_absolute_url() in page] == sheets[1:]
    assert 'href="/pratiques/"' in page


def test_an_empty_showcase_says_so(as_: As, world: World) -> None:
    assert as_(None).get("/pratiques/").status_code == 200


# ------------------------------------------------------------------------------------- budgets


@pytest.mark.parametrize("rows", [3, 300])
def test_a_public_sheet_costs_six_queries_at_most(
    as_: As, world: World, public_sheet: Sheet, rows: int
) -> None:
    tried(public_sheet, world, rows)
    browser = as_(None)
    caches["local"].clear()
    with counted() as queries:
        page_of(public_sheet, browser)

    assert len(queries) - 1 <= QUERIES, queries


@pytest.mark.parametrize("rows", [3, 60])
@pytest.mark.parametrize("path", ["/pratiques/", "/"])
def test_the_showcase_costs_six_queries_at_most(
    as_: As, world: World, rows: int, path: str
) -> None:
    many(world, rows)
    caches["local"].clear()
    with counted() as queries:
        assert as_(None).get(path).status_code == 200

    assert len(queries) <= QUERIES, queries


def many(world: World, rows: int) -> Sheet:
    first = make_published(world, public=True)
    pk, version = first.pk, first.current
    for n in range(rows - 1):
        first.pk = first.submission = None
        first._state.adding = True
        first.current, first.title = version, f"Fiche {n}"
        first.save()
    found: Sheet = Sheet.objects.get(pk=pk)
    return found


def weight(browser: Client, path: str) -> int:
    """What a first visit transfers: the page, and all that it names of ours."""
    page = browser.get(path).content
    named = set(re.findall(r'(?:href|src)="/statique/([^"#?]+)', page.decode()))
    assert {"css/tokens.css", "img/icons.svg"} <= named
    assert not [name for name in named if name.endswith(".js")], "a visitor needs no script"
    parts = [page, *((ROOT / "static" / name).read_bytes() for name in named)]
    return sum(len(gzip.compress(part, 6)) for part in parts)


def test_a_first_visit_weighs_forty_kilobytes_at_most(as_: As, world: World) -> None:
    sheet = make_published(
        world,
        public=True,
        besoin={"context": "Les appels de l’école devenaient une menace. " * 60},
        deroulement={"steps": [{"title": "Choisir", "text": "Une personne connue. " * 30}] * 12},
    )
    many(world, 24)
    for path in ("/pratiques/", sheet.get_absolute_url()):
        assert weight(as_(None), path) <= WEIGHT, path


# ---------------------------------------------------------------------------- what machines read


def data_of(page: str) -> dict[str, Any]:
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(script)
    return found


def test_a_public_sheet_is_described_in_json_ld(as_: As, world: World) -> None:
    sheet = make_published(
        world,
        public=True,
        identite={"title": "Un lien </script><b>qui tient"},
        perennite={"adapting": "mention"},
        anglais={"title_en": "A bond that holds"},
    )
    tried(sheet, world, 3)
    page = page_of(sheet, as_(None))
    said = data_of(page)

    assert said["@type"] == ["LearningResource", "HowTo"]
    assert said["name"] == "Un lien </script><b>qui tient"
    assert said["author"] == {"@type": "Organization", "name": "Racines et Relais"}
    assert said["step"][0] == {
        "@type": "HowToStep",
        "position": 1,
        "name": "Choisir",
        "text": "Une personne connue de la famille.",
    }
    assert said["alternateName"] == "A bond that holds"
    assert said["interactionStatistic"][0]["userInteractionCount"] == 3
    assert said["educationalLevel"] == terms.labels("ordres_enseignement", ["secondaire-c1"])
    assert said["url"] == f"http://localhost:8000{sheet.get_absolute_url()}"
    assert not [name for name, value in said.items() if value in ("", [], {})]


def test_a_shared_link_shows_its_title_and_its_picture(as_: As, public_sheet: Sheet) -> None:
    page = page_of(public_sheet, as_(None))
    said = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
    url = f"http://localhost:8000{public_sheet.get_absolute_url()}"

    assert said["og:title"] == said["twitter:title"] == public_sheet.title
    assert said["og:url"] == url
    assert f'<link rel="canonical" href="{url}">' in page
    assert said["og:description"] == public_sheet.summary == said["description"]
    assert said["og:locale"] == "fr_CA"
    assert "robots" not in said
    picture_path = said["og:image"].removeprefix("http://localhost:8000")
    answer = as_(None).get(picture_path)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=2592000"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert len(answer.content) < 60_000


def test_the_picture_follows_the_title(as_: As, world: World, public_sheet: Sheet) -> None:
    before = schema.picture_address(public_sheet)
    public_sheet.title = "Autrement"
    assert schema.picture_address(public_sheet) != before
    led = as_(None).get(f"/pratiques/{public_sheet.pk}/apercu.png?v=ancien")
    assert led.status_code == 302 and "?v=" in led.headers["Location"]
    assert (
        as_(world.eve).get(f"/pratiques/{make_published(world).pk}/apercu.png").status_code == 404
    )


@pytest.mark.parametrize(
    "title", ["", "É", "Anticonstitutionnellement" * 6, "Où l’on va " * 40, "مدرسة 🎉"]
)
def test_a_picture_is_drawn_of_any_title(title: str) -> None:
    assert (
        Image.open(io.BytesIO(picture.drawn(title, "Racines et Relais" * 9))).size == picture.SIZE
    )


def test_without_a_font_with_accents_the_picture_has_no_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = picture.name_of("Été", "Relais")
    monkeypatch.setattr(picture, "FONTS", ("/nulle-part",))
    picture._file.cache_clear()
    try:
        assert not picture.has_letters()
        assert picture.drawn("Été", "Relais") == picture.drawn("Noël", "Autre")
        assert picture.name_of("Été", "Relais") != named
    finally:
        picture._file.cache_clear()


def test_what_is_private_is_indexed_by_nobody(
    as_: As, world: World, sheet: Sheet, public_sheet: Sheet
) -> None:
    noindex = '<meta name="robots" content="noindex">'
    assert noindex in page_of(sheet, as_(world.eve))
    assert noindex not in page_of(public_sheet, as_(None))
    assert noindex in as_(None).get(f"/pratiques/{public_sheet.pk}/imprimer/").content.decode()
    record = as_(None).get(f"/pratiques/{public_sheet.pk}/fiche.json")
    assert record.headers["X-Robots-Tag"] == "noindex"
    page = page_of(sheet, as_(world.eve))
    assert "og:title" not in page and "ld+json" not in page


def test_the_sitemap_holds_what_is_public(
    as_: As, world: World, sheet: Sheet, public_sheet: Sheet
) -> None:
    make_library_terms()
    open_document = make_document(world.real, title="Affiche", level="public", licence="cc-by")
    closed = make_document(world.real, title="Interne")
    answer = as_(None).get("/sitemap.xml")
    page = answer.content.decode()

    assert answer.headers["Content-Type"] == "application/xml"
    assert f"<loc>http://localhost:8000{public_sheet.get_absolute_url()}</loc>" in page
    assert open_document.get_absolute_url() in page
    assert closed.get_absolute_url() not in page
    assert sheet.get_absolute_url() not in page
    assert as_(world.odile).get("/sitemap.xml").content == answer.content
    assert (
        "Sitemap: http://localhost:8000/sitemap.xml"
        in as_(None).get("/robots.txt").content.decode()
    )


def test_the_english_words_say_that_they_are_english(as_: As, world: World) -> None:
    sheet = make_published(
        world, public=True, anglais={"title_en": "A bond", "summary_en": "One same person"}
    )
    page = page_of(sheet, as_(None))
    assert re.search(r'<div class="english" lang="en">.*A bond.*One same person', page, re.DOTALL)


# --------------------------------------------------------------------------------------- usage


def test_usage_is_numbers_and_no_name(
    as_: As, world: World, public_sheet: Sheet, change: Any
) -> None:
    change(public_sheet, "besoin", context="Mieux dit.")
    tried(public_sheet, world, 3, lesson="Une leçon gardée entre nous")
    hidden = Trial.objects.first()
    assert hidden is not None
    Trial.objects.filter(pk=hidden.pk).update(state="hidden")
    public_sheet.refresh_from_db()
    usage = showcase.usage_of(public_sheet)

    assert (usage.trials, usage.organisations, usage.improvements) == (3, 2, 1)
    page = page_of(public_sheet, as_(None))
    assert "gardée entre nous" not in page and "Phare" not in page
    assert 'id="usage"' in page
