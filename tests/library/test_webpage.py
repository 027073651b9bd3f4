"""What a page of the web says of itself, however it is written."""

from __future__ import annotations

import pytest

from library.webpage import WebPage, decoded, read

pytestmark = pytest.mark.sqlite


def test_the_title_the_description_and_the_duration_of_a_video() -> None:
    page = """<!doctype html><html><head><title>Ignoré - Un site</title>
    <META property='og:title' content="Webinaire : l&#8217;accueil &gt; la rentrée">
    <meta name=description content="Une heure   pour
    préparer.">
    <meta itemprop="duration" content="PT1H4M40S"></head>"""
    assert read(page.encode()) == WebPage(
        "Webinaire : l’accueil > la rentrée", "Une heure pour préparer.", 65
    )


def test_a_page_that_says_it_in_json() -> None:
    page = """<title>Balado</title><script type="application/ld+json">
    {"@graph": [{"@type": "PodcastEpisode", "name": "Épisode 4", "duration": "PT25M",
     "description": "Avec Maude."}]}</script>"""
    assert read(page.encode()) == WebPage("Épisode 4", "Avec Maude.", 25)


def test_a_bare_page_has_a_title_or_nothing() -> None:
    assert read(b"<html><head><title>\n Accueil &amp; suivi</title>").title == "Accueil & suivi"
    assert read(b"") == WebPage()
    assert read(b"<title>jamais ferm") == WebPage()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Été à l’école".encode(), "text/html"),
        ("Été à l’école".encode("cp1252"), "text/html"),
        ("Été à l’école".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("Été à l’école".encode("utf-16"), "text/html"),
        ("Été à l’école".encode(), "text/html; charset=inconnu"),
        ("Été à l’école".encode(), "text/html; charset=zip"),
    ],
)
def test_the_letters_are_those_that_were_written(body: bytes, content_type: str) -> None:
    assert decoded(body, content_type) == "Été à l’école"


def test_a_page_may_say_its_own_letters() -> None:
    page = '<meta charset="windows-1252"><title>Été</title>'.encode("cp1252")
    assert read(page).title == "Été"


def test_an_encoding_that_would_run_something_is_not_used() -> None:
    page = b'<meta charset="unicode_escape"><title>\\u0041</title>'
    assert read(page).title == "\\u0041"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<meta " * 80_000,
        b"<title" * 80_000,
        b"<meta content='" * 30_000,
        b"""<meta content="a='b a='b a='b a='b""" * 15_000,
        b'<script type="application/ld+json">' + b"[" * 400_000 + b"</script>",
        b'<script type="application/ld+json">' * 10_000,
        b"<!--" * 120_000,
    ],
)
def test_hostile_pages_are_read_like_others(hostile: bytes) -> None:
    """They end; their time is linear, which bench cannot say better than that they do end."""
    assert read(hostile[:512_000]).title == ""
