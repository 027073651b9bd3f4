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
import time_machine
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from core import terms
from core.models import Term
from practices import showcase
from practices.exchange import picture, schema
from practices.models import Sheet, Trial
from practices.services import evidence, life
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.library.conftest import make_document
from tests.library.conftest import make_terms as make_library_terms
from tests.practices.conftest import make_published, make_sheet, publish_sheet
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
    page = as_(None).get(url)
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.content.decode()


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


def test_a_visitor_who_searches_without_end_waits_and_still_reads_the_list(
    as_: As, world: World, public_sheet: Sheet
) -> None:
    visitor, member = as_(None), as_(world.real)
    # Within one minute, however slow the machine.
    with time_machine.travel(timezone.now(), tick=False):
        for number in range(60):
            path = "/pratiques/carte/" if number % 2 else "/pratiques/"
            assert visitor.get(path, {"q": "retour"}).status_code == 200
        assert visitor.get("/pratiques/?q=retour").status_code == 429
        assert visitor.get("/pratiques/carte/?q=retour").status_code == 429
        assert visitor.get("/pratiques/").status_code == 200
        assert visitor.get(public_sheet.get_absolute_url()).status_code == 200
        assert member.get("/pratiques/?q=retour").status_code == 200


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


def test_a_card_draws_the_level_of_evidence(as_: As, world: World, public_sheet: Sheet) -> None:
    evidence.decide(public_sheet, "2", by=world.maude, source="Registre")
    page = as_(None).get("/pratiques/").content.decode()
    assert 'class="meter"' in page and terms.label("niveaux_preuve", "2") in page


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


def test_the_showcase_is_described_and_has_a_picture(
    as_: As, world: World, sheet: Sheet, public_sheet: Sheet
) -> None:
    page = as_(None).get("/pratiques/").content.decode()
    said, meta = (
        data_of(page),
        dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)"', page)),
    )

    assert said["@type"] == "CollectionPage"
    assert said["mainEntity"]["numberOfItems"] == 1
    (listed,) = said["mainEntity"]["itemListElement"]
    assert listed["name"] == public_sheet.title
    assert listed["url"] == f"http://localhost:8000{public_sheet.get_absolute_url()}"
    assert said["image"] == meta["og:image"]
    answer = as_(None).get(meta["og:image"].removeprefix("http://localhost:8000"))
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)


def test_the_picture_of_the_showcase_follows_the_number_of_its_practices(
    as_: As, world: World, public_sheet: Sheet
) -> None:
    before = as_(None).get("/pratiques/apercu.png").headers["Location"]
    assert as_(None).get(before).status_code == 200
    make_published(world, public=True)
    assert as_(None).get(before).headers["Location"] != before


def test_a_filtered_list_is_no_collection(as_: As, public_sheet: Sheet) -> None:
    page = as_(None).get("/pratiques/?ordre=secondaire-c1").content.decode()
    assert public_sheet.get_absolute_url() in page
    assert "ld+json" not in page and "og:image" not in page


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


@pytest.mark.parametrize(
    "who, path", [("a visitor", "/pratiques/"), ("a visitor", "/"), ("a member", "/pratiques/")]
)
def test_an_english_list_says_first_what_a_sheet_says_in_english(
    as_: As, world: World, who: str, path: str
) -> None:
    english = {"title_en": "A bond", "summary_en": "One same person"}
    sheet = make_published(world, public=True, anglais=english)
    browser = as_(None if who == "a visitor" else world.eve)
    page = browser.get(path).content.decode()
    assert sheet.title in page and not any(words in page for words in english.values())

    browser.cookies["langue"] = "en"
    page = browser.get(path).content.decode()
    body = page[page.index("<main") :]
    assert f'href="{sheet.get_absolute_url()}">A bond</a>' in body
    assert "One same person" in body and sheet.summary not in body
    assert f'<span lang="fr-CA">{sheet.title}</span>' in body


@pytest.mark.parametrize("rows", [3, 60])
def test_an_english_list_costs_what_a_french_one_does(as_: As, world: World, rows: int) -> None:
    many(world, rows)
    browser = as_(world.eve)
    browser.cookies["langue"] = "en"
    browser.get("/pratiques/")
    with counted() as english:
        browser.get("/pratiques/")
    browser.cookies["langue"] = "fr-ca"
    with counted() as french:
        browser.get("/pratiques/")
    assert len(english) == len(french)


# ---------------------------------------------------------------------------------- its words


@pytest.mark.parametrize("form", ["", "imprimer/"])
def test_words_with_commas_inside_are_told_apart(as_: As, world: World, form: str) -> None:
    levels = {"levels": ["primaire-c1", "secondaire-c1"]}
    sheet = make_sheet(world.maude, public=levels)
    publish_sheet(sheet, world.odile, public=True)
    for code in ("primaire-c1", "secondaire-c1"):
        level = code.split("-")[0].capitalize()
        Term.objects.filter(code=code).update(label=f"{level}, 1er cycle")
    caches["local"].clear()
    address = f"/pratiques/{sheet.pk}/{form}" if form else sheet.get_absolute_url()
    page = as_(None).get(address).content.decode()
    assert "Primaire, 1er cycle · Secondaire, 1er cycle" in page


def test_the_logic_reads_as_one_sentence(as_: As, world: World) -> None:
    logic = {"if_we": "on passe chaque semaine,", "then": "la porte s’ouvre", "because": "Il vient"}
    page = page_of(make_published(world, public=True, logique=logic), as_(None))
    (said,) = re.findall(r'<p class="logic">(.*?)</p>', page)
    assert re.sub(r"<[^>]+>", "", said).strip() == (
        "Si on passe chaque semaine, alors la porte s’ouvre, parce qu’il vient."
    )


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
